"""The middle of the panel: bar, curves and sayings side by side, tiles, and the list of runs under them."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QPushButton, QSplitter, QVBoxLayout, QWidget

from explorer.ui.panels.training_parts.choosing_view import ChoosingView
from explorer.ui.panels.training_parts.curve_area import CurveArea
from explorer.ui.panels.training_parts.measures import MeasureTiles
from explorer.ui.panels.training_parts.run_bar import RunBar
from explorer.ui.panels.training_parts.setup_sentence import SetupSentence
from explorer.ui.panels.training_parts.side_pane import SidePane
from explorer.ui.settings import Settings
from explorer.ui.theme import Theme
from explorer.ui.widgets.calm_wheel import CalmWheel
from explorer.ui.widgets.run_list import RunList
from explorer.ui.widgets.tall_enough import TallEnough

_EMPTY, _RUN, _CHOOSING = 0, 1, 2
_NARROW_PX = 640
"""Under this width (at 100 %) the sayings stand under the curves, not beside them."""


class WorkArea(TallEnough):
    """Lays the parts out; the panel fills them. It scrolls when the window is too small for it."""

    def __init__(self, theme: Theme, settings: Settings) -> None:
        super().__init__()
        self._theme, self._settings = theme, settings
        self.setup = SetupSentence(theme, settings)
        self.bar = RunBar(theme)
        self.curves = CurveArea(theme, settings)
        self.side = SidePane(theme)
        self.sayings, self.group = self.side.sayings, self.side.group
        self.tiles = MeasureTiles(theme)
        self.choosing = ChoosingView(theme)
        self.list = RunList(theme)
        self.empty_words = QLabel()
        self.empty_button = QPushButton(self.tr("Start with the Python manual"))
        self._has_run = self._chooses = False
        self._build()
        self._turn()
        CalmWheel(self)
        self._restore()
        self._apply_theme()
        theme.changed.connect(self._apply_theme)
        for splitter, name in ((self._sides, "sides"), (self._halves, "halves")):
            splitter.splitterMoved.connect(lambda _at, _number, s=splitter, n=name: self._remember(n, s))

    def _build(self) -> None:
        self._sides = QSplitter(Qt.Orientation.Horizontal)
        self._sides.addWidget(self.curves)
        self._sides.addWidget(self.side)
        self._sides.setStretchFactor(0, 2)
        self._sides.setStretchFactor(1, 1)
        run = TallEnough()
        self._run_column = QVBoxLayout(run)
        self._run_column.addWidget(self.bar)
        self._run_column.addWidget(self._sides, 1)
        self._run_column.addWidget(self.tiles)
        top = QWidget()
        # Not a stacked layout, which is as high as the highest of its pages.
        self._pages = (self._make_empty(), run, self.choosing)
        pages = QVBoxLayout(top)
        pages.setContentsMargins(0, 0, 0, 0)
        for page in self._pages:
            pages.addWidget(page)
        self._halves = QSplitter(Qt.Orientation.Vertical)
        self._halves.addWidget(top)
        self._halves.addWidget(self.list)
        self._halves.setStretchFactor(0, 3)
        self._halves.setStretchFactor(1, 1)
        for splitter, shares in ((self._sides, (2, 1)), (self._halves, (3, 1))):
            splitter.setChildrenCollapsible(False)
            splitter.setSizes([share * 10_000 for share in shares])
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.setup)
        self._column.addWidget(self._halves, 1)

    def _make_empty(self) -> QWidget:
        page = QWidget()
        self.empty_words.setProperty("role", "large")
        self.empty_words.setWordWrap(True)
        self.empty_words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty_button.setProperty("kind", "primary")
        column = QVBoxLayout(page)
        column.addStretch(1)
        column.addWidget(self.empty_words)
        column.addWidget(self.empty_button, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch(1)
        return page

    def show_work(self, on: bool) -> None:
        """The current run, or the page that says how to get one; unless a choosing is on."""
        self._has_run = on
        self._turn()

    def show_choosing(self, on: bool) -> None:
        """The page on which a person says which answers are better, in place of the run and the sentence."""
        self._chooses = on
        self._turn()

    def _turn(self) -> None:
        shown = _CHOOSING if self._chooses else _RUN if self._has_run else _EMPTY
        for number, page in enumerate(self._pages):
            page.setVisible(number == shown)
        self.setup.setVisible(not self._chooses)

    @property
    def shows_work(self) -> bool:
        """Whether a run is on the screen."""
        return self._has_run and not self._chooses

    @property
    def shows_choosing(self) -> bool:
        """Whether the person is asked to choose."""
        return self._chooses

    def _remember(self, name: str, splitter: QSplitter) -> None:
        self._settings.set(f"training/{name}/{splitter.orientation().name}", splitter.saveState())

    def _restore(self) -> None:
        for splitter, name in ((self._sides, "sides"), (self._halves, "halves")):
            orientation = splitter.orientation()
            state = self._settings.blob(f"training/{name}/{orientation.name}")
            if not state.isEmpty():
                splitter.restoreState(state)
                splitter.setOrientation(orientation)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Curves and sayings side by side, or, where that is too narrow, one above the other."""
        narrow = self.width() < self._theme.px(_NARROW_PX)
        self._sides.setOrientation(Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal)
        super().resizeEvent(event)

    def _apply_theme(self) -> None:
        px = self._theme.px
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(px(8))
        self._run_column.setContentsMargins(0, 0, 0, 0)
        self._run_column.setSpacing(px(8))
        for splitter in (self._sides, self._halves):
            splitter.setHandleWidth(px(10))
