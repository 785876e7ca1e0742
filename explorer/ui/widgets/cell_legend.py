"""Under the cells: what their colours mean, and what the cell pointed at holds."""

from collections.abc import Collection

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.theme import Theme
from explorer.ui.widgets.author_marks import AUTHOR_COLOURS, author_name, paint_swatch
from explorer.ui.widgets.cell_tiles import heat_colour

_STOPS = 12
_MOST_LINES = 3


class CellLegend(QWidget):
    """As high as its width asks for: nothing moves when another cell is pointed at."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._ramp: tuple[str, str] | None = None
        self._present: Collection[str] = ()
        self._said = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def said(self) -> str:
        """The second line."""
        return self._said

    @property
    def ramp(self) -> tuple[str, str] | None:
        """What the ramp's ends say."""
        return self._ramp

    def show_authors(self, present: Collection[str]) -> None:
        """Explain the authors' colours and marks; where there is no room for all, of those `present`."""
        if self._ramp is not None or present != self._present:
            self._ramp, self._present = None, present
            self.update()

    def show_ramp(self, low: str, high: str) -> None:
        """Explain the heat: what its ends say."""
        self._ramp = (low, high)
        self.update()

    def say(self, text: str) -> None:
        """What stands in the second line."""
        if text != self._said:
            self._said = text
            self.update()

    def sizeHint(self) -> QSize:
        """Small print."""
        return QSize(self._theme.px(160), self.heightForWidth(self.width()))

    def heightForWidth(self, width: int) -> int:
        """For the names of all authors, on more lines where one is too short; and for what is said."""
        return (self._lines(width) + 1) * self._line() + self._theme.px(6)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Both lines; what has no room is cut with an ellipsis."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colour("border"), 1))
        painter.drawLine(QPointF(0, 0.5), QPointF(self.width(), 0.5))
        painter.setFont(self._theme.font("caption"))
        metrics = QFontMetricsF(painter.font())
        top = self._theme.px(4)
        line = QRectF(self._theme.px(8), top, self.width() - 2 * self._theme.px(8), self._line())
        lines = self._lines(self.width())
        if self._ramp:
            line.translate(0, (lines - 1) * self._line() / 2)
            self._paint_ramp(painter, line, metrics, *self._ramp)
        else:
            self._paint_authors(painter, line, metrics, lines)
        line.moveTop(top + lines * self._line())
        painter.setPen(self._theme.colour("text"))
        said = metrics.elidedText(self._said, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, said)

    def _line(self) -> int:
        return round(QFontMetricsF(self._theme.font("caption")).height() * 1.15)

    def _room(self, width: int) -> float:
        return width - 2 * self._theme.px(8)

    def _sizes(self) -> tuple[int, int]:
        """Of a sign with the gap behind it, and from name to name at least."""
        px = self._theme.px
        return px(9) + px(4), px(8)

    def _lines(self, width: int) -> int:
        """Lines that all names take: three at most."""
        sign, between = self._sizes()
        metrics = QFontMetricsF(self._theme.font("caption"))
        return min(_MOST_LINES, len(_wrapped(_names(), metrics, self._room(width), sign, between)))

    def _paint_authors(self, painter: QPainter, line: QRectF, metrics: QFontMetricsF, lines: int) -> None:
        sign, between = self._sizes()
        rows = _wrapped(_names(), metrics, line.width(), sign, between)
        if len(rows) > lines:  # who did not write need not be named; and the longest names are cut
            names = {author: name for author, name in _names().items() if author in self._present}
            room = lines * line.width() - (sign + between) * (len(names) + 1)
            rows = _wrapped(names, metrics, line.width(), sign, between)
            while len(rows) > lines and room > 0:
                room -= line.width() / 10
                rows = _wrapped(_cut_longest(names, metrics, room), metrics, line.width(), sign, between)
        side = float(self._theme.px(9))
        for row in rows:
            needed = sum(metrics.horizontalAdvance(name) + sign for name in row.values())
            gap = min(max((line.width() - needed) / max(len(row) - 1, 1), between), self._theme.px(12))
            left = line.left()
            for author, name in row.items():
                box = QRectF(left, line.center().y() - side / 2, side, side)
                paint_swatch(painter, self._theme, box, author)
                painter.setPen(self._theme.colour("muted"))
                wide = metrics.horizontalAdvance(name)
                painter.drawText(QRectF(left + sign, line.top(), wide + 1, line.height()), _LEFT, name)
                left += sign + wide + gap
            line.translate(0, line.height())

    def _paint_ramp(
        self, painter: QPainter, line: QRectF, metrics: QFontMetricsF, low: str, high: str
    ) -> None:
        theme, gap = self._theme, self._theme.px(6)
        wide = min(theme.px(120), line.width() / 5)
        room = (line.width() - wide - 2 * gap) / 2
        room = max(room, line.width() - wide - 2 * gap - metrics.horizontalAdvance(high))
        painter.setPen(theme.colour("muted"))
        shown = metrics.elidedText(low, Qt.TextElideMode.ElideRight, room)
        painter.drawText(line, _LEFT, shown)
        height = float(theme.px(9))
        left = line.left() + metrics.horizontalAdvance(shown) + gap
        box = QRectF(left, line.center().y() - height / 2, wide, height)
        gradient = QLinearGradient(box.topLeft(), box.topRight())
        for stop in range(_STOPS + 1):
            gradient.setColorAt(stop / _STOPS, heat_colour(theme, stop / _STOPS))
        painter.fillRect(box, gradient)
        rest = line.adjusted(box.right() + gap - line.left(), 0, 0, 0)
        painter.drawText(rest, _LEFT, metrics.elidedText(high, Qt.TextElideMode.ElideRight, rest.width()))


_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


def _names() -> dict[str, str]:
    return {author: author_name(author) for author in (*AUTHOR_COLOURS, "thinking")}


def _wrapped(
    names: dict[str, str], metrics: QFontMetricsF, width: float, sign: int, between: int
) -> list[dict[str, str]]:
    """Lines of names that fit into `width`, each name behind its sign."""
    rows: list[dict[str, str]] = [{}]
    left = 0.0
    for author, name in names.items():
        wide = sign + metrics.horizontalAdvance(name)
        if rows[-1] and left + wide > width:
            rows.append({})
            left = 0.0
        rows[-1][author] = name
        left += wide + between
    return rows


def _cut_longest(names: dict[str, str], metrics: QFontMetricsF, room: float) -> dict[str, str]:
    """Names that take `room` together: short ones are whole, the others equally long."""
    widths = sorted(metrics.horizontalAdvance(name) for name in names.values())
    most = 0.0
    for place, width in enumerate(widths):
        most = room / (len(widths) - place)
        if width > most:
            break
        room -= width
    return {
        author: metrics.elidedText(name, Qt.TextElideMode.ElideRight, max(most, 0.0))
        for author, name in names.items()
    }
