"""Where the person writes: Return hands over, and a document may stand in front of the question."""

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.ui import words
from explorer.ui.stores.context import ContextStore
from explorer.ui.theme import Theme
from explorer.ui.widgets.elided_label import ElidedLabel

LONGEST_TEXT = 1_000_000
"""Characters: more than any window here has tokens for."""
LONG_PASTE = 4_000
"""Characters from which on a pasted text is a document, and not a part of the question."""


class Composer(QWidget):
    """Text, document and buttons.

    Signals: `edited(str)`, on every change by the person; `system_edited(str)`; `pasted(str)`, a text long
    enough to be a document; `opened(path)`, a document's file; `refused(int)`, a text of so many characters
    that it is too long; `undo_requested`, Ctrl+Z where nothing is typed; the rest are the buttons'.
    """

    edited = Signal(str)
    system_edited = Signal(str)
    pasted = Signal(str)
    opened = Signal(str)
    refused = Signal(int)
    undo_requested = Signal()
    redo_requested = Signal()
    handed_over = Signal()
    go_on_requested = Signal()
    stop_requested = Signal()
    document_removed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._build()
        self._lay_out()
        self._connect()
        theme.changed.connect(self._space)
        self._space()

    def _build(self) -> None:
        self.system = QLineEdit()
        self.system.setAccessibleName(self.tr("System line"))
        self.system.setPlaceholderText(self.tr("System line: what stands before everything (may be empty)"))
        self.text = ComposerText()
        self.text.setAccessibleName(self.tr("Your turn"))
        self.text.setTabChangesFocus(True)
        self.document = ElidedLabel()
        self.remove = QToolButton()
        self.remove.setText("✕")
        self.remove.setAccessibleName(self.tr("Remove the document"))
        self.remove.setToolTip(self.tr("Remove the document"))
        self.add = QPushButton(self.tr("Add a document…"))
        self.add.setToolTip(
            self.tr(
                "A text, Markdown or PDF file that stands in front of the question: drop or paste it, too"
            )
        )
        self.send = QPushButton(self.tr("Hand over"))
        self.send.setProperty("kind", "primary")
        self.send.setToolTip(self.tr("It is the model's turn then (Return; Shift+Return for a new line)"))
        self.go_on = QPushButton(self.tr("Let it go on"))
        self.stop = QPushButton(self.tr("Stop"))
        self.stop.setToolTip(self.tr("The model stops after this token (Esc)"))

    def _lay_out(self) -> None:
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._chip = QWidget()
        chip = QHBoxLayout(self._chip)
        chip.setContentsMargins(0, 0, 0, 0)
        chip.addWidget(self.document, 1)
        chip.addWidget(self.remove)
        self._buttons = QHBoxLayout()
        self._buttons.addWidget(self.add)
        self._buttons.addStretch(1)
        for button in (self.stop, self.go_on, self.send):
            self._buttons.addWidget(button)
        self._column.addWidget(self.system)
        self._column.addWidget(self._chip)
        self._column.addWidget(self.text)
        self._column.addLayout(self._buttons)

    def _connect(self) -> None:
        text = self.text
        text.textChanged.connect(lambda: self.edited.emit(text.toPlainText()))
        text.handed_over.connect(self.handed_over)
        text.undo_requested.connect(self.undo_requested)
        text.redo_requested.connect(self.redo_requested)
        text.pasted.connect(self.pasted)
        text.opened.connect(self.opened)
        text.refused.connect(self.refused)
        self.system.textEdited.connect(self.system_edited)
        self.system.returnPressed.connect(text.setFocus)
        self.send.clicked.connect(self.handed_over)
        self.go_on.clicked.connect(self.go_on_requested)
        self.stop.clicked.connect(self.stop_requested)
        self.remove.clicked.connect(self.document_removed)
        self.add.clicked.connect(self._ask_for_document)

    def show_store(self, store: ContextStore) -> None:
        """Render; the editor keeps its cursor while its text is the store's."""
        session, documents = store.session, store.documents
        self.text.show_text(store.composer)
        self.text.setPlaceholderText(self._invitation(store))
        empty = not store.conversation.tip and session.speaks
        self.system.setVisible(empty)
        if empty and self.system.text() != store.settings.system:
            self.system.setText(store.settings.system)
        self._show_document(store)
        self.add.setVisible(session.speaks)
        self.add.setEnabled(not documents.reading)
        self.send.setEnabled(store.can_hand_over)
        self.stop.setVisible(store.busy)
        self.go_on.setVisible(store.can_go_on)
        path = session.path
        asked = bool(path) and path[-1].role == "user"
        self.go_on.setText(self.tr("Let it answer") if asked else self.tr("Let it go on"))

    def _invitation(self, store: ContextStore) -> str:
        if not store.session.speaks:
            return self.tr("Write the beginning of a document: the model goes on with it.")
        if store.documents.attached is not None:
            return self.tr("Ask something about the document.")
        return self.tr("Write to the model. Return hands over.")

    def _show_document(self, store: ContextStore) -> None:
        attached, reading = store.documents.attached, store.documents.reading
        self._chip.setVisible(reading or attached is not None)
        if reading:
            pages = store.documents.pages
            self.document.setText(
                self.tr("Reading the document …")
                if pages is None
                else self.tr("Reading the document: page {page} of {pages}").format(
                    page=words.count(pages[0]), pages=words.count(pages[1])
                )
            )
        elif attached is not None:
            self.document.setText(
                self.tr("In front of your question: {name} · {characters} characters").format(
                    name=attached.name or self.tr("pasted text"), characters=words.count(len(attached.text))
                )
            )

    def _ask_for_document(self) -> None:
        dialog = QFileDialog(self, self.tr("A document for the window"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        texts = self.tr("Texts, Markdown and PDF")
        dialog.setNameFilters([f"{texts} (*.txt *.md *.pdf)", self.tr("All files (*)")])
        dialog.fileSelected.connect(self.opened)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _space(self) -> None:
        px = self._theme.px
        self._column.setSpacing(px(6))
        self._buttons.setSpacing(px(8))
        self.text.setFixedHeight(px(74))


class ComposerText(QPlainTextEdit):
    """Return hands over; what is dropped or pasted may be a document. Signals: see `Composer`."""

    handed_over = Signal()
    undo_requested = Signal()
    redo_requested = Signal()
    pasted = Signal(str)
    opened = Signal(str)
    refused = Signal(int)

    def show_text(self, text: str) -> None:
        """Show `text`, unless it is there."""
        if text != self.toPlainText():
            self.blockSignals(True)
            self.setPlainText(text)
            self.blockSignals(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return, and the history's keys where there is nothing to edit."""
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not shift:
            self.handed_over.emit()
        elif event.matches(QKeySequence.StandardKey.Undo) and self.document().isEmpty():
            self.undo_requested.emit()
        elif event.matches(QKeySequence.StandardKey.Redo) and self.document().isEmpty():
            self.redo_requested.emit()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files are welcome."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
        else:
            super().dragEnterEvent(event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Texts and files."""
        return source.hasText() or source.hasUrls()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Plain text; what is long is a document, and what is too long for any window is refused."""
        files = [url.toLocalFile() for url in source.urls() if url.isLocalFile()]
        if files:
            self.opened.emit(files[0])
            return
        text = source.text()
        if len(text) > LONGEST_TEXT:
            self.refused.emit(len(text))
        elif len(text) > LONG_PASTE:
            self.pasted.emit(text)
        else:
            self.insertPlainText(text)
