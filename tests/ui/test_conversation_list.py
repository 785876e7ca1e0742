"""The list of conversations as a person sees and uses it."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QDateTime, QLocale, Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from explorer.protocol import ConversationRow
from explorer.ui.theme import Theme
from explorer.ui.widgets.conversation_list import MOST_SHOWN, ConversationList

NOW_S = QDateTime.currentDateTime().toSecsSinceEpoch()


def row(name: str, **changes: object) -> ConversationRow:
    known: dict[str, object] = {
        "conversation": name,
        "title": "",
        "first_words": f"What is {name}?",
        "turns": 2,
        "changed_s": float(NOW_S),
        **changes,
    }
    return ConversationRow(**known)  # type: ignore[arg-type]


FROG = row("frog", title="Frogs & ponds")
OAK = row("oak", turns=1, changed_s=1_000_000.0)
BAD = row("bad", damaged=True, first_words="", title="bad.jsonl", turns=0)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale("en"))
    yield
    QLocale.setDefault(before)


@pytest.fixture
def widget(qtbot: QtBot, theme: Theme) -> ConversationList:
    made = ConversationList(theme)
    qtbot.addWidget(made)
    made.resize(320, 480)
    made.show()
    made.show_rows([FROG, OAK, BAD], [])
    return made


def told(widget: ConversationList) -> list[tuple[object, ...]]:
    """Everything that the widget says from now on."""
    said: list[tuple[object, ...]] = []
    for name in (
        "searched",
        "opened",
        "renamed",
        "bin_requested",
        "restore_requested",
        "empty_requested",
        "export_requested",
        "import_requested",
    ):
        getattr(widget, name).connect(lambda *values, name=name: said.append((name, *values)))
    return said


def texts(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def press(menu: QMenu, text: str) -> None:
    next(action for action in menu.actions() if action.text() == text).trigger()


def test_a_line_says_what_it_is_about_and_when(widget: ConversationList) -> None:
    frog, oak, bad = (widget.view.row_of(key) for key in ("frog", "oak", "bad"))
    assert frog is not None and oak is not None and bad is not None
    assert (frog.name, frog.facts) == ("Frogs & ponds", "2 turns · What is frog?")
    assert frog.side.startswith("today ")
    assert (oak.name, oak.facts, oak.side) == ("What is oak?", "1 turn", "1/12/70")
    assert bad.problem == "Its file cannot be read."
    widget.show_rows([row("frog", title="Frogs", excerpt="… a frog …")], [], current="frog")
    frog = widget.view.row_of("frog")
    assert frog is not None and (frog.side, frog.facts) == ("open", "2 turns · … a frog …")
    assert widget.view.current_key == "frog"


def test_a_click_or_enter_opens_and_a_damaged_one_does_not(widget: ConversationList, qtbot: QtBot) -> None:
    said = told(widget)
    for place in (0, 2):
        area = widget.view.visualRect(widget.view.model().index(place, 0))
        qtbot.mouseClick(widget.view.viewport(), Qt.MouseButton.LeftButton, pos=area.center())
    widget.view.choose("oak")
    qtbot.keyClick(widget.view, Qt.Key.Key_Return)
    assert said == [("opened", "frog"), ("opened", "oak")]
    qtbot.keyClick(widget.view, Qt.Key.Key_Delete)
    assert said[-1] == ("bin_requested", "oak")


def test_f2_renames_in_place_and_esc_leaves_it(widget: ConversationList, qtbot: QtBot) -> None:
    said = told(widget)
    widget.view.choose("oak")
    widget.view.setFocus()
    qtbot.keyClick(widget.view, Qt.Key.Key_F2)
    assert widget.title.isVisible() and widget.title.placeholderText() == "What is oak?"
    qtbot.keyClicks(widget.title, "Trees")
    qtbot.keyClick(widget.title, Qt.Key.Key_Escape)
    assert not widget.title.isVisible() and said == []
    qtbot.keyClick(widget.view, Qt.Key.Key_F2)
    qtbot.keyClicks(widget.title, "Old trees")
    qtbot.keyClick(widget.title, Qt.Key.Key_Return)
    assert said == [("renamed", "oak", "Old trees")] and not widget.title.isVisible()


def test_the_menu_does_what_can_be_done(widget: ConversationList) -> None:
    said = told(widget)
    menu = widget.more.menu()
    widget.view.choose("frog")
    widget.fill_menu(menu)
    assert texts(menu) == ["Open", "Rename", "Export as", "Delete"]
    press(menu, "Open")
    press(menu, "Delete")
    assert said == [("opened", "frog"), ("bin_requested", "frog")]
    widget.view.choose("bad")
    widget.fill_menu(menu)
    assert [action.text() for action in menu.actions() if action.isEnabled() and action.text()] == ["Delete"]


def test_files_are_asked_for_and_named_by_the_title(widget: ConversationList, qtbot: QtBot) -> None:
    said = told(widget)
    widget.view.choose("frog")
    menu = QMenu(widget)
    widget.fill_menu(menu)
    export = next(action for action in menu.actions() if action.text() == "Export as").menu()
    assert isinstance(export, QMenu)
    export.actions()[1].trigger()
    dialog = widget.findChild(QFileDialog)
    assert dialog is not None and dialog.selectedFiles()[0].endswith("Frogs-ponds.md")
    dialog.fileSelected.emit("/tmp/frogs.md")
    dialog.done(0)
    QApplication.sendPostedEvents(dialog, 0)
    widget.bring.click()
    dialog = widget.findChildren(QFileDialog)[-1]
    dialog.fileSelected.emit("/tmp/theirs.jsonl")
    dialog.done(0)
    assert said == [
        ("export_requested", "frog", "/tmp/frogs.md", "markdown"),
        ("import_requested", "/tmp/theirs.jsonl"),
    ]


def test_typing_searches_a_moment_later_and_enter_at_once(widget: ConversationList, qtbot: QtBot) -> None:
    said = told(widget)
    with qtbot.waitSignal(widget.searched):
        qtbot.keyClicks(widget.field, "oak")
    assert said == [("searched", "oak")]
    qtbot.keyClicks(widget.field, " tree")
    qtbot.keyClick(widget.field, Qt.Key.Key_Return)
    assert said == [("searched", "oak"), ("searched", "oak tree")]


def test_an_empty_list_says_why(widget: ConversationList) -> None:
    widget.show_rows([], [])
    assert widget._empty.text().startswith("No conversations yet")
    widget.field.setText("zebra")
    widget.show_rows([], [], searching=True)
    assert widget._empty.text() == "Searching …"
    widget.show_rows([], [])
    assert widget._empty.text().startswith("Nothing was found")


def test_the_bin_gives_back_and_is_emptied(widget: ConversationList) -> None:
    said = told(widget)
    widget.show_rows([FROG], [OAK])
    assert widget.bin.text() == "Bin (1)"
    widget.bin.click()
    widget.view.choose("oak")
    widget.show_rows([FROG], [OAK, BAD])
    widget.restore.click()
    widget.purge.click()
    assert said == [("restore_requested", "oak"), ("empty_requested",)]
    assert not widget.bring.isVisible() and not widget.field.isEnabled()


def test_a_thousand_are_not_all_drawn(widget: ConversationList) -> None:
    widget.show_rows([row(f"c{number}") for number in range(1000)], [])
    assert len(widget.view.keys()) == MOST_SHOWN
    assert widget.view.model().index(MOST_SHOWN, 0).data() == "850 older ones. Search for them."
