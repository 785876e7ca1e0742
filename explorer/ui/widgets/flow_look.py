"""How chips look: their sizes for one way to show tokens, and the painting of a row."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from explorer.ui.theme import Theme
from explorer.ui.widgets.flow_rows import Chip, Metrics

FlowMode = Literal["both", "ids", "text"]
FLOW_MODES: tuple[FlowMode, ...] = ("both", "ids", "text")


_FEET = {"person": Qt.PenStyle.SolidLine, "model": Qt.PenStyle.DashLine, "system": Qt.PenStyle.DotLine}


class Row(NamedTuple):
    """A row on the screen: where it begins, its chips, and their fills."""

    top: int
    chips: list[Chip]
    fills: list[int]


class Author(NamedTuple):
    """`colour` is a name in the theme; a special token is outlined instead."""

    colour: str
    special: bool


class Marks(NamedTuple):
    """Tokens that stand out: under the mouse, at the caret, in the selection (first, after), alike."""

    hovered: int
    current: int
    selected: tuple[int, int]
    same: int = -1
    """Every token with this id."""


class FlowLook:
    """Sizes in pixels from the theme, for a mode; `restyle` when either changes."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self.author_of: Callable[[int], Author] | None = None
        """Who wrote a token; None where all are the text's."""
        self.restyle("both")

    def restyle(self, mode: FlowMode) -> None:
        """Measure anew."""
        px = self._theme.px
        self._label_font = self._theme.font("mono")
        self._id_font = self._theme.font("caption" if mode == "both" else "mono")
        label, number = QFontMetricsF(self._label_font), QFontMetricsF(self._id_font)
        self.margin, self.gap, self._padding = px(8), px(4), px(5)
        self._label_height = 0 if mode == "ids" else round(label.height() * 1.15)
        self._id_height = 0 if mode == "text" else round(number.height() * 1.1)
        self.chip_height = self._label_height + self._id_height + px(4)
        self.row_height = self.chip_height + self.gap
        self._label_base = px(2) + self._label_height / 2 + (label.ascent() - label.descent()) / 2
        middle = self._label_height + self._id_height / 2
        self._id_base = px(2) + middle + (number.ascent() - number.descent()) / 2
        digit = number.horizontalAdvance("0123456789") / 10
        self.metrics = Metrics(None if mode == "ids" else label, digit, self._padding, self.gap)

    def area(self, row: Row, chip: Chip) -> QRectF:
        """Where a chip is painted."""
        return QRectF(self.margin + chip.left, row.top, chip.width, self.chip_height)

    def paint_row(self, painter: QPainter, row: Row, marks: Marks) -> None:
        """Band, fills, words, outlines."""
        radius = self._theme.px(4)
        self._paint_selected(painter, row, marks.selected)
        fills = [QColor(colour) for colour in self._theme.colours.tokens]
        lit = self._theme.colour("token_hover")
        painter.setPen(Qt.PenStyle.NoPen)
        for chip, fill in zip(row.chips, row.fills, strict=True):
            author = None if self.author_of is None else self.author_of(chip.token)
            hovered = chip.token == marks.hovered
            if author is not None and author.special:
                self._paint_special(painter, row, chip, lit if hovered else None)
                continue
            painter.setBrush(lit if hovered else fills[fill])
            painter.drawRoundedRect(self.area(row, chip), radius, radius)
            if author is not None:
                self._paint_author(painter, row, chip, author.colour)
        self._paint_words(painter, row)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if marks.same >= 0:
            painter.setPen(QPen(self._theme.colour("text"), self._theme.px(1), Qt.PenStyle.DashLine))
            for chip in row.chips:
                if chip.token_id == marks.same:
                    painter.drawRoundedRect(self.area(row, chip), radius, radius)
        painter.setPen(QPen(self._theme.colour("accent"), self._theme.px(2)))
        for chip in row.chips:
            if chip.token in (marks.current, marks.hovered):
                painter.drawRoundedRect(self.area(row, chip), radius, radius)

    def _paint_special(self, painter: QPainter, row: Row, chip: Chip, fill: QColor | None) -> None:
        """Outlined, not filled: it is no text."""
        inset = self._theme.px(1)
        painter.setPen(QPen(self._theme.colour("special"), 2 * inset))
        painter.setBrush(fill or Qt.BrushStyle.NoBrush)
        area = self.area(row, chip).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(area, self._theme.px(4), self._theme.px(4))
        painter.setPen(Qt.PenStyle.NoPen)

    def _paint_author(self, painter: QPainter, row: Row, chip: Chip, colour: str) -> None:
        """A line along the foot, of a kind for each author: colour is never the only sign."""
        area, thick = self.area(row, chip), self._theme.px(3)
        pen = QPen(self._theme.colour(colour), thick, _FEET.get(colour, Qt.PenStyle.DashDotLine))
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        foot = area.bottom() - thick / 2
        painter.drawLine(QPointF(area.left() + thick, foot), QPointF(area.right() - thick, foot))
        painter.setPen(Qt.PenStyle.NoPen)

    def _paint_words(self, painter: QPainter, row: Row) -> None:
        left = self.margin + self._padding
        painter.setPen(self._theme.colour("text"))
        if self._label_height:
            painter.setFont(self._label_font)
            base = row.top + self._label_base
            for chip in row.chips:
                painter.drawText(QPointF(left + chip.left, base), chip.label)
        if self._id_height:
            painter.setFont(self._id_font)
            if self._label_height:
                painter.setPen(self._theme.colour("muted"))
            base = row.top + self._id_base
            for chip in row.chips:
                painter.drawText(QPointF(left + chip.left, base), str(chip.token_id))

    def _paint_selected(self, painter: QPainter, row: Row, selected: tuple[int, int]) -> None:
        """A band behind the chips of the selection."""
        chosen = [chip for chip in row.chips if selected[0] <= chip.token < selected[1]]
        if chosen:
            half = self.gap / 2
            area = self.area(row, chosen[0]).united(self.area(row, chosen[-1]))
            painter.fillRect(area.adjusted(-half, -half, half, half), self._theme.colour("selection"))
