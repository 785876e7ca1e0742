"""One message to a server's model, and its answer as it comes."""

from math import exp

from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QTextEdit, QVBoxLayout, QWidget

from explorer.ui import words
from explorer.ui.stores.servers import Answer, ServersStore
from explorer.ui.theme import Theme
from explorer.ui.widgets.probability_bars import percent
from explorer.ui.widgets.token_text import visible

_LINES = 10


class TryIt(QWidget):
    """Hidden for a model that is at no server."""

    def __init__(self, theme: Theme, servers: ServersStore) -> None:
        super().__init__()
        self._theme, self._servers = theme, servers
        self._path = ""
        self._shown: tuple[str, int, int] = ("", 0, 0)
        """Job of the answer that is shown, characters of its thinking and of its text."""
        self._build()
        servers.changed.connect(self._render)
        theme.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def _build(self) -> None:
        self.message = QLineEdit()
        self.message.setPlaceholderText(self.tr("A message to this model"))
        self.message.setAccessibleName(self.tr("A message to this model"))
        self.ask = QPushButton(self.tr("Ask"))
        self.ask.setProperty("kind", "primary")
        self.text = QTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(self.tr("Its answer"))
        self.text.setTabChangesFocus(True)
        self.note = QLabel()
        self.note.setProperty("role", "caption")
        self.note.setWordWrap(True)
        row = QHBoxLayout()
        row.addWidget(self.message, 1)
        row.addWidget(self.ask)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        column.addWidget(self.text)
        column.addWidget(self.note)
        self.message.returnPressed.connect(self._ask)
        self.ask.clicked.connect(self._ask_or_stop)

    def show_model(self, path: str) -> None:
        """For the model at `path`; empty: for none."""
        if path != self._path:
            self._path = path
            self._render()
        self.setVisible(bool(path))

    def _ask_or_stop(self) -> None:
        answer = self._answer()
        if answer is not None and answer.running:
            self._servers.hang_up()
        else:
            self._ask()

    def _ask(self) -> None:
        if self.message.text().strip():
            self._servers.ask(self._path, self.message.text())

    def _answer(self) -> Answer | None:
        answer = self._servers.answer
        return answer if answer is not None and answer.path == self._path else None

    def _render(self) -> None:
        answer = self._answer()
        running = answer is not None and answer.running
        self.ask.setText(self.tr("Stop") if running else self.tr("Ask"))
        self.text.setVisible(answer is not None)
        self.note.setVisible(answer is not None)
        if answer is not None:
            self._render_text(answer)
            self.note.setText(self._note(answer))

    def _render_text(self, answer: Answer) -> None:
        """Append what is new; thinking stands first, in grey."""
        job, thought, said = self._shown
        if job != answer.job or len(answer.reasoning) < thought or (said and thought < len(answer.reasoning)):
            self.text.clear()
            thought = said = 0
        self._append(answer.reasoning[thought:], "muted")
        if answer.text and not said and answer.reasoning:
            self._append("\n\n", "muted")
        self._append(answer.text[said:], "text")
        self._shown = (answer.job, len(answer.reasoning), len(answer.text))

    def _append(self, text: str, colour: str) -> None:
        if not text:
            return
        bar = self.text.verticalScrollBar()
        at_the_end = bar.value() >= bar.maximum() - 4
        cursor = QTextCursor(self.text.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        form = QTextCharFormat()
        form.setForeground(self._theme.colour(colour))
        form.setFontItalic(colour == "muted")
        cursor.insertText(text, form)
        if at_the_end:
            bar.setValue(bar.maximum())

    def _note(self, answer: Answer) -> str:
        if answer.failure is not None:
            return "✕ " + words.engine_sentence(answer.failure.template, answer.failure.values)
        if answer.running and not answer.text and not answer.reasoning:
            return self.tr("Waiting for the first word …")
        parts: list[str] = []
        if answer.ended is not None:
            tokens, seconds = answer.ended.tokens, answer.ended.elapsed_s
            if tokens is not None:
                parts.append(self.tr("{count} tokens").format(count=words.count(tokens)))
                if seconds > 0:
                    parts.append(self.tr("{rate} tokens/s").format(rate=f"{tokens / seconds:.1f}"))
        elif answer.stopped:
            parts.append(self.tr("stopped"))
        mean, least = answer.mean_probability, answer.least_likely
        if mean is not None and least is not None:
            parts.append(self.tr("mean probability {share}").format(share=percent(mean)))
            parts.append(
                self.tr("least sure of “{token}” ({share})").format(
                    token=visible(least.text), share=percent(exp(least.logprob))
                )
            )
        return " · ".join(parts)

    def _restyle(self) -> None:
        self.text.setFont(self._theme.font("body"))
        self.text.setFixedHeight(self.text.fontMetrics().lineSpacing() * _LINES)
        self._shown = ("", 0, 0)
        self._render()
