"""Whose turn it is: an arrow between the conversation and the stream, and what it means in words."""

from typing import Literal

from PySide6.QtCore import QEasingCurve, QPointF, QRect, QRectF, QSize, Qt, QVariantAnimation
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.theme import Theme
from explorer.ui.widgets.author_marks import AUTHOR_COLOURS, paint_mark_in

Writer = Literal["user", "assistant", "tool", "nobody"]

_SLIDE_MS = 150
_WRAP = int(Qt.TextFlag.TextWordWrap) | int(Qt.AlignmentFlag.AlignHCenter) | int(Qt.AlignmentFlag.AlignTop)
_LINE = int(Qt.AlignmentFlag.AlignVCenter) | int(Qt.AlignmentFlag.AlignLeft)


class TurnArrow(QWidget):
    """Points at the conversation while the person may write, at the stream while the model does.

    A narrow strip between two columns; a line of words where they stand one above the other (`set_stacked`).
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._writer: Writer = "nobody"
        self._detail = ""
        self._stacked = False
        self._animated = True
        self._place = 0.0
        """-1: at the conversation; 1: at the stream."""
        self._slide = QVariantAnimation(self)
        self._slide.setDuration(_SLIDE_MS)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._slide.valueChanged.connect(self._slid)
        theme.changed.connect(self._restyle)
        self._restyle()
        self._describe()

    @property
    def writer(self) -> Writer:
        """Who may write now."""
        return self._writer

    @property
    def said(self) -> str:
        """Whose turn it is, in words."""
        return {
            "user": self.tr("You write"),
            "assistant": self.tr("The model writes"),
            "tool": self.tr("A tool writes"),
            "nobody": self.tr("Nobody writes"),
        }[self._writer]

    def show_turn(self, writer: Writer, detail: str = "") -> None:
        """Hand over. `detail`: how that came about ("handed back by <|im_end|>")."""
        if (writer, detail) == (self._writer, self._detail):
            return
        self._writer, self._detail = writer, detail
        target = {"user": -1.0, "assistant": 1.0, "tool": 1.0, "nobody": 0.0}[writer]
        self._slide.stop()
        if self._animated and self.isVisible() and target != self._place:
            self._slide.setStartValue(self._place)
            self._slide.setEndValue(target)
            self._slide.start()
        else:
            self._place = target
        self._describe()
        self.update()

    def set_stacked(self, on: bool) -> None:
        """The conversation stands above the stream, not beside it."""
        if on != self._stacked:
            self._stacked = on
            self._restyle()

    def set_animated(self, on: bool) -> None:
        """Whether it slides from side to side."""
        self._animated = on

    def sizeHint(self) -> QSize:
        """Narrow, or low."""
        px = self._theme.px
        return QSize(px(120), px(30)) if self._stacked else QSize(px(88), px(120))

    def minimumSizeHint(self) -> QSize:
        """The same: it is small as it is."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The arrow in the writer's colour, with the writer's sign; the words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._stacked:
            self._paint_line(painter)
        else:
            self._paint_strip(painter)
        painter.end()

    def _paint_strip(self, painter: QPainter) -> None:
        px = self._theme.px
        words = self._words_height(self.width())
        size = px(44)
        top = (self.height() - size - px(6) - words) / 2
        room = (self.width() - size) / 2
        box = QRectF(room + self._place * min(room, px(14)), top, size, size)
        self._paint_arrow(painter, box, 0 if self._place > 0 else 180)
        painter.setFont(self._theme.font("caption"))
        painter.setPen(self._theme.colour("text"))
        below = QRect(0, round(box.bottom()) + px(6), self.width(), self.height())
        painter.drawText(below, _WRAP, self._text())

    def _paint_line(self, painter: QPainter) -> None:
        px = self._theme.px
        size = px(26)
        middle = (self.height() - size) / 2
        self._paint_arrow(painter, QRectF(px(4), middle, size, size), 90 if self._place > 0 else 270)
        painter.setFont(self._theme.font("body"))
        painter.setPen(self._theme.colour("text"))
        line = self.rect().adjusted(size + px(12), 0, 0, 0)
        text = " · ".join(part for part in (self.said, self._detail) if part)
        shown = QFontMetrics(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, _LINE, shown)

    def _paint_arrow(self, painter: QPainter, box: QRectF, turn: float) -> None:
        """A broad arrow that points right before it is turned by `turn` degrees."""
        theme, half = self._theme, box.width() / 2
        name = AUTHOR_COLOURS.get(self._writer, "")
        painter.save()
        painter.translate(box.center())
        painter.rotate(turn)
        corners = [(-1, -0.45), (0.05, -0.45), (0.05, -0.95), (1, 0), (0.05, 0.95), (0.05, 0.45), (-1, 0.45)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(name) if name else theme.colour("border"))
        if self._writer == "nobody":
            painter.drawRoundedRect(QRectF(-half * 0.7, -half * 0.18, half * 1.4, half * 0.36), 3, 3)
        else:
            painter.drawPolygon(QPolygonF([QPointF(x * half, y * half) for x, y in corners]))
        painter.restore()
        if name:
            paint_mark_in(painter, box, box.width() * 0.22, theme.colour("surface"), self._writer)

    def _text(self) -> str:
        return "\n".join(part for part in (self.said, self._detail) if part)

    def _words_height(self, width: int) -> int:
        metrics = QFontMetrics(self._theme.font("caption"))
        return metrics.boundingRect(QRect(0, 0, width, 1 << 16), _WRAP, self._text()).height()

    def _slid(self, place: float) -> None:
        self._place = place
        self.update()

    def _describe(self) -> None:
        self.setAccessibleName(self.said)
        self.setAccessibleDescription(self._detail)
        self.setToolTip(self._text())

    def _restyle(self) -> None:
        fixed, free = QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding
        self.setSizePolicy(free if self._stacked else fixed, fixed if self._stacked else free)
        self.updateGeometry()
        self.update()
