"""What a token looked at: the attention weights of one position, worked out when somebody asks.

The fast path never has them: the weights are made and used up inside one product. Here the token goes
through the model once more, alone, and each layer's queries meet the keys that the cache kept of the tokens
before it. That costs about as much as drawing one token, and leaves the cache as it was.
"""

from collections.abc import Callable
from contextlib import ExitStack
from typing import cast

import torch
from torch import Tensor

from explorer.core.model import Attention, Block, KVCache, Transformer, View, visible
from explorer.errors import InputError


@torch.inference_mode()
def attention_at(model: Transformer, cache: KVCache, ids: Tensor, position: int) -> Tensor:
    """The weights (B, L, H, position + 1), float32, of the tokens ids (B,) at `position` of each row.

    They sum to 1 over the positions; 0 where a sliding layer, or padding, hides a token. The cache must hold
    the tokens before `position`, and may hold more.
    """
    assert position < cache.capacity
    assert cache.length >= position
    found: list[Tensor] = []
    length, kept = cache.length, _entries(model, cache, position)
    try:
        with ExitStack() as hooks:
            for layer, block in enumerate(model.blocks):
                attention = cast(Block, block).attention
                hook = attention.register_forward_pre_hook(_taker(found, layer))
                hooks.callback(hook.remove)
            cache.length = position
            # The plain path, whatever shortcut a kind of model has for single tokens.
            Transformer.hidden(model, ids[:, None], cache)
    finally:
        cache.length = length
        for layer, pair in enumerate(kept):
            for room, entry in zip(cache.layer(layer), pair, strict=True):
                room[:, :, position] = entry
    return torch.stack(found, dim=1)


def averaged(weights: Tensor, layer: int | None = None, head: int | None = None) -> Tensor:
    """Of weights (L, H, T) those of one layer, one head, or their average: (T).

    Raises: InputError for a layer or head that is not there.
    """
    layers, heads, _ = weights.shape
    if layer is not None and not 0 <= layer < layers:
        raise InputError(
            "There is no layer {layer}: the model's layers go from 0 to {last}.", layer=layer, last=layers - 1
        )
    if head is not None and not 0 <= head < heads:
        raise InputError(
            "There is no head {head}: each layer's heads go from 0 to {last}.", head=head, last=heads - 1
        )
    chosen = weights if layer is None else weights[layer : layer + 1]
    chosen = chosen if head is None else chosen[:, head : head + 1]
    return chosen.mean(dim=(0, 1))


def _entries(model: Transformer, cache: KVCache, position: int) -> list[tuple[Tensor, ...]]:
    """What the cache has at `position`: computed alone, a token's keys may differ in the last digit."""
    return [
        tuple(room[:, :, position].clone() for room in cache.layer(layer))
        for layer in range(model.config.num_hidden_layers)
    ]


def _taker(
    found: list[Tensor], layer: int
) -> Callable[[torch.nn.Module, tuple[Tensor, View, KVCache]], None]:
    """A hook that adds a layer's weights to `found` before the layer does its work."""

    def take(module: torch.nn.Module, given: tuple[Tensor, View, KVCache]) -> None:
        attention = cast(Attention, module)
        x, view, cache = given
        q, k, _ = attention.project(x, view)
        before, _ = cache.layer(layer)
        keys = torch.cat((before[:, :, : cache.length], k), dim=2)
        found.append(_weights(attention, q, keys, cache.padding))

    return take


def _weights(attention: Attention, q: Tensor, keys: Tensor, padding: Tensor | None) -> Tensor:
    """(B, H, positions) for queries (B, H, 1, D) and keys (B, G, positions, D)."""
    H, G, D = q.shape[1], keys.shape[1], q.shape[3]
    end, window = keys.shape[2], attention.window
    scale = D**-0.5 if attention.scale is None else attention.scale
    scores = (q.float() @ keys.float().repeat_interleave(H // G, dim=1).mT)[:, :, 0] * scale
    mask = visible(1, end, window, padding, q.device)
    if mask is not None:
        scores = scores.masked_fill(~mask[:, :, 0], -torch.inf)
    elif window is not None:
        scores[..., : max(0, end - window)] = -torch.inf
    return scores.softmax(dim=-1)
