"""A trace as it is written: its parts on a line, each sum marked, the verdict; then the answer at once."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from explorer.protocol import Judgement
from explorer.ui.panels.answer_sentences import speed_words
from explorer.ui.panels.thinking_parts.sentences import marked_pieces, parts_words, verdict_words
from explorer.ui.stores.thinking import ThinkingStore
from explorer.ui.theme import Theme
from explorer.ui.widgets.answer_text import AnswerText
from explorer.ui.widgets.parts_bar import BarPart, PartsBar
from explorer.ui.widgets.steady_text import SteadyText


class TraceView(QFrame):
    """Signals: `trace_requested`: back from an attempt to the trace."""

    trace_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName("surface")
        self.title = QLabel()
        self.back = QPushButton(self.tr("Back to the trace"))
        self.back.setProperty("kind", "link")
        self.bar = PartsBar(theme)
        self.parts = SteadyText(theme, "caption", muted=True)
        self.text = AnswerText(theme, self.tr("The trace"))
        self.text.setPlaceholderText(self.tr("What the model thinks will stand here, as it is written."))
        self.verdict = QLabel()
        self.verdict.setWordWrap(True)
        name = QLabel(self.tr("The same model, answering at once"))
        self.direct = AnswerText(theme, name.text())
        self.direct_verdict = QLabel()
        self.direct_verdict.setWordWrap(True)
        self.direct_parts = SteadyText(theme, "caption", muted=True)
        top = QHBoxLayout()
        top.addWidget(self.title, 1)
        top.addWidget(self.back)
        self._column = QVBoxLayout(self)
        self._column.addLayout(top)
        for widget in (self.bar, self.parts):
            self._column.addWidget(widget)
        self._column.addWidget(self.text, 1)
        for widget in (self.verdict, name, self.direct, self.direct_parts, self.direct_verdict):
            self._column.addWidget(widget)
        self.back.clicked.connect(self.trace_requested)
        theme.changed.connect(self._space)
        self._space()

    def show_store(self, store: ThinkingStore) -> None:
        """The trace, or the attempt that is selected; and the answer at once."""
        if store.selected is None:
            self._show_trace(store)
        else:
            self._show_attempt(store, store.selected)
        self.back.setVisible(store.selected is not None)
        pieces = marked_pieces(store.direct.text_with_specials, [])
        self.direct.show_pieces(pieces)
        self.direct_parts.set_text(speed_words(store.direct))
        self._show_verdict(self.direct_verdict, store.direct_judged)

    def _show_trace(self, store: ThinkingStore) -> None:
        trace = store.trace
        self.title.setText(self.tr("The trace"))
        parts = trace.parts
        words = parts_words(parts)
        self.bar.show_parts([BarPart(part.kind, part.tokens) for part in parts], 40, words)
        reading = self.tr("Reading the problem …") if trace.phase == "reading" else ""
        self.parts.set_text(words or reading)
        self.text.show_pieces(marked_pieces(trace.text_with_specials, store.sums))
        self._show_verdict(self.verdict, store.trace_judged)

    def _show_attempt(self, store: ThinkingStore, number: int) -> None:
        attempt = store.attempts.list[number]
        title = self.tr("Attempt {number} of {count}")
        self.title.setText(title.format(number=number + 1, count=len(store.attempts.list)))
        words = self.tr("{tokens} tokens").format(tokens=attempt.tokens)
        if attempt.done and not attempt.ended:
            words += " · " + self.tr("cut off")
        self.bar.show_parts([BarPart("answer", attempt.tokens)], store.attempts.longest, words)
        self.parts.set_text(words)
        self.text.show_pieces(marked_pieces(attempt.text, attempt.sums))
        self._show_verdict(self.verdict, attempt.judgement)

    def _show_verdict(self, label: QLabel, judgement: Judgement | None) -> None:
        said, kind = verdict_words(judgement)
        colours = self._theme.colours
        colour = {"right": colours.accent, "wrong": colours.error}.get(kind, colours.text)
        label.setText(said)
        label.setStyleSheet(f"QLabel {{ color: {colour}; font-weight: 600; }}")

    def _space(self) -> None:
        px = self._theme.px
        self._column.setContentsMargins(px(8), px(8), px(8), px(8))
        self._column.setSpacing(px(6))
        self.text.setMinimumHeight(px(120))
        self.direct.setFixedHeight(px(64))
        for label in (self.verdict, self.direct_verdict):
            label.setMinimumHeight(px(18))
