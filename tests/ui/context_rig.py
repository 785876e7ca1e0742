"""The Context window panel's store with an engine of scripted answers; conversations are kept in memory."""

from collections.abc import Iterator
from datetime import UTC, datetime

from explorer.protocol import (
    Command,
    ConversationOpened,
    ConversationsListed,
    DocumentPiece,
    DraftLoaded,
    EntriesKept,
    Event,
    Failed,
    KeepEntries,
    ListConversations,
    LoadDraft,
    OpenConversation,
    ReadDocument,
    RunTool,
    SaveDraft,
    StreamToken,
    ToolAnswered,
)
from explorer.protocol.conversations import ConversationEntry, ConversationRow
from explorer.text.conversations import Conversation
from explorer.ui.stores.context import ContextStore
from tests.ui.stream_engine import StreamEngine
from tests.ui.talking_rig import SHIPPED, Rig


class Kept:
    """What the text worker has on its disk, and its tools."""

    def __init__(self) -> None:
        self.journals: dict[str, list[ConversationEntry]] = {}
        self.notes: dict[str, str] = {}
        self.results = {"Ann Birch": "Ann Birch is a baker.", "2 x 3": "6"}
        self.documents: dict[str, str] = {}
        self.asked: list[RunTool] = []
        self.vocabulary: list[StreamToken] = []

    def conversation(self, name: str) -> Conversation:
        return Conversation.replayed(self.journals[name])

    def answer(self, command: Command) -> Iterator[Event]:
        match command:
            case SaveDraft():
                self.notes[command.name] = command.text
            case LoadDraft(job=job, name=name):
                yield DraftLoaded(job=job, name=name, text=self.notes.get(name, ""))
            case KeepEntries(job=job, conversation=name):
                journal = self.journals.setdefault(name, [])
                assert command.first <= len(journal)
                journal += command.entries[len(journal) - command.first :]
                row = ConversationRow(
                    conversation=name, title="", first_words="", turns=len(journal), changed_s=0.0
                )
                yield EntriesKept(job=job, conversation=name, entries=len(journal), row=row)
            case OpenConversation(job=job, conversation=name):
                if name not in self.journals:
                    yield Failed(job=job, template="There is no such conversation.")
                    return
                yield ConversationOpened(
                    job=job, conversation=name, entries=list(self.journals[name]), last=True
                )
            case RunTool(job=job, tool=tool, asked=asked):
                self.asked.append(command)
                if tool == "search" and not command.folder:
                    yield Failed(job=job, template="Choose a folder of documents to search in.")
                    return
                result = self.results.get(asked, "Nothing was found.")
                yield ToolAnswered(
                    job=job, tool=tool, asked=asked, result=result, found=asked in self.results
                )
            case ReadDocument(job=job, path=path):
                if path not in self.documents:
                    yield Failed(job=job, template="There is no file {path}.", values={"path": path})
                    return
                text = self.documents[path]
                yield DocumentPiece(job=job, name=path, text=text[:5], last=False)
                yield DocumentPiece(job=job, name=path, text=text[5:], last=True)
            case _:
                raise AssertionError(command)


class ContextRig(Rig):
    """`kept` outlives the rig: give it to another one for the next start."""

    def __init__(self, qtbot, answers, models=SHIPPED, kept: Kept | None = None, context=256):
        super().__init__(qtbot, answers, models)
        self.kept = kept or Kept()
        self.engine = StreamEngine(answers, context)
        self.engine.vocabulary = self.kept.vocabulary
        self.context = ContextStore(
            self.known, "cpu", self.clock, lambda: datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
        )
        self.panel = None
        self.wire(self.context)
        self.stores.append(self.context)

    def start(self) -> None:
        self.context.open()
        self.context.engine_ready()
        self.known.refresh()
        self.settle()

    def settle(self) -> None:
        def still() -> bool:
            self.work(20)
            idle = self.context.is_idle if self.panel is None else self.panel.is_idle()
            return not (self.pipe or self.texts or self.engine.busy) and idle

        self.qtbot.waitUntil(still, timeout=10_000)

    @property
    def window(self) -> str:
        """What the model sees."""
        return self.engine.text(self.context.live.job)

    def say(self, text: str) -> None:
        self.context.set_composer(text)
        self.context.hand_over()
        self.settle()

    def words(self) -> list[str]:
        """Who said what, on the branch that is looked at."""
        return [f"{turn.role}: {turn.content}" for turn in self.context.session.path]

    def _answer(self, command: Command) -> None:
        if isinstance(command, ListConversations):
            self.tell(ConversationsListed(job=command.job, rows=[]))
        elif command.job.startswith("context"):
            for event in self.kept.answer(command):
                self.tell(event)
        else:
            super()._answer(command)
