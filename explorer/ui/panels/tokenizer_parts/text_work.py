"""The text on the left, and beside it what is known of its tokens; what is pointed at lights up in both."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut, QTextCursor
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter

from explorer.ui.panels.tokenizer_parts.chips_page import ChipsPage
from explorer.ui.panels.tokenizer_parts.compare_page import ComparePage
from explorer.ui.panels.tokenizer_parts.letters_page import LettersPage
from explorer.ui.panels.tokenizer_parts.side_pages import SidePages
from explorer.ui.panels.tokenizer_parts.vocabulary_page import VocabularyPage
from explorer.ui.settings import Settings
from explorer.ui.stores.tokenizer import Counts, TokenizerStore
from explorer.ui.theme import Theme
from explorer.ui.widgets.token_editor import TokenEditor
from explorer.ui.widgets.token_flow import TokenFlow

if TYPE_CHECKING:
    from explorer.ui.panels.tokenizer_parts.merge_page import MergePage

_SIDE_BY_SIDE_PX = 640
_SELECTION_AFTER_MS = 40
"""A selection that is being drawn is counted when the hand rests."""


class TextWork(QScrollArea):
    """Editor and pages, side by side where there is room; where there is less, they scroll.

    Signals: `selection_changed`, when the hand rests; `current_changed`, at every move of the caret;
    `message(str)`, a short word for the status bar.
    """

    selection_changed = Signal()
    current_changed = Signal()
    message = Signal(str)

    def __init__(self, theme: Theme, settings: Settings, store: TokenizerStore) -> None:
        super().__init__()
        self._theme, self._settings, self._store = theme, settings, store
        self._hovered = -1
        self.editor = TokenEditor(theme, store.document, store.spans)
        self.editor.setAccessibleName(self.tr("Your text"))
        self.editor.setPlaceholderText(self.tr("Type or paste a text, or drop a file here."))
        self.chips = ChipsPage(theme, settings, store.spans)
        self.pages = SidePages(theme, settings)
        self.compare = ComparePage(theme, store)
        self.letters = LettersPage(theme, settings, store)
        self.pages.add_page("chips", self.tr("Tokens"), self.chips)
        self.pages.add_page("compare", self.tr("Compare encodings"), self.compare)
        self.pages.add_page("letters", self.tr("Count letters"), self.letters)
        self.vocabulary = VocabularyPage(theme, settings, store.vocabulary)
        self.pages.add_page("vocabulary", self.tr("Vocabulary"), self.vocabulary)
        self.pages.add_page("merges", self.tr("Train a tokenizer"), self._make_merging)
        self.editor.set_signs(self.chips.signs.isChecked())
        self._splitter = QSplitter()
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self.editor)
        self._splitter.addWidget(self.pages)
        for at in range(2):
            self._splitter.setStretchFactor(at, 1)
        if not self._splitter.restoreState(settings.blob("tokenizer/splitter")):
            self._splitter.setSizes([1000, 1000])
        self._selection_timer = QTimer(self)
        self._selection_timer.setSingleShot(True)
        self._selection_timer.setInterval(_SELECTION_AFTER_MS)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(self._splitter)
        self.setFocusProxy(self.editor)
        self._connect()

    def _connect(self) -> None:
        editor, flow = self.editor, self.chips.flow
        self._store.tokens_spliced.connect(flow.splice)
        self._store.tokens_changed.connect(self._tokens_changed)
        editor.token_hovered.connect(self._hover)
        editor.cursorPositionChanged.connect(self._caret_moved)
        editor.cursorPositionChanged.connect(self.current_changed)
        editor.selectionChanged.connect(self._selection_timer.start)
        editor.verticalScrollBar().actionTriggered.connect(self._scrolled_by_hand)
        flow.token_hovered.connect(self._hover)
        flow.token_chosen.connect(self.choose_token)
        self.chips.signs_toggled.connect(editor.set_signs)
        self._selection_timer.timeout.connect(self.selection_changed)
        self._selection_timer.timeout.connect(lambda: self.letters.set_selection(*self.selection()))
        self._theme.changed.connect(self._arrange)
        self._splitter.splitterMoved.connect(self._remember_splitter)
        QShortcut(
            QKeySequence("F6"), self, self._other_side, context=Qt.ShortcutContext.WidgetWithChildrenShortcut
        )

    @property
    def merging(self) -> "MergePage":
        """Made when it is first wanted: its curve is what takes longest to load of all this."""
        from explorer.ui.panels.tokenizer_parts.merge_page import MergePage

        page = self.pages.make("merges")
        assert isinstance(page, MergePage)
        return page

    def _make_merging(self) -> "MergePage":
        from explorer.ui.panels.tokenizer_parts.merge_page import MergePage

        page = MergePage(self._theme, self._settings, self._store.merges)
        page.learn_requested.connect(self._store.learn_merges)
        page.kept.connect(self._store.refresh_encodings)
        page.use_requested.connect(self._store.choose_encoding)
        page.message.connect(self.message)
        return page

    # ------------------------------------------------------------ what the panel asks

    @property
    def settled(self) -> bool:
        """Whether everything that the store says is painted."""
        painted = not self.editor.stale and not self.chips.flow.stale
        pages = (self.compare, self.letters, self.vocabulary)
        merging = self.pages.made("merges") is None or self.merging.settled
        return painted and merging and all(page.settled for page in pages)

    def show_state(self) -> None:
        """Show how far the store is."""
        store = self._store
        self.editor.set_locked(store.locked)
        self.chips.copy.setEnabled(len(store.spans) > 0)
        self.editor.set_filling(store.activity == "inserting")

    def selection(self) -> tuple[int, int]:
        """First and after-last unit; equal if nothing is selected."""
        cursor = self.editor.textCursor()
        return cursor.selectionStart(), cursor.selectionEnd()

    def selected_counts(self) -> Counts | None:
        """Of the selection, whose tokens are marked; None if there is none."""
        start, stop = self.selection()
        part = self._store.counts_of(start, stop) if start < stop and not self._store.activity else None
        self.chips.flow.set_selected(*(self._store.spans.overlapping(start, stop) if part else (0, 0)))
        return part

    @property
    def flow(self) -> TokenFlow:
        """The text's tokens as chips."""
        return self.chips.flow

    @property
    def current_token(self) -> int:
        """The token before the caret; -1 if there is none."""
        return self.editor.caret_token()

    def choose_token(self, index: int) -> None:
        """Select a token in the text and mark its chip."""
        self.editor.select_token(index)
        self.chips.flow.set_current(index)

    def mark_same(self, token: int) -> None:
        """Mark every token with this id, in the text and among the chips; -1 for none."""
        self.chips.flow.set_same(token)
        self.editor.set_same(token)

    def take_keys(self) -> None:
        """The keyboard is for the text."""
        self.editor.setFocus()

    def to_start(self) -> None:
        """The caret to the beginning."""
        self.editor.moveCursor(QTextCursor.MoveOperation.Start)

    # ------------------------------------------------------------ caret, mouse, keys

    def _tokens_changed(self, start: int, stop: int) -> None:
        self.chips.flow.refresh()
        self._caret_moved()
        if self.editor.textCursor().hasSelection():
            self._selection_timer.start()
        self.editor.show_change(start, stop, at_once=self._store.complete)

    def _hover(self, index: int) -> None:
        self._hovered = index
        self.editor.set_hovered(index)
        self.chips.flow.set_hovered(index)
        self._render_card()

    def _caret_moved(self) -> None:
        if self._store.phase == "ready" and not self._store.complete:
            return  # the tokens are on their way, and with them this is called again
        self.chips.flow.set_current(self.editor.caret_token())
        self._render_card()

    def _render_card(self) -> None:
        spans, card = self._store.spans, self.chips.card
        index = self._hovered if 0 <= self._hovered < len(spans) else self.editor.caret_token()
        if not 0 <= index < len(spans):
            card.show_token(None, False, 0, (0, 0))
            return
        fact = next(spans.facts(index, index + 1))
        block = self._store.document.findBlock(fact.start)
        before = spans.units[block.position() : fact.start]
        column = len(before.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))
        place = (block.blockNumber() + 1, column + 1)
        card.show_token(fact, bool(spans.piece(fact.id)), len(spans), place)

    def _scrolled_by_hand(self) -> None:
        # The bar has its new value when this turn is over.
        QTimer.singleShot(0, self, self._follow_editor)

    def _follow_editor(self) -> None:
        bar, flow = self.editor.verticalScrollBar(), self.chips.flow
        if bar.value() == bar.maximum() > 0:
            flow.show_token(len(self._store.spans) - 1)
        else:
            flow.show_top(self._store.spans.holding(self.editor.firstVisibleBlock().position()))

    def _other_side(self) -> None:
        to = self.chips.flow if self.editor.hasFocus() else self.editor
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
        self.editor.setMinimumHeight(self._theme.px(120))

    def _remember_splitter(self) -> None:
        self._settings.set("tokenizer/splitter", self._splitter.saveState())
