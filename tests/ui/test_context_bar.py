import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor

from explorer.ui.widgets.context_bar import ContextBar, WindowUse

USE = WindowUse(4096, 1010, 230, {"user": 600, "assistant": 380, "thinking": 160, "template": 100})


@pytest.fixture
def bar(qtbot, theme):
    widget = ContextBar(theme)
    qtbot.addWidget(widget)
    widget.resize(820, 140)
    widget.show()
    return widget


def test_the_numbers_are_said(bar):
    bar.show_use(USE)
    numbers = bar.said.replace(",", "")
    assert numbers == "1240 of 4096 tokens used: 1010 prompt + 230 answer · 2856 left"
    assert "Person 600" in bar.accessibleDescription() and not bar.warning
    bar.show_use(None)
    assert "No model" in bar.said


@pytest.mark.parametrize(("used", "warns"), [(84, False), (85, True), (99, True), (100, True)])
def test_it_warns_before_it_is_full(bar, used, warns):
    bar.show_use(WindowUse(100, used, 0, {"user": used}))
    assert bool(bar.warning) == warns and bar._warning.isVisible() == warns
    assert ("full: nothing more" in bar.warning) == (used == 100)


def test_what_has_fallen_out_is_said(bar):
    bar.show_use(WindowUse(256, 200, 0, {"user": 200}, gone=31))
    assert "31 have fallen out" in bar.said


def test_parts_are_as_long_as_their_share(bar):
    bar.show_use(USE)
    whole = bar._bar.width()
    for author, tokens in USE.by_author.items():
        assert bar.part_rect(author).width() == pytest.approx(whole * tokens / 4096, abs=1)
    assert bar.part_rect("tool").isEmpty()
    # More than the window holds is not painted beyond its end.
    bar.show_use(WindowUse(100, 150, 50, {"user": 150, "assistant": 50}))
    assert bar.part_rect("assistant").right() <= whole + 1


def test_pointing_at_a_part_tells_its_author(bar, qtbot):
    bar.show_use(USE)
    told = []
    bar.author_pointed.connect(told.append)
    middle = bar.part_rect("assistant").center() - bar._bar.pos().toPointF()
    qtbot.mouseMove(bar._bar, middle.toPoint())
    qtbot.mouseMove(bar._bar, QPoint(bar._bar.width() - 4, 4))
    assert told == ["assistant", ""]
    assert "380 tokens" in bar._bar._tip("assistant")
    assert "85%" in bar._bar._tip("")


def test_nothing_is_cut_at_any_size(bar, theme):
    for scale, look in ((0.8, "dark"), (2.5, "light")):
        theme.set_scale(scale)
        theme.set_mode(look)
        bar.show_use(WindowUse(256, 220, 30, {**USE.by_author, "tool": 9, "document": 8, "system": 7}))
        bar.resize(420, bar.heightForWidth(420))
        shares = bar._shares
        assert shares.height() >= shares.heightForWidth(shares.width())
        assert all(rect.bottom() <= shares.height() + 1 for rect in shares._places(shares.width()))
        image, middle = bar.grab().toImage(), int(bar.part_rect("assistant").center().y()) - 6
        assert QColor(theme.colours.model) in [image.pixelColor(x, middle) for x in range(420)]
