"""What a model says, as it is read: prompt quiet, thinking underlined, tools in their own colour."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy

from explorer.ui.theme import Theme


@dataclass(frozen=True)
class Piece:
    """Text of one kind: "prompt", "answer", "thinking", "tool", "result", "right", "wrong"."""

    kind: str
    text: str


_COLOURS = {"prompt": "muted", "tool": "tool", "result": "tool", "right": "accent", "wrong": "error"}


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
        at_end = bar.value() >= bar.maximum() - 2
        place, value = 0, bar.value()
        while place < min(len(before), len(pieces)) and before[place] == pieces[place]:
            place += 1
        old = before[place:]
        grows = not old or (
            len(old) == 1
            and place < len(pieces)
            and pieces[place].kind == old[0].kind
            and pieces[place].text.startswith(old[0].text)
        )
        if not grows:
            self.clear()
            place, old = 0, []
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        for number, piece in enumerate(pieces[place:]):
            shown = len(old[0].text) if old and number == 0 else 0
            cursor.insertText(piece.text[shown:], self._format(piece.kind))
        self._pieces = pieces
        bar.setValue(bar.maximum() if at_end else value)

    def sizeHint(self) -> QSize:
        """The least: it takes the room that there is."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        """Some lines."""
        return QSize(self._theme.px(120), self._theme.px(72))

    def _format(self, kind: str) -> QTextCharFormat:
        form = QTextCharFormat()
        form.setForeground(self._theme.colour(_COLOURS.get(kind, "text")))
        if kind == "thinking":
            form.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DashUnderline)
            form.setUnderlineColor(self._theme.colour("thinking"))
        return form

    def _restyle(self) -> None:
        # A font set here would lose against the style sheet's.
        size = self._theme.px(15)
        self.setStyleSheet(f"QPlainTextEdit {{ font-size: {size}px; }}")
        pieces, self._pieces = self._pieces, []
        self.clear()
        self.show_pieces(pieces)
