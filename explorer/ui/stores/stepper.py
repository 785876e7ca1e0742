"""Long work in the window in small steps, so that no turn of its event loop takes much of a frame."""

from collections.abc import Callable, Iterator
from time import perf_counter

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QTextCursor, QTextDocument

from explorer.text.units import from_units, to_units
from explorer.ui.stores.text_mirror import normalised

TURN_S = 0.003
"""A step of the work is not begun after this long in one turn; 8 ms is what a turn may take."""
_PIECE = 8_192
"""Characters that are inserted (or units removed) in one step: about a millisecond."""
_TELL_EVERY_S = 0.05

Steps = Iterator[float]
"""Work that yields the share done, 0 to 1."""


class Stepper(QObject):
    """Advances one piece of work at a time; what is small is done before `start` returns.

    Signals: `changed`, when work begins, goes on or ends.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._steps: Steps | None = None
        self._then: Callable[[], object] | None = None
        self._share = 0.0
        self._told_at = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._turn)

    @property
    def busy(self) -> bool:
        """Whether work is under way."""
        return self._steps is not None

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1."""
        return self._share

    def start(self, steps: Steps, then: Callable[[], object] | None = None) -> None:
        """Do all steps, then call `then`. Not while `busy`."""
        assert self._steps is None, "one piece of work at a time"
        self._steps, self._then, self._share = steps, then, 0.0
        self._turn()

    def drop(self) -> None:
        """Leave the work that is under way where it is; its `then` is not called."""
        self._timer.stop()
        self._steps = self._then = None

    def _turn(self) -> None:
        assert self._steps is not None
        deadline = perf_counter() + TURN_S
        for share in self._steps:
            self._share = share
            if perf_counter() > deadline:
                # Painting and keys have their turn first; a timer of 0 ms waits behind them.
                self._timer.start()
                if deadline > self._told_at + _TELL_EVERY_S:
                    self._told_at = deadline
                    self.changed.emit()
                return
        self._steps, then = None, self._then
        if then is not None:
            then()
        self.changed.emit()


def replace_range(document: QTextDocument, start: int, stop: int, text: str) -> Steps:
    """Put `text` in place of the units `start : stop` of the document, as one step of undo.

    What is no more than one piece is done without a yield.
    """
    cursor = QTextCursor(document)
    total, done, begun = stop - start + len(text), 0, False

    def put(first: int, after: int, inserted: str) -> None:
        nonlocal begun
        if begun:
            cursor.joinPreviousEditBlock()
        else:
            cursor.beginEditBlock()
        begun = True
        cursor.setPosition(first)
        cursor.setPosition(after, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(inserted)
        cursor.endEditBlock()

    while stop - start > _PIECE:
        put(stop - _PIECE, stop, "")
        stop, done = stop - _PIECE, done + _PIECE
        yield done / total
    at = 0
    while at < len(text) or stop > start:
        end = at + _PIECE
        end += text[end - 1 : end + 1] == "\r\n"  # one line end, not two
        piece = from_units(to_units(normalised(text[at:end])))
        put(start, stop, piece)
        start = stop = start + len(to_units(piece))
        at = end
        if at < len(text):
            yield (done + at) / total
