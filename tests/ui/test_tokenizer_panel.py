"""The Tokens panel as a person uses it: the real document service, keys, clicks and the clipboard."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from explorer.protocol import Failed
from explorer.text.units import from_units
from explorer.ui.panels.tokenizer import TokenizerPanel
from explorer.ui.panels.tokenizer_texts import STARTERS
from explorer.ui.settings import Settings
from explorer.ui.stores.tokenizer import EXAMPLE, NAME, TokenizerStore
from explorer.ui.theme import Theme
from tests.ui.text_engine import TextEngine, tokenizer, write_draft


class Rig:
    def __init__(self, theme: Theme, settings: Settings, folder: Path, draft: str | None) -> None:
        if draft is not None:
            settings.set("tokenizer/started", True)
            write_draft(folder, draft)
        self.settings, self.theme = settings, theme
        self.store = TokenizerStore(settings)
        self.panel = TokenizerPanel(theme, settings, self.store)
        self.engine = TextEngine(self.store, folder)
        self.panel.resize(900, 640)

    @property
    def text(self) -> str:
        return from_units(self.store.text)

    @property
    def notice(self) -> str:
        return self.panel._notice.text()

    def type(self, text: str) -> None:
        for character in text:
            if character.isascii():
                QTest.keyClick(self.panel.work.editor, character)
            else:  # no key has it: an input method commits it
                commit = QInputMethodEvent("", [])
                commit.setCommitString(character)
                QApplication.sendEvent(self.panel.work.editor, commit)

    def select(self, start: int, stop: int) -> None:
        cursor = self.panel.work.editor.textCursor()
        cursor.setPosition(start)
        cursor.setPosition(stop, QTextCursor.MoveMode.KeepAnchor)
        self.panel.work.editor.setTextCursor(cursor)

    def button(self, text: str) -> QPushButton:
        return next(one for one in self.panel.findChildren(QPushButton) if one.text() == text)


Make = Callable[..., Rig]


@pytest.fixture
def make(qtbot: QtBot, theme: Theme, settings: Settings, tmp_path: Path) -> Iterator[Make]:
    rigs: list[Rig] = []

    def make_rig(draft: str | None = "", opened: bool = True) -> Rig:
        rig = Rig(theme, settings, tmp_path, draft)
        rigs.append(rig)
        qtbot.addWidget(rig.panel)
        rig.panel.show()
        if opened:
            rig.store.engine_ready()
            qtbot.waitUntil(rig.panel.is_idle)
        return rig

    yield make_rig
    for rig in rigs:
        rig.engine.close()


# ---------------------------------------------------------------- text, chips and counts


def test_the_first_day_shows_the_example_with_its_tokens(make: Make) -> None:
    rig = make(draft=None)
    assert rig.text == EXAMPLE
    count = len(tokenizer("o200k_base").encode(EXAMPLE))
    assert f"{count}\u00a0tokens" in rig.panel.strip.counts.text()
    assert len(rig.panel.work.chips.flow._rows) > 4
    assert rig.panel.work.editor.textCursor().position() == 0


def test_every_key_is_followed_by_counts_and_chips(make: Make, qtbot: QtBot) -> None:
    rig = make()
    rig.type("Egg 😀")
    qtbot.waitUntil(rig.panel.is_idle)
    ids = tokenizer("o200k_base").encode("Egg 😀")
    chips = [chip.token_id for row in rig.panel.work.chips.flow._rows for chip in row.chips]
    assert chips == ids
    said = rig.panel.strip.counts.text().replace("\u00a0", " ")
    assert said.startswith(f"{len(ids)} tokens") and "5 characters" in said and "8 bytes" in said
    assert f"{5 / len(ids):.2f} characters per token" in said


def test_what_the_tokens_cost_follows_the_persons_price(make: Make, qtbot: QtBot) -> None:
    rig = make("Hello wonderful world")
    assert rig.panel.strip.counts.text().endswith("$0.0000075")
    rig.panel.strip.prices._rows[0].input.setValue(1000)
    assert rig.panel.strip.counts.text().endswith("$0.003")


def test_a_selection_is_counted_beside_the_whole_and_marked_among_the_chips(make: Make, qtbot: QtBot) -> None:
    rig = make("Hello wonderful world")
    rig.select(0, 15)
    qtbot.waitUntil(lambda: "of" in rig.panel.strip.counts.text())
    said = rig.panel.strip.counts.text().replace("\u00a0", " ")
    assert "2 of 3 tokens" in said and "15 of 21 characters" in said
    assert rig.panel.work.chips.flow._selected == (0, 2)
    rig.select(0, 0)
    qtbot.waitUntil(lambda: "of" not in rig.panel.strip.counts.text())


def test_an_empty_text_has_friendly_words(make: Make) -> None:
    rig = make("")
    assert rig.panel.work.editor.placeholderText()
    assert "0\u00a0tokens" in rig.panel.strip.counts.text()
    assert rig.panel.work.chips.card.text().strip() == ""
    assert rig.panel.is_idle()


# ---------------------------------------------------------------- links both ways


def test_pointing_at_text_lights_its_chip_and_pointing_at_a_chip_its_text(make: Make, qtbot: QtBot) -> None:
    rig = make("Hello wonderful world")
    editor, flow = rig.panel.work.editor, rig.panel.work.chips.flow
    QTest.mouseMove(editor.viewport(), QPoint(300, 200))
    QTest.mouseMove(editor.viewport(), editor.token_area(1).center().toPoint())
    qtbot.waitUntil(lambda: flow._hovered == 1 and editor._hovered == 1)
    QTest.mouseMove(flow.viewport(), flow.chip_area(2).center())
    qtbot.waitUntil(lambda: flow._hovered == 2 and editor._hovered == 2)
    assert "·world" in rig.panel.work.chips.card.text()


def test_the_card_tells_of_the_carets_token_when_nothing_is_pointed_at(make: Make) -> None:
    rig = make("one\ntwo 中")
    rig.panel.work.editor.moveCursor(QTextCursor.MoveOperation.End)
    said = rig.panel.work.chips.card.text()
    facts = list(rig.store.spans.facts(0, len(rig.store.spans)))
    assert f"id {facts[-1].id}" in said
    assert f"token {len(facts)} of {len(facts)}" in said
    assert "line 2, character 4" in said
    assert "bytes 20 E4 B8 AD" in said
    assert rig.panel.work.chips.flow._current == len(facts) - 1


def test_a_token_with_a_part_of_a_character_is_shown_in_hex(make: Make) -> None:
    rig = make("𠮷")
    rig.store.choose_encoding("gpt2")
    assert [chip.label for chip in rig.panel.work.chips.flow._rows[0].chips] == ["F0", "A0", "AE", "B7"]
    assert rig.panel.work.chips.card.text().startswith("F0")


def test_a_chosen_chip_selects_its_text(make: Make) -> None:
    rig = make("Hello wonderful world")
    place = rig.panel.work.chips.flow.chip_area(1).center()
    QTest.mouseClick(rig.panel.work.chips.flow.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert rig.panel.work.editor.textCursor().selectedText() == " wonderful"


def test_from_the_keyboard_alone(make: Make) -> None:
    rig = make("Hello wonderful world")
    rig.panel.activateWindow()
    rig.panel.work.editor.setFocus()
    QTest.keyClick(rig.panel.work.editor, Qt.Key.Key_F6)
    assert rig.panel.work.chips.flow.hasFocus()
    QTest.keyClick(rig.panel.work.chips.flow, Qt.Key.Key_Right)
    assert rig.panel.work.editor.textCursor().selectedText() == " wonderful"
    QTest.keyClick(rig.panel.work.chips.flow, Qt.Key.Key_F6)
    assert rig.panel.work.editor.hasFocus()


# ---------------------------------------------------------------- encodings, modes, starters


def test_another_encoding_gives_other_tokens_and_is_remembered(make: Make) -> None:
    rig = make("Tokens 中文")
    box = rig.panel.encoding
    names = [box.itemData(at) for at in range(box.count())]
    assert names[:6] == ["gpt2", "r50k_base", "p50k_base", "cl100k_base", "o200k_base", "qwen"]
    assert box.currentData() == "o200k_base"
    box.setCurrentIndex(names.index("gpt2"))
    box.activated.emit(names.index("gpt2"))
    assert rig.store.spans.ids.tolist() == tokenizer("gpt2").encode("Tokens 中文")
    assert rig.settings.text("tokenizer/encoding") == "gpt2"


def test_modes_and_signs_are_remembered(make: Make) -> None:
    rig = make("Tokens and more")
    rig.panel.work.chips.modes.button(1).click()
    assert rig.panel.work.chips.flow.mode == "ids"
    rig.panel.work.chips.signs.click()
    again = TokenizerPanel(rig.theme, rig.settings, rig.store)
    assert again.work.chips.flow.mode == "ids"
    assert not again.work.chips.signs.isChecked()
    again.deleteLater()


@pytest.mark.parametrize("name", STARTERS)
def test_a_starter_replaces_the_text_and_can_be_undone(make: Make, qtbot: QtBot, name: str) -> None:
    rig = make("what was there")
    rig.panel._start_with(name)
    assert rig.text == STARTERS[name]
    qtbot.waitUntil(rig.panel.is_idle)
    assert rig.store.spans.ids.tolist() == tokenizer("o200k_base").encode(STARTERS[name])
    rig.panel.work.editor.undo()
    assert rig.text == "what was there"


def test_starters_are_one_click(make: Make) -> None:
    rig = make("what was there")
    rig.button("strawberry").click()
    assert rig.text == STARTERS["strawberry"]


# ---------------------------------------------------------------- files, large texts, copies


def test_a_file_is_opened_through_the_dialog(make: Make, tmp_path: Path, qtbot: QtBot) -> None:
    rig = make("old")
    file = tmp_path / "text.txt"
    file.write_bytes(b"one\r\ntwo")
    rig.panel.ask_for_file()
    dialog = rig.panel.findChild(QFileDialog)
    assert dialog is not None
    said: list[str] = []
    rig.panel.message.connect(said.append)
    dialog.fileSelected.emit(str(file))
    dialog.close()
    qtbot.waitUntil(rig.panel.is_idle)
    assert rig.text == "one\ntwo"
    assert "text.txt" in said[-1] and "CR LF" in rig.notice


def test_reading_a_file_can_be_called_off(make: Make, tmp_path: Path) -> None:
    rig = make("old")
    file = tmp_path / "text.txt"
    file.write_text("new")
    rig.engine.live = False
    rig.store.open_file(str(file))
    rig.button("Cancel").click()
    rig.engine.finish()
    assert rig.text == "old" and rig.button("Open file …").isEnabled()


def test_a_file_that_is_no_text_is_refused_in_words(make: Make, tmp_path: Path) -> None:
    rig = make("old")
    file = tmp_path / "picture.png"
    file.write_bytes(b"\x89PNG\0\0\xff")
    rig.store.open_file(str(file))
    assert rig.text == "old" and "picture.png" in rig.notice


def test_a_large_paste_shows_progress_and_is_one_step_of_undo(make: Make, qtbot: QtBot) -> None:
    rig = make("before ")
    rig.panel.work.editor.moveCursor(QTextCursor.MoveOperation.End)
    large = "pasted words, many of them\n" * 20_000
    data = QMimeData()
    data.setText(large)
    QGuiApplication.clipboard().setMimeData(data)
    rig.panel.work.editor.paste()
    assert "%" in rig.panel.strip.counts.text() and rig.panel.work.editor.locked
    assert len(rig.text) < len(large)
    rig.type("!")
    qtbot.waitUntil(rig.panel.is_idle, timeout=20_000)
    assert rig.text == "before " + large + "!"
    assert "tokens" in rig.panel.strip.counts.text()
    rig.panel.work.editor.undo()
    rig.panel.work.editor.undo()
    assert rig.text == "before "
    assert rig.engine.text == rig.store.text


def test_ids_are_copied_as_a_json_list(make: Make) -> None:
    rig = make("Hello wonderful world")
    rig.panel.copy_tokens("ids")
    assert json.loads(QGuiApplication.clipboard().text()) == rig.store.spans.ids.tolist()
    rig.select(5, 9)
    rig.button("Copy ids").click()
    assert json.loads(QGuiApplication.clipboard().text()) == rig.store.spans.ids.tolist()[1:2]


def test_tokens_are_copied_as_tables(make: Make, qtbot: QtBot) -> None:
    rig = make('Say "hi",\n𠮷' + " word" * 1200)
    facts = list(rig.store.spans.facts(0, len(rig.store.spans)))
    rig.panel.copy_tokens("csv")
    qtbot.waitUntil(lambda: rig.store.activity == "")
    rows = list(csv.DictReader(io.StringIO(QGuiApplication.clipboard().text())))
    assert [(int(row["index"]), int(row["id"]), row["bytes"]) for row in rows] == [
        (fact.index, fact.id, fact.data.hex()) for fact in facts
    ]
    rig.panel.copy_tokens("json")
    qtbot.waitUntil(lambda: rig.store.activity == "")
    rows = json.loads(QGuiApplication.clipboard().text())
    assert [row["text"] for row in rows] == [fact.text for fact in facts]
    assert b"".join(bytes.fromhex(row["bytes"]) for row in rows).decode() == rig.text


def test_copying_goes_on_over_turns_while_the_text_changes(make: Make, qtbot: QtBot) -> None:
    rig = make("some words in a line\n" * 20_000)
    ids = rig.store.spans.ids.tolist()
    QGuiApplication.clipboard().setText("")
    rig.panel.copy_tokens("csv")
    assert rig.store.activity == "collecting" and not rig.panel.work.editor.locked
    rig.type("typed meanwhile ")
    qtbot.waitUntil(lambda: rig.store.activity == "", timeout=20_000)
    rows = list(csv.DictReader(io.StringIO(QGuiApplication.clipboard().text())))
    assert [int(row["id"]) for row in rows] == ids


# ---------------------------------------------------------------- trouble, and being built anew


def test_without_an_engine_one_can_go_on_writing(make: Make, qtbot: QtBot) -> None:
    rig = make("draft")
    rig.store.engine_lost("killed")
    assert rig.notice
    rig.engine.die()
    rig.type("more ")
    assert rig.text == "more draft" and not rig.panel.is_idle()
    rig.store.engine_ready()
    qtbot.waitUntil(rig.panel.is_idle)
    assert rig.notice == ""
    assert rig.engine.text == rig.store.text == "more draft"


def test_before_the_draft_is_there_keys_wait_for_it(make: Make, qtbot: QtBot) -> None:
    rig = make("draft", opened=False)
    rig.type("early ")
    assert rig.text == ""
    rig.store.engine_ready()
    qtbot.waitUntil(rig.panel.is_idle)
    assert rig.text == "early draft" == from_units(rig.engine.text)


def test_a_failure_of_the_engine_is_said(make: Make) -> None:
    rig = make("text")
    rig.store.apply(Failed(job=NAME, template="The disk is full ({path}).", values={"path": "drafts"}))
    assert "The disk is full (drafts)." in rig.notice


def test_a_panel_built_anew_shows_the_same_and_can_undo(make: Make, qtbot: QtBot) -> None:
    rig = make("text")
    rig.panel.work.editor.moveCursor(QTextCursor.MoveOperation.End)
    rig.type(" typed")
    old = rig.panel
    rig.panel = TokenizerPanel(rig.theme, rig.settings, rig.store)
    qtbot.addWidget(rig.panel)
    old.deleteLater()
    QCoreApplication.sendPostedEvents(old, QEvent.Type.DeferredDelete)
    rig.panel.resize(900, 640)
    rig.panel.show()
    qtbot.waitUntil(rig.panel.is_idle)
    assert "2\u00a0tokens" in rig.panel.strip.counts.text()
    rig.panel.work.editor.undo()
    assert rig.text == "text"
    qtbot.waitUntil(rig.panel.is_idle)
    assert rig.engine.text == "text"


@pytest.mark.parametrize("scale", [1.0, 2.5])
def test_it_fits_a_small_window(make: Make, theme: Theme, scale: float) -> None:
    theme.set_scale(scale)
    rig = make(draft=None)
    hint = rig.panel.minimumSizeHint()
    assert hint.width() <= 1024 - 72 and hint.height() <= 640
    rig.panel.resize(952, 640)
    assert rig.panel.work.editor.width() > 100 and rig.panel.work.chips.flow.width() > 100
