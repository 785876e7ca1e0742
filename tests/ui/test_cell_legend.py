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


def test_where_it_is_narrow_those_who_wrote_are_named(qtbot, theme):
    legend = CellLegend(theme)
    qtbot.addWidget(legend)
    legend.resize(700, legend.sizeHint().height())
    legend.show()

    def painted() -> object:
        return legend.grab().toImage()

    legend.show_authors({"user"})
    wide = painted()
    legend.show_authors({"assistant"})
    assert painted() == wide, "there is room for all of them"
    legend.resize(150, legend.height())
    narrow = painted()
    legend.show_authors({"user"})
    assert painted() != narrow
    legend.show_ramp("cold", "hot")
    assert legend.ramp == ("cold", "hot") and painted() != narrow
