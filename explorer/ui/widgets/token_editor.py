"""A plain text editor that shows the tokens in place, as coloured runs behind the text.

Fills are painted for the lines on the screen only, straight from the tokens' starts; the document's own
formats stay untouched, so nothing is laid out again when tokens change.
"""

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QTextBlock,
    QTextCursor,
    QTextDocument,
    QTextLine,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QPlainTextDocumentLayout, QPlainTextEdit

from explorer.ui.stores.token_spans import TokenSpans
from explorer.ui.theme import Theme
from explorer.ui.widgets.space_signs import SpaceSigns
from explorer.ui.widgets.token_runs import LineRuns, lines_between

LARGE_PASTE = 32_000
"""Units from which on a paste is left to whoever can do it bit by bit."""
_HELD_KEYS = 200


class TokenEditor(QPlainTextEdit):
    """Edits `document`; `spans` says where its tokens are.

    Signals: `token_hovered(index)`, -1 for none; `file_dropped(path)`; `large_text_pasted(text)`, to be put
    in place of the selection.
    """

    token_hovered = Signal(int)
    file_dropped = Signal(str)
    large_text_pasted = Signal(object)  # a str: as an object it is not converted to Qt's strings and back

    def __init__(self, theme: Theme, document: QTextDocument, spans: TokenSpans) -> None:
        super().__init__()
        self._theme, self._spans = theme, spans
        self._hovered = self._same = -1
        self._signs = SpaceSigns(theme)
        self._signs_shown = True
        self._stale = False
        self._held: list[QKeyEvent] = []
        # A layout of its own: the one of an earlier editor is laid out for that one's width.
        document.setDocumentLayout(QPlainTextDocumentLayout(document))
        self.setDocument(document)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.viewport().setMouseTracking(True)
        # Its ground is painted here: Qt need not paint what lies behind it with every key.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        theme.changed.connect(self._restyle)
        self._restyle()

    # ------------------------------------------------------------ what the panel says

    @property
    def stale(self) -> bool:
        """Whether a change of the tokens has yet to be painted."""
        return self._stale and not self.viewport().visibleRegion().isEmpty()

    @property
    def locked(self) -> bool:
        """Whether keys are held back."""
        return self.isReadOnly()

    def show_change(self, start: int, stop: int, at_once: bool = False) -> None:
        """The tokens of the units `start : stop` are others than before: paint what is visible of them.

        `at_once`: now, with whatever else in the window waits to be painted; else when Qt comes to it, which
        is up to 5 ms later.
        """
        area = self._visible_area(start, stop)
        if area.isEmpty():
            return
        self._stale = True
        if at_once:
            self.viewport().repaint(area)
        else:
            self.viewport().update(area)

    def set_hovered(self, index: int) -> None:
        """Light up a token; -1 for none."""
        if index != self._hovered:
            for token in (self._hovered, index):
                if 0 <= token < len(self._spans):
                    self.viewport().update(self._visible_area(*self._spans.span(token)))
            self._hovered = index

    def set_same(self, token_id: int) -> None:
        """Mark every token with this id; -1 for none."""
        if token_id != self._same:
            self._same = token_id
            self.viewport().update()

    def set_signs(self, shown: bool) -> None:
        """Show spaces, tabs and line ends as faint signs."""
        self._signs_shown = shown
        self.viewport().update()

    def set_locked(self, locked: bool) -> None:
        """While locked no key changes the text; what was typed meanwhile is typed at the end of it."""
        if locked == self.isReadOnly():
            return
        self.setReadOnly(locked)
        if not locked:
            held, self._held = self._held, []
            for key in held:
                QCoreApplication.sendEvent(self, key)

    def set_filling(self, filling: bool) -> None:
        """A text that comes in piece by piece is painted when it is there.

        Until then no scroll bar needs to fit: for that, Qt lays out the last lines after each piece and keeps
        what it laid out, which is half the memory of a large text.
        """
        if filling == self.viewport().updatesEnabled():
            self.viewport().setUpdatesEnabled(not filling)
            self.setCenterOnScroll(filling)

    def caret_token(self) -> int:
        """The token before the caret, or the first one; -1 if there is none."""
        position = self.textCursor().position()
        return self._spans.holding(position - 1) if position else min(len(self._spans), 1) - 1

    def select_token(self, index: int) -> None:
        """Select a token's text and bring it into view."""
        start, stop = self._spans.span(index)
        cursor = self.textCursor()
        cursor.setPosition(start)
        cursor.setPosition(stop, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)

    def token_at(self, place: QPointF) -> int:
        """The token painted at a place of the viewport; -1 if there is none."""
        rect = QRect(0, int(place.y()), 1, 1)
        for block, line, origin in self._lines(rect):
            for run in self._line_runs(block, line, origin).runs(self._spans.neutral()):
                for area in run.rects:
                    if area.left() <= place.x() < area.right():
                        part = (place.x() - area.left()) / area.width()
                        return run.tokens[min(int(part * len(run.tokens)), len(run.tokens) - 1)]
        return -1

    def token_area(self, index: int) -> QRectF:
        """Where a token is painted in the viewport; empty if it is not on the screen."""
        area = QRectF()
        start, stop = self._spans.span(index)
        for block, line, origin in self._lines(self.viewport().rect()):
            runs = self._line_runs(block, line, origin)
            if start < runs.stop and runs.start <= stop:
                for run in runs.runs([]):
                    if index in run.tokens:
                        for rect in run.rects:
                            area = area.united(rect)
        return area

    # ------------------------------------------------------------ painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fills first, then Qt's text, selection and caret, then the signs."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._theme.colour("surface"))
        self._paint_tokens(painter, event.rect())
        painter.end()
        super().paintEvent(event)
        if self._signs_shown:
            painter = QPainter(self.viewport())
            self._signs.draw(painter)
            painter.end()
        self._stale = False

    def _paint_tokens(self, painter: QPainter, rect: QRect) -> None:
        colours = [QColor(colour) for colour in self._theme.colours.tokens]
        by_fill: list[list[QRectF]] = [[] for _ in colours]
        lit: list[QRectF] = []
        parted: list[QRectF] = []
        same: list[QRectF] = []
        neutral = self._spans.neutral()
        self._signs.clear()
        for block, line, origin in self._lines(rect):
            runs = self._line_runs(block, line, origin)
            edges = runs.plain_edges(neutral)
            if edges is not None and not edges[0] <= self._hovered < edges[0] + len(edges[1]):
                self._add_plain(by_fill, runs, *edges)
            else:
                self._add_runs(by_fill, lit, parted, runs, neutral)
            if self._signs_shown:
                self._signs.add(runs)
            if self._same >= 0:
                same += self._alike(runs)
        painter.setPen(Qt.PenStyle.NoPen)
        for colour, rects in zip(colours, by_fill, strict=True):
            if rects:
                painter.setBrush(colour)
                painter.drawRects(rects)
        self._paint_parted(painter, parted)
        self._paint_lit(painter, lit)
        self._paint_same(painter, same)

    def _add_plain(self, by_fill: list[list[QRectF]], runs: LineRuns, first: int, edges: list[float]) -> None:
        top, height = runs.top, runs.height
        fills: list[int] = self._spans.fills[first : first + len(edges) - 1].tolist()
        for fill, (left, right) in zip(fills, pairwise(edges), strict=True):
            by_fill[fill].append(QRectF(left, top, right - left, height))

    def _add_runs(
        self,
        by_fill: list[list[QRectF]],
        lit: list[QRectF],
        parted: list[QRectF],
        runs: LineRuns,
        neutral: list[tuple[int, int]],
    ) -> None:
        fills = self._spans.fills
        for tokens, rects in runs.runs(neutral):
            if self._hovered in tokens:
                lit += rects
            elif len(tokens) == 1:
                by_fill[fills[tokens[0]]] += rects
            else:
                for area in rects:
                    parted.append(area)
                    for token, slice_ in zip(tokens, _slices(area, len(tokens)), strict=True):
                        by_fill[fills[token]].append(slice_)

    def _paint_parted(self, painter: QPainter, areas: list[QRectF]) -> None:
        """A dotted line under a character that several tokens share."""
        if areas:
            painter.setPen(QPen(self._theme.colour("muted"), self._theme.px(1), Qt.PenStyle.DotLine))
            for area in areas:
                painter.drawLine(area.bottomLeft(), area.bottomRight())

    def _paint_lit(self, painter: QPainter, areas: list[QRectF]) -> None:
        """The token under the mouse: another fill, and a line under it."""
        if areas:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("token_hover"))
            painter.drawRects(areas)
            painter.setBrush(self._theme.colour("accent"))
            line = self._theme.px(2)
            painter.drawRects([QRectF(a.left(), a.bottom() - line, a.width(), line) for a in areas])

    def _alike(self, runs: LineRuns) -> Iterator[QRectF]:
        """Where the line has tokens with the marked id."""
        ids = self._spans.ids
        for tokens, rects in runs.runs([]):
            if any(ids[token] == self._same for token in tokens):
                yield from rects

    def _paint_same(self, painter: QPainter, areas: list[QRectF]) -> None:
        """A dashed frame, over whatever fill there is."""
        if areas:
            painter.setPen(QPen(self._theme.colour("text"), self._theme.px(1), Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRects([area.adjusted(0.5, 0.5, -0.5, -0.5) for area in areas])

    def _lines(self, rect: QRect) -> Iterator[tuple[QTextBlock, QTextLine, QPointF]]:
        """The lines that touch `rect` of the viewport, with the place of their block's layout."""
        block, origin = self.firstVisibleBlock(), self.contentOffset()
        while block.isValid() and origin.y() <= rect.bottom():
            height = self.blockBoundingRect(block).height()
            if origin.y() + height >= rect.top():
                place = QPointF(origin)
                top, bottom = rect.top() - place.y(), rect.bottom() + 1 - place.y()
                for line in lines_between(block.layout(), top, bottom):
                    yield block, line, place
            origin.setY(origin.y() + height)
            block = block.next()

    def _line_runs(self, block: QTextBlock, line: QTextLine, origin: QPointF) -> LineRuns:
        return LineRuns(self._spans, block, line, origin, self._signs.end_width)

    def _visible_area(self, start: int, stop: int) -> QRect:
        """Of the visible blocks that hold any of these units or their neighbours."""
        viewport = self.viewport().rect()
        block, top = self.firstVisibleBlock(), self.contentOffset().y()
        area = QRectF()
        while block.isValid() and top <= viewport.bottom() and block.position() <= stop + 1:
            height = self.blockBoundingRect(block).height()
            if start - 1 <= block.position() + block.length():
                area = area.united(QRectF(0, top, viewport.width(), height))
            top += height
            block = block.next()
        return area.toAlignedRect().intersected(viewport)

    def _restyle(self) -> None:
        font = self._theme.font("mono")
        self.setFont(font)
        self.document().setDefaultFont(font)
        self.setTabStopDistance(4 * QFontMetricsF(font).horizontalAdvance(" "))
        self._signs.restyle(font)
        self.viewport().update()

    # ------------------------------------------------------------ mouse, keys, paste

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which token is under the mouse, unless something is being selected."""
        super().mouseMoveEvent(event)
        self.token_hovered.emit(-1 if event.buttons() else self.token_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """No token is under the mouse."""
        super().leaveEvent(event)
        self.token_hovered.emit(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As in any editor; held back while the text is locked."""
        if self.isReadOnly():
            if len(self._held) < _HELD_KEYS:
                self._held.append(event.clone())
            event.accept()
            return
        super().keyPressEvent(event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Text, and files that are to be opened."""
        return not self.isReadOnly() and (source.hasText() or bool(_local_file(source)))

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Plain text only; a file is opened, a large text is left to the panel."""
        path = _local_file(source)
        if path:
            self.file_dropped.emit(path)
        elif source.hasText():
            text = source.text()
            if len(text) > LARGE_PASTE:
                self.large_text_pasted.emit(text)
            else:
                super().insertFromMimeData(source)


def _local_file(source: QMimeData) -> str:
    """The first file that is dragged or pasted, or empty."""
    return next((url.toLocalFile() for url in source.urls() if url.isLocalFile()), "")


def _slices(area: QRectF, parts: int) -> list[QRectF]:
    """Side by side, as wide as each other."""
    width = area.width() / parts
    return [QRectF(area.left() + at * width, area.top(), width, area.height()) for at in range(parts)]
