"""Many attempts: the share right, the cards, the vote."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from explorer.ui.panels.thinking_parts.sentences import share_words, vote_lines, vote_words
from explorer.ui.stores.attempts import Attempts
from explorer.ui.stores.thinking import ThinkingStore
from explorer.ui.theme import Theme
from explorer.ui.widgets.attempt_grid import AttemptGrid, Card


class AttemptsView(QFrame):
    """Signals: `chosen(number)`: an attempt shall be read."""

    chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName("surface")
        self.share = QLabel()
        self.share.setWordWrap(True)
        self.grid = AttemptGrid(theme)
        self.vote = QLabel()
        self.vote.setWordWrap(True)
        self.counts = QLabel()
        self.counts.setProperty("role", "caption")
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        holder = QWidget()
        inner = QVBoxLayout(holder)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self.grid)
        inner.addStretch(1)
        self._area.setWidget(holder)
        self._area.setFocusPolicy(self._area.focusPolicy().NoFocus)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.share)
        self._column.addWidget(self._area, 1)
        self._column.addWidget(self.vote)
        self._column.addWidget(self.counts)
        self.grid.chosen.connect(self.chosen)
        theme.changed.connect(self._space)
        self._space()

    def show_store(self, store: ThinkingStore) -> None:
        """All of them as they are now."""
        attempts = store.attempts
        empty = self.tr("Many attempts at the same problem will stand here, right and wrong.")
        self.share.setText(share_words(attempts) or empty)
        self.grid.show_cards(_cards(attempts), store.selected)
        self.vote.setText(vote_words(attempts.counted))
        self.counts.setText("\n".join(vote_lines(attempts.counted)))
        self.counts.setVisible(bool(self.counts.text()))

    def _space(self) -> None:
        px = self._theme.px
        self._column.setContentsMargins(px(8), px(8), px(8), px(8))
        self._column.setSpacing(px(6))
        self._area.setMinimumHeight(px(170))


def _cards(attempts: Attempts) -> list[Card]:
    longest = attempts.longest
    return [
        Card(
            attempt.tokens / longest,
            attempt.tokens,
            (attempt.judgement.answer_found or "") if attempt.judgement else "",
            attempt.judgement.right if attempt.judgement else None,
            attempt.done,
        )
        for attempt in attempts.list
    ]
