"""The lines of a plot: only as many points as the screen can show are handed to pyqtgraph."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from explorer.ui.theme import Theme
from explorer.ui.widgets.curve_style import dash_mask, dash_of, mark_of, screen_pen
from explorer.ui.widgets.decimate import Columns

Floats = NDArray[np.float64]
_MOST_MARKS = 60
_SOFT_EDGES_UP_TO = 1000
"""Points on the screen up to which lines have soft edges: those cost three times as much."""
_FAINT_ALPHA = 70


@dataclass(frozen=True)
class Line:
    """One curve. `x` rises; `y` has no NaN. Arrays are read when drawn, never changed."""

    key: str
    label: str
    x: Floats
    y: Floats
    read: Callable[[float], float | None]
    """The value at a step, as the legend shows it."""
    smoothed_at: Callable[[NDArray[np.intp]], Floats] | None = None
    """Smoothed values at indices of `x`: drawn strongly, with `y` itself faint behind it if `raw`."""
    raw: bool = True
    slot: int = 0
    """Of the run: decides dash and mark."""
    colour: int = 0
    """Index of the theme's series."""
    marked: bool = False
    """Few measured points: they get symbols."""


@dataclass(frozen=True)
class View:
    """What the plot shows: from `left` to `right` (of log10 of the step if `log_x`) on `width` pixels."""

    left: float
    right: float
    width: int
    log_x: bool

    def place(self, steps: Floats) -> Floats:
        """Where steps stand on the axis."""
        return np.log10(np.maximum(steps, 1.0)) if self.log_x else steps


@dataclass
class _Stroke:
    """One line as it will be drawn."""

    key: str
    line: Line
    x: Floats
    y: Floats
    faint: bool


class LinePainter:
    """Keeps pyqtgraph's items, one for each stroke, and gives them their points."""

    def __init__(self, plot_item: Any, theme: Theme) -> None:
        self._plot_item = plot_item
        self._theme = theme
        self._curves: dict[str, Any] = {}
        self._marks: dict[str, Any] = {}

    def draw(self, lines: Sequence[Line], view: View) -> tuple[float, float] | None:
        """Show exactly these lines; the lowest and the highest value of what is in view."""
        strokes = [stroke for line in lines if len(line.x) for stroke in _strokes(line, view)]
        soft = sum(len(stroke.x) for stroke in strokes if not stroke.faint) <= _SOFT_EDGES_UP_TO
        for stroke in strokes:
            self._draw_stroke(stroke, view, soft)
            if stroke.line.marked:
                self._draw_marks(stroke, view)
        self._drop_unused({stroke.key for stroke in strokes})
        ends = [(np.nanmin(s.y), np.nanmax(s.y)) for s in strokes if np.isfinite(s.y).any()]
        return (float(min(low for low, _ in ends)), float(max(high for _, high in ends))) if ends else None

    def colour_of(self, line: Line) -> QColor:
        """The line's colour in the theme."""
        series = self._theme.colours.series
        return QColor(series[line.colour % len(series)])

    def _draw_stroke(self, stroke: _Stroke, view: View, soft: bool) -> None:
        curve = self._curves.get(stroke.key)
        if curve is None:
            curve = self._curves[stroke.key] = pg.PlotCurveItem()
            self._plot_item.addItem(curve, ignoreBounds=True)
            curve.setZValue(1 if stroke.faint else 3)
        colour = self.colour_of(stroke.line)
        if stroke.faint:
            colour.setAlpha(_FAINT_ALPHA)
        strong = not stroke.faint and (stroke.line.smoothed_at is not None or stroke.line.marked)
        x, y, connect = stroke.x, stroke.y, "all"
        if not stroke.faint and len(x) and (dash := dash_of(stroke.line.slot)):
            x, y, pixels = _along_pixels(x, y, view)
            connect = dash_mask(pixels, dash, self._theme.scale)
        pen = screen_pen(colour, self._theme.px(2) if strong else 1)
        curve.setData(x, y, pen=pen, antialias=soft and strong, connect=connect, skipFiniteCheck=True)

    def _draw_marks(self, stroke: _Stroke, view: View) -> None:
        marks = self._marks.get(stroke.key)
        if marks is None:
            marks = self._marks[stroke.key] = pg.ScatterPlotItem(pxMode=True)
            self._plot_item.addItem(marks, ignoreBounds=True)
            marks.setZValue(4)
        line = stroke.line
        every = max(1, -(-len(line.x) // _MOST_MARKS))
        some = slice((len(line.x) - 1) % every, None, every)
        marks.setData(
            view.place(line.x[some]),
            line.y[some],
            symbol=mark_of(line.slot),
            size=self._theme.px(7),
            pen=None,
            brush=self.colour_of(line),
        )

    def _drop_unused(self, used: set[str]) -> None:
        for items in (self._curves, self._marks):
            for key in [key for key in items if key not in used]:
                self._plot_item.removeItem(items.pop(key))


def _strokes(line: Line, view: View) -> list[_Stroke]:
    """A line's visible points: one stroke, or a faint one with a smoothed one over it."""
    x = view.place(line.x)
    columns = Columns(x, view.left, view.right, view.width)
    strokes: list[_Stroke] = []
    if line.smoothed_at is None or line.raw:
        faint = line.smoothed_at is not None
        strokes.append(
            _Stroke(f"{line.key}/raw" if faint else line.key, line, *columns.envelope(line.y), faint)
        )
    if line.smoothed_at is not None:
        # A smoothed line needs no point for every pixel, and wide soft lines are what costs most.
        ends = columns.ends[::-1][:: 1 if len(columns.ends) <= view.width // 2 else 2][::-1]
        strokes.append(_Stroke(line.key, line, x[ends], line.smoothed_at(ends), False))
    return strokes


def _along_pixels(x: Floats, y: Floats, view: View) -> tuple[Floats, Floats, NDArray[np.int32]]:
    """A line as one point for each pixel column, so that dashes can break it anywhere."""
    first, last = max(float(x[0]), view.left), min(float(x[-1]), view.right)
    scale = view.width / (view.right - view.left)
    pixels = np.arange(int((first - view.left) * scale), int((last - view.left) * scale) + 2, dtype=np.int32)
    columns = np.clip(view.left + pixels / scale, x[0], x[-1])
    return columns, np.interp(columns, x, y), pixels
