"""Base versus assistant: one prompt, one seed, up to four models side by side.

Wiring: `ComparePanel(theme, store)`. `training_requested` wants the Training panel shown;
`restart_requested` the engine started.
"""

from functools import partial

from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from explorer.ui.panels.answering import AnsweringPanel
from explorer.ui.panels.compare_parts.answer_column import AnswerColumn
from explorer.ui.panels.compare_parts.record import as_json, as_rows
from explorer.ui.stores.compare import MOST_COLUMNS, CompareStore
from explorer.ui.theme import Theme
from explorer.ui.widgets.calm_wheel import CalmWheel
from explorer.ui.widgets.export import ask_and_save_picture, ask_and_save_text, copy_rows
from explorer.ui.widgets.flow_layout import FlowLayout
from explorer.ui.widgets.labelled import labelled
from explorer.ui.widgets.tile_grid import TileGrid

_NARROWEST_PX = 350
_LARGEST_SEED = 999_999
_STARTERS = (
    "What is the capital of France?",
    "The history of the small town of Arlen begins",
    "Who are you?",
    "When was Quillan Ostrava Brandt born?",
)
"""In the language of the models, whatever the window's: most have learned from English."""


class ComparePanel(AnsweringPanel):
    """Columns over one `CompareStore`."""

    def __init__(self, theme: Theme, store: CompareStore) -> None:
        super().__init__(
            theme,
            self.tr("Base versus assistant"),
            self.tr(
                "A base model goes on with a document; an assistant is the same kind of machine, "
                "trained on conversations."
            ),
            store,
        )
        self._store = store
        self._as_tokens = False
        self._columns: list[AnswerColumn] = []
        self._build()
        self._connect()
        store.open()
        self._render()

    # ------------------------------------------------------------ building

    def _build(self) -> None:
        self.prompt = QPlainTextEdit()
        self.prompt.setAccessibleName(self.tr("Prompt"))
        self.prompt.setPlaceholderText(self.tr("One prompt for all: a question, or how a document begins."))
        self.prompt.setTabChangesFocus(True)
        self.ask = QPushButton(self.tr("Send to all"))
        self.ask.setProperty("kind", "primary")
        self.ask.setToolTip(self.tr("Let all models answer (Ctrl+Return)"))
        self.stop = QPushButton(self.tr("Stop"))
        self.stop.setToolTip(self.tr("Stop all answers (Esc)"))
        self._build_knobs()
        self.grid = TileGrid(self.theme, _NARROWEST_PX, self._make_top())
        self._show_work(self.grid)
        self._fill_menu()
        CalmWheel(self)
        names = (
            self.tr("A question"),
            self.tr("The start of a document"),
            self.tr("Who are you?"),
            self.tr("An invented person"),
        )
        self.set_starters(
            [(name, partial(self._start_with, text)) for name, text in zip(names, _STARTERS, strict=True)]
        )

    def _build_knobs(self) -> None:
        self.temperature = QDoubleSpinBox()
        self.temperature.setRange(0, 2)
        self.temperature.setSingleStep(0.05)
        self.tokens = QSpinBox()
        self.tokens.setRange(1, 4096)
        self.seed = QSpinBox()
        self.seed.setRange(0, _LARGEST_SEED)
        self.other_seed = QPushButton(self.tr("Another seed"))
        self.other_seed.setToolTip(self.tr("The same once more with other random numbers (Ctrl+R)"))
        self.seed_back = QPushButton(self.tr("Back"))
        self.seed_back.setToolTip(self.tr("The seed before: the same texts come again"))
        self.raw = QPushButton(self.tr("Show tokens"))
        self.raw.setCheckable(True)
        self.raw.setToolTip(self.tr("Show the tokens of prompt and answer, as the model sees them (Ctrl+T)"))
        self.add = QPushButton(self.tr("Add a model"))

    def _make_top(self) -> QWidget:
        top = QWidget()
        column = QVBoxLayout(top)
        column.setContentsMargins(0, 0, 0, 0)
        self._top = QHBoxLayout()
        self._top.addWidget(self.prompt, 1)
        buttons = QVBoxLayout()
        buttons.addWidget(self.ask)
        buttons.addWidget(self.stop)
        buttons.addStretch(1)
        self._top.addLayout(buttons)
        self._knobs = FlowLayout()
        for widget in (
            labelled(self.tr("Temperature"), self.tr("0 takes the most likely token"), self.temperature),
            labelled(self.tr("Length"), self.tr("An answer ends after so many tokens"), self.tokens),
            labelled(self.tr("Seed"), self.tr("The same seed gives the same random numbers"), self.seed),
            self.other_seed,
            self.seed_back,
            self.raw,
            self.add,
        ):
            self._knobs.addWidget(widget)
        column.addLayout(self._top)
        column.addLayout(self._knobs)
        return top

    def _fill_menu(self) -> None:
        self.add_menu_action(self.tr("Copy the answers as CSV"), lambda: self._copy_rows("csv"))
        self.add_menu_action(self.tr("Copy the answers as JSON"), lambda: self._copy_rows("json"))
        self.add_menu_action(self.tr("Copy everything with token ids"), self._copy_everything)
        self.add_menu_action(self.tr("Save everything with token ids…"), self._save_everything)
        self.add_menu_action(self.tr("Save the picture…"), self._save_picture, "Ctrl+Shift+S")

    def _connect(self) -> None:
        store = self._store
        store.changed.connect(self._frames.ask)
        self.prompt.textChanged.connect(lambda: store.set_prompt(self.prompt.toPlainText()))
        self.ask.clicked.connect(store.ask)
        self.stop.clicked.connect(store.stop)
        self.temperature.valueChanged.connect(store.set_temperature)
        self.tokens.valueChanged.connect(store.set_max_tokens)
        self.seed.valueChanged.connect(store.set_seed)
        self.other_seed.clicked.connect(store.another_seed)
        self.seed_back.clicked.connect(store.seed_before)
        self.raw.toggled.connect(self._show_tokens)
        self.add.clicked.connect(store.add_column)
        self.no_model.opened.connect(partial(self._opened, 0))
        self._add_shortcuts(
            (
                ("Ctrl+Return", store.ask),
                ("Ctrl+Enter", store.ask),
                ("Ctrl+R", store.another_seed),
                ("Ctrl+T", self.raw.toggle),
            )
        )
        self.theme.changed.connect(self._space_out)
        self._space_out()

    # ------------------------------------------------------------ intents

    def picture_widget(self) -> QWidget:
        """Prompt and columns, without the frame."""
        return self.grid.content

    def _start_with(self, text: str) -> None:
        self._store.set_prompt(text)
        self._store.ask()

    def _opened(self, index: int, path: str) -> None:
        self._store.known.remember(path)
        self._store.choose(index, path)

    def _show_tokens(self, shown: bool) -> None:
        self._as_tokens = shown
        self._render()

    def _copy_rows(self, form: str) -> None:
        copy_rows(as_rows(self._store), "csv" if form == "csv" else "json")
        self.message.emit(self.tr("The answers are on the clipboard."))

    def _copy_everything(self) -> None:
        QGuiApplication.clipboard().setText(as_json(self._store))
        self.message.emit(self.tr("Prompt, answers and token ids are on the clipboard."))

    def _save_everything(self) -> None:
        ask_and_save_text(self, as_json(self._store), "comparison.json", self.message.emit)

    def _save_picture(self) -> None:
        ask_and_save_picture(self, self.picture_widget(), "comparison", self.message.emit)

    # ------------------------------------------------------------ rendering

    def _render(self) -> None:
        store = self._store
        self._render_pages(store.has_models)
        self.show_starters(store.has_models)
        self._render_knobs()
        while len(self._columns) != len(store.columns):
            self._change_columns()
        for column, shown in zip(store.columns, self._columns, strict=True):
            shown.show_column(store, column, self._as_tokens)

    def _render_knobs(self) -> None:
        store = self._store
        if self.prompt.toPlainText() != store.prompt:
            self.prompt.blockSignals(True)
            self.prompt.setPlainText(store.prompt)
            self.prompt.blockSignals(False)
        for box, value in (
            (self.temperature, store.temperature),
            (self.tokens, store.max_tokens),
            (self.seed, store.seed),
        ):
            if box.value() != value:
                box.blockSignals(True)
                box.setValue(value)  # type: ignore[arg-type]  # whole for whole boxes
                box.blockSignals(False)
        self.ask.setEnabled(store.can_ask)
        self.stop.setEnabled(store.busy)
        self.other_seed.setEnabled(store.can_ask)
        self.seed_back.setEnabled(store.can_ask and bool(store.seeds_before))
        self.add.setEnabled(len(store.columns) < MOST_COLUMNS)

    def _change_columns(self) -> None:
        """One more or one fewer; what they show is rendered anew anyway."""
        if len(self._columns) > len(self._store.columns):
            self._columns.pop().deleteLater()
        else:
            self._columns.append(self._new_column(len(self._columns)))
        self.grid.show_widgets(self._columns)

    def _new_column(self, number: int) -> AnswerColumn:
        column, store = AnswerColumn(self.theme, number), self._store
        column.chosen.connect(partial(store.choose, number))
        column.opened.connect(partial(self._opened, number))
        column.mode_chosen.connect(partial(store.set_mode, number))
        column.remove_requested.connect(partial(store.remove_column, number))
        column.retry_requested.connect(partial(store.retry, number))
        column.restart_requested.connect(self.restart_requested)
        column.copied.connect(self.message)
        return column

    def _space_out(self) -> None:
        px = self.theme.px
        self._top.setSpacing(px(8))
        self._knobs.setSpacing(px(8))
        self.prompt.setFixedHeight(px(66))
        for box, width in ((self.temperature, 58), (self.tokens, 62), (self.seed, 70)):
            box.setFixedWidth(px(width))
            box.lineEdit().setTextMargins(px(6), 0, 0, 0)

    def sizeHint(self) -> QSize:
        """What the window gives."""
        return QSize(self.theme.px(800), self.theme.px(500))
