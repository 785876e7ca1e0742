"""Context window: a conversation beside the one stream that it is.

Wiring: `ContextPanel(theme, settings, store, kept)`. `training_requested` wants the Training panel shown;
`restart_requested` the engine started.
"""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from explorer.protocol import ConversationForm, ConversationsImported
from explorer.text.units import from_units, to_units
from explorer.ui import words
from explorer.ui.panels.answer_sentences import choices, label_of, weights_words
from explorer.ui.panels.answering import AnsweringPanel, Trouble, failed
from explorer.ui.panels.context_parts.call_box import CallBox
from explorer.ui.panels.context_parts.composer import LONGEST_TEXT, Composer
from explorer.ui.panels.context_parts.halves import Halves
from explorer.ui.panels.context_parts.knobs import Knobs
from explorer.ui.panels.context_parts.sentences import full_words, writer_of
from explorer.ui.panels.context_parts.starters import NEED_TOOLS, starters
from explorer.ui.panels.context_parts.stream_view import StreamView, stream_rows
from explorer.ui.panels.context_parts.turn_list import TurnList
from explorer.ui.prices import chosen_price
from explorer.ui.settings import Settings
from explorer.ui.stores.context import ContextStore
from explorer.ui.stores.context_documents import Attachment
from explorer.ui.stores.conversations import ConversationsStore
from explorer.ui.stores.run_data import Failure
from explorer.ui.theme import Theme
from explorer.ui.widgets.conversation_list import ConversationList
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.export import ask_and_save_picture, copy_rows
from explorer.ui.widgets.model_picker import ModelPicker
from explorer.ui.widgets.turn_arrow import TurnArrow


class ContextPanel(AnsweringPanel):
    """Bubbles and stream over one `ContextStore`; `kept` has the list of conversations."""

    def __init__(
        self, theme: Theme, settings: Settings, store: ContextStore, kept: ConversationsStore
    ) -> None:
        super().__init__(
            theme,
            self.tr("Context window"),
            self.tr(
                "A conversation is one stream of tokens that both sides write into: "
                "the model's working memory, finite, and wiped by a new chat."
            ),
            store,
        )
        self._settings, self._store, self._kept = settings, store, kept
        self._refusal = self._name = ""
        self._starters_shown: tuple[bool, bool] | None = None
        self._build()
        self._connect()
        store.open()
        self._render()

    # ------------------------------------------------------------ building

    def _build(self) -> None:
        self.picker = ModelPicker(self.theme)
        self.new_chat = QPushButton(self.tr("New chat"))
        self.new_chat.setToolTip(self.tr("Wipe the stream; the conversation stays in the list (Ctrl+N)"))
        self.listed = QPushButton(self.tr("Conversations"))
        self.listed.setCheckable(True)
        self.listed.setToolTip(self.tr("All that were kept: search, open, export (Ctrl+L)"))
        self.header.addWidget(self.listed)
        self.header.addWidget(self.new_chat)
        self.header.addWidget(self.picker)
        self.weights = ElidedLabel()
        self.weights.setProperty("role", "caption")
        self.knobs = Knobs(self.theme)
        self.turns = TurnList(self.theme)
        self.arrow = TurnArrow(self.theme)
        self.call = CallBox(self.theme)
        self.composer = Composer(self.theme)
        self.stream = StreamView(self.theme)
        self.conversations = ConversationList(self.theme)
        talk, self._talking = QWidget(), QStackedWidget()
        self._talking.addWidget(talk)
        self._talking.addWidget(self.conversations)
        self._talk = QVBoxLayout(talk)
        self._talk.setContentsMargins(0, 0, 0, 0)
        self._talk.addWidget(self.turns, 1)
        for part in (self.call, self.composer):
            self._talk.addWidget(part)
        self.halves = Halves(self.theme, self._talking, self.arrow, self.stream)
        content, work = QWidget(), QScrollArea()
        self._work = QVBoxLayout(content)
        self._work.setContentsMargins(0, 0, 0, 0)
        self._work.addWidget(self.weights)
        self._work.addWidget(self.knobs)
        self._work.addWidget(self.halves, 1)
        work.setWidgetResizable(True)
        work.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        work.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        work.setWidget(content)
        self._show_work(work)
        self.set_starters([(name, partial(self._begin, call)) for name, call in starters(self._store)])
        buttons = [b for b in self.findChildren(QPushButton) if b.property("kind") == "starter"]
        self._tool_starters = buttons[-NEED_TOOLS:]
        self.add_menu_action(self.tr("Copy the stream as CSV"), lambda: self._copy_rows("csv"))
        self.add_menu_action(self.tr("Copy the stream as JSON"), lambda: self._copy_rows("json"))
        self.add_menu_action(self.tr("Save the picture…"), self._save_picture, "Ctrl+Shift+S")

    def _connect(self) -> None:
        store, composer = self._store, self.composer
        store.changed.connect(self._frames.ask)
        self.picker.chosen.connect(store.choose_model)
        self.picker.opened.connect(self._opened)
        self.new_chat.clicked.connect(self._new_chat)
        self.knobs.edited.connect(lambda changes: store.set(**changes))
        composer.edited.connect(store.set_composer)
        composer.system_edited.connect(lambda text: store.set(system=text))
        composer.pasted.connect(self._pasted)
        composer.opened.connect(self._document_opened)
        composer.refused.connect(self._refused)
        composer.document_removed.connect(lambda: store.attach(None))
        composer.undo_requested.connect(store.undo)
        composer.redo_requested.connect(store.redo)
        composer.handed_over.connect(self._hand_over)
        composer.go_on_requested.connect(store.go_on)
        composer.stop_requested.connect(store.stop)
        self.call.run_requested.connect(store.run_call)
        self.call.stop_requested.connect(store.stop)
        self.stream.cell_chosen.connect(self._cell_chosen)
        self.stream.measure_requested.connect(store.measure)
        self.stream.attention_picked.connect(store.look_with)
        self.stream.cell_pointed.connect(self._cell_pointed)
        self.turns.pointed.connect(self._turn_pointed)
        self.turns.edited.connect(store.edit)
        self.turns.again_requested.connect(store.answer_again)
        self.turns.delete_requested.connect(store.delete)
        self.turns.branch_requested.connect(store.choose_branch)
        self._connect_list()
        self._add_shortcuts(
            (("Ctrl+L", self.listed.toggle), ("Ctrl+N", self._new_chat), ("Ctrl+R", self._again))
        )
        self.no_model.opened.connect(self._opened)
        self.theme.changed.connect(self._space_out)
        self._space_out()

    def _connect_list(self) -> None:
        kept, shown = self._kept, self.conversations
        kept.changed.connect(self._frames.ask)
        kept.exported.connect(lambda path: self.message.emit(self.tr("Saved: {path}").format(path=path)))
        kept.imported.connect(self._imported)
        kept.failed.connect(self._file_failed)
        self.listed.toggled.connect(self._show_list)
        shown.searched.connect(kept.search)
        shown.opened.connect(self._open_kept)
        shown.renamed.connect(self._rename)
        shown.bin_requested.connect(self._bin)
        shown.restore_requested.connect(kept.restore)
        shown.empty_requested.connect(kept.empty_bin)
        shown.export_requested.connect(self._export)
        shown.import_requested.connect(kept.import_file)

    # ------------------------------------------------------------ intents

    def model_name(self) -> str:
        """The model that answers here."""
        model = self._store.live.model
        return model.name if model is not None else ""

    def picture_widget(self) -> QWidget:
        """Both halves."""
        return self.halves

    def _opened(self, path: str) -> None:
        self._store.known.remember(path)
        self._store.choose_model(path)

    def _begin(self, call: Callable[[], object]) -> None:
        call()
        self.composer.text.setFocus()

    def _new_chat(self) -> None:
        self._refusal = ""
        self._store.new_chat()
        self.composer.text.setFocus()

    def _show_list(self, on: bool) -> None:
        self._talking.setCurrentIndex(1 if on else 0)
        if on:
            self._kept.refresh()
            self.conversations.field.setFocus()
        else:
            self.composer.text.setFocus()

    def _open_kept(self, conversation: str) -> None:
        self.listed.setChecked(False)
        if conversation != self._store.journal.id:
            self._store.open_conversation(conversation)

    def _rename(self, conversation: str, title: str) -> None:
        if conversation == self._store.journal.id:
            self._store.rename(title)
        else:
            self._kept.rename(conversation, title)

    def _bin(self, conversation: str) -> None:
        """The open one is left first. It can be brought back."""
        if conversation == self._store.journal.id:
            self._store.new_chat()
        self._kept.move_to_bin(conversation)
        undo = self.tr("Undo")
        restore = partial(self._kept.restore, conversation)
        self.show_notice(self.tr("The conversation is in the bin."), "info", undo, restore)

    def _export(self, conversation: str, path: str, form: str) -> None:
        ours = conversation == self._store.journal.id
        ids = [token.id for token in self._store.stream.tokens] if ours else []
        forms: dict[str, ConversationForm] = {
            "messages_jsonl": "messages_jsonl",
            "markdown": "markdown",
            "ids_json": "ids_json",
        }
        self._kept.export(
            conversation, path, forms[form], ids, self._store.session.model_mark if ours else ""
        )

    def _imported(self, event: ConversationsImported) -> None:
        said = self.tr("{conversations} conversations were read.").format(
            conversations=words.count(len(event.conversations))
        )
        if event.skipped:
            said += " " + self.tr("{skipped} lines were none and were left out.").format(
                skipped=words.count(event.skipped)
            )
        if event.more:
            said += " " + self.tr("The file has more than are taken at once.")
        self.show_notice(said)

    def _file_failed(self, failure: Failure) -> None:
        said = words.engine_sentence(failure.template, failure.values)
        self.show_notice(said, "error", details=failure.details)

    def _again(self) -> None:
        """The last answer once more."""
        path = self._store.session.path
        if path and path[-1].role == "assistant" and not self._store.busy:
            self._store.answer_again(path[-1].id)

    def _copy_rows(self, form: str) -> None:
        copy_rows(stream_rows(self._store), "csv" if form == "csv" else "json")
        self.message.emit(self.tr("The stream is on the clipboard."))

    def _hand_over(self) -> None:
        self._refusal = ""
        self._store.hand_over()

    def _pasted(self, text: str) -> None:
        self._refusal = ""
        self._store.attach(Attachment(from_units(to_units(text))))

    def _document_opened(self, path: str) -> None:
        self._refusal = ""
        self._store.read_document(path)

    def _refused(self, length: int) -> None:
        self._refusal = self.tr(
            "The text has {length} characters; at most {most} can be taken. Paste a part of it."
        ).format(length=words.count(length), most=words.count(LONGEST_TEXT))
        self._frames.ask()

    def _cell_chosen(self, cell: int) -> None:
        self.stream.choose_mode("attention")
        self._store.look_back(cell)

    def _cell_pointed(self, cell: int) -> None:
        self.turns.light(self._store.stream.turn_at(cell) if cell >= 0 else 0)

    def _turn_pointed(self, turn: int) -> None:
        self.stream.light(self._store.stream.cells_of(turn) if turn else [])

    def _save_picture(self) -> None:
        ask_and_save_picture(self, self.picture_widget(), "context", self.message.emit)

    # ------------------------------------------------------------ rendering

    def _render(self) -> None:
        store = self._store
        self._render_pages(store.has_model)
        self.picker.setVisible(store.has_model)
        self._render_starters()
        self.new_chat.setVisible(store.has_model)
        self.listed.setVisible(store.has_model)
        kept = self._kept
        self.conversations.show_rows(kept.shown, kept.binned, store.journal.id, kept.searching)
        path = store.live.path
        self.picker.show_choices(choices(store.known), path, label_of(path, store.known))
        self._render_weights()
        self.knobs.show_store(store)
        self.turns.show_store(store)
        self.arrow.show_turn(*writer_of(store))
        self.call.show_store(store)
        self.composer.show_store(store)
        self.stream.show_store(store, chosen_price(self._settings))
        self._render_trouble(self._trouble_now(), store.retry)

    def _render_starters(self) -> None:
        """Those for tools only where the model has learned to call some."""
        shown = (self._store.has_model, bool(self._store.possible_tools))
        if shown != self._starters_shown:
            self._starters_shown = shown
            self.show_starters(shown[0])
            for button in self._tool_starters:
                button.setVisible(all(shown))

    def _render_weights(self) -> None:
        if self._name != self.model_name():
            self._name = self.model_name()
            self.model_changed.emit()
        self.weights.setText(weights_words(self._store.live))

    def _trouble_now(self) -> Trouble | None:
        store = self._store
        failure = store.failure or store.session.failure
        if store.lost is not None and store.has_model:
            said = self.tr("The engine that runs the model stopped. The conversation is kept.")
            return Trouble(said, store.lost, "restart")
        if self._refusal:
            return Trouble(self._refusal)
        if failure is not None:
            return failed(failure)
        return Trouble(full_words(store)) if full_words(store) else None

    def _space_out(self) -> None:
        px = self.theme.px
        self._talk.setSpacing(px(8))
        self._work.setSpacing(px(8))
        self.turns.setMinimumHeight(px(120))

    def sizeHint(self) -> QSize:
        """What the window gives."""
        return QSize(self.theme.px(800), self.theme.px(500))
