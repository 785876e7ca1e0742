"""The conversations that are kept: a search, the list, the bin, and what can be done to each."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QMenu, QPushButton, QStackedLayout, QVBoxLayout

from explorer.protocol import ConversationForm, ConversationRow
from explorer.ui import words
from explorer.ui.theme import Theme
from explorer.ui.widgets.flow_layout import FlowLayout
from explorer.ui.widgets.model_list import ModelList, ModelRow
from explorer.ui.widgets.tall_enough import TallEnough

MOST_SHOWN = 150
"""Lines: what can be laid out in half a frame."""
_TYPING_MS = 150
"""So long after the last key the search begins."""


class ConversationList(TallEnough):
    """One line for each conversation, with what it is about and when it was had.

    Signals: `searched(words)`; with a conversation's id: `opened`, `renamed(id, title)`, `bin_requested`,
    `restore_requested`, `export_requested(id, path, form)`; `import_requested(path)`, `empty_requested()`.
    """

    searched = Signal(str)
    opened = Signal(str)
    renamed = Signal(str, str)
    bin_requested = Signal(str)
    restore_requested = Signal(str)
    empty_requested = Signal()
    export_requested = Signal(str, str, str)
    import_requested = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rows: Sequence[ConversationRow] = ()
        self._binned: Sequence[ConversationRow] = ()
        self._current = ""
        self._searching = False
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._build()
        self._connect()
        self._space()
        self._render()

    def _build(self) -> None:
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Search in conversations"))
        self.field.setAccessibleName(self.tr("Search in conversations"))
        self.field.setClearButtonEnabled(True)
        self.view = ModelList(self._theme, Qt.TextElideMode.ElideRight)
        self.view.setAccessibleName(self.tr("Conversations"))
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._empty = QLabel()
        self._empty.setProperty("role", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self.title = QLineEdit()
        self.title.setAccessibleName(self.tr("Title of the conversation"))
        self.title.setToolTip(self.tr("Enter keeps it, Esc leaves it as it was"))
        self.title.installEventFilter(self)
        self.title.hide()
        self._stack = QStackedLayout()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._empty)
        self._buttons = FlowLayout()
        self.more = self._button(self.tr("Conversation"), self.tr("What can be done to the chosen one"))
        self.more.setMenu(QMenu(self.more))
        self.bring = self._button(self.tr("Import …"), self.tr("Messages, ShareGPT, Alpaca, or from here"))
        self.restore = self._button(self.tr("Restore"), self.tr("Take it out of the bin"))
        self.purge = self._button(self.tr("Empty the bin"), self.tr("Delete these for good"))
        self.bin = self._button("", self.tr("What was deleted, to bring back"))
        self.bin.setCheckable(True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.field)
        self._column.addLayout(self._stack, 1)
        self._column.addWidget(self.title)
        self._column.addLayout(self._buttons)

    def _button(self, text: str, hint: str) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(hint)
        self._buttons.addWidget(button)
        return button

    def _connect(self) -> None:
        self.field.textChanged.connect(lambda: self._typing.start())
        self.field.returnPressed.connect(self._search)
        self._typing.timeout.connect(self._search)
        self.view.chosen.connect(self._render_buttons)
        self.view.clicked.connect(self._clicked)
        self.view.activated_by_hand.connect(self._open)
        self.view.delete_pressed.connect(lambda: self._tell(self.bin_requested))
        self.view.customContextMenuRequested.connect(self._show_menu)
        self.more.menu().aboutToShow.connect(lambda: self.fill_menu(self.more.menu()))
        self.title.returnPressed.connect(self._keep_title)
        self.bring.clicked.connect(self._ask_for_import)
        self.restore.clicked.connect(lambda: self._restore(self.view.current_key))
        self.purge.clicked.connect(self.empty_requested)
        self.bin.toggled.connect(self._render)
        rename = QShortcut(QKeySequence(Qt.Key.Key_F2), self.view)
        rename.setContext(Qt.ShortcutContext.WidgetShortcut)
        rename.activated.connect(self._edit_title)
        self._theme.changed.connect(self._space)

    # ------------------------------------------------------------ what is shown

    def show_rows(
        self,
        rows: Sequence[ConversationRow],
        binned: Sequence[ConversationRow],
        current: str = "",
        searching: bool = False,
    ) -> None:
        """Show these. `current`: the open conversation; `searching`: more may be found yet."""
        shown = (rows, binned, current, searching)
        if shown == (self._rows, self._binned, self._current, self._searching):
            return
        moved = current != self._current
        self._rows, self._binned, self._current, self._searching = shown
        self._render()
        if moved:
            self.view.choose(current)
            self._render_buttons()

    def selected(self) -> ConversationRow | None:
        """The one that the menu acts on."""
        key = self.view.current_key
        return next((row for row in self._listed() if row.conversation == key), None)

    def _listed(self) -> Sequence[ConversationRow]:
        return self._binned if self.bin.isChecked() else self._rows

    def _render(self) -> None:
        listed = self._listed()
        rows = [self._shown(row) for row in listed[:MOST_SHOWN]]
        if len(listed) > MOST_SHOWN:
            left = words.count(len(listed) - MOST_SHOWN)
            rows.append(ModelRow("", self.tr("{count} older ones. Search for them.").format(count=left)))
        self.view.set_rows(rows)
        self._empty.setText(self._nothing())
        self._stack.setCurrentIndex(0 if listed else 1)
        self._render_buttons()

    def _render_buttons(self) -> None:
        in_bin, chosen = self.bin.isChecked(), self.selected() is not None
        self.field.setEnabled(not in_bin)
        self.bin.setText(self.tr("Bin ({count})").format(count=words.count(len(self._binned))))
        for button in (self.more, self.bring):
            button.setVisible(not in_bin)
        for button in (self.restore, self.purge):
            button.setVisible(in_bin)
        self.more.setEnabled(chosen)
        self.restore.setEnabled(chosen)
        self.purge.setEnabled(bool(self._binned))
        if not chosen or in_bin:
            self.title.hide()

    def _nothing(self) -> str:
        if self.bin.isChecked():
            return self.tr("The bin is empty.")
        if self._searching:
            return self.tr("Searching …")
        if self.field.text().strip():
            return self.tr("Nothing was found. Try other words, or fewer.")
        return self.tr("No conversations yet: what you say is kept here.")

    def _shown(self, row: ConversationRow) -> ModelRow:
        name = row.title or row.first_words or self.tr("Nothing said yet")
        about = row.excerpt or (row.first_words if row.title else "")
        turns = (
            self.tr("1 turn")
            if row.turns == 1
            else self.tr("{count} turns").format(count=words.count(row.turns))
        )
        open_now = row.conversation == self._current
        return ModelRow(
            key=row.conversation,
            name=name,
            facts=f"{turns} · {about}" if about else turns,
            side=self.tr("open") if open_now else words.when(row.changed_s),
            problem=self.tr("Its file cannot be read.") if row.damaged else "",
            hint="\n".join(part for part in (name, about) if part),
        )

    # ------------------------------------------------------------ what is done

    def fill_menu(self, menu: QMenu) -> None:
        """What can be done to the chosen conversation."""
        menu.clear()
        row = self.selected()
        if row is None:
            return
        key = row.conversation

        def add(to: QMenu, text: str, call: Callable[[], object], on: bool = True) -> None:
            action = to.addAction(text)
            action.setEnabled(on)
            action.triggered.connect(lambda: call())

        if self.bin.isChecked():
            add(menu, self.tr("Restore"), lambda: self._restore(key))
            return
        add(menu, self.tr("Open"), lambda: self._open(key), not row.damaged)
        add(menu, self.tr("Rename"), self._edit_title, not row.damaged)
        export = menu.addMenu(self.tr("Export as"))
        export.setEnabled(not row.damaged)
        forms: tuple[tuple[ConversationForm, str], ...] = (
            ("messages_jsonl", self.tr("Messages (.jsonl) …")),
            ("markdown", self.tr("Markdown (.md) …")),
            ("ids_json", self.tr("Everything, with token ids (.json) …")),
        )
        for form, text in forms:
            add(export, text, partial(self._ask_for_export, row, form))
        menu.addSeparator()
        add(menu, self.tr("Delete"), lambda: self.bin_requested.emit(key))

    def _show_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        self.fill_menu(menu)
        menu.popup(self.view.viewport().mapToGlobal(place))

    def _search(self) -> None:
        self._typing.stop()
        self.searched.emit(self.field.text())

    def _clicked(self, index: QModelIndex) -> None:
        self._open(self.view.current_key)

    def _open(self, key: str) -> None:
        row = self.selected()
        if row is not None and not row.damaged and not self.bin.isChecked():
            self.opened.emit(key)

    def _tell(self, signal: object) -> None:
        row = self.selected()
        if row is not None and not self.bin.isChecked():
            signal.emit(row.conversation)  # type: ignore[attr-defined]  # a bound signal

    def _restore(self, key: str) -> None:
        if key:
            self.restore_requested.emit(key)

    def _edit_title(self) -> None:
        row = self.selected()
        if row is None or row.damaged or self.bin.isChecked():
            return
        self.title.setText(row.title)
        self.title.setPlaceholderText(row.first_words)
        self.title.setProperty("conversation", row.conversation)
        self.title.show()
        self.title.setFocus()
        self.title.selectAll()

    def _keep_title(self) -> None:
        self._leave_title()
        self.renamed.emit(self.title.property("conversation"), self.title.text())

    def _leave_title(self) -> None:
        self.title.hide()
        self.view.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc leaves the title as it was, before anybody else takes it for theirs."""
        if watched is self.title and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._leave_title()
                return True
        return super().eventFilter(watched, event)

    # ------------------------------------------------------------ files

    def _ask_for_export(self, row: ConversationRow, form: ConversationForm) -> None:
        suffix, kind = _FILES[form]
        dialog = QFileDialog(self, self.tr("Export the conversation"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(f"{kind} (*.{suffix})")
        dialog.setDefaultSuffix(suffix)
        dialog.selectFile(f"{_file_name(row)}.{suffix}")
        dialog.fileSelected.connect(lambda path: self.export_requested.emit(row.conversation, path, form))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _ask_for_import(self) -> None:
        dialog = QFileDialog(self, self.tr("Import conversations"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            [f"{self.tr('Conversations')} (*.jsonl *.json *.md)", f"{self.tr('All files')} (*)"]
        )
        dialog.fileSelected.connect(self.import_requested)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _space(self) -> None:
        self._column.setSpacing(self._theme.px(8))
        self._buttons.setSpacing(self._theme.px(6))
        self.view.setMinimumHeight(self._theme.px(90))


_FILES: dict[ConversationForm, tuple[str, str]] = {
    "messages_jsonl": ("jsonl", "JSON Lines"),
    "markdown": ("md", "Markdown"),
    "ids_json": ("json", "JSON"),
}


def _file_name(row: ConversationRow) -> str:
    """Its title without what file systems do not like."""
    title = row.title or row.first_words
    kept = "".join(letter if letter.isalnum() or letter in " -" else " " for letter in title)
    return "-".join(kept.split())[:60] or row.conversation
