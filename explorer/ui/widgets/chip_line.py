"""Chips in one line that can be scrolled sideways: the beginning of a text under one encoding."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.stores.encoding_rows import HeadToken
from explorer.ui.theme import Theme
from explorer.ui.widgets.token_words import chip_label, hex_bytes

_NOTCH = 120
_STEP_PX = 120


class ChipLine(QWidget):
    """Scrolled by the wheel, by pulling and by the arrow keys.

    Signals: `clicked`.
    """

    clicked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._tokens: Sequence[HeadToken] = ()
        self._chips: list[tuple[float, float, str]] = []
        self._width = 0.0
        self._offset = 0.0
        self._more = False
        self._pressed_at = self._pulled_to = 0.0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("The text's beginning in tokens"))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._measure)

    def show_tokens(self, tokens: Sequence[HeadToken], more: bool) -> None:
        """`more`: the text goes on after them."""
        if tokens is not self._tokens or more != self._more:
            self._tokens, self._more = tokens, more
            self._measure()

    @property
    def labels(self) -> list[str]:
        """What the chips say."""
        return [label for _, _, label in self._chips]

    def sizeHint(self) -> QSize:
        """One chip high."""
        return QSize(self._theme.px(200), round(self._chip_height()) + self._theme.px(4))

    def minimumSizeHint(self) -> QSize:
        """As narrow as need be."""
        return QSize(0, self.sizeHint().height())

    def _chip_height(self) -> float:
        return QFontMetricsF(self._theme.font("mono")).height() + self._theme.px(4)

    def _measure(self) -> None:
        metrics, px = QFontMetricsF(self._theme.font("mono")), self._theme.px
        left = float(px(2))
        self._chips = []
        for token in self._tokens:
            label = hex_bytes(bytes.fromhex(token.piece)) if token.piece else chip_label(token.text)
            width = metrics.horizontalAdvance(label) + 2 * px(4)
            self._chips.append((left, width, label))
            left += width + px(2)
        self._width = left
        if self._more:
            self._chips.append((left, metrics.horizontalAdvance("…") + 2 * px(4), "…"))
            self._width += self._chips[-1][1]
        self._scroll(0)
        self.updateGeometry()
        self.update()

    def _scroll(self, by: float) -> None:
        most = max(0.0, self._width - self.width() + self._theme.px(2))
        offset = min(max(self._offset + by, 0.0), most)
        if offset != self._offset:
            self._offset = offset
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The chips that are in sight; a faint edge where there are more."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = self._theme.font("mono")
        metrics, px = QFontMetricsF(font), self._theme.px
        painter.setFont(font)
        fills = [QColor(colour) for colour in self._theme.colours.tokens]
        height, base = self._chip_height(), px(4) + metrics.ascent()
        for at, (left, width, label) in enumerate(self._chips):
            place = left - self._offset
            if place + width < 0 or place > self.width():
                continue
            if at < len(self._tokens):
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(fills[at % len(fills)])
                painter.drawRoundedRect(QRectF(place, px(2), width, height), px(4), px(4))
            painter.setPen(self._theme.colour("text"))
            painter.drawText(QPointF(place + px(4), base), label)
        if self.hasFocus():
            painter.setPen(QPen(self._theme.colour("accent"), px(1)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), px(4), px(4))

    # ------------------------------------------------------------ mouse and keys

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Sideways; up and down only with Shift, else the rows scroll."""
        delta = event.angleDelta()
        turn = delta.x() or (delta.y() if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0)
        if turn:
            self._scroll(-turn / _NOTCH * self._theme.px(_STEP_PX))
            event.accept()
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right, to the beginning and to the end."""
        steps = {
            Qt.Key.Key_Left: -float(self._theme.px(_STEP_PX)),
            Qt.Key.Key_Right: float(self._theme.px(_STEP_PX)),
            Qt.Key.Key_Home: -self._width,
            Qt.Key.Key_End: self._width,
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._scroll(step)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A pull may begin."""
        self._pressed_at = self._pulled_to = event.position().x()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pull the line."""
        if event.buttons():
            self._scroll(self._pulled_to - event.position().x())
            self._pulled_to = event.position().x()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """What was no pull was a click."""
        if abs(event.position().x() - self._pressed_at) < self._theme.px(4):
            self.clicked.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that the keys go here."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that they go elsewhere."""
        super().focusOutEvent(event)
        self.update()
