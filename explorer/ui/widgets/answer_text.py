"""What a model says, as it is read: prompt quiet, thinking underlined, tools in their own colour."""

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy

from explorer.ui.theme import Theme
from explorer.ui.widgets.pieces import Piece, write_pieces

__all__ = ["AnswerText", "Piece"]


class AnswerText(QPlainTextEdit):
    """Read only; grows at its end without being laid out anew, and stays at the end while it was there."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._pieces: list[Piece] = []
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def pieces(self) -> list[Piece]:
        """What is shown."""
        return self._pieces

    def show_pieces(self, pieces: Sequence[Piece]) -> None:
        """Replace; what only grew at its end is only added to."""
        pieces = [piece for piece in pieces if piece.text]
        before = self._pieces
        if pieces == before:
            return
        bar = self.verticalScrollBar()
        at_end, value = bar.value() >= bar.maximum() - 2, bar.value()
        write_pieces(QTextCursor(self.document()), self._theme, before, pieces)
        self._pieces = pieces
        bar.setValue(bar.maximum() if at_end else value)

    def sizeHint(self) -> QSize:
        """The least: it takes the room that there is."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        """Some lines."""
        return QSize(self._theme.px(120), self._theme.px(72))

    def _restyle(self) -> None:
        # A font set here would lose against the style sheet's.
        size = self._theme.px(15)
        self.setStyleSheet(f"QPlainTextEdit {{ font-size: {size}px; }}")
        pieces, self._pieces = self._pieces, []
        self.clear()
        self.show_pieces(pieces)
