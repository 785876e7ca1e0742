"""The left half's conversation: a bubble for each turn of the branch that is looked at."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from explorer.ui import words
from explorer.ui.panels.context_parts.turns_shown import TurnsShown
from explorer.ui.stores.context import ContextStore
from explorer.ui.theme import Theme
from explorer.ui.widgets.bubble import Bubble, Turn

MOST_SHOWN = 100
"""Turns: of a longer conversation the last ones are shown."""


class TurnList(QScrollArea):
    """Stays at the end while it was there.

    Signals, with the turn's id: `pointed(turn)`, 0 for none; `edited(turn, str)`; `again_requested(turn)`;
    `delete_requested(turn)`; `branch_requested(turn, step)`, the branch before (-1) or after (1).
    """

    pointed = Signal(int)
    edited = Signal(int, str)
    again_requested = Signal(int)
    delete_requested = Signal(int)
    branch_requested = Signal(int, int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rows: list[_Row] = []
        self._shown = TurnsShown()
        self._to_end = True
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("The conversation"))
        self.earlier = QLabel()
        self.earlier.setProperty("role", "caption")
        self.earlier.setWordWrap(True)
        self.nothing = QLabel(
            self.tr("Nothing has been said. The model knows nothing of you, or of any earlier conversation.")
        )
        self.nothing.setProperty("role", "muted")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setWordWrap(True)
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.earlier)
        self._column.addWidget(self.nothing, 1)
        self._column.addStretch(1)
        self.setWidget(content)
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(self._range_changed)
        bar.valueChanged.connect(self._scrolled)
        theme.changed.connect(self._space)
        self._space()

    @property
    def bubbles(self) -> list[Bubble]:
        """From the first turn to the last, without the answers from parameters alone."""
        return [row.bubble for row in self._rows]

    @property
    def editing(self) -> bool:
        """Whether a turn is being written anew."""
        return any(row.bubble.editing for row in self._rows)

    def twin(self) -> Bubble | None:
        """The answer from the parameters alone, if there is one."""
        return next((row.twin for row in self._rows if row.twin is not None), None)

    @property
    def captions(self) -> list[str]:
        """What stands over that answer and the one beside it."""
        return next((row.captions for row in self._rows if row.twin is not None), [])

    def show_store(self, store: ContextStore) -> None:
        """Render: only what changed is laid out anew."""
        path = store.session.path
        self.nothing.setVisible(not path)
        left_out = max(0, len(path) - MOST_SHOWN)
        self.earlier.setVisible(left_out > 0)
        if left_out:
            self.earlier.setText(
                self.tr("{turns} earlier turns are not shown here; they are in the stream.").format(
                    turns=words.count(left_out)
                )
            )
        path = path[-MOST_SHOWN:]
        counts = store.stream.cells_by_turn() if path else {}
        same = 0
        while same < min(len(path), len(self._rows)) and self._rows[same].id == path[same].id:
            same += 1
        while len(self._rows) > same:
            self._drop_row()
        for place, said in enumerate(path):
            turn = self._shown.turn(store, said, counts.get(said.id, 0))
            if place == len(self._rows):
                self._add_row(said.id, turn)
            row = self._rows[place]
            row.bubble.show_turn(turn)
            beside = said.role == "assistant" and said.parent == store.twin.turn != 0
            row.show_twin(self._shown.twin(store) if beside else None)

    def light(self, turn: int) -> None:
        """One of its cells is pointed at; 0: of none."""
        for row in self._rows:
            row.bubble.set_lit(row.id == turn and turn != 0)

    def _add_row(self, turn: int, shown: Turn) -> None:
        row = _Row(self._theme, turn, shown)
        bubble = row.bubble
        bubble.hovered.connect(lambda on: self.pointed.emit(turn if on else 0))
        bubble.edited.connect(partial(self.edited.emit, turn))
        bubble.regenerate_requested.connect(partial(self.again_requested.emit, turn))
        bubble.delete_requested.connect(partial(self.delete_requested.emit, turn))
        bubble.branch_requested.connect(partial(self.branch_requested.emit, turn))
        self._rows.append(row)
        self._column.insertWidget(self._column.count() - 1, row)

    def _drop_row(self) -> None:
        row = self._rows.pop()
        row.hide()
        self._column.removeWidget(row)
        row.deleteLater()

    def _range_changed(self) -> None:
        if self._to_end:
            self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())

    def _scrolled(self, value: int) -> None:
        self._to_end = value >= self.verticalScrollBar().maximum() - 2

    def _space(self) -> None:
        self._column.setSpacing(self._theme.px(8))


class _Row(QWidget):
    """A turn, and beside it the same answer from the parameters alone."""

    def __init__(self, theme: Theme, turn: int, shown: Turn) -> None:
        super().__init__()
        self._theme, self.id = theme, turn
        self.bubble = Bubble(theme, shown)
        self.twin: Bubble | None = None
        self._captions: list[QLabel] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(0, 1)
        self._grid.addWidget(self.bubble, 1, 0, Qt.AlignmentFlag.AlignTop)

    def show_twin(self, twin: Turn | None) -> None:
        """Beside the answer, or nothing."""
        if twin is None and self.twin is not None:
            for widget in (self.twin, *self._captions):
                self._grid.removeWidget(widget)
                widget.deleteLater()
            self.twin, self._captions = None, []
            self._grid.setColumnStretch(1, 0)
        elif twin is not None:
            if self.twin is None:
                self.twin = self._add_twin(twin)
            self.twin.show_turn(twin)

    def _add_twin(self, shown: Turn) -> Bubble:
        twin = Bubble(self._theme, shown)
        said = (self.tr("With the document in the window"), self.tr("From its parameters alone"))
        for column, text in enumerate(said):
            caption = QLabel(text)
            caption.setProperty("role", "caption")
            caption.setWordWrap(True)
            self._captions.append(caption)
            self._grid.addWidget(caption, 0, column, Qt.AlignmentFlag.AlignBottom)
        self._grid.addWidget(twin, 1, 1, Qt.AlignmentFlag.AlignTop)
        self._grid.setColumnStretch(1, 1)
        self._grid.setHorizontalSpacing(self._theme.px(8))
        self._grid.setVerticalSpacing(self._theme.px(4))
        return twin

    @property
    def captions(self) -> list[str]:
        """What stands over the two answers."""
        return [caption.text() for caption in self._captions]
