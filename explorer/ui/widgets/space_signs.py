"""Faint signs for what is written with nothing: a dot for a space, arrows for tabs and line ends."""

import re

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen

from explorer.ui.theme import Theme
from explorer.ui.widgets.token_runs import LineRuns

_SPACES = re.compile("[ \t\u00a0\u2028\u3000]")


class SpaceSigns:
    """Collects the signs of the lines that are painted, then draws them all."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._dots: list[QPointF] = []
        self._boxes: list[QRectF] = []
        self._lines: list[QLineF] = []
        self.end_width = 0.0
        """How wide a line end is, in pixels."""

    def restyle(self, font: QFont) -> None:
        """Fit the signs to the text's font."""
        self.end_width = round(QFontMetricsF(font).horizontalAdvance("n") * 1.2)

    def clear(self) -> None:
        """Begin a painting."""
        self._dots, self._boxes, self._lines = [], [], []

    def add(self, runs: LineRuns) -> None:
        """The signs of one line."""
        y = runs.top + runs.height / 2
        for match in _SPACES.finditer(runs.units):
            unit = runs.start + match.start()
            if match[0] == " ":
                self._dots += [QPointF(x, y) for x in runs.middles(unit)]
            else:
                for area in runs.rects(unit, unit + 1):
                    self._add_wide(match[0], area)
        if runs.stop > runs.text_end:
            self._add_return(runs.end_rect())

    def _add_wide(self, space: str, area: QRectF) -> None:
        centre = area.center()
        reach = self.end_width / 5
        if space == "\t":
            right = area.right() - 2
            self._lines.append(QLineF(area.left() + 2, centre.y(), right, centre.y()))
            self._add_head(QPointF(right, centre.y()), -reach)
        elif space == "\u2028":
            self._add_return(area)
        else:
            self._boxes.append(QRectF(centre.x() - reach, centre.y() - reach, 2 * reach, 2 * reach))

    def _add_return(self, area: QRectF) -> None:
        reach = self.end_width / 4
        left, right, y = area.left() + reach, area.left() + 3 * reach, area.center().y() + reach / 2
        self._lines.append(QLineF(right, y - 2 * reach, right, y))
        self._lines.append(QLineF(right, y, left, y))
        self._add_head(QPointF(left, y), reach)

    def _add_head(self, tip: QPointF, back: float) -> None:
        """An arrow's head: two strokes that go `back` from the tip."""
        for side in (back, -back):
            self._lines.append(QLineF(tip.x(), tip.y(), tip.x() + back, tip.y() + side))

    def draw(self, painter: QPainter) -> None:
        """Over the text, so that a selection does not hide them."""
        colour = self._theme.colour("muted")
        colour.setAlphaF(0.6)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour, self._theme.px(2), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        if self._dots:
            painter.drawPoints(self._dots)
        painter.setPen(QPen(colour, self._theme.scale))
        if self._lines:
            painter.drawLines(self._lines)
        if self._boxes:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRects(self._boxes)
