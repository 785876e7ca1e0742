"""The names of the lines and, beside each, its value at the step that is read off."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.theme import Theme
from explorer.ui.widgets.curve_style import paint_swatch


@dataclass(frozen=True)
class Entry:
    """One line of the legend. `value` as it is written; "–" where there is none."""

    label: str
    value: str
    slot: int
    colour: QColor
    marked: bool


class CurveLegend(QWidget):
    """Swatches with names and values, side by side, wrapping. The places keep still while values change."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._title = ""
        self._entries: Sequence[Entry] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.updateGeometry)

    def show_entries(self, title: str, entries: Sequence[Entry]) -> None:
        """`title`: the step that is read off."""
        if (title, entries) == (self._title, self._entries):
            return
        names_before = [entry.label for entry in self._entries]
        self._title, self._entries = title, entries
        self.setAccessibleName("; ".join([title, *(f"{entry.label} {entry.value}" for entry in entries)]))
        if names_before != [entry.label for entry in entries]:
            self.updateGeometry()
        self.update()

    def text(self) -> str:
        """What is written, for a test and for a screen reader."""
        return self.accessibleName()

    def hasHeightForWidth(self) -> bool:
        """It wraps."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Pixels of all its lines."""
        places = self._places(width)
        return round(places[-1].bottom()) if places else round(self._line_height())

    def sizeHint(self) -> QSize:
        """At a width that suits half a window."""
        width = self._theme.px(360)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """One line high."""
        return QSize(self._theme.px(120), round(self._line_height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Swatch, name, value."""
        painter = QPainter(self)
        painter.setFont(self._theme.font("body"))
        muted, text = self._theme.colour("muted"), self._theme.colour("text")
        places = self._places(self.width())
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setPen(text)
        painter.drawText(places[0], flags, self._title)
        for entry, place in zip(self._entries, places[1:], strict=True):
            swatch = QRectF(place.left(), place.top(), self._swatch(), place.height())
            paint_swatch(painter, swatch, self._theme, entry.slot, entry.marked, entry.colour)
            rest = place.adjusted(self._swatch() + self._theme.px(6), 0, 0, 0)
            metrics = QFontMetricsF(painter.font())
            value_width = max(metrics.horizontalAdvance(entry.value), self._value_width(metrics))
            name_room = rest.width() - value_width - self._theme.px(6)
            name = metrics.elidedText(entry.label, Qt.TextElideMode.ElideMiddle, name_room)
            painter.setPen(muted)
            painter.drawText(rest, flags, name)
            painter.setPen(text)
            painter.drawText(
                rest.adjusted(metrics.horizontalAdvance(name) + self._theme.px(6), 0, 0, 0),
                flags,
                entry.value,
            )
        painter.end()

    def _swatch(self) -> int:
        return self._theme.px(26)

    def _line_height(self) -> float:
        return QFontMetricsF(self._theme.font("body")).height() + self._theme.px(4)

    def _value_width(self, metrics: QFontMetricsF) -> float:
        """Room for the longest value there is, in figures of equal width."""
        longest = max((len(entry.value) for entry in self._entries), default=0)
        return metrics.horizontalAdvance("0" * max(longest, 6))

    def _places(self, width: int) -> list[QRectF]:
        """The title's rectangle, then one for each entry."""
        metrics = QFontMetricsF(self._theme.font("body"))
        height, gap = self._line_height(), self._theme.px(16)
        title_width = max(metrics.horizontalAdvance(self._title), self._theme.px(90))
        places = [QRectF(0, 0, min(title_width, width), height)]
        x, y = places[0].right() + gap, 0.0
        for entry in self._entries:
            needed = self._swatch() + metrics.horizontalAdvance(entry.label) + self._value_width(metrics)
            needed = min(needed + self._theme.px(16), float(width))
            if x + needed > width and x > 0:
                x, y = 0.0, y + height
            places.append(QRectF(x, y, needed, height))
            x += needed + gap
        return places
