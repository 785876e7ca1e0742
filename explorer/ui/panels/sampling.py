"""Sampling: what may come next, and how one token of it is drawn.

Wiring: `SamplingPanel(theme, settings, store, models)`. `training_requested` wants the Training panel shown,
`models_requested` the Models panel; the app calls `show_checkpoint(path)` when one of these says that a model
shall be tried.
"""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from explorer.protocol import SamplerSettings
from explorer.ui.panels.base import Panel
from explorer.ui.panels.frames import Frames
from explorer.ui.panels.sampling_parts.draws import draw_state
from explorer.ui.panels.sampling_parts.empty_page import EmptyPage
from explorer.ui.panels.sampling_parts.model_choice import ModelChoice, choosable
from explorer.ui.panels.sampling_parts.sentences import (
    Trouble,
    chip_note,
    distribution_table,
    status_line,
    trouble,
)
from explorer.ui.settings import Settings
from explorer.ui.stores.models import ModelsStore
from explorer.ui.stores.sampling import SamplingStore
from explorer.ui.theme import Theme
from explorer.ui.widgets.export import ask_and_save_picture, copy_rows
from explorer.ui.widgets.next_token import NextToken
from explorer.ui.widgets.sampler_controls import SamplerControls
from explorer.ui.widgets.two_columns import TwoColumns
from explorer.ui.widgets.writing import Writing, WritingState

_FADE_AFTER_MS = 250
"""Numbers that are replaced sooner than this do not fade first: that would be a flicker."""
_SAVE_AFTER_MS = 400
_TWICE_TOKENS = 40
_NEUTRAL = SamplerSettings()
_TYPED_INTO = (QPlainTextEdit, QLineEdit, QAbstractSpinBox, QComboBox)


class SamplingPanel(Panel):
    """Bars, chips and knobs over one `SamplingStore`.

    Signals: `training_requested`, there is no model yet and the person wants to train one;
    `models_requested`, or to look for one elsewhere;
    `restart_requested`, the worker that holds the model is dead and shall be started.
    """

    training_requested = Signal()
    models_requested = Signal()
    restart_requested = Signal()

    def __init__(
        self, theme: Theme, settings: Settings, store: SamplingStore, models: ModelsStore | None = None
    ) -> None:
        """`models`: those to choose from besides the runs."""
        super().__init__(
            theme,
            self.tr("Sampling"),
            self.tr("The model gives every token a probability; chance picks one; then all begins anew."),
        )
        self._settings, self._store, self._models = settings, store, models or ModelsStore()
        self._name = ""
        self._trouble: Trouble | None = None
        self._faded = False
        self._fading = self._timer(_FADE_AFTER_MS, self._fade)
        self._frames = Frames(self, self._render)
        self._saving = self._timer(_SAVE_AFTER_MS, self._remember)
        self._build()
        self._connect()
        self._open_store()
        self._render()

    def _timer(self, interval_ms: int, call: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval_ms)
        timer.timeout.connect(call)  # type: ignore[arg-type]
        return timer

    # ------------------------------------------------------------ building

    def _build(self) -> None:
        self.model = ModelChoice(self.theme)
        self.header.addWidget(self.model.selector)
        self.writing = Writing(self.theme)
        self.next = NextToken(self.theme)
        self.controls = SamplerControls(self.theme)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.writing, 1)
        column.addWidget(self.controls)
        self._columns = TwoColumns(self.theme, left, self.next)
        self._pages = QStackedWidget()
        self._empty = EmptyPage()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self._make_work_page())
        self.body.addWidget(self._pages, 1)
        self._fill_menu()
        self.set_starters(
            [
                (self.tr("What comes next?"), self._starter_next),
                (self.tr("Cold: T = 0"), lambda: self._starter_run(0.0)),
                (self.tr("Hot: T = 1.8"), lambda: self._starter_run(1.8)),
                (self.tr("Same seed, same text"), self._starter_twice),
            ]
        )

    def _make_work_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.model)
        column.addWidget(self._columns, 1)
        return page

    def _fill_menu(self) -> None:
        self.add_menu_action(self.tr("Copy the text"), self._copy_text, "Ctrl+Shift+C")
        self.add_menu_action(self.tr("Copy the distribution as CSV"), lambda: self._copy_table("csv"))
        self.add_menu_action(self.tr("Copy the distribution as JSON"), lambda: self._copy_table("json"))
        self.add_menu_action(self.tr("Save the picture…"), self._save_picture, "Ctrl+Shift+S")

    def _connect(self) -> None:
        store, writing = self._store, self.writing
        store.changed.connect(self._frames.ask)
        self.model.chosen.connect(store.choose_model)
        self._empty.training_requested.connect(self.training_requested)
        self._empty.models_requested.connect(self.models_requested)
        self._empty.chosen.connect(store.choose_model)
        self._models.changed.connect(self._frames.ask)
        writing.prompt_edited.connect(store.set_prompt)
        writing.step_requested.connect(store.step)
        writing.run_requested.connect(store.run)
        writing.stop_requested.connect(store.stop)
        writing.take_back_requested.connect(store.take_back)
        writing.again_requested.connect(store.start_again)
        writing.strip.chosen.connect(store.go_back_to)
        writing.strip.pointed.connect(self._frames.ask)
        self.controls.sampler_changed.connect(self._change_sampler)
        self.controls.max_tokens_changed.connect(self._change_max_tokens)
        for keys, call in (
            ("Ctrl+Return", store.run),
            ("Ctrl+Enter", store.run),
            ("Ctrl+R", store.start_again),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(call)
        # A click must not take the keys away from the text: Tab reaches the buttons all the same.
        for button in writing.findChildren(QPushButton):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _open_store(self) -> None:
        number = self._settings.number
        sampler = SamplerSettings(
            temperature=min(max(number("sampling/temperature", _NEUTRAL.temperature), 0.0), 2.0),
            top_k=max(0, int(number("sampling/top_k", _NEUTRAL.top_k))),
            top_p=min(max(number("sampling/top_p", _NEUTRAL.top_p), 0.0), 1.0),
            min_p=min(max(number("sampling/min_p", _NEUTRAL.min_p), 0.0), 1.0),
            seed=max(0, int(number("sampling/seed", _NEUTRAL.seed))),
        )
        max_tokens = max(1, int(number("sampling/max_tokens", self._store.max_tokens)))
        self._store.open(
            self._settings.text("sampling/model"),
            sampler,
            max_tokens,
            self._first_prompt(),
            self._settings.flag("sampling/foreign", False),
        )

    def _first_prompt(self) -> str:
        return self.tr("The")

    def showEvent(self, event: QShowEvent) -> None:
        """Runs may have come since it was last seen; the keys belong to the text."""
        super().showEvent(event)
        self._store.refresh_runs()
        self._models.open()
        self._render()

    # ------------------------------------------------------------ intents

    def show_checkpoint(self, path: str) -> None:
        """Let the model at `path` answer."""
        self._store.choose_model(path)
        self._store.refresh_runs()

    def is_idle(self) -> bool:
        """Whether all answers are there and painted."""
        return self._store.is_idle and not self._frames.pending

    def model_name(self) -> str:
        """The model that answers here."""
        return "" if self._store.model is None else self._store.model.name

    def picture_widget(self) -> QWidget:
        """Both columns, without the frame."""
        return self._columns.content

    def _change_sampler(self, changes: dict[str, float]) -> None:
        self._store.set_sampler(**changes)
        self._saving.start()

    def _change_max_tokens(self, tokens: int) -> None:
        self._store.set_max_tokens(tokens)
        self._saving.start()

    def _remember(self) -> None:
        sampler = self._store.sampler
        for name in ("temperature", "top_k", "top_p", "min_p", "seed"):
            self._settings.set(f"sampling/{name}", getattr(sampler, name))
        self._settings.set("sampling/max_tokens", self._store.max_tokens)

    def _starter(self, temperature: float) -> None:
        """Neutral settings but for the temperature, some prompt, and the keys where they work."""
        if not self._store.prompt.strip():
            self._store.set_prompt(self._first_prompt())
        self._change_sampler({"temperature": temperature, "top_k": 0, "top_p": 1.0, "min_p": 0.0})
        self.writing.strip.setFocus(Qt.FocusReason.OtherFocusReason)

    def _starter_next(self) -> None:
        self._starter(1.0)
        self._store.clear()

    def _starter_run(self, temperature: float) -> None:
        self._starter(temperature)
        self._store.write(self._store.max_tokens)

    def _starter_twice(self) -> None:
        self._starter(1.0)
        self._store.write_twice(_TWICE_TOKENS)

    def _copy_text(self) -> None:
        QGuiApplication.clipboard().setText(self._store.stream.text)
        self.message.emit(self.tr("The text is on the clipboard."))

    def _copy_table(self, form: str) -> None:
        distribution = self._store.distribution
        if distribution is not None:
            copy_rows(distribution_table(distribution), "csv" if form == "csv" else "json")
            self.message.emit(self.tr("The distribution is on the clipboard."))

    def _save_picture(self) -> None:
        ask_and_save_picture(self, self.picture_widget(), "sampling", self.message.emit)

    # ------------------------------------------------------------ keys

    def escape_is_ours(self) -> bool:
        """Esc stops a run."""
        return self._store.running

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that no widget wanted. One that left a field that is typed into is not ours either."""
        if event.key() == Qt.Key.Key_Escape and not event.modifiers():
            self._escape(event)
        elif isinstance(QApplication.focusWidget(), _TYPED_INTO) or not self._act_on(event):
            super().keyPressEvent(event)

    def _escape(self, event: QKeyEvent) -> None:
        if self._store.running:
            self._store.stop()
        elif self.writing.prompt.hasFocus():
            self.writing.strip.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            event.ignore()

    def _act_on(self, event: QKeyEvent) -> bool:
        if event.matches(QKeySequence.StandardKey.Undo):
            self._store.take_back()
        elif event.modifiers() not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier):
            return False
        elif event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Right):
            self._store.step()
        elif event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Left):
            self._store.take_back()
        else:
            return False
        return True

    # ------------------------------------------------------------ rendering

    def _render(self) -> None:
        self._show_page(1 if self._store.path else 0)
        self._render_empty()
        self.show_starters(bool(self._store.path))
        self.model.show_store(self._store, self._models.models)
        self._render_writing()
        self._render_next()
        self.controls.show_settings(self._store.sampler, self._store.max_tokens)
        self._render_trouble()
        self._remember_model()

    def _show_page(self, page: int) -> None:
        if page != self._pages.currentIndex():
            self._pages.setCurrentIndex(page)
            self._give_keys_to(self.writing.strip if page else self._empty.train)

    def _give_keys_to(self, widget: QWidget) -> None:
        """To what is in sight now; a widget out of sight could not have them."""
        self.setFocusProxy(widget)
        focus = QApplication.focusWidget()
        if self.isVisible() and (focus is None or self.isAncestorOf(focus)):
            widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def _render_empty(self) -> None:
        others = choosable(self._models.models)
        found = next((model for model in others if model.free), None)
        if self._empty.show_state(self._store.runs_known, found):
            self._give_keys_to(self._empty.train if not self._store.path else self.writing.strip)

    def _render_writing(self) -> None:
        store = self._store
        stream = store.stream
        self.writing.show_state(
            WritingState(
                prompt=store.prompt,
                prompt_tokens=stream.prompt,
                written=[draw.token for draw in stream.drawn],
                truncated=stream.truncated,
                context=store.model.context if store.model else None,
                faded=store.lost is not None or store.model is None,
                can_draw=store.can_draw,
                running=store.running,
                status=status_line(store),
                chip_note=chip_note(stream, self.writing.strip.pointed_chip),
            )
        )

    def _render_next(self) -> None:
        store = self._store
        if store.is_current or store.distribution is None:
            self._fading.stop()
            self._faded = False
        elif not self._faded and not self._fading.isActive():
            self._fading.start()
        faded = self._faded or store.lost is not None
        state, marked = draw_state(store, self.writing.strip.pointed_chip)
        vocabulary = store.model.vocab_size if store.model else 0
        self.next.show_distribution(store.distribution, vocabulary, marked, faded)
        self.next.show_draw(state, faded and not store.running)

    def _fade(self) -> None:
        self._faded = True
        self._render()

    def _render_trouble(self) -> None:
        now = trouble(self._store)
        if now == self._trouble:
            return
        self._trouble = now
        if now is None:
            self.show_notice("")
        elif now.retry:
            self.show_notice(now.sentence, "error", self.tr("Try again"), self._store.reload, now.details)
        else:
            self.show_notice(
                now.sentence, "error", self.tr("Start it again"), self.restart_requested.emit, now.details
            )

    def _remember_model(self) -> None:
        store = self._store
        if store.model is not None and self._settings.text("sampling/model") != store.path:
            self._settings.set("sampling/model", store.path)
            if store.runs_known:
                self._settings.set("sampling/foreign", store.run_of(store.path) is None)
        if self._name != self.model_name():
            self._name = self.model_name()
            self.model_changed.emit()
