"""Text that changes many times a second and moves nothing around it."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.theme import FontRole, Theme


class SteadyText(QWidget):
    """One line, cut with an ellipsis where the room ends.

    A QLabel asks for a new layout of everything above it with each text: milliseconds, at every step of a
    run. This one only paints itself again.
    """

    def __init__(self, theme: Theme, role: FontRole, muted: bool = False, widest: str = "") -> None:
        """`widest`: the longest text that it must have room for; empty: it takes the room that there is."""
        super().__init__()
        self._theme, self._muted, self._widest = theme, muted, widest
        self._role: FontRole = role
        self._text = ""
        self._font = QFont()
        horizontal = QSizePolicy.Policy.Fixed if widest else QSizePolicy.Policy.Ignored
        self.setSizePolicy(horizontal, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._measure)
        self._measure()

    def text(self) -> str:
        """What it says."""
        return self._text

    def set_text(self, text: str) -> None:
        """Say something else."""
        if text != self._text:
            self._text = text
            self.setAccessibleDescription(text)
            self.update()

    def sizeHint(self) -> QSize:
        """One line, as wide as the widest text."""
        metrics = QFontMetrics(self._font)
        return QSize(metrics.horizontalAdvance(self._widest) + self._theme.px(2), metrics.height())

    def minimumSizeHint(self) -> QSize:
        """The same; without a widest text, any width."""
        hint = self.sizeHint()
        return hint if self._widest else QSize(0, hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what fits."""
        painter = QPainter(self)
        painter.setFont(self._font)
        painter.setPen(self._theme.colour("muted" if self._muted else "text"))
        shown = QFontMetrics(self._font).elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()

    def _measure(self) -> None:
        self._font = self._theme.font(self._role)
        if self._role == "number":
            self._font.setWeight(QFont.Weight.DemiBold)
        self.updateGeometry()
        self.update()
