"""Where tokens lie in a line of laid-out text: one rectangle each, or more where the writing turns round.

What the eye sees as one character (a letter with its marks, an emoji of several joined ones) can be several
tokens, and one character can be cut by bytes. Such a place is one *run* with several tokens.
"""

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple
from unicodedata import category

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QTextBlock, QTextLayout, QTextLine

from explorer.ui.stores.token_spans import TokenSpans

_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufefc\ud802\ud803\ud83a\ud83b]"
)
"""In a unit text; the surrogates are those of the scripts beyond U+FFFF."""
_CONTINUES = ("8", "9", "a", "b")
"""First hex digit of a byte that goes on with a character."""

Rects = list[QRectF]
Segment = tuple[int, int, tuple[int, ...]]
"""Units from, to, and the token or tokens there."""


_TOUCH = 0.5
"""Pixels: edges nearer than this are the same."""


class _Cell(NamedTuple):
    """A character, as the eye sees it, in a line of mixed directions: layout position and edges."""

    at: int
    left: float
    right: float
    shows: bool
    """Not a mark of direction or the like, which has no width."""


class Run(NamedTuple):
    """A piece of a line and where it is painted; its tokens are several where they share a character."""

    tokens: tuple[int, ...]
    rects: Rects


class LineRuns:
    """One line of a block: which units it has and where they are. Units count from the text's beginning."""

    def __init__(
        self, spans: TokenSpans, block: QTextBlock, line: QTextLine, origin: QPointF, end_width: float
    ) -> None:
        """`origin`: of the block's layout in the viewport. `end_width`: of a line end's mark, in pixels."""
        self._spans, self._line = spans, line
        self._layout: QTextLayout = block.layout()
        self._block_start = block.position()
        self._end_width = end_width
        self._left = origin.x()
        # A pixel is left free between two lines.
        self.top, self.height = origin.y() + line.y() + 1, line.height() - 1
        # What an input method shows while it composes stands in the layout, but not in the text.
        self._composed_at = self._layout.preeditAreaPosition()
        self._composed = len(self._layout.preeditAreaText()) if self._composed_at >= 0 else 0
        units = spans.units
        self.start = self._block_start + self._text_position(line.textStart())
        self.text_end = self._block_start + self._text_position(line.textStart() + line.textLength())
        last = self.text_end == self._block_start + block.length() - 1
        self.stop = min(self.text_end + last, len(units))
        """After `text_end` there is at most the line end itself."""
        self.units = units[self.start : self.stop]
        self._plain = self.units.isascii()
        self._backward = block.textDirection() == Qt.LayoutDirection.RightToLeft
        self._turning = self._backward or not (self._plain or _RIGHT_TO_LEFT.search(self.units) is None)
        self._known_x: dict[int, float] = {}

    # ------------------------------------------------------------ tokens

    def plain_edges(self, neutral: list[tuple[int, int]]) -> tuple[int, list[float]] | None:
        """The usual line, fast: its first token, the left edges of its tokens, and where the last one ends.

        None for a line that needs `runs`: with writing beyond ASCII, or with neutral units.
        """
        start, stop = self.start, self.stop
        if not self._plain or self._turning or any(low < stop and start < high for low, high in neutral):
            return None
        spans = self._spans
        first = spans.holding(start)
        if first < 0:
            return None
        units: list[int] = [start, *spans.starts[first + 1 : spans.index_at(stop)].tolist()]
        edges = [self._x(unit) for unit in units]
        edges.append(self._x(self.text_end) + (self._end_width if stop > self.text_end else 0))
        return first, edges

    def runs(self, neutral: list[tuple[int, int]]) -> Iterator[Run]:
        """What to fill, in the order of the text; `neutral` ranges are left out."""
        segments = self._segments()
        for start, stop in neutral:
            if start < self.stop and self.start < stop:
                segments = _without(segments, start, stop)
        for start, stop, tokens in segments:
            yield Run(tokens, self.rects(start, stop))

    def _segments(self) -> list[Segment]:
        spans, start, stop = self._spans, self.start, self.stop
        starts = spans.starts
        first = max(spans.holding(start), 0)
        if first >= len(starts):
            return []
        first = spans.index_at(int(starts[first]))
        if first and spans.piece(int(spans.ids[first]))[:1] in _CONTINUES:
            first -= 1  # the token with the character's first byte begins further left
        after = max(spans.index_at(stop), first + 1)
        edges = [*starts[first:after].tolist(), spans.span(after - 1)[1]]
        if self._plain:
            return [
                (max(left, start), min(right, stop), (first + at,))
                for at, (left, right) in enumerate(pairwise(edges))
                if left < right and left < stop and start < right
            ]
        return self._shared_segments(first, edges)

    def _shared_segments(self, first: int, edges: list[int]) -> list[Segment]:
        """As above where tokens may meet inside a character."""
        ids = self._spans.ids[first : first + len(edges) - 1].tolist()
        segments: list[Segment] = []
        for at, token_id in enumerate(ids):
            left, right = max(edges[at], self.start), min(edges[at + 1], self.stop)
            piece = self._spans.piece(token_id)
            shared = edges[at] >= self.start and self._inside_character(edges[at], piece)
            if shared and segments:
                right_of = self._share(segments, left, first + at)
                left = max(left, right_of)
            elif left == right and piece and self.start <= left < self.stop:
                segments.append((left, left, (first + at,)))
                continue
            if left < right:
                segments.append((left, right, (first + at,)))
        return [segment for segment in segments if segment[0] < segment[1]]

    def _inside_character(self, unit: int, piece: str) -> bool:
        """Whether a token that begins at `unit` begins within what the eye sees as one character."""
        if piece and piece[0] in _CONTINUES:
            return True
        return self.start < unit < self.text_end and not self._layout.isValidCursorPosition(self._inner(unit))

    def _share(self, segments: list[Segment], unit: int, token: int) -> int:
        """Let `token` have its part of the character at `unit`; gives where that character ends."""
        inner = self._inner(unit)
        if not self._layout.isValidCursorPosition(inner):
            inner = self._layout.previousCursorPosition(inner)
        left = self._outer(inner)
        right = self._outer(self._layout.nextCursorPosition(inner)) if left < self.text_end else self.stop
        start, stop, tokens = segments[-1]
        if stop < left:
            segments.append((left, right, (token,)))
        elif start < left and len(tokens) == 1:
            segments[-1] = (start, left, tokens)
            segments.append((left, right, (*tokens, token)))
        else:
            segments[-1] = (start, max(stop, right), (*tokens, token))
        return right

    # ------------------------------------------------------------ places

    def rects(self, start: int, stop: int) -> Rects:
        """Where the units `start : stop` of this line are; a line end has a width of its own."""
        text_stop = min(stop, self.text_end)
        if self._turning:
            rects = self._turning_rects(start, text_stop)
        elif start < text_stop:
            left = self._x(start)
            rects = [QRectF(left, self.top, self._x(text_stop) - left, self.height)]
        else:
            rects = []
        if stop > self.text_end:
            rects.append(self.end_rect())
        return rects

    def middles(self, unit: int) -> list[float]:
        """Where a character of one unit has its middle; nowhere if it is not shown."""
        if self._turning:
            return [rect.center().x() for rect in self.rects(unit, unit + 1)]
        return [(self._x(unit) + self._x(unit + 1)) / 2]

    def end_rect(self) -> QRectF:
        """The place of the line end, after the text."""
        if self._backward:
            left = self._left + self._line.naturalTextRect().left() - self._end_width
        elif self._turning:
            left = self._left + self._line.naturalTextRect().right()
        else:
            left = self._x(self.text_end)
        return QRectF(left, self.top, self._end_width, self.height)

    def _x(self, unit: int) -> float:
        """Left edge of the unit where all writing goes to the right."""
        x = self._known_x.get(unit)
        if x is None:
            x = self._known_x[unit] = self._left + _x_of(self._line.cursorToX(self._inner(unit)))
        return x

    def _turning_rects(self, start: int, stop: int) -> Rects:
        """Character by character, those that touch joined."""
        rects: Rects = []
        first, after = self._inner(start), self._inner(stop)
        for cell in self._cells:
            if not first <= cell.at < after or cell.left >= cell.right:
                continue
            left, right = self._left + cell.left, self._left + cell.right
            if rects and abs(rects[-1].right() - left) < _TOUCH:
                rects[-1].setRight(right)
            elif rects and abs(rects[-1].left() - right) < _TOUCH:
                rects[-1].setLeft(left)
            else:
                rects.append(QRectF(left, self.top, right - left, self.height))
        return rects

    @cached_property
    def _cells(self) -> list[_Cell]:
        """All characters of a line in which writing turns round, in the order of the text."""
        line = self._line
        cells: list[_Cell] = []
        at, end = line.textStart(), line.textStart() + line.textLength()
        while at < end:
            one = _x_of(line.cursorToX(at))
            other = _x_of(line.cursorToX(at, QTextLine.Edge.Trailing))
            shows = category(self._spans.units[self._outer(at)]) != "Cf"
            cells.append(_Cell(at, min(one, other), max(one, other), shows))
            at = max(self._layout.nextCursorPosition(at), at + 1)
        extent = line.naturalTextRect()
        return _gaps_filled(cells, extent.left(), extent.right())

    def _inner(self, unit: int) -> int:
        """The layout's position of a unit."""
        position = unit - self._block_start
        return position + self._composed if self._composed and position > self._composed_at else position

    def _outer(self, position: int) -> int:
        return self._block_start + self._text_position(position)

    def _text_position(self, position: int) -> int:
        """The text's position for one of the layout."""
        if self._composed and position > self._composed_at:
            return max(self._composed_at, position - self._composed)
        return position


def lines_between(layout: QTextLayout, top: float, bottom: float) -> Iterator[QTextLine]:
    """The lines of a laid-out block that touch `top ... bottom` (its own coordinates), found by halving."""
    line_at: Callable[[int], QTextLine] = layout.lineAt
    low, high = 0, layout.lineCount()
    while low < high:
        middle = (low + high) // 2
        line = line_at(middle)
        if line.y() + line.height() <= top:
            low = middle + 1
        else:
            high = middle
    for number in range(low, layout.lineCount()):
        line = line_at(number)
        if line.y() >= bottom:
            return
        yield line


def _gaps_filled(cells: list[_Cell], line_left: float, line_right: float) -> list[_Cell]:
    """Give the first character after a turn its place.

    There the caret has two places, and Qt tells the one at the end of the text before the turn: the
    character seems to have no width, and its place is a gap beside the character that follows it, or, if
    the writing turns again at once, beside the place that Qt tells.
    """
    seen = sorted((cell.left, cell.right) for cell in cells if cell.right - cell.left >= _TOUCH)
    lefts, rights = [left for left, _ in seen], [right for _, right in seen]
    gaps = [
        gap
        for gap in zip([line_left, *rights], [*lefts, line_right], strict=True)
        if gap[1] - gap[0] >= _TOUCH
    ]
    for number, cell in enumerate(cells):
        if cell.shows and cell.right - cell.left < _TOUCH:
            beside = [*cells[number + 1 : number + 2], cell]
            near = (gap for one in beside for gap in gaps if _touch(gap, (one.left, one.right)))
            gap = next(near, None)
            if gap is not None:
                gaps.remove(gap)
                cells[number] = _Cell(cell.at, *gap, True)
    return cells


def _touch(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return any(abs(edge - side) < _TOUCH for edge in one for side in other)


def _without(segments: list[Segment], start: int, stop: int) -> list[Segment]:
    """The segments less the units `start : stop`."""
    left: list[Segment] = []
    for segment_start, segment_stop, tokens in segments:
        if segment_start < start:
            left.append((segment_start, min(segment_stop, start), tokens))
        if stop < segment_stop:
            left.append((max(segment_start, stop), segment_stop, tokens))
    return left


def _x_of(answer: object) -> float:
    """Qt moves the position it is given to a valid one and tells both: (x, position)."""
    return float(answer[0] if isinstance(answer, tuple) else answer)  # type: ignore[arg-type]
