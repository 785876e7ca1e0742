"""The conversation on the left, the stream that a model gets of it on the right."""

from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.ui import words
from explorer.ui.panels.frames import Frames
from explorer.ui.settings import Settings
from explorer.ui.stores.chat_rows import ChatRows
from explorer.ui.stores.tokenizer import Counts
from explorer.ui.theme import Theme
from explorer.ui.widgets.chat_row_edit import ROLE_MARKS, ChatRowEdit, role_colour
from explorer.ui.widgets.flow_layout import FlowLayout
from explorer.ui.widgets.quiet_text import QuietText
from explorer.ui.widgets.token_flow import Author, TokenFlow

_SIDE_BY_SIDE_PX = 640
_JINJA = "{% for message in messages %}\n{{ message.role }}: {{ message.content }}\n{% endfor %}"


class ChatWork(QScrollArea):
    """Rows and stream; what is pointed at lights up in both.

    Signals: `rendered`, when the store's answer is on the screen; `current_changed`, when another token is
    chosen; `message(str)`, for the status bar.
    """

    rendered = Signal()
    current_changed = Signal()
    message = Signal(str)

    def __init__(self, theme: Theme, settings: Settings, store: ChatRows) -> None:
        super().__init__()
        self._theme, self._settings, self._store = theme, settings, store
        self._rows: list[ChatRowEdit] = []
        self._shown_tokens = 0
        self._refused = 0
        self._shown: object = None
        self.flow = TokenFlow(theme, store.spans)
        self.flow.set_authors(self._author)
        self._splitter = QSplitter()
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self._build_left())
        self._splitter.addWidget(self._build_right())
        for at in range(2):
            self._splitter.setStretchFactor(at, 1)
        self._splitter.setSizes([1000, 1000])
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(self._splitter)
        self.setFocusProxy(self.flow)
        self._frames = Frames(self, self._render)
        self._connect()
        self._render()

    # ------------------------------------------------------------ widgets

    def _build_left(self) -> QWidget:
        left = QWidget()
        self.template = QComboBox()
        self.template.setAccessibleName(self.tr("Chat template"))
        self.template.setToolTip(self.tr("How the conversation becomes one text"))
        names = (
            ("", self.tr("The template that fits")),
            ("gpt-4o", self.tr("ChatML as GPT-4o has it")),
            ("llama3", "Llama 3"),
            ("qwen", "Qwen"),
            ("gemma", "Gemma"),
            ("chatml", self.tr("ChatML of the models made here")),
            ("own", self.tr("The tokenizer's own")),
            ("jinja", self.tr("Your own (Jinja)")),
        )
        self.template.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.template.setMinimumContentsLength(14)
        for name, label in names:
            self.template.addItem(label, name)
        self.specials = self._switch(self.tr("Special tokens"), self.tr("Off: everything is read as text"))
        self.opens = self._switch(
            self.tr("Open the answer"), self.tr("Write what the model's turn begins with")
        )
        self.jinja = QPlainTextEdit()
        self.jinja.setAccessibleName(self.tr("Your own template"))
        self.jinja.setPlaceholderText(
            "{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}"
        )
        self.jinja.setTabChangesFocus(True)
        self.jinja.setUndoRedoEnabled(False)
        bar = FlowLayout()
        bar.setSpacing(self._theme.px(4))
        for widget in (self.template, self.specials, self.opens):
            bar.addWidget(widget)
        self._list = QVBoxLayout()
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addLayout(self._list)
        inner.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setMinimumHeight(self._theme.px(140))
        area.setWidget(content)
        self._add = QPushButton(self.tr("Add a message"))
        self._undo = QPushButton(self.tr("Undo"))
        self._redo = QPushButton(self.tr("Redo"))
        foot = FlowLayout()
        foot.setSpacing(self._theme.px(4))
        for button in (self._add, self._undo, self._redo):
            foot.addWidget(button)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(bar)
        column.addWidget(self.jinja)
        column.addWidget(area, 1)
        column.addLayout(foot)
        return left

    def _build_right(self) -> QWidget:
        right = QWidget()
        self._copy_text = QPushButton(self.tr("Copy the text"))
        self._copy_ids = QPushButton(self.tr("Copy all ids"))
        bar = FlowLayout()
        bar.setSpacing(self._theme.px(4))
        bar.addWidget(self._copy_text)
        bar.addWidget(self._copy_ids)
        self._by_role = QuietText(self._theme, "body", "muted", most=4)
        self._missing = QuietText(self._theme, "body", most=6)
        self._problem = QuietText(self._theme, "body", "error", most=8)
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(bar)
        column.addWidget(self._by_role)
        column.addWidget(self._missing)
        column.addWidget(self._problem)
        column.addWidget(self.flow, 1)
        return right

    def _switch(self, label: str, about: str) -> QToolButton:
        button = QToolButton()
        button.setText(label)
        button.setToolTip(about)
        button.setCheckable(True)
        return button

    def _connect(self) -> None:
        store = self._store
        store.changed.connect(self._changed)
        self.template.activated.connect(lambda at: store.choose_template(self.template.itemData(at)))
        self.specials.toggled.connect(store.set_specials)
        self.opens.toggled.connect(store.set_opens_answer)
        self.jinja.textChanged.connect(lambda: store.set_jinja(self.jinja.toPlainText()))
        self._add.clicked.connect(self._add_row)
        self._undo.clicked.connect(store.undo)
        self._redo.clicked.connect(store.redo)
        self._copy_text.clicked.connect(self.copy_text)
        self._copy_ids.clicked.connect(self.copy_ids)
        self.flow.token_hovered.connect(self._token_hovered)
        self.flow.token_chosen.connect(self.choose_token)
        self._theme.changed.connect(self._arrange)
        QShortcut(
            QKeySequence("F6"), self, self._other_side, context=Qt.ShortcutContext.WidgetWithChildrenShortcut
        )

    # ------------------------------------------------------------ what the panel asks

    @property
    def settled(self) -> bool:
        """Whether the newest stream is on the screen."""
        if not self.isVisible():
            return True
        return self._store.settled and not self._frames.pending and not self.flow.stale

    def counts(self) -> Counts:
        """Of the stream."""
        viewed = self._store.viewed
        if viewed is None:
            return Counts()
        return Counts(len(viewed.ids), self._store.characters, viewed.bytes_total)

    @property
    def said(self) -> str:
        """What stands above the stream."""
        return "\n".join(label.text() for label in (self._by_role, self._missing, self._problem))

    def copy_text(self) -> None:
        """The rendered text to the clipboard."""
        if self._store.viewed is not None:
            QGuiApplication.clipboard().setText(self._store.viewed.text)
            self.message.emit(self.tr("Copied the text"))

    def copy_ids(self) -> None:
        """All ids to the clipboard, as a JSON list."""
        if self._store.viewed is not None:
            ids = self._store.viewed.ids
            QGuiApplication.clipboard().setText(str(ids))
            self.message.emit(self.tr("Copied {count} tokens").format(count=words.count(len(ids))))

    def showEvent(self, event: QShowEvent) -> None:
        """Somebody looks."""
        super().showEvent(event)
        self._store.watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        self._store.watch(False)

    # ------------------------------------------------------------ what the store says

    def _changed(self) -> None:
        self._refused = 0
        self._frames.ask()

    def _render(self) -> None:
        store, chat = self._store, self._store.chat
        self._show_rows()
        with QSignalBlocker(self.specials), QSignalBlocker(self.opens), QSignalBlocker(self.jinja):
            self.specials.setChecked(chat.specials)
            self.opens.setChecked(chat.opens_answer)
            if self.jinja.toPlainText() != chat.jinja:
                self.jinja.setPlainText(chat.jinja)
        self.template.setCurrentIndex(max(self.template.findData(chat.template), 0))
        self.jinja.setVisible(chat.template == "jinja")
        self._undo.setEnabled(store.can_undo)
        self._redo.setEnabled(store.can_redo)
        self._splitter.setEnabled(store.loaded)
        self._show_stream()
        self.rendered.emit()

    def _show_rows(self) -> None:
        rows = self._store.chat.rows
        while len(self._rows) < len(rows):
            self._make_row()
        for place, view in enumerate(self._rows):
            view.setVisible(place < len(rows))
            if place < len(rows):
                view.show_row(rows[place], place, len(rows))

    def _make_row(self) -> None:
        view, place, store = ChatRowEdit(self._theme), len(self._rows), self._store
        view.text_edited.connect(partial(store.set_text, place))
        view.role_edited.connect(partial(store.set_role, place))
        view.move_requested.connect(partial(store.move_row, place))
        view.remove_requested.connect(partial(store.remove_row, place))
        view.undo_requested.connect(store.undo)
        view.redo_requested.connect(store.redo)
        view.paste_refused.connect(self._refuse)
        view.unit_hovered.connect(partial(self._unit_hovered, place))
        self._rows.append(view)
        self._list.addWidget(view)

    def _show_stream(self) -> None:
        store = self._store
        if store.viewed is not self._shown:
            self._shown = store.viewed
            self.flow.splice(0, self._shown_tokens, len(store.spans))
            self._shown_tokens = len(store.spans)
            self.flow.refresh()
            self.flow.viewport().update()
        names = [self._role_words(role, count) for role, count in store.counts()]
        special = len(store.viewed.special) if store.viewed else 0
        if special:
            names.append(self.tr("{count} special tokens, outlined").format(count=words.count(special)))
        self._by_role.set_text("  ·  ".join(names))
        for label, text in ((self._missing, self._missing_words()), (self._problem, self._problem_words())):
            label.set_text(text)
            label.setVisible(bool(text))
        for button in (self._copy_text, self._copy_ids):
            button.setEnabled(store.viewed is not None)

    def _role_words(self, role: str, count: int) -> str:
        mark = ROLE_MARKS.get(role, "●") if role else "▭"
        return f"{mark} {role or self.tr('template')} {words.count(count)}".replace(" ", "\u00a0")

    def _problem_words(self) -> str:
        if self._refused:
            said = self.tr(
                "This text is too long for a conversation: {count} characters. Paste a part of it."
            )
            return said.format(count=words.count(self._refused))
        problem = self._store.problem
        return "" if problem is None else words.engine_sentence(problem.template, problem.values)

    def _missing_words(self) -> str:
        viewed = self._store.viewed
        if viewed is None or not viewed.missing or self._store.problem is not None:
            return ""
        said = self.tr("This encoding has no token {names}: what the template writes there is read as text.")
        return said.format(names=", ".join(viewed.missing))

    def _refuse(self, length: int) -> None:
        self._refused = length
        self._show_stream()

    def _author(self, index: int) -> Author:
        role = self._store.role(self._store.author(index))
        return Author(role_colour(role) if role else "special", self._store.is_special(index))

    # ------------------------------------------------------------ pointing, both ways

    def _token_hovered(self, index: int) -> None:
        self.flow.set_hovered(index)
        self._light(index)

    def _unit_hovered(self, row: int, unit: int) -> None:
        index = self._store.token_of(row, unit) if unit >= 0 else -1
        self.flow.set_hovered(index)
        self._light(index)

    def _light(self, index: int) -> None:
        row, start, stop = self._store.units_in_row(index) if index >= 0 else (-1, 0, 0)
        for place, view in enumerate(self._rows):
            view.light(*((start, stop) if place == row else (0, 0)))

    @property
    def current_token(self) -> int:
        """The token that was chosen last; -1 for none."""
        return self.flow.current

    def mark_same(self, token: int) -> None:
        """Mark every token with this id; -1 for none."""
        self.flow.set_same(token)

    def take_keys(self) -> None:
        """The keyboard is for the stream."""
        self.flow.setFocus()

    def choose_token(self, index: int) -> None:
        """Mark a token of the stream, and put the caret behind it in the row that it came from."""
        self.flow.set_current(index)
        self.current_changed.emit()
        row, _, stop = self._store.units_in_row(index)
        if row >= 0:
            cursor = self._rows[row].text.textCursor()
            cursor.setPosition(min(stop, len(self._rows[row].text.toPlainText())))
            self._rows[row].text.setTextCursor(cursor)

    def _add_row(self) -> None:
        self._store.add_row()
        self._render()
        self._rows[len(self._store.chat.rows) - 1].text.setFocus(Qt.FocusReason.OtherFocusReason)

    def _other_side(self) -> None:
        to: QWidget = self._rows[0].text if self.flow.hasFocus() and self._rows else self.flow
        to.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # ------------------------------------------------------------ place

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side where there is room, else one above the other."""
        self._arrange()
        super().resizeEvent(event)

    def _arrange(self) -> None:
        wide = self.width() >= self._theme.px(_SIDE_BY_SIDE_PX) - 2 * self._theme.px(16)
        self._splitter.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)
        self._splitter.setHandleWidth(self._theme.px(12))
        self.jinja.setFont(self._theme.font("mono"))
        self.jinja.setFixedHeight(self._theme.px(96))
        self._list.setSpacing(self._theme.px(6))
