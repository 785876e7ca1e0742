"""What a stream costs by its length: milliseconds for the next token as a curve, and memory."""

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QLocale, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from explorer.ui import words
from explorer.ui.theme import Theme
from explorer.ui.widgets.curve_lines import Floats, Line
from explorer.ui.widgets.curves import REDRAW_EVERY_MS, CurvePlot, Reference
from explorer.ui.widgets.quiet_text import QuietText

_MEDIAN_OF = 9
"""Drawn tokens around a place whose middle value is shown: a machine stutters now and then."""
_LEAST_HEIGHT = 96


class ContextCost(QWidget):
    """The curve grows with each token that is drawn; measuring on demand adds points.

    Signals: `measure_requested`, the button: measure at some lengths up to the whole window.
    """

    measure_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._drawn: dict[int, float] = {}
        """Milliseconds by length, the newest for each length."""
        self._measured: dict[int, float] = {}
        self._stamp = 0
        self._window: int | None = None
        self._read = ""
        self._head = QuietText(theme, "caption", "muted", most=3)
        self._memory = QuietText(theme, "caption", most=3)
        self.plot = CurvePlot(theme, least_height=_LEAST_HEIGHT)
        self.plot.setAccessibleName(self.tr("Milliseconds for the next token, by the length of the stream"))
        self.measure = QPushButton(self.tr("Measure"))
        self.measure.setToolTip(
            self.tr("Let the model compute one token after streams of several lengths, and time it")
        )
        self._foot = QHBoxLayout()
        self._foot.setContentsMargins(0, 0, 0, 0)
        self._foot.addWidget(self._memory, 1)
        self._foot.addWidget(self.measure)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._head)
        self._column.addWidget(self.plot, 1)
        self._column.addLayout(self._foot)
        self._drawing = QTimer(self)
        self._drawing.setSingleShot(True)
        self._drawing.setInterval(REDRAW_EVERY_MS)
        self._drawing.timeout.connect(self.redraw)
        self.measure.clicked.connect(self.measure_requested)
        self.plot.read_changed.connect(self._say)
        theme.changed.connect(self._space)
        self._space()
        self.show_memory(None)
        self._say()

    # ------------------------------------------------------------ what is shown

    def set_window(self, tokens: int | None) -> None:
        """Tokens that the model has room for: where the axis ends."""
        if tokens != self._window:
            self._window = tokens
            self._soon()

    def add_drawn(self, length: int, seconds: float) -> None:
        """A token was drawn after a stream of `length` tokens: `TokenSampled.model_s`."""
        self._drawn[length] = seconds * 1e3
        self._soon()

    def show_drawn(self, points: Sequence[tuple[int, float]]) -> None:
        """Replace those of drawn tokens; (length, seconds)."""
        self._drawn = {length: seconds * 1e3 for length, seconds in points}
        self._soon()

    def show_measured(self, points: Sequence[tuple[int, float]]) -> None:
        """Replace the points that were measured on demand; (length, seconds)."""
        measured = {length: seconds * 1e3 for length, seconds in points}
        if measured != self._measured:
            self._measured = measured
            self._soon()

    def show_memory(self, kv_bytes: int | None, bytes_per_token: int = 0) -> None:
        """Bytes of keys and values that the engine keeps; None: not known."""
        if kv_bytes is None:
            self._memory.set_text(self.tr("Keys and values: not known yet"))
            return
        self._memory.set_text(
            self.tr("Keys and values kept: {whole}, {each} for each token").format(
                whole=words.size(kv_bytes), each=words.size(bytes_per_token)
            )
        )

    def set_measuring(self, possible: bool, under_way: bool = False) -> None:
        """Whether measuring may be asked for now."""
        self.measure.setEnabled(possible and not under_way)
        self.measure.setText(self.tr("Measuring …") if under_way else self.tr("Measure"))

    @property
    def said(self) -> str:
        """The line above the curve."""
        return self._head.text()

    @property
    def memory(self) -> str:
        """The line under it."""
        return self._memory.text()

    # ------------------------------------------------------------ the curve

    def _soon(self) -> None:
        """Tokens may come faster than it is worth to draw."""
        if not self._drawing.isActive():
            self._drawing.start()

    def redraw(self) -> None:
        """Draw what has come."""
        self._drawing.stop()
        self._stamp += 1
        lines: list[Line] = []
        if self._drawn:
            x, y = _arrays(self._drawn)
            smooth = running_median(y, _MEDIAN_OF)
            line = Line("drawn", "", self._stamp, x, y, _reader(x, smooth), lambda at: smooth[at], raw=False)
            lines.append(line)
        if self._measured:
            x, y = _arrays(self._measured)
            lines.append(
                Line("measured", "", self._stamp, x, y, _reader(x, y), slot=1, colour=1, marked=True)
            )
        # From 0 on: a slope looks as steep as it is.
        self.plot.show_lines(lines, planned=self._window, reference=Reference(0.0, "") if lines else None)
        self._say()

    def _say(self) -> None:
        said = self._said()
        if said != self._read:
            self._read = said
            self._head.set_text(said)

    def _said(self) -> str:
        if not self._drawn and not self._measured:
            return self.tr(
                "How long each token takes, and how that grows with the stream: nothing drawn yet."
            )
        at = self.plot.read_step
        parts: list[str] = []
        if at is None:
            what = self.tr("Milliseconds a token, by the stream's length")
            if self._drawn:
                length = max(self._drawn)
                said = self.tr("━ as drawn, now {ms} ms at {length}")
                parts.append(said.format(ms=_ms(self._drawn[length]), length=words.count(length)))
            if self._measured:
                parts.append(self.tr("■ as measured"))
        else:
            what = self.tr("After {length} tokens").format(length=words.count(round(at)))
            names = {"drawn": self.tr("━ {ms} ms as drawn"), "measured": self.tr("■ {ms} ms as measured")}
            reads = [(names[line.key], line.read(at)) for line in self.plot.lines]
            parts = [name.format(ms=_ms(value)) for name, value in reads if value is not None]
        return " · ".join([what, *parts])

    def _space(self) -> None:
        self._column.setSpacing(self._theme.px(4))
        self._foot.setSpacing(self._theme.px(8))


def _ms(milliseconds: float) -> str:
    return QLocale().toString(milliseconds, "f", 0 if milliseconds >= 100 else 1 if milliseconds >= 10 else 2)


def _arrays(points: dict[int, float]) -> tuple[Floats, Floats]:
    lengths = sorted(points)
    return np.array(lengths, np.float64), np.array([points[length] for length in lengths], np.float64)


def _reader(x: Floats, y: Floats) -> Callable[[float], float | None]:
    def read(at: float) -> float | None:
        return float(np.interp(at, x, y)) if x[0] <= at <= x[-1] else None

    return read


def running_median(values: Floats, window: int) -> Floats:
    """The median of `window` values around each; fewer at the ends. `window` is odd."""
    half = window // 2
    padded = np.concatenate([np.full(half, np.nan), values, np.full(half, np.nan)])
    return np.nanmedian(np.lib.stride_tricks.sliding_window_view(padded, window), axis=1)
