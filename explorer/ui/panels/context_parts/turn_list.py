"""The left half's conversation: a bubble for each turn of the branch that is looked at."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from explorer.protocol.conversations import Said
from explorer.text.spans import split_spans
from explorer.ui.panels.context_parts.turn_bubble import TurnBubble, TurnShown
from explorer.ui.stores.context import ContextStore
from explorer.ui.theme import Theme
from explorer.ui.widgets.answer_text import Piece

MOST_SHOWN = 100
"""Turns: of a longer conversation the last ones are shown."""


class TurnList(QScrollArea):
    """Stays at the end while it was there. Signals: as the bubbles', with the turn's id."""

    pointed = Signal(int)
    again_requested = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._bubbles: list[TurnBubble] = []
        self._pieces: dict[tuple[int, str], tuple[Piece, ...]] = {}
        self._to_end = True
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("The conversation"))
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addStretch(1)
        self.setWidget(content)
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(self._range_changed)
        bar.valueChanged.connect(self._scrolled)
        theme.changed.connect(self._space)
        self._space()

    @property
    def bubbles(self) -> list[TurnBubble]:
        """From the first turn to the last."""
        return self._bubbles

    def show_store(self, store: ContextStore) -> None:
        """Render."""
        turns = [self._shown(store, turn) for turn in store.session.path[-MOST_SHOWN:]]
        while len(self._bubbles) > len(turns):
            self._bubbles.pop().deleteLater()
        while len(self._bubbles) < len(turns):
            bubble = TurnBubble(self._theme)
            bubble.pointed.connect(self.pointed)
            self._bubbles.append(bubble)
            self._column.insertWidget(self._column.count() - 1, bubble)
        for bubble, turn in zip(self._bubbles, turns, strict=True):
            bubble.show_turn(turn)

    def _shown(self, store: ContextStore, turn: Said) -> TurnShown:
        live = turn.id == store.session.answer and bool(store.live.tokens)
        return TurnShown(
            id=turn.id,
            role=turn.role,
            pieces=self._live_pieces(store) if live else self._kept_pieces(turn),
            document_name=turn.document_name,
            document=turn.document,
            siblings=tuple(one.id for one in store.conversation.siblings(turn.id)),
            finished=turn.finished,
            fallen=turn.id in store.session.dropped,
        )

    def _live_pieces(self, store: ContextStore) -> tuple[Piece, ...]:
        return tuple(Piece(part.kind, part.text) for part in store.live.parts)

    def _kept_pieces(self, turn: Said) -> tuple[Piece, ...]:
        if turn.role != "assistant":
            return (Piece("answer", turn.content),)
        key = (turn.id, turn.content)
        if key not in self._pieces:
            if len(self._pieces) > 2 * MOST_SHOWN:
                self._pieces.clear()
            self._pieces[key] = tuple(Piece(span.kind, span.text) for span in split_spans(turn.content))
        return self._pieces[key]

    def _range_changed(self) -> None:
        if self._to_end:
            self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())

    def _scrolled(self, value: int) -> None:
        self._to_end = value >= self.verticalScrollBar().maximum() - 2

    def _space(self) -> None:
        self._column.setSpacing(self._theme.px(8))
