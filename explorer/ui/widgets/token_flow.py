"""The tokens beside the text: a flow of chips with text and id, laid out for the rows on the screen only.

The place in the flow is the first token of the top row, and the scroll bar counts tokens, so that two and a
half million of them cost no more than those that are seen.
"""

from collections.abc import Callable, Iterator

from PySide6.QtCore import QEvent, QPointF, QRect, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea

from explorer.ui.stores.token_spans import TokenSpans
from explorer.ui.theme import Theme
from explorer.ui.widgets.flow_look import FLOW_MODES, Author, FlowLook, FlowMode, Marks, Row
from explorer.ui.widgets.flow_rows import SEGMENT, FlowRows

__all__ = ["FLOW_MODES", "Author", "FlowMode", "TokenFlow"]
_WHEEL_ROWS = 3
_WHEEL_NOTCH = 120


class TokenFlow(QAbstractScrollArea):
    """Shows `spans`. Call `splice` and `refresh` when they change.

    Signals: `token_hovered(index)`, -1 for none; `token_chosen(index)`, by a click or the arrow keys;
    `token_opened(index)`, by a click or Return: more of it is wanted.
    """

    token_hovered = Signal(int)
    token_chosen = Signal(int)
    token_opened = Signal(int)

    def __init__(self, theme: Theme, spans: TokenSpans) -> None:
        super().__init__()
        self._theme, self._spans = theme, spans
        self._layout = FlowRows(spans)
        self._look = FlowLook(theme)
        self._mode: FlowMode = "both"
        self._digits = 5
        self._rows: list[Row] = []
        self._top = 0
        self._lowest = -1  # first token of the top row when scrolled to the end; -1: to be found out
        self._hovered = self._current = -1
        self._selected = (0, 0)
        self._same = -1
        self._wheel = 0
        self._stale = False
        self.setObjectName("surface")
        self.setAccessibleName(self.tr("Tokens and their ids"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.viewport().setMouseTracking(True)
        # Its ground is painted here: Qt need not paint what lies behind it with every key.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        # The bar's place is kept, so that rows do not wrap anew when it comes and goes; its handle is not.
        self.verticalScrollBar().setStyleSheet("QScrollBar::handle:disabled { background: transparent; }")
        theme.changed.connect(self._restyle)
        self._restyle()

    # ------------------------------------------------------------ what the panel says

    @property
    def stale(self) -> bool:
        """Whether a change has yet to be painted."""
        return self._stale and not self.viewport().visibleRegion().isEmpty()

    @property
    def mode(self) -> FlowMode:
        """What a chip shows."""
        return self._mode

    def set_mode(self, mode: FlowMode) -> None:
        """Text above its id, ids alone, or text alone."""
        if mode != self._mode:
            self._mode = mode
            self._restyle()
            self.show_token(self._current)

    def splice(self, first: int, removed: int, added: int) -> None:
        """Tokens were replaced: stay at the same ones. `refresh` when all changes are in."""
        self._layout.forget()
        if self._top and first + removed <= self._top:
            self._top += added - removed
        elif first < self._top:
            self._top = first
        if first + removed < self._lowest - SEGMENT:
            self._lowest += added - removed
        else:
            self._lowest = -1

    def refresh(self) -> None:
        """Lay out what is visible, and paint again the rows that differ."""
        digits = (
            len(str(int(self._spans.ids[self._top :][:4096].max()))) if len(self._spans) > self._top else 0
        )
        if digits > self._digits:
            self._digits = digits
            self._restyle()
            return
        self._lay_out()

    def set_authors(self, author_of: Callable[[int], Author]) -> None:
        """Mark who wrote each token, and which are special; `author_of` is asked when it is painted."""
        self._look.author_of = author_of
        self.viewport().update()

    def set_hovered(self, index: int) -> None:
        """Light up a token's chip if it is on the screen; -1 for none."""
        if index != self._hovered:
            before, self._hovered = self._hovered, index
            self._update_chips(before, index)

    @property
    def current(self) -> int:
        """The token at the caret; -1 for none."""
        return self._current if self._current < len(self._spans) else -1

    def set_current(self, index: int) -> None:
        """Mark the token at the caret and bring it into view."""
        if index != self._current:
            before, self._current = self._current, index
            self._update_chips(before, index)
        self.show_token(index)

    def set_selected(self, first: int, after: int) -> None:
        """Mark the tokens `first : after`."""
        if (first, after) != self._selected:
            self._selected = (first, after)
            self.viewport().update()

    def set_same(self, token_id: int) -> None:
        """Mark every token with this id; -1 for none."""
        if token_id != self._same:
            self._same = token_id
            self.viewport().update()

    def show_token(self, index: int) -> None:
        """Scroll as little as it takes to see the token."""
        if not 0 <= index < len(self._spans):
            return
        row = self._layout.start_of(index)
        if row < self._top:
            self._scroll_to(row)
        elif row > self._top and row > (last := self._last_whole_row()):
            near = row <= self._layout.after(last) if last < len(self._spans) else False
            above = self._whole_rows() - 1
            self._scroll_to(self._layout.back(row, above if near else above // 2))

    def show_top(self, index: int) -> None:
        """Scroll so that the token's row is the top one."""
        if 0 <= index < len(self._spans):
            self._scroll_to(self._layout.start_of(index))

    def token_at(self, place: QPointF) -> int:
        """The token whose chip is at a place of the viewport; -1 if there is none."""
        for row in self._rows:
            if row.top <= place.y() < row.top + self._look.chip_height:
                for chip in row.chips:
                    if chip.left <= place.x() - self._look.margin < chip.left + chip.width:
                        return chip.token
        return -1

    def chip_area(self, index: int) -> QRect:
        """Where the token's chip is in the viewport; empty if it is not on the screen."""
        for row in self._rows:
            if row.chips and row.chips[0].token <= index <= row.chips[-1].token:
                chip = row.chips[index - row.chips[0].token]
                return QRect(self._look.margin + chip.left, row.top, chip.width, self._look.chip_height)
        return QRect()

    # ------------------------------------------------------------ layout

    def _restyle(self) -> None:
        self.setMinimumHeight(self._theme.px(96))
        inset = self._theme.px(2)  # the frame's corners are round, the viewport's are not
        self.setViewportMargins(inset, inset, inset, inset)
        self._look.restyle(self._mode)
        width = self.viewport().width() - 2 * self._look.margin
        self._layout.restyle(self._look.metrics, width, self._mode == "both", self._digits)
        self._rows = []
        self._lowest = -1
        self._lay_out()
        self.viewport().update()

    def _whole_rows(self) -> int:
        """Rows that fit."""
        return max(
            1, (self.viewport().height() - self._look.margin + self._look.gap) // self._look.row_height
        )

    def _last_whole_row(self) -> int:
        """First token of the last row that is seen whole."""
        row = self._top
        for _ in range(self._whole_rows() - 1):
            after = self._layout.after(row)
            if after >= len(self._spans):
                break
            row = after
        return row

    def _lay_out(self) -> None:
        """Rows from the top one to the end of the viewport; the scroll bar to match."""
        count = len(self._spans)
        if self._lowest < 0:
            rows = self._whole_rows() - 1
            self._lowest = self._layout.back(self._layout.start_of(count - 1), rows) if count else 0
        self._top = self._layout.start_of(min(self._top, self._lowest)) if count else 0
        before, self._rows = self._rows, list(self._visible_rows())
        self._update_rows(before)
        bar = self.verticalScrollBar()
        shown = sum(len(row.chips) for row in self._rows)
        bar.blockSignals(True)
        bar.setRange(0, self._lowest)
        bar.setEnabled(self._lowest > 0)
        bar.setPageStep(max(shown, 1))
        bar.setSingleStep(max(shown // max(len(self._rows), 1), 1))
        bar.setValue(self._top)
        bar.blockSignals(False)

    def _visible_rows(self) -> Iterator[Row]:
        count, height, fills = len(self._spans), self.viewport().height(), self._spans.fills
        first, top = self._top, self._look.margin
        while first < count and top < height:
            chips = self._layout.chips(first)
            yield Row(top, chips, fills[first : first + len(chips)].tolist())
            first += len(chips)
            top += self._look.row_height

    def _update_rows(self, before: list[Row]) -> None:
        rows = self._rows
        for at in range(max(len(before), len(rows))):
            old = before[at] if at < len(before) else None
            new = rows[at] if at < len(rows) else None
            if old != new:
                self._stale = True
                top = (new or old).top  # type: ignore[union-attr]  # one of them is there
                self.viewport().update(
                    0, top - self._look.gap, self.viewport().width(), self._look.row_height + self._look.gap
                )
        if not before or not rows:
            self.viewport().update()

    def _scroll_to(self, top: int) -> None:
        if top != self._top:
            self._top = top
            self._lay_out()

    # ------------------------------------------------------------ painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """The chips of the rows that `event` touches."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._theme.colour("surface"))
        if not self._rows:
            self._paint_nothing(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look, touched = self._look, event.rect()
        marks = Marks(self._hovered, self._current, self._selected, self._same)
        for row in self._rows:
            if row.top - look.gap <= touched.bottom() and row.top + look.row_height >= touched.top():
                look.paint_row(painter, row, marks)
        if self.hasFocus():
            painter.setPen(QPen(self._theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))
        self._stale = False

    def _paint_nothing(self, painter: QPainter) -> None:
        painter.setFont(self._theme.font("body"))
        painter.setPen(self._theme.colour("muted"))
        room = (
            self.viewport()
            .rect()
            .adjusted(self._look.margin, self._look.margin, -self._look.margin, -self._look.margin)
        )
        flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
        painter.drawText(room, flags, self.tr("The tokens of your text will stand here."))

    def _update_chips(self, *tokens: int) -> None:
        for token in tokens:
            area = self.chip_area(token)
            if not area.isEmpty():
                reach = self._look.gap
                self.viewport().update(area.adjusted(-reach, -reach, reach, reach))

    # ------------------------------------------------------------ mouse, keys, scrolling

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew; the same token stays on top."""
        super().resizeEvent(event)
        self._restyle()

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: N802
        """The scroll bar was moved: its value is a token."""
        if len(self._spans):
            self._scroll_to(
                self._layout.start_of(min(self.verticalScrollBar().value(), len(self._spans) - 1))
            )

    def scroll_rows(self, rows: int) -> None:
        """Down by so many rows, or up if negative."""
        top = self._top
        if rows < 0:
            top = self._layout.back(top, -rows)
        for _ in range(rows):
            after = self._layout.after(top) if top < len(self._spans) else top
            top = after if after < len(self._spans) else top
        self._scroll_to(top)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Three rows a notch; a touchpad's small turns add up."""
        self._wheel -= event.angleDelta().y() * _WHEEL_ROWS
        rows = int(self._wheel / _WHEEL_NOTCH)
        self._wheel -= rows * _WHEEL_NOTCH
        self.scroll_rows(rows)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which token is under the mouse."""
        self.token_hovered.emit(self.token_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """No token is under the mouse."""
        super().leaveEvent(event)
        self.token_hovered.emit(-1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click chooses a token."""
        index = self.token_at(event.position())
        if index >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.token_chosen.emit(index)
            self.token_opened.emit(index)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The click was dealt with when it began."""
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that the keys go here."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that they go elsewhere."""
        super().focusOutEvent(event)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from chip to chip."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and 0 <= self._current < len(self._spans):
            self.token_opened.emit(self._current)
            return
        target = self._target(Qt.Key(event.key()))
        if target is None or not len(self._spans):
            super().keyPressEvent(event)
            return
        self.token_chosen.emit(min(max(target, 0), len(self._spans) - 1))

    def _target(self, key: Qt.Key) -> int | None:
        here, rows = max(self._current, 0), self._whole_rows()
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Home: -here,
            Qt.Key.Key_End: len(self._spans),
        }
        if key in steps:
            return here + steps[key]
        down = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -rows, Qt.Key.Key_PageDown: rows}
        return self._beside(here, down[key]) if key in down and here < len(self._spans) else None

    def _beside(self, token: int, rows: int) -> int:
        """The token so many rows further down (or up), at about the same place of its row."""
        layout = self._layout
        first = layout.start_of(token)
        column = token - first
        if rows < 0:
            first = layout.back(first, -rows)
        for _ in range(rows):
            after = layout.after(first)
            if after >= len(self._spans):
                break
            first = after
        return min(first + column, layout.after(first) - 1)
