"""A transformer with all its matrices in 8 bits, for answering on a processor."""

from collections.abc import Iterable, Sequence
from typing import cast
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from explorer.core.int8_step import RowStep, record, store_of
from explorer.core.int8_weights import Int8Embedding, Int8Linear, quantize_into
from explorer.core.model import Block, KVCache, ModelConfig, Transformer
from explorer.core.native.int8_row import int8_row


class Int8Transformer(Transformer):
    """The same parts, the linear ones and the embedding by `Int8Linear` and `Int8Embedding`.

    A tied head shares the embedding's memory. Made by `int8_of` and `int8_from`.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(config)
        for block in self.blocks:
            assert isinstance(block, Block)
            for part in (block.attention, block.feed_forward):
                for name, module in list(part.named_children()):
                    if isinstance(module, nn.Linear):
                        setattr(part, name, _empty_like(module))
        self.embedding = cast(nn.Embedding, Int8Embedding(config.vocab_size, config.hidden_size))
        if not config.tie_word_embeddings:
            self.head = _empty_like(nn.Linear(config.hidden_size, config.vocab_size, bias=False))
        self._steps: WeakKeyDictionary[KVCache, RowStep] = WeakKeyDictionary()

    def hidden(self, ids: Tensor, cache: KVCache | None = None) -> Tensor:
        """As `Transformer.hidden`; one row's one token goes through C, if there is a compiler."""
        library = int8_row()
        if library is None or cache is None or cache.padding is not None or ids.shape != (1, 1):
            return super().hidden(ids, cache)
        assert cache.length < min(cache.capacity, self.config.max_position_embeddings)
        step = self._steps.get(cache)
        if step is None or step.store != store_of(cache):
            step = self._steps[cache] = record(self, cache, library)
        hidden = step(int(ids), cache.length)
        cache.length += 1
        return hidden

    def parameter_count(self) -> int:
        """As if they were not in 8 bits."""
        matrices = sum(buffer.numel() for buffer in self.buffers() if buffer.dtype == torch.int8)
        return super().parameter_count() + matrices


def int8_of(model: Transformer) -> Int8Transformer:
    """`model` again, in 8 bits."""
    return int8_from(model.config, ((name, [tensor]) for name, tensor in model.state_dict().items()))


def int8_from(config: ModelConfig, parts: Iterable[tuple[str, Sequence[Tensor]]]) -> Int8Transformer:
    """From the names of a `Transformer`'s tensors, and each in pieces that lie one below the other.

    One is needed after the other. If there is a number that is none in them, there is one in the scales.
    """
    with torch.device("meta"):
        model = Int8Transformer(config)
    quantized = {name for name, buffer in model.named_buffers() if buffer.dtype == torch.int8}
    state: dict[str, Tensor] = {}
    for name, pieces in parts:
        if name in quantized:
            state[name], state[name.removesuffix("weight") + "scale"] = _quantized(pieces)
        else:
            state[name] = torch.cat(list(pieces)).float()
    model.load_state_dict(state, assign=True)
    if config.tie_word_embeddings:
        head = Int8Linear(0, 0)
        head.weight, head.scale = model.embedding.weight, cast(Tensor, model.embedding.scale)
        model.head = cast(nn.Linear, head)
    model.set_rotary_tables()
    return model.eval().requires_grad_(False)


def _quantized(pieces: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    rows = [len(piece) for piece in pieces]
    weight, scale = torch.empty(sum(rows), pieces[0].shape[1], dtype=torch.int8), torch.empty(sum(rows))
    for piece, *place in zip(pieces, weight.split(rows), scale.split(rows), strict=True):
        quantize_into(piece, *place)
    return weight, scale


def _empty_like(linear: nn.Linear) -> nn.Linear:
    """Typed as what it stands for."""
    bias = "bias" in dict(linear.named_parameters())
    return cast(nn.Linear, Int8Linear(linear.in_features, linear.out_features, bias=bias))
