import numpy as np
import pytest

from explorer.ui.widgets.context_cost import ContextCost, running_median


@pytest.fixture
def cost(qtbot, theme):
    widget = ContextCost(theme)
    qtbot.addWidget(widget)
    widget.resize(520, 220)
    widget.show()
    return widget


def lines(cost):
    cost.redraw()
    return {line.key: line for line in cost.plot.lines}


def test_nothing_is_claimed_before_anything_was_measured(cost):
    assert "nothing drawn yet" in cost.said and not cost.plot.lines
    assert "not known" in cost.memory


def test_the_curve_grows_with_each_token(cost):
    for length in range(100, 140):
        cost.add_drawn(length, 0.002)
    line = lines(cost)["drawn"]
    assert line.x.tolist() == list(range(100, 140)) and set(line.y) == {2.0}
    assert "now 2.00 ms at 139" in cost.said


def test_a_stutter_does_not_bend_the_curve(cost):
    for length in range(60):
        cost.add_drawn(length, 0.5 if length == 30 else 0.001)
    line = lines(cost)["drawn"]
    assert line.y.max() == 500 and not line.raw
    assert line.smoothed_at(np.arange(60)).max() == 1


def test_points_measured_on_demand_are_marked_and_read_off(cost):
    cost.show_drawn([(10, 0.001), (20, 0.001)])
    cost.show_measured([(128, 0.004), (16, 0.002)])
    line = lines(cost)["measured"]
    assert line.marked and line.x.tolist() == [16, 128] and line.y.tolist() == [2, 4]
    cost.plot.set_cursor(16)
    cost.plot.redraw()
    assert "After 16 tokens" in cost.said
    assert "1.00 ms as drawn" in cost.said and "2.00 ms as measured" in cost.said
    cost.plot.set_cursor(100)
    cost.plot.redraw()
    assert "as drawn" not in cost.said


def test_memory_in_words(cost):
    cost.show_memory(48_000_000, 12_000)
    assert "48.0 MB" in cost.memory and "12.0 kB" in cost.memory


def test_words_are_not_cut_where_it_is_narrow(cost, qtbot):
    cost.show_memory(48_000_000, 12_000)
    cost.add_drawn(99, 0.002)
    cost.redraw()
    cost.resize(210, 300)
    for words in (cost._memory, cost._head):
        qtbot.waitUntil(lambda words=words: words.height() >= words.heightForWidth(words.width()))
        assert words.height() > 1.5 * words.fontMetrics().height()


def test_it_is_drawn_by_itself_soon(cost, qtbot):
    cost.add_drawn(5, 0.001)
    assert not cost.plot.lines
    qtbot.waitUntil(lambda: len(cost.plot.lines) == 1)
    cost.show_measured([])
    assert not cost._drawing.isActive(), "nothing has changed"


def test_measuring_is_asked_for_once(cost, qtbot):
    with qtbot.waitSignal(cost.measure_requested):
        cost.measure.click()
    cost.set_measuring(possible=True, under_way=True)
    with qtbot.assertNotEmitted(cost.measure_requested):
        cost.measure.click()
    cost.set_measuring(possible=True)
    assert cost.measure.isEnabled()
    cost.set_measuring(possible=False)
    assert not cost.measure.isEnabled()


def test_a_running_median_at_the_ends():
    assert running_median(np.array([9.0, 1.0, 5.0, 100.0, 3.0]), 3).tolist() == [5, 5, 5, 5, 51.5]
    assert running_median(np.array([4.0]), 9).tolist() == [4]
