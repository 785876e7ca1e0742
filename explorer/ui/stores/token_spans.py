"""The tokens of the text in the window: where they are now, between the engine's patches too.

A key press shifts all spans at once, by itself; the engine's patch for it comes some milliseconds later and
speaks of the text as it was at its version. Edits that the engine had not seen then are *pending*: a patch's
positions are carried over them. Token indices change by patches only, so both sides count alike.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.protocol import TokensPatched
from explorer.text.long_text import UnitText
from explorer.text.token_array import Int32Array, TokenArray
from explorer.text.units import from_units

FILLS = 6
"""Colours in turn; neighbours always differ."""


@dataclass(slots=True)
class _Pending:
    """An edit that no patch has answered yet: `start : stop` of then became `inserted` units."""

    version: int
    start: int
    stop: int
    inserted: int
    fresh: tuple[int, int]
    """The inserted units, as they lie in the text of now."""

    def carried(self, starts: Int32Array) -> Int32Array:
        """Where tokens lie after the edit. One that lost its beginning goes on after what was inserted."""
        shift = self.inserted - (self.stop - self.start)
        cut = np.maximum(starts, self.stop) + shift
        return np.where(starts >= self.start, cut, starts).astype(np.int32)

    def carried_range(self, units: tuple[int, int]) -> tuple[int, int]:
        """A range after the edit; what was inserted inside it or at its ends belongs to it."""
        shift = self.inserted - (self.stop - self.start)
        start, stop = units
        if start > self.start:
            start = max(start, self.stop) + shift
        if stop >= self.stop:
            stop += shift
        elif stop > self.start:
            stop = self.start
        return start, max(start, stop)


@dataclass(frozen=True, slots=True)
class TokenFact:
    """One token on its own. `start` and `stop` in UTF-16 units; `text` has U+FFFD for parts of characters."""

    index: int
    id: int
    start: int
    stop: int
    data: bytes

    @property
    def text(self) -> str:
        """As it decodes by itself."""
        return self.data.decode("utf-8", "replace")


class TokenSpans:
    """Ids, starts and fills of all tokens, and which units have no token of their own yet (*neutral*)."""

    def __init__(self, units: Callable[[], UnitText]) -> None:
        """`units` gives the text of now, as a unit text."""
        self._units = units
        self._array = TokenArray()
        self._fills: NDArray[np.uint8] = np.empty(0, np.uint8)
        self._pieces: dict[int, str] = {}
        self._pending: list[_Pending] = []
        self._waiting: tuple[int, int] | None = None
        self.encoding = ""
        """Of the tokens held; empty before the first patch."""

    # ------------------------------------------------------------ what is there

    def __len__(self) -> int:
        return len(self._array)

    @property
    def ids(self) -> Int32Array:
        """(count,) view, valid until the next patch."""
        return self._array.ids

    @property
    def starts(self) -> Int32Array:
        """(count,) view in UTF-16 units, valid until the next edit or patch."""
        return self._array.starts

    @property
    def fills(self) -> NDArray[np.uint8]:
        """(count,) numbers below `FILLS`."""
        return self._fills

    @property
    def units(self) -> UnitText:
        """The text of now, as a unit text."""
        return self._units()

    def piece(self, token_id: int) -> str:
        """Bytes in hex of a token that holds a part of a character; empty for all others."""
        return self._pieces.get(token_id, "")

    def span(self, index: int) -> tuple[int, int]:
        """Units of the token: to where the next one starts, or those that have no token yet."""
        starts = self._array.starts
        start = int(starts[index])
        stop = int(starts[index + 1]) if index + 1 < len(starts) else len(self._units())
        if self._waiting is not None and start < self._waiting[0] < stop:
            stop = self._waiting[0]
        return start, stop

    def text(self, index: int, at_most: int = 80) -> str:
        """The units of the token as an ordinary string, cut after `at_most` units."""
        start, stop = self.span(index)
        return from_units(self._units()[start : min(stop, start + at_most)])

    def facts(self, first: int, after: int) -> Iterator[TokenFact]:
        """The tokens `first : after` as they are at the first `next`, whatever changes later."""
        ids, starts = self._array.ids[first:after].tolist(), self._array.starts[first:after].tolist()
        units, pieces = self._units(), self._pieces
        stops = [*starts[1:], self.span(after - 1)[1]] if ids else []
        for at, (token_id, start, stop) in enumerate(zip(ids, starts, stops, strict=True)):
            piece = pieces.get(token_id)
            data = bytes.fromhex(piece) if piece else from_units(units[start:stop]).encode()
            yield TokenFact(first + at, token_id, start, stop, data)

    def index_at(self, unit: int) -> int:
        """The first token that begins at `unit` or later; the count if there is none."""
        return self._array.index_at(unit)

    def holding(self, unit: int) -> int:
        """The last token that begins at or before `unit`; -1 if there is none."""
        return int(self._array.starts.searchsorted(np.int32(unit), side="right")) - 1

    def overlapping(self, start: int, stop: int) -> tuple[int, int]:
        """First and after-last of the tokens that have a part in the units `start : stop`."""
        holding = self.holding(start)
        first = self.index_at(int(self._array.starts[holding])) if holding >= 0 else 0
        return first, max(self.index_at(stop), first)

    def neutral(self) -> list[tuple[int, int]]:
        """Ranges of units whose tokens have not come yet."""
        ranges = [edit.fresh for edit in self._pending if edit.fresh[0] < edit.fresh[1]]
        if self._waiting is not None:
            ranges.append(self._waiting)
        return ranges

    # ------------------------------------------------------------ changes

    def clear(self) -> None:
        """No tokens, nothing pending: the engine begins again with this text."""
        self._array.clear()
        self._fills = np.empty(0, np.uint8)
        self._pieces = {}
        self._pending = []
        self._waiting = None
        self.encoding = ""

    def edit(self, version: int, start: int, removed: int, inserted: int) -> None:
        """The person's edit number `version` took place: move every span, mark the new units neutral."""
        edit = _Pending(version, start, start + removed, inserted, (start, start + inserted))
        for earlier in self._pending:
            earlier.fresh = edit.carried_range(earlier.fresh)
        if self._waiting is not None:
            self._waiting = edit.carried_range(self._waiting)
        array = self._array
        first, after = array.index_at(start), array.index_at(edit.stop)
        moved = np.full(after - first, start + inserted, np.int32)
        array.splice(first, after - first, array.ids[first:after].copy(), moved, inserted - removed)
        self._pending.append(edit)

    def patch(self, event: TokensPatched) -> tuple[int, int]:
        """Take the engine's patch; gives the range of units that look different now.

        Raises: ValueError if the patch does not fit: then the two sides have lost each other.
        """
        if event.encoding != self.encoding:
            self._pieces = {}
            self.encoding = event.encoding
        answered = [edit.fresh for edit in self._pending if edit.version <= event.version]
        self._pending = [edit for edit in self._pending if edit.version > event.version]
        starts = np.asarray(event.starts, np.int32)
        for edit in self._pending:
            starts = edit.carried(starts)
        first, added = event.first, len(event.ids)
        if not 0 <= first <= first + event.removed <= len(self):
            raise ValueError(f"patch {first}+{event.removed} for {len(self)} tokens")
        changed = [*answered, *self.neutral(), self._extent(first, first + event.removed)]
        self._splice_fills(first, event.removed, event.ids)
        self._array.splice(first, event.removed, event.ids, starts)
        self._pieces.update({event.ids[at]: piece for at, piece in event.pieces.items()})
        self._waiting = event.pending
        for edit in self._pending:
            if self._waiting is not None:
                self._waiting = edit.carried_range(self._waiting)
        changed += [*self.neutral(), self._extent(first, first + added)]
        return min(start for start, _ in changed), max(stop for _, stop in changed)

    def _extent(self, first: int, after: int) -> tuple[int, int]:
        """Units of the tokens `first : after` and of their neighbours, whose fill or stripes may change."""
        starts, length = self._array.starts, len(self._units())
        start = int(starts[first - 1]) if 0 < first <= len(starts) else 0
        return start, int(starts[after + 1]) if after + 1 < len(starts) else length

    def _splice_fills(self, first: int, removed: int, ids: list[int]) -> None:
        """Called before the ids change. A token that stays itself keeps its fill; new ones take turns."""
        old_ids, old = self._array.ids[first : first + removed].tolist(), self._fills
        head = _same(old_ids, ids)
        tail = _same(old_ids[head:][::-1], ids[head:][::-1])
        left, right = first + head, first + removed - tail
        before = int(old[left - 1]) if left else FILLS - 1
        new = ((before + 1 + np.arange(len(ids) - head - tail)) % FILLS).astype(np.uint8)
        fills = self._fills = np.concatenate((old[:left], new, old[right:]))
        seam = left + len(new)
        if 0 < seam < len(fills) and fills[seam - 1] == fills[seam]:
            # Give way where something is new anyhow: the last new token, or else the one after the gap.
            at = seam - 1 if len(new) else seam
            taken = {int(fills[beside]) for beside in (at - 1, at + 1) if 0 <= beside < len(fills)}
            fills[at] = next(fill for fill in range(FILLS) if fill not in taken)


def _same(first: list[int], second: list[int]) -> int:
    """Length of the common beginning."""
    return next(
        (at for at, (a, b) in enumerate(zip(first, second, strict=False)) if a != b),
        min(len(first), len(second)),
    )
