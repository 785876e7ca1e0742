"""A long text that is edited at one place after another without being copied at each key.

A Python string of ten megabytes is copied whole by every edit: milliseconds, and as much memory again. Here
it is three strings: what stands before the place that is worked at, a short middle around that place, and
what stands behind. An edit within the middle makes a new middle; one elsewhere moves the middle there, which
costs what every edit cost before.
"""

from typing import overload

AROUND = 16_384
"""Characters on either side of an edit that the middle takes in."""
LONGEST_MIDDLE = 8 * AROUND


class LongText:
    """Read like a string (`len`, indices, slices without a step, `find`, `str`); changed by `replace`."""

    __slots__ = ("_head", "_middle", "_tail")

    def __init__(self, text: str = "") -> None:
        self._head, self._middle, self._tail = text, "", ""

    def __str__(self) -> str:
        return self._between(0, len(self))

    def __len__(self) -> int:
        return len(self._head) + len(self._middle) + len(self._tail)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: "slice[int | None, int | None, None]") -> str: ...
    def __getitem__(self, place: "int | slice[int | None, int | None, None]") -> str:
        if isinstance(place, int):
            index = place if place >= 0 else place + len(self)
            if not 0 <= index < len(self):
                raise IndexError(place)
            return self._between(index, index + 1)
        start, stop, _ = place.indices(len(self))
        return self._between(start, stop)

    def find(self, wanted: str, start: int = 0) -> int:
        """The first place at or after `start` (0 or more) of one character; -1 if there is none."""
        offset = 0
        for part in self._parts():
            found = part.find(wanted, max(start - offset, 0))
            if found >= 0:
                return offset + found
            offset += len(part)
        return -1

    def rfind(self, wanted: str, start: int, stop: int) -> int:
        """The last place of one character in `start : stop` (both 0 or more); -1 if there is none."""
        offset = len(self)
        for part in reversed(self._parts()):
            offset -= len(part)
            found = part.rfind(wanted, max(start - offset, 0), max(stop - offset, 0))
            if found >= 0:
                return offset + found
        return -1

    def replace(self, start: int, stop: int, text: str) -> None:
        """`text` in place of the characters `start : stop`. Raises: ValueError if there are none such."""
        if not 0 <= start <= stop <= len(self):
            raise ValueError(f"no characters {start} to {stop} in a text of {len(self)}")
        front = len(self._head)
        if not (front <= start and stop <= front + len(self._middle)) or len(self._middle) > LONGEST_MIDDLE:
            self._move(start, stop)
            front = len(self._head)
        self._middle = "".join((self._middle[: start - front], text, self._middle[stop - front :]))

    def _move(self, start: int, stop: int) -> None:
        """Have `start : stop` in the middle, with its surroundings."""
        low, high = max(0, start - AROUND), min(stop + AROUND, len(self))
        head, middle, tail = self._between(0, low), self._between(low, high), self._between(high, len(self))
        self._head, self._middle, self._tail = head, middle, tail

    def _parts(self) -> tuple[str, str, str]:
        return self._head, self._middle, self._tail

    def _between(self, start: int, stop: int) -> str:
        front = len(self._head)
        if stop <= front:
            return self._head[start:stop]  # all of it is no copy
        back = front + len(self._middle)
        if front <= start and stop <= back:
            return self._middle[start - front : stop - front]
        if start >= back:
            return self._tail[start - back : stop - back]
        middle = self._middle[max(start - front, 0) : max(stop - front, 0)]
        return "".join((self._head[start:front], middle, self._tail[: max(stop - back, 0)]))


UnitText = str | LongText
"""A unit text (`explorer.text.units`) that is only read."""
