"""The draw: probabilities laid end to end from 0 to 1, and the place where the random number fell."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.theme import Theme
from explorer.ui.widgets.token_text import visible


@dataclass(frozen=True)
class Fallen:
    """One draw."""

    text: str
    """The drawn token's."""
    uniform: float | None
    """Where on the line, in [0, 1); None if no number was needed."""
    before: float
    """Probability of all tokens left of the drawn one."""
    probability: float


class DrawLine(QWidget):
    """Segments in the order of the bars, the drawn one outlined, a marker where the number fell.

    Without segments (a run does not tell them) the drawn one stands alone at its place.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._segments: tuple[tuple[str, float], ...] = ()
        self._fallen: Fallen | None = None
        self._faded = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("The draw"))
        theme.changed.connect(self._look_changed)

    @property
    def segments(self) -> tuple[tuple[str, float], ...]:
        """Token text and probability, in order; what is left of 1 has no segment."""
        return self._segments

    @property
    def fallen(self) -> Fallen | None:
        """The draw that is shown."""
        return self._fallen

    def show_draw(
        self, segments: Sequence[tuple[str, float]], fallen: Fallen | None, faded: bool = False
    ) -> None:
        """Replace everything; `faded` while newer numbers are on their way."""
        segments = tuple(segments)
        if (segments, fallen, faded) != (self._segments, self._fallen, self._faded):
            self._segments, self._fallen, self._faded = segments, fallen, faded
            self.setAccessibleDescription(fallen.text if fallen else "")
            self.update()

    def sizeHint(self) -> QSize:
        """The line, the marker above it, the scale below."""
        return QSize(self._theme.px(380), self._theme.px(54))

    def minimumSizeHint(self) -> QSize:
        """The same, narrower."""
        return QSize(self._theme.px(160), self._theme.px(54))

    def line_rect(self) -> QRectF:
        """Where 0 to 1 is."""
        edge = self._theme.px(6)
        return QRectF(edge, self._theme.px(14), max(1, self.width() - 2 * edge), self._theme.px(22))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it all."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = self.line_rect()
        painter.setOpacity(0.45 if self._faded else 1.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("raised"))
        painter.drawRect(line)
        self._paint_segments(painter, line)
        self._paint_scale(painter, line)
        painter.setOpacity(1.0)
        if self._fallen is not None:
            self._paint_fallen(painter, line, self._fallen)
        painter.end()

    def _paint_segments(self, painter: QPainter, line: QRectF) -> None:
        theme = self._theme
        font = theme.font("mono")
        font.setPixelSize(theme.px(13))
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        left = line.left()
        for text, probability in self._segments:
            width = line.width() * probability
            place = QRectF(left, line.top(), width, line.height())
            fill = theme.probability(probability)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(fill)
            painter.drawRect(place)
            shown = visible(text)
            if metrics.horizontalAdvance(shown) + theme.px(6) <= width:
                painter.setPen(Qt.GlobalColor.white if fill.lightnessF() < 0.5 else Qt.GlobalColor.black)
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, shown)
            if width > 2:
                painter.setPen(QPen(theme.colour("surface"), 1))
                painter.drawLine(place.topRight(), place.bottomRight())
            left += width

    def _paint_scale(self, painter: QPainter, line: QRectF) -> None:
        font = self._theme.font("caption")
        painter.setFont(font)
        painter.setPen(self._theme.colour("muted"))
        metrics = QFontMetricsF(font)
        for share, label in ((0.0, "0"), (0.25, "¼"), (0.5, "½"), (0.75, "¾"), (1.0, "1")):
            width = metrics.horizontalAdvance(label)
            x = line.left() + line.width() * share - width / 2
            x = min(max(x, 0.0), self.width() - width)
            painter.drawText(QPointF(x, line.bottom() + metrics.ascent() + self._theme.px(2)), label)

    def _paint_fallen(self, painter: QPainter, line: QRectF, fallen: Fallen) -> None:
        theme = self._theme
        colour = theme.colour("model")
        stroke = max(1.5, 2 * theme.scale)
        drawn = QRectF(
            line.left() + line.width() * fallen.before,
            line.top(),
            max(line.width() * fallen.probability, stroke),
            line.height(),
        )
        painter.setBrush(
            theme.probability(fallen.probability) if not self._segments else Qt.BrushStyle.NoBrush
        )
        painter.setPen(QPen(colour, stroke))
        painter.drawRect(drawn)
        if fallen.uniform is not None:
            self._paint_marker(painter, line, line.left() + line.width() * fallen.uniform)

    def _paint_marker(self, painter: QPainter, line: QRectF, x: float) -> None:
        """A pointer above the line and a stroke through it."""
        theme = self._theme
        colour = theme.colour("model")
        stroke = max(1.5, 2 * theme.scale)
        size = theme.px(6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        tip = QPointF(x, line.top() + theme.px(2))
        painter.drawPolygon(
            QPolygonF([QPointF(x - size, tip.y() - 1.6 * size), QPointF(x + size, tip.y() - 1.6 * size), tip])
        )
        painter.setPen(QPen(theme.colour("surface"), stroke + 2))
        painter.drawLine(QPointF(x, line.top()), QPointF(x, line.bottom()))
        painter.setPen(QPen(colour, stroke))
        painter.drawLine(QPointF(x, line.top()), QPointF(x, line.bottom() + theme.px(3)))

    def _look_changed(self) -> None:
        self.updateGeometry()
        self.update()
