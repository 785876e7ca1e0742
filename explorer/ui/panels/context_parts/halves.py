"""Conversation and stream side by side with the arrow between them, or one above the other."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QScrollArea, QWidget

from explorer.ui.theme import Theme
from explorer.ui.widgets.turn_arrow import TurnArrow

_SIDE_BY_SIDE_PX = 720
_TALK_PX, _STREAM_PX = 300, 420
"""The least heights at 100 %."""


class Halves(QWidget):
    """The stream scrolls for itself where it stands beside the conversation: what is typed stays in sight."""

    def __init__(self, theme: Theme, talk: QWidget, arrow: TurnArrow, stream: QWidget) -> None:
        super().__init__()
        self._theme, self._talk, self._arrow = theme, talk, arrow
        self._scrolled = QScrollArea()
        self._scrolled.setWidgetResizable(True)
        self._scrolled.setFrameShape(QFrame.Shape.NoFrame)
        self._scrolled.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scrolled.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scrolled.setWidget(stream)
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.addWidget(talk, 1)
        self._box.addWidget(arrow)
        self._box.addWidget(self._scrolled, 1)
        theme.changed.connect(self._arrange)
        self._arrange()

    @property
    def side_by_side(self) -> bool:
        """Whether the width is enough for both."""
        return self._box.direction() == QBoxLayout.Direction.LeftToRight

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may turn them."""
        self._arrange()
        super().resizeEvent(event)

    def _arrange(self) -> None:
        px = self._theme.px
        wide = self.width() >= px(_SIDE_BY_SIDE_PX)
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._box.setDirection(across if wide else down)
        self._box.setSpacing(px(8))
        self._arrow.set_stacked(not wide)
        self._talk.setMinimumHeight(px(_TALK_PX))
        self._scrolled.setMinimumHeight(px(_TALK_PX if wide else _STREAM_PX))
