"""Two columns side by side, one above the other where there is no room, scrolled where there is less."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QScrollArea, QWidget

from explorer.ui.theme import Theme

_SIDE_BY_SIDE_PX = 580


class TwoColumns(QScrollArea):
    """Holds `left` and `right`, equally wide while the width allows it."""

    def __init__(self, theme: Theme, left: QWidget, right: QWidget) -> None:
        super().__init__()
        self._theme = theme
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._content = QWidget()
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._content)
        self._columns.setContentsMargins(0, 0, 0, 0)
        self._columns.addWidget(left, 1)
        self._columns.addWidget(right, 1)
        self.setWidget(self._content)
        theme.changed.connect(self._arrange)
        self._arrange()

    @property
    def content(self) -> QWidget:
        """Both columns, the part out of sight included."""
        return self._content

    @property
    def side_by_side(self) -> bool:
        """Whether the width is enough for both."""
        return self._columns.direction() == QBoxLayout.Direction.LeftToRight

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side or one above the other."""
        self._arrange()
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll up and down; there is nothing to the left and right, so those keys are the panel's."""
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _arrange(self) -> None:
        self._columns.setSpacing(self._theme.px(16))
        wide = self.viewport().width() >= self._theme.px(_SIDE_BY_SIDE_PX)
        self._columns.setDirection(
            QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        )
