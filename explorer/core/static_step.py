"""A decoding step whose shapes never change, so that a card's driver can record it and play it again.

At one row a card waits for Python: each of some hundred small operations is started by itself. A CUDA graph
starts all of them at once; torch.compile makes few of many before. Both need the same memory and the same
shapes at each step: so all of the cache's room takes part in attention, with a mask over what is not filled
yet, and the position is a number on the card.
Source: the static cache of pytorch-labs/gpt-fast (2023); the graph is recorded by hand here, since every
tensor that a step reads is ours and stays where it is.
"""

from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor

from explorer.core.generate import feed
from explorer.core.model import KVCache, Transformer, View
from explorer.core.ranking import Logits
from explorer.core.scores import to_numpy


class StaticStep:
    """One token more for each row of a cache without padding."""

    def __init__(self, model: Transformer, cache: KVCache, *, compiled: bool) -> None:
        """`compiled`: by torch.compile, which takes a minute the first time and is for many tokens."""
        assert cache.padding is None, "rows of one length"
        self._model, self._cache = model, cache
        self._keys = cache.layer(0)[0]
        self._ids = torch.zeros(self._keys.shape[0], 1, dtype=torch.int64, device=model.device)
        self._position = torch.zeros(1, dtype=torch.int64, device=model.device)
        if model.config.architecture.learned_positions is False and cache.capacity > model.cos.shape[0]:
            model.set_rotary_tables(cache.capacity)
        for layer in range(model.config.num_hidden_layers):
            for whole in cache.layer(layer):
                whole[:, :, cache.length :] = 0.0  # masked, but what is no number would still spread
        self._work = self._step
        if compiled:
            self._work = torch.compile(self._step, fullgraph=True, dynamic=False)
        self._graph: torch.cuda.CUDAGraph | None = None
        self._recorded = torch.empty(0)

    def fits(self, model: Transformer, cache: KVCache) -> bool:
        """Whether it is for these, and the cache has its rows where it had them."""
        if model is not self._model or cache is not self._cache:
            return False
        keys = cache.layer(0)[0]
        return (keys.data_ptr(), keys.shape) == (self._keys.data_ptr(), self._keys.shape)

    def __call__(self, ids: Tensor) -> Tensor:
        """Logits (B, V) after ids (B, 1), which join the cache. The next call may overwrite them."""
        assert self._cache.length < min(self._cache.capacity, self._model.config.max_position_embeddings)
        self._ids.copy_(ids)
        self._position.fill_(self._cache.length)
        self._cache.length += 1
        if self._model.device.type != "cuda":
            return self._work()
        if self._graph is None:
            self._record()
        assert self._graph is not None
        self._graph.replay()
        return self._recorded

    def _record(self) -> None:
        """Some rounds first, on a stream of their own: libraries take their memory, kernels are made."""
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                self._work()  # the same token at the same place: nothing changes by doing it again
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self._recorded = self._work()
        self._graph = graph

    def _step(self) -> Tensor:
        """`Transformer.forward` for one token a row."""
        model, traits = self._model, self._model.config.architecture
        x = model.embedding(self._ids)
        if traits.embedding_scale != 1.0:
            x = x * traits.embedding_scale
        if model.position_embedding is not None:
            x = x + model.position_embedding.weight[self._position]
        full, sliding = self._view(x.dtype, sliding=False), self._view(x.dtype, sliding=True)
        cache = cast(KVCache, _Written(self._cache, self._position))
        for layer, block in enumerate(model.blocks):
            x = block(x, sliding if model.config.slides(layer) else full, cache)
        return model.logits(model.norm(x))[:, -1]

    def _view(self, dtype: torch.dtype, *, sliding: bool) -> View:
        model, traits = self._model, self._model.config.architecture
        places = torch.arange(self._cache.capacity, device=self._position.device)
        seen = places <= self._position
        if sliding and traits.sliding_window is not None:
            seen = seen & (places > self._position - traits.sliding_window)
        mask = seen[None, None, None]
        if traits.learned_positions:
            return View(None, None, mask)
        own = sliding and traits.sliding_rope_theta is not None
        cos, sin = (model.sliding_cos, model.sliding_sin) if own else (model.cos, model.sin)
        cos, sin = (table[self._position].unsqueeze(-2).to(dtype) for table in (cos, sin))
        return View(cos, sin, mask)


class _Written:
    """The cache as a block writes into it, at a position that is a tensor."""

    def __init__(self, cache: KVCache, position: Tensor) -> None:
        self._cache, self._position = cache, position

    def append(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """As `KVCache.append`, but gives all the room."""
        whole_keys, whole_values = self._cache.layer(layer)
        whole_keys.index_copy_(2, self._position, keys)
        whole_values.index_copy_(2, self._position, values)
        return whole_keys, whole_values


class StaticFeed:
    """`explorer.core.generate.feed`, with single tokens through a `StaticStep`."""

    def __init__(self, *, compiled: bool) -> None:
        self._compiled = compiled
        self._step: StaticStep | None = None

    @torch.inference_mode()
    def __call__(
        self, model: Transformer, cache: KVCache, ids: Sequence[Sequence[int]], vocabulary: int
    ) -> Logits:
        """As `feed`. Rows that leave the batch move the cache: the step is then made again."""
        if len(ids[0]) > 1 or cache.padding is not None:
            return feed(model, cache, ids, vocabulary)
        if self._step is None or not self._step.fits(model, cache):
            self._step = StaticStep(model, cache, compiled=self._compiled)
        return to_numpy(self._step(torch.tensor(ids)), vocabulary)
