"""A widget that is never squeezed below what its wrapping rows need at its width."""

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget


class TallEnough(QWidget):
    """Asks for the height that its layout needs at the width that it got.

    Scroll areas and splitters look at minimum heights only, not at heights that follow from widths.
    """

    _fitted = False
    """Whether the minimum height is ours."""

    def heightForWidth(self, width: int) -> int:
        """What the rows need at least; more is given by the layout around it."""
        layout = self.layout()
        return -1 if layout is None else layout.totalMinimumHeightForWidth(width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width wraps otherwise."""
        super().resizeEvent(event)
        self.fit_height()

    def event(self, event: QEvent) -> bool:
        """A row came, went or grew."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.fit_height()
        return super().event(event)

    def fit_height(self) -> None:
        """Measure again."""
        layout = self.layout()
        if layout is not None and layout.hasHeightForWidth():
            needed = layout.totalMinimumHeightForWidth(self.width())
            if needed != self.minimumHeight():
                self.setMinimumHeight(needed)
            self._fitted = True
        elif self._fitted:  # all that wraps is hidden now: what the layout says is enough
            self._fitted = False
            self.setMinimumHeight(0)
