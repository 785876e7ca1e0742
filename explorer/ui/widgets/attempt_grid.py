"""Many attempts as a grid of small cards: length as height, a mark, the answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.theme import Theme

_CARD_PX, _HEIGHT_PX, _GAP_PX = 58, 74, 6


@dataclass(frozen=True)
class Card:
    """One attempt."""

    share: float
    """Its length, as a share of the longest."""
    tokens: int
    answer: str = ""
    right: bool | None = None
    """None: nobody knows, or not yet."""
    done: bool = False


class AttemptGrid(QWidget):
    """Arrow keys walk, Return and a click choose. Signals: `chosen(int)`."""

    chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._cards: list[Card] = []
        self._selected: int | None = None
        self._focused = 0
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Attempts"))
        self.setMouseTracking(True)
        theme.changed.connect(self._look_changed)

    @property
    def cards(self) -> list[Card]:
        """What is shown."""
        return self._cards

    def show_cards(self, cards: Sequence[Card], selected: int | None) -> None:
        """Replace; `selected` is outlined."""
        before = len(self._cards)
        self._cards, self._selected = list(cards), selected
        self._focused = min(self._focused, max(0, len(cards) - 1))
        self._describe()
        if len(cards) != before:
            self.updateGeometry()
        self.update()

    def words_of(self, index: int) -> str:
        """A card in words."""
        card = self._cards[index]
        parts = [self.tr("attempt {number}").format(number=index + 1)]
        parts.append(self.tr("{tokens} tokens").format(tokens=card.tokens))
        if card.done:
            parts.append(
                self.tr("answer {answer}").format(answer=card.answer) if card.answer else self.tr("no answer")
            )
        if card.right is not None:
            parts.append(self.tr("right") if card.right else self.tr("wrong"))
        return ", ".join(parts)

    # ------------------------------------------------------------ geometry

    def sizeHint(self) -> QSize:
        """Some cards in a row."""
        width = self._theme.px(5 * _CARD_PX)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """One card."""
        return QSize(self._theme.px(_CARD_PX), self._theme.px(_HEIGHT_PX))

    def hasHeightForWidth(self) -> bool:
        """Cards wrap."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Of all rows."""
        rows = -(-max(1, len(self._cards)) // self._per_row(width))
        return rows * self._theme.px(_HEIGHT_PX + _GAP_PX)

    def card_rect(self, index: int) -> QRectF:
        """Where a card is."""
        px = self._theme.px
        row, column = divmod(index, self._per_row(self.width()))
        step_x, step_y = px(_CARD_PX) + px(_GAP_PX), px(_HEIGHT_PX) + px(_GAP_PX)
        return QRectF(column * step_x + 1, row * step_y + 1, px(_CARD_PX) - 2, px(_HEIGHT_PX) - 2)

    def _per_row(self, width: int) -> int:
        px = self._theme.px
        return max(1, (width + px(_GAP_PX)) // (px(_CARD_PX) + px(_GAP_PX)))

    # ------------------------------------------------------------ painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """All cards; there are 64 at most."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font("caption"))
        for index, card in enumerate(self._cards):
            self._paint_card(painter, index, card)
        painter.end()

    def _paint_card(self, painter: QPainter, index: int, card: Card) -> None:
        theme, px = self._theme, self._theme.px
        rect = self.card_rect(index)
        line = px(16)
        painter.setPen(self._frame(index))
        painter.setBrush(theme.colour("surface"))
        painter.drawRoundedRect(rect, px(5), px(5))
        room = rect.adjusted(px(4), line, -px(4), -line - px(2))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._fill(card))
        height = max(px(2), room.height() * min(card.share, 1.0))
        painter.drawRect(QRectF(room.left(), room.bottom() - height, room.width(), height))
        top = QRectF(rect.left() + px(4), rect.top() + 1, rect.width() - px(8), line)
        painter.setPen(theme.colour("muted"))
        painter.drawText(top, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, str(card.tokens))
        painter.setPen(theme.colour("error" if card.right is False else "accent" if card.right else "muted"))
        mark = "" if not card.done else "?" if card.right is None else "✓" if card.right else "✗"
        painter.drawText(top, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, mark)
        bottom = QRectF(rect.left() + px(3), rect.bottom() - line - 1, rect.width() - px(6), line)
        said = (card.answer or "–") if card.done else "…"
        metrics = QFontMetrics(painter.font())
        painter.setPen(theme.colour("text"))
        shown = metrics.elidedText(said, Qt.TextElideMode.ElideRight, int(bottom.width()))
        painter.drawText(bottom, Qt.AlignmentFlag.AlignCenter, shown)

    def _frame(self, index: int) -> QPen:
        px = self._theme.px
        if index == self._selected:
            return QPen(self._theme.colour("accent"), px(2))
        if self.hasFocus() and index == self._focused:
            return QPen(self._theme.colour("accent"), 1, Qt.PenStyle.DashLine)
        return QPen(self._theme.colour("border"), 1)

    def _fill(self, card: Card) -> QColor:
        """Right, wrong, unknown: dark, light, between; the mark says the same."""
        colour = self._theme.colour("error" if card.right is False else "accent" if card.right else "muted")
        colour.setAlpha(150 if card.right else 80)
        return colour

    # ------------------------------------------------------------ choosing

    def _card_at(self, point: QPointF) -> int:
        hit = (index for index in range(len(self._cards)) if self.card_rect(index).contains(point))
        return next(hit, -1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the card."""
        index = self._card_at(event.position())
        if index >= 0:
            self._focused = index
            self.chosen.emit(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Its words as a tool tip."""
        index = self._card_at(event.position())
        self.setToolTip(self.words_of(index) if index >= 0 else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk and choose."""
        row = self._per_row(self.width())
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -row, Qt.Key.Key_Down: row}
        key = Qt.Key(event.key())
        if self._cards and key in steps:
            self._focused = min(max(self._focused + steps[key], 0), len(self._cards) - 1)
            self._describe()
            self.update()
        elif self._cards and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(self._focused)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """The outline of the card with the keys comes and goes with them."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().event(event)

    def _describe(self) -> None:
        self.setAccessibleDescription(self.words_of(self._focused) if self._cards else "")

    def _look_changed(self) -> None:
        self.updateGeometry()
        self.update()
