"""Pictures of cells: each kind is painted once, rows of them are put together as arrays.

Some thousand cells are in sight at once. Painted one by one from Python they would take many times the
8 milliseconds that the window has; copied from painted tiles they take one or two.
"""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from explorer.ui.theme import Theme
from explorer.ui.widgets.author_marks import AUTHOR_COLOURS, paint_mark_in
from explorer.ui.widgets.stream_model import AUTHORS, CODES, GONE, HEAT, LEVELS, LIT, SPECIAL, THINKING

_GONE_OPACITY = 0.4
_CROSS_OPACITY = 0.75
_UNPAINTED = -1
_MARK_ALPHA = 200


class CellTiles:
    """Tiles for one size and look. `side` is the pitch of the cells, their gap included, in pixels."""

    def __init__(self, theme: Theme, side: float, ratio: float, hot: bool) -> None:
        """`ratio`: the screen's pixels for one of the window's. `hot`: cells in their heat's colour."""
        self._theme, self._hot = theme, hot
        self.made_for = (side, ratio)
        self._pixels = max(2, round(side * ratio))
        self._ratio = self._pixels / side
        self._at = np.full(CODES, _UNPAINTED, np.int32)
        self._tiles: NDArray[np.uint32] = np.zeros((1, self._pixels, self._pixels), np.uint32)
        """The first one is empty: it stands where a row has no cell."""
        self._rows: NDArray[np.uint32] = np.zeros((0, 0, 0, 0), np.uint32)
        """The memory of the picture made last, used again: it may be megabytes."""

    def picture(self, codes: NDArray[np.uint16], columns: int) -> QImage:
        """Rows of `columns` cells with these codes; transparent between them and after the last.

        Good until the next one is asked for: both are in the same memory.
        """
        for code in np.unique(codes[self._at[codes] == _UNPAINTED]).tolist():
            self._at[code] = len(self._tiles)
            self._tiles = np.concatenate([self._tiles, self._paint(code)[None]])
        rows = -(-len(codes) // columns)
        places = np.zeros(rows * columns, np.int32)
        places[: len(codes)] = self._at[codes]
        side = self._pixels
        if self._rows.shape != (rows, side, columns, side):
            self._rows = np.empty((rows, side, columns, side), np.uint32)
        grid = places.reshape(rows, columns)
        for line in range(side):
            np.take(self._tiles[:, line], grid, axis=0, out=self._rows[:, line], mode="clip")
        width, height = columns * side, rows * side
        form = QImage.Format.Format_ARGB32_Premultiplied
        image = QImage(self._rows.data, width, height, width * 4, form)
        image.setDevicePixelRatio(self._ratio)
        return image

    # ------------------------------------------------------------ one tile

    def _paint(self, code: int) -> NDArray[np.uint32]:
        side = self._pixels
        image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        gap = max(1.0, round(side * 0.12))
        cell = QRectF(gap / 2, gap / 2, side - gap, side - gap)
        painter.setOpacity(_GONE_OPACITY if code & GONE else 1.0)
        if self._hot:
            self._paint_heat(painter, cell, code)
        else:
            self._paint_author(painter, cell, code)
        if code & GONE:
            self._cross(painter, cell)
        painter.setOpacity(1.0)
        if code & LIT:
            self._frame(painter, QRectF(0, 0, side, side))
        painter.end()
        return np.frombuffer(image.constBits(), np.uint32).reshape(side, side).copy()

    def _paint_author(self, painter: QPainter, cell: QRectF, code: int) -> None:
        theme = self._theme
        author = AUTHORS[code % SPECIAL]
        colour = theme.colour(AUTHOR_COLOURS[author])
        body = QRectF(cell)
        if code & THINKING:
            body.setBottom(cell.bottom() - self._dashes(painter, cell))
        radius = cell.width() * 0.15
        hollow = bool(code & SPECIAL) or author == "template"
        if hollow:
            width = max(1.0, cell.width() * 0.12)
            painter.setPen(QPen(theme.colour("special"), width))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            body.adjust(width / 2, width / 2, -width / 2, -width / 2)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
        painter.drawRoundedRect(body, radius, radius)
        sign = QColor(colour if hollow else theme.colour("surface"))
        sign.setAlpha(_MARK_ALPHA)
        paint_mark_in(painter, body, cell.width() * 0.3, sign, author)

    def _dashes(self, painter: QPainter, cell: QRectF) -> float:
        """Two dashes under a cell that was thinking; returns the height that they take."""
        thick = max(1.0, cell.height() * 0.14)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("thinking"))
        for left in (0.0, 0.58):
            painter.drawRect(
                QRectF(cell.left() + left * cell.width(), cell.bottom() - thick, 0.42 * cell.width(), thick)
            )
        return 2 * thick

    def _paint_heat(self, painter: QPainter, cell: QRectF, code: int) -> None:
        theme, level = self._theme, code // HEAT
        width = max(1.0, cell.width() * 0.1)
        outline = theme.colour("special" if code & SPECIAL else "border")
        inside = cell.adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.setBrush(heat_colour(theme, (level - 1) / (LEVELS - 1)) if level else Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(outline, width) if code & SPECIAL or not level else Qt.PenStyle.NoPen)
        if level and not code & SPECIAL:
            inside = cell
        painter.drawRoundedRect(inside, cell.width() * 0.15, cell.width() * 0.15)
        if not level:
            painter.drawLine(inside.bottomLeft(), inside.topRight())

    def _cross(self, painter: QPainter, cell: QRectF) -> None:
        painter.setOpacity(_CROSS_OPACITY)
        painter.setPen(QPen(self._theme.colour("muted"), max(1.0, cell.width() * 0.06)))
        inside = cell.adjusted(1, 1, -1, -1)
        painter.drawLine(inside.topLeft(), inside.bottomRight())
        painter.drawLine(inside.bottomLeft(), inside.topRight())

    def _frame(self, painter: QPainter, tile: QRectF) -> None:
        width = max(1.5, tile.width() * 0.14)
        painter.setPen(QPen(self._theme.colour("text"), width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        half = width / 2
        painter.drawRect(tile.adjusted(half, half, -half, -half))


def heat_colour(theme: Theme, share: float) -> QColor:
    """The ramp of probabilities, evenly: `Theme.probability` runs over the root."""
    return theme.probability(share * share)
