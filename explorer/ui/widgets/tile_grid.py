"""Widgets of equal width side by side, in as many rows as the width asks for."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from explorer.ui.theme import Theme


class TileGrid(QScrollArea):
    """Scrolls up and down where the rows need more height than there is."""

    def __init__(self, theme: Theme, narrowest_px: int, top: QWidget | None = None) -> None:
        """`narrowest_px`: at 100 %; narrower than this no widget gets while there are others beside it.

        `top` stands over all of them and scrolls with them.
        """
        super().__init__()
        self._theme, self._narrowest_px = theme, narrowest_px
        self._widgets: list[QWidget] = []
        self._columns = 0
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._content = QWidget()
        self._column = QVBoxLayout(self._content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._grid = QGridLayout()
        if top is not None:
            self._column.addWidget(top)
        self._column.addLayout(self._grid, 1)
        self.setWidget(self._content)
        theme.changed.connect(self._arrange)

    @property
    def content(self) -> QWidget:
        """All of them, the part out of sight included."""
        return self._content

    @property
    def columns(self) -> int:
        """How many stand side by side."""
        return self._columns

    def show_widgets(self, widgets: Sequence[QWidget]) -> None:
        """These and no others, in this order."""
        for gone in self._widgets:
            self._grid.removeWidget(gone)
        self._widgets = list(widgets)
        self._columns = 0
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or fewer side by side."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        for layout in (self._grid, self._column):
            layout.setSpacing(self._theme.px(12))
        room = self.viewport().width() // max(1, self._theme.px(self._narrowest_px))
        columns = min(max(1, room), max(1, len(self._widgets)))
        if columns == 3 and len(self._widgets) == 4:
            columns = 2
        if columns == self._columns:
            return
        self._columns = columns
        for place, widget in enumerate(self._widgets):
            self._grid.addWidget(widget, place // columns, place % columns)
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
