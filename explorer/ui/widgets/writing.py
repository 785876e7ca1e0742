"""Prompt, the text so far, and the buttons that make it longer or shorter. Knows no store."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QMimeData, QSize, Signal
from PySide6.QtWidgets import (
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from explorer.protocol import StreamToken
from explorer.ui import words
from explorer.ui.theme import Theme
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.flow_layout import FlowLayout
from explorer.ui.widgets.token_strip import TokenStrip

_LONGEST_PASTE = 100_000
"""Characters: more than any context here holds, and little enough to be sent with every key."""


@dataclass(frozen=True)
class WritingState:
    """What `Writing` shows."""

    prompt: str = ""
    prompt_tokens: Sequence[StreamToken] = ()
    written: Sequence[StreamToken] = ()
    truncated: int = 0
    context: int | None = None
    """Tokens at most; None while no model is loaded."""
    faded: bool = False
    can_draw: bool = False
    running: bool = False
    status: str = ""
    chip_note: str = field(default="")
    """Of the chip pointed at."""


class Writing(QWidget):
    """Signals: `prompt_edited(str)` on every change by the person; the rest are the buttons'."""

    prompt_edited = Signal(str)
    step_requested = Signal()
    run_requested = Signal()
    stop_requested = Signal()
    take_back_requested = Signal()
    again_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown_prompt = ""
        self._state = WritingState()
        self._build()
        self._lay_out()
        self._connect()
        theme.changed.connect(self._look_changed)
        self._look_changed()

    def _build(self) -> None:
        self.prompt = _PromptEdit()
        self.prompt.setAccessibleName(self.tr("Prompt"))
        self.prompt.setPlaceholderText(self.tr("Type the beginning of a text: the model goes on from there."))
        self.prompt.setTabChangesFocus(True)
        self.prompt.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._cut = QLabel()
        self._cut.setProperty("role", "caption")
        self._cut.setWordWrap(True)
        self._legend = QLabel()
        self._legend.setProperty("role", "caption")
        self._count = QLabel()
        self._count.setProperty("role", "caption")
        self.strip = TokenStrip(self._theme)
        self._note = ElidedLabel()
        self._note.setProperty("role", "caption")
        self._status = QLabel()
        self._status.setWordWrap(True)
        self.step = self._button(self.tr("Step"), self.tr("Draw one token (Space or →)"))
        self.run = self._button(self.tr("Run"), self.tr("Draw one token after another (Ctrl+Return)"))
        self.run.setProperty("kind", "primary")
        self.stop = self._button(self.tr("Stop"), self.tr("Stop after this token (Esc)"))
        self.take_back = self._button(self.tr("Take back"), self.tr("Remove the last token (Backspace or ←)"))
        self.again = self._button(
            self.tr("Start again"), self.tr("Remove what was written and write as much again (Ctrl+R)")
        )
        self._keys = QLabel(
            self.tr("Space: step · Ctrl+Return: run · Esc: stop · Backspace: take back · Ctrl+R: start again")
        )
        self._keys.setProperty("role", "caption")
        self._keys.setWordWrap(True)

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        return button

    def _lay_out(self) -> None:
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.prompt, 1)
        self._column.addWidget(self._cut)
        self._line = FlowLayout()
        self._line.addWidget(self._legend)
        self._line.addWidget(self._count)
        self._column.addLayout(self._line)
        self._column.addWidget(self.strip, 3)
        self._column.addWidget(self._note)
        self._buttons = FlowLayout()
        for button in (self.step, self.run, self.stop, self.take_back, self.again):
            self._buttons.addWidget(button)
        self._column.addLayout(self._buttons)
        self._column.addWidget(self._status)
        self._column.addWidget(self._keys)

    def _connect(self) -> None:
        self.prompt.textChanged.connect(self._edited)
        self.step.clicked.connect(self.step_requested)
        self.run.clicked.connect(self.run_requested)
        self.stop.clicked.connect(self.stop_requested)
        self.take_back.clicked.connect(self.take_back_requested)
        self.again.clicked.connect(self.again_requested)

    # ------------------------------------------------------------ what is shown

    @property
    def status(self) -> str:
        """The sentence under the buttons."""
        return self._status.text()

    @property
    def note(self) -> str:
        """What is said of the chip pointed at."""
        return self._note.text()

    @property
    def cut_note(self) -> str:
        """What is said of a prompt that is too long; empty if it is not."""
        return self._cut.text()

    def show_state(self, state: WritingState) -> None:
        """Render; the editor keeps its cursor while its text is the prompt."""
        self._state = state
        if state.prompt != self._shown_prompt:
            self._shown_prompt = state.prompt
            self.prompt.blockSignals(True)
            self.prompt.setPlainText(state.prompt)
            self.prompt.blockSignals(False)
        self.strip.show_tokens(state.prompt_tokens, state.written, state.faded)
        self._cut.setVisible(state.truncated > 0)
        self._cut.setText(
            self.tr("The prompt is too long for this model: its first {tokens} tokens are cut off.").format(
                tokens=words.count(state.truncated)
            )
            if state.truncated
            else ""
        )
        self._show_counts()
        self._note.setText(state.chip_note or self.tr("Point at a token: how likely the model found it."))
        self._status.setText(state.status)
        self.step.setEnabled(state.can_draw and not state.running)
        self.run.setEnabled(state.can_draw and not state.running)
        self.stop.setEnabled(state.running)
        self.take_back.setEnabled(state.can_draw and bool(state.written))
        self.again.setEnabled(state.can_draw and bool(state.written))

    def _show_counts(self) -> None:
        state, colours = self._state, self._theme.colours
        prompt, written = words.count(len(state.prompt_tokens)), words.count(len(state.written))
        self._legend.setText(
            f'<span style="color:{colours.person}">■</span> '
            + self.tr("prompt {tokens}").format(tokens=prompt)
            + f'&nbsp;&nbsp; <span style="color:{colours.model}">◤</span> '
            + self.tr("model {tokens}").format(tokens=written)
        )
        if state.context is None:
            self._count.clear()
            return
        used = len(state.prompt_tokens) + len(state.written)
        self._count.setText(
            self.tr("{used} of {context} tokens").format(
                used=words.count(used), context=words.count(state.context)
            )
        )
        self._count.setToolTip(self.tr("How much of the context window is used, in tokens"))

    def _edited(self) -> None:
        self._shown_prompt = self.prompt.toPlainText()
        self.prompt_edited.emit(self._shown_prompt)

    def _look_changed(self) -> None:
        gap = self._theme.px(8)
        self._column.setSpacing(gap)
        self._buttons.setSpacing(gap)
        self._line.setSpacing(self._theme.px(16))
        self.prompt.setFont(self._theme.font("mono"))
        self.prompt.setMinimumHeight(self._theme.px(64))
        self.strip.setMinimumHeight(self._theme.px(96))
        self._status.setMinimumHeight(self._theme.px(18))
        self._show_counts()


class _PromptEdit(QPlainTextEdit):
    """Plain text only, and not a whole book: the model sees but the end of it."""

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def insertFromMimeData(self, source: QMimeData) -> None:
        self.insertPlainText(source.text()[-_LONGEST_PASTE:])
