"""Where tokens lie in a line of laid-out text: one rectangle each, or more where the writing turns round.

What the eye sees as one character (a letter with its marks, an emoji of several joined ones) can be several
tokens, and one character can be cut by bytes. Such a place is one *run* with several tokens.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QRectF, Qt
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


@dataclass(slots=True, frozen=True)
class Run:
    """A piece of a line; its tokens are several where they share a character. Rectangles in the layout."""

    tokens: tuple[int, ...]
    rects: Rects


class LineRuns:
    """One line of a block: which units it has and where they are. Positions are units of the document."""

    def __init__(self, spans: TokenSpans, block: QTextBlock, line: QTextLine, end_width: float) -> None:
        """`end_width`: how wide the mark of a line end is drawn, in pixels."""
        self._spans, self._line = spans, line
        self._layout: QTextLayout = block.layout()
        self._block_start = block.position()
        self._end_width = end_width
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
        self._mixed = not self._plain and _RIGHT_TO_LEFT.search(self.units) is not None
        self._backward = not self._plain and block.textDirection() == Qt.LayoutDirection.RightToLeft

    # ------------------------------------------------------------ tokens

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
        line = self._line
        top, height = line.y(), line.height()
        text_stop = min(stop, self.text_end)
        if self._mixed or self._backward:
            rects = self._turning_rects(start, text_stop)
        elif start < text_stop:
            left, right = self.x(start), self.x(text_stop)
            rects = [QRectF(left, top, right - left, height)]
        else:
            rects = []
        if stop > self.text_end:
            rects.append(self.end_rect())
        return rects

    def end_rect(self) -> QRectF:
        """The place of the line end, after the text."""
        left = self.x(self.text_end) - (self._end_width if self._backward else 0)
        return QRectF(left, self._line.y(), self._end_width, self._line.height())

    def x(self, unit: int) -> float:
        """Left edge of the unit (right edge where writing goes to the left)."""
        return _x_of(self._line.cursorToX(self._inner(unit)))

    def unit_at(self, x: float) -> int:
        """The unit under `x`."""
        inner = self._line.xToCursor(x, QTextLine.CursorPosition.CursorOnCharacter)
        return self._block_start + self._text_position(inner)

    def _turning_rects(self, start: int, stop: int) -> Rects:
        """Character by character, those that touch joined."""
        top, height = self._line.y(), self._line.height()
        rects: Rects = []
        at, end = self._inner(start), self._inner(stop)
        while at < end:
            one = _x_of(self._line.cursorToX(at))
            other = _x_of(self._line.cursorToX(at, QTextLine.Edge.Trailing))
            left, right = min(one, other), max(one, other)
            if rects and abs(rects[-1].right() - left) < 0.5:
                rects[-1].setRight(right)
            elif rects and abs(rects[-1].left() - right) < 0.5:
                rects[-1].setLeft(left)
            elif left < right:
                rects.append(QRectF(left, top, right - left, height))
            at = max(self._layout.nextCursorPosition(at), at + 1)
        return rects

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
