from itertools import pairwise

import pytest
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from explorer.ui.widgets.flow_layout import FlowLayout


@pytest.fixture
def row(qtbot):
    """Six buttons in a flow layout that is the last line of a column, as the starters are."""
    host = QWidget()
    qtbot.addWidget(host)
    column = QVBoxLayout(host)
    column.setContentsMargins(0, 0, 0, 0)
    filler = QWidget()
    column.addWidget(filler, 1)
    flow = FlowLayout()
    flow.setSpacing(8)
    buttons = [QPushButton(f"Starter {i} " + "x" * i) for i in range(6)]
    for button in buttons:
        flow.addWidget(button)
    column.addLayout(flow)
    host.show()
    return host, flow, buttons


def test_one_line_where_there_is_room(row):
    host, flow, buttons = row
    host.resize(flow.sizeHint().width(), 400)
    assert len({button.y() for button in buttons}) == 1
    assert [b.x() for b in buttons] == sorted(b.x() for b in buttons)


@pytest.mark.parametrize("width", [400, 300, 160])
def test_wraps_without_overlap_and_inside_the_width(row, width):
    host, _, buttons = row
    host.resize(width, 400)
    assert len({button.y() for button in buttons}) > 1
    assert all(button.geometry().right() < width for button in buttons)
    assert all(button.geometry().bottom() < host.height() for button in buttons)
    for one in buttons:
        for other in buttons:
            assert one is other or not one.geometry().intersects(other.geometry())
    for before, after in pairwise(buttons):
        assert (after.y(), after.x()) > (before.y(), before.x())


def test_asks_for_as_many_lines_as_it_needs(row):
    host, flow, buttons = row
    line = buttons[0].sizeHint().height()
    assert flow.heightForWidth(10_000) == line
    assert flow.heightForWidth(1) == 6 * line + 5 * 8
    host.resize(160, 400)
    assert flow.geometry().height() == flow.heightForWidth(160)


def test_a_button_wider_than_the_line_is_cut_to_the_line(row):
    host, _, buttons = row
    host.resize(40, 400)
    assert all(button.width() <= host.width() for button in buttons)


def test_hidden_widgets_take_no_room(row):
    host, flow, buttons = row
    host.resize(10_000, 400)
    last = buttons[-1].x()
    buttons[0].hide()
    flow.activate()
    assert buttons[-1].x() < last


def test_taking_items_out(row):
    _, flow, buttons = row
    assert flow.count() == 6
    item = flow.takeAt(2)
    assert item is not None and item.widget() is buttons[2]
    assert flow.count() == 5
    assert flow.takeAt(9) is None and flow.itemAt(9) is None and flow.itemAt(-1) is None
