"""An answer as a line: how many of its tokens were thinking, and how many the answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.theme import Theme

_COLOURS = {"thinking": "thinking", "tool": "tool", "result": "tool"}


@dataclass(frozen=True)
class BarPart:
    """A stretch: its kind as in `explorer.text.spans`, and its tokens."""

    kind: str
    tokens: int


class PartsBar(QWidget):
    """Thinking is hatched, so that colour is not the only sign."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._parts: list[BarPart] = []
        self._scale = 1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def show_parts(self, parts: Sequence[BarPart], scale: int, words: str) -> None:
        """`scale`: the tokens of the whole width, if the parts are fewer. `words`: the same in words."""
        self._parts, self._scale = list(parts), scale
        self.setAccessibleName(words)
        self.update()

    def sizeHint(self) -> QSize:
        """A thin line."""
        return QSize(self._theme.px(120), self._theme.px(14))

    def paintEvent(self, event: QPaintEvent) -> None:
        """From left to right, in the order of writing."""
        theme = self._theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("raised"))
        total = max(self._scale, sum(part.tokens for part in self._parts), 1)
        left = 0.0
        for part in self._parts:
            width = self.width() * part.tokens / total
            colour = theme.colour(_COLOURS.get(part.kind, "model"))
            rect = QRectF(left, 0, width, self.height())
            if part.kind == "thinking":
                painter.fillRect(rect, QBrush(colour, Qt.BrushStyle.BDiagPattern))
                painter.setPen(colour)
                painter.drawRect(rect.adjusted(0, 0, -1, -1))
            else:
                painter.fillRect(rect, colour)
            left += width
        painter.end()
