"""Which conversation is open, and what of it is on disk. Free of Qt."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from explorer.protocol import (
    Command,
    ConversationOpened,
    EntriesKept,
    Event,
    KeepEntries,
    OpenConversation,
)
from explorer.protocol.conversations import ConversationEntry
from explorer.text.conversations import Conversation


@dataclass
class _Written:
    """A conversation's entries that the disk has, and those that it has not said to have."""

    kept: int = 0
    waiting: list[ConversationEntry] = field(default_factory=list[ConversationEntry])
    refused: bool = False
    """Something went wrong since: all that waits goes again with what comes next."""


class ContextJournal:
    """The open conversation.

    What is said in it leaves as `KeepEntries`, and again where a worker died before it had that on disk.
    """

    def __init__(self, job: str, send: Callable[[Command], object], now: Callable[[], datetime]) -> None:
        self._job, self._send, self._now = job, send, now
        self._written: dict[str, _Written] = {}
        self._opening = ""
        self._pieces: list[ConversationEntry] = []
        self.conversation = Conversation(0.0)
        self.id = ""
        self.begin()

    @property
    def is_opening(self) -> bool:
        """Whether one is being read from the disk."""
        return bool(self._opening)

    def begin(self) -> None:
        """A new one; on disk with its first turn."""
        now = self._now()
        self.conversation = Conversation(now.timestamp())
        self.id = f"{now:%Y%m%d-%H%M%S}-{uuid4().hex[:6]}"
        self._opening = ""

    def open(self, conversation: str) -> None:
        """Ask for one that was kept."""
        self._opening, self._pieces = conversation, []
        self._send(OpenConversation(job=self._job, conversation=conversation))

    def keep(self) -> None:
        """Hand on what happened since."""
        if not self.conversation.tip and self.id not in self._written:
            return  # nobody has said anything yet
        entries = self.conversation.take_entries()
        if entries:
            written = self._written.setdefault(self.id, _Written())
            sent = 0 if written.refused else len(written.waiting)
            written.waiting += entries
            written.refused = False
            first, entries = written.kept + sent, written.waiting[sent:]
            self._send(KeepEntries(job=self._job, conversation=self.id, first=first, entries=entries))

    def send_again(self) -> None:
        """The worker that keeps conversations is new: what the last one has not acknowledged."""
        for name, written in self._written.items():
            if written.waiting:
                entries = list(written.waiting)
                self._send(KeepEntries(job=self._job, conversation=name, first=written.kept, entries=entries))
        if self._opening:
            self.open(self._opening)

    def apply(self, event: Event) -> bool:
        """Take an event; whether another conversation is open now. Raises: ValueError for a damaged one."""
        if isinstance(event, EntriesKept):
            written = self._written.get(event.conversation)
            if written is not None:
                del written.waiting[: max(0, event.entries - written.kept)]
                written.kept = max(written.kept, event.entries)
        elif isinstance(event, ConversationOpened) and event.conversation == self._opening:
            self._pieces += event.entries
            if event.last:
                return self._opened()
        return False

    def give_up(self) -> None:
        """What was to be opened cannot be, or the disk did not take what was said: it stays here."""
        self._opening = ""
        for written in self._written.values():
            written.refused = bool(written.waiting)

    def _opened(self) -> bool:
        name, self._opening = self._opening, ""
        self.conversation = Conversation.replayed(self._pieces)
        self.id = name
        self._written.setdefault(name, _Written()).kept = len(self._pieces)
        return True
