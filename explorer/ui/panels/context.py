"""Context window: a conversation beside the one stream that it is.

Wiring: `ContextPanel(theme, settings, store)`. `training_requested` wants the Training panel shown;
`restart_requested` the engine started.
"""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from explorer.ui import words
from explorer.ui.panels.answer_sentences import choices, label_of, weights_line
from explorer.ui.panels.base import Panel
from explorer.ui.panels.context_parts.call_box import CallBox
from explorer.ui.panels.context_parts.composer import LONGEST_TEXT, Composer
from explorer.ui.panels.context_parts.knobs import Knobs
from explorer.ui.panels.context_parts.sentences import full_words, turn_words
from explorer.ui.panels.context_parts.stream_view import StreamView
from explorer.ui.panels.context_parts.turn_list import TurnList
from explorer.ui.panels.frames import Frames
from explorer.ui.panels.no_model import NoModel
from explorer.ui.prices import chosen_price
from explorer.ui.settings import Settings
from explorer.ui.stores.context import ContextStore
from explorer.ui.stores.context_documents import Attachment
from explorer.ui.theme import Theme
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.export import ask_and_save_picture
from explorer.ui.widgets.model_picker import ModelPicker
from explorer.ui.widgets.two_columns import TwoColumns


class ContextPanel(Panel):
    """Bubbles and stream over one `ContextStore`.

    Signals: `training_requested`, there is no model yet and the person wants to train one;
    `restart_requested`, the worker that holds the model is dead and shall be started.
    """

    training_requested = Signal()
    restart_requested = Signal()

    def __init__(self, theme: Theme, settings: Settings, store: ContextStore) -> None:
        super().__init__(
            theme,
            self.tr("Context window"),
            self.tr(
                "A conversation is one stream of tokens that both sides write into: "
                "the model's working memory, finite, and wiped by a new chat."
            ),
        )
        self._settings, self._store = settings, store
        self._trouble: tuple[str, str, bool] | None = None
        self._refusal = ""
        self._frames = Frames(self, self._render)
        self._build()
        self._connect()
        store.open()
        self._render()

    # ------------------------------------------------------------ building

    def _build(self) -> None:
        self.picker = ModelPicker(self.theme)
        self.new_chat = QPushButton(self.tr("New chat"))
        self.new_chat.setToolTip(self.tr("Wipe the stream; the conversation stays in the list (Ctrl+N)"))
        self.header.addWidget(self.new_chat)
        self.header.addWidget(self.picker)
        self.weights = ElidedLabel()
        self.weights.setProperty("role", "caption")
        self.knobs = Knobs(self.theme)
        self.turns = TurnList(self.theme)
        self.whose = QLabel()
        self.whose.setWordWrap(True)
        self.call = CallBox(self.theme)
        self.composer = Composer(self.theme)
        self.stream = StreamView(self.theme)
        self.no_model = NoModel()
        left = QWidget()
        self._left = QVBoxLayout(left)
        self._left.setContentsMargins(0, 0, 0, 0)
        self._left.addWidget(self.turns, 1)
        for part in (self.whose, self.call, self.composer):
            self._left.addWidget(part)
        self.halves = TwoColumns(self.theme, left, self.stream)
        work = QWidget()
        self._work = QVBoxLayout(work)
        self._work.setContentsMargins(0, 0, 0, 0)
        self._work.addWidget(self.weights)
        self._work.addWidget(self.knobs)
        self._work.addWidget(self.halves, 1)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.no_model)
        self._pages.addWidget(work)
        self.body.addWidget(self._pages, 1)
        self.add_menu_action(self.tr("Save the picture…"), self._save_picture, "Ctrl+Shift+S")

    def _connect(self) -> None:
        store, composer = self._store, self.composer
        store.changed.connect(self._frames.ask)
        store.known.changed.connect(self._frames.ask)
        self.picker.chosen.connect(store.choose_model)
        self.picker.opened.connect(self._opened)
        self.new_chat.clicked.connect(store.new_chat)
        self.knobs.edited.connect(lambda changes: store.set(**changes))
        composer.edited.connect(store.set_composer)
        composer.system_edited.connect(lambda text: store.set(system=text))
        composer.pasted.connect(self._pasted)
        composer.opened.connect(store.read_document)
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
        self.turns.pointed.connect(self._turn_pointed)
        self.no_model.training_requested.connect(self.training_requested)
        self.no_model.opened.connect(self._opened)
        self.theme.changed.connect(self._space_out)
        self._space_out()

    def showEvent(self, event: QShowEvent) -> None:
        """Models may have come since it was last seen."""
        super().showEvent(event)
        self._store.known.refresh()
        self._render()

    # ------------------------------------------------------------ intents

    def is_idle(self) -> bool:
        """Whether all answers are there and painted."""
        return self._store.is_idle and not self._frames.pending

    def model_name(self) -> str:
        """The model that answers here."""
        model = self._store.live.model
        return model.name if model is not None else ""

    def picture_widget(self) -> QWidget:
        """Both halves."""
        return self.halves.content

    def _opened(self, path: str) -> None:
        self._store.known.remember(path)
        self._store.choose_model(path)

    def _hand_over(self) -> None:
        self._refusal = ""
        self._store.hand_over()

    def _pasted(self, text: str) -> None:
        self._store.attach(Attachment(text))

    def _refused(self, length: int) -> None:
        self._refusal = self.tr(
            "The text has {length} characters; at most {most} can be taken. Paste a part of it."
        ).format(length=words.count(length), most=words.count(LONGEST_TEXT))
        self._frames.ask()

    def _cell_chosen(self, cell: int) -> None:
        self.stream.choose_mode("attention")
        self._store.look_back(cell)

    def _turn_pointed(self, turn: int) -> None:
        self.stream.light(self._store.stream.cells_of(turn) if turn else [])

    def _save_picture(self) -> None:
        ask_and_save_picture(self, self.picture_widget(), "context", self.message.emit)

    # ------------------------------------------------------------ keys

    def escape_is_ours(self) -> bool:
        """Esc stops."""
        return self._store.busy

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc stops."""
        if event.key() == Qt.Key.Key_Escape and self._store.busy:
            self._store.stop()
        else:
            super().keyPressEvent(event)

    # ------------------------------------------------------------ rendering

    def _render(self) -> None:
        store = self._store
        self._pages.setCurrentIndex(1 if store.has_model else 0)
        self.no_model.show_known(store.known.known)
        self.picker.setVisible(store.has_model)
        self.new_chat.setVisible(store.has_model)
        path = store.live.path
        self.picker.show_choices(choices(store.known), path, label_of(path, store.known))
        self._render_weights()
        self.knobs.show_store(store)
        self.turns.show_store(store)
        self.whose.setText(turn_words(store))
        self.call.show_store(store)
        self.composer.show_store(store)
        self.stream.show_store(store, chosen_price(self._settings))
        self._render_trouble()

    def _render_weights(self) -> None:
        model = self._store.live.model
        if model is not None:
            self.weights.setText(weights_line(model))
        elif self._store.live.phase == "loading":
            self.weights.setText(self.tr("Loading the model …"))
        else:
            self.weights.setText(self.tr("No model is loaded."))

    def _render_trouble(self) -> None:
        store = self._store
        failure = store.failure or store.session.failure
        now: tuple[str, str, bool] | None = None
        if store.lost is not None and store.has_model:
            said = self.tr("The engine that runs the model stopped. The conversation is kept.")
            now = (said, store.lost, True)
        elif self._refusal:
            now = (self._refusal, "", False)
        elif failure is not None:
            now = (words.engine_sentence(failure.template, failure.values), failure.details, False)
        elif full_words(store):
            now = (full_words(store), "", False)
        if now == self._trouble:
            return
        self._trouble = now
        if now is None:
            self.show_notice("")
            return
        said, details, lost = now
        if lost:
            self.show_notice(said, "error", self.tr("Start it again"), self.restart_requested.emit, details)
        elif failure is not None and not self._refusal:
            self.show_notice(said, "error", self.tr("Try again"), store.retry, details)
        else:
            self.show_notice(said)

    def _space_out(self) -> None:
        px = self.theme.px
        self._left.setSpacing(px(8))
        self._work.setSpacing(px(8))
        self.turns.setMinimumHeight(px(160))

    def sizeHint(self) -> QSize:
        """What the window gives."""
        return QSize(self.theme.px(800), self.theme.px(500))
