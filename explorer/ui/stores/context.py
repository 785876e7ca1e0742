"""A conversation and the one stream that it is: what both sides write, what it costs, what falls out.

The turns are kept as a tree (`ContextJournal`); the branch that is looked at is read and answered by a model
(`ContextSession`). Here are the person's intents, what is looked into, and what outlives a restart.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import count
from time import perf_counter

import msgspec

from explorer.protocol import (
    Device,
    DraftLoaded,
    Event,
    Failed,
    ModelLoaded,
    Ready,
)
from explorer.text.chatml import TOOLS_LINE
from explorer.text.conversations import Conversation
from explorer.text.units import from_units, to_units
from explorer.ui.stores.answering import Question
from explorer.ui.stores.base import Store
from explorer.ui.stores.context_documents import Attachment, ContextDocuments, as_note, from_note
from explorer.ui.stores.context_journal import ContextJournal
from explorer.ui.stores.context_looking import ContextLooking
from explorer.ui.stores.context_session import ContextSession
from explorer.ui.stores.context_settings import ContextSettings, read_settings
from explorer.ui.stores.context_stream import messages_of
from explorer.ui.stores.context_tools import ToolLoop, tools_of
from explorer.ui.stores.context_twin import Twin
from explorer.ui.stores.failures import failure_of
from explorer.ui.stores.kept_notes import KeptNotes, Note
from explorer.ui.stores.known_models import KnownModels
from explorer.ui.stores.run_data import Failure

DRAFT = "context"
COMPOSER_DRAFT = "context-composer"
DOCUMENT_DRAFT = "context-document"
_JOB = "context"


class ContextStore(Store):
    """`command` goes to the inference worker. Nothing is loaded before `open`."""

    def __init__(
        self,
        known: KnownModels,
        device: Device = "auto",
        clock: Callable[[], float] = perf_counter,
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        super().__init__()
        self.known = known
        self.settings = ContextSettings()
        self.composer = ""
        """What is typed and not handed over."""
        self.journal = ContextJournal(_JOB, self.text_command.emit, now)
        self.documents = ContextDocuments(f"{_JOB}-document", self.text_command.emit)
        self.tools = ToolLoop(f"{_JOB}-tool", self.text_command.emit)
        self.session = ContextSession(self.journal, self.tools, self.command.emit, clock)
        self.session.settings = self.settings
        self.twin = Twin(self.command.emit, clock)
        self.stream, self.live = self.session.stream, self.session.live
        self.looking = ContextLooking(self.command.emit)
        self.failure: Failure | None = None
        """Of anything but the model."""
        self.lost: str | None = None
        """The dead engine's last words."""
        self._kept_document: Attachment | None = None
        self._device: Device = device
        self._numbers = count(1)
        self._alive = self._opened = False
        self._notes = KeptNotes(
            self,
            _JOB,
            Note(COMPOSER_DRAFT, self._take_composer, lambda: self.composer),
            Note(DOCUMENT_DRAFT, self._take_document, self._document_note),
            Note(DRAFT, self._take_settings, self._settings_note),
        )
        known.changed.connect(self._choose_first)

    # ------------------------------------------------------------ what is known

    @property
    def conversation(self) -> Conversation:
        """The one that is open."""
        return self.journal.conversation

    @property
    def has_model(self) -> bool:
        """Whether one is chosen."""
        return bool(self.live.path)

    @property
    def busy(self) -> bool:
        """Whether there is something to stop."""
        return self.session.answering or self.twin.busy

    @property
    def kv_bytes(self) -> int:
        """What the engine keeps of the tokens in the window."""
        return self.looking.kv_bytes_per_token * len(self.stream)

    @property
    def possible_tools(self) -> list[str]:
        """What the model has learned to call."""
        return tools_of(self.live.model.special_tokens) if self.live.model is not None else []

    @property
    def can_hand_over(self) -> bool:
        """Whether there is something to say, and somebody to hear it."""
        said = bool(self.composer.strip()) or self.documents.attached is not None
        heard = self.live.model is not None or self.live.phase == "loading"
        return said and heard and self._alive and not self.busy

    @property
    def can_go_on(self) -> bool:
        """Whether the last turn waits for the model: a question, or its own answer that was broken off."""
        path = self.conversation.path()
        if not path or self.busy or not self._alive or self.live.model is None:
            return False
        last = path[-1]
        broken_off = last.role == "assistant" and not last.finished
        return last.role == "user" or (broken_off and last.model == self.session.model_mark)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is on its way."""
        if not self._opened or not self._alive:
            return True
        if not self._notes.known or not (self.has_model or self.known.known) or self.journal.is_opening:
            return False
        return self.session.settled and not self.twin.busy and not self.documents.reading

    # ------------------------------------------------------------ intents: settings

    def open(self) -> None:
        """Somebody looks: bring back what was there last time."""
        if not self._opened:
            self._opened = True
            self._read_notes()
            self._choose_first()
            self.changed.emit()

    def choose_model(self, path: str) -> None:
        """Another model reads the conversation from now on."""
        if path and path != self.live.path:
            self._break_off()
            self._load(path)
            self._changed()

    def set(self, **changes: object) -> None:
        """Change settings, by their names in `ContextSettings`."""
        before = self.settings
        after = msgspec.structs.replace(before, **changes)
        if after.tools != before.tools and not self.conversation.tip:
            line = TOOLS_LINE if before.tools else ""
            if after.system == line:
                after.system = TOOLS_LINE if after.tools else ""
        self._use(after)
        moved = (after.window, after.policy) != (before.window, before.policy)
        if moved and not self.session.answering:
            self.looking.forget_attention()
            self.session.all_back()
        self._changed()

    def set_composer(self, text: str) -> None:
        """As typed. Lone surrogates are no text that could be handed on."""
        text = from_units(to_units(text))
        if text != self.composer:
            self.composer = text
            self._changed()

    def attach(self, document: Attachment | None) -> None:
        """A document in front of the next question; None: none."""
        self.documents.cancel()
        self.documents.attached = document
        self._changed()

    def read_document(self, path: str) -> None:
        """Attach a file."""
        self.failure = None
        self.documents.read(path)
        self.changed.emit()

    # ------------------------------------------------------------ intents: turns

    def hand_over(self) -> None:
        """What is typed is said, and the model has the word."""
        if not self.can_hand_over:
            return
        document = self.documents.attached or Attachment()
        if not self.conversation.tip and self.settings.system.strip():
            self.conversation.say("system", self.settings.system)
        said = self.conversation.say(
            "user", self.composer, document=document.text, document_name=document.name
        )
        self.composer, self.documents.attached, self.failure = "", None, None
        self._answer(said.id)
        if document.text and self.settings.alone:
            self._ask_alone(said.id)

    def go_on(self) -> None:
        """The last question is answered, or the answer that was broken off is continued."""
        if self.can_go_on:
            last = self.conversation.path()[-1]
            if last.role == "assistant":
                self.session.answer_turn(last.parent, continuing=last)
                self._changed()
            else:
                self._answer(last.id)

    def answer_again(self, turn: int) -> None:
        """Another answer in the place of `turn`, or to it, with other random numbers."""
        said = self.conversation.turn(turn)
        self._break_off()
        self.session.begin_anew()
        self.settings.seed += 1
        self._answer(said.parent if said.role == "assistant" else turn)

    def edit(self, turn: int, content: str) -> None:
        """Another wording, on a branch of its own; a person's is answered."""
        self._break_off()
        said = self.conversation.edit(turn, content)
        self.session.begin_anew()
        if said.role == "user" and self.live.model is not None:
            self._answer(said.id)
        else:
            self._show()

    def delete(self, turn: int) -> None:
        """Let a turn go."""
        self._break_off()
        self.conversation.delete(turn)
        self._show()

    def rename(self, title: str) -> None:
        """Call the open conversation something else."""
        self.conversation.rename(title)
        self.journal.keep()
        self._changed()

    def choose_branch(self, turn: int, step: int) -> None:
        """Look at another branch: so many after that of `turn`, or before it."""
        siblings = [one.id for one in self.conversation.siblings(turn)]
        place = siblings.index(turn) + step
        if 0 <= place < len(siblings):
            self._break_off()
            self.conversation.choose(siblings[place])
            self._show()

    def undo(self) -> bool:
        """Take the last change back; whether there was one."""
        self._break_off()
        return self._after_history(self.conversation.undo() is not None)

    def redo(self) -> bool:
        """Make it again; whether there was one."""
        self._break_off()
        return self._after_history(self.conversation.redo() is not None)

    def new_chat(self) -> None:
        """Wipe the stream. The conversation stays in the list."""
        self._break_off()
        self.journal.keep()
        self.journal.begin()
        self._another_conversation()

    def begin_with(self, turns: Sequence[tuple[str, str]]) -> None:
        """A new chat in which something has been said already: (role, content) pairs."""
        self.new_chat()
        for role, content in turns:
            self.conversation.say(role, content)
        self._show()

    def open_conversation(self, conversation: str) -> None:
        """Go on with one of the list."""
        self._break_off()
        self.journal.keep()
        self.journal.open(conversation)
        self._changed()

    def stop(self) -> None:
        """The model breaks off after the present token; what is written stays."""
        self.twin.stop()
        self.session.stop()
        self._changed()

    def retry(self) -> None:
        """What failed once more."""
        self.failure = self.session.failure = None
        if self.live.model is None:
            if self._alive and self.live.path:
                self._load(self.live.path)
        elif self.tools.phase == "waiting":
            self.session.run_call()
        else:
            self.go_on()
        self._changed()

    # ------------------------------------------------------------ intents: tools and looking

    def run_call(self, asked: str | None = None) -> None:
        """Let the tool do what the model asks for, or what it is changed to."""
        self.session.run_call(asked)
        self._changed()

    def look_back(self, cell: int) -> None:
        """What the token of a cell looked at."""
        position = cell - len(self.stream.gone)
        if 0 <= position < len(self.stream) and self._alive and self.live.model is not None:
            self.looking.look_back(self.live.job, position)

    def look_with(self, layer: int | None, head: int | None) -> None:
        """One layer's or head's attention, or the average."""
        self.looking.look_with(self.live.job, layer, head)
        self.changed.emit()

    def measure(self) -> None:
        """What a token costs at several lengths of the context."""
        if self._alive and self.live.model is not None and not self.busy:
            self.looking.measure(self.live.job, self.session.context)

    # ------------------------------------------------------------ the engines

    def apply(self, event: Event) -> None:
        """Answers of the session, of tools and of the disk."""
        match event:
            case Ready():
                self._read_notes()
                return
            case _ if event.job and event.job == self.live.job:
                self._take_live(event)
            case _ if event.job and event.job == self.twin.answering.job:
                self.twin.apply(event)
            case _ if event.job == self.tools.job:
                self.session.take_tool(event)
            case _ if event.job == self.documents.job:
                self.documents.apply(event)
                if isinstance(event, Failed):
                    self.failure = failure_of(event)
            case _ if event.job == _JOB:
                self._take_kept(event)
            case _:
                return
        self.changed.emit()

    def text_ready(self) -> None:
        """The worker of texts and tools is up (again): what it has not acknowledged goes to it once more."""
        self.journal.send_again()
        self.tools.again()
        self.documents.again()

    def engine_ready(self) -> None:
        """Load what was chosen; after a death too, and then the stream as it was."""
        self._alive, self.lost = True, None
        if self.has_model:
            self._load(self.live.path)
        self.changed.emit()

    def engine_lost(self, words: str) -> None:
        """What was written stays."""
        self._break_off()
        self._alive, self.lost = False, words
        self.live.abandon()
        self.twin.abandon()
        self.changed.emit()

    def _load(self, path: str) -> None:
        self.settings.path = path
        self.session.failure = None
        self.looking.forget()
        self.session.speeds.clear()
        self.twin.forget()
        if self._alive:
            self.live.load(f"{_JOB}-{next(self._numbers)}", path, self._device)
        else:
            self.live.path = path

    def _take_live(self, event: Event) -> None:
        gone = len(self.stream.gone)
        self.session.apply(event)
        if len(self.stream.gone) != gone:
            self.looking.forget_attention()
        self.looking.apply(event)
        if isinstance(event, ModelLoaded):
            self.looking.ask_size(self.live.job)
            self.session.model_is_there()

    # ------------------------------------------------------------ turns

    def _answer(self, after: int) -> None:
        self.looking.forget_attention()
        self.session.answer_turn(after)
        self._changed()

    def _show(self) -> None:
        """Let the model read what is looked at now."""
        self.looking.forget_attention()
        self.journal.keep()
        self.session.all_back()
        self._changed()

    def _after_history(self, changed: bool) -> bool:
        if changed:
            self._show()
        return changed

    def _break_off(self) -> None:
        self.twin.stop()
        self.session.break_off()

    def _ask_alone(self, turn: int) -> None:
        """The same question with no document in the window."""
        model = self.live.model
        if model is None:
            return
        path = self.conversation.path_to(turn)
        messages = messages_of(path, model.special_tokens, documents=False)
        question = Question(
            text="".join(message.said.content for message in messages),
            messages=tuple(message.said for message in messages) if model.has_template else (),
            sampler=self.session.sampler,
            max_tokens=self.settings.max_tokens,
        )
        self.twin.ask(f"{_JOB}-alone-{next(self._numbers)}", self.live.path, self._device, turn, question)

    def _another_conversation(self) -> None:
        self.failure = None
        if self.live.model is not None:
            self.session.failure = None
        self.twin.forget()
        self.stream.wipe()
        self.session.speeds.clear()
        self._show()

    # ------------------------------------------------------------ what is kept

    def _take_kept(self, event: Event) -> None:
        match event:
            case DraftLoaded():
                self._notes.take(event)
            case Failed():
                self.journal.give_up()
                self.failure = failure_of(event)
            case _:
                try:
                    opened = self.journal.apply(event)
                except ValueError:
                    damaged = Failed(template="This conversation is damaged. Begin a new chat.")
                    self.failure = failure_of(damaged)
                    return
                if opened:
                    self._another_conversation()

    def _read_notes(self) -> None:
        if self._opened:
            self._notes.read()

    def _take_composer(self, text: str) -> None:
        self.composer = self.composer or text

    def _take_document(self, text: str) -> None:
        self.documents.attached = self._kept_document = from_note(text)

    def _take_settings(self, text: str) -> None:
        chosen = self.live.path
        self._use(read_settings(text))
        if self.settings.conversation and not self.conversation.tip:
            self.journal.open(self.settings.conversation)
        if self.settings.path and not chosen:
            self._load(self.settings.path)
        self._choose_first()

    def _use(self, settings: ContextSettings) -> None:
        self.settings = self.session.settings = settings

    def _choose_first(self) -> None:
        """A model that can be spoken with, if there is one."""
        if not self._opened or not self._notes.known or self.has_model or not self.known.known:
            return
        model = self.known.first("explorer-chat", "explorer-think", chat=True)
        if model is not None:
            self._load(model.path)
        self._changed()

    def _changed(self) -> None:
        self._notes.save_soon()
        self.changed.emit()

    def _settings_note(self) -> str:
        self.settings.conversation = self.journal.id if self.conversation.tip else ""
        return msgspec.json.encode(self.settings).decode()

    def _document_note(self) -> str | None:
        """None while it is the one that is on the disk: it may be long."""
        attached = self.documents.attached
        if attached is self._kept_document:
            return None
        self._kept_document = attached
        return as_note(attached)
