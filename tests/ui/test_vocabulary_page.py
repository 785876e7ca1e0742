"""Searching the vocabulary from the window: while one types, in every order, and onto the clipboard."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.protocol import Cancel, ReadVocabulary, SearchVocabulary
from explorer.ui import words
from explorer.ui.panels.tokenizer import TokenizerPanel
from explorer.ui.settings import Settings
from explorer.ui.stores.tokenizer import TokenizerStore
from explorer.ui.theme import Theme
from tests.ui.text_engine import TextEngine


class Rig:
    def __init__(self, theme: Theme, settings: Settings, folder: Path) -> None:
        settings.set("tokenizer/started", True)
        settings.set("tokenizer/encoding", "cl100k_base")
        self.store = TokenizerStore(settings)
        self.panel = TokenizerPanel(theme, settings, self.store)
        self.page = self.panel.work.vocabulary
        self.engine = TextEngine(self.store, folder)
        self.panel.resize(1000, 640)

    def asked(self, kind: type) -> list[object]:
        return [command for command in self.engine.commands if isinstance(command, kind)]

    def cells(self, row: int) -> list[str]:
        return [self.page.model.index(row, column).data() for column in range(3)]


@pytest.fixture
def rig(qtbot: QtBot, theme: Theme, settings: Settings, tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(theme, settings, tmp_path)
    qtbot.addWidget(rig.panel)
    rig.panel.show()
    rig.store.engine_ready()
    rig.panel.work.editor.insertPlainText("a text")
    qtbot.waitUntil(rig.panel.is_idle)
    assert not rig.asked(SearchVocabulary)  # nobody looks yet
    rig.panel.work.pages.show_page("vocabulary")
    qtbot.waitUntil(rig.panel.is_idle)
    yield rig
    rig.engine.close()


def test_the_whole_vocabulary_is_there_and_read_as_far_as_it_is_seen(rig: Rig, qtbot: QtBot) -> None:
    page = rig.page
    assert page.model.rowCount() == 100_261 and page._said.text().count(words.count(100_261)) == 2
    assert rig.cells(0) == ["0", "!", "21"]
    read = len(rig.asked(ReadVocabulary))
    assert read < 5
    page.table.scrollToBottom()
    qtbot.waitUntil(lambda: rig.cells(100_260)[:2] == ["100276", "<|endofprompt|> (special)"])
    assert len(rig.asked(ReadVocabulary)) < read + 5


def test_results_follow_every_key_and_the_order(rig: Rig, qtbot: QtBot) -> None:
    page = rig.page
    QTest.keyClicks(page.field, "tokeniz")
    qtbot.waitUntil(rig.panel.is_idle)
    assert page.model.rowCount() == 5 and all("okeniz" in rig.cells(row)[1] for row in range(5))
    assert len(rig.asked(Cancel)) == len(rig.asked(SearchVocabulary)) - 1 == 7
    page.order.setCurrentIndex(page.order.findData("longest"))
    page.order.activated.emit(page.order.currentIndex())
    qtbot.waitUntil(rig.panel.is_idle)
    sizes = [len(rig.cells(row)[2]) for row in range(page.model.rowCount())]
    assert sizes == sorted(sizes, reverse=True) and len(set(sizes)) > 1
    page.field.setText("nothing is spelled like this")
    qtbot.waitUntil(lambda: "No entry" in page._said.text())


def test_a_result_opens_its_card_by_mouse_and_by_keys(rig: Rig, qtbot: QtBot) -> None:
    page = rig.page
    page.field.setText(" token")
    qtbot.waitUntil(rig.panel.is_idle)
    area = page.table.visualRect(page.model.index(0, 1))
    QTest.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=area.center())
    qtbot.waitUntil(lambda: "·token" in rig.panel.beside.sheet.text())
    rig.panel.beside.close_card()
    page.field.setFocus()
    QTest.keyClick(page.field, Qt.Key.Key_Down)
    QTest.keyClick(page.table, Qt.Key.Key_Down)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: f" {rig.cells(1)[0]}" in rig.panel.beside.sheet.text())


def test_all_results_are_copied_as_csv(rig: Rig, qtbot: QtBot) -> None:
    page = rig.page
    page.field.setText("the")
    qtbot.waitUntil(rig.panel.is_idle)
    with qtbot.waitSignal(rig.panel.message) as said:
        page.copy.click()
    rows = list(csv.DictReader(io.StringIO(QGuiApplication.clipboard().text())))
    assert len(rows) == page.model.rowCount() > 300
    assert f"{len(rows)}" in said.args[0].replace(",", "")
    assert all("the" in row["text"] and bytes.fromhex(row["bytes"]) for row in rows)
    assert page.copy.isEnabled()


def test_what_means_nothing_is_said_under_the_field(rig: Rig, qtbot: QtBot) -> None:
    page = rig.page
    page.way.setCurrentIndex(page.way.findData("regex"))
    page.field.setText("(")
    qtbot.waitUntil(lambda: "not a regular expression" in page._trouble.text())
    assert page.model.rowCount() == 0 and not page.copy.isEnabled()
    page.field.setText("^(?:ab)+$")
    qtbot.waitUntil(rig.panel.is_idle)
    assert page._trouble.isHidden() and rig.cells(0)[1] == "ab"


def test_another_encoding_and_a_new_engine_are_searched_anew(rig: Rig, qtbot: QtBot) -> None:
    page = rig.page
    page.field.setText("the")
    qtbot.waitUntil(rig.panel.is_idle)
    before = page.model.rowCount()
    rig.store.choose_encoding("gpt2")
    qtbot.waitUntil(lambda: page.model.rowCount() != before and rig.panel.is_idle())
    there = page.model.rowCount()
    rig.engine.die("")
    rig.store.engine_lost("gone")
    rig.store.engine_ready()
    qtbot.waitUntil(rig.panel.is_idle)
    assert page.model.rowCount() == there and rig.cells(0)[1]
