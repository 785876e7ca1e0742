"""How the window is used: its size, what falls out of it, how tokens are drawn, and the tools."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QSpinBox, QVBoxLayout

from explorer.text.overflow import POLICIES
from explorer.ui.stores.context import ContextStore
from explorer.ui.stores.context_settings import MOST_ANSWER_TOKENS
from explorer.ui.theme import Theme
from explorer.ui.widgets.calm_wheel import CalmWheel
from explorer.ui.widgets.flow_layout import FlowLayout
from explorer.ui.widgets.labelled import labelled
from explorer.ui.widgets.pick_button import Elsewhere, PickButton
from explorer.ui.widgets.tall_enough import TallEnough

SMALLEST_WINDOW = 64
_LARGEST_SEED = 999_999


class Knobs(TallEnough):
    """Signals: `edited(dict)`, new values by the names of `ContextSettings`."""

    edited = Signal(dict)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._build()
        self._lay_out()
        self._connect()
        CalmWheel(self)
        theme.changed.connect(self._space)
        self._space()

    def _build(self) -> None:
        self.window_size = QSpinBox()
        self.window_size.setSingleStep(64)
        self.policy = QComboBox()
        names = {
            "stop": self.tr("it stops"),
            "drop_oldest": self.tr("oldest turns fall out"),
            "keep_system": self.tr("the middle falls out"),
            "slide": self.tr("the window slides"),
        }
        for policy in POLICIES:
            self.policy.addItem(names[policy], policy)
        self.temperature = QDoubleSpinBox()
        self.temperature.setRange(0, 2)
        self.temperature.setSingleStep(0.05)
        self.tokens = QSpinBox()
        self.tokens.setRange(1, MOST_ANSWER_TOKENS)
        self.seed = QSpinBox()
        self.seed.setRange(0, _LARGEST_SEED)
        self.tools = QCheckBox(self.tr("Tools"))
        self.stepwise = QCheckBox(self.tr("Stop before each call"))
        self.stepwise.setToolTip(self.tr("You see the call first, and may change it"))
        elsewhere = Elsewhere(
            self.tr("Choose a folder…"), self.tr("A folder of documents to search in"), folder=True
        )
        self.folder = PickButton(self.tr("Where the model searches: {name}"), [elsewhere])
        self.alone = QCheckBox(self.tr("Also without the document"))
        self.alone.setToolTip(
            self.tr("A question about a document is asked a second time, with nothing in the window")
        )

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._flow = FlowLayout()
        for widget in (
            labelled(
                self.tr("Window"),
                self.tr("Tokens that fit; make it smaller to see what happens when it is full"),
                self.window_size,
            ),
            labelled(self.tr("When full:"), self.tr("What happens when nothing more fits"), self.policy),
            labelled(self.tr("Temperature"), self.tr("0 takes the most likely token"), self.temperature),
            labelled(self.tr("Length"), self.tr("An answer ends after so many tokens"), self.tokens),
            labelled(self.tr("Seed"), self.tr("The same seed gives the same random numbers"), self.seed),
            self.tools,
            self.stepwise,
            self.folder,
            self.alone,
        ):
            self._flow.addWidget(widget)
        column.addLayout(self._flow)

    def _connect(self) -> None:
        self.window_size.setKeyboardTracking(False)
        self.window_size.valueChanged.connect(self._window_edited)
        self.policy.activated.connect(lambda: self.edited.emit({"policy": self.policy.currentData()}))
        self.temperature.valueChanged.connect(lambda value: self.edited.emit({"temperature": value}))
        self.tokens.valueChanged.connect(lambda value: self.edited.emit({"max_tokens": value}))
        self.seed.valueChanged.connect(lambda value: self.edited.emit({"seed": value}))
        self.tools.clicked.connect(lambda on: self.edited.emit({"tools": on}))
        self.stepwise.clicked.connect(lambda on: self.edited.emit({"stepwise": on}))
        self.alone.clicked.connect(lambda on: self.edited.emit({"alone": on}))
        self.folder.picked.connect(lambda path: self.edited.emit({"folder": path}))

    def _window_edited(self) -> None:
        value = self.window_size.value()
        self.edited.emit({"window": 0 if value == self.window_size.maximum() else value})

    def show_store(self, store: ContextStore) -> None:
        """Render."""
        settings, session = store.settings, store.session
        largest = session.context or max(settings.window, SMALLEST_WINDOW)
        with QSignalBlocker(self.window_size):
            if self.window_size.maximum() != largest:
                self.window_size.setRange(min(SMALLEST_WINDOW, largest), largest)
            if not self.window_size.hasFocus() or self.window_size.value() > largest:
                self.window_size.setValue(session.window or largest)
        self.window_size.setEnabled(session.context > 0)
        self.policy.setCurrentIndex(POLICIES.index(settings.policy))
        for box, value in (
            (self.temperature, settings.temperature),
            (self.tokens, settings.max_tokens),
            (self.seed, settings.seed),
        ):
            if box.value() != value:
                with QSignalBlocker(box):
                    box.setValue(value)  # type: ignore[arg-type]  # whole for whole boxes
        self._show_tools(store)

    def _show_tools(self, store: ContextStore) -> None:
        settings, possible = store.settings, store.possible_tools
        self.tools.setVisible(bool(possible))
        self.tools.setChecked(settings.tools)
        self.tools.setToolTip(self.tr("The model may search and calculate: it has learned how to ask for it"))
        in_force = bool(possible) and settings.tools
        self.stepwise.setVisible(in_force)
        self.stepwise.setChecked(settings.stepwise)
        self.folder.setVisible(in_force and "search" in possible)
        self.folder.show_picks([], settings.folder, self.tr("no folder to search in"))
        self.alone.setVisible(store.documents.attached is not None)
        self.alone.setChecked(settings.alone)

    def _space(self) -> None:
        px = self._theme.px
        self._flow.setSpacing(px(8))
        for box, width in (
            (self.window_size, 80),
            (self.temperature, 58),
            (self.tokens, 62),
            (self.seed, 70),
        ):
            box.setFixedWidth(px(width))
            box.lineEdit().setTextMargins(px(6), 0, 0, 0)
        self.fit_height()
