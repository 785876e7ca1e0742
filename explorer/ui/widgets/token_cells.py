"""A conversation as the one stream that a model sees: a cell for each token, coloured by who wrote it."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from PySide6.QtCore import QEvent, QMargins, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy, QToolTip

from explorer.protocol import StreamToken
from explorer.ui.theme import Theme
from explorer.ui.widgets.cell_heat import CellHeat
from explorer.ui.widgets.cell_legend import CellLegend
from explorer.ui.widgets.cell_painter import CellPainter, Sight
from explorer.ui.widgets.cell_rows import WALKING_KEYS, ChipRows, SquareRows, walked
from explorer.ui.widgets.cell_words import cell_words
from explorer.ui.widgets.stream_model import StreamModel
from explorer.ui.widgets.wipe import Wipe

CellMode = Literal["cells", "text", "ids", "surprisal", "attention"]
CELL_MODES: tuple[CellMode, ...] = ("cells", "text", "ids", "surprisal", "attention")
_AT_ONCE = 2000
"""Chips laid out between two looks at the keyboard: two or three milliseconds."""
_BLINK_MS = 530


class TokenCells(QAbstractScrollArea):
    """The stream, before it what has fallen out of the window; the end stays in sight while it grows.

    Mouse: pointing at a cell, clicking one. Keys: arrows, Home, End, Page Up and Down point; Return is the
    click. An index counts from the first cell shown, those that have fallen out included.
    Signals: `pointed(int)`, the cell pointed at, -1 for none; `chosen(int)`, a cell was clicked.
    """

    pointed = Signal(int)
    chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._model = StreamModel()
        self._mode: CellMode = "cells"
        self._pointed = -1
        self._hottest = ""
        """The cells of the greatest heat, in words."""
        self._writing = self._dark_half = False
        self._animated = True
        self._wanted = -1
        """A cell that shall be in sight once it is laid out."""
        self._painter = CellPainter(theme, self._model)
        self._legend = CellLegend(theme)
        self._legend.setParent(self)
        self._heat = CellHeat(self._model, self._legend)
        self._places_width = 0.0
        self._rows: SquareRows | ChipRows = SquareRows(1, 1, 1, 1.0)
        self._wipe = Wipe(self.viewport())
        self._going_on = _timer(self, 0, self._lay_out_more)
        self._blinking = _timer(self, _BLINK_MS, self._blink)
        self._build()
        theme.changed.connect(self._restyle)
        self._restyle()

    def _build(self) -> None:
        self.setObjectName("surface")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Always there: rows that wrap anew when it comes would let it go again.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.verticalScrollBar().setStyleSheet("QScrollBar::handle:disabled { background: transparent; }")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("The stream of tokens"))

    # ------------------------------------------------------------ what is shown

    @property
    def mode(self) -> CellMode:
        """How the cells are shown."""
        return self._mode

    @property
    def pointed_cell(self) -> int:
        """The cell pointed at, -1 for none."""
        return self._pointed

    @property
    def legend(self) -> CellLegend:
        """The two lines under the cells."""
        return self._legend

    def __len__(self) -> int:
        return len(self._model)

    def show_stream(
        self,
        tokens: Sequence[StreamToken],
        gone: Sequence[StreamToken] = (),
        writing: bool = False,
        thinking: Sequence[range] = (),
    ) -> None:
        """Show another stream. What is the same at the front is not laid out again.

        `gone` has fallen out of the window: it stands before the rest, dimmed and crossed. `writing`: the
        newest cell blinks. `thinking`: cells that the model wrote before it answered, underlined.
        """
        shown, before = [*gone, *tokens], len(self._model)
        if before and not shown and self._animated and self.isVisible():
            self._wipe.start()
        at_end = self._at_end()
        change = self._model.replace(shown, len(gone), thinking)
        if self._pointed >= len(shown):
            self._point_at(-1)
        if self._painter.places_width() != self._places_width:
            self._lay_out_anew(at_end, self._first_in_sight())
        elif change.token < max(before, len(shown)):
            self._rows.replace(shown, change.token)
            self._rows.go_on(_AT_ONCE)
            self._going_on.start() if not self._rows.whole else self._going_on.stop()
            if self._hot:
                self._heat_up()
            else:
                self._legend.show_authors(self._model.authors())
            self._fit_bar(at_end)
            if not shown or not before:
                self.viewport().update()
        self._set_writing(writing and bool(shown))
        self._repaint_from(min(change.look, before - 1))

    def set_mode(self, mode: CellMode) -> None:
        """Squares by author or heat, or chips that hold their text or id. The same cells stay in sight."""
        if mode == self._mode:
            return
        at_end, first = self._at_end(), self._first_in_sight()
        self._mode = mode
        self._lay_out_anew(at_end, first)

    def set_surprisal(self, nats: Sequence[float | None]) -> None:
        """How each cell surprised the model; empty: what the tokens themselves tell."""
        self._heat.set_surprisal(nats)
        self._heat_up()

    def set_attention(self, position: int, weights: Sequence[float]) -> None:
        """What the cell `position` looked at; -1 and no weights: nothing is chosen.

        `weights[-1]` is for itself, the one before for the cell before; so none are needed for what has gone.
        """
        self._heat.set_attention(position, weights)
        self._heat_up()

    def set_animated(self, on: bool) -> None:
        """Whether the newest cell may blink and a wiped stream may fade."""
        self._animated = on
        self._set_writing(self._writing)

    def light(self, indices: Iterable[int]) -> None:
        """Frame these cells and no others: their bubble is pointed at."""
        if self._model.light(indices):
            self.viewport().update()

    def scroll_to(self, index: int) -> None:
        """Scroll as little as it takes to see a cell."""
        if not 0 <= index < len(self._model):
            return
        if isinstance(self._rows, ChipRows) and index >= self._rows.laid:
            self._wanted = index
            return
        self._wanted = -1
        rect, bar = self.cell_rect(index), self.verticalScrollBar()
        height, margin = self.viewport().height(), self._theme.px(8)
        if rect.top() < 0:
            bar.setValue(bar.value() + math.floor(rect.top()) - margin)
        elif rect.bottom() > height:
            bar.setValue(bar.value() + math.ceil(rect.bottom()) - height + margin)

    def words_of(self, index: int) -> str:
        """A cell in words: text, id, author, place, surprise."""
        weight = self._heat.weight_of(index) if self._mode == "attention" else None
        return cell_words(self._model, index, self._heat.nats_of(index), weight)

    def cell_rect(self, index: int) -> QRectF:
        """Where a cell is in the viewport, scrolled as it is now. It must be laid out."""
        left, width = self._rows.place(index)
        top = self._rows.row_of(index) * self._rows.row_height
        sight = self._sight()
        height = self._rows.chip_height if isinstance(self._rows, ChipRows) else self._rows.side
        return QRectF(sight.left + left, top + sight.top, width, height)

    @property
    def _hot(self) -> bool:
        """Whether cells have the colour of their heat and not of their author."""
        return self._mode in ("surprisal", "attention")

    def _heat_up(self) -> None:
        """Heat, and the legend that explains the colours, after the mode."""
        self._hottest = ""
        if self._mode == "surprisal":
            self._heat.show_surprisal()
            self._hottest = self._heat.most_surprising()
        elif self._mode == "attention":
            self._heat.show_attention()
            self._hottest = self._heat.most_looked_at()
        else:
            self._legend.show_authors(self._model.authors())
        self._say()
        self.viewport().update()

    def _say(self) -> None:
        """The cell pointed at in words; else the hottest ones."""
        said = self.words_of(self._pointed) if self._pointed >= 0 else self._hottest
        self._legend.say(said)
        self.setAccessibleDescription(said)

    # ------------------------------------------------------------ layout

    def sizeHint(self) -> QSize:
        """The least; it grows where there is room."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        """Some rows and the legend."""
        return QSize(self._theme.px(160), self._theme.px(96) + self._legend.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew; the same cells stay in sight."""
        super().resizeEvent(event)
        self._place_legend()
        self._lay_out_anew(self._at_end(), self._first_in_sight())

    def _place_legend(self) -> None:
        """Under the cells, as high as its width asks for."""
        inset = self._theme.px(2)  # the frame's corners are round, the viewport's are not
        width = self.width() - 2 * inset - self.verticalScrollBar().sizeHint().width()
        height = self._legend.heightForWidth(width)
        margins = QMargins(inset, inset, inset, inset + height)
        if margins != self.viewportMargins():
            self.setViewportMargins(margins)
        self._legend.setGeometry(inset, self.height() - height - inset, width, height)

    def _restyle(self) -> None:
        at_end, first = self._at_end(), self._first_in_sight()
        self._place_legend()
        self._painter.restyle()
        self._lay_out_anew(at_end, first)
        self.updateGeometry()

    def _lay_out_anew(self, at_end: bool, first: int) -> None:
        """Another mode, width or look: lay out from the front; stay at the end, or where `first` is."""
        px, painter = self._theme.px, self._painter
        self._places_width = painter.places_width()
        width = max(1, int(self.viewport().width() - self._places_width - 2 * px(8)))
        if self._mode in ("text", "ids"):
            ids = self._mode == "ids"
            self._rows = ChipRows(width, painter.chip_metrics, painter.pad, painter.gap, ids)
        else:
            self._rows = SquareRows(width, px(15), px(10), self.devicePixelRatioF())
        self._rows.replace(self._model.tokens, 0)
        self._rows.go_on(_AT_ONCE)
        self._going_on.start() if not self._rows.whole else self._going_on.stop()
        self._fit_bar(at_end)
        if not at_end and self._laid(first):
            self.verticalScrollBar().setValue(math.floor(self._rows.row_of(first) * self._rows.row_height))
        elif not at_end:
            self.scroll_to(first)
        self._heat_up()

    def _lay_out_more(self) -> None:
        at_end = self._at_end()
        self._rows.go_on(_AT_ONCE)
        if self._rows.whole:
            self._going_on.stop()
        self._fit_bar(at_end and self._wanted < 0)
        if self._wanted >= 0:
            self.scroll_to(self._wanted)

    def _fit_bar(self, to_end: bool) -> None:
        bar, height = self.verticalScrollBar(), self.viewport().height()
        whole = self._rows.rows * self._rows.row_height + 2 * self._theme.px(8)
        bar.setRange(0, max(0, math.ceil(whole) - height))
        bar.setEnabled(bar.maximum() > 0)
        bar.setPageStep(height)
        bar.setSingleStep(max(round(self._rows.row_height), self._theme.px(20)))
        if to_end:
            bar.setValue(bar.maximum())

    def _at_end(self) -> bool:
        return self.verticalScrollBar().value() >= self.verticalScrollBar().maximum()

    def _first_in_sight(self) -> int:
        row = int(self.verticalScrollBar().value() / self._rows.row_height)
        return self._rows.bounds(min(row, self._rows.rows - 1))[0] if self._rows.rows else 0

    def _sight(self, top: float = 0.0, bottom: float = 0.0) -> Sight:
        """The rows between two heights of the viewport."""
        begin = self._theme.px(8) - self.verticalScrollBar().value()
        height, rows = self._rows.row_height, self._rows.rows
        first = min(max(int((top - begin) / height), 0), rows)
        stop = min(max(math.ceil((bottom - begin) / height), first), rows)
        return Sight(self._theme.px(8) + self._places_width, begin, first, stop)

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: N802
        """Move what is painted: only the rows that come into sight are painted anew."""
        self.viewport().scroll(0, dy)

    # ------------------------------------------------------------ painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows that `event` touches."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._theme.colour("surface"))
        rows, sight = self._rows, self._sight(event.rect().top(), event.rect().bottom() + 1)
        if not len(self._model):
            nothing = self.tr("Empty: this model remembers nothing but what stands here.")
            self._painter.paint_nothing(painter, self.viewport().rect(), nothing)
            self._wipe.paint(painter)
        elif sight.first < sight.stop:
            if isinstance(rows, SquareRows):
                self._painter.paint_squares(painter, rows, sight, self.devicePixelRatioF(), self._hot)
            else:
                self._painter.paint_chips(painter, rows, sight)
            self._painter.paint_places(painter, rows, sight)
            self._paint_marks(painter)
        painter.end()

    def _paint_marks(self, painter: QPainter) -> None:
        """What stands out: the cell that is written, the one that looks, the one that is pointed at."""
        last = len(self._model) - 1
        if self._dark_half and self._laid(last):
            veil = self._theme.colour("surface")
            veil.setAlphaF(0.7)
            painter.fillRect(self.cell_rect(last), veil)
        if self._mode == "attention" and self._laid(self._heat.looking):
            self._painter.paint_frame(painter, self.cell_rect(self._heat.looking), "text")
        if self._laid(self._pointed):
            self._painter.paint_frame(painter, self.cell_rect(self._pointed), "accent")

    def _laid(self, index: int) -> bool:
        laid = self._rows.laid if isinstance(self._rows, ChipRows) else len(self._model)
        return 0 <= index < laid

    def _repaint_from(self, index: int) -> None:
        """Rows from this cell's on are others."""
        area = self.viewport().rect()
        if self._laid(index):
            area.setTop(max(0, math.floor(self.cell_rect(index).top()) - self._theme.px(3)))
        self.viewport().update(area)

    def _repaint_cell(self, index: int) -> None:
        if self._laid(index):
            reach = self._theme.px(3)
            self.viewport().update(
                self.cell_rect(index).toAlignedRect().adjusted(-reach, -reach, reach, reach)
            )

    def _set_writing(self, on: bool) -> None:
        self._writing = on
        # A person who switched off the blinking of carets wants none here.
        if on and self._animated and QGuiApplication.styleHints().cursorFlashTime() > 0:
            if not self._blinking.isActive():
                self._blinking.start()
        elif self._blinking.isActive():
            self._blinking.stop()
            self._dark_half = False
            self._repaint_cell(len(self._model) - 1)

    def _blink(self) -> None:
        self._dark_half = not self._dark_half
        self._repaint_cell(len(self._model) - 1)

    # ------------------------------------------------------------ pointing

    def cell_at(self, point: QPointF) -> int:
        """The cell at a place of the viewport, -1 for none."""
        sight = self._sight()
        row = int((point.y() - sight.top) // self._rows.row_height)
        return self._rows.at(row, point.x() - sight.left) if 0 <= row < self._rows.rows else -1

    def _point_at(self, index: int) -> None:
        if index != self._pointed:
            before, self._pointed = self._pointed, index
            self._repaint_cell(before)
            self._repaint_cell(index)
            self._say()
            self.pointed.emit(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at the cell under the mouse."""
        self._point_at(self.cell_at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Wait for the release, as a button does."""
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the cell under the mouse."""
        index = self.cell_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and index >= 0:
            self.chosen.emit(index)

    def viewportEvent(self, event: QEvent) -> bool:
        """Point at nothing when the mouse leaves; say in a tool tip what is under it."""
        if event.type() == QEvent.Type.Leave:
            self._point_at(-1)
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.cell_at(QPointF(event.pos()))
            if index >= 0:
                area = self.cell_rect(index).toAlignedRect()
                QToolTip.showText(event.globalPos(), self.words_of(index), self.viewport(), area)
                return True
        return super().viewportEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keys go here: they point from where they were, or from the newest cell."""
        super().focusInEvent(event)
        if self._pointed < 0 and event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
        ):
            self._point_at(len(self._model) - 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Point and choose; leave the rest to the panel."""
        key = Qt.Key(event.key())
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier or not len(self._model):
            event.ignore()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._pointed >= 0:
            self.chosen.emit(self._pointed)
        elif key in WALKING_KEYS:
            page = int(self.viewport().height() / self._rows.row_height) - 1
            self._point_at(walked(self._rows, self._pointed, len(self._model), key, max(page, 1)))
            self.scroll_to(self._pointed)
        else:
            event.ignore()


def _timer(parent: TokenCells, interval_ms: int, slot: Callable[[], None]) -> QTimer:
    timer = QTimer(parent)
    timer.setInterval(interval_ms)
    timer.timeout.connect(slot)
    return timer
