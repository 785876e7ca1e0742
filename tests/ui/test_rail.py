"""The rail: every panel's button is in reach, however low the window and large the font."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from explorer.ui.icons import rail_icon
from explorer.ui.style_sheet import style_sheet
from explorer.ui.theme import Theme
from explorer.ui.widgets.rail import Rail

PANELS = ("tokenizer", "training", "sampling", "compare", "thinking", "models")
WITH_ICONS = Qt.ToolButtonStyle.ToolButtonTextUnderIcon
WORDS_ONLY = Qt.ToolButtonStyle.ToolButtonTextOnly


@pytest.fixture
def rail(qtbot: QtBot, theme: Theme) -> Iterator[Rail]:
    window = QWidget()
    qtbot.addWidget(window)
    made = Rail()
    made.setParent(window)
    for name in PANELS:
        button = QToolButton()
        button.setText(name.title())
        button.setIcon(rail_icon(name, theme))
        made.add(button)
    yield made


def look(rail: Rail, theme: Theme, scale: float) -> list[QToolButton]:
    """As the window does after a change of scale."""
    theme.set_scale(scale)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    app.setStyleSheet(style_sheet(theme))
    buttons = rail.findChildren(QToolButton)
    for button in buttons:
        button.setIconSize(QSize(theme.px(24), theme.px(24)))
        button.setFixedWidth(theme.px(72))
    rail.measure()
    return buttons


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0, 2.5])
def test_six_panels_are_in_reach_of_a_low_window(
    qtbot: QtBot, rail: Rail, theme: Theme, scale: float
) -> None:
    buttons = look(rail, theme, scale)
    assert rail.minimumSizeHint().height() <= 600
    rail.resize(theme.px(72), 600)
    rail.window().show()
    qtbot.waitUntil(lambda: all(button.height() >= button.sizeHint().height() for button in buttons))
    assert all(rail.rect().contains(button.geometry()) for button in buttons)


def test_icons_come_and_go_with_the_height(rail: Rail, theme: Theme) -> None:
    buttons = look(rail, theme, 1.0)
    tall, low = rail.sizeHint().height(), rail.minimumSizeHint().height()
    rail.window().show()
    for height, style in ((tall, WITH_ICONS), (tall - 1, WORDS_ONLY), (low, WORDS_ONLY), (tall, WITH_ICONS)):
        rail.resize(theme.px(72), height)
        assert {button.toolButtonStyle() for button in buttons} == {style}
        assert (rail.sizeHint().height(), rail.minimumSizeHint().height()) == (tall, low)
    look(rail, theme, 2.0)
    assert buttons[0].toolButtonStyle() == WORDS_ONLY
