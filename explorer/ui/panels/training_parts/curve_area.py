"""The curves of one or several runs, which measure they show and how."""

from collections.abc import Sequence
from math import log

import numpy as np
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QLabel, QPushButton, QTabBar, QVBoxLayout

from explorer.ui import words
from explorer.ui.panels.training_parts.run_views import RunView
from explorer.ui.panels.training_parts.subjects import (
    BESIDE,
    BY_THE_RULE,
    HELD_OUT,
    MEASURES,
    SMOOTH,
    Subject,
    format_value,
    measure_name,
    subject_name,
    subjects_of,
    tab_name,
)
from explorer.ui.settings import Settings
from explorer.ui.theme import Theme
from explorer.ui.widgets.curve_legend import CurveLegend, Entry
from explorer.ui.widgets.curves import CurvePlot, Line, Reference
from explorer.ui.widgets.flow_layout import FlowLayout
from explorer.ui.widgets.tall_enough import TallEnough
from explorer.ui.widgets.tiles import NOTHING

SMOOTHINGS = (1, 10, 20, 50, 200)
"""Steps to take the mean over; 1: off."""
_LEAST_PX, _LEAST_OF_TWO_PX = 150, 100
"""How low a plot may get at 100 %: alone, and one of two."""


class CurveArea(TallEnough):
    """Plot, legend with the values that are read off, and switches. Signals: those of the plot."""

    cursor_moved = Signal(float)
    walked = Signal(int)
    options_changed = Signal()

    def __init__(self, theme: Theme, settings: Settings) -> None:
        super().__init__()
        self._theme, self._settings = theme, settings
        self._views: Sequence[RunView] = ()
        self._subjects = subjects_of("pretrain")
        self._build()
        self._restore()
        self._connect()
        self._apply_theme()

    def _build(self) -> None:
        self.plot = CurvePlot(self._theme)
        self.plot.setAccessibleName(self.tr("Curves of the run"))
        self.under = CurvePlot(self._theme, _LEAST_OF_TWO_PX)
        """The same runs on another scale; hidden where there is nothing to put beside a subject."""
        self.under.setAccessibleName(self.tr("Curves by the labeller's rule"))
        self.under.follow(self.plot)
        self.legend = CurveLegend(self._theme)
        self.subject = QComboBox()
        self.subject.setAccessibleName(self.tr("What the curves show"))
        self.tabs = QTabBar()
        """In place of the list, for stages with curves of their own."""
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(True)
        self.tabs.setAccessibleName(self.tr("What the curves show"))
        self.smoothing = QComboBox()
        self.smoothing.setAccessibleName(self.tr("Smoothing"))
        for window in SMOOTHINGS:
            name = (
                self.tr("mean of {count} steps").format(count=window)
                if window > 1
                else self.tr("not smoothed")
            )
            self.smoothing.addItem(name, window)
        self.log_x = QCheckBox(self.tr("logarithmic steps"))
        self.whole = QPushButton(self.tr("Whole run"))
        self.whole.setToolTip(self.tr("Show all steps again (0, or a double click)"))
        self.whole.hide()
        self._switches = FlowLayout()
        for widget in (self.subject, self.smoothing, self.log_x, self.whole):
            self._switches.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)
        column.addLayout(self._switches)
        self.picture = TallEnough()
        """Legend and curves, without the switches: what is saved as a picture."""
        drawing = QVBoxLayout(self.picture)
        drawing.setContentsMargins(0, 0, 0, 0)
        self._axes = QLabel()
        self._axes.setProperty("role", "caption")
        self._axes.setWordWrap(True)
        drawing.addWidget(self.legend)
        drawing.addWidget(self._axes)
        self._frame = QFrame()
        self._frame.setObjectName("surface")
        self._inside = QVBoxLayout(self._frame)
        self._inside.addWidget(self.plot, 1)
        self._under_name = QLabel()
        self._under_name.setProperty("role", "caption")
        self._under_name.setWordWrap(True)
        self._inside.addWidget(self._under_name)
        self._inside.addWidget(self.under, 1)
        self._show_under(False)
        drawing.addWidget(self._frame, 1)
        column.addWidget(self.picture, 1)

    def _restore(self) -> None:
        settings = self._settings
        self._fill_subjects()
        window = int(settings.number("training/smoothing", 20))
        self.smoothing.setCurrentIndex(max(0, self.smoothing.findData(window)))
        self.log_x.setChecked(settings.flag("training/log_x", False))
        self._set_log_x(self.log_x.isChecked())

    def _connect(self) -> None:
        self.subject.currentIndexChanged.connect(self._subject_changed)
        self.tabs.currentChanged.connect(self.subject.setCurrentIndex)
        self.smoothing.currentIndexChanged.connect(self._smoothing_changed)
        self.log_x.toggled.connect(self._log_changed)
        self.whole.clicked.connect(self.plot.show_whole)
        self.plot.zoom_changed.connect(self.whole.setVisible)
        self.plot.read_changed.connect(self._render_legend)
        self.plot.cursor_moved.connect(self.cursor_moved)
        self.plot.walked.connect(self.walked)
        self.under.read_changed.connect(self._render_legend)
        self.under.cursor_moved.connect(self.cursor_moved)
        self._theme.changed.connect(self._apply_theme)

    def show_runs(self, views: Sequence[RunView], current: RunView | None, cursor: float | None) -> None:
        """Draw these runs; the level of knowing nothing and faint raw points belong to `current`."""
        self._views = views
        subjects = subjects_of(current.stage if current is not None else "pretrain")
        if subjects != self._subjects:
            self._subjects = subjects
            self._fill_subjects()
            self._forget_heights()
        with QSignalBlocker(self.plot), QSignalBlocker(self.under):
            self.plot.set_cursor(cursor)
            self.under.set_cursor(cursor)
        planned, beside = _planned(views), self._beside()
        self._show_under(beside is not None)
        # One legend for both: the one that is drawn last has it written.
        with QSignalBlocker(self.under):
            self.under.show_lines(self._lines(beside, current) if beside is not None else [], planned)
        self.plot.show_lines(self._lines(self._subject(), current), planned, self._reference(current))

    def title(self) -> str:
        """What the curves show, for the name of a picture."""
        return self.subject.currentText()

    # ------------------------------------------------------------

    def _fill_subjects(self) -> None:
        """Those of the stage, with the one that was looked at last."""
        own = self._subjects != subjects_of("pretrain")
        with QSignalBlocker(self.subject), QSignalBlocker(self.tabs):
            self.subject.clear()
            while self.tabs.count():
                self.tabs.removeTab(0)
            for subject in self._subjects:
                self.subject.addItem(subject_name(subject), subject)
                self.tabs.setTabToolTip(self.tabs.addTab(tab_name(subject)), subject_name(subject))
            last = self._settings.text(self._settings_key(), self._subjects[0])
            index = max(0, self.subject.findData(last))
            self.subject.setCurrentIndex(index)
            self.tabs.setCurrentIndex(index)
        self.subject.setVisible(not own)
        self.tabs.setVisible(own)
        self._name_axes()

    def _settings_key(self) -> str:
        own = self._subjects != subjects_of("pretrain")
        return f"training/subject/{self._subjects[0]}" if own else "training/subject"

    def _name_axes(self) -> None:
        practice = self._subjects != subjects_of("pretrain")
        along = self.tr("updates") if practice else self.tr("steps")
        self._axes.setText(f"↑ {subject_name(self._subject())}    → {along}")
        beside = BESIDE.get(self._subject())
        self._under_name.setText("" if beside is None else f"↑ {subject_name(beside)}")

    def _subject(self) -> Subject:
        return self.subject.currentData()

    def _beside(self) -> Subject | None:
        """What stands under the subject, if one of the runs measures it."""
        beside = BESIDE.get(self._subject())
        known = beside is not None and any(
            view.data.has(measure) for view in self._views for measure in MEASURES[beside]
        )
        return beside if known else None

    def _show_under(self, on: bool) -> None:
        for widget in (self.under, self._under_name):
            widget.setVisible(on)
        self.plot.set_least_height(_LEAST_OF_TWO_PX if on else _LEAST_PX)

    def _lines(self, subject: Subject, current: RunView | None) -> list[Line]:
        alone = len(self._views) == 1
        return [
            self._line(view, measure, alone, alone or (current is not None and view.key == current.key))
            for view in self._views
            for measure in MEASURES[subject]
        ]

    def _line(self, view: RunView, measure: str, alone: bool, raw: bool) -> Line:
        data, slot = view.data, view.slot
        measured = data.has(measure)
        x = data.steps if measured else np.empty(0)
        y = data.column(measure) if measured else np.empty(0)
        known = np.isfinite(y)
        if not known.all():
            x, y = x[known], y[known]
        whole = len(y) == len(data)
        window: int = self.smoothing.currentData()
        smoothed = measure not in SMOOTH and window > 1 and whole and measured
        marked = measure in HELD_OUT
        name = measure_name(measure)
        return Line(
            key=f"{view.key}/{measure}",
            label=name if alone else view.name,
            stamp=(id(data), data.version, window),
            x=x,
            y=y,
            read=lambda step: data.value_at(measure, step) if measured else None,
            smoothed_at=(lambda indices: data.smoothed_at(measure, window, indices)) if smoothed else None,
            raw=raw,
            slot=slot,
            # Alone, the two losses differ in colour too; among others, colour and dash say which run it is.
            colour=slot + (BY_THE_RULE.get(measure, int(marked)) if alone else 0),
            marked=marked,
        )

    def _reference(self, view: RunView | None) -> Reference | None:
        if self._subject() == "pair_loss":
            return Reference(log(2), self.tr("knows nothing: ln 2 = {loss}").format(loss=f"{log(2):.2f}"))
        if view is None or self._subject() != "loss" or view.uniform_loss is None:
            return None
        said = self.tr("knows nothing: ln V = {loss}").format(loss=f"{view.uniform_loss:.2f}")
        return Reference(view.uniform_loss, said)

    def _render_legend(self) -> None:
        step = self.under.read_step if self.under.hovers else self.plot.read_step
        title = "" if step is None else self.tr("step {step}").format(step=words.count(round(step)))
        beside = self._beside()
        drawn: list[tuple[Subject, Sequence[Line]]] = [(self._subject(), self.plot.lines)]
        if beside is not None:
            drawn.append((beside, self.under.lines))
        if len(self._views) > 1 and len(MEASURES[self._subject()]) == 2:
            # One entry a run: training and held-out together.
            both = self.tr("training / held-out")
            title = f"{title}  {both}"
            entries = [entry for subject, lines in drawn for entry in self._pairs(subject, lines, step)]
        else:
            entries = [self._entry(line, step) for _, lines in drawn for line in lines]
        self.legend.show_entries(title, entries)

    def _entry(self, line: Line, step: float | None) -> Entry:
        value = self._value(line, step)
        return Entry(line.label, value, line.slot, self.plot.colour_of(line), line.marked)

    def _pairs(self, subject: Subject, lines: Sequence[Line], step: float | None) -> list[Entry]:
        """One entry a run, with all that it measures of the subject."""
        each = len(MEASURES[subject])
        of_runs = [lines[start : start + each] for start in range(0, len(lines), each)]
        name = "{run}" if subject == self._subject() else self.tr("{run}, by the rule")
        return [
            Entry(
                name.format(run=view.name),
                " / ".join(self._value(line, step) for line in own),
                own[0].slot,
                self.plot.colour_of(own[0]),
                True,
            )
            for view, own in zip(self._views, of_runs, strict=True)
        ]

    def _value(self, line: Line, step: float | None) -> str:
        value = line.read(step) if step is not None else None
        return NOTHING if value is None else format_value(self._subject(), value)

    def _subject_changed(self) -> None:
        self._settings.set(self._settings_key(), self._subject())
        with QSignalBlocker(self.tabs):
            self.tabs.setCurrentIndex(self.subject.currentIndex())
        self._name_axes()
        self._forget_heights()
        self.options_changed.emit()

    def _smoothing_changed(self) -> None:
        self._settings.set("training/smoothing", self.smoothing.currentData())
        self.options_changed.emit()

    def _log_changed(self, on: bool) -> None:
        self._settings.set("training/log_x", on)
        self._set_log_x(on)

    def _set_log_x(self, on: bool) -> None:
        for plot in (self.plot, self.under):
            plot.set_log_x(on)

    def _forget_heights(self) -> None:
        for plot in (self.plot, self.under):
            plot.forget_heights()

    def _apply_theme(self) -> None:
        px = self._theme.px
        self._switches.setSpacing(px(8))
        self._inside.setContentsMargins(px(4), px(4), px(4), px(4))
        layout = self.layout()
        if layout is not None:
            layout.setSpacing(px(6))
        self.setMinimumWidth(px(280))


def _planned(views: Sequence[RunView]) -> float | None:
    """Where the axis may end: at the plan of the longest run."""
    return float(max((view.steps for view in views), default=0)) or None
