"""Points of a run, their decimation, calm ranges, and the plot that draws them."""

import math
from collections.abc import Iterator

import numpy as np
import pyqtgraph as pg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QLocale, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from explorer.protocol import Sample
from explorer.ui.stores.run_data import RunData
from explorer.ui.theme import Theme
from explorer.ui.widgets.curve_axes import Axis, calm_end, calm_range
from explorer.ui.widgets.curve_legend import CurveLegend, Entry
from explorer.ui.widgets.curve_style import DASHES, MARKS, dash_mask, dash_of, mark_of
from explorer.ui.widgets.curves import CurvePlot, Line, Reference
from explorer.ui.widgets.decimate import Columns
from explorer.ui.widgets.steady_text import SteadyText
from tests.ui.training_facts import point


def _saying(step: int, text: str = "") -> Sample:
    return Sample(step=step, text=text or str(step), temperature=1.0)


# ------------------------------------------------------------ the points of a run


def test_points_grow_far_beyond_the_first_capacity() -> None:
    data = RunData()
    for start in range(0, 5000, 700):
        data.put([point(step) for step in range(start, min(start + 700, 5000))])
    assert len(data) == 5000
    assert data.steps.tolist() == list(range(5000))
    assert data.column("train_loss")[4321] == point(4321).train_loss


def test_a_second_point_for_a_step_replaces_the_first_and_order_is_kept() -> None:
    data = RunData()
    data.put([point(step) for step in (10, 11, 12)])
    data.put([point(3, 9.0), point(11, 8.0)])
    assert data.steps.tolist() == [3, 10, 11, 12]
    assert data.column("train_loss").tolist() == [9.0, point(10).train_loss, 8.0, point(12).train_loss]


def test_dropping_from_a_step_forgets_points_and_sayings_of_it_and_later() -> None:
    data = RunData()
    data.put([point(step) for step in range(100)])
    data.put_samples([_saying(0), _saying(50), _saying(90)])
    data.drop_from(50)
    assert data.last_step == 49
    assert [sample.step for sample in data.samples] == [0]
    data.put([point(50, 1.0)])
    assert data.latest("train_loss") == 1.0


def test_values_not_measured_at_a_step_are_read_from_the_last_time() -> None:
    data = RunData()
    assert data.latest("val_loss") is None
    data.put([point(step) for step in range(250)])
    assert data.value_at("val_loss", 199.7) == point(100).val_loss
    assert data.latest("val_loss") == point(200).val_loss
    assert data.value_at("val_loss", -1) is None


def test_a_saying_goes_into_its_place_and_only_once() -> None:
    data = RunData()
    data.put_samples([_saying(10), _saying(30)])
    data.put_samples([_saying(20), _saying(10)])
    assert [sample.step for sample in data.samples] == [10, 20, 30]
    assert data.sample_index_at(29) == 1
    assert data.sample_index_at(5) is None


@given(
    st.lists(st.floats(-100, 100) | st.just(math.nan), min_size=1, max_size=60),
    st.integers(1, 70),
    st.integers(0, 59),
)
def test_smoothing_is_the_plain_mean_of_the_measured_values_in_the_window(
    values: list[float], window: int, cut: int
) -> None:
    data = RunData()
    data.put([point(step, value) for step, value in enumerate(values)])
    data.smoothed_at("train_loss", window, np.arange(len(values)))  # sums are kept from here ...
    cut = min(cut, len(values))
    data.drop_points_from(cut)  # ... and must be right after a cut
    values = [*values[:cut], 7.0]
    data.put([point(cut, 7.0)])
    smoothed = data.smoothed_at("train_loss", window, np.arange(len(values)))
    for index, value in enumerate(smoothed):
        known = [v for v in values[max(0, index + 1 - window) : index + 1] if not math.isnan(v)]
        expected = sum(known) / len(known) if known else math.nan
        assert value == pytest.approx(expected, abs=1e-9, nan_ok=True)


def test_rows_say_none_where_nothing_was_measured() -> None:
    data = RunData()
    data.put([point(0), point(1)])
    first, second = data.rows()
    assert first["step"] == 0 and first["val_loss"] == point(0).val_loss
    assert second["val_loss"] is None and second["train_loss"] == point(1).train_loss


# ------------------------------------------------------------ as many points as the screen has


def test_few_points_are_all_drawn() -> None:
    x, y = np.arange(50.0), np.arange(50.0) ** 2
    columns = Columns(x, 0, 49, 100)
    assert columns.sparse
    assert [part.tolist() for part in columns.envelope(y)] == [x.tolist(), y.tolist()]


def test_many_points_become_few_and_every_peak_stays() -> None:
    rng = np.random.default_rng(1)
    x, y = np.arange(100_000.0), rng.normal(size=100_000)
    y[[137, 50_000, 99_321]] = 40.0, -40.0, 55.0
    drawn_x, drawn_y = Columns(x, 0, 100_000, 700).envelope(y)
    assert len(drawn_x) <= 4 * 701
    assert {40.0, -40.0, 55.0} <= set(drawn_y.tolist())
    assert np.all(np.diff(drawn_x) >= 0)


@given(st.integers(500, 3000), st.integers(10, 60), st.floats(0, 0.9), st.floats(0.05, 1.0))
def test_each_column_shows_first_lowest_highest_and_last(
    n: int, width: int, start: float, span: float
) -> None:
    x = np.arange(float(n))
    y = np.sin(x * 12.9898) * 43_758.5453 % 1
    left, right = start * n, (start + span) * n
    columns = Columns(x, left, right, width)
    drawn_x, drawn_y = columns.envelope(y)
    if columns.sparse:
        return
    inside = np.flatnonzero((x >= left) & (x <= right))
    assert drawn_y.min() <= y[inside].min() and drawn_y.max() >= y[inside].max()
    assert drawn_x[0] <= max(left, 0) + 1 and len(columns.ends) <= width + 3
    assert columns.ends[-1] == min(n - 1, inside[-1] + 1)


# ------------------------------------------------------------ calm axes


def test_the_end_of_the_axis_moves_rarely_and_not_past_the_plan() -> None:
    ends = {calm_end(float(step), 2000.0) for step in range(1, 2001)}
    assert max(ends) == 2000
    assert len(ends) < 25
    assert all(calm_end(float(step)) >= step for step in range(10, 3000, 7))


@given(st.floats(-1e3, 1e3), st.floats(0, 1e3))
def test_heights_hold_the_data_and_stay_while_it_fits(low: float, span: float) -> None:
    first = calm_range(low, low + span, None)
    assert first[0] <= low and low + span <= first[1] and first[0] < first[1]
    assert calm_range(low, low + span, first) in (first, calm_range(low, low + span, None))


def test_heights_stay_when_a_point_comes_within_them() -> None:
    present = calm_range(1.5, 7.0, None)
    assert calm_range(1.4, 7.0, present) == present
    assert calm_range(0.1, 7.0, present) != present


@pytest.fixture
def english() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale("en"))
    yield
    QLocale.setDefault(before)


def test_numbers_on_axes_are_plain_and_grouped(qapp: object, english: None) -> None:
    bottom = Axis("bottom")
    assert bottom.tickStrings([0.0, 20_000.0], 1.0, 20_000.0) == ["0", "20,000"]
    assert bottom.tickStrings([0.2, 0.4], 1.0, 0.2) == ["0.2", "0.4"]
    assert bottom.tickStrings([0.0, 0.02], 1.0, 0.02) == ["0.00", "0.02"]
    bottom.setLogMode(True)
    assert bottom.tickStrings([0.0, 3.0], 1.0, 1.0) == ["1", "1,000"]
    [(_, ticks)] = bottom.tickValues(0.0, 3.3, 800)
    assert [round(10**tick) for tick in ticks] == [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]


# ------------------------------------------------------------ telling runs apart


def test_neighbouring_runs_differ_in_dash_and_in_mark_not_only_in_colour() -> None:
    looks = [(dash_of(slot), mark_of(slot)) for slot in range(6)]
    assert len(set(looks)) == 6
    assert len(set(DASHES)) == len(DASHES) and len(set(MARKS)) == len(MARKS)


def test_a_dash_breaks_the_line_by_pixels() -> None:
    mask = dash_mask(np.arange(20, dtype=np.int32), (3, 2), 1.0)
    assert mask.tolist() == [1, 1, 1, 0, 0] * 4
    assert dash_mask(np.arange(4, dtype=np.int32), (), 1.0).tolist() == [1, 1, 1, 1]


# ------------------------------------------------------------ the plot


@pytest.fixture
def plot(qtbot: QtBot, theme: Theme) -> CurvePlot:
    plot = CurvePlot(theme)
    plot.resize(640, 360)
    qtbot.addWidget(plot)
    plot.show()
    return plot


def _line(data: RunData, slot: int = 0, smooth: bool = False) -> Line:
    return Line(
        key=f"run {slot}",
        label="training",
        stamp=(id(data), data.version),
        x=data.steps,
        y=data.column("train_loss"),
        read=lambda step: data.value_at("train_loss", step),
        smoothed_at=(lambda indices: data.smoothed_at("train_loss", 20, indices)) if smooth else None,
        slot=slot,
        colour=slot,
    )


def _run(steps: int) -> RunData:
    data = RunData()
    data.put([point(step) for step in range(steps)])
    return data


def _pixels(plot: CurvePlot, colour: str) -> int:
    image: QImage = plot.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    wanted = int(colour[1:], 16) | 0xFF000000
    return sum(image.pixel(x, y) == wanted for x in range(image.width()) for y in range(image.height()))


def test_a_curve_is_painted_in_its_colour(plot: CurvePlot, theme: Theme) -> None:
    before = _pixels(plot, theme.colours.series[0])
    plot.show_lines([_line(_run(400))])
    assert before == 0
    assert _pixels(plot, theme.colours.series[0]) > 100
    plot.show_lines([])
    assert _pixels(plot, theme.colours.series[0]) == 0


def test_a_dashed_run_has_less_ink_than_a_whole_one(plot: CurvePlot, theme: Theme) -> None:
    data = _run(400)
    plot.show_lines([_line(data)])
    whole = _pixels(plot, theme.colours.series[0])
    dashed = _line(data, slot=2)
    plot.show_lines([dashed])
    assert 0 < _pixels(plot, theme.colours.series[2]) < whole


def test_a_hundred_thousand_points_are_few_for_the_painter(plot: CurvePlot) -> None:
    data = RunData()
    data.put([point(step) for step in range(100_000)])
    plot.show_lines([_line(data, smooth=True)])
    drawn = [len(item.getData()[0]) for item in plot.getPlotItem().items if hasattr(item, "getData")]
    assert len(drawn) == 2
    assert sum(drawn) < 5000


def test_the_axis_ends_at_the_plan_and_shows_the_level_of_knowing_nothing(plot: CurvePlot) -> None:
    plot.show_lines([_line(_run(1900))], planned=2000.0, reference=Reference(6.93, "knows nothing"))
    (left, right), (low, high) = plot.getPlotItem().getViewBox().viewRange()
    assert (left, right) == (0, 2000)
    assert low <= 1.5 and high >= 6.93


def test_steps_can_stand_on_a_logarithmic_axis(plot: CurvePlot) -> None:
    plot.show_lines([_line(_run(1000))], planned=1000.0)
    plot.set_log_x(True)
    (left, right), _ = plot.getPlotItem().getViewBox().viewRange()
    assert (left, right) == (0, 3)
    plot.set_cursor(100)
    assert plot.cursor_step == 100


def _at(plot: CurvePlot, step: float) -> QPoint:
    box = plot.getPlotItem().getViewBox()
    scene = box.mapViewToScene(QPointF(step, sum(box.viewRange()[1]) / 2))
    return plot.mapFromScene(scene)


def _mouse(plot: CurvePlot, kind: QEvent.Type, step: float) -> None:
    """As a hand does it: QTest moves the mouse without its button."""
    place = QPointF(_at(plot, step))
    released, moved = kind == QEvent.Type.MouseButtonRelease, kind == QEvent.Type.MouseMove
    event = QMouseEvent(
        kind,
        place,
        plot.viewport().mapToGlobal(place),
        Qt.MouseButton.NoButton if moved else Qt.MouseButton.LeftButton,
        Qt.MouseButton.NoButton if released else Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(plot.viewport(), event)


def test_the_mouse_reads_off_and_a_click_puts_the_cursor(qtbot: QtBot, plot: CurvePlot) -> None:
    plot.show_lines([_line(_run(1000))], planned=1000.0)
    plot.set_cursor(999)
    assert plot.read_step == 999
    qtbot.mouseMove(plot.viewport(), _at(plot, 400))
    assert plot.read_step == pytest.approx(400, abs=3)
    with qtbot.waitSignal(plot.cursor_moved) as moved:
        _mouse(plot, QEvent.Type.MouseButtonPress, 250)
        _mouse(plot, QEvent.Type.MouseButtonRelease, 250)
    assert moved.args[0] == pytest.approx(250, abs=3)


def test_the_cursor_is_dragged(plot: CurvePlot) -> None:
    plot.show_lines([_line(_run(1000))], planned=1000.0)
    plot.set_cursor(600)
    steps: list[float] = []
    plot.cursor_moved.connect(steps.append)
    _mouse(plot, QEvent.Type.MouseButtonPress, 600)
    for step in (550, 450, 300):
        _mouse(plot, QEvent.Type.MouseMove, step)
    _mouse(plot, QEvent.Type.MouseButtonRelease, 300)
    assert steps and steps[-1] == pytest.approx(300, abs=8)
    assert plot.cursor_step == steps[-1]


def test_keys_walk_zoom_and_show_the_whole_again(qtbot: QtBot, plot: CurvePlot) -> None:
    plot.show_lines([_line(_run(1000))], planned=1000.0)
    walks: list[int] = []
    zooms: list[bool] = []
    plot.walked.connect(walks.append)
    plot.zoom_changed.connect(zooms.append)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End):
        qtbot.keyClick(plot, key)
    assert walks == [-1, 1, -2, 2]
    qtbot.keyClick(plot, Qt.Key.Key_Plus)
    assert plot.zoomed
    qtbot.keyClick(plot, Qt.Key.Key_0)
    assert zooms == [True, False]
    assert plot.getPlotItem().getViewBox().viewRange()[0] == [0, 1000]


def test_the_legend_says_names_and_values_and_wraps(qtbot: QtBot, theme: Theme) -> None:
    legend = CurveLegend(theme)
    qtbot.addWidget(legend)
    entries = [Entry(f"run {n}", "1.234", n, theme.colour("text"), True) for n in range(4)]
    legend.show_entries("step 7", entries)
    assert legend.text() == "step 7; run 0 1.234; run 1 1.234; run 2 1.234; run 3 1.234"
    assert legend.heightForWidth(200) > legend.heightForWidth(900)
    legend.resize(400, legend.heightForWidth(400))
    legend.grab()


def test_only_what_changed_is_given_to_the_painter_again(
    plot: CurvePlot, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet, live = _run(400), _run(100)
    plot.show_lines([_line(quiet), _line(live, slot=1)], planned=500.0)
    given: list[int] = []
    for item in plot.getPlotItem().items:
        if isinstance(item, pg.PlotCurveItem):
            set_data = item.setData
            monkeypatch.setattr(
                item, "setData", lambda *a, _do=set_data, **k: (given.append(len(a[0])), _do(*a, **k))
            )
    live.put([point(100)])
    plot.show_lines([_line(quiet), _line(live, slot=1)], planned=500.0)
    assert len(given) == 1
    plot.show_lines([_line(quiet), _line(live, slot=1)], planned=500.0)
    assert len(given) == 1


def test_changing_text_asks_for_no_new_layout(qtbot: QtBot, theme: Theme) -> None:
    box = QWidget()
    text = SteadyText(theme, "number", widest="000")
    QVBoxLayout(box).addWidget(text)
    qtbot.addWidget(box)
    box.show()
    asked: list[QEvent.Type] = []

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            asked.append(event.type())
            return False

    watch = Watch()
    QApplication.sendPostedEvents()
    box.installEventFilter(watch)
    text.set_text("123")
    QApplication.sendPostedEvents()
    assert text.text() == "123"
    assert QEvent.Type.LayoutRequest not in asked
