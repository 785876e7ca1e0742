"""A thin line that fills up: progress without a change of the layout."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.theme import Theme

_UNKNOWN_ALPHA = 0.4


class ThinBar(QWidget):
    """Keeps its place when nothing is under way. The words that belong to it stand elsewhere."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._busy = False
        self._share: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_share(self, busy: bool, share: float | None) -> None:
        """`share` 0 to 1; None where it is not known: then the whole line is faint."""
        if (busy, share) != (self._busy, self._share):
            self._busy, self._share = busy, share
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The line as far as it has come."""
        if not self._busy:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        colour = self._theme.colour("accent")
        if self._share is None:
            colour.setAlphaF(_UNKNOWN_ALPHA)
        painter.setBrush(colour)
        width = self.width() * (1.0 if self._share is None else self._share)
        radius = self.height() / 2
        painter.drawRoundedRect(QRectF(0, 0, max(width, self.height()), self.height()), radius, radius)

    def _restyle(self) -> None:
        self.setFixedHeight(self._theme.px(3))
        self.update()
