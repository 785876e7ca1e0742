"""What was said in a turn: as tall as its text, which grows at its end; a long one is folded."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QSizeF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent, QTextCharFormat, QTextCursor, QTextOption, QWheelEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit

from explorer.ui.theme import Theme
from explorer.ui.widgets.pieces import Piece, write_pieces

FOLDED_LINES = 20
MOST_CHARACTERS = 100_000
"""More is not laid out: a pasted book would stop the window for seconds."""


class BubbleText(QTextEdit):
    """To be read and copied from. Scrolling is left to what holds it. Signals: `overflowed(bool)`."""

    overflowed = Signal(bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._pieces: list[Piece] = []
        self._folded = True
        self._overflows = self._faint = False
        self.setObjectName("said")
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def pieces(self) -> list[Piece]:
        """What is shown, cut to `MOST_CHARACTERS`."""
        return self._pieces

    @property
    def overflows(self) -> bool:
        """Whether it is longer than a folded text may be."""
        return self._overflows

    def show_pieces(self, pieces: Sequence[Piece]) -> None:
        """Replace; what only grew at its end is only added to."""
        pieces = _cut([piece for piece in pieces if piece.text])
        if pieces != self._pieces:
            write_pieces(QTextCursor(self.document()), self._theme, self._pieces, pieces)
            if self._faint:
                self._cross_out()
            self._pieces = pieces
            if not self.textCursor().hasSelection():
                self.moveCursor(QTextCursor.MoveOperation.Start)  # the end would be scrolled into view
            self._fit()

    def set_folded(self, on: bool) -> None:
        """Show the first lines only, or all."""
        if on != self._folded:
            self._folded = on
            self._fit()

    def set_faint(self, on: bool) -> None:
        """Crossed out and muted: it is no more in the window."""
        if on != self._faint:
            self._faint = on
            self._restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width takes another number of lines."""
        super().resizeEvent(event)
        self._fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The conversation scrolls, not a turn of it."""
        event.ignore()

    def _fit(self, size: QSizeF | None = None) -> None:
        height = math.ceil((size or self.document().size()).height())
        most = FOLDED_LINES * QFontMetrics(self.font()).lineSpacing()
        # A fold that hides two lines would save nothing.
        overflows = height > most * 1.1
        shown = most if overflows and self._folded else height
        if shown != self.height() or self.minimumHeight() != shown:
            self.setFixedHeight(max(shown, 1))
        self.verticalScrollBar().setValue(0)
        if overflows != self._overflows:
            self._overflows = overflows
            self.overflowed.emit(overflows)

    def _cross_out(self) -> None:
        form = QTextCharFormat()
        form.setForeground(self._theme.colour("muted"))
        form.setFontStrikeOut(True)
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.mergeCharFormat(form)

    def _restyle(self) -> None:
        font = self._theme.font("body")
        font.setPixelSize(self._theme.px(15))  # as in the style sheet, which comes too late to be measured
        self.setFont(font)
        pieces, self._pieces = self._pieces, []
        self.clear()
        self.show_pieces(pieces)
        self._fit()


def _cut(pieces: list[Piece]) -> list[Piece]:
    """The pieces up to `MOST_CHARACTERS`."""
    room, kept = MOST_CHARACTERS, list[Piece]()
    for piece in pieces:
        kept.append(piece if len(piece.text) <= room else Piece(piece.kind, piece.text[:room]))
        room -= len(piece.text)
        if room <= 0:
            break
    return kept
