"""The transformer and its KV cache, in the order in which a token meets the parts.

The architecture is Qwen3's, so that what is trained here opens elsewhere: RMSNorm before each part, rotary
positions, grouped queries with normed queries and keys, SwiGLU, tied embeddings, no biases.
Source: "Qwen3 Technical Report" (2025). Where other families differ, `Architecture` says how.
Shapes: B rows, T tokens, C hidden_size, H query heads, G key/value heads, D head_dim, I intermediate_size, V.

Two weights that are applied to the same input live in one matrix here (q, k and v; gate and up): one large
product is faster than several small ones. `explorer.core.families.layout` splits them for the file.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, NamedTuple, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.core.rotary import RopeScaling, rotate, tables

ACTIVATIONS = {"silu": F.silu, "gelu": F.gelu, "gelu_tanh": partial(F.gelu, approximate="tanh")}
TABLE_POSITIONS = 4096
"""Rotary tables begin with this length: a context of a million tokens costs nothing until it is used."""


@dataclass(frozen=True)
class Architecture:
    """Where families of models differ. The defaults are Qwen3's."""

    norm: Literal["rms", "layer"] = "rms"
    query_key_norm: bool = True
    sandwich_norms: bool = False
    """A second norm after attention and after feed-forward, before they join the stream (Gemma)."""
    qkv_bias: bool = False
    out_bias: bool = False
    feed_forward_bias: bool = False
    gated: bool = True
    activation: Literal["silu", "gelu", "gelu_tanh"] = "silu"
    learned_positions: bool = False
    """A vector for each position, added to the embedding, in place of rotary positions (GPT-2)."""
    embedding_scale: float = 1.0
    attention_scale: float | None = None
    """Scores are multiplied by this; None: 1 / sqrt(D)."""
    rope_scaling: RopeScaling | None = None
    sliding_window: int | None = None
    """Tokens, itself included, that a layer of `sliding_layers` looks back on."""
    sliding_layers: tuple[bool, ...] = ()
    sliding_rope_theta: float | None = None
    """Sliding layers turn at their own, unscaled rate (Gemma 3); None: as all layers."""


@dataclass(frozen=True)
class ModelConfig:
    """Sizes, by the names that Qwen3's config.json gives them."""

    vocab_size: int
    hidden_size: int
    intermediate_size: int
    num_hidden_layers: int
    num_attention_heads: int
    num_key_value_heads: int
    head_dim: int
    max_position_embeddings: int
    """The context, tokens."""
    rope_theta: float = 10_000.0
    rms_norm_eps: float = 1e-6
    tie_word_embeddings: bool = True
    architecture: Architecture = field(default=Architecture())

    def slides(self, layer: int) -> bool:
        """Whether `layer` looks back on a window only."""
        return bool(self.architecture.sliding_layers) and self.architecture.sliding_layers[layer]

    @property
    def queries_width(self) -> int:
        """H x D."""
        return self.num_attention_heads * self.head_dim

    @property
    def keys_width(self) -> int:
        """G x D."""
        return self.num_key_value_heads * self.head_dim


class KVCache:
    """Keys and values of the tokens that a model has seen, for `batch` rows of one common length."""

    def __init__(
        self,
        config: ModelConfig,
        batch: int,
        length: int,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
        padding: Tensor | None = None,
    ) -> None:
        """Room for `length` tokens a row. Nothing is seen yet: `self.length` is 0.

        `padding` (B,) int64: how many tokens at the start of each row are no part of it, so that rows of
        different lengths end together. They are seen by nobody, and positions count from after them.
        """
        shape = (config.num_hidden_layers, 2, batch, config.num_key_value_heads, length, config.head_dim)
        self._store = torch.empty(shape, device=device, dtype=dtype)
        self.length = 0
        self.padding = padding

    @property
    def capacity(self) -> int:
        """Tokens a row that fit."""
        return self._store.shape[4]

    def append(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Write (B, G, T, D) after what is there; give all keys and values so far, (B, G, length + T, D).

        `length` itself moves once a forward pass, not once a layer: see `Transformer.hidden`.
        """
        end = self.length + keys.shape[2]
        assert end <= self.capacity, "the cache is full"
        self._store[layer, 0, :, :, self.length : end] = keys
        self._store[layer, 1, :, :, self.length : end] = values
        return self._store[layer, 0, :, :, :end], self._store[layer, 1, :, :, :end]

    def layer(self, layer: int) -> tuple[Tensor, Tensor]:
        """All the room of a layer's keys and of its values, (B, G, capacity, D), filled or not."""
        return self._store[layer, 0], self._store[layer, 1]

    def truncate(self, length: int) -> None:
        """Forget all tokens from position `length` on."""
        assert 0 <= length <= self.length
        self.length = length

    def keep_rows(self, rows: Sequence[int]) -> None:
        """Forget all rows but these, which become 0, 1, ... in the order given; one may come twice."""
        kept = torch.tensor(rows, dtype=torch.int64, device=self._store.device)
        used = self._store[:, :, :, :, : self.length]
        moves = [(place, row) for place, row in enumerate(rows) if place != row]
        if all(row >= len(rows) for _, row in moves):  # rows from the end into gaps: the others stay
            for place, row in moves:
                used[:, :, place] = used[:, :, row]
            self._store = self._store[:, :, : len(rows)]
        else:
            shape = (*self._store.shape[:2], len(rows), *self._store.shape[3:])
            self._store = self._store.new_empty(shape)
            self._store[:, :, :, :, : self.length] = used[:, :, kept]
        if self.padding is not None:
            self.padding = self.padding[kept]

    def size_bytes(self) -> int:
        """What the whole cache takes, used or not."""
        return self._store.numel() * self._store.element_size()


class View(NamedTuple):
    """What the new tokens of one pass see, the same for all layers of a kind."""

    cos: Tensor | None
    sin: Tensor | None
    mask: Tensor | None
    """True where a token (T) may look at a position (all so far), (B or 1, 1, T, positions); None: causal."""


def visible(
    T: int, end: int, window: int | None, padding: Tensor | None, device: torch.device
) -> Tensor | None:
    """The mask of `View` for the last T of `end` positions; None where causal (T = end) or all is seen."""
    start = end - T
    windowed = window is not None and end > window
    if padding is None and (T == 1 or (start == 0 and not windowed)):
        return None  # one token alone with a window: Attention cuts the window out instead
    queries = torch.arange(start, end, device=device)[:, None]
    keys = torch.arange(end, device=device)
    mask = keys <= queries
    if window is not None:
        mask &= keys > queries - window
    if padding is None:
        return mask[None, None]
    # Padding sees itself: a row of no keys at all would be a softmax over nothing.
    return (mask & (keys >= padding[:, None, None, None])) | (keys == queries)


def norm_of(config: ModelConfig, width: int, present: bool = True) -> nn.RMSNorm:
    """The kind of norm that the family uses, or none; typed as that of the models that are trained here."""
    if not present:
        return cast(nn.RMSNorm, nn.Identity())
    kind = nn.RMSNorm if config.architecture.norm == "rms" else nn.LayerNorm
    return cast(nn.RMSNorm, kind(width, eps=config.rms_norm_eps))


class Attention(nn.Module):
    """Causal self-attention with grouped queries."""

    def __init__(self, config: ModelConfig, layer: int) -> None:
        super().__init__()
        self.config, self.layer = config, layer
        traits = config.architecture
        self.scale = traits.attention_scale
        self.window = traits.sliding_window if config.slides(layer) else None
        self.qkv = nn.Linear(
            config.hidden_size, config.queries_width + 2 * config.keys_width, bias=traits.qkv_bias
        )
        self.q_norm = norm_of(config, config.head_dim, traits.query_key_norm)
        self.k_norm = norm_of(config, config.head_dim, traits.query_key_norm)
        self.out = nn.Linear(config.queries_width, config.hidden_size, bias=traits.out_bias)

    def forward(self, x: Tensor, view: View, cache: KVCache | None) -> Tensor:
        """Mix the (B, T, C) of each position with those before it."""
        B, T, _ = x.shape
        H, G, D = self.config.num_attention_heads, self.config.num_key_value_heads, self.config.head_dim
        q, k, v = self.project(x, view)
        if cache is not None:
            k, v = cache.append(self.layer, k, v)
            if self.window is not None and view.mask is None:
                k, v = k[:, :, -self.window :], v[:, :, -self.window :]
        mixed = F.scaled_dot_product_attention(
            q,
            k,
            v,
            attn_mask=view.mask,
            is_causal=view.mask is None and T > 1,
            scale=self.scale,
            enable_gqa=H != G,
        )
        return self.out(mixed.transpose(1, 2).reshape(B, T, H * D))

    def project(self, x: Tensor, view: View) -> tuple[Tensor, Tensor, Tensor]:
        """Queries (B, H, T, D), and keys and values (B, G, T, D), normed and turned to their positions."""
        B, T, _ = x.shape
        H, G, D = self.config.num_attention_heads, self.config.num_key_value_heads, self.config.head_dim
        q, k, v = self.qkv(x).view(B, T, H + 2 * G, D).split((H, G, G), dim=2)
        q, k = self.q_norm(q), self.k_norm(k)
        if view.cos is not None and view.sin is not None:
            q, k = rotate(q, view.cos, view.sin), rotate(k, view.cos, view.sin)
        return q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)


class FeedForward(nn.Module):
    """SwiGLU (up, times silu of gate, down again), or the family's own activation, gated or not."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        traits = config.architecture
        self.activation, self.gated = ACTIVATIONS[traits.activation], traits.gated
        width = config.intermediate_size * (2 if traits.gated else 1)
        self.gate_up = nn.Linear(config.hidden_size, width, bias=traits.feed_forward_bias)
        self.down = nn.Linear(config.intermediate_size, config.hidden_size, bias=traits.feed_forward_bias)

    def forward(self, x: Tensor) -> Tensor:
        """Work on each position alone, (B, T, C) to (B, T, C)."""
        if not self.gated:
            return self.down(self.activation(self.gate_up(x)))
        gate, up = self.gate_up(x).chunk(2, dim=-1)
        return self.down(self.activation(gate) * up)


class Block(nn.Module):
    """One layer: attention, then feed-forward, each added to the stream that runs past them."""

    def __init__(self, config: ModelConfig, layer: int) -> None:
        super().__init__()
        sandwich = config.architecture.sandwich_norms
        self.attention_norm = norm_of(config, config.hidden_size)
        self.attention = Attention(config, layer)
        self.attention_after_norm = norm_of(config, config.hidden_size, sandwich)
        self.feed_forward_norm = norm_of(config, config.hidden_size)
        self.feed_forward = FeedForward(config)
        self.feed_forward_after_norm = norm_of(config, config.hidden_size, sandwich)

    def forward(self, x: Tensor, view: View, cache: KVCache | None) -> Tensor:
        """(B, T, C) to (B, T, C)."""
        x = x + self.attention_after_norm(self.attention(self.attention_norm(x), view, cache))
        return x + self.feed_forward_after_norm(self.feed_forward(self.feed_forward_norm(x)))


def _table(rows: int, width: int) -> nn.Embedding:
    # Zeros, on the CPU or on "meta": random numbers on "meta" load a second's worth of torch's modules.
    return nn.Embedding.from_pretrained(torch.zeros(rows, width), freeze=False)


class Transformer(nn.Module):
    """Token ids in, a score for every possible next token out."""

    cos: Tensor
    sin: Tensor
    sliding_cos: Tensor
    sliding_sin: Tensor

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding = _table(config.vocab_size, config.hidden_size)
        self.position_embedding = None
        if config.architecture.learned_positions:
            self.position_embedding = _table(config.max_position_embeddings, config.hidden_size)
        self.blocks = nn.ModuleList(Block(config, layer) for layer in range(config.num_hidden_layers))
        self.norm = norm_of(config, config.hidden_size)
        self.head: nn.Linear | None = None
        if not config.tie_word_embeddings:
            self.head = nn.Linear(config.hidden_size, config.vocab_size, bias=False)
        if self.device.type != "meta":  # who gives such a model its weights calls this then
            self.set_rotary_tables()

    def forward(self, ids: Tensor, cache: KVCache | None = None) -> Tensor:
        """Logits (B, T, V) for ids (B, T) int64. With a cache the ids continue what it holds, and join it."""
        return self.logits(self.hidden(ids, cache))

    def hidden(self, ids: Tensor, cache: KVCache | None = None) -> Tensor:
        """The last layer's (B, T, C), normed: for a prompt, give only its last position to `logits`."""
        start, T = (0 if cache is None else cache.length), ids.shape[1]
        assert start + T <= self.config.max_position_embeddings, "longer than the context"
        x = self.embedding(ids)
        if self.config.architecture.embedding_scale != 1.0:
            x = x * self.config.architecture.embedding_scale
        padding = None if cache is None else cache.padding
        where = self._positions(start, start + T, padding)
        if self.position_embedding is not None:
            x = x + self.position_embedding.weight[where]
        full = self._view(where, start + T, T, padding, x.dtype, sliding=False)
        sliding = full
        if any(self.config.architecture.sliding_layers):
            sliding = self._view(where, start + T, T, padding, x.dtype, sliding=True)
        for layer, block in enumerate(self.blocks):
            x = block(x, sliding if self.config.slides(layer) else full, cache)
        if cache is not None:
            cache.length += T
        return self.norm(x)

    def _positions(self, start: int, end: int, padding: Tensor | None) -> slice | Tensor:
        """Where the new tokens stand: the same in all rows, or (B, T) if rows begin with padding."""
        if padding is None:
            return slice(start, end)
        return (torch.arange(start, end, device=padding.device) - padding[:, None]).clamp(min=0)

    def _view(
        self,
        where: slice | Tensor,
        end: int,
        T: int,
        padding: Tensor | None,
        dtype: torch.dtype,
        *,
        sliding: bool,
    ) -> View:
        """What layers of one kind see: see `View`."""
        traits = self.config.architecture
        mask = visible(T, end, traits.sliding_window if sliding else None, padding, self.device)
        if traits.learned_positions:
            return View(None, None, mask)
        if end > self.cos.shape[0]:
            self.set_rotary_tables(2 * end)
        own = sliding and traits.sliding_rope_theta is not None
        cos, sin = (self.sliding_cos, self.sliding_sin) if own else (self.cos, self.sin)
        return View(cos[where].unsqueeze(-2).to(dtype), sin[where].unsqueeze(-2).to(dtype), mask)

    def logits(self, hidden: Tensor) -> Tensor:
        """Scores (..., V) of `hidden` (..., C)."""
        return F.linear(hidden, self.embedding.weight) if self.head is None else self.head(hidden)

    def loss(self, ids: Tensor, targets: Tensor) -> Tensor:
        """Mean nats per token of predicting targets (B, T) from ids (B, T)."""
        logits = self.logits(self.hidden(ids))
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten())

    def set_rotary_tables(self, positions: int = TABLE_POSITIONS) -> None:
        """Compute the angles' cosines and sines, at most to the context's end: no file has them."""
        config, traits = self.config, self.config.architecture
        if traits.learned_positions:
            return
        positions = min(positions, config.max_position_embeddings)
        kinds = {"": (config.rope_theta, traits.rope_scaling)}
        if traits.sliding_rope_theta is not None:
            kinds["sliding_"] = (traits.sliding_rope_theta, None)
        for prefix, (theta, scaling) in kinds.items():
            cos, sin = tables(positions, config.head_dim, theta, scaling)
            # From meta tensors there is no way to another device, and the embedding is still one of them.
            if self.device.type != "meta":
                cos, sin = cos.to(self.device), sin.to(self.device)
            self.register_buffer(prefix + "cos", cos, persistent=False)
            self.register_buffer(prefix + "sin", sin, persistent=False)

    def parameter_count(self) -> int:
        """Numbers learned; a tied matrix counts once."""
        return sum(parameter.numel() for parameter in self.parameters())

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.embedding.weight.device


def parameters_of(config: ModelConfig) -> int:
    """`parameter_count` of a model of these sizes, without making one."""
    with torch.device("meta"):
        return Transformer(config).parameter_count()


def initialize(model: Transformer, seed: int) -> None:
    """Fill the weights as a function of `seed` alone, on any device.

    What reads the stream is normal with deviation 1 / sqrt(inputs), so that its outputs are of size 1; what
    adds to the stream is zero, so that each layer begins as no layer and grows into use. Source: muP (Yang et
    al. 2022) and GPT-2's "residual layers are scaled down", taken to its end. Embeddings are large enough
    for a step of the optimizer to be a small change; the last norm's gain makes up for it, so that a tied
    head's logits are small and the first loss is near ln V.

    Measured on the Python manual (preset nano, learning rate 0.008), held-out nats after 100 and 200 steps:
    4.2 and 3.8; with embeddings of deviation 0.02 4.9 and 4.4; with GPT-2's own 0.02 everywhere 5.2 and 4.6.
    """
    generator = torch.Generator().manual_seed(seed)
    config = model.config
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.ndim == 1:
                parameter.fill_(min(1.0, 12.8 / config.hidden_size) if name == "norm.weight" else 1.0)
            elif name.endswith(("out.weight", "down.weight")):
                parameter.zero_()
            else:
                vocabulary = name in ("embedding.weight", "head.weight")
                deviation = 0.1 if vocabulary else parameter.shape[1] ** -0.5
                parameter.copy_(torch.randn(parameter.shape, generator=generator) * deviation)
