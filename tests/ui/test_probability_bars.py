import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor

from explorer.ui.widgets.probability_bars import Bar, ProbabilityBars, percent
from explorer.ui.widgets.token_text import visible

BARS = [
    Bar(" the", 0.5, 0.3),
    Bar("\n", 0.25, 0.2),
    Bar("中文", 0.0, 0.1),
    Bar("the other 1,021", 0.25, 0.4, is_rest=True),
]


@pytest.fixture
def bars(qtbot, theme):
    widget = ProbabilityBars(theme)
    qtbot.addWidget(widget)
    widget.resize(600, 21 * 24)
    widget.show_bars(BARS)
    widget.show()
    return widget


def fill_width(bars, row) -> int:
    """Pixels of the row's bar in the colour of its probability, on a line away from the outline."""
    image = bars.grab().toImage()
    rect = bars.row_rect(row)
    y = rect.top() + rect.height() // 2
    wanted = bars._theme.probability(BARS[row].probability)
    ratio = image.devicePixelRatio()
    colours = [QColor(image.pixel(int(x * ratio), int(y * ratio))) for x in range(bars.width())]
    return sum(colour == wanted for colour in colours)


def test_bars_are_as_long_as_their_probabilities(bars):
    first, second = fill_width(bars, 0), fill_width(bars, 1)
    assert first > 100
    assert abs(first - 2 * second) <= 4


def test_the_outline_ends_at_the_models_own_probability(bars):
    image = bars.grab().toImage()
    rect = bars.row_rect(0)
    y = rect.center().y()
    dark = QColor(bars._theme.colours.text)
    wanted = bars._theme.probability(0.5)
    row = [QColor(image.pixel(x, y)) for x in range(bars.width())]
    left = row.index(wanted)
    length = fill_width(bars, 0)
    middle = row[left + int(length * 0.5) : left + int(length * 0.7)]
    assert any(abs(colour.lightness() - dark.lightness()) < 40 for colour in middle), "0.3 of 0.5 is at 60 %"


def test_long_numbers_do_not_move_the_bars(bars):
    before = fill_width(bars, 0)
    bars.show_bars([BARS[0], Bar("x" * 50, 1.0, 1.0), *BARS[2:]])
    assert fill_width(bars, 0) == before


def test_pointing_with_the_mouse(bars, qtbot):
    with qtbot.waitSignal(bars.pointed) as pointed:
        qtbot.mouseMove(bars, bars.row_rect(1).center())
    assert pointed.args == [1] and bars.pointed_row == 1
    qtbot.mouseMove(bars, QPoint(50, bars.row_rect(3).bottom() + 30))
    assert bars.pointed_row == -1


def test_pointing_with_keys_stays_inside(bars, qtbot):
    for _ in range(10):
        qtbot.keyClick(bars, Qt.Key.Key_Down)
    assert bars.pointed_row == 3
    qtbot.keyClick(bars, Qt.Key.Key_Up)
    assert bars.pointed_row == 2
    assert "中文" in bars.accessibleDescription()


def test_fewer_rows_forget_the_pointed_one(bars, qtbot):
    for _ in range(4):
        qtbot.keyClick(bars, Qt.Key.Key_Down)
    with qtbot.waitSignal(bars.pointed) as pointed:
        bars.show_bars(BARS[:2])
    assert pointed.args == [-1]


def test_the_mark_is_painted_at_its_row(bars):
    mark = QColor(bars._theme.colours.model)

    def marked_rows():
        image = bars.grab().toImage()
        return {
            row
            for row in range(4)
            for x in range(12)
            if QColor(image.pixel(x, bars.row_rect(row).center().y())) == mark
        }

    assert marked_rows() == set()
    bars.show_bars(BARS, marked=2)
    assert marked_rows() == {2}


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("scale", [0.8, 2.5])
def test_all_rows_are_inside_at_every_scale(qtbot, theme, mode, scale):
    theme.set_mode(mode)
    theme.set_scale(scale)
    widget = ProbabilityBars(theme)
    qtbot.addWidget(widget)
    widget.resize(widget.minimumSizeHint())
    widget.show_bars([Bar(f" token{i}", 0.05, 0.05) for i in range(20)] + [BARS[3]])
    assert widget.row_rect(20).bottom() < widget.height()
    assert not widget.grab().isNull()


@pytest.mark.parametrize(
    ("share", "shown"),
    [(1, "100.00 %"), (0.12345, "12.35 %"), (0.0001, "0.01 %"), (0.00009, "<0.01 %"), (0, "0 %")],
)
def test_percent(share, shown):
    assert percent(share) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (" a b", "·a·b"),
        ("\n\t", "⏎⇥"),
        ("\x00", "\\x00"),
        ("中😀é", "中😀é"),
        ("👨‍👩‍👧", "👨‍👩‍👧"),
        ("\x85", "\\x85"),
    ],
)
def test_invisible_characters_are_seen(text, shown):
    assert visible(text) == shown
