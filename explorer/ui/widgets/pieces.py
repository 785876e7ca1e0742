"""Text of several kinds in a row, as an answer is made of: what each looks like, and what grew."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QTextCharFormat, QTextCursor

from explorer.ui.theme import Theme
from explorer.ui.widgets.author_marks import FILL_ALPHA


@dataclass(frozen=True)
class Piece:
    """Text of one kind: "prompt", "answer", "thinking", "tool", "result", "right", "wrong"."""

    kind: str
    text: str


_COLOURS = {"prompt": "muted", "right": "accent", "wrong": "error"}
_UNDERLINES = {
    "thinking": QTextCharFormat.UnderlineStyle.DashUnderline,
    "tool": QTextCharFormat.UnderlineStyle.DotLine,
}


def piece_format(theme: Theme, kind: str) -> QTextCharFormat:
    """Colour of the letters, or of a line under them or a ground behind them: those can be read on."""
    form = QTextCharFormat()
    form.setForeground(theme.colour(_COLOURS.get(kind, "text")))
    if kind in _UNDERLINES:
        form.setUnderlineStyle(_UNDERLINES[kind])
        form.setUnderlineColor(theme.colour(kind))
    if kind in ("tool", "result"):
        ground = theme.colour("tool")
        ground.setAlpha(FILL_ALPHA[theme.dark])
        form.setBackground(ground)
    return form


def write_pieces(cursor: QTextCursor, theme: Theme, before: Sequence[Piece], pieces: Sequence[Piece]) -> None:
    """Make a document that shows `before` show `pieces`: what only grew at its end is only added to."""
    place = 0
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
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.removeSelectedText()
        place, old = 0, []
    cursor.movePosition(QTextCursor.MoveOperation.End)
    for number, piece in enumerate(pieces[place:]):
        shown = len(old[0].text) if old and number == 0 else 0
        cursor.insertText(piece.text[shown:], piece_format(theme, piece.kind))
