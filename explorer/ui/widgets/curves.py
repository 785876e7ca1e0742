"""Curves over steps, a hundred thousand points as well as ten: drawn in milliseconds, read off by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame

from explorer.ui.theme import Theme
from explorer.ui.widgets.curve_axes import Axis, calm_end, calm_range
from explorer.ui.widgets.curve_lines import Line, LinePainter, View
from explorer.ui.widgets.curve_style import screen_pen

REDRAW_EVERY_MS = 33
_WALKS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Home: -2, Qt.Key.Key_End: 2}
_ZOOMS = {Qt.Key.Key_Plus: 0.7, Qt.Key.Key_Equal: 0.7, Qt.Key.Key_Minus: 1 / 0.7}


@dataclass(frozen=True)
class Reference:
    """A level with a name: what a model that knows nothing would score."""

    value: float
    label: str


class CurvePlot(pg.PlotWidget):
    """Lines over steps, with a cursor that can be dragged and a hair that follows the mouse.

    Wheel and drag zoom and move along the steps, a double click or the key 0 shows the whole again; heights
    fit by themselves. Signals: `cursor_moved(step)` by hand; `walked(direction)` by an arrow key (Home, End:
    -2, +2); `read_changed` when the step that is read off, or a value there, changes; `zoom_changed(zoomed)`;
    `steps_changed` when other steps are shown.
    """

    cursor_moved = Signal(float)
    walked = Signal(int)
    read_changed = Signal()
    zoom_changed = Signal(bool)
    steps_changed = Signal()

    def __init__(self, theme: Theme, least_height: int = 150, first: float = 0.0) -> None:
        """`least_height`: pixels at 100 %. `first`: the step at which the axis begins."""
        bottom, left = Axis("bottom"), Axis("left")
        super().__init__(axisItems={"bottom": bottom, "left": left})
        self._axes = (bottom, left)
        self._theme, self._least_height, self._first = theme, least_height, first
        self.lines: Sequence[Line] = ()
        """What is drawn now."""
        self._reference: Reference | None = None
        self._planned: float | None = None
        self._leader: CurvePlot | None = None
        self._log_x = self._zoomed = False
        self._cursor: float | None = None
        self._hover: float | None = None
        self._heights: tuple[float, float] | None = None
        # pyqtgraph has no types worth the name.
        self._item: Any = self.getPlotItem()
        self._box: Any = self._item.getViewBox()
        self._painter = LinePainter(self._item, theme)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(REDRAW_EVERY_MS)
        self._soon.timeout.connect(self.redraw)
        at_the_right = {"position": 0.99, "anchors": [(1, 0), (1, 0)]}
        self._level: Any = pg.InfiniteLine(angle=0, label="", labelOpts=at_the_right)
        self._hair: Any = pg.InfiniteLine(angle=90)
        self._cursor_line: Any = pg.InfiniteLine(angle=90, movable=True)
        self._build()
        theme.changed.connect(self._apply_theme)
        self._apply_theme()

    def _build(self) -> None:
        self._item.setMenuEnabled(False)
        self._item.hideButtons()
        self._item.disableAutoRange()
        self._box.setMouseEnabled(x=True, y=False)
        self._box.setLimits(xMin=self._first)
        self._box.sigRangeChangedManually.connect(self._zoomed_by_hand)
        self._box.sigXRangeChanged.connect(self._redraw_soon)
        self._box.sigXRangeChanged.connect(lambda *_: self.steps_changed.emit())
        for line, height in ((self._level, -5), (self._hair, 8), (self._cursor_line, 10)):
            line.setZValue(height)
            line.hide()
            self._item.addItem(line, ignoreBounds=True)
        self._cursor_line.sigDragged.connect(self._cursor_dragged)
        scene: Any = self.scene()
        scene.sigMouseMoved.connect(self._mouse_moved)
        scene.sigMouseClicked.connect(self._mouse_clicked)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAcceptDrops(False)  # a text dropped here is meant for the panel

    # ------------------------------------------------------------ what is shown

    def show_lines(
        self, lines: Sequence[Line], planned: float | None = None, reference: Reference | None = None
    ) -> None:
        """Draw these from now on. `planned`: the step at which the run will end."""
        self.lines, self._planned, self._reference = lines, planned, reference
        self.redraw()

    def set_log_x(self, on: bool) -> None:
        """Steps on a logarithmic axis, or linear."""
        if on != self._log_x:
            self._log_x = on
            self._item.setLogMode(x=on, y=False)
            self.show_whole()

    def set_least_height(self, least_height: int) -> None:
        """How low it may get, in pixels at 100 %."""
        self._least_height = least_height
        self.setMinimumHeight(self._theme.px(least_height))

    def forget_heights(self) -> None:
        """Another measure comes: its heights have nothing to do with the present ones."""
        self._heights = None

    def set_cursor(self, step: float | None) -> None:
        """Put the cursor at a step; None hides it."""
        if step != self._cursor:
            self._cursor = step
            self._place_cursor()

    @property
    def cursor_step(self) -> float | None:
        """Where the cursor stands."""
        return self._cursor

    @property
    def read_step(self) -> float | None:
        """The step whose values the legend shows: under the mouse, else at the cursor."""
        return self._cursor if self._hover is None else self._hover

    @property
    def hovers(self) -> bool:
        """Whether the mouse reads off a step."""
        return self._hover is not None

    def colour_of(self, line: Line) -> QColor:
        """A line's colour in the theme."""
        return self._painter.colour_of(line)

    @property
    def zoomed(self) -> bool:
        """Whether a part chosen by hand is shown."""
        return self._zoomed

    def show_whole(self) -> None:
        """All steps again."""
        if self._zoomed:
            self._zoomed = False
            self.zoom_changed.emit(False)
        self.redraw()

    def follow(self, leader: "CurvePlot") -> None:
        """Show the steps that `leader` shows; zooming and the keys are left to it."""
        self._leader = leader
        self._box.setMouseEnabled(x=False, y=False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        leader.steps_changed.connect(self._redraw_soon)

    @property
    def steps_shown(self) -> tuple[float, float]:
        """The ends of the lower axis, in its own units."""
        left, right = self._box.viewRange()[0]
        return float(left), float(right)

    # ------------------------------------------------------------ drawing

    def redraw(self) -> None:
        """Draw now. What it costs depends on the width in pixels more than on the number of points."""
        if not self._zoomed:
            self._fit_steps()
        self._soon.stop()
        (left, right), width = self._box.viewRange()[0], max(50, round(self._box.width()))
        ends = self._painter.draw(self.lines, View(left, right, width, self._log_x))
        self._level.setVisible(self._reference is not None)
        if self._reference is not None:
            level = self._reference.value
            self._level.setValue(level)
            self._level.label.setFormat(self._reference.label)
            ends = (level, level) if ends is None else (min(ends[0], level), max(ends[1], level))
        if ends is not None:
            self._fit_heights(*ends)
        for axis in self._axes:
            axis.show_numbers(ends is not None)
        self._place_cursor()
        self.read_changed.emit()

    def _redraw_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _fit_steps(self) -> None:
        if self._leader is not None:
            if self.steps_shown != self._leader.steps_shown:
                self._box.setXRange(*self._leader.steps_shown, padding=0)
            return
        last = max((float(line.x[-1]) for line in self.lines if len(line.x)), default=0.0)
        end = calm_end(last, self._planned)
        right = float(np.log10(end)) if self._log_x else end
        if list(self._box.viewRange()[0]) != [self._first, right]:
            self._box.setXRange(self._first, right, padding=0)

    def _fit_heights(self, low: float, high: float) -> None:
        heights = calm_range(low, high, self._heights)
        if heights != self._heights:
            self._heights = heights
            self._box.setYRange(*heights, padding=0)

    def _apply_theme(self) -> None:
        theme = self._theme
        font = theme.font("caption")
        self.setBackground(theme.colours.surface)
        for axis in self._axes:
            axis.apply_theme(theme, font)
        self._item.layout.setContentsMargins(0, theme.px(6), theme.px(12), 0)
        muted, text, accent = theme.colour("muted"), theme.colour("text"), theme.colour("accent")
        self._level.setPen(screen_pen(muted, 1, Qt.PenStyle.DashLine))
        self._level.label.setColor(muted)
        self._level.label.textItem.setFont(font)
        self._hair.setPen(screen_pen(text, 1, Qt.PenStyle.DotLine))
        self._cursor_line.setPen(screen_pen(accent, theme.px(2)))
        self._cursor_line.setHoverPen(screen_pen(accent, theme.px(4)))
        self.setMinimumHeight(theme.px(self._least_height))
        self._painter.forget()
        self._redraw_soon()

    # ------------------------------------------------------------ hands

    def _step_at(self, place: float) -> float:
        return max(0.0, float(10.0**place) if self._log_x else place)

    def _place(self, line: Any, step: float | None) -> None:
        line.setVisible(step is not None)
        if step is not None:
            line.setValue(float(np.log10(max(step, 1.0))) if self._log_x else step)

    def _place_cursor(self) -> None:
        if not self._cursor_line.moving:
            self._place(self._cursor_line, self._cursor)

    def _cursor_dragged(self) -> None:
        self._cursor = self._step_at(float(self._cursor_line.value()))
        self.cursor_moved.emit(self._cursor)

    def _mouse_moved(self, place: QPointF) -> None:
        self._read_at(self._step_under(place) if self._inside(place) else None)

    def _inside(self, place: QPointF) -> bool:
        return bool(self.lines) and self._box.sceneBoundingRect().contains(place)

    def _step_under(self, place: QPointF) -> float:
        return self._step_at(self._box.mapSceneToView(place).x())

    def _read_at(self, step: float | None) -> None:
        self._hover = step
        self._place(self._hair, step)
        self.read_changed.emit()

    def _mouse_clicked(self, event: Any) -> None:
        if event.double():
            self.show_whole()
        elif event.button() == Qt.MouseButton.LeftButton and self._inside(event.scenePos()):
            self._cursor = self._step_under(event.scenePos())
            self._place_cursor()
            self.cursor_moved.emit(self._cursor)

    def _zoomed_by_hand(self) -> None:
        if not self._zoomed:
            self._zoomed = True
            self.zoom_changed.emit(True)

    def leaveEvent(self, ev: QEvent) -> None:
        """The hair goes with the mouse."""
        self._read_at(None)
        super().leaveEvent(ev)

    def keyPressEvent(self, ev: QKeyEvent) -> None:
        """Arrows walk through the sayings, Home and End go to the first and the newest, + - 0 zoom."""
        key = Qt.Key(ev.key())
        with_control = bool(ev.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key in _WALKS:
            self.walked.emit(_WALKS[key])
        elif key in _ZOOMS and not with_control:
            self._zoomed_by_hand()
            self._box.scaleBy(x=_ZOOMS[key], y=1)
        elif key == Qt.Key.Key_0 and not with_control:
            self.show_whole()
        else:
            ev.ignore()

    def resizeEvent(self, ev: QResizeEvent | None) -> None:
        """Another width shows other points."""
        super().resizeEvent(ev)
        if ev is not None and ev.oldSize().isValid():
            self._redraw_soon()
