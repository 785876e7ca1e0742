"""The whole window of a model as one bar: what is used, by whom, and what is left."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QFontMetricsF, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QVBoxLayout, QWidget

from explorer.ui import words
from explorer.ui.theme import Theme
from explorer.ui.widgets.author_marks import AUTHOR_COLOURS, author_name, paint_mark_in, paint_swatch
from explorer.ui.widgets.quiet_text import QuietText

WARN_AT = 0.85
"""Share of the window from which on it is said that it will be full."""
_ORDER = ("system", "document", "user", "thinking", "assistant", "tool", "template")


@dataclass(frozen=True)
class WindowUse:
    """What fills a window. `by_author` sums to `prompt + answer`: keys as of tokens, and "thinking"."""

    window: int
    """Tokens that the model has room for."""
    prompt: int
    answer: int
    """Of the answer under way, or of the newest one."""
    by_author: Mapping[str, int]
    gone: int = 0
    """Tokens that have fallen out."""

    @property
    def used(self) -> int:
        """Tokens in the window."""
        return self.prompt + self.answer

    @property
    def left(self) -> int:
        """Tokens that still have room."""
        return max(0, self.window - self.used)

    @property
    def warns(self) -> bool:
        """Whether it is nearly full."""
        return self.window > 0 and self.used >= WARN_AT * self.window


class ContextBar(QWidget):
    """Numbers in words, the bar, and each author's share. Signals: `author_pointed(str)`, "" for none."""

    author_pointed = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._words = QuietText(theme, "body", most=3)
        self._warning = QuietText(theme, "body", "error", most=3)
        self._bar = _Bar(theme)
        self._shares = _Shares(theme)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        for part in (self._words, self._bar, self._shares, self._warning):
            self._column.addWidget(part)
        self._warning.hide()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._bar.pointed.connect(self.author_pointed)
        theme.changed.connect(self._space)
        self._space()

    def show_use(self, use: WindowUse | None) -> None:
        """Show how full the window is; None: no model is chosen."""
        said, warning = self._said(use), self._warned(use)
        self._words.set_text(said)
        self._warning.set_text(warning)
        self._warning.setVisible(bool(warning))
        self._bar.show_use(use)
        self._shares.show_use(use)
        shares = ", ".join(f"{author_name(author)} {words.count(n)}" for author, n in _parts(use))
        self.setAccessibleName(said)
        self.setAccessibleDescription(f"{shares}. {warning}")

    @property
    def said(self) -> str:
        """The line above the bar."""
        return self._words.text()

    @property
    def warning(self) -> str:
        """The line under it; empty while there is room."""
        return self._warning.text()

    def part_rect(self, author: str) -> QRectF:
        """Where an author's part of the bar is, in this widget; empty if it has none."""
        rects = {name: rect for name, rect in self._bar.rects() if name == author}
        return rects.get(author, QRectF()).translated(self._bar.pos().toPointF())

    def _said(self, use: WindowUse | None) -> str:
        if use is None:
            return self.tr("No model is chosen: there is no window to fill.")
        said = self.tr(
            "{used} of {window} tokens used: {prompt} prompt + {answer} answer · {left} left"
        ).format(
            used=words.count(use.used),
            window=words.count(use.window),
            prompt=words.count(use.prompt),
            answer=words.count(use.answer),
            left=words.count(use.left),
        )
        if use.gone:
            said += " · " + self.tr("{gone} have fallen out").format(gone=words.count(use.gone))
        return said

    def _warned(self, use: WindowUse | None) -> str:
        if use is None or not use.warns:
            return ""
        if not use.left:
            return self.tr("⚠ The window is full: nothing more can be written before something goes.")
        return self.tr("⚠ Nearly full: room for {left} more tokens, then something must go.").format(
            left=words.count(use.left)
        )

    def _space(self) -> None:
        self._column.setSpacing(self._theme.px(4))


def _parts(use: WindowUse | None) -> Iterator[tuple[str, int]]:
    """Authors that wrote anything, in the order of the bar."""
    if use is not None:
        for author in _ORDER:
            if tokens := use.by_author.get(author, 0):
                yield author, tokens


class _Bar(QWidget):
    """Used from the left, by author; the mark where the warning begins. A part pointed at is told."""

    pointed = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._use: WindowUse | None = None
        self._pointed = ""
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def show_use(self, use: WindowUse | None) -> None:
        if use != self._use:
            self._use = use
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(160), self._theme.px(22))

    def rects(self) -> Iterator[tuple[str, QRectF]]:
        """Each author's part, one pixel wide at least."""
        use = self._use
        if use is None:
            return
        whole, left = max(use.window, sum(use.by_author.values()), 1), 0.0
        for author, tokens in _parts(use):
            width = max(1.0, self.width() * tokens / whole)
            yield author, QRectF(left, 0, width, self.height())
            left += width

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("raised"))
        for author, rect in self.rects():
            self._paint_part(painter, author, rect)
        if self._use is not None:
            self._paint_limit(painter)
        painter.setPen(QPen(theme.colour("muted"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def _paint_part(self, painter: QPainter, author: str, rect: QRectF) -> None:
        theme = self._theme
        colour = theme.colour("thinking" if author == "thinking" else AUTHOR_COLOURS[author])
        if author == "template":
            painter.fillRect(rect, theme.colour("surface"))
            painter.setPen(QPen(colour, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(0.5, 1.5, -0.5, -1.5))
        elif author == "thinking":
            painter.fillRect(rect, QBrush(colour, Qt.BrushStyle.BDiagPattern))
        else:
            painter.fillRect(rect, colour)
        size = self.height() * 0.3
        if rect.width() > 3 * size and author in AUTHOR_COLOURS:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_mark_in(painter, rect, size, theme.colour("surface"), author)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillRect(QRectF(rect.right() - 1, 0, 1, rect.height()), theme.colour("surface"))
        if author == self._pointed:
            painter.setPen(QPen(theme.colour("text"), theme.px(2)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(1, 1, -1, -1))

    def _paint_limit(self, painter: QPainter) -> None:
        """The mark at which the warning comes: a line with a small roof, over any colour."""
        theme, x, size = self._theme, self.width() * WARN_AT, self._theme.px(4)
        for colour, width in (("surface", theme.px(3)), ("text", theme.px(1))):
            painter.setPen(QPen(theme.colour(colour), width))
            painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("text"))
        painter.drawPolygon([QPointF(x - size, 0), QPointF(x + size, 0), QPointF(x, 1.2 * size)])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self._author_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point_at("")

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._tip(self._author_at(QPointF(event.pos()))), self)
            return True
        return super().event(event)

    def _tip(self, author: str) -> str:
        use = self._use
        if use is None:
            return ""
        tokens = dict(_parts(use)).get(author, use.left)
        name = author_name(author) if author else self.tr("Room left")
        share = tokens / max(use.window, 1)
        said = self.tr("{name}: {tokens} tokens, {share} of the window")
        said = said.format(name=name, tokens=words.count(tokens), share=f"{share:.1%}")
        mark = self.tr("The mark stands at {share}.").format(share=f"{WARN_AT:.0%}")
        return said if author else f"{said}. {mark}"

    def _author_at(self, point: QPointF) -> str:
        return next((author for author, rect in self.rects() if rect.left() <= point.x() < rect.right()), "")

    def _point_at(self, author: str) -> None:
        if author != self._pointed:
            self._pointed = author
            self.update()
            self.pointed.emit(author)


class _Shares(QWidget):
    """Each author's tokens behind its sign, on a next line where the width ends."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._parts: list[tuple[str, str]] = []
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.updateGeometry)

    def show_use(self, use: WindowUse | None) -> None:
        parts = [(author, f"{author_name(author)} {words.count(tokens)}") for author, tokens in _parts(use)]
        if parts != self._parts:
            height = self.heightForWidth(self.width())
            self._parts = parts
            if height != self.heightForWidth(self.width()):
                self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(160), self.heightForWidth(max(self.width(), 1)))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        lines = [place.top() for place in self._places(width)]
        return round((max(lines) if lines else 0) + self._line())

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, side = self._theme, self._theme.px(9)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("caption"))
        for (author, text), place in zip(self._parts, self._places(self.width()), strict=True):
            box = QRectF(place.left(), place.center().y() - side / 2, side, side)
            paint_swatch(painter, theme, box, author)
            painter.setPen(theme.colour("muted"))
            painter.drawText(place.adjusted(side + theme.px(4), 0, 1, 0), Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()

    def _line(self) -> float:
        return QFontMetricsF(self._theme.font("caption")).height() * 1.1

    def _places(self, width: int) -> list[QRectF]:
        theme, metrics = self._theme, QFontMetricsF(self._theme.font("caption"))
        places: list[QRectF] = []
        left, top, line = 0.0, 0.0, self._line()
        for _, text in self._parts:
            wide = theme.px(9) + theme.px(4) + metrics.horizontalAdvance(text)
            if left and left + wide > width:
                left, top = 0.0, top + line
            places.append(QRectF(left, top, wide, line))
            left += wide + theme.px(12)
        return places
