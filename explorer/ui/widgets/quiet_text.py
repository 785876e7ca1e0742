"""Words that change with every key, without the layout around them being done again each time."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.theme import FontRole, Theme


class QuietText(QWidget):
    """Plain text in one role's font, wrapped; asks for another height only when its lines change in number.

    `ground` is the colour that lies behind it. It has room for `lines` at least, and never for more than
    `most`: the rest is cut.
    """

    def __init__(
        self,
        theme: Theme,
        role: FontRole,
        colour: str = "text",
        ground: str = "window",
        lines: int = 1,
        most: int = 4,
    ) -> None:
        super().__init__()
        self._theme, self._colour, self._ground = theme, colour, ground
        self._role: FontRole = role
        self._lines, self._most = lines, most
        self._text = ""
        self._needed = lines
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        theme.changed.connect(self._restyle)
        self._restyle()

    def text(self) -> str:
        """What it says."""
        return self._text

    def set_text(self, text: str) -> None:
        """Say something else."""
        if text == self._text:
            return
        self._text = text
        self.setAccessibleName(text)
        needed = self._lines_at(self.width())
        if needed != self._needed:
            self._needed = needed
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """One line of a moderate width: the layout gives it what there is."""
        return QSize(self._theme.px(160), self._height(self._needed))

    def minimumSizeHint(self) -> QSize:
        """Any width will do."""
        return QSize(0, self._height(self._lines))

    def hasHeightForWidth(self) -> bool:
        """Words wrap."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Of as many lines as the words take at `width`."""
        return self._height(self._lines_at(width))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may take another number of lines."""
        super().resizeEvent(event)
        needed = self._lines_at(self.width())
        if needed != self._needed:
            self._needed = needed
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The words, from the top."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._theme.colour(self._ground))
        painter.setFont(self._font)
        painter.setPen(self._theme.colour(self._colour))
        painter.drawText(self.rect(), _WRAP, self._text)

    def _lines_at(self, width: int) -> int:
        room = QRect(0, 0, max(width, 1), 1 << 20)
        height = self._metrics.boundingRect(room, _WRAP, self._text).height() if self._text else 0
        lines = round(height / max(self._metrics.lineSpacing(), 1))
        return min(max(lines, self._lines), self._most)

    def _height(self, lines: int) -> int:
        return lines * self._metrics.lineSpacing() + 1

    def _restyle(self) -> None:
        self._font: QFont = self._theme.font(self._role)
        self._metrics = QFontMetrics(self._font)
        self.updateGeometry()
        self.update()


_WRAP = int(Qt.TextFlag.TextWordWrap)
