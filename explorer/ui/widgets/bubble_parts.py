"""Parts of a bubble: whose it is, its quiet buttons, its branches, and the editor in its text's place."""

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QTextCursor
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.ui.theme import Theme
from explorer.ui.widgets.author_marks import author_name, paint_swatch
from explorer.ui.widgets.flow_layout import FlowLayout

_EDITOR_LINES = 14


class AuthorName(QWidget):
    """An author's sign and name, and what is particular."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._author, self.text = "user", ""
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def show_name(self, author: str, label: str) -> None:
        """`label`: what is particular about it."""
        text = " · ".join(part for part in (author_name(author), label) if part)
        if (author, text) != (self._author, self.text):
            self._author, self.text = author, text
            self.setToolTip(text)
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """One line."""
        metrics, px = QFontMetrics(self._font()), self._theme.px
        return QSize(px(18) + metrics.horizontalAdvance(self.text) + 2, max(metrics.height(), px(14)))

    def minimumSizeHint(self) -> QSize:
        """Cut where there is no room."""
        hint = self.sizeHint()
        return QSize(min(self._theme.px(60), hint.width()), hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The sign, the name, what is particular."""
        side = self._theme.px(12)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(0, (self.height() - side) / 2, side, side)
        paint_swatch(painter, self._theme, box, self._author)
        painter.setFont(self._font())
        painter.setPen(self._theme.colour("text"))
        line = self.rect().adjusted(self._theme.px(18), 0, 0, 0)
        shown = QFontMetrics(painter.font()).elidedText(self.text, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()

    def _font(self) -> QFont:
        font = self._theme.font("body")
        font.setBold(True)
        return font


class QuietButton(QToolButton):
    """Seen only while its bubble is awake; found with Tab at any time."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._awake = False
        self.setText(text)
        self.setProperty("kind", "small")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def set_awake(self, on: bool) -> None:
        """Paint it or not; its place is kept."""
        if on != self._awake:
            self._awake = on
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Nothing while it sleeps."""
        if self._awake:
            super().paintEvent(event)


class BranchChooser(QWidget):
    """‹ 2 of 3 ›, where a turn has siblings."""

    stepped = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._parts: tuple[QToolButton, QLabel, QToolButton] | None = None
        self.hide()

    @property
    def said(self) -> str:
        """Where it stands."""
        return self._parts[1].text() if self._parts else ""

    def show_branch(self, branch: int, branches: int) -> None:
        """Hidden where there is one only; from 1."""
        self.setVisible(branches > 1)
        if branches < 2:
            return
        before, where, after = self._parts = self._parts or self._build()
        where.setText(self.tr("{branch} of {branches}").format(branch=branch, branches=branches))
        before.setEnabled(branch > 1)
        after.setEnabled(branch < branches)

    def _build(self) -> tuple[QToolButton, QLabel, QToolButton]:
        """Most turns have no siblings: what they need no parts for costs nothing."""
        before, where, after = QToolButton(), QLabel(), QToolButton()
        where.setProperty("role", "caption")
        for button, text, name, step in (
            (before, "‹", self.tr("The branch before"), -1),
            (after, "›", self.tr("The branch after"), 1),
        ):
            button.setText(text)
            button.setProperty("kind", "small")
            button.setToolTip(name)
            button.setAccessibleName(name)
            button.clicked.connect(lambda _=False, by=step: self.stepped.emit(by))
        for part in (before, where, after):
            self._row.addWidget(part)
        return before, where, after


class TurnEditor(QWidget):
    """A turn being written anew: Ctrl+Return keeps it, Escape leaves it as it was."""

    kept = Signal(str)
    left = Signal()

    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__()
        self._theme = theme
        self.text = QPlainTextEdit(text)
        self.text.setAccessibleName(self.tr("This turn, to be written anew"))
        self.text.setTabChangesFocus(True)
        self.text.installEventFilter(self)
        keep, leave = QPushButton(self.tr("Keep")), QPushButton(self.tr("Leave as it was"))
        keep.setProperty("kind", "primary")
        keep.setToolTip(self.tr("Ctrl+Return"))
        leave.setToolTip(self.tr("Escape"))
        keep.clicked.connect(self._keep)
        leave.clicked.connect(self.left)
        row = FlowLayout()
        row.setSpacing(theme.px(8))
        row.addWidget(keep)
        row.addWidget(leave)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(4))
        column.addWidget(self.text)
        column.addLayout(row)
        self.text.textChanged.connect(self._fit)
        self._fit()

    def begin(self) -> None:
        """Take the keys."""
        self.text.moveCursor(QTextCursor.MoveOperation.End)
        self.text.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The two keys that end it."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key, control = event.key(), event.modifiers() & Qt.KeyboardModifier.ControlModifier
            if key == Qt.Key.Key_Escape:
                self.left.emit()
                return True
            if control and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._keep()
                return True
        return super().eventFilter(watched, event)

    def _keep(self) -> None:
        self.kept.emit(self.text.toPlainText())

    def _fit(self) -> None:
        lines = min(max(self.text.blockCount() + 1, 3), _EDITOR_LINES)
        self.text.setFixedHeight(lines * self.text.fontMetrics().lineSpacing() + self._theme.px(16))
