"""Which tokens stand in which row of the flow, found from any place without looking at the whole text.

Rows end where a line of the text ends. Lines of very many tokens are divided every `SEGMENT` tokens; so
the rows around a token depend on its own line only, and at most on that many tokens before it.
"""

from bisect import bisect_right
from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF

from explorer.text.units import from_units
from explorer.ui.stores.token_spans import TokenSpans
from explorer.ui.widgets.token_words import chip_label, hex_bytes

SEGMENT = 256
_LONGEST_UNITS = 64
_DIGITS = "0123456789"
_REMEMBERED = 20_000
"""Labels whose width is kept; then it begins anew."""


class Chip(NamedTuple):
    """One token in its row; `left` and `width` in pixels."""

    token: int
    token_id: int
    left: int
    width: int
    label: str


class Metrics(NamedTuple):
    """Sizes in pixels, made from the theme. `text` measures labels; 0 for `id_width` leaves ids out."""

    text: QFontMetricsF | None
    digit_width: float
    padding: int
    gap: int


class _Segment(NamedTuple):
    """Rows that are laid out together: where each starts, with the next segment's start last; their chips."""

    starts: list[int]
    rows: list[list[Chip]]


class FlowRows:
    """Rows for one width and one way to show tokens; `forget()` when tokens or sizes change."""

    def __init__(self, spans: TokenSpans) -> None:
        self._spans = spans
        self._width = 1
        self._metrics = Metrics(None, 1.0, 0, 0)
        self._with_ids = True
        self._columns = self._cell = 1
        self._segments: dict[int, _Segment] = {}
        self._widths: dict[str, tuple[str, int]] = {}

    def restyle(self, metrics: Metrics, width: int, with_ids: bool, digits: int) -> None:
        """`metrics.text` None: ids only, in cells that hold `digits` digits."""
        self._metrics, self._width, self._with_ids = metrics, max(width, 1), with_ids
        self._cell = round(metrics.digit_width * digits) + 2 * metrics.padding
        self._columns = max(1, (self._width + metrics.gap) // (self._cell + metrics.gap))
        self._widths = {}
        self.forget()

    def forget(self) -> None:
        """The tokens are others now."""
        self._segments = {}

    # ------------------------------------------------------------ rows

    def start_of(self, token: int) -> int:
        """First token of the row that holds `token`."""
        if self._metrics.text is None:
            return token - token % self._columns
        starts = self._segment(token).starts
        return starts[bisect_right(starts, token) - 1]

    def after(self, first: int) -> int:
        """First token of the row after the one that begins with `first`; the count after the last row."""
        if self._metrics.text is None:
            return min(first + self._columns, len(self._spans))
        starts = self._segment(first).starts
        return starts[bisect_right(starts, first)]

    def back(self, first: int, rows: int) -> int:
        """The row so many rows above the one that begins with `first`, or the first one."""
        for _ in range(rows):
            if first == 0:
                break
            first = self.start_of(first - 1)
        return first

    def chips(self, first: int) -> list[Chip]:
        """The row that begins with `first`."""
        if self._metrics.text is None:
            pitch = self._cell + self._metrics.gap
            ids: list[int] = self._spans.ids[first : self.after(first)].tolist()
            return [Chip(first + at, token_id, at * pitch, self._cell, "") for at, token_id in enumerate(ids)]
        segment = self._segment(first)
        return segment.rows[bisect_right(segment.starts, first) - 1]

    # ------------------------------------------------------------ one line of the text

    def _segment(self, token: int) -> _Segment:
        """The segment that holds the token."""
        spans = self._spans
        units, unit = spans.units, int(spans.starts[token])
        line_first = spans.index_at(units.rfind("\n", 0, unit) + 1)
        first = line_first + (token - line_first) // SEGMENT * SEGMENT
        segment = self._segments.get(first)
        if segment is None:
            line_end = units.find("\n", unit)
            stop = len(spans) if line_end < 0 else max(spans.index_at(line_end + 1), token + 1)
            segment = self._segments[first] = self._break(first, min(first + SEGMENT, stop))
        return segment

    def _break(self, first: int, stop: int) -> _Segment:
        """Fill rows from the left with the tokens `first : stop`."""
        spans, metrics = self._spans, self._metrics
        units, widths = spans.units, self._widths
        ids: list[int] = spans.ids[first:stop].tolist()
        edges: list[int] = spans.starts[first:stop].tolist()
        edges.append(spans.span(stop - 1)[1])
        row: list[Chip] = []
        segment = _Segment([first], [row])
        left = 0
        for at, token_id in enumerate(ids):
            piece = spans.piece(token_id)
            key = piece or " " + units[edges[at] : min(edges[at + 1], edges[at] + _LONGEST_UNITS)]
            if self._with_ids:
                key = _DIGITS[len(str(token_id))] + key
            label, width = widths.get(key) or self._measure(key, piece, token_id)
            if left and left + width > self._width:
                row = []
                segment.rows.append(row)
                segment.starts.append(first + at)
                left = 0
            row.append(Chip(first + at, token_id, left, width, label))
            left += width + metrics.gap
        segment.starts.append(stop)
        return segment

    def _measure(self, key: str, piece: str, token_id: int) -> tuple[str, int]:
        """Label and width of a chip, kept under `key`."""
        metrics, text_metrics = self._metrics, self._metrics.text
        assert text_metrics is not None
        text = key[2:] if self._with_ids else key[1:]
        label = hex_bytes(bytes.fromhex(piece)) if piece else chip_label(from_units(text))
        advance: Callable[[str], float] = text_metrics.horizontalAdvance
        inner = advance(label)
        if self._with_ids:
            inner = max(inner, len(str(token_id)) * metrics.digit_width)
        width = round(inner + 0.5) + 2 * metrics.padding
        if width > self._width:
            width = self._width
            label = text_metrics.elidedText(label, Qt.TextElideMode.ElideRight, width - 2 * metrics.padding)
        if len(self._widths) > _REMEMBERED:
            self._widths.clear()
        self._widths[key] = label, width
        return label, width
