"""Chance that falls the same way on every machine and Python: only `Random.random()` is promised to."""

import hashlib
import random
from bisect import bisect_right
from collections.abc import MutableSequence, Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Draws from a seed. `labels` name what is drawn, so that one purpose never disturbs another."""

    def __init__(self, seed: int, *labels: str | int) -> None:
        text = "/".join(str(part) for part in (seed, *labels))
        self._random = random.Random(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big"))

    def chance(self, probability: float) -> bool:
        """True with `probability`."""
        return self._random.random() < probability

    def below(self, limit: int) -> int:
        """An integer from 0 to `limit` - 1, evenly."""
        return int(self._random.random() * limit)

    def integer(self, least: int, most: int) -> int:
        """An integer from `least` to `most`, both included."""
        return least + self.below(most - least + 1)

    def choice(self, items: Sequence[T]) -> T:
        """One of `items`, evenly."""
        return items[self.below(len(items))]

    def weighted(self, items: Sequence[T], cumulative: Sequence[float]) -> T:
        """One of `items`; `cumulative` are their weights' running sums."""
        return items[min(len(items) - 1, bisect_right(cumulative, self._random.random() * cumulative[-1]))]

    def shuffle(self, items: MutableSequence[T]) -> None:
        """Put `items` into a new order, in place."""
        for last in range(len(items) - 1, 0, -1):
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]

    def sample(self, items: Sequence[T], count: int) -> list[T]:
        """`count` different places of `items`, in drawn order (all of them, if there are fewer)."""
        pool = list(items)
        for place in range(min(count, len(pool))):
            other = place + self.below(len(pool) - place)
            pool[place], pool[other] = pool[other], pool[place]
        return pool[:count]
