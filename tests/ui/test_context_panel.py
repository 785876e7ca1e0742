"""The Context window panel with its real stores and an engine of scripted answers."""

import json

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QKeySequence

from explorer.protocol import DropTokens, LookBack
from explorer.text.chatml import SEARCH_CLOSE, SEARCH_OPEN
from explorer.ui.panels.context import ContextPanel
from explorer.ui.panels.context_parts.composer import LONG_PASTE, LONGEST_TEXT
from explorer.ui.stores.conversations import ConversationsStore
from tests.ui.context_rig import ContextRig
from tests.ui.talking_engine import END


def _answers(path: str, stream: str, seed: int) -> str:
    if stream.endswith("<|result_end|>"):
        return f" So it is.{END}"
    question = stream.rpartition("<|im_start|>user\n")[2].partition(END)[0]
    if "who" in question:
        return f"{SEARCH_OPEN}Ann Birch{SEARCH_CLOSE}"
    known = "blue" if "the sea is blue" in stream else f"no idea {seed}"
    return f"It is {known}.{END}"


@pytest.fixture
def rig(qtbot, theme, settings) -> ContextRig:
    made = ContextRig(qtbot, _answers)
    kept = ConversationsStore()
    made.panel = ContextPanel(theme, settings, made.context, kept)
    made.list = kept
    qtbot.addWidget(made.panel)
    made.panel.resize(1300, 850)
    made.panel.show()
    made.start()
    return made


def _type(rig: ContextRig, text: str) -> None:
    rig.panel.composer.text.insertPlainText(text)
    rig.qtbot.keyClick(rig.panel.composer.text, Qt.Key.Key_Return)
    rig.settle()


def _said(rig: ContextRig) -> list[str]:
    return ["".join(piece.text for piece in one.turn.pieces) for one in rig.panel.turns.bubbles]


def test_return_hands_over_and_the_end_token_hands_back(rig):
    panel = rig.panel
    assert panel.arrow.writer == "user" and not panel.composer.send.isEnabled()
    rig.qtbot.keyClick(panel.composer.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert panel.composer.text.toPlainText() == "\n" and not panel.turns.bubbles
    panel.composer.text.clear()
    panel.composer.text.insertPlainText("the sea is blue")
    rig.qtbot.keyClick(panel.composer.text, Qt.Key.Key_Return)
    rig.qtbot.waitUntil(lambda: panel.arrow.writer == "assistant")
    rig.settle()
    assert _said(rig) == ["the sea is blue", "It is blue."]
    assert panel.arrow.writer == "user" and END in panel.arrow.toolTip()
    assert panel.turns.bubbles[-1].turn.note == f"Handed back by {END}"
    assert len(panel.stream.cells) == len(rig.context.stream)
    assert "14 of 256" in panel.stream.bar.said
    assert "10 prompt + 4 completion" in panel.stream.bill.text()
    assert "1.4 kB" in panel.stream.cost.accessibleDescription() or rig.context.kv_bytes == 1400


def test_a_bubble_lights_its_cells_and_a_cell_its_bubble(rig):
    _type(rig, "the sea is blue")
    answer = rig.context.session.path[-1]
    lit: list[list[int]] = []
    rig.panel.stream.light = lit.append
    rig.panel.turns.pointed.emit(answer.id)
    assert lit == [rig.context.stream.cells_of(answer.id)]
    rig.panel.stream.cells.pointed.emit(lit[0][-1])
    assert rig.panel.turns.bubbles[-1]._lit and not rig.panel.turns.bubbles[0]._lit


def test_a_turn_is_edited_asked_again_and_deleted_and_undone_with_the_keys(rig):
    panel = rig.panel
    _type(rig, "what is it?")
    panel.turns.bubbles[-1].regenerate_requested.emit()
    rig.settle()
    turn = panel.turns.bubbles[-1].turn
    assert _said(rig)[-1] == "It is no idea 2." and (turn.branch, turn.branches) == (2, 2)
    panel.turns.bubbles[-1].branch_requested.emit(-1)
    rig.settle()
    assert _said(rig)[-1] == "It is no idea 1."
    panel.turns.bubbles[0].edited.emit("the sea is blue")
    rig.settle()
    assert _said(rig) == ["the sea is blue", "It is blue."]
    panel.turns.bubbles[0].delete_requested.emit()
    rig.settle()
    assert _said(rig) == ["It is blue."]
    panel.composer.text.setFocus()
    rig.qtbot.keySequence(panel.composer.text, QKeySequence(QKeySequence.StandardKey.Undo))
    rig.settle()
    assert _said(rig) == ["the sea is blue", "It is blue."]


def test_clicking_a_token_shows_what_it_looked_at(rig):
    _type(rig, "the sea is blue")
    rig.panel.stream.cells.chosen.emit(5)
    rig.settle()
    assert rig.panel.stream.mode == "attention" and rig.panel.stream.picker.isVisible()
    rig.panel.stream.picker.picked.emit(1, None)
    rig.settle()
    last = rig.engine.sent(LookBack)[-1]
    assert (last.position, last.layer, last.head) == (5, 1, None)
    assert rig.panel.stream.picker.choice == (1, None)


def test_what_is_pasted_may_be_a_document_and_may_be_too_long(rig, tmp_path):
    text = rig.panel.composer.text
    data = QMimeData()
    data.setText("short")
    text.insertFromMimeData(data)
    assert text.toPlainText() == "short"
    data.setText("x" * (LONG_PASTE + 1))
    text.insertFromMimeData(data)
    assert text.toPlainText() == "short"
    assert len(rig.context.documents.attached.text) == LONG_PASTE + 1
    rig.settle()
    assert "4001 characters" in rig.panel.composer.document.text().replace(",", "")
    rig.panel.composer.remove.click()
    assert rig.context.documents.attached is None
    data.setText("x" * (LONGEST_TEXT + 1))
    text.insertFromMimeData(data)
    rig.settle()
    assert (
        "1000001 characters" in rig.panel._notice.text().replace(",", "")
        and rig.context.documents.attached is None
    )
    rig.kept.documents["/sea.md"] = "the sea is blue"
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile("/sea.md")])
    text.insertFromMimeData(files)
    rig.settle()
    assert rig.context.documents.attached.text == "the sea is blue"
    assert not rig.panel._notice.text(), "what was refused is no longer of interest"


def test_the_answer_without_the_document_stands_beside(rig):
    rig.kept.documents["/sea.md"] = "the sea is blue"
    rig.context.read_document("/sea.md")
    rig.settle()
    _type(rig, "what is it?")
    twin = rig.panel.turns.twin().turn
    assert rig.panel.turns.captions == ["With the document in the window", "From its parameters alone"]
    assert "".join(piece.text for piece in twin.pieces) == "It is no idea 1."
    _type(rig, "and now?")
    assert rig.panel.turns.twin() is not None, "it stays beside its answer"


def test_a_call_is_seen_and_changed_before_it_runs(rig):
    rig.context.set(tools=True, stepwise=True, folder="/docs")
    rig.panel.composer.text.insertPlainText("who is she")
    rig.qtbot.keyClick(rig.panel.composer.text, Qt.Key.Key_Return)
    rig.settle()
    call = rig.panel.call
    assert call.isVisible() and call.asked.text() == "Ann Birch" and rig.panel.arrow.writer == "user"
    call.asked.setText("2 x 3")
    call.run.click()
    rig.settle()
    assert not call.isVisible()
    pieces = rig.panel.turns.bubbles[-1].turn.pieces
    assert "".join(piece.text for piece in pieces) == "search: 2 x 3\nresult: 6\n So it is."
    assert [piece.text for piece in pieces if piece.kind in ("tool", "result")] == ["2 x 3", "6"]


def test_a_small_window_lets_turns_fall_out_and_says_so(rig):
    panel = rig.panel
    panel.knobs.window_size.setValue(64)
    _type(rig, "the sea is blue")
    for _ in range(4):
        _type(rig, "and what is it then, tell me one more time")
    assert "full" in panel._notice.text() and panel.arrow.toolTip().endswith("the window is full")
    place = panel.knobs.policy.findData("drop_oldest")
    panel.knobs.policy.setCurrentIndex(place)
    panel.knobs.policy.activated.emit(place)
    rig.settle()
    assert panel.turns.bubbles[0].turn.gone and not panel.turns.bubbles[-1].turn.gone
    assert "fallen out" in panel.stream.fallen.text() and not panel._notice.text()
    assert not rig.engine.sent(DropTokens)


def test_a_new_chat_is_empty_and_the_old_one_is_on_the_list(rig):
    _type(rig, "the sea is blue")
    name = rig.context.journal.id
    rig.panel.new_chat.click()
    rig.settle()
    assert not rig.panel.turns.bubbles and not len(rig.panel.stream.cells)
    assert rig.panel.composer.system.isVisible()
    rig.panel.listed.click()
    assert rig.panel.conversations.isVisible()
    rig.panel.conversations.opened.emit(name)
    rig.settle()
    assert not rig.panel.conversations.isVisible() and _said(rig) == ["the sea is blue", "It is blue."]


def test_the_stream_can_be_copied_and_the_engine_may_die(rig):
    _type(rig, "the sea is blue")
    rig.panel._copy_rows("json")
    rows = json.loads(QGuiApplication.clipboard().text())
    assert [row["id"] for row in rows] == [token.id for token in rig.context.stream.tokens]
    assert rows[-1]["author"] == "assistant" and rows[-1]["special"]
    rig.context.engine_lost("Killed")
    rig.qtbot.waitUntil(lambda: "The conversation is kept" in rig.panel._notice.text())
    assert _said(rig) == ["the sea is blue", "It is blue."] and rig.panel.arrow.writer == "nobody"
    rig.context.engine_ready()
    rig.settle()
    assert not rig.panel._notice.text() and rig.panel.arrow.writer == "user"


def test_every_starter_runs(rig):
    for button in rig.panel.findChildren(type(rig.panel.new_chat)):
        if button.property("kind") == "starter":
            button.click()
            rig.settle()
            assert len(rig.context.session.path) >= 2 or rig.context.session.turn == "call"
            rig.context.stop()
            rig.settle()
