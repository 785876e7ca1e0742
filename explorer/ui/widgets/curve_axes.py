"""Ranges that stay calm while a curve grows, and axes that are painted once, not at every redraw."""

import math

import pyqtgraph as pg
from PySide6.QtCore import QLocale
from PySide6.QtGui import QFont, QPen
from PySide6.QtWidgets import QGraphicsItem

from explorer.ui.theme import Theme

_ENDS = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_GRID_ALPHA = 70


def calm_end(last: float, planned: float | None = None) -> float:
    """Where an axis from 0 ends for data up to `last`: a round number, or the plan if that is nearer.

    It changes rarely, so the curve does not slide under the eye (and axes need not be painted again).
    """
    last = max(last, 10.0)
    power = 10.0 ** math.floor(math.log10(last))
    end = next(power * factor for factor in _ENDS if power * factor >= last * (1 - 1e-9))
    return min(end, planned) if planned is not None and planned >= last else end


def calm_range(low: float, high: float, present: tuple[float, float] | None) -> tuple[float, float]:
    """A range that holds `low` to `high`: the present one if it still fits well, else a roomier round one."""
    span = high - low
    if span <= 1e-9 * max(abs(low), abs(high), 1e-9):
        span = abs(high) if abs(high) > 1e-9 else 1.0
        low, high = low - span / 2, high + span / 2
    if present is not None:
        held = present[0] <= low and high <= present[1]
        if held and span > 0.6 * (present[1] - present[0]):
            return present
    power = 10.0 ** math.floor(math.log10(span))
    step = power / (10 if span < 2 * power else 5 if span < 5 * power else 2)
    bottom = math.floor((low - 0.02 * span) / step) * step
    if low >= 0:
        bottom = max(bottom, 0.0)
    return bottom, math.ceil((high + 0.02 * span) / step) * step


class Axis(pg.AxisItem):
    """Numbers as the language writes them; kept as a picture between changes of its range.

    WORKAROUND pyqtgraph plays a QPicture with text at every repaint: 5 ms an axis, measured. The item's
    device cache makes that one blit.
    """

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.enableAutoSIPrefix(False)
        self._room = 80.0
        """Pixels from tick to tick at least."""
        self._numbered = True

    def apply_theme(self, theme: Theme, font: QFont) -> None:
        """Colours and type of the theme."""
        self.setPen(QPen(theme.colour("border"), 1))
        self.setTextPen(theme.colour("muted"))
        self.setTickFont(font)
        self.setGrid(_GRID_ALPHA)
        self.setStyle(tickTextOffset=theme.px(4), tickLength=0, hideOverlappingLabels=True)
        self._room = theme.px(90 if self.orientation == "bottom" else 32)
        if self.orientation == "left":
            self.setWidth(theme.px(46))
        else:
            self.setHeight(theme.px(22))

    def show_numbers(self, on: bool) -> None:
        """Without points there is nothing to read off."""
        if on != self._numbered:
            self._numbered = on
            self.setStyle(showValues=on)

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        """One level of ticks at round numbers, as many as leave room for their text."""
        low, high = sorted((minVal, maxVal))
        wanted = max(1.0, size / self._room)
        if self.logMode:
            return [(1.0, _log_ticks(low, high, wanted))]
        least = (high - low) / wanted
        power = 10.0 ** math.floor(math.log10(least))
        spacing = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least * (1 - 1e-9))
        first, last = math.ceil(low / spacing - 1e-9), math.floor(high / spacing + 1e-9)
        return [(spacing, [tick * spacing for tick in range(first, last + 1)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Plain numbers as the language writes them; on a logarithmic axis too, not their exponents."""
        locale = QLocale()
        if self.logMode:
            return [locale.toString(round(10.0**value)) for value in values]
        if spacing >= 1:
            return [locale.toString(round(value)) for value in values]
        if spacing < 1e-4:
            return [f"{value:.2g}" for value in values]
        digits = max(0, math.ceil(-math.log10(spacing) - 1e-9))
        return [locale.toString(float(value), "f", digits) for value in values]


def _log_ticks(low: float, high: float, wanted: float) -> list[float]:
    """Exponents of 1, 2, 5, 10, 20 ... (or of powers of ten only) from `low` to `high`."""
    parts = (1, 2, 5) if wanted >= 3 * (high - low) else (1,)
    ticks = [
        decade + math.log10(part) for decade in range(math.floor(low), math.ceil(high)) for part in parts
    ]
    return [tick for tick in [*ticks, math.ceil(high)] if low - 1e-9 <= tick <= high + 1e-9]
