import pytest
from PySide6.QtGui import QFontMetricsF

from explorer.ui.widgets.author_marks import AUTHOR_COLOURS, author_name
from explorer.ui.widgets.cell_legend import CellLegend, _cut_longest

NAMES = {author: author_name(author) for author in AUTHOR_COLOURS}


@pytest.mark.parametrize("share", [1.0, 0.8, 0.5, 0.3])
def test_only_the_longest_names_are_cut(theme, share):
    metrics = QFontMetricsF(theme.font("caption"))
    room = share * sum(metrics.horizontalAdvance(name) for name in NAMES.values())
    cut = _cut_longest(NAMES, metrics, room)
    assert sum(metrics.horizontalAdvance(name) for name in cut.values()) <= room + 1
    whole = [len(name) for author, name in NAMES.items() if cut[author] == name]
    shortened = [len(name) for author, name in NAMES.items() if cut[author] != name]
    assert bool(shortened) == (share < 1) and (not whole or not shortened or min(shortened) >= min(whole))


@pytest.fixture
def legend(qtbot, theme):
    widget = CellLegend(theme)
    qtbot.addWidget(widget)
    widget.show()
    return widget


def test_names_stand_on_as_many_lines_as_they_take_but_on_three_at_most(legend):
    heights = [legend.heightForWidth(width) for width in (900, 330, 180, 60)]
    assert heights[0] < heights[1] < heights[2] == heights[3]


def test_where_it_is_narrow_those_who_wrote_are_named(legend):
    def painted(width: int, present: set[str]) -> object:
        legend.resize(width, legend.heightForWidth(width))
        legend.show_authors(present)
        return legend.grab().toImage()

    for width in (700, 330, 220):
        assert painted(width, {"user"}) == painted(width, {"assistant"}), "there is room for all of them"
    assert painted(80, {"user"}) != painted(80, {"assistant"})
    assert not legend.grab().isNull()
    legend.show_authors(())
    nobody = legend.grab().toImage()
    legend.show_ramp("cold", "hot")
    assert legend.ramp == ("cold", "hot") and legend.grab().toImage() != nobody
