from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QVBoxLayout, QWidget

from explorer.ui.widgets.bubble import MOST_TO_EDIT, Bubble, Turn
from explorer.ui.widgets.bubble_text import MOST_CHARACTERS
from explorer.ui.widgets.pieces import Piece


def turn(text="What is a token?", author="user", **more) -> Turn:
    return Turn(author, (Piece("answer", text),), **{"source": text, **more})


LONG = "\n".join(f"line {number}" for number in range(60))


@pytest.fixture
def conversation(qtbot, theme):
    """Bubbles above each other in a scroll area, as a panel holds them."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    content = QWidget()
    column = QVBoxLayout(content)
    column.addStretch(1)
    area.setWidget(content)
    qtbot.addWidget(area)
    area.resize(500, 700)
    area.show()

    def add(shown: Turn) -> Bubble:
        bubble = Bubble(theme, shown)
        column.insertWidget(column.count() - 1, bubble)
        return bubble

    yield add
    assert area.widget() is content


def settled(qtbot, bubble) -> None:
    """Until the layout has given it the width that there is, and the height that this asks for."""

    def fits() -> bool:
        needed = bubble.layout().totalMinimumHeightForWidth(bubble.width())
        return bubble.width() <= 500 and needed <= bubble.height() <= needed + 4

    qtbot.waitUntil(fits)


def hover(bubble, on=True) -> None:
    point = QPointF(5, 5)
    event = QEnterEvent(point, point, point) if on else QEvent(QEvent.Type.Leave)
    QApplication.sendEvent(bubble, event)


def test_it_says_who_and_what(conversation):
    bubble = conversation(turn("What is a token?", tokens=1240, label="asked twice", note="stopped"))
    assert bubble._name.text == "Person · asked twice"
    assert bubble._note.text().replace(",", "") == "1240 tokens · stopped"
    assert bubble.text.toPlainText() == "What is a token?"
    assert "What is a token?" in bubble.accessibleName()


def test_parts_of_an_answer_look_different(conversation):
    kinds = ["thinking", "tool", "result", "answer"]
    bubble = conversation(Turn("assistant", tuple(Piece(kind, f"{kind}\n") for kind in kinds)))
    looks = set()
    block = bubble.text.document().begin()
    for kind in kinds:
        form = block.begin().fragment().charFormat()
        assert block.text() == kind
        looks.add((form.underlineStyle(), form.background().color().name(), form.background().style()))
        block = block.next()
    assert len(looks) == 4


def test_an_answer_grows_with_its_text(conversation, qtbot):
    bubble = conversation(turn("", "assistant", finished=False))
    heights = []
    for words in (1, 60, 400):
        text = "word " * words
        bubble.show_turn(turn(text, "assistant", finished=False))
        settled(qtbot, bubble)
        heights.append(bubble.height())
        assert bubble.text.toPlainText() == text
        assert bubble.text.height() >= bubble.text.document().size().height()
    assert heights == sorted(set(heights))


def test_a_long_text_is_folded_and_opened(conversation, qtbot):
    bubble = conversation(turn(LONG))
    settled(qtbot, bubble)
    folded = bubble.text.height()
    assert not bubble._more.isHidden() and bubble.text.verticalScrollBar().value() == 0
    bubble._more.click()
    settled(qtbot, bubble)
    assert bubble.text.height() > 2 * folded and bubble._more.text() == "Show less"
    bubble._more.click()
    assert bubble.text.height() == folded
    bubble.show_turn(turn("short"))
    assert bubble._more.isHidden() and bubble.text.height() < folded


def test_what_was_seen_to_grow_is_not_folded_away(conversation, qtbot):
    bubble = conversation(turn("line", "assistant", finished=False))
    bubble.show_turn(turn(LONG, "assistant", finished=False))
    settled(qtbot, bubble)
    height = bubble.text.height()
    assert bubble._more.isHidden()
    bubble.show_turn(turn(LONG, "assistant"))
    assert bubble.text.height() == height and bubble._more.text() == "Show less"


def test_of_a_pasted_book_the_beginning_is_shown(conversation):
    bubble = conversation(turn("word " * 400_000))
    assert len(bubble.text.toPlainText()) == MOST_CHARACTERS
    assert "2000000" in bubble._more.text().replace(",", "")
    assert len("word " * 400_000) > MOST_TO_EDIT and bubble.edit.isHidden()


def test_buttons_show_while_it_is_pointed_at_or_focused(conversation, qtbot):
    bubble = conversation(turn(may_delete=True, may_regenerate=True))
    settled(qtbot, bubble)
    height = bubble.height()
    asleep = bubble.edit.grab().toImage()
    with qtbot.waitSignal(bubble.hovered) as told:
        hover(bubble)
    assert told.args == [True]
    QApplication.sendEvent(bubble.again, QEvent(QEvent.Type.FocusIn))
    for on in (True, False):
        bubble.edit.set_awake(on)
        assert (bubble.edit.grab().toImage() != asleep) == on
    settled(qtbot, bubble)
    assert bubble.height() == height
    with qtbot.waitSignal(bubble.hovered) as told:
        hover(bubble, False)
    assert told.args == [False]


def test_only_what_may_be_done_is_offered(conversation, qtbot):
    bubble = conversation(Turn("tool", (Piece("result", "42"),)))
    assert bubble.edit.isHidden() and bubble.again.isHidden() and bubble.delete.isHidden()
    bubble.show_turn(turn(may_delete=True, may_regenerate=True))
    with qtbot.waitSignal(bubble.delete_requested):
        bubble.delete.click()
    with qtbot.waitSignal(bubble.regenerate_requested):
        bubble.again.click()


def test_branches(conversation, qtbot):
    bubble = conversation(turn())
    assert bubble._branches.isHidden()
    bubble.show_turn(turn(branch=2, branches=2))
    before, where, after = bubble._branches._parts
    assert where.text() == bubble._branches.said == "2 of 2"
    assert before.isEnabled() and not after.isEnabled()
    with qtbot.waitSignal(bubble.branch_requested) as told:
        before.click()
    assert told.args == [-1]


def test_editing_keeps_or_leaves(conversation, qtbot):
    bubble = conversation(turn())
    told = []
    bubble.edited.connect(told.append)
    bubble.edit.click()
    assert bubble.editing and bubble.text.isHidden()
    editor = bubble._editor.text
    assert editor.toPlainText() == "What is a token?"
    editor.insertPlainText(" And a byte?")
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert not bubble.editing and not bubble.text.isHidden() and told == []
    bubble.start_editing()
    bubble._editor.text.setPlainText("What is a byte?\nIn short.")
    qtbot.keyClick(bubble._editor.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert told == ["What is a byte?\nIn short."] and not bubble.editing
    bubble.start_editing()
    qtbot.keyClick(bubble._editor.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert len(told) == 1, "nothing was changed"


def test_a_document_stands_behind_a_fold(conversation):
    bubble = conversation(turn(document="All about printers.", document_name="a" * 90 + ".pdf"))
    assert not bubble.document.isHidden() and "19 characters" in bubble.document.button.text()
    assert len(bubble.document.button.text()) < 70
    assert not bubble.document.text.isVisible()
    bubble.document.button.click()
    assert bubble.document.text.toPlainText() == "All about printers."
    bubble.show_turn(turn())
    assert bubble.document.isHidden()


@pytest.mark.parametrize(
    "odd", ["", "\u200d", "‮שלום", "👨‍👩‍👧" * 50, "x" * 5000, "<b>bold</b> &amp;", "\x00\x1b"]
)
def test_odd_texts_are_shown_as_they_are(conversation, theme, odd, qtbot):
    bubble = conversation(turn(odd, may_delete=True, branch=1, branches=12, label="with a label"))
    for scale, look in ((2.5, "dark"), (0.8, "light")):
        theme.set_scale(scale)
        theme.set_mode(look)
        bubble.set_lit(scale > 1)
        assert not bubble.grab().isNull()
    shown = bubble.text.toPlainText()
    assert shown == odd or not odd.isprintable()
    assert bubble.minimumSizeHint().width() <= 480


def test_the_same_turn_costs_nothing_and_another_replaces_it(conversation):
    bubble = conversation(turn("one", "assistant"))
    bubble.show_turn(replace(bubble.turn, pieces=(Piece("thinking", "hm"), Piece("answer", "two"))))
    assert bubble.text.toPlainText() == "hmtwo"
    bubble.show_turn(replace(bubble.turn, pieces=(Piece("answer", "three"),)))
    assert bubble.text.toPlainText() == "three"


def test_what_has_fallen_out_is_crossed_and_said(conversation):
    bubble = conversation(turn(gone=True))
    form = bubble.text.document().begin().begin().fragment().charFormat()
    assert form.fontStrikeOut() and "fallen out" in bubble._note.text()
    bubble.show_turn(turn())
    assert not bubble.text.document().begin().begin().fragment().charFormat().fontStrikeOut()


def test_another_turn_in_the_same_bubble_begins_anew(conversation, qtbot):
    bubble = conversation(turn(LONG, id=1))
    settled(qtbot, bubble)
    bubble._more.click()
    bubble.start_editing()
    bubble.show_turn(turn(LONG + " and more", id=2))
    assert not bubble.editing and bubble._more.text().startswith("Show all")
