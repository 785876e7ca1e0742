"""The text of a `QTextDocument` as the engine has it, and each change of the document as one small edit.

Qt tells a change as a range that may be too wide (undo, drag and drop, the separator after the last block),
and calls line ends U+2029. Python never sees a surrogate without its partner (the conversion drops it), so
such units are looked up one by one, and stand as U+FFFD in the mirror and in what is sent.
"""

import re
from typing import NamedTuple

from PySide6.QtCore import QObject
from PySide6.QtGui import QTextCursor, QTextDocument
from PySide6.QtWidgets import QPlainTextDocumentLayout

from explorer.text.long_text import LongText
from explorer.text.units import from_units, to_units

_PARAGRAPH = "\u2029"
_LINE_ENDS = re.compile("\r\n|[\r\u2029\ufdd0\ufdd1]")
_SINGLE = 8
"""Ranges of so many units or fewer are read unit by unit if something in them cannot be converted."""


def make_document(parent: QObject) -> QTextDocument:
    """An empty document that tells its changes: without a layout Qt tells of none."""
    document = QTextDocument(parent)
    document.setDocumentLayout(QPlainTextDocumentLayout(document))
    return document


class Edit(NamedTuple):
    """At unit `start`, `removed` units went and the unit text `inserted` came."""

    start: int
    removed: int
    inserted: str

    @property
    def text(self) -> str:
        """What was inserted as an ordinary string."""
        return from_units(self.inserted)


class Change(NamedTuple):
    """What Qt tells of a change: at `position`, `removed` units went and `added` are there now."""

    position: int
    removed: int
    added: int

    def then(self, later: "Change") -> "Change":
        """Both as one change, which may be wider than they are."""
        start = min(self.position, later.position)
        end = max(self.position + self.added, later.position + later.removed)  # between the two
        return Change(
            start, end - self.added + self.removed - start, end - later.removed + later.added - start
        )


class TextMirror:
    """A unit text (see `explorer.text.units`) that follows a document; a line feed ends a line."""

    def __init__(self, document: QTextDocument) -> None:
        self._document = document
        self._units = LongText()
        self._pairs = 0

    @property
    def units(self) -> LongText:
        """The whole text; no lone surrogates. To be read only."""
        return self._units

    @property
    def characters(self) -> int:
        """Unicode code points."""
        return len(self._units) - self._pairs

    def adopt(self, units: str) -> None:
        """Take `units` as the text, whatever the document holds."""
        self._units = LongText(units)
        self._pairs = count_pairs(units)

    def follow(self, position: int, removed: int, added: int) -> Edit | None:
        """Take over a change that Qt told with `contentsChange`; None if no unit differs."""
        old_length, new_length = len(self._units), self._document.characterCount() - 1
        removed, added = min(removed, old_length - position), min(added, new_length - position)
        if min(removed, added) < 0 or old_length - removed + added != new_length:
            position, removed, added = 0, old_length, new_length
        start, stop = self._widened(position, position + added, new_length)
        new = _without_lone(read_units(self._document, start, stop))
        edit = difference(self._units[start : stop + old_length - new_length], new)
        if edit is None:
            return None
        return self._take(Edit(edit.start + start, edit.removed, edit.inserted))

    def _widened(self, start: int, stop: int, length: int) -> tuple[int, int]:
        """With the neighbours whose reading depends on the range: halves of a pair."""
        if start > 0 and _is_high(self._document.characterAt(start - 1)):
            start -= 1
        if stop < length and _is_low(self._document.characterAt(stop)):
            stop += 1
        return start, stop

    def _take(self, edit: Edit) -> Edit:
        stop = edit.start + edit.removed
        self._pairs += count_pairs(edit.inserted) - count_pairs(self._units[edit.start : stop])
        self._units.replace(edit.start, stop, edit.inserted)
        return edit


def normalised(text: str) -> str:
    """The text as a `QTextDocument` will hold it, with a line feed for every kind of line end."""
    return _LINE_ENDS.sub("\n", text)


def read_units(document: QTextDocument, start: int, stop: int) -> str:
    """The document's units `start : stop`, lone surrogates included, line feeds for line ends."""
    cursor = QTextCursor(document)
    cursor.setPosition(start)
    cursor.setPosition(stop, QTextCursor.MoveMode.KeepAnchor)
    units = to_units(cursor.selectedText().replace(_PARAGRAPH, "\n"))
    if len(units) == stop - start:
        return units
    if stop - start <= _SINGLE:
        return "".join(document.characterAt(at) for at in range(start, stop)).replace(_PARAGRAPH, "\n")
    middle = (start + stop) // 2
    return read_units(document, start, middle) + read_units(document, middle, stop)


def difference(old: str, new: str) -> Edit | None:
    """The smallest one edit that makes `new` of `old` and parts no surrogate pair; both without lone ones."""
    if old == new:
        return None
    shorter = min(len(old), len(new))
    head = _common(old, new, shorter)
    if head and _is_high(old[head - 1]):
        head -= 1
    tail = _common(old[head:][::-1], new[head:][::-1], shorter - head)
    if tail and _is_low(old[len(old) - tail]):
        tail -= 1
    return Edit(head, len(old) - head - tail, new[head : len(new) - tail])


def count_pairs(units: str) -> int:
    """How many characters of the unit text take two units."""
    return 0 if units.isascii() else len(units) - len(from_units(units))


def utf8_length(units: str) -> int:
    """Bytes of the unit text in UTF-8."""
    return len(units) if units.isascii() else len(from_units(units).encode())


def _common(first: str, second: str, at_most: int) -> int:
    """Length of the common beginning, found by halving: comparing slices costs next to nothing."""
    low, high = 0, at_most
    while low < high:
        middle = (low + high + 1) // 2
        if first[low:middle] == second[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _without_lone(units: str) -> str:
    return to_units(from_units(units))


def _is_high(unit: str) -> bool:
    return "\ud800" <= unit <= "\udbff"


def _is_low(unit: str) -> bool:
    return "\udc00" <= unit <= "\udfff"
