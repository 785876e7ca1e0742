"""Thinking traces: a model that writes before it answers, the same one at once, many attempts and their vote.

Wiring: `ThinkingPanel(theme, store)`. `training_requested` wants the Training panel shown;
`restart_requested` the engine started.
"""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.ui.panels.answer_sentences import choices, label_of, weights_words
from explorer.ui.panels.answering import AnsweringPanel, Trouble, failed
from explorer.ui.panels.thinking_parts.attempts_view import AttemptsView
from explorer.ui.panels.thinking_parts.problem_box import ProblemBox
from explorer.ui.panels.thinking_parts.sentences import attempt_rows, way_words
from explorer.ui.panels.thinking_parts.trace_view import TraceView
from explorer.ui.stores.thinking import ThinkingStore
from explorer.ui.theme import Theme
from explorer.ui.widgets.calm_wheel import CalmWheel
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.export import ask_and_save_picture, copy_rows
from explorer.ui.widgets.model_picker import ModelPicker
from explorer.ui.widgets.tile_grid import TileGrid

_RENDER_EVERY_MS = 50
_NARROWEST_PX = 285
_EMILY = (
    "Emily buys 3 apples and 2 oranges. Each orange costs $2. The total is $13. What does one apple cost?"
)


class ThinkingPanel(AnsweringPanel):
    """Problem, trace and attempts over one `ThinkingStore`."""

    def __init__(self, theme: Theme, store: ThinkingStore) -> None:
        super().__init__(
            theme,
            self.tr("Thinking traces"),
            self.tr("A model has no paper but its own text: what it writes first is its thinking."),
            store,
            _RENDER_EVERY_MS,
        )
        self._store = store
        self._build()
        self._connect()
        store.open()
        self._render()

    # ------------------------------------------------------------ building

    def _build(self) -> None:
        self.picker = ModelPicker(self.theme)
        self.header.addWidget(self.picker)
        self.weights = ElidedLabel()
        self.weights.setProperty("role", "caption")
        self.problem = ProblemBox(self.theme)
        self.trace = TraceView(self.theme)
        self.attempts = AttemptsView(self.theme)
        self.grid = TileGrid(self.theme, _NARROWEST_PX)
        self.grid.show_widgets([self.problem, self.trace, self.attempts])
        work = QWidget()
        column = QVBoxLayout(work)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.weights)
        column.addWidget(self.grid, 1)
        self._show_work(work)
        self.add_menu_action(self.tr("Copy the trace"), self._copy_trace, "Ctrl+Shift+C")
        self.add_menu_action(self.tr("Copy the attempts as CSV"), lambda: self._copy_rows("csv"))
        self.add_menu_action(self.tr("Copy the attempts as JSON"), lambda: self._copy_rows("json"))
        self.add_menu_action(self.tr("Save the picture…"), self._save_picture, "Ctrl+Shift+S")
        CalmWheel(self)
        self.set_starters(
            [
                (self.tr("Emily's apples"), self._emily),
                (self.tr("One step"), lambda: self._drawn("words", 1)),
                (self.tr("Three steps"), lambda: self._drawn("words", 3)),
                (self.tr("Countdown"), lambda: self._drawn("countdown", 3)),
                (self.tr("15 attempts"), self._fifteen),
            ]
        )

    def _connect(self) -> None:
        store, problem = self._store, self.problem
        store.changed.connect(self._frames.ask)
        self.picker.chosen.connect(store.choose_model)
        self.picker.opened.connect(self._opened)
        problem.edited.connect(lambda changes: store.set(**changes))
        problem.think_requested.connect(store.think)
        problem.many_requested.connect(store.try_many_times)
        problem.stop_requested.connect(store.stop)
        self.trace.trace_requested.connect(lambda: store.select(None))
        self.attempts.chosen.connect(store.select)
        self.no_model.opened.connect(self._opened)
        self._add_shortcuts(
            (
                ("Ctrl+Return", store.think),
                ("Ctrl+Enter", store.think),
                ("Ctrl+Shift+Return", store.try_many_times),
                ("Alt+Left", lambda: problem.walk(-1)),
                ("Alt+Right", lambda: problem.walk(1)),
            )
        )

    # ------------------------------------------------------------ intents

    def picture_widget(self) -> QWidget:
        """Problem, trace and attempts, the part out of sight included."""
        return self.grid.content

    def _opened(self, path: str) -> None:
        self._store.known.remember(path)
        self._store.choose_model(path)

    def _emily(self) -> None:
        self._store.set(question=_EMILY, answer="3", drawn=False)
        self._store.think()

    def _drawn(self, kind: str, steps: int) -> None:
        self._store.set(kind=kind, steps=steps)

    def _fifteen(self) -> None:
        self._store.set(attempts=15)
        self._store.try_many_times()

    def _copy_trace(self) -> None:
        store = self._store
        shown = None if store.selected is None else store.attempts.list[store.selected].text
        QGuiApplication.clipboard().setText(store.trace.text_with_specials if shown is None else shown)
        self.message.emit(self.tr("The trace is on the clipboard."))

    def _copy_rows(self, form: str) -> None:
        copy_rows(attempt_rows(self._store), "csv" if form == "csv" else "json")
        self.message.emit(self.tr("The attempts are on the clipboard."))

    def _save_picture(self) -> None:
        ask_and_save_picture(self, self.picture_widget(), "thinking", self.message.emit)

    def _leave(self) -> bool:
        self._store.select(None)
        return True

    # ------------------------------------------------------------ rendering

    def _render(self) -> None:
        store = self._store
        self._render_pages(store.has_model)
        self.show_starters(store.has_model)
        path = store.trace.path
        self.picker.setVisible(store.has_model)
        self.picker.show_choices(choices(store.known), path, label_of(path, store.known))
        self.weights.setText(weights_words(store.trace))
        self.problem.show_store(store, way_words(store))
        self.trace.show_store(store)
        self.attempts.show_store(store)
        self._render_trouble(self._trouble_now(), store.retry)

    def _trouble_now(self) -> Trouble | None:
        store = self._store
        failure = store.failure or store.trace.failure or store.direct.failure
        if store.lost is not None and store.has_model:
            said = self.tr("The engine that runs the model stopped. What it wrote stays here.")
            return Trouble(said, store.lost, "restart")
        return None if failure is None else failed(failure)
