"""The beginning of a text as chips, after some merges: the more there are, the fewer and longer the chips."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea

from explorer.ui.stores.merges import MergesStore
from explorer.ui.theme import Theme
from explorer.ui.widgets.token_words import bytes_label


@dataclass(frozen=True)
class _Look:
    """How a token with certain bytes is written, and how wide that is in pixels."""

    label: str
    width: float


@dataclass(frozen=True)
class PlacedToken:
    """A chip: its bytes, whether the newest merge made it, and where it is, in pixels."""

    data: bytes
    fresh: bool
    left: float
    row: int
    width: float
    label: str


class MergeText(QAbstractScrollArea):
    """Shows the store's watched text; what the newest merge joined is framed. Call `refresh`."""

    def __init__(self, theme: Theme, store: MergesStore) -> None:
        super().__init__()
        self._theme, self._store = theme, store
        self._looks: dict[bytes, _Look] = {}
        self.chips: list[PlacedToken] = []
        """What is shown, in the order of the text."""
        self.setObjectName("surface")
        self.setAccessibleName(self.tr("The text, cut as the vocabulary has it so far"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        theme.changed.connect(self._restyle)
        self._restyle()

    def refresh(self) -> None:
        """Cut anew, and paint."""
        self.chips = self._placed()
        rows = self.chips[-1].row + 1 if self.chips else 0
        bar, height = self.verticalScrollBar(), 2 * self._margin + rows * self._row_height
        bar.setRange(0, max(height - self.viewport().height(), 0))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(self._row_height)
        self.viewport().update()

    def _placed(self) -> list[PlacedToken]:
        store = self._store
        data, shown = store.watched, store.shown
        starts = np.flatnonzero(store.falls > shown).tolist()
        if not starts:
            return []
        joined = np.flatnonzero(store.falls == shown) if shown else np.empty(0, np.intp)
        fresh = set((np.searchsorted(starts, joined, side="right") - 1).tolist())
        right = self.viewport().width() - self._margin
        left, row = float(self._margin), 0
        placed: list[PlacedToken] = []
        for index, (start, stop) in enumerate(zip(starts, [*starts[1:], len(data)], strict=True)):
            token = data[start:stop]
            look = self._looks.get(token) or self._measure(token)
            if left + look.width > right and left > self._margin:
                left, row = float(self._margin), row + 1
            placed.append(PlacedToken(token, index in fresh, left, row, look.width, look.label))
            left += look.width + self._gap
            if token.endswith(b"\n"):
                left, row = float(self._margin), row + 1
        return placed

    def _measure(self, token: bytes) -> _Look:
        label = bytes_label(token)
        look = self._looks[token] = _Look(label, self._metrics.horizontalAdvance(label) + 2 * self._padding)
        return look

    # ------------------------------------------------------------ painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """The chips that are seen."""
        theme = self._theme
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), theme.colour("surface"))
        painter.setFont(theme.font("mono"))
        seen = [(chip, self._area(chip)) for chip in self._seen_chips()]
        # Single bytes are many: one call for all of them, and no soft corners.
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("raised"))
        painter.drawRects([area for chip, area in seen if len(chip.data) == 1])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = theme.px(3)
        for chip, area in seen:
            if len(chip.data) > 1:
                # A token has one colour wherever it stands: that of its bytes.
                painter.setBrush(theme.token_fill(sum(chip.data)))
                painter.drawRoundedRect(area, radius, radius)
        painter.setPen(theme.colour("text"))
        base = (self._row_height - self._gap + self._metrics.ascent() - self._metrics.descent()) / 2
        for chip, area in seen:
            painter.drawText(QPointF(area.left() + self._padding, area.top() + base), chip.label)
        painter.setPen(QPen(theme.colour("accent"), theme.px(2)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for chip, area in seen:
            if chip.fresh:
                painter.drawRoundedRect(area, radius, radius)

    def _seen_chips(self) -> list[PlacedToken]:
        """Those of the rows that are in the viewport."""
        top = self.verticalScrollBar().value() - self._margin
        first, last = top // self._row_height, (top + self.viewport().height()) // self._row_height
        start = bisect_left(self.chips, first, key=_row_of)
        return self.chips[start : bisect_right(self.chips, last, key=_row_of)]

    def _area(self, chip: PlacedToken) -> QRectF:
        top = self._margin + chip.row * self._row_height - self.verticalScrollBar().value()
        return QRectF(chip.left, top, chip.width, self._row_height - self._gap)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew."""
        super().resizeEvent(event)
        self.refresh()

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: N802
        """Paint what is seen now."""
        self.viewport().update()

    def _restyle(self) -> None:
        px = self._theme.px
        self._metrics = QFontMetricsF(self._theme.font("mono"))
        self._margin, self._gap, self._padding = px(8), px(3), px(3)
        self._row_height = round(self._metrics.height()) + px(4) + self._gap
        inset = px(2)
        self.setViewportMargins(inset, inset, inset, inset)
        self.setMinimumHeight(2 * self._margin + 2 * self._row_height)
        self._looks.clear()
        self.refresh()


def _row_of(chip: PlacedToken) -> int:
    return chip.row
