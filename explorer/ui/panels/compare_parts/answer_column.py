"""One column: which model, how it is given the prompt, what it says, how fast."""

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
)

from explorer.ui import words
from explorer.ui.panels.answer_sentences import (
    choices,
    format_words,
    label_of,
    speed_words,
    weights_line,
)
from explorer.ui.panels.base import Notice
from explorer.ui.stores.compare import Column, CompareStore, Mode
from explorer.ui.theme import Theme
from explorer.ui.widgets.answer_text import AnswerText, Piece
from explorer.ui.widgets.calm_wheel import CalmWheel
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.model_picker import ModelPicker
from explorer.ui.widgets.steady_text import SteadyText
from explorer.ui.widgets.token_strip import TokenStrip

_MODES: tuple[Mode, ...] = ("auto", "document", "chat")


@dataclass(frozen=True)
class _Trouble:
    sentence: str
    action: str
    details: str


class AnswerColumn(QFrame):
    """A model's column; knows nothing of the others.

    Signals: `chosen(path)` from the list, `opened(path)` from elsewhere, `mode_chosen(mode)`,
    `remove_requested`, `retry_requested`; `restart_requested`: the engine shall be started;
    `copied(sentence)`.
    """

    chosen = Signal(str)
    opened = Signal(str)
    mode_chosen = Signal(str)
    remove_requested = Signal()
    retry_requested = Signal()
    restart_requested = Signal()
    copied = Signal(str)

    def __init__(self, theme: Theme, number: int) -> None:
        super().__init__()
        self._theme = theme
        self._trouble: _Trouble | None = None
        self._column: Column | None = None
        self.setObjectName("surface")
        self.setAccessibleName(self.tr("Answer {number}").format(number=number + 1))
        self._build()
        self._lay_out()
        CalmWheel(self)
        self._connect()
        theme.changed.connect(self._space)
        self._space()

    def _build(self) -> None:
        self.picker = ModelPicker(self._theme)
        self.mode = QComboBox()
        self.mode.setAccessibleName(self.tr("How the model is given the prompt"))
        self.mode.setToolTip(
            self.tr("As the beginning of a document, or as a question in the model's chat format")
        )
        names = (self.tr("By its kind"), self.tr("Document"), self.tr("Chat"))
        for mode, name in zip(_MODES, names, strict=True):
            self.mode.addItem(name, mode)
        self.copy_button = self._tool(self.tr("Copy"), self.tr("Copy the answer"))
        self.remove = self._tool("✕", self.tr("Remove this column"))
        self.weights = ElidedLabel()
        self.weights.setProperty("role", "caption")
        self.badge = QLabel()
        self.badge.setProperty("role", "badge")
        self.text = AnswerText(self._theme, self.tr("What the model says"))
        self.text.setPlaceholderText(self.tr("What this model says will stand here."))
        self.strip = TokenStrip(self._theme)
        self.strip.setAccessibleName(self.tr("The tokens of prompt and answer"))
        self.status = SteadyText(self._theme, "caption", muted=True)
        self.notice = Notice()
        self._views = QStackedWidget()
        self._views.addWidget(self.text)
        self._views.addWidget(self.strip)

    def _tool(self, sign: str, name: str) -> QToolButton:
        button = QToolButton()
        button.setText(sign)
        button.setToolTip(name)
        button.setAccessibleName(name)
        return button

    def _lay_out(self) -> None:
        self._top, self._line = QHBoxLayout(), QHBoxLayout()
        self._top.addWidget(self.picker, 1)
        for widget in (self.mode, self.copy_button, self.remove):
            self._top.addWidget(widget)
        self._line.addWidget(self.badge)
        self._line.addStretch(1)
        self._outer = QVBoxLayout(self)
        self._outer.addLayout(self._top)
        self._outer.addWidget(self.weights)
        self._outer.addLayout(self._line)
        self._outer.addWidget(self.notice)
        self._outer.addWidget(self._views, 1)
        self._outer.addWidget(self.status)

    def _connect(self) -> None:
        self.picker.chosen.connect(self.chosen)
        self.picker.opened.connect(self.opened)
        self.mode.activated.connect(lambda index: self.mode_chosen.emit(self.mode.itemData(index)))
        self.remove.clicked.connect(self.remove_requested)
        self.copy_button.clicked.connect(self._copy)

    # ------------------------------------------------------------ what is shown

    def show_column(self, store: CompareStore, column: Column, as_tokens: bool) -> None:
        """Render."""
        answering = column.answering
        self._column = column
        self.picker.show_choices(choices(store.known), column.path, label_of(column.path, store.known))
        self.mode.setCurrentIndex(_MODES.index(column.mode))
        self.remove.setVisible(len(store.columns) > 1)
        self._show_weights(column)
        self.badge.setText(format_words(answering) or self.tr("not asked yet"))
        self._views.setCurrentIndex(1 if as_tokens else 0)
        if as_tokens:
            thinking = [
                range(first, first + part.tokens)
                for part in answering.parts
                if part.kind == "thinking" and (first := len(answering.prompt) + part.first_token) >= 0
            ]
            faded = answering.phase == "lost"
            self.strip.show_tokens(answering.prompt, answering.tokens, faded, thinking)
        else:
            self.text.show_pieces(_pieces(column))
        self.status.set_text(speed_words(answering))
        self.copy_button.setEnabled(bool(answering.tokens))
        self._show_trouble(store, column)

    def _show_weights(self, column: Column) -> None:
        answering = column.answering
        if answering.model is not None:
            said = weights_line(answering.model)
        elif answering.phase == "loading":
            said = self.tr("Loading the model …")
        else:
            said = self.tr("No model is loaded.") if column.path else self.tr("Choose a model above.")
        self.weights.setText(said)

    def _show_trouble(self, store: CompareStore, column: Column) -> None:
        trouble = self._trouble_of(store, column)
        if trouble == self._trouble:
            return
        self._trouble = trouble
        if trouble is None:
            self.notice.say("", "error", "", None, "")
            return
        call = self.restart_requested.emit if store.lost is not None else self.retry_requested.emit
        self.notice.say(trouble.sentence, "error", trouble.action, call, trouble.details)

    def _trouble_of(self, store: CompareStore, column: Column) -> _Trouble | None:
        answering = column.answering
        if store.lost is not None and column.path:
            sentence = self.tr("The engine that runs the model stopped. What it said stays here.")
            return _Trouble(sentence, self.tr("Start it again"), store.lost)
        if answering.failure is None:
            return None
        failure = answering.failure
        sentence = words.engine_sentence(failure.template, failure.values)
        return _Trouble(sentence, self.tr("Try again"), failure.details)

    def _copy(self) -> None:
        if self._column is not None:
            QGuiApplication.clipboard().setText(self._column.answering.text)
            self.copied.emit(self.tr("The answer is on the clipboard."))

    def _space(self) -> None:
        px = self._theme.px
        gap = px(8)
        self._outer.setContentsMargins(gap, gap, gap, gap)
        for layout in (self._outer, self._top, self._line):
            layout.setSpacing(px(6))
        self.setMinimumHeight(px(230))


def _pieces(column: Column) -> list[Piece]:
    """A document goes on from its beginning; an answer stands alone."""
    answering = column.answering
    said = [Piece(part.kind, part.text) for part in answering.parts]
    if answering.question is not None and not answering.question.messages:
        return [Piece("prompt", answering.question.text), *said]
    if said and said[0].kind == "answer":
        said[0] = Piece("answer", said[0].text.lstrip())
    return said
