"""How the rows of a stream are painted: squares from tiles, chips with their words, places beside them."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from explorer.ui.theme import Theme
from explorer.ui.widgets.author_marks import AUTHOR_COLOURS, FILL_ALPHA, paint_author_mark
from explorer.ui.widgets.cell_rows import ChipRows, SquareRows
from explorer.ui.widgets.cell_tiles import CellTiles
from explorer.ui.widgets.stream_model import AUTHORS, GONE, LIT, SPECIAL, THINKING, StreamModel

_GONE_OPACITY = 0.45


@dataclass(frozen=True)
class Sight:
    """What part of the rows is to be painted. `left` and `top` are where the rows begin, in the viewport."""

    left: float
    top: float
    first: int
    stop: int
    """Rows `first : stop`."""


class CellPainter:
    """Sizes and colours for one look; `restyle` when it changes."""

    def __init__(self, theme: Theme, model: StreamModel) -> None:
        self._theme, self._model = theme, model
        self.restyle()

    def restyle(self) -> None:
        """Look everything up anew."""
        theme, px = self._theme, self._theme.px
        self.chip_font = theme.font("mono")
        self.chip_font.setPixelSize(px(14))
        self.chip_metrics = QFontMetricsF(self.chip_font)
        self.pad, self.gap = px(4), px(3)
        self._caption = theme.font("caption")
        self._digit = QFontMetricsF(self._caption).horizontalAdvance("0123456789") / 10
        self._fills = {}
        for author, name in AUTHOR_COLOURS.items():
            self._fills[author] = theme.colour(name)
            self._fills[author].setAlpha(FILL_ALPHA[theme.dark])
        self._colours = {author: theme.colour(name) for author, name in AUTHOR_COLOURS.items()}
        self._text, self._muted = theme.colour("text"), theme.colour("muted")
        self._outline = QPen(theme.colour("special"), px(1))
        self._cross = QPen(theme.colour("muted"), px(1))
        self._frame = QPen(theme.colour("text"), px(2))
        self._dashes = QPen(theme.colour("thinking"), px(2), Qt.PenStyle.DashLine)
        self._tiles: dict[bool, CellTiles] = {}

    def places_width(self) -> float:
        """Room that the numbers before the rows take."""
        return self._digit * max(len(str(len(self._model))), 4) + self._theme.px(8)

    def paint_squares(
        self, painter: QPainter, rows: SquareRows, sight: Sight, ratio: float, hot: bool
    ) -> None:
        """The rows in sight, as one picture."""
        first, stop = rows.bounds(sight.first)[0], rows.bounds(sight.stop - 1)[1]
        tiles = self._tiles.get(hot)
        if tiles is None or tiles.made_for != (rows.side, ratio):
            tiles = self._tiles[hot] = CellTiles(self._theme, rows.side, ratio, hot)
        picture = tiles.picture(self._model.codes(first, stop, hot), rows.columns)
        painter.drawImage(QPointF(sight.left, sight.top + sight.first * rows.row_height), picture)

    def paint_chips(self, painter: QPainter, rows: ChipRows, sight: Sight) -> None:
        """The rows in sight, chip by chip."""
        painter.setFont(self.chip_font)
        for row in range(sight.first, sight.stop):
            first, stop = rows.bounds(row)
            left, top = sight.left, sight.top + row * rows.row_height
            before = ""
            codes: list[int] = self._model.codes(first, stop, False).tolist()
            for token, code in zip(self._model.tokens[first:stop], codes, strict=True):
                shape, author = rows.shape(token), AUTHORS[code % SPECIAL]
                chip = QRectF(left, top, shape.width, rows.chip_height)
                painter.setOpacity(_GONE_OPACITY if code & GONE else 1.0)
                self._paint_chip(painter, code, author, chip)
                if author != before:  # the sign stands on the first chip of its author in a row
                    corner = QPointF(left + 1, top + 1)
                    paint_author_mark(painter, corner, self.pad, self._colours[author], author)
                painter.setPen(self._muted if code & SPECIAL or token.text.isspace() else self._text)
                painter.drawText(QPointF(left + shape.inset, top + rows.baseline), shape.label)
                if code & GONE:
                    painter.setPen(self._cross)
                    painter.drawLine(chip.bottomLeft(), chip.topRight())
                before = author
                left += shape.width + self.gap
        painter.setOpacity(1.0)

    def _paint_chip(self, painter: QPainter, code: int, author: str, chip: QRectF) -> None:
        hollow, lit = code & SPECIAL or author == "template", code & LIT
        if not hollow:
            painter.fillRect(chip, self._fills[author])
        if hollow or lit:
            painter.setPen(self._frame if lit else self._outline)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            inset = 1.0 if lit else 0.5
            painter.drawRect(chip.adjusted(inset, inset, -inset, -inset))
        if code & THINKING:
            painter.setPen(self._dashes)
            painter.drawLine(chip.bottomLeft(), chip.bottomRight())

    def paint_places(self, painter: QPainter, rows: SquareRows | ChipRows, sight: Sight) -> None:
        """Before each row the place of its first token in the window; a cross where it has fallen out."""
        painter.setFont(self._caption)
        painter.setPen(self._muted)
        room = self.places_width() - self._theme.px(6)
        # Numbers need more height than small squares have: then only some rows have one.
        every = max(1, -(-round(self._theme.px(13)) // max(1, int(rows.row_height))))
        for row in range(sight.first - sight.first % every, sight.stop, every):
            first = rows.bounds(row)[0]
            place = "×" if first < self._model.gone else str(first - self._model.gone + 1)
            line = QRectF(sight.left - room - self._theme.px(6), 0, room, rows.row_height)
            line.moveTop(sight.top + row * rows.row_height)
            painter.drawText(line, _RIGHT, place)

    def paint_nothing(self, painter: QPainter, rect: QRect, words: str) -> None:
        """What stands where no cell does."""
        margin = self._theme.px(16)
        painter.setFont(self._theme.font("body"))
        painter.setPen(self._muted)
        painter.drawText(rect.adjusted(margin, margin, -margin, -margin), _WRAPPED, words)

    def paint_frame(self, painter: QPainter, rect: QRectF, colour: str) -> None:
        """Around the cell that is pointed at, or that looks."""
        width = self._theme.px(2)
        painter.setPen(QPen(self._theme.colour("surface"), width + 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect)
        painter.setPen(QPen(self._theme.colour(colour), width))
        painter.drawRect(rect)


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_WRAPPED = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
