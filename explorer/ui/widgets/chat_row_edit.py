"""One row of a conversation: who says it, what is said, and buttons to move it or take it out."""

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QMouseEvent, QResizeEvent, QTextCursor
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QSizePolicy,
    QTextEdit,
    QToolButton,
    QVBoxLayout,
)

from explorer.ui.stores.chat_rows import ROLES, Row
from explorer.ui.theme import Theme

_LEAST_LINES, _MOST_LINES = 2, 10
LONGEST_PASTE = 200_000
"""Characters: longer conversations cannot be shown."""
ROLE_COLOURS = {"system": "system", "user": "person", "assistant": "model", "tool": "tool"}
"""Names in the theme."""
ROLE_MARKS = {"system": "◆", "user": "■", "assistant": "▲"}


def role_colour(role: str) -> str:
    """The theme's name for what a role writes; roles that nobody knows count as documents."""
    return ROLE_COLOURS.get(role, "document")


class _RowText(QPlainTextEdit):
    """As high as its text, within bounds; undoing is the conversation's.

    Signals: `unit_hovered(unit)`, -1 for none; `undo_requested`, `redo_requested`; `paste_refused(length)`,
    of a text that no conversation could hold.
    """

    unit_hovered = Signal(int)
    paste_refused = Signal(int)
    undo_requested = Signal()
    redo_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.document().documentLayout().documentSizeChanged.connect(lambda *_: self.fit())
        theme.changed.connect(self.fit)
        self.fit()

    def fit(self) -> None:
        """Take the height of the text."""
        self.setFont(self._theme.font("mono"))
        lines = round(self.document().size().height())
        long = lines > _MOST_LINES
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(policy.ScrollBarAsNeeded if long else policy.ScrollBarAlwaysOff)
        lines = min(max(lines, _LEAST_LINES), _MOST_LINES)
        around = max(self.height() - self.viewport().height(), 0) + 2 * round(
            self.document().documentMargin()
        )
        height = lines * self.fontMetrics().lineSpacing() + around
        if height != self.height():
            self.setFixedHeight(height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other lines at another width."""
        super().resizeEvent(event)
        self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Undoing goes to the conversation, which knows of rows too."""
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo_requested.emit()
        elif event.matches(QKeySequence.StandardKey.Redo):
            self.redo_requested.emit()
        else:
            super().keyPressEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Plain text, as long as it can be part of a conversation."""
        text = source.text()
        if len(text) > LONGEST_PASTE:
            self.paste_refused.emit(len(text))
        else:
            super().insertFromMimeData(source)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which unit is under the mouse."""
        super().mouseMoveEvent(event)
        place = event.position().toPoint()
        unit = self.cursorForPosition(place).position()
        area = self.cursorRect(self.cursorForPosition(place))
        near = (
            abs(area.center().x() - place.x()) < self._theme.px(20)
            and area.top() <= place.y() <= area.bottom()
        )
        if near and unit and area.center().x() > place.x():
            unit -= 1  # the caret stands after the letter that is pointed at
        self.unit_hovered.emit(unit if near else -1)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the mouse."""
        super().leaveEvent(event)
        self.unit_hovered.emit(-1)


class ChatRowEdit(QFrame):
    """Shows one `Row`; every wish is a signal.

    Signals: `text_edited(text)`, `role_edited(role)`, `move_requested(by)`, `remove_requested`,
    `undo_requested`, `redo_requested`, `unit_hovered(unit)`, `paste_refused(length)`.
    """

    paste_refused = Signal(int)

    text_edited = Signal(str)
    role_edited = Signal(str)
    move_requested = Signal(int)
    remove_requested = Signal()
    undo_requested = Signal()
    redo_requested = Signal()
    unit_hovered = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._lit = (0, 0)
        self.setObjectName("surface")
        self.role = QComboBox()
        self.role.setEditable(True)
        self.role.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.role.addItems([*ROLES, "tool"])
        line = self.role.lineEdit()
        assert line is not None, "it can be edited"
        self._role_line = line
        self.role.setAccessibleName(self.tr("Role"))
        self.role.setToolTip(self.tr("Who says it; any word will do"))
        self.role.setMinimumWidth(theme.px(100))
        self.text = _RowText(theme)
        self._up = self._button("▲", self.tr("Move up"))
        self._down = self._button("▼", self.tr("Move down"))
        self._remove = self._button("✕", self.tr("Remove this message"))
        self._mark = QLabel()
        head = QHBoxLayout()
        head.addWidget(self._mark)
        head.addWidget(self.role)
        head.addStretch(1)
        for button in (self._up, self._down, self._remove):
            head.addWidget(button)
        self._column = QVBoxLayout(self)
        self._column.addLayout(head)
        self._column.addWidget(self.text)
        self._connect()
        theme.changed.connect(self._space)
        self._space()

    def _connect(self) -> None:
        self.text.textChanged.connect(lambda: self.text_edited.emit(self.text.toPlainText()))
        self.text.undo_requested.connect(self.undo_requested)
        self.text.redo_requested.connect(self.redo_requested)
        self.text.unit_hovered.connect(self.unit_hovered)
        self.text.paste_refused.connect(self.paste_refused)
        self.role.activated.connect(lambda _: self._tell_role())
        self._role_line.editingFinished.connect(self._tell_role)
        self._up.clicked.connect(lambda: self.move_requested.emit(-1))
        self._down.clicked.connect(lambda: self.move_requested.emit(1))
        self._remove.clicked.connect(self.remove_requested)

    def _tell_role(self) -> None:
        role = self.role.currentText().strip()
        if role:
            self.role_edited.emit(role)

    def show_row(self, row: Row, place: int, count: int) -> None:
        """`place` of `count` rows."""
        if self.text.toPlainText() != row.text:
            self.text.blockSignals(True)
            self.text.setPlainText(row.text)
            if self.text.hasFocus():
                self.text.moveCursor(QTextCursor.MoveOperation.End)
            self.text.blockSignals(False)
            self.text.fit()
        if self.role.currentText() != row.role and not self._role_line.hasFocus():
            self.role.setCurrentText(row.role)
        self._mark.setText(ROLE_MARKS.get(row.role, "●"))
        self._mark.setStyleSheet(f"color: {getattr(self._theme.colours, role_colour(row.role))};")
        self.text.setAccessibleName(self.tr("Message {number}").format(number=place + 1))
        self._up.setEnabled(place > 0)
        self._down.setEnabled(place < count - 1)

    def light(self, start: int, stop: int) -> None:
        """Mark the units `start : stop`; nothing if they are none."""
        if (start, stop) == self._lit:
            return
        self._lit = start, stop
        marked = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self.text.document())
        end = self.text.document().characterCount() - 1
        cursor.setPosition(min(start, end))
        cursor.setPosition(min(stop, end), QTextCursor.MoveMode.KeepAnchor)
        marked.cursor = cursor  # type: ignore[attr-defined]
        marked.format.setBackground(QColor(self._theme.colours.token_hover))  # type: ignore[attr-defined]
        self.text.setExtraSelections([marked] if start < stop else [])

    @property
    def lit(self) -> tuple[int, int]:
        """The units that are marked."""
        return self._lit

    def _button(self, sign: str, about: str) -> QToolButton:
        button = QToolButton()
        button.setText(sign)
        button.setAccessibleName(about)
        button.setToolTip(about)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _space(self) -> None:
        px = self._theme.px
        self._column.setContentsMargins(px(8), px(6), px(8), px(8))
        self._column.setSpacing(px(4))
