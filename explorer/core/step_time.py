"""How long a token takes after so many others: measured on a cache of that length, with nothing in it."""

import time
from collections.abc import Iterable, Iterator
from statistics import median

from explorer.core.generate import dtype_of, feed
from explorer.core.kv_size import kv_size
from explorer.core.model import KVCache, Transformer

LARGEST_BYTES = 1 << 30
_TIMES = 5


def step_times(
    model: Transformer, lengths: Iterable[int], vocabulary: int
) -> Iterator[tuple[int, float] | None]:
    """(length, seconds for the token after it), each the median of a few; None between two steps.

    Lengths for which the context has no room, or whose cache would be larger than `LARGEST_BYTES`, are left
    out. The zeros in the cache take as long as a text's keys and values.
    """
    for length in lengths:
        config = model.config
        fits = 0 <= length < config.max_position_embeddings
        if not fits or kv_size(config, dtype_of(model), length + 1).size_bytes > LARGEST_BYTES:
            continue
        cache = KVCache(config, 1, length + 1, model.device, dtype_of(model))
        for layer in range(config.num_hidden_layers):
            for room in cache.layer(layer):
                room.zero_()
        seconds: list[float] = []
        for _ in range(_TIMES + 1):
            cache.length = length
            started = time.perf_counter()
            feed(model, cache, [[0]], vocabulary)
            seconds.append(time.perf_counter() - started)
            yield None
        yield length, median(seconds[1:])  # the first one is for whatever is made at a first time
