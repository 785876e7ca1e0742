"""A document's tokens as two integer arrays that are patched in place.

The worker keeps one and sends every change as a patch; the window applies the same patches to its own.
Needs numpy only, so that the window stays light.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Int32Array = NDArray[np.int32]


class TokenArray:
    """Token ids and where each begins, in UTF-16 units; starts never fall, and may repeat.

    Several tokens that begin inside one character share that character's start.
    """

    def __init__(self) -> None:
        self._ids: Int32Array = np.empty(1024, np.int32)
        self._starts: Int32Array = np.empty(1024, np.int32)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def ids(self) -> Int32Array:
        """(count,) view, valid until the next splice; do not write to it."""
        return self._ids[: self._count]

    @property
    def starts(self) -> Int32Array:
        """(count,) view in UTF-16 units, valid until the next splice; do not write to it."""
        return self._starts[: self._count]

    def clear(self) -> None:
        """Forget all tokens."""
        self._count = 0

    def index_at(self, unit: int) -> int:
        """The first token that begins at `unit` or later; the count if there is none. O(log count)."""
        # A number of the array's own type: any other makes numpy convert the whole array first.
        return int(self.starts.searchsorted(np.int32(unit), side="left"))

    def index_covering(self, unit: int) -> int:
        """The first of the tokens that share the last start <= `unit`; -1 if the first begins later.

        In a text that is tokenised throughout, this is the token which holds the unit.
        """
        after = int(self.starts.searchsorted(np.int32(unit), side="right"))
        return -1 if after == 0 else self.index_at(int(self._starts[after - 1]))

    def splice(
        self,
        first: int,
        removed: int,
        ids: Sequence[int] | Int32Array,
        starts: Sequence[int] | Int32Array,
        shift: int = 0,
    ) -> None:
        """Replace tokens `first : first + removed`; the starts of all tokens after them move by `shift`.

        Raises: ValueError if the patch does not fit (it was made for another array).
        """
        if not 0 <= first <= first + removed <= self._count or len(ids) != len(starts):
            raise ValueError(
                f"patch {first}+{removed} with {len(ids)} tokens does not fit {self._count} tokens"
            )
        tail_from, tail_to = first + removed, first + len(ids)
        count = self._count - removed + len(ids)
        self._reserve(count)
        if tail_from != tail_to:
            self._ids[tail_to:count] = self._ids[tail_from : self._count]
            self._starts[tail_to:count] = self._starts[tail_from : self._count]
        if shift:
            self._starts[tail_to:count] += shift
        self._ids[first:tail_to] = ids
        self._starts[first:tail_to] = starts
        self._count = count

    def _reserve(self, count: int) -> None:
        """Grow by half at least, so that filling token by token stays linear."""
        if count > len(self._ids):
            capacity = max(count, len(self._ids) * 3 // 2)
            self._ids, self._starts = self._grown(self._ids, capacity), self._grown(self._starts, capacity)

    def _grown(self, values: Int32Array, capacity: int) -> Int32Array:
        """What lies behind the tokens stays untouched: such pages take no memory."""
        grown = np.empty(capacity, np.int32)
        grown[: self._count] = values[: self._count]
        return grown
