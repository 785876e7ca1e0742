"""The table of prices: kept, edited, and never without a row."""

import pytest
from PySide6.QtWidgets import QDoubleSpinBox
from pytestqt.qtbot import QtBot

from explorer.ui.prices import EXAMPLE, INPUT_KEY, Price, chosen_price, cost, money, read_prices, write_prices
from explorer.ui.settings import Settings
from explorer.ui.theme import Theme
from explorer.ui.widgets.price_editor import PriceEditor


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (0, "$0"),
        (0.0000376, "$0.000038"),
        (0.00004, "$0.00004"),
        (0.012, "$0.012"),
        (0.5, "$0.5"),
        (3.5, "$3.50"),
        (12_345.678, "$12,345.68"),
    ],
)
def test_small_amounts_keep_the_figures_that_say_something(amount: float, said: str) -> None:
    assert money(amount) == said


def test_a_million_tokens_cost_the_price() -> None:
    assert cost(1_000_000, 2.5) == 2.5
    assert money(cost(16, 2.5)) == "$0.00004"


def test_what_cannot_be_read_counts_as_never_set(settings: Settings) -> None:
    settings.set("prices/rows", '[{"name": "x"')
    settings.set(INPUT_KEY, -3.0)
    assert read_prices(settings) == [EXAMPLE]
    assert chosen_price(settings) == EXAMPLE


def test_rows_are_added_edited_chosen_removed_and_kept(
    qtbot: QtBot, theme: Theme, settings: Settings
) -> None:
    editor = PriceEditor(theme, settings)
    qtbot.addWidget(editor)
    with qtbot.waitSignal(editor.prices_changed):
        editor.add_row()
    assert chosen_price(settings).name == ""
    editor._rows[1].name.setText("my server")
    editor._rows[1].input.setValue(0.5)
    assert chosen_price(settings) == Price("my server", 0.5, 10.0)
    again = PriceEditor(theme, settings)
    qtbot.addWidget(again)
    assert again.prices == [EXAMPLE, Price("my server", 0.5, 10.0)]
    assert again._rows[1].chosen.isChecked()
    again._rows[0].chosen.click()
    assert chosen_price(settings) == EXAMPLE
    again.remove_row(0)
    assert chosen_price(settings) == Price("my server", 0.5, 10.0)
    again.remove_row(0)
    assert len(again.prices) == 1, "the last row stays"
    again.reset()
    assert read_prices(settings) == [EXAMPLE]


def test_an_editor_follows_what_another_one_wrote(qtbot: QtBot, theme: Theme, settings: Settings) -> None:
    editor = PriceEditor(theme, settings)
    qtbot.addWidget(editor)
    write_prices(settings, [EXAMPLE, Price("other", 1.0, 2.0)], 1)
    editor.reload()
    assert editor.prices[1] == Price("other", 1.0, 2.0)
    assert all(box.accessibleName() for box in editor.findChildren(QDoubleSpinBox))
