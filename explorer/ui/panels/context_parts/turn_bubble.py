"""One turn of a conversation, as it is read."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout

from explorer.ui.theme import Theme
from explorer.ui.widgets.answer_text import Piece
from explorer.ui.widgets.author_marks import author_name


@dataclass(frozen=True)
class TurnShown:
    """What a bubble shows."""

    id: int
    role: str
    pieces: tuple[Piece, ...]
    document_name: str = ""
    document: str = ""
    siblings: tuple[int, ...] = ()
    finished: bool = True
    fallen: bool = False


class TurnBubble(QFrame):
    """Signals: `pointed(int)`, the turn's id, 0 when the pointer leaves."""

    pointed = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.shown: TurnShown | None = None
        self.setObjectName("surface")
        self.role = QLabel()
        self.role.setProperty("role", "caption")
        self.again = QToolButton()
        self.again.setText("↻")
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout()
        row.addWidget(self.role, 1)
        row.addWidget(self.again)
        column = QVBoxLayout(self)
        column.addLayout(row)
        column.addWidget(self.text)

    def show_turn(self, shown: TurnShown) -> None:
        """Another turn, or the same one grown."""
        if shown != self.shown:
            self.shown = shown
            self.role.setText(author_name(shown.role))
            self.text.setText("".join(piece.text for piece in shown.pieces))

    def enterEvent(self, event: QEnterEvent) -> None:
        """Its cells light up."""
        self.pointed.emit(self.shown.id if self.shown is not None else 0)
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """They go out."""
        self.pointed.emit(0)
        super().leaveEvent(event)
