"""The Tokens panel: a text with its tokens in place, and the numbers that a model gets in its stead."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QPushButton, QStackedWidget

from explorer.protocol import Failed
from explorer.ui import words
from explorer.ui.panels.base import Panel
from explorer.ui.panels.tokenizer_parts.chat_work import ChatWork
from explorer.ui.panels.tokenizer_parts.count_strip import MODES, CountStrip
from explorer.ui.panels.tokenizer_parts.encoding_choice import EncodingChoice, is_tokenizer
from explorer.ui.panels.tokenizer_parts.text_work import TextWork
from explorer.ui.panels.tokenizer_parts.work_with_card import WorkWithCard
from explorer.ui.panels.tokenizer_texts import STARTERS
from explorer.ui.settings import Settings
from explorer.ui.stores.chat_rows import EXAMPLE
from explorer.ui.stores.tokenizer import FileOpened, TokenizerStore
from explorer.ui.theme import Theme
from explorer.ui.widgets.export import ask_and_save_picture
from explorer.ui.widgets.token_copy import Form, copy_steps


class TokenizerPanel(Panel):
    """Counts above; under them the text and what is known of it. Everything shown is the store's."""

    def __init__(self, theme: Theme, settings: Settings, store: TokenizerStore) -> None:
        super().__init__(
            theme, self.tr("Tokens"), self.tr("What a model sees is not letters but these numbered pieces.")
        )
        self._settings, self._store = settings, store
        self._engine_notice = False
        self._build()
        self._connect()
        self.work.pages.restore()
        self._show_mode(self._settings.text("tokenizer/mode", "text"))
        self._render()

    def is_idle(self) -> bool:
        """Whether the newest text's tokens are all on the screen."""
        store = self._store
        return (
            store.complete
            and not store.locked
            and not store.activity
            and self.work.settled
            and self.chat.settled
            and all(card.settled for card in self._cards.values())
        )

    # ------------------------------------------------------------ widgets

    def _build(self) -> None:
        self.setAcceptDrops(True)
        self._build_header()
        self.strip = CountStrip(self.theme, self._settings)
        self.work = TextWork(self.theme, self._settings, self._store)
        self.body.addWidget(self.strip)
        store = self._store
        self.chat = ChatWork(self.theme, self._settings, store.chat)
        self._cards = {
            "text": WorkWithCard(self.theme, store.details, store.spans, self.work),
            "chat": WorkWithCard(self.theme, store.chat.details, store.chat.spans, self.chat),
        }
        self._stack = QStackedWidget()
        for mode in MODES:
            self._stack.addWidget(self._cards[mode])
        self.body.addWidget(self._stack, 1)
        self._build_menu()
        self._build_starters()
        self.setFocusProxy(self.work.editor)

    def _build_header(self) -> None:
        self.encoding = EncodingChoice(self._store)
        self._open = QPushButton()
        self._open.setToolTip("Ctrl+O")
        self.header.addWidget(self.encoding)
        self.header.addWidget(self._open)

    def _build_menu(self) -> None:
        self.add_menu_action(self.tr("Open file …"), self.ask_for_file, "Ctrl+O")
        self.add_menu_action(self.tr("Copy ids"), lambda: self.copy_tokens("ids"), "Ctrl+Shift+C")
        self.add_menu_action(self.tr("Copy tokens as CSV"), lambda: self.copy_tokens("csv"))
        self.add_menu_action(self.tr("Copy tokens as JSON"), lambda: self.copy_tokens("json"))
        self.add_menu_action(self.tr("Card of the token at the caret"), self._open_card, "Ctrl+I")
        self.add_menu_action(self.tr("Open a tokenizer …"), self.encoding.ask_for_file)
        self._forget = self.add_menu_action(self.tr("Forget this tokenizer"), self._store.forget_tokenizer)
        self.add_menu_action(self.tr("Save picture …"), self._save_picture)

    def _build_starters(self) -> None:
        labels = {
            "egg": "Egg / egg",
            "chinese": self.tr("中文 vs English"),
            "strawberry": "strawberry",
            "code": self.tr("Code"),
            "numbers": "127 + 677",
            "emoji": self.tr("Emoji"),
            "encodings": self.tr("Four encodings"),
            "chat": self.tr("A chat as a stream"),
        }
        self.set_starters([(labels[name], lambda name=name: self._start_with(name)) for name in labels])

    def _connect(self) -> None:
        store, editor = self._store, self.work.editor
        store.changed.connect(self._render)
        store.loaded.connect(self.work.to_start)
        store.failed.connect(self._show_failure)
        store.file_opened.connect(self._say_opened)
        store.too_large.connect(self._say_too_large)
        editor.large_text_pasted.connect(self._paste)
        self.work.vocabulary.message.connect(self.message)
        self.work.vocabulary.token_chosen.connect(store.details.show)
        editor.file_dropped.connect(self._take_file)
        self.work.message.connect(self.message)
        self.work.selection_changed.connect(self._render_counts)
        self.work.chips.copy_requested.connect(lambda: self.copy_tokens("ids"))
        self.encoding.tokenizer_picked.connect(store.open_tokenizer)
        self.strip.mode_chosen.connect(self.show_mode)
        self.chat.rendered.connect(self._render_counts)
        self.chat.message.connect(self.message)
        self._open.clicked.connect(self._open_or_cancel)

    # ------------------------------------------------------------ what the store says

    def _render(self) -> None:
        store = self._store
        self.work.show_state()
        self.encoding.show_encodings()
        self._forget.setEnabled(store.encoding in store.by_hand)
        self.strip.show_note("" if store.follows_edits else self._whole_words())
        reading = store.activity == "reading"
        self._open.setText(self.tr("Cancel") if reading else self.tr("Open file …"))
        self._open.setEnabled(reading or (store.phase == "ready" and not store.locked))
        self.strip.bar.show_share(bool(store.activity), store.share)
        start, stop = self.work.selection()
        if store.activity or start == stop:
            self._render_counts()
        lost = store.phase == "lost"
        if lost != self._engine_notice:
            self._engine_notice = lost
            said = self.tr(
                "The engine that makes the tokens has stopped. Go on writing: nothing is lost, "
                "and the tokens come back with it."
            )
            self.show_notice(said if lost else "", "error")

    def _render_counts(self) -> None:
        """Of the whole text, or of the selection beside them; or what takes a while just now."""
        part = self.work.selected_counts()
        busy = self._activity_words()
        if busy:
            self.strip.show_words(busy)
        elif self.mode == "chat":
            self.strip.show_counts(self.chat.counts())
        else:
            self.strip.show_counts(self._store.counts, part)

    def _whole_words(self) -> str:
        return self.tr(
            "Where this tokenizer cuts a text cannot be told from its parts: its tokens are counted anew "
            "after each pause; a text of more than 100,000 characters is read in parts of that length."
        )

    def _activity_words(self) -> str:
        if self._store.opening:
            return self.tr("Opening the tokenizer …")
        said = {
            "": "",
            "reading": self.tr("Reading the file …"),
            "inserting": self.tr("Putting in the text …"),
            "collecting": self.tr("Copying …"),
        }[self._store.activity]
        share = self._store.share
        return f"{said} {round(100 * share)} %" if said and share is not None else said

    def _show_failure(self, failure: Failed) -> None:
        self.show_notice(
            words.engine_sentence(failure.template, failure.values), "error", details=failure.details
        )

    def _say_opened(self, opened: FileOpened) -> None:
        self.show_mode("text")
        self.message.emit(self.tr("Opened {name}").format(name=Path(opened.path).name))
        said = self.tr(
            "This file ends its lines with CR LF. Here every line end counts as one character, LF."
        )
        self.show_notice(said if opened.line_ends_changed else "")

    def _say_too_large(self, size: int) -> None:
        said = self.tr("This text is too large for the editor ({size}). Choose a part of at most 16 MB.")
        self.show_notice(said.format(size=words.size(size)), "error")

    def showEvent(self, event: QShowEvent) -> None:
        """Runs may have come since, and with them encodings; prices may have changed elsewhere."""
        super().showEvent(event)
        self.strip.reload_prices()
        if self._store.phase == "ready":
            self._store.refresh_encodings()

    # ------------------------------------------------------------ what the person asks for

    @property
    def beside(self) -> WorkWithCard:
        """What is worked with now, beside the card of one of its tokens."""
        return self._cards[self.mode]

    @property
    def mode(self) -> str:
        """A text or a conversation: one of the strip's modes."""
        return MODES[self._stack.currentIndex()]

    def show_mode(self, mode: str) -> None:
        """Show a text or a conversation, now and next time."""
        self._settings.set("tokenizer/mode", mode)
        self._show_mode(mode)

    def _show_mode(self, mode: str) -> None:
        mode = mode if mode in MODES else MODES[0]
        self._stack.setCurrentIndex(MODES.index(mode))
        self.strip.show_mode(mode)
        self.setFocusProxy(self.work.editor if mode == "text" else self.chat)
        self._render_counts()

    def _open_card(self) -> None:
        self.beside.open_current()

    def escape_is_ours(self) -> bool:
        """It closes a token's card."""
        return self.beside.is_open

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes a token's card."""
        if event.key() == Qt.Key.Key_Escape and self.beside.is_open:
            self.beside.close_card()
        else:
            super().keyPressEvent(event)

    def _open_or_cancel(self) -> None:
        if self._store.activity == "reading":
            self._store.cancel_reading()
        else:
            self.ask_for_file()

    def ask_for_file(self) -> None:
        """Choose a file whose text takes the place of this one."""
        dialog = QFileDialog(self, self.tr("Open a text file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._store.open_file)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def copy_tokens(self, form: Form) -> None:
        """Put the selection's tokens on the clipboard, or all of them."""
        if self.mode == "chat":
            self.chat.copy_ids()
            return
        spans = self._store.spans
        start, stop = self.work.selection()
        first, after = 0, len(spans)
        if start < stop:
            first, after = max(spans.holding(start), 0), spans.index_at(stop)
        out: list[str] = []

        def copied() -> None:
            QGuiApplication.clipboard().setText("".join(out))
            self.message.emit(self.tr("Copied {count} tokens").format(count=words.count(after - first)))

        self._store.collect(copy_steps(spans, first, after, form, out), copied)

    def _save_picture(self) -> None:
        ask_and_save_picture(self, self.picture_widget(), "tokens", self.message.emit)

    def _start_with(self, name: str) -> None:
        if name == "chat":
            self._store.chat.start_with(EXAMPLE)
            self.show_mode("chat")
            return
        self.show_mode("text")
        self._store.replace_all(STARTERS[name])
        self.work.to_start()
        if name == "strawberry":
            self.work.letters.set_letter("r")
            self.work.pages.show_page("letters")
        elif name == "encodings":
            self.work.pages.show_page("compare")
        self.work.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_file(self, path: str) -> None:
        """A dropped file is a text, unless it can only be a tokenizer."""
        if is_tokenizer(path):
            self._store.open_tokenizer(path)
        else:
            self._store.open_file(path)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files and folders are welcome everywhere."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """As in the editor."""
        path = next((url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()), "")
        if path:
            event.acceptProposedAction()
            self._take_file(path)

    def _paste(self, text: str) -> None:
        self._store.replace(*self.work.selection(), text)
