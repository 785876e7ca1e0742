"""Letters above, numbers below: what a person reads of some tokens, and what a model gets of them."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.stores.token_spans import TokenFact
from explorer.ui.theme import Theme
from explorer.ui.widgets.token_text import visible
from explorer.ui.widgets.token_words import hex_bytes


class _Block(NamedTuple):
    """A token: where it stands, its letters, which of them are looked for."""

    left: float
    top: float
    width: float
    number: str
    letters: list[str]
    hits: list[bool]
    place: int


class LetterView(QWidget):
    """Wraps; as high as its rows. The letters that are looked for are framed, and counted at their token."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._tokens: list[tuple[str, list[str], list[bool], int]] = []
        self._blocks: list[_Block] = []
        self._height = 0.0
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_tokens(self, facts: Sequence[TokenFact], parts: Sequence[bool], wanted: str) -> None:
        """`parts`: which hold parts of characters. `wanted`: the letters that are looked for, or empty."""
        self._tokens = []
        for fact, is_part in zip(facts, parts, strict=True):
            letters = [hex_bytes(fact.data)] if is_part else [visible(letter) for letter in fact.text]
            hits = [not is_part and letter in wanted for letter in ([""] if is_part else fact.text)]
            self._tokens.append((str(fact.id), letters, hits, fact.index))
        self._lay_out()

    @property
    def said(self) -> list[tuple[str, str, int]]:
        """Of each token: its letters, its number, how often it has the letter."""
        return [("".join(letters), number, sum(hits)) for number, letters, hits, _ in self._tokens]

    def sizeHint(self) -> QSize:
        """All rows."""
        return QSize(self._theme.px(200), round(self._height))

    def minimumSizeHint(self) -> QSize:
        """Any width will do."""
        return QSize(0, self.sizeHint().height())

    def hasHeightForWidth(self) -> bool:
        """Blocks wrap."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Of as many rows as there are at `width`."""
        return round(self._placed(width)[1])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew."""
        super().resizeEvent(event)
        self._lay_out()

    def _restyle(self) -> None:
        self._font, self._small = self._theme.font("mono"), self._theme.font("caption")
        self._bold = QFont(self._font)
        self._bold.setBold(True)
        self._metrics, self._numbers = QFontMetricsF(self._font), QFontMetricsF(self._small)
        self._lay_out()

    def _lay_out(self) -> None:
        self._blocks, height = self._placed(self.width())
        if height != self._height:
            self._height = height
            self.updateGeometry()
        self.update()

    def _placed(self, width: int) -> tuple[list[_Block], float]:
        px = self._theme.px
        blocks: list[_Block] = []
        left, top = 0.0, 0.0
        for number, letters, hits, place in self._tokens:
            above = sum(self._metrics.horizontalAdvance(letter) + px(3) for letter in letters)
            below = self._numbers.horizontalAdvance(_below(number, sum(hits))) + 2 * px(6)
            wide = min(max(above, below), float(max(width, 1)))
            if left and left + wide > width:
                left, top = 0.0, top + self._row_height()
            blocks.append(_Block(left, top, wide, number, letters, hits, place))
            left += wide + px(6)
        return blocks, (top + self._row_height() if blocks else 0.0)

    def _row_height(self) -> float:
        return self._metrics.height() + self._numbers.height() + self._theme.px(22)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The blocks that `event` touches."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        touched = QRectF(event.rect())
        for block in self._blocks:
            if QRectF(block.left, block.top, block.width, self._row_height()).intersects(touched):
                self._paint_letters(painter, block)
                self._paint_number(painter, block)

    def _paint_letters(self, painter: QPainter, block: _Block) -> None:
        px, height = self._theme.px, self._metrics.height() + self._theme.px(2)
        for letter, hit, left, width in self._cells(block):
            area = QRectF(left, block.top + px(2), width - px(1), height)
            painter.setFont(self._bold if hit else self._font)
            if hit:
                painter.setPen(QPen(self._theme.colour("accent"), px(2)))
                painter.setBrush(self._theme.colour("selection"))
                painter.drawRoundedRect(area, px(3), px(3))
            painter.setPen(self._theme.colour("text"))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, letter)

    def _cells(self, block: _Block) -> Iterator[tuple[str, bool, float, float]]:
        px = self._theme.px
        total = sum(self._metrics.horizontalAdvance(letter) + px(3) for letter in block.letters)
        left = block.left + max(0.0, (block.width - total) / 2)
        for letter, hit in zip(block.letters, block.hits, strict=True):
            width = self._metrics.horizontalAdvance(letter) + px(3)
            if left + width > block.left + block.width + 1:
                return
            yield letter, hit, left, width
            left += width

    def _paint_number(self, painter: QPainter, block: _Block) -> None:
        px = self._theme.px
        top = block.top + self._metrics.height() + px(8)
        area = QRectF(block.left, top, block.width, self._numbers.height() + px(4))
        fills = self._theme.colours.tokens
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(fills[block.place % len(fills)]))
        painter.drawRoundedRect(area, px(4), px(4))
        painter.setFont(self._small)
        painter.setPen(self._theme.colour("text"))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, _below(block.number, sum(block.hits)))
        middle = QPointF(block.left + block.width / 2, top - px(4))
        painter.setPen(QPen(self._theme.colour("border"), px(1)))
        painter.drawLine(middle, QPointF(middle.x(), top))


def _below(number: str, hits: int) -> str:
    return f"{number} ×{hits}" if hits else number
