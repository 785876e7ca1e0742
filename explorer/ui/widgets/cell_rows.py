"""Which cells stand in which row: squares by arithmetic, chips of text by their widths."""

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF

from explorer.protocol import StreamToken
from explorer.ui.widgets.token_words import chip_label

FEWEST, MOST = 32, 64
"""Squares in a row, where the width allows it."""
_STEP = 8
"""Squares in a row are a multiple of this, of half of it where they are few: so that rows can be counted."""
_REMEMBERED = 20_000


class Shape(NamedTuple):
    """What is written on a chip, the chip's width, and where in it the writing begins."""

    label: str
    width: float
    inset: float


class SquareRows:
    """Rows of equal squares. Pixels; `left` and `width` are within a row."""

    def __init__(self, width: int, wanted: int, least: int, ratio: float) -> None:
        """`wanted`: the size that a square shall have; `least`: so far it may shrink to have `FEWEST`."""
        columns = min(max(width // max(wanted, 1), FEWEST), MOST)
        columns = min(columns, max(1, width // max(least, 1)))
        step = _STEP if columns >= FEWEST else _STEP // 2
        columns = max(columns - columns % step, min(columns, step))
        self.columns = columns
        # A whole number of the screen's pixels: else the tiles would be blurred.
        self.side = max(1, int(width / columns * ratio)) / ratio
        self.row_height = self.side
        self._count = 0

    @property
    def whole(self) -> bool:
        """Nothing is left to be laid out."""
        return True

    def replace(self, tokens: Sequence[StreamToken], first: int) -> None:
        """Other tokens from `first` on."""
        self._count = len(tokens)

    def go_on(self, cells: int) -> None:
        """Lay out more."""

    @property
    def rows(self) -> int:
        """How many there are."""
        return -(-self._count // self.columns)

    def row_of(self, index: int) -> int:
        """The row in which a cell stands."""
        return index // self.columns

    def bounds(self, row: int) -> tuple[int, int]:
        """The cells `first, stop` of a row."""
        return row * self.columns, min((row + 1) * self.columns, self._count)

    def place(self, index: int) -> tuple[float, float]:
        """Left and width of a cell."""
        return index % self.columns * self.side, self.side

    def at(self, row: int, x: float) -> int:
        """The cell of a row at `x`, -1 for none."""
        column = int(x // self.side)
        index = row * self.columns + column
        return index if 0 <= column < self.columns and 0 <= index < self._count else -1


class ChipRows:
    """Rows of chips as wide as their texts or ids; a row ends where a line of the text does.

    Laid out from the front, as far as `go_on` is asked for: a hundred thousand chips take some 100 ms.
    """

    def __init__(self, width: int, metrics: QFontMetricsF, padding: int, gap: int, ids: bool) -> None:
        self._width, self._metrics, self._padding, self._gap, self._ids = width, metrics, padding, gap, ids
        self.row_height = round(metrics.height() * 1.2) + 2 * gap
        self.chip_height = self.row_height - gap
        self.baseline = (self.chip_height + metrics.ascent() - metrics.descent()) / 2
        self._tokens: Sequence[StreamToken] = ()
        self._starts = array("l", [0])
        self._laid = 0
        """So many chips stand in a row, the last of them perhaps in one that is not full yet."""
        self._right = 0.0
        """Where the next chip would begin."""
        self._shapes: dict[str, Shape] = {}

    @property
    def whole(self) -> bool:
        """Nothing is left to be laid out."""
        return self._laid >= len(self._tokens)

    @property
    def laid(self) -> int:
        """So many chips are laid out."""
        return self._laid

    @property
    def rows(self) -> int:
        """How many there are as far as they are laid out."""
        return len(self._starts) if self._laid else 0

    def replace(self, tokens: Sequence[StreamToken], first: int) -> None:
        """Other tokens from `first` on."""
        self._tokens = tokens
        if first < self._laid:
            # The row of the last that is the same begins anew: what follows may have room in it now.
            row = max(bisect_right(self._starts, first - 1) - 1, 0)
            del self._starts[row + 1 :]
            self._laid, self._right = self._starts[row], 0.0

    def go_on(self, cells: int) -> None:
        """Lay out so many more."""
        tokens, width, gap = self._tokens, self._width, self._gap
        starts, right, ids = self._starts, self._right, self._ids
        stop = min(self._laid + cells, len(tokens))
        for index in range(self._laid, stop):
            token = tokens[index]
            chip = self.shape(token).width
            # A line of the text ends with the token before this one.
            ends = not ids and index > starts[-1] and tokens[index - 1].text.endswith("\n")
            if right and (right + chip > width or ends):
                starts.append(index)
                right = 0.0
            right += chip + gap
        self._laid, self._right = stop, right

    def shape(self, token: StreamToken) -> Shape:
        """What is written on a chip, and its width."""
        key = str(token.id) if self._ids else token.text
        shape = self._shapes.get(key)
        if shape is None:
            if len(self._shapes) > _REMEMBERED:
                self._shapes.clear()
            shape = self._shapes[key] = self._measure(key if self._ids else chip_label(key))
        return shape

    def _measure(self, label: str) -> Shape:
        advance, padding = self._metrics.horizontalAdvance, self._padding
        text = advance(label)
        width = max(text + 2 * padding, self._metrics.height() * 0.7)
        if width > self._width:
            width = max(self._width, 1)
            label = self._metrics.elidedText(label, Qt.TextElideMode.ElideRight, width - 2 * padding)
            text = advance(label)
        return Shape(label, width, (width - text) / 2)

    def row_of(self, index: int) -> int:
        """The row in which a chip stands."""
        return max(bisect_right(self._starts, index) - 1, 0)

    def bounds(self, row: int) -> tuple[int, int]:
        """The chips `first, stop` of a row."""
        stop = self._starts[row + 1] if row + 1 < len(self._starts) else self._laid
        return self._starts[row], stop

    def place(self, index: int) -> tuple[float, float]:
        """Left and width of a chip."""
        first = self._starts[self.row_of(index)]
        left = sum(self.shape(token).width + self._gap for token in self._tokens[first:index])
        return left, self.shape(self._tokens[index]).width

    def at(self, row: int, x: float) -> int:
        """The chip of a row at `x`, -1 for none."""
        left = 0.0
        first, stop = self.bounds(row)
        for index in range(first, stop):
            width = self.shape(self._tokens[index]).width
            if left <= x < left + width:
                return index
            left += width + self._gap
        return -1


WALKING_KEYS = frozenset(
    {
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
    }
)


def walked(rows: SquareRows | ChipRows, here: int, count: int, key: Qt.Key, page: int) -> int:
    """Where a walking key leads from cell `here` of `count`; -1: from the last. `page`: rows of a page."""
    last = count - 1
    here = here if here >= 0 else last
    ahead = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Home: -here, Qt.Key.Key_End: last - here}
    if key in ahead:
        return min(max(here + ahead[key], 0), last)
    if isinstance(rows, ChipRows) and here >= rows.laid:
        return here
    down = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -page, Qt.Key.Key_PageDown: page}
    row = min(max(rows.row_of(here) + down[key], 0), rows.rows - 1)
    left, width = rows.place(here)
    beside = rows.at(row, left + width / 2)
    return beside if beside >= 0 else rows.bounds(row)[1] - 1
