"""The text so far as a flow of chips, one a token: who wrote it is told by colour and by a mark."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy

from explorer.protocol import StreamToken
from explorer.ui.theme import Theme
from explorer.ui.widgets.author_marks import AUTHOR_COLOURS, FILL_ALPHA, paint_author_mark
from explorer.ui.widgets.token_text import visible


@dataclass(frozen=True)
class _Place:
    """Where a chip stands, in pixels of the whole flow; `line` counts from 0."""

    x: float
    line: int
    width: float


class _Look:
    """What painting takes from the theme, looked up once and not for each of some hundred chips."""

    def __init__(self, theme: Theme) -> None:
        px = theme.px
        self.font = theme.font("mono")
        self.metrics = QFontMetricsF(self.font)
        self.margin, self.gap, self.pad, self.radius = px(8), px(2), px(4), px(3)
        self.chip_height = px(15) * 1.5 + px(1)
        self.line_height = self.chip_height + px(5)
        self.mark = px(4)
        self.least_width = px(12)
        self.text, self.muted = theme.colour("text"), theme.colour("muted")
        self.outline = QPen(theme.colour("special"), px(1))
        self.pointed = QPen(theme.colour("accent"), px(2))
        self.nothing = QPen(Qt.PenStyle.NoPen)
        self.colours = {role: theme.colour(name) for role, name in AUTHOR_COLOURS.items()}
        self.fills = {role: QColor(colour) for role, colour in self.colours.items()}
        for fill in self.fills.values():
            fill.setAlpha(FILL_ALPHA[theme.dark])
        self.dashes = QPen(theme.colour("thinking"), px(2), Qt.PenStyle.DashLine)
        self.empty = QColor(Qt.GlobalColor.transparent)


class TokenStrip(QAbstractScrollArea):
    """Chips of a prompt and of what a model wrote after it; the end stays in sight while it grows.

    Mouse: pointing at a chip, clicking one that the model wrote. Keys: Shift+Left and Shift+Right point,
    Return is the click; all other keys but those that scroll are left to the panel.
    Signals: `pointed(int)`, the chip pointed at, -1 for none; `chosen(int)`, a written chip was clicked.
    """

    pointed = Signal(int)
    chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._tokens: list[StreamToken] = []
        self._prompt_length = 0
        self._places: list[_Place] = []
        self._look = _Look(theme)
        self._shapes: dict[str, tuple[str, float]] = {}
        """By token text: how it is shown, and how wide that is with the padding."""
        self._pointed = -1
        self._faded = False
        self._thinking: Sequence[range] = ()
        self.setObjectName("surface")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.setAccessibleName(self.tr("The text so far"))
        theme.changed.connect(self._look_changed)

    # ------------------------------------------------------------ what is shown

    @property
    def tokens(self) -> list[StreamToken]:
        """All chips' tokens, in order."""
        return self._tokens

    @property
    def prompt_length(self) -> int:
        """Chips from here on were written by the model."""
        return self._prompt_length

    @property
    def pointed_chip(self) -> int:
        """The chip pointed at, -1 for none."""
        return self._pointed

    @property
    def faded(self) -> bool:
        """Whether the chips are shown as not being of now."""
        return self._faded

    def show_tokens(
        self,
        prompt: Sequence[StreamToken],
        written: Sequence[StreamToken],
        faded: bool,
        thinking: Sequence[range] = (),
    ) -> None:
        """Replace the stream. What is the same at the front is not laid out again.

        `thinking`: chips that the model wrote before it answered, underlined.
        """
        tokens = [*prompt, *written]
        same = next(
            (i for i, (a, b) in enumerate(zip(tokens, self._tokens, strict=False)) if a is not b and a != b),
            min(len(tokens), len(self._tokens)),
        )
        changed = same < len(tokens) or len(tokens) != len(self._tokens)
        everything = (self._prompt_length, self._faded) != (len(prompt), faded)
        everything = everything or [*thinking] != [*self._thinking]
        if not changed and not everything:
            return
        self._tokens, self._prompt_length, self._faded = tokens, len(prompt), faded
        self._thinking = thinking
        if self._pointed >= len(tokens):
            self._point_at(-1)
        scrolled = self.verticalScrollBar().value()
        self._lay_out(same)
        self.setAccessibleDescription("".join(token.text for token in tokens[-80:]))
        if everything or scrolled != self.verticalScrollBar().value() or not self._places:
            self.viewport().update()
        else:
            top = int(self.chip_rect(max(0, same - 1)).top()) if same <= len(self._places) else 0
            self.viewport().update(0, top - 1, self.viewport().width(), self.viewport().height() - top + 1)

    # ------------------------------------------------------------ geometry

    def sizeHint(self) -> QSize:
        """The least; it grows where there is room."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        """Two lines."""
        return QSize(self._theme.px(160), 2 * int(self._look.line_height) + 2 * self._look.margin)

    def chip_rect(self, index: int) -> QRectF:
        """Where a chip is in the viewport, scrolled as it is now."""
        place, look = self._places[index], self._look
        top = look.margin + place.line * look.line_height - self.verticalScrollBar().value()
        return QRectF(place.x, top, place.width, look.chip_height)

    def _shape_of(self, text: str) -> tuple[str, float]:
        shape = self._shapes.get(text)
        if shape is None:
            shown, look = visible(text), self._look
            width = max(look.metrics.horizontalAdvance(shown) + 2 * look.pad, look.least_width)
            shape = self._shapes[text] = (shown, width)
        return shape

    def _lay_out(self, first: int) -> None:
        """Place the chips from `first` on; the end stays in sight if it was."""
        bar = self.verticalScrollBar()
        at_end = bar.value() >= bar.maximum()
        del self._places[first:]
        gap, margin = self._look.gap, self._look.margin
        right = self.viewport().width() - margin
        x, line = float(margin), 0
        if self._places:
            last = self._places[-1]
            x, line = last.x + last.width + gap, last.line
            if self._tokens[first - 1].text.endswith("\n"):
                x, line = float(margin), line + 1
        for token in self._tokens[first:]:
            width = min(self._shape_of(token.text)[1], max(1.0, right - margin))
            if x > margin and x + width > right:
                x, line = float(margin), line + 1
            self._places.append(_Place(x, line, width))
            x += width + gap
            if token.text.endswith("\n"):
                x, line = float(margin), line + 1
        height = 2 * margin + (line + 1) * self._look.line_height
        bar.setRange(0, max(0, round(height - self.viewport().height())))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(int(self._look.line_height))
        if at_end:
            bar.setValue(bar.maximum())

    def _chip_at(self, point: QPointF) -> int:
        line = (point.y() + self.verticalScrollBar().value() - self._look.margin) // self._look.line_height
        first = bisect_left(self._places, line, key=lambda place: place.line)
        for index in range(first, len(self._places)):
            place = self._places[index]
            if place.line > line:
                break
            if place.x <= point.x() < place.x + place.width:
                return index
        return -1

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew."""
        self._lay_out(0)

    def _look_changed(self) -> None:
        self._look = _Look(self._theme)
        self._shapes.clear()
        self._lay_out(0)
        self.updateGeometry()
        self.viewport().update()

    # ------------------------------------------------------------ painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines that are in sight."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._look.font)
        offset = self.verticalScrollBar().value() - self._look.margin
        top = (event.rect().top() + offset) // self._look.line_height
        bottom = (event.rect().bottom() + offset) // self._look.line_height
        first = bisect_left(self._places, top, key=lambda place: place.line)
        painter.setOpacity(0.5 if self._faded else 1.0)
        for index in range(first, len(self._places)):
            if self._places[index].line > bottom:
                break
            self._paint_chip(painter, index)
        self._paint_caret(painter)
        painter.end()

    def _paint_chip(self, painter: QPainter, index: int) -> None:
        look, token = self._look, self._tokens[index]
        rect = self.chip_rect(index)
        role = self._role(index)
        outlined = token.special or role == "template"
        painter.setPen(look.pointed if index == self._pointed else look.outline if outlined else look.nothing)
        painter.setBrush(look.empty if outlined else look.fills[role])
        painter.drawRoundedRect(rect, look.radius, look.radius)
        corner = QPointF(rect.left() + look.gap, rect.top() + look.gap)
        paint_author_mark(painter, corner, look.mark, look.colours[role], role)
        if any(index in part for part in self._thinking):
            painter.setPen(look.dashes)
            painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        shown, width = self._shape_of(token.text)
        inside = rect.adjusted(look.pad, look.gap, -look.pad, 0)
        if rect.width() < width:
            shown = look.metrics.elidedText(shown, Qt.TextElideMode.ElideRight, inside.width())
        painter.setPen(look.muted if token.special or token.text.isspace() else look.text)
        painter.drawText(inside, Qt.AlignmentFlag.AlignCenter, shown)

    def _role(self, index: int) -> str:
        """Who wrote a chip; a text of no known author was the person's, or the model's where it wrote."""
        role = self._tokens[index].role
        return role if role in AUTHOR_COLOURS else "assistant" if index >= self._prompt_length else "user"

    def _paint_caret(self, painter: QPainter) -> None:
        """Where the next token will stand."""
        if not self._places:
            return
        look, rect = self._look, self.chip_rect(len(self._places) - 1)
        x = min(rect.right() + 2 * look.gap, self.viewport().width() - look.gap)
        if self._tokens[-1].text.endswith("\n"):
            x = look.margin
            rect.translate(0, look.line_height)
        painter.setOpacity(1.0)
        painter.setPen(look.pointed)
        painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))

    # ------------------------------------------------------------ pointing

    def _point_at(self, index: int) -> None:
        if index != self._pointed:
            self._pointed = index
            written = index >= self._prompt_length
            shape = (
                Qt.CursorShape.PointingHandCursor if written and index >= 0 else Qt.CursorShape.ArrowCursor
            )
            self.viewport().setCursor(shape)
            self.viewport().update()
            self.pointed.emit(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at the chip under the mouse."""
        self._point_at(self._chip_at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Wait for the release, as a button does."""
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the chip under the mouse."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose(self._chip_at(event.position()))

    def viewportEvent(self, event: QEvent) -> bool:
        """Point at nothing when the mouse leaves."""
        if event.type() == QEvent.Type.Leave:
            self._point_at(-1)
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Point and choose; scroll; leave the rest to the panel."""
        key, shift = event.key(), event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        if shift and key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and self._tokens:
            self._walk(1 if key == Qt.Key.Key_Right else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self._choose(self._pointed)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            super().keyPressEvent(event)
        else:
            event.ignore()

    def _walk(self, step: int) -> None:
        start = self._pointed if self._pointed >= 0 else len(self._tokens) - (step > 0)
        self._point_at(min(max(start + step, 0), len(self._tokens) - 1))
        rect = self.chip_rect(self._pointed)
        bar = self.verticalScrollBar()
        if rect.top() < 0:
            bar.setValue(bar.value() + int(rect.top()) - self._look.margin)
        elif rect.bottom() > self.viewport().height():
            bar.setValue(bar.value() + int(rect.bottom()) - self.viewport().height() + self._look.margin)

    def _choose(self, index: int) -> None:
        if index >= self._prompt_length:
            self.chosen.emit(index)
