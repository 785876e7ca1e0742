"""What was there fades away within a blink, so that it is seen to be gone."""

from PySide6.QtCore import QVariantAnimation
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget

_WIPE_MS = 150


class Wipe:
    """The last picture of a widget, painted over it while it fades."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._picture: QPixmap | None = None
        self._fade = QVariantAnimation(widget)
        self._fade.setStartValue(1.0)
        self._fade.setEndValue(0.0)
        self._fade.setDuration(_WIPE_MS)
        self._fade.valueChanged.connect(lambda _: widget.update())
        self._fade.finished.connect(self.stop)

    @property
    def under_way(self) -> bool:
        """Whether the picture is still seen."""
        return self._picture is not None

    def start(self) -> None:
        """From what the widget shows now."""
        self._picture = self._widget.grab()
        self._fade.start()

    def stop(self) -> None:
        """Nothing is left of it."""
        self._fade.stop()
        if self._picture is not None:
            self._picture = None
            self._widget.update()

    def paint(self, painter: QPainter) -> None:
        """What is left of it, over what the widget has painted."""
        if self._picture is not None:
            painter.setOpacity(float(self._fade.currentValue()))
            painter.drawPixmap(0, 0, self._picture)
            painter.setOpacity(1.0)
