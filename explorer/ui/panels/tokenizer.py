"""The Tokens panel: a text with its tokens in place, and the numbers that a model gets in its stead."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeySequence, QResizeEvent, QShortcut, QShowEvent, QTextCursor
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFileDialog,
    QFrame,
    QPushButton,
    QScrollArea,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.protocol import Failed
from explorer.ui import words
from explorer.ui.panels.base import Panel
from explorer.ui.panels.tokenizer_texts import STARTERS
from explorer.ui.settings import Settings
from explorer.ui.stores.tokenizer import Counts, FileOpened, TokenizerStore
from explorer.ui.theme import Theme
from explorer.ui.widgets.export import ask_and_save_picture
from explorer.ui.widgets.flow_layout import FlowLayout
from explorer.ui.widgets.quiet_text import QuietText
from explorer.ui.widgets.thin_bar import ThinBar
from explorer.ui.widgets.token_card import TokenCard
from explorer.ui.widgets.token_copy import Form, copy_steps
from explorer.ui.widgets.token_editor import TokenEditor
from explorer.ui.widgets.token_flow import FLOW_MODES, FlowMode, TokenFlow

_SIDE_BY_SIDE_PX = 640
_SELECTION_AFTER_MS = 40
"""A selection that is being drawn is counted when the hand rests."""


class TokenizerPanel(Panel):
    """Editor on the left, chips on the right, counts above. Everything shown is the store's."""

    def __init__(self, theme: Theme, settings: Settings, store: TokenizerStore) -> None:
        super().__init__(
            theme, self.tr("Tokens"), self.tr("What a model sees is not letters but these numbered pieces.")
        )
        self._settings, self._store = settings, store
        self._hovered = -1
        self._engine_notice = False
        self._shown_encodings: tuple[list[tuple[str, str]], str] = ([], "")
        self._build()
        self._connect()
        self._render()

    def is_idle(self) -> bool:
        """Whether the newest text's tokens are all on the screen."""
        store = self._store
        at_rest = store.complete and not store.locked and not store.activity
        return at_rest and not self.editor.stale and not self.flow.stale

    # ------------------------------------------------------------ widgets

    def _build(self) -> None:
        self.editor = TokenEditor(self.theme, self._store.document, self._store.spans)
        self.editor.setAccessibleName(self.tr("Your text"))
        self.editor.setPlaceholderText(self.tr("Type or paste a text, or drop a file here."))
        self.flow = TokenFlow(self.theme, self._store.spans)
        self.card = TokenCard(self.theme)
        self._build_header()
        self._counts = QuietText(self.theme, "large")
        self._bar = ThinBar(self.theme)
        self._counts.setToolTip(
            self.tr(
                "Tokens: pieces of this encoding. Characters: Unicode code points; an emoji can be several. "
                "Bytes: of the text in UTF-8."
            )
        )
        strip = QVBoxLayout()
        strip.setSpacing(self.theme.px(4))
        strip.addWidget(self._counts)
        strip.addWidget(self._bar)
        self.body.addLayout(strip)
        self.body.addWidget(self._build_work(), 1)
        self._build_menu()
        self._build_starters()
        self._selection_timer = QTimer(self)
        self._selection_timer.setSingleShot(True)
        self._selection_timer.setInterval(_SELECTION_AFTER_MS)
        self.setFocusProxy(self.editor)

    def _build_work(self) -> QWidget:
        """Both sides; where the window is too small for them, they scroll."""
        self._splitter = QSplitter()
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self.editor)
        self._splitter.addWidget(self._build_right())
        for at in range(2):
            self._splitter.setStretchFactor(at, 1)
        if not self._splitter.restoreState(self._settings.blob("tokenizer/splitter")):
            self._splitter.setSizes([1000, 1000])
        work = QScrollArea()
        work.setWidgetResizable(True)
        work.setFrameShape(QFrame.Shape.NoFrame)
        work.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        work.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        work.setWidget(self._splitter)
        return work

    def _build_header(self) -> None:
        self.encoding = QComboBox()
        self.encoding.setAccessibleName(self.tr("Encoding"))
        self.encoding.setToolTip(self.tr("Which vocabulary cuts the text"))
        self.encoding.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._open = QPushButton()
        self._open.setToolTip("Ctrl+O")
        self.header.addWidget(self.encoding)
        self.header.addWidget(self._open)

    def _build_right(self) -> QWidget:
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        bar = FlowLayout()
        bar.setSpacing(self.theme.px(4))
        names: dict[FlowMode, str] = {
            "both": self.tr("Text and ids"),
            "ids": self.tr("Ids"),
            "text": self.tr("Text"),
        }
        self._modes = QButtonGroup(self)
        remembered = self._settings.text("tokenizer/flow", "both")
        for number, mode in enumerate(FLOW_MODES):
            button = QToolButton()
            button.setText(names[mode])
            button.setCheckable(True)
            button.setChecked(mode == remembered)
            self._modes.addButton(button, number)
            bar.addWidget(button)
            if mode == remembered:
                self.flow.set_mode(mode)
        self._signs = QToolButton()
        self._signs.setText("· ⏎")
        self._signs.setCheckable(True)
        self._signs.setChecked(self._settings.flag("tokenizer/signs", True))
        self._signs.setAccessibleName(self.tr("Show spaces and line ends in the text"))
        self._signs.setToolTip(self._signs.accessibleName())
        self._copy = QPushButton(self.tr("Copy ids"))
        self._copy.setToolTip(self.tr("Of the selection, or else of the whole text, as a JSON list"))
        bar.addWidget(self._signs)
        bar.addWidget(self._copy)
        self.editor.set_signs(self._signs.isChecked())
        column.addLayout(bar)
        column.addWidget(self.flow, 1)
        column.addWidget(self.card)
        return right

    def _build_menu(self) -> None:
        self.add_menu_action(self.tr("Open file …"), self.ask_for_file, "Ctrl+O")
        self.add_menu_action(self.tr("Copy ids"), lambda: self.copy_tokens("ids"), "Ctrl+Shift+C")
        self.add_menu_action(self.tr("Copy tokens as CSV"), lambda: self.copy_tokens("csv"))
        self.add_menu_action(self.tr("Copy tokens as JSON"), lambda: self.copy_tokens("json"))
        self.add_menu_action(self.tr("Save picture …"), self._save_picture)

    def _build_starters(self) -> None:
        labels = {
            "egg": "Egg / egg",
            "chinese": self.tr("中文 vs English"),
            "strawberry": "strawberry",
            "code": self.tr("Code"),
            "numbers": "127 + 677",
            "emoji": self.tr("Emoji"),
        }
        self.set_starters([(labels[name], lambda name=name: self._start_with(name)) for name in labels])

    def _connect(self) -> None:
        store, editor, flow = self._store, self.editor, self.flow
        store.changed.connect(self._render)
        store.tokens_spliced.connect(flow.splice)
        store.tokens_changed.connect(self._tokens_changed)
        store.loaded.connect(self._to_start)
        store.failed.connect(self._show_failure)
        store.file_opened.connect(self._say_opened)
        store.too_large.connect(self._say_too_large)
        editor.token_hovered.connect(self._hover)
        editor.cursorPositionChanged.connect(self._caret_moved)
        editor.selectionChanged.connect(self._selection_timer.start)
        editor.large_text_pasted.connect(self._paste)
        editor.file_dropped.connect(store.open_file)
        editor.verticalScrollBar().actionTriggered.connect(self._scrolled_by_hand)
        flow.token_hovered.connect(self._hover)
        flow.token_chosen.connect(self._choose_token)
        self._selection_timer.timeout.connect(self._render_counts)
        self.encoding.activated.connect(lambda at: store.choose_encoding(self.encoding.itemData(at)))
        self._open.clicked.connect(self._open_or_cancel)
        self._copy.clicked.connect(lambda: self.copy_tokens("ids"))
        self._modes.idClicked.connect(self._choose_mode)
        self._signs.toggled.connect(self._toggle_signs)
        self.theme.changed.connect(self._arrange)
        self._splitter.splitterMoved.connect(self._remember_splitter)
        QShortcut(
            QKeySequence("F6"), self, self._other_side, context=Qt.ShortcutContext.WidgetWithChildrenShortcut
        )

    # ------------------------------------------------------------ what the store says

    def _render(self) -> None:
        store = self._store
        self.editor.set_locked(store.locked)
        self._render_encodings()
        reading = store.activity == "reading"
        self._open.setText(self.tr("Cancel") if reading else self.tr("Open file …"))
        self._open.setEnabled(reading or (store.phase == "ready" and not store.locked))
        self._copy.setEnabled(len(store.spans) > 0)
        # A text that comes in piece by piece is painted when it is there.
        self.editor.viewport().setUpdatesEnabled(store.activity != "inserting")
        self._bar.show_share(bool(store.activity), store.share)
        if store.activity or not self.editor.textCursor().hasSelection():
            self._render_counts()
        lost = store.phase == "lost"
        if lost != self._engine_notice:
            self._engine_notice = lost
            said = self.tr(
                "The engine that makes the tokens has stopped. Go on writing: nothing is lost, "
                "and the tokens come back with it."
            )
            self.show_notice(said if lost else "", "error")

    def _render_encodings(self) -> None:
        store = self._store
        if self._shown_encodings == (store.encodings, store.encoding):
            return
        self._shown_encodings = store.encodings, store.encoding
        known = store.encodings
        if all(name != store.encoding for name, _ in known):
            known = [*known, (store.encoding, Path(store.encoding).name)]
        with QSignalBlocker(self.encoding):
            self.encoding.clear()
            for name, label in known:
                self.encoding.addItem(label, name)
            self.encoding.setCurrentIndex(self.encoding.findData(store.encoding))

    def _tokens_changed(self, start: int, stop: int) -> None:
        self.flow.refresh()
        self._caret_moved()
        if self.editor.textCursor().hasSelection():
            self._selection_timer.start()
        self.editor.show_change(start, stop, at_once=self._store.complete)

    def _render_counts(self) -> None:
        """Of the whole text, or of the selection beside them; or what takes a while just now."""
        cursor, store = self.editor.textCursor(), self._store
        start, stop = cursor.selectionStart(), cursor.selectionEnd()
        part = store.counts_of(start, stop) if start < stop and not store.activity else None
        self.flow.set_selected(*(store.spans.overlapping(start, stop) if part else (0, 0)))
        self._counts.set_text(self._activity_words() or _counted(store.counts, part))

    def _activity_words(self) -> str:
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
        self.message.emit(self.tr("Opened {name}").format(name=Path(opened.path).name))
        said = self.tr(
            "This file ends its lines with CR LF. Here every line end counts as one character, LF."
        )
        self.show_notice(said if opened.line_ends_changed else "")

    def _say_too_large(self, size: int) -> None:
        said = self.tr("This text is too large for the editor ({size}). Choose a part of at most 16 MB.")
        self.show_notice(said.format(size=words.size(size)), "error")

    # ------------------------------------------------------------ caret, mouse, keys

    def _hover(self, index: int) -> None:
        self._hovered = index
        self.editor.set_hovered(index)
        self.flow.set_hovered(index)
        self._render_card()

    def _caret_moved(self) -> None:
        if self._store.phase == "ready" and not self._store.complete:
            return  # the tokens are on their way, and with them this is called again
        self.flow.set_current(self.editor.caret_token())
        self._render_card()

    def _render_card(self) -> None:
        spans = self._store.spans
        index = self._hovered if 0 <= self._hovered < len(spans) else self.editor.caret_token()
        if not 0 <= index < len(spans):
            self.card.show_token(None, False, 0, (0, 0))
            return
        fact = next(spans.facts(index, index + 1))
        block = self._store.document.findBlock(fact.start)
        before = spans.units[block.position() : fact.start]
        column = len(before.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))
        place = (block.blockNumber() + 1, column + 1)
        self.card.show_token(fact, bool(spans.piece(fact.id)), len(spans), place)

    def _choose_token(self, index: int) -> None:
        self.editor.select_token(index)
        self.flow.set_current(index)

    def _scrolled_by_hand(self) -> None:
        # The bar has its new value when this turn is over.
        QTimer.singleShot(0, self, self._follow_editor)

    def _follow_editor(self) -> None:
        bar = self.editor.verticalScrollBar()
        if bar.value() == bar.maximum() > 0:
            self.flow.show_token(len(self._store.spans) - 1)
        else:
            self.flow.show_top(self._store.spans.holding(self.editor.firstVisibleBlock().position()))

    def _other_side(self) -> None:
        to = self.flow if self.editor.hasFocus() else self.editor
        to.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def showEvent(self, event: QShowEvent) -> None:
        """Runs may have come since, and with them encodings."""
        super().showEvent(event)
        if self._store.phase == "ready":
            self._store.refresh_encodings()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side where there is room, else one above the other."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        wide = self.width() >= self.theme.px(_SIDE_BY_SIDE_PX)
        self._splitter.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)
        self._splitter.setHandleWidth(self.theme.px(12))
        self.editor.setMinimumHeight(self.theme.px(120))

    # ------------------------------------------------------------ what the person asks for

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
        cursor, spans = self.editor.textCursor(), self._store.spans
        first, after = 0, len(spans)
        if cursor.hasSelection():
            first, after = (
                max(spans.holding(cursor.selectionStart()), 0),
                spans.index_at(cursor.selectionEnd()),
            )
        out: list[str] = []

        def copied() -> None:
            QGuiApplication.clipboard().setText("".join(out))
            self.message.emit(self.tr("Copied {count} tokens").format(count=words.count(after - first)))

        self._store.collect(copy_steps(spans, first, after, form, out), copied)

    def _save_picture(self) -> None:
        ask_and_save_picture(self, self.picture_widget(), "tokens", self.message.emit)

    def _start_with(self, name: str) -> None:
        self._store.replace_all(STARTERS[name])
        self._to_start()
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _to_start(self) -> None:
        self.editor.moveCursor(QTextCursor.MoveOperation.Start)

    def _paste(self, text: str) -> None:
        cursor = self.editor.textCursor()
        self._store.replace(cursor.selectionStart(), cursor.selectionEnd(), text)

    def _choose_mode(self, number: int) -> None:
        self.flow.set_mode(FLOW_MODES[number])
        self._settings.set("tokenizer/flow", FLOW_MODES[number])

    def _toggle_signs(self, shown: bool) -> None:
        self.editor.set_signs(shown)
        self._settings.set("tokenizer/signs", shown)

    def _remember_splitter(self) -> None:
        self._settings.set("tokenizer/splitter", self._splitter.saveState())


def _counted(whole: Counts, part: Counts | None) -> str:
    """15 tokens · 61 characters · 62 bytes · 4.07 characters per token; or 3 of 15 tokens · ..."""
    templates = (
        QCoreApplication.translate("TokenizerPanel", "{count} tokens"),
        QCoreApplication.translate("TokenizerPanel", "{count} characters"),
        QCoreApplication.translate("TokenizerPanel", "{count} bytes"),
    )
    numbers = [words.count(number) for number in (whole.tokens, whole.characters, whole.size_bytes)]
    if part is not None:
        parts = [words.count(number) for number in (part.tokens, part.characters, part.size_bytes)]
        numbers = [
            QCoreApplication.translate("TokenizerPanel", "{part} of {whole}").format(part=one, whole=all_)
            for one, all_ in zip(parts, numbers, strict=True)
        ]
    said = [template.format(count=number) for template, number in zip(templates, numbers, strict=True)]
    measured = whole if part is None else part
    if measured.tokens:
        share = f"{measured.characters / measured.tokens:.2f}"
        said.append(
            QCoreApplication.translate("TokenizerPanel", "{share} characters per token").format(share=share)
        )
    # A line ends between two numbers, not inside of one.
    return "\u00a0\u00a0·  ".join(one.replace(" ", "\u00a0") for one in said)
