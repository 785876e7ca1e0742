"""Probabilities of next tokens as bars, most likely first. Knows no store: `show_bars` is all it is told."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.theme import Theme
from explorer.ui.widgets.token_text import visible

ROWS = 20
_LETTERS = 14
"""Room for so many letters of a token's text."""


@dataclass(frozen=True)
class Bar:
    """One token, or what is left together."""

    text: str
    probability: float
    """After reshaping: the bar's length."""
    model_probability: float
    """The model's own, at T = 1: the outline."""
    note: str = ""
    """Said of the row when it is pointed at."""
    is_rest: bool = False
    """Many tokens together: `text` is a label in words."""


class ProbabilityBars(QWidget):
    """Rows of: token, bar with the model's own probability as an outline, percent.

    A row can be marked (drawn) with a triangle. Rows are pointed at with the mouse or with the up and down
    keys. Signals: `pointed(int)`, the row pointed at, -1 for none.
    """

    pointed = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._bars: tuple[Bar, ...] = ()
        self._marked = -1
        self._pointed = -1
        self._faded = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("What may come next"))
        theme.changed.connect(self._look_changed)

    # ------------------------------------------------------------ what is shown

    @property
    def bars(self) -> tuple[Bar, ...]:
        """The rows, in order."""
        return self._bars

    @property
    def marked(self) -> int:
        """The row that was drawn, -1 for none."""
        return self._marked

    @property
    def pointed_row(self) -> int:
        """The row pointed at, -1 for none."""
        return self._pointed

    @property
    def faded(self) -> bool:
        """Whether the bars are shown as not being of now."""
        return self._faded

    def show_bars(self, bars: Sequence[Bar], marked: int = -1, faded: bool = False) -> None:
        """Replace everything; `faded` while newer numbers are on their way."""
        bars = tuple(bars)
        if (bars, marked, faded) != (self._bars, self._marked, self._faded):
            self._bars, self._marked, self._faded = bars, marked, faded
            if self._pointed >= len(bars):
                self._point_at(-1)
            self._describe()
            self.update()

    # ------------------------------------------------------------ geometry

    def sizeHint(self) -> QSize:
        """The least: a column that scrolls shall scroll only when it must; rows grow where there is room."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        """Room for all rows at the least height at which they can be read."""
        return QSize(self._theme.px(240), (ROWS + 1) * self._theme.px(16))

    def row_rect(self, row: int) -> QRect:
        """Where a row is."""
        height = self._row_height()
        return QRect(0, row * height, self.width(), height)

    def _row_height(self) -> int:
        return min(max(self.height() // (ROWS + 1), 1), self._theme.px(28))

    def _row_at(self, y: float) -> int:
        row = int(y // self._row_height())
        return row if 0 <= row < len(self._bars) else -1

    def _fonts(self) -> tuple[QFont, QFont]:
        """For token texts and for numbers, small enough for the rows."""
        fonts = self._theme.font("mono"), self._theme.font("body")
        largest = max(1, int(self._row_height() * 0.76))
        for font in fonts:
            font.setPixelSize(min(font.pixelSize(), largest))
        return fonts

    # ------------------------------------------------------------ painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows that are asked for."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        mono, body = self._fonts()
        columns = _Columns(self._theme, self.width(), mono, body)
        for row, bar in enumerate(self._bars):
            rect = self.row_rect(row)
            if rect.intersects(event.rect()):
                self._paint_row(painter, row, bar, rect, columns)
        if self.hasFocus():
            painter.setPen(QPen(self._theme.colour("accent"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.end()

    def _paint_row(self, painter: QPainter, row: int, bar: Bar, rect: QRect, columns: "_Columns") -> None:
        theme = self._theme
        if row == self._pointed:
            painter.fillRect(rect, theme.colour("raised"))
        painter.setOpacity(0.45 if self._faded else 1.0)
        painter.setFont(columns.body if bar.is_rest else columns.mono)
        painter.setPen(theme.colour("muted" if bar.is_rest or not bar.probability else "text"))
        text = bar.text if bar.is_rest else visible(bar.text)
        text = QFontMetrics(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, columns.text_width)
        place = QRect(columns.text_left, rect.top(), columns.text_width, rect.height())
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(place, align, text)
        self._paint_bar(painter, bar, columns.bar_rect(rect))
        painter.setFont(columns.body)
        painter.setPen(theme.colour("text" if bar.probability else "muted"))
        place = QRect(columns.number_left, rect.top(), columns.number_width, rect.height())
        painter.drawText(place, align, percent(bar.probability))
        if row == self._marked:
            self._paint_mark(painter, rect, columns)
        painter.setOpacity(1.0)

    def _paint_bar(self, painter: QPainter, bar: Bar, rect: QRectF) -> None:
        theme = self._theme
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("raised"))
        painter.drawRect(rect)
        painter.setPen(QPen(theme.colour("grid"), 1))
        for quarter in (0.25, 0.5, 0.75):
            x = round(rect.left() + rect.width() * quarter) + 0.5
            painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))
        painter.setPen(Qt.PenStyle.NoPen)
        length = rect.width() * min(max(bar.probability, 0.0), 1.0)
        fill = theme.colour("muted") if bar.is_rest else theme.probability(bar.probability)
        painter.setBrush(fill)
        if bar.probability > 0:
            painter.drawRect(QRectF(rect.left(), rect.top(), max(length, 1.0), rect.height()))
        # The model's own: an outline as long as its probability, closed by a line that stands out.
        own = rect.left() + rect.width() * min(max(bar.model_probability, 0.0), 1.0)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        outline = QColor(theme.colour("text"))
        painter.setPen(QPen(outline, max(1.0, theme.scale)))
        if own - rect.left() >= 1.5:
            painter.drawPolyline(
                QPolygonF(
                    [
                        QPointF(rect.left(), rect.top()),
                        QPointF(own, rect.top()),
                        QPointF(own, rect.bottom()),
                        QPointF(rect.left(), rect.bottom()),
                    ]
                )
            )
        else:
            painter.drawLine(QPointF(own, rect.top()), QPointF(own, rect.bottom()))

    def _paint_mark(self, painter: QPainter, rect: QRect, columns: "_Columns") -> None:
        size = min(self._theme.px(9), rect.height() // 2)
        middle = rect.center().y() + 0.5
        left = float(self._theme.px(3))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("model"))
        tip = QPointF(left + size, middle)
        painter.drawPolygon(
            QPolygonF([QPointF(left, middle - size * 0.7), tip, QPointF(left, middle + size * 0.7)])
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._theme.colour("model"), max(1.0, 1.5 * self._theme.scale)))
        painter.drawRect(QRectF(rect).adjusted(1, 1, -1, -1))

    # ------------------------------------------------------------ pointing

    def _point_at(self, row: int) -> None:
        if row != self._pointed:
            self._pointed = row
            self._describe()
            self.update()
            self.pointed.emit(row)

    def _describe(self) -> None:
        rows = [self._bars[self._pointed]] if 0 <= self._pointed < len(self._bars) else self._bars[:3]
        self.setAccessibleDescription("; ".join(f"{bar.text} {percent(bar.probability)}" for bar in rows))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at the row under the mouse."""
        self._point_at(self._row_at(event.position().y()))

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        self._point_at(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down point at rows; other keys are the panel's."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is None or not self._bars:
            super().keyPressEvent(event)
            return
        self._point_at(min(max(self._pointed + step, 0), len(self._bars) - 1))

    def _look_changed(self) -> None:
        self.updateGeometry()
        self.update()


class _Columns:
    """Where things stand in a row: the same whatever the numbers are, so that nothing jumps."""

    def __init__(self, theme: Theme, width: int, mono: QFont, body: QFont) -> None:
        self.mono, self.body = mono, body
        gap, mark = theme.px(8), theme.px(14)
        self.number_width = QFontMetrics(body).horizontalAdvance("100.00 %")
        self.text_left = mark
        self.text_width = min(QFontMetrics(mono).horizontalAdvance("0" * _LETTERS), width // 3)
        self.number_left = width - self.number_width - gap
        self._bar_left = self.text_left + self.text_width + gap
        self._bar_width = max(1, self.number_left - gap - self._bar_left)
        self._inset = theme.px(3)

    def bar_rect(self, rect: QRect) -> QRectF:
        """The bar's place for a probability of 1."""
        inset = min(self._inset, rect.height() // 5)
        return QRectF(self._bar_left, rect.top() + inset, self._bar_width, rect.height() - 2 * inset)


def percent(share: float) -> str:
    """Two digits, so that all stand in line; 0 means impossible, and what is merely small is told from it."""
    if share <= 0:
        return "0 %"
    return f"{share * 100:.2f} %" if share >= 0.0001 else "<0.01 %"
