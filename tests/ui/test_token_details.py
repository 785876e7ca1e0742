"""The card of one token: opened by a click, followed, stepped through, closed by Esc."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from explorer.protocol import DescribeToken, TreeNode
from explorer.ui.panels.tokenizer import TokenizerPanel
from explorer.ui.settings import Settings
from explorer.ui.stores.tokenizer import TokenizerStore
from explorer.ui.theme import Theme
from explorer.ui.widgets.merge_tree_view import MergeTreeView
from tests.ui.text_engine import TextEngine, tokenizer, write_draft

TEXT = "the token is the token, and then the end"


class Rig:
    def __init__(self, theme: Theme, settings: Settings, folder: Path) -> None:
        settings.set("tokenizer/started", True)
        write_draft(folder, TEXT)
        self.store = TokenizerStore(settings)
        self.panel = TokenizerPanel(theme, settings, self.store)
        self.sheet = self.panel.beside.sheet
        self.engine = TextEngine(self.store, folder)
        self.panel.resize(1000, 640)

    def click(self, index: int) -> None:
        flow = self.panel.work.chips.flow
        QTest.mouseClick(flow.viewport(), Qt.MouseButton.LeftButton, pos=flow.chip_area(index).center())


Make = Callable[[], Rig]


@pytest.fixture
def rig(qtbot: QtBot, theme: Theme, settings: Settings, tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(theme, settings, tmp_path)
    qtbot.addWidget(rig.panel)
    rig.panel.show()
    rig.store.engine_ready()
    qtbot.waitUntil(rig.panel.is_idle)
    yield rig
    rig.engine.close()


def test_a_click_opens_the_card_and_esc_closes_it(rig: Rig, qtbot: QtBot) -> None:
    assert rig.sheet.isHidden()
    rig.click(1)
    qtbot.waitUntil(rig.sheet.isVisible)
    said = rig.sheet.text()
    (token,) = tokenizer("o200k_base").encode(" token")
    assert "·token" in said and str(token) in said and "20 74 6F 6B 65 6E" in said
    assert "Place 1 of 2" in said
    assert rig.sheet.tree.labels[-1] == "·token"
    assert rig.panel.escape_is_ours()
    QTest.keyClick(rig.panel, Qt.Key.Key_Escape)
    qtbot.waitUntil(rig.sheet.isHidden)
    assert not rig.panel.escape_is_ours()
    assert rig.panel.work.chips.flow._same == -1


def test_the_card_steps_through_the_places_and_round(rig: Rig, qtbot: QtBot) -> None:
    rig.click(1)
    qtbot.waitUntil(lambda: "Place 1 of 2" in rig.sheet.text())
    assert rig.panel.work.editor._same == rig.panel.work.chips.flow._same == rig.store.details.token
    for expected in ("Place 2 of 2", "Place 1 of 2"):
        rig.sheet.next.click()
        qtbot.waitUntil(lambda expected=expected: expected in rig.sheet.text())
    rig.sheet.previous.click()
    qtbot.waitUntil(lambda: "Place 2 of 2" in rig.sheet.text())
    assert rig.panel.work.selection() == (16, 22)


def test_places_are_counted_while_the_text_is_written(rig: Rig, qtbot: QtBot) -> None:
    rig.click(1)
    qtbot.waitUntil(rig.sheet.isVisible)
    rig.panel.work.editor.selectAll()
    rig.panel.work.editor.insertPlainText("nothing of it")
    qtbot.waitUntil(lambda: "does not stand" in rig.sheet.text())
    assert not rig.sheet.next.isEnabled()
    rig.panel.work.editor.insertPlainText(" token")
    qtbot.waitUntil(lambda: "Place 1 of 1" in rig.sheet.text())


def test_neighbours_and_parts_lead_to_other_cards_and_keys_do_too(rig: Rig, qtbot: QtBot) -> None:
    rig.click(1)
    qtbot.waitUntil(rig.sheet.isVisible)
    here = rig.store.details.token
    neighbour = next(
        one for one in rig.sheet.findChildren(QToolButton) if one.text().startswith(f"{here + 1} ")
    )
    neighbour.click()
    qtbot.waitUntil(lambda: f" {here + 1}" in rig.sheet.text())
    assert "does not stand" in rig.sheet.text()
    rig.sheet.tree.setFocus()
    rig.sheet.tree._current, leaf = 0, rig.sheet.tree._nodes[0].token
    QTest.keyClick(rig.sheet.tree, Qt.Key.Key_Return)
    assert rig.store.details.token == leaf


def test_the_keyboard_alone_opens_and_follows(rig: Rig, qtbot: QtBot) -> None:
    flow = rig.panel.work.chips.flow
    flow.setFocus()
    QTest.keyClick(flow, Qt.Key.Key_Home)
    assert not rig.store.details.is_open
    QTest.keyClick(flow, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: rig.sheet.text().startswith("the"))
    QTest.keyClick(flow, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: rig.sheet.text().startswith("·token"))
    over = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    over.ignore()
    QApplication.sendEvent(rig.panel, over)
    assert over.isAccepted()


def test_another_encoding_closes_the_card_for_its_number_means_something_else(rig: Rig, qtbot: QtBot) -> None:
    rig.click(1)
    qtbot.waitUntil(rig.sheet.isVisible)
    rig.store.choose_encoding("gpt2")
    qtbot.waitUntil(rig.sheet.isHidden)


def test_in_a_narrow_window_the_card_takes_the_works_place(rig: Rig, qtbot: QtBot) -> None:
    rig.panel.resize(560, 640)
    rig.panel.beside.open_current()
    qtbot.waitUntil(rig.sheet.isVisible)
    assert rig.panel.work.isHidden()
    rig.sheet.close_button.click()
    qtbot.waitUntil(rig.panel.work.isVisible)


def test_what_the_engine_did_not_answer_is_asked_again_and_a_refusal_is_said(rig: Rig, qtbot: QtBot) -> None:
    rig.engine.live = False
    rig.click(1)
    assert rig.store.details.waiting and rig.sheet.isHidden()
    rig.engine.die(TEXT)
    rig.store.engine_lost("gone")
    rig.engine.live = True
    rig.store.engine_ready()
    qtbot.waitUntil(rig.sheet.isVisible)
    assert len([one for one in rig.engine.commands if isinstance(one, DescribeToken)]) == 2
    rig.store.details.show(5_000_000)
    qtbot.waitUntil(lambda: "no token number" in rig.sheet.text())


def test_a_token_of_a_conversation_has_its_card_too(rig: Rig, qtbot: QtBot) -> None:
    rig.panel.show_mode("chat")
    qtbot.waitUntil(lambda: rig.store.chat.viewed is not None and rig.panel.is_idle())
    chat, card, ids = rig.panel.chat, rig.panel.beside, rig.store.chat.spans.ids
    special = next(iter(sorted(rig.store.chat.viewed.special)))  # pyright: ignore[reportOptionalMemberAccess]
    chat.flow.token_chosen.emit(special)
    assert not card.is_open, "the arrows alone open nothing"
    chat.flow.token_opened.emit(special)
    qtbot.waitUntil(card.sheet.isVisible)
    count = int((ids == ids[special]).sum())
    assert "<|im_start|>" in card.sheet.text() and f"Place 1 of {count}" in card.sheet.text()
    card.sheet.next.click()
    qtbot.waitUntil(lambda: f"Place 2 of {count}" in card.sheet.text())
    assert (
        chat.current_token == int((ids == ids[special]).nonzero()[0][1]) and chat.flow._same == ids[special]
    )
    rig.store.chat.remove_row(0)
    qtbot.waitUntil(lambda: f"{count - 1} times" in card.sheet.text())
    assert rig.panel.escape_is_ours() and rig.sheet.isHidden()
    QTest.keyClick(rig.panel, Qt.Key.Key_Escape)
    qtbot.waitUntil(card.sheet.isHidden)
    rig.panel.show_mode("text")
    assert not rig.panel.escape_is_ours()


def test_every_part_of_a_tree_has_its_own_place(theme: Theme, qtbot: QtBot) -> None:
    view = MergeTreeView(theme)
    qtbot.addWidget(view)
    leaves = [TreeNode(letter.encode().hex(), ord(letter)) for letter in "aaab"]
    nodes = [
        *leaves,
        TreeNode("6161", 256, 0, 1),
        TreeNode("6162", 257, 2, 3),
        TreeNode("61616162", 258, 4, 5),
    ]
    view.show_tree(nodes, [6])
    areas = [view.box_area(index) for index in range(len(nodes))]
    assert not any(a.intersects(b) for at, a in enumerate(areas) for b in areas[at + 1 :])
    assert all(view.rect().contains(area.toAlignedRect()) for area in areas)
    assert areas[6].top() < areas[4].top() < areas[0].top()
    chosen: list[int] = []
    view.token_chosen.connect(chosen.append)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=areas[4].center().toPoint())
    assert chosen == [256]
