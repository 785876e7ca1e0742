"""One token through all layers as a list of steps in C, made once for a cache and done for every token.

The same as `Transformer.hidden` for one row of one token, with nothing between a step and the next: at that
size PyTorch's operations, some thousand a token, cost more than what they do.
"""

import ctypes
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from explorer.core.int8_weights import Int8Embedding, Int8Linear
from explorer.core.model import Attention, Block, FeedForward, KVCache, Transformer
from explorer.core.native.int8_row import (
    ACTIVATIONS,
    Attend,
    Embed,
    Gate,
    Int8Row,
    Norm,
    Place,
    Product,
    Step,
    address,
)


@dataclass
class RowStep:
    """A model's steps for one cache of one row. The model must outlive it; the cache may go."""

    library: Int8Row
    steps: "ctypes.Array[Step]"
    place: Place
    hidden: Tensor
    """(C): what the last step gives."""
    store: int
    """Where the cache's memory was: if it has moved, the steps are void."""
    kept: tuple[list[ctypes.Structure], list[Tensor]] = field(repr=False)
    """What the steps point to."""

    def __call__(self, token: int, position: int) -> Tensor:
        """The last layer's (1, 1, C), normed; keys and values of the token are in the cache."""
        self.place.token, self.place.position = token, position
        self.library.run(self.steps)
        return self.hidden.clone()[None, None]


def record(model: Transformer, cache: KVCache, library: Int8Row) -> RowStep:
    """The steps of `model`, all of whose matrices are int8, for tokens that join `cache` (one row)."""
    recorder = _Recorder(model, cache)
    recorder.embed()
    for layer, block in enumerate(model.blocks):
        assert isinstance(block, Block)
        recorder.block(block, layer)
    hidden = recorder.room(model.config.hidden_size)
    recorder.norm(model.norm, recorder.stream, hidden)
    steps = library.steps(recorder.works)
    kept = (recorder.works, recorder.kept)
    return RowStep(library, steps, recorder.place, hidden, store_of(cache), kept)


def store_of(cache: KVCache) -> int:
    """Where the cache's memory is."""
    return cache.layer(0)[0].data_ptr()


class _Recorder:
    """Writes steps down, in the order of `Transformer.hidden`."""

    def __init__(self, model: Transformer, cache: KVCache) -> None:
        self.model, self.cache, self.config = model, cache, model.config
        self.works: list[ctypes.Structure] = []
        self.kept: list[Tensor] = []
        self.place = Place()
        if model.config.architecture.learned_positions is False and cache.capacity > model.cos.shape[0]:
            model.set_rotary_tables(cache.capacity)
        config = self.config
        self.stream, self.normed, self.added = (self.room(config.hidden_size) for _ in range(3))
        self.qkv = self.room(config.queries_width + 2 * config.keys_width)
        self.mixed = self.room(config.queries_width)
        self.scores = self.room(config.num_attention_heads * cache.capacity)
        self.both, self.inner = self.room(2 * config.intermediate_size), self.room(config.intermediate_size)

    def room(self, size: int) -> Tensor:
        """Floats to work in."""
        return self._keep(torch.empty(size))

    def _keep(self, tensor: Tensor) -> Tensor:
        self.kept.append(tensor)
        return tensor

    def _address(self, tensor: Tensor | None) -> int | None:
        return None if tensor is None else address(self._keep(tensor.detach()))

    def embed(self) -> None:
        table, positions = self.model.embedding, self.model.position_embedding
        assert isinstance(table, Int8Embedding)
        self.works.append(
            Embed(
                place=ctypes.addressof(self.place),
                weight=self._address(table.weight),
                scale=self._address(table.scale),
                positions=self._address(None if positions is None else positions.weight),
                x=self._address(self.stream),
                C=self.config.hidden_size,
                multiplier=self.config.architecture.embedding_scale,
            )
        )

    def block(self, block: Block, layer: int) -> None:
        self.norm(block.attention_norm, self.stream, self.normed)
        self.attention(block.attention, layer)
        self.norm(block.attention_after_norm, self.added, self.stream, added=True)
        self.norm(block.feed_forward_norm, self.stream, self.normed)
        self.feed_forward(block.feed_forward)
        self.norm(block.feed_forward_after_norm, self.added, self.stream, added=True)

    def norm(self, norm: nn.Module, x: Tensor, y: Tensor, *, added: bool = False) -> None:
        """`norm` may be none at all, an nn.Identity."""
        weight, bias = getattr(norm, "weight", None), getattr(norm, "bias", None)
        self.works.append(
            Norm(
                x=self._address(x),
                weight=self._address(weight),
                bias=self._address(bias),
                y=self._address(y),
                C=self.config.hidden_size,
                centred=isinstance(norm, nn.LayerNorm),
                added=added,
                eps=self.config.rms_norm_eps,
            )
        )

    def product(self, linear: nn.Module, x: Tensor, y: Tensor) -> None:
        assert isinstance(linear, Int8Linear)
        self.works.append(
            Product(
                x=self._address(x),
                weight=self._address(linear.weight),
                scale=self._address(linear.scale),
                bias=self._address(linear.bias),
                y=self._address(y),
                rows=1,
                inputs=linear.weight.shape[1],
                outputs=linear.weight.shape[0],
            )
        )

    def attention(self, attention: Attention, layer: int) -> None:
        model, config, traits = self.model, self.config, self.config.architecture
        cos = sin = None
        if not traits.learned_positions:
            own = config.slides(layer) and traits.sliding_rope_theta is not None
            cos, sin = (model.sliding_cos, model.sliding_sin) if own else (model.cos, model.sin)
        keys, values = self.cache.layer(layer)
        self.product(attention.qkv, self.normed, self.qkv)
        self.works.append(
            Attend(
                place=ctypes.addressof(self.place),
                qkv=self._address(self.qkv),
                query_weight=self._address(getattr(attention.q_norm, "weight", None)),
                key_weight=self._address(getattr(attention.k_norm, "weight", None)),
                cos=self._address(cos),
                sin=self._address(sin),
                keys=address(keys),
                values=address(values),
                scores=self._address(self.scores),
                mixed=self._address(self.mixed),
                H=config.num_attention_heads,
                G=config.num_key_value_heads,
                D=config.head_dim,
                capacity=self.cache.capacity,
                window=attention.window or 0,
                scale=config.head_dim**-0.5 if attention.scale is None else attention.scale,
                eps=config.rms_norm_eps,
            )
        )
        self.product(attention.out, self.mixed, self.added)

    def feed_forward(self, part: FeedForward) -> None:
        self.product(part.gate_up, self.normed, self.both)
        self.works.append(
            Gate(
                both=self._address(self.both),
                inner=self._address(self.inner),
                I=self.config.intermediate_size,
                activation=ACTIVATIONS.index(self.config.architecture.activation),
                gated=part.gated,
            )
        )
        self.product(part.down, self.inner, self.added)
