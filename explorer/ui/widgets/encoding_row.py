"""One encoding among several: how many tokens it makes of the text, a bar, and the first of them."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from explorer.ui import words
from explorer.ui.stores.encoding_rows import EncodingRow
from explorer.ui.theme import Theme
from explorer.ui.widgets.chip_line import ChipLine
from explorer.ui.widgets.elided_label import ElidedLabel


class EncodingRowView(QFrame):
    """Signals: `clicked`, by mouse or by Enter."""

    clicked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName("surface")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._name = ElidedLabel()
        self._mark = QLabel()
        self._mark.setProperty("role", "badge")
        self._tokens = QLabel()
        self._tokens.setProperty("role", "number")
        self._per_token = ElidedLabel()
        self._per_token.setProperty("role", "muted")
        self._bar = _Bar(theme)
        self._line = ChipLine(theme)
        self._head = head = QHBoxLayout()
        head.addWidget(self._name, 3)
        head.addWidget(self._mark)
        head.addWidget(self._tokens)
        self._column = QVBoxLayout(self)
        self._column.addLayout(head)
        self._column.addWidget(self._per_token)
        self._column.addWidget(self._bar)
        self._column.addWidget(self._line)
        self._line.clicked.connect(self.clicked)
        theme.changed.connect(self._space)
        self._space()

    def show_row(self, row: EncodingRow, name: str, chosen: bool, share: float, mark: str) -> None:
        """`share`: of the longest row. `mark`: what stands out about it, or empty."""
        self._name.setText(f"● {name}" if chosen else name)
        font = self._theme.font("body")
        font.setBold(chosen)
        self._name.setFont(font)
        self._mark.setText(mark)
        self._mark.setVisible(bool(mark))
        if row.problem is not None:
            said = words.engine_sentence(row.problem.template, row.problem.values)
            self._tokens.setText("–")
        elif not row.known:
            said = self.tr("Counting …")
            self._tokens.setText("…")
        else:
            rate = f"{row.characters / row.tokens:.2f}" if row.tokens else "–"
            said = self.tr("{share} characters per token").format(share=rate)
            if not row.complete:
                said = (
                    self.tr("{share} % counted").format(share=round(100 * row.done / row.total))
                    + " · "
                    + said
                )
            self._tokens.setText(words.count(row.tokens) if row.complete else f"{words.count(row.tokens)} …")
        self._per_token.setText(said)
        self._bar.show_share(share, chosen)
        units = sum(len(token.text) for token in row.head)
        self._line.show_tokens(row.head, row.known and units < row.total)
        self._line.setVisible(row.problem is None)
        self.setAccessibleName(f"{name}: {self._tokens.text()}, {said} {mark}")

    @property
    def said(self) -> str:
        """All its words, for a test or a copy."""
        parts = (self._name, self._mark, self._tokens, self._per_token)
        return " | ".join(label.text() for label in parts if not label.isHidden())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose it."""
        if self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and the space bar choose it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    def _space(self) -> None:
        px = self._theme.px
        self._column.setContentsMargins(px(10), px(6), px(10), px(6))
        self._column.setSpacing(px(2))
        self._head.setSpacing(px(8))


class _Bar(QWidget):
    """A bar from the left; the one of the chosen encoding in the accent's colour."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._share, self._chosen = 0.0, False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_share(self, share: float, chosen: bool) -> None:
        """0 to 1."""
        if (share, chosen) != (self._share, self._chosen):
            self._share, self._chosen = share, chosen
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground and bar."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        radius = self.height() / 2
        painter.setBrush(self._theme.colour("raised"))
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        if self._share > 0:
            painter.setBrush(self._theme.colour("accent" if self._chosen else "muted"))
            width = max(self.width() * self._share, float(self.height()))
            painter.drawRoundedRect(QRectF(0, 0, width, self.height()), radius, radius)

    def _restyle(self) -> None:
        self.setFixedHeight(self._theme.px(8))
        self.update()
