"""A token stream as arrays: who wrote each cell, which have fallen out, which are lit, how hot they are."""

import math
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.protocol import StreamToken
from explorer.ui.widgets.author_marks import AUTHOR_COLOURS, author_of

AUTHORS: Final = tuple(AUTHOR_COLOURS)
SPECIAL, THINKING, GONE, LIT = 8, 16, 32, 64
"""Bits of a cell's code above the author's number."""
HEAT = 128
"""A code's heat is counted in these: 0 for none is told, else 1 to `LEVELS`."""
LEVELS = 48
CODES = HEAT * (LEVELS + 1)
_NUMBERS = {author: number for number, author in enumerate(AUTHORS)}


class Change(NamedTuple):
    """The first cell whose token is another, and the first that looks otherwise."""

    token: int
    look: int


class StreamModel:
    """What `TokenCells` shows. A cell's index counts from the first, those that have fallen out included."""

    def __init__(self) -> None:
        self.tokens: list[StreamToken] = []
        self.gone = 0
        """So many cells at the front have fallen out of the window."""
        self._thinking: list[range] = []
        self._base: NDArray[np.uint16] = np.zeros(256, np.uint16)
        self._nats: NDArray[np.float32] = np.zeros(256, np.float32)
        self._lit: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self._heat: NDArray[np.uint16] = np.zeros(0, np.uint16)

    def __len__(self) -> int:
        return len(self.tokens)

    def replace(self, tokens: list[StreamToken], gone: int, thinking: Sequence[range]) -> Change:
        """Another stream. Compared as a whole, so that what stays the same costs next to nothing."""
        same = _same_at_front(self.tokens, tokens)
        before = self._base[:same].copy()
        self.tokens = tokens
        count = len(tokens)
        if count > len(self._base):
            room = max(count, 2 * len(self._base))
            self._base = np.concatenate([before, np.zeros(room - same, np.uint16)])
            self._nats = np.concatenate([self._nats[:same], np.zeros(room - same, np.float32)])
        numbers, person = _NUMBERS, _NUMBERS["user"]
        self._base[same:count] = [
            numbers.get(token.role, person) | token.special * SPECIAL for token in tokens[same:]
        ]
        self._nats[same:count] = [
            math.nan if token.logprob is None else -token.logprob for token in tokens[same:]
        ]
        self._thinking = list(thinking)
        self._base[:count] &= ~np.uint16(THINKING)
        for part in self._thinking:
            self._base[max(part.start, 0) : max(min(part.stop, count), 0)] |= THINKING
        otherwise = np.flatnonzero(self._base[:same] != before)
        painted = min(same, int(otherwise[0])) if len(otherwise) else same
        if gone != self.gone:
            painted = min(painted, gone, self.gone)
        self.gone = gone
        return Change(same, painted)

    def light(self, indices: Iterable[int]) -> bool:
        """Light these cells and no others; whether that changed anything."""
        lit = np.zeros(len(self.tokens), np.bool_)
        if isinstance(indices, range) and indices.step == 1:
            lit[max(indices.start, 0) : max(indices.stop, 0)] = True
        else:
            places = np.fromiter(indices, np.int64)
            lit[places[(places >= 0) & (places < len(lit))]] = True
        if not lit.any():
            lit = lit[:0]
        changed = not np.array_equal(lit, self._lit)
        self._lit = lit
        return changed

    def set_heat(self, first: int, shares: NDArray[np.floating]) -> None:
        """Shares from 0 to 1 for the cells from `first` on, NaN for none; all others have none."""
        levels = np.zeros(len(shares), np.uint16)
        known = ~np.isnan(shares)
        levels[known] = 1 + np.round(np.clip(shares[known], 0, 1) * (LEVELS - 1)).astype(np.uint16)
        skipped = max(0, -first)
        self._heat = np.concatenate([np.zeros(max(first, 0), np.uint16), levels[skipped:]])

    def codes(self, first: int, stop: int, hot: bool) -> NDArray[np.uint16]:
        """What the cells `first : stop` look like; `hot`: their heat instead of their author's colour."""
        codes = self._base[first:stop].copy()
        if hot:
            codes &= ~np.uint16(SPECIAL - 1)
            heat = self._heat[first:stop]
            codes[: len(heat)] += heat * np.uint16(HEAT)
        codes[: max(0, min(self.gone, stop) - first)] |= GONE
        lit = self._lit[first:stop]
        codes[: len(lit)] |= lit.astype(np.uint16) * np.uint16(LIT)
        return codes

    @property
    def nats(self) -> NDArray[np.float32]:
        """How each token surprised the model, as the tokens themselves tell; NaN where it is not known."""
        return self._nats[: len(self.tokens)]

    def authors(self) -> frozenset[str]:
        """Everybody who wrote anything; "thinking" is one of them."""
        counts = np.bincount(self._base[: len(self.tokens)] & (SPECIAL - 1), minlength=len(AUTHORS))
        found = {author for author, count in zip(AUTHORS, counts, strict=False) if count}
        return frozenset(found | {"thinking"} if self._thinking else found)

    def author(self, index: int) -> str:
        """Who wrote a cell."""
        return author_of(self.tokens[index].role)

    def thinks(self, index: int) -> bool:
        """Whether the model wrote it before it answered."""
        return any(index in part for part in self._thinking)


def _same_at_front(before: list[StreamToken], after: list[StreamToken]) -> int:
    """How many tokens both begin with."""
    low, high = 0, min(len(before), len(after))
    if before[:high] == after[:high]:
        return high
    while high - low > 1:
        middle = (low + high) // 2
        if before[low:middle] == after[low:middle]:
            low = middle
        else:
            high = middle
    return low
