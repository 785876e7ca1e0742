"""A conversation in the Tokens panel: rows, the stream, undoing, what outlives a kill, pointing both ways."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.protocol import Failed
from explorer.text.units import from_units
from explorer.ui import words
from explorer.ui.panels.tokenizer_parts.chat_work import ChatWork
from explorer.ui.settings import Settings
from explorer.ui.stores.chat_rows import EXAMPLE, ChatRows, Row
from explorer.ui.stores.tokenizer import TokenizerStore
from explorer.ui.theme import Theme
from tests.ui.test_tokenizer_panel import Rig
from tests.ui.text_engine import tokenizer

O200K = tokenizer("o200k_base")
Make = Callable[[], Rig]


@pytest.fixture
def make(qtbot: QtBot, theme: Theme, settings: Settings, tmp_path: Path) -> Iterator[Make]:
    rigs: list[Rig] = []

    def make_rig() -> Rig:
        rig = Rig(theme, settings, tmp_path, "a text")
        rigs.append(rig)
        qtbot.addWidget(rig.panel)
        rig.panel.show_mode("chat")
        rig.panel.show()
        rig.store.engine_ready()
        qtbot.waitUntil(rig.panel.is_idle, timeout=30_000)
        return rig

    yield make_rig
    for rig in rigs:
        rig.engine.close()


def chat_of(rig: Rig) -> tuple[ChatRows, ChatWork]:
    return rig.store.chat, rig.panel.chat


def settle(rig: Rig, qtbot: QtBot) -> None:
    qtbot.waitUntil(rig.panel.is_idle, timeout=30_000)


def test_the_stream_of_the_first_day_is_counted_by_role(make: Make, qtbot: QtBot) -> None:
    rig = make()
    store, work = chat_of(rig)
    assert store.chat.rows == EXAMPLE and store.viewed is not None
    assert store.viewed.ids[:3] == [200264, *O200K.encode("system"), 200266]
    counts = dict(store.counts())
    assert counts["system"] == len(O200K.encode(EXAMPLE[0].text))
    assert sum(counts.values()) == len(store.viewed.ids)
    assert "special tokens, outlined" in work.said.replace("\u00a0", " ")
    assert f"{len(store.viewed.ids)}\u00a0tokens" in rig.panel.strip.counts.text()
    said = [token for index, token in enumerate(store.viewed.ids) if store.author(index) == 3]
    assert O200K.decode(said) == EXAMPLE[3].text, "a special token's name is text when a person writes it"


def test_rows_are_typed_added_moved_and_removed_and_all_can_be_undone(make: Make, qtbot: QtBot) -> None:
    rig = make()
    store, work = chat_of(rig)
    QTest.mouseClick(work._add, Qt.MouseButton.LeftButton)
    row = work._rows[4]
    assert row.role.currentText() == "assistant"
    QTest.keyClicks(row.text, "One two")
    assert store.chat.rows[4] == Row("assistant", "One two")
    row.move_requested.emit(-1)
    assert [one.role for one in store.chat.rows[3:]] == ["assistant", "user"]
    row.role_edited.emit("critic")
    assert store.chat.rows[4].role == "critic"
    work._rows[0].remove_requested.emit()
    settle(rig, qtbot)
    assert store.viewed is not None and "critic" in store.viewed.text
    for _ in range(3):
        store.undo()
    assert store.chat.rows[4] == Row("assistant", "One two")
    QTest.keyClick(row.text, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert store.chat.rows[4].text == "One ", "typing is undone word by word"
    store.undo()
    store.undo()
    assert store.chat.rows == EXAMPLE
    store.redo()
    assert len(store.chat.rows) == 5
    settle(rig, qtbot)
    assert [view.isVisible() for view in work._rows] == [True] * 5


def test_nothing_typed_is_lost_when_everything_is_killed(
    make: Make, qtbot: QtBot, settings: Settings, tmp_path: Path
) -> None:
    rig = make()
    store, work = chat_of(rig)
    QTest.keyClicks(work._rows[1].text, "Typed 1")
    expected = store.chat
    assert expected.rows[1].text.endswith("Typed 1") or expected.rows[1].text.startswith("Typed 1")
    # No closing: the journal on the disk is all that is left.
    rig.engine.service._documents["tokenizer-chat"].draft._let_go()
    rig.engine.service._documents["tokenizer"].draft._let_go()
    again = Rig(Theme("light"), settings, tmp_path, None)
    qtbot.addWidget(again.panel)
    again.panel.show()
    assert again.panel.mode == "chat", "what was on the screen yesterday is there today"
    again.store.engine_ready()
    settle(again, qtbot)
    assert again.store.chat.chat == expected
    again.engine.close()


def test_while_the_engine_is_gone_one_goes_on_writing(make: Make, qtbot: QtBot) -> None:
    rig = make()
    store, _ = chat_of(rig)
    rig.store.engine_lost("killed")
    rig.engine.die()
    store.set_text(0, "written meanwhile")
    rig.store.engine_ready()
    settle(rig, qtbot)
    assert store.viewed is not None and "written meanwhile" in store.viewed.text
    kept = str(rig.engine.service._documents["tokenizer-chat"].text.units)
    assert "written meanwhile" in from_units(kept)


def test_templates_specials_and_the_answers_beginning(make: Make, qtbot: QtBot) -> None:
    rig = make()
    store, work = chat_of(rig)
    work.template.setCurrentIndex(work.template.findData("llama3"))
    work.template.activated.emit(work.template.currentIndex())
    settle(rig, qtbot)
    assert store.viewed is not None and store.viewed.text.startswith("<|begin_of_text|>")
    assert "<|eot_id|>" in work.said and "is read as text" in work.said
    store.choose_template("gpt-4o")
    work.specials.click()
    work.opens.click()
    settle(rig, qtbot)
    assert store.viewed.special == [] and store.viewed.ids == O200K.encode(store.viewed.text)
    assert not store.viewed.text.endswith("<|im_sep|>")


def test_a_template_that_raises_is_told_and_mended(make: Make, qtbot: QtBot) -> None:
    rig = make()
    store, work = chat_of(rig)
    store.choose_template("jinja")
    work.jinja.setPlainText("{{ raise_exception('no systems here') }}")
    settle(rig, qtbot)
    assert "no systems here" in work.said
    work.jinja.setPlainText("{{ messages[0].content }}")
    settle(rig, qtbot)
    assert store.viewed is not None and store.viewed.text == EXAMPLE[0].text
    assert "no systems here" not in work.said
    work.copy_text()
    assert QGuiApplication.clipboard().text() == EXAMPLE[0].text
    work.copy_ids()
    assert QGuiApplication.clipboard().text() == str(O200K.encode(EXAMPLE[0].text))


def test_pointing_at_a_chip_lights_the_row_and_pointing_at_the_row_its_chip(make: Make, qtbot: QtBot) -> None:
    rig = make()
    store, work = chat_of(rig)
    index = next(at for at in range(len(store.spans)) if store.author(at) == 1)
    work.flow.token_hovered.emit(index)
    assert work._rows[1].lit == (0, len("Write"))
    work._rows[1].unit_hovered.emit(6)
    assert work.flow._hovered == index + 1
    assert work._rows[1].lit == (5, 7), "the token that holds the letter: ' a'"
    work._rows[1].unit_hovered.emit(-1)
    assert work.flow._hovered == -1 and work._rows[1].lit == (0, 0)
    work.flow.token_hovered.emit(0)
    assert all(row.lit == (0, 0) for row in work._rows), "the template's tokens are nobody's"


def test_what_no_conversation_could_hold_is_refused_in_words(make: Make, qtbot: QtBot) -> None:
    rig = make()
    store, work = chat_of(rig)
    QGuiApplication.clipboard().setText("x" * 300_000)
    work._rows[0].text.paste()
    assert words.count(300_000) in work.said and store.chat.rows == EXAMPLE
    hard = "".join(store.viewed.text[:40] if store.viewed else "") + " שלום \u200d 👩\u200d👧 \ud800"
    store.set_text(0, hard)
    settle(rig, qtbot)
    assert words.count(300_000) not in work.said
    assert store.viewed is not None and "שלום \u200d 👩\u200d👧 \ufffd" in store.viewed.text
    said = [token for index, token in enumerate(store.viewed.ids) if store.author(index) == 0]
    assert max(said) < 200_000, "none of them is a special token"


def test_another_encoding_is_followed(make: Make, qtbot: QtBot) -> None:
    rig = make()
    store, _ = chat_of(rig)
    rig.store.choose_encoding("cl100k_base")
    settle(rig, qtbot)
    assert store.viewed is not None and store.viewed.ids[0] == 100264


def test_the_starter_sets_up_the_chat_and_the_others_the_text(make: Make, qtbot: QtBot) -> None:
    rig = make()
    store, _ = chat_of(rig)
    store.set_text(0, "other")
    rig.button("Egg / egg").click()
    assert rig.panel.mode == "text"
    rig.button("A chat as a stream").click()
    assert rig.panel.mode == "chat" and store.chat.rows == EXAMPLE
    settle(rig, qtbot)


def test_answers_to_older_questions_are_passed_over(qapp: object, settings: Settings) -> None:
    store = ChatRows(TokenizerStore(settings))
    store.apply(Failed(job="tokenizer-chat-99", template="Old."))
    assert store.problem is None
