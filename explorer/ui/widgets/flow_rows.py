"""Which tokens stand in which row of the flow, found from any place without looking at the whole text.

Rows end where a line of the text ends. Lines of very many tokens are divided every `SEGMENT` tokens; so
the rows around a token depend on its own line only, and at most on that many tokens before it.
"""

from bisect import bisect_right
from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF

from explorer.ui.stores.token_spans import TokenSpans
from explorer.ui.widgets.token_words import hex_bytes, visible

SEGMENT = 256
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


class FlowRows:
    """Rows for one width and one way to show tokens; `forget()` when tokens or sizes change."""

    def __init__(self, spans: TokenSpans) -> None:
        self._spans = spans
        self._width = 1
        self._metrics = Metrics(None, 1.0, 0, 0)
        self._with_ids = True
        self._columns = 0
        self._segments: dict[int, list[int]] = {}
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
        rows = self._rows_around(token)
        return rows[bisect_right(rows, token) - 1]

    def after(self, first: int) -> int:
        """First token of the row after the one that begins with `first`; the count after the last row."""
        count = len(self._spans)
        if self._metrics.text is None:
            return min(first + self._columns, count)
        rows = self._rows_around(first)
        return rows[bisect_right(rows, first)]

    def back(self, first: int, rows: int) -> int:
        """The row so many rows above the one that begins with `first`, or the first one."""
        for _ in range(rows):
            if first == 0:
                break
            first = self.start_of(first - 1)
        return first

    def chips(self, first: int) -> list[Chip]:
        """The row that begins with `first`."""
        stop = self.after(first)
        ids: list[int] = self._spans.ids[first:stop].tolist()
        left, chips = 0, list[Chip]()
        for token, token_id in enumerate(ids, first):
            label, width = self._chip(token, token_id)
            chips.append(Chip(token, token_id, left, width, label))
            left += width + self._metrics.gap
        return chips

    # ------------------------------------------------------------ one line of the text

    def _rows_around(self, token: int) -> list[int]:
        """Starts of all rows of the token's segment, and where the next segment starts."""
        spans = self._spans
        units, unit = spans.units, int(spans.starts[token])
        line_first = spans.index_at(units.rfind("\n", 0, unit) + 1)
        first = line_first + (token - line_first) // SEGMENT * SEGMENT
        rows = self._segments.get(first)
        if rows is None:
            line_end = units.find("\n", unit)
            stop = len(spans) if line_end < 0 else max(spans.index_at(line_end + 1), token + 1)
            rows = self._segments[first] = self._break(first, min(first + SEGMENT, stop))
        return rows

    def _break(self, first: int, stop: int) -> list[int]:
        rows, left = [first], 0
        ids: list[int] = self._spans.ids[first:stop].tolist()
        for token, token_id in enumerate(ids, first):
            width = self._chip(token, token_id)[1]
            if left and left + width > self._width:
                rows.append(token)
                left = 0
            left += width + self._metrics.gap
        rows.append(stop)
        return rows

    def _chip(self, token: int, token_id: int) -> tuple[str, int]:
        """Label and width."""
        metrics = self._metrics
        if metrics.text is None:
            return "", self._cell
        piece = self._spans.piece(token_id)
        text = piece or self._spans.text(token, 64)
        key = f"{len(str(token_id))}{'x' if piece else ' '}{text}" if self._with_ids else piece or " " + text
        known = self._widths.get(key)
        if known is None:
            if len(self._widths) > _REMEMBERED:
                self._widths = {}
            known = self._widths[key] = self._measure(metrics.text, text, bool(piece), token_id)
        return known

    def _measure(
        self, text_metrics: QFontMetricsF, text: str, is_hex: bool, token_id: int
    ) -> tuple[str, int]:
        label = hex_bytes(bytes.fromhex(text)) if is_hex else visible(text)
        advance: Callable[[str], float] = text_metrics.horizontalAdvance
        width = advance(label)
        if self._with_ids:
            width = max(width, len(str(token_id)) * self._metrics.digit_width)
        chip = round(width + 0.5) + 2 * self._metrics.padding
        if chip <= self._width:
            return label, chip
        room = self._width - 2 * self._metrics.padding
        return text_metrics.elidedText(label, Qt.TextElideMode.ElideRight, room), self._width
