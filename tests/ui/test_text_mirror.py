"""The mirror must hold exactly what the document holds, whatever happens to the document."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QObject
from PySide6.QtGui import QTextCursor, QTextDocument

from explorer.text.units import from_units, to_units
from explorer.ui.stores.text_mirror import (
    Change,
    TextMirror,
    count_pairs,
    difference,
    make_document,
    normalised,
    read_units,
    utf8_length,
)

ODD = [
    *("a", " ", "\n", "\r", "\r\n", "\t", "\0", "\u00a0", "\u2028", "\u2029", "\ufdd0", "\ufffc"),
    *("é", "中", "e\u0301", "😀", "👩‍👩‍👧", "ש", "\u200f", "\ud83d", "\udc00", "\ud83d\ude00"),
]
odd_text = st.lists(st.sampled_from(ODD), max_size=8).map("".join)


def characters_of(document: QTextDocument) -> str:
    """The slow and sure way: unit by unit, lone surrogates as U+FFFD."""
    units = "".join(document.characterAt(at) for at in range(document.characterCount() - 1))
    return to_units(from_units(units.replace("\u2029", "\n")))


class Followed:
    """A document with a mirror, and a copy that is edited as the mirror says."""

    def __init__(self) -> None:
        self.owner = QObject()
        self.document = make_document(self.owner)
        self.mirror = TextMirror(self.document)
        self.told = ""
        self.document.contentsChange.connect(self._changed)

    def _changed(self, position: int, removed: int, added: int) -> None:
        edit = self.mirror.follow(position, removed, added)
        if edit is not None:
            assert not has_lone(edit.inserted)
            self.told = self.told[: edit.start] + edit.inserted + self.told[edit.start + edit.removed :]
            assert not has_lone(self.told)

    def check(self) -> None:
        expected = characters_of(self.document)
        assert str(self.mirror.units) == expected
        assert self.told == expected
        assert self.mirror.characters == len(from_units(expected))


def has_lone(units: str) -> bool:
    return to_units(from_units(units)) != units


def test_random_edits_undo_and_redo_are_followed(qapp: object) -> None:
    @settings(max_examples=150, deadline=None)
    @given(st.lists(st.tuples(st.integers(0, 9), st.floats(0, 1), st.floats(0, 1), odd_text), max_size=25))
    def follow(steps: list[tuple[int, float, float, str]]) -> None:
        followed = Followed()
        cursor = QTextCursor(followed.document)
        for kind, first, second, text in steps:
            length = followed.document.characterCount() - 1
            cursor.setPosition(round(first * length))
            if kind == 0:
                followed.document.undo()
            elif kind == 1:
                followed.document.redo()
            elif kind == 2:
                followed.document.setPlainText(text)
            elif kind == 3:
                cursor.deletePreviousChar()
            else:
                if kind > 6:
                    cursor.setPosition(round(second * length), QTextCursor.MoveMode.KeepAnchor)
                cursor.insertText(text)
            followed.check()

    follow()


def test_a_lone_surrogate_becomes_one_replacement_character(qapp: object) -> None:
    followed = Followed()
    QTextCursor(followed.document).insertText("a\ud83db\udc00c")
    assert followed.document.characterAt(1) == "\ud83d"  # the document does hold it
    assert followed.told == "a\ufffdb\ufffdc"


def test_two_halves_that_come_together_become_the_character_they_make(qapp: object) -> None:
    followed = Followed()
    cursor = QTextCursor(followed.document)
    cursor.insertText("x\ud83d")
    assert followed.told == "x\ufffd"
    cursor.insertText("\ude00")
    assert from_units(followed.told) == "x😀"
    assert followed.mirror.characters == 2


@pytest.mark.parametrize("seed", range(30))
def test_a_difference_makes_the_one_of_the_other(seed: int) -> None:
    dice = random.Random(seed)
    old, new = (to_units("".join(dice.choices("aab😀😁中\n", k=dice.randrange(12)))) for _ in range(2))
    edit = difference(old, new)
    if old == new:
        assert edit is None
        return
    assert edit is not None
    assert old[: edit.start] + edit.inserted + old[edit.start + edit.removed :] == new
    for part in (edit.inserted, old[edit.start : edit.start + edit.removed], old[: edit.start]):
        assert not has_lone(part)


def test_a_difference_is_small() -> None:
    assert difference("one two three", "one 2 three") == (4, 3, "2")
    assert difference("aaaa", "aaa") == (3, 1, "")


@given(odd_text)
def test_normalised_is_what_a_document_makes_of_a_text(text: str) -> None:
    document = QTextDocument()
    QTextCursor(document).insertText(text)
    wanted = to_units(from_units(to_units(normalised(text))))
    assert characters_of(document) == wanted


def test_a_part_is_read_as_it_stands(qapp: object) -> None:
    document = QTextDocument()
    QTextCursor(document).insertText("ab\n😀\ud83d" + "x" * 40)
    assert read_units(document, 1, 6) == "b\n\ud83d\ude00\ud83d"
    assert read_units(document, 4, 5) == "\ude00"


def test_counts() -> None:
    units = to_units("a😀é中")
    assert count_pairs(units) == 1
    assert utf8_length(units) == 1 + 4 + 2 + 3


@given(
    st.text("abc\n", max_size=20),
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 8), st.text("xyz\n", max_size=6)), max_size=6),
)
def test_many_changes_told_as_one_leave_the_same_text(
    qapp: object, before: str, edits: list[tuple[int, int, str]]
) -> None:
    owner = QObject()
    document = make_document(owner)
    document.setPlainText(before)
    mirror = TextMirror(document)
    mirror.adopt(before)
    told: list[Change] = []

    def remember(position: int, removed: int, added: int) -> None:
        change = Change(position, removed, added)
        told[:] = [told[0].then(change)] if told else [change]

    document.contentsChange.connect(remember)
    for position, removed, inserted in edits:
        cursor = QTextCursor(document)
        length = document.characterCount() - 1
        cursor.setPosition(min(position, length))
        cursor.setPosition(min(position + removed, length), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(inserted)
    if told:
        mirror.follow(*told[0])
    assert str(mirror.units) == document.toPlainText()
