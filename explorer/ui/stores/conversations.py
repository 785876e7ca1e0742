"""The conversations that are kept: their list and bin, a search, and those that are open."""

import uuid
from dataclasses import dataclass, field
from itertools import count

from PySide6.QtCore import Signal

from explorer.protocol import (
    BinConversation,
    Cancel,
    ConversationEntry,
    ConversationExported,
    ConversationForm,
    ConversationOpened,
    ConversationRow,
    ConversationsImported,
    ConversationsListed,
    EmptyConversationBin,
    EntriesKept,
    Event,
    ExportConversation,
    Failed,
    ImportConversations,
    KeepEntries,
    ListConversations,
    OpenConversation,
    RestoreConversation,
    SearchConversations,
)
from explorer.text.conversations import Conversation
from explorer.ui.stores.base import Store
from explorer.ui.stores.failures import failure_of

_LIST_JOB = "conversations"
_FILE_JOB = "conversation-files"
_KEEP_JOB = "keep-"


@dataclass
class _Kept:
    """An open conversation, and how much of it is surely on disk."""

    conversation: Conversation
    acknowledged: int = 0
    """Entries that outlive the engine."""
    waiting: list[ConversationEntry] = field(default_factory=list[ConversationEntry])
    refused: bool = False
    """The disk did not take what waits: it is sent again with what comes next."""


@dataclass
class _Opening:
    """A conversation on its way here."""

    conversation: str
    entries: list[ConversationEntry] = field(default_factory=list[ConversationEntry])
    title: str | None = None
    """It is only opened to be called so."""


class ConversationsStore(Store):
    """`command` goes to the text worker. An open conversation is changed by its own methods; `keep` follows.

    Signals: `opened(id)`; `exported(path)`; `imported(ConversationsImported)`; `failed(Failure)`, when a file
    or the disk did not do what was asked. Nothing that was said is forgotten for that.
    """

    opened = Signal(str)
    exported = Signal(str)
    imported = Signal(object)
    failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[ConversationRow] = []
        self.binned: list[ConversationRow] = []
        self.listed = False
        """Whether the disk has answered at all."""
        self.words = ""
        """What is searched for; empty: all are shown."""
        self.found: list[ConversationRow] | None = None
        """What the search has found; None while it goes on."""
        self.importing = False
        self._kept: dict[str, _Kept] = {}
        self._opening: dict[str, _Opening] = {}
        self._search_job = ""
        self._numbers = count(1)

    # ------------------------------------------------------------ what is known

    @property
    def shown(self) -> list[ConversationRow]:
        """The list, or what the search has found so far."""
        return self.rows if not self.words else self.found or []

    @property
    def unsure(self) -> bool:
        """Whether something that was said is not yet known to be on disk."""
        return any(kept.waiting for kept in self._kept.values())

    def conversation(self, name: str) -> Conversation | None:
        """One that is open."""
        kept = self._kept.get(name)
        return kept.conversation if kept is not None else None

    # ------------------------------------------------------------ open conversations

    def begin(self, created_s: float) -> str:
        """A new one; its id. It comes onto the list with its first `keep`. `created_s`: Unix seconds."""
        name = uuid.uuid4().hex
        self._kept[name] = _Kept(Conversation(created_s))
        return name

    def open(self, name: str) -> None:
        """Read it; `opened` follows, at once if it is open already."""
        if name in self._kept:
            self.opened.emit(name)
        elif not any(each.conversation == name for each in self._opening.values()):
            self._ask_for(_Opening(name))

    def close(self, name: str) -> None:
        """It is no longer looked at. What of it is not yet on disk is still kept."""
        kept = self._kept.get(name)
        if kept is not None:
            self.keep(name)
            if not kept.waiting:
                del self._kept[name]

    def keep(self, name: str) -> None:
        """Write down what happened in an open conversation since the last time."""
        kept = self._kept[name]
        new = kept.conversation.take_entries()
        sent = len(kept.waiting)
        kept.waiting += new
        if kept.refused:
            sent, kept.refused = 0, False
        if kept.waiting[sent:]:
            self._send_from(name, kept, sent)

    # ------------------------------------------------------------ the list

    def refresh(self) -> None:
        """Read the list again."""
        self.command.emit(ListConversations(job=_LIST_JOB))

    def search(self, words: str) -> None:
        """Show those in which all these words stand; empty: all."""
        words = " ".join(words.split())
        if words == self.words:
            return
        self.words, self.found = words, None
        self._search_again()
        self.changed.emit()

    def rename(self, name: str, title: str) -> None:
        """Call it something else; empty: its first words."""
        kept = self._kept.get(name)
        if kept is None:
            self._ask_for(_Opening(name, title=title))
        else:
            kept.conversation.rename(title)
            self.keep(name)

    def move_to_bin(self, name: str) -> None:
        """Take it off the list; `restore` brings it back."""
        self._kept.pop(name, None)
        self.command.emit(BinConversation(job=_LIST_JOB, conversation=name))

    def restore(self, name: str) -> None:
        """Take it out of the bin."""
        self.command.emit(RestoreConversation(job=_LIST_JOB, conversation=name))

    def empty_bin(self) -> None:
        """Delete for good."""
        self.command.emit(EmptyConversationBin(job=_LIST_JOB))

    def export(
        self, name: str, path: str, form: ConversationForm, ids: list[int] | None = None, model: str = ""
    ) -> None:
        """Write it to a file; `exported` follows. `ids`: the stream as `model` saw it, if there is one."""
        if name in self._kept:
            self.keep(name)
        self.command.emit(
            ExportConversation(
                job=_FILE_JOB, conversation=name, path=path, form=form, ids=ids or [], model=model
            )
        )

    def import_file(self, path: str) -> None:
        """Keep a file's conversations; `imported` follows."""
        self.importing = True
        self.command.emit(ImportConversations(job=_FILE_JOB, path=path))
        self.changed.emit()

    # ------------------------------------------------------------ what comes back

    def apply(self, event: Event) -> None:
        """As `Store.apply`."""
        match event:
            case ConversationsListed():
                self._listed(event)
            case ConversationOpened():
                self._opened(event)
            case EntriesKept():
                self._acknowledged(event)
            case ConversationExported():
                self.exported.emit(event.path)
            case ConversationsImported():
                self.importing = False
                self.imported.emit(event)
                self.changed.emit()
            case Failed():
                self._failed(event)
            case _:
                pass

    def engine_ready(self) -> None:
        """The text worker is up (again): list, and send what it had not acknowledged."""
        self.refresh()
        if self.words:
            self._search_again()
        for name, kept in self._kept.items():
            if kept.waiting:
                self._send_from(name, kept, 0)
        for job, opening in self._opening.items():
            opening.entries.clear()
            self.command.emit(OpenConversation(job=job, conversation=opening.conversation))

    def engine_lost(self, words: str) -> None:
        """What was to be imported is not: the file is still there to be asked for again."""
        self.importing = False
        self.changed.emit()

    # ------------------------------------------------------------ how

    def _ask_for(self, opening: _Opening) -> None:
        job = f"open-conversation-{next(self._numbers)}"
        self._opening[job] = opening
        self.command.emit(OpenConversation(job=job, conversation=opening.conversation))

    def _send_from(self, name: str, kept: _Kept, sent: int) -> None:
        self.command.emit(
            KeepEntries(
                job=_KEEP_JOB + name,
                conversation=name,
                first=kept.acknowledged + sent,
                entries=kept.waiting[sent:],
            )
        )

    def _search_again(self) -> None:
        if self._search_job:
            self.command.emit(Cancel(job=self._search_job))
        self._search_job = ""
        if self.words:
            self._search_job = f"search-conversations-{next(self._numbers)}"
            self.command.emit(SearchConversations(job=self._search_job, words=self.words))

    def _listed(self, event: ConversationsListed) -> None:
        if not event.words:
            self.rows, self.binned, self.listed = event.rows, event.binned, True
            if self.words:
                self._search_again()
        elif event.job == self._search_job:
            self.found, self._search_job = event.rows, ""
        self.changed.emit()

    def _opened(self, event: ConversationOpened) -> None:
        opening = self._opening.get(event.job)
        if opening is None:
            return
        opening.entries += event.entries
        if not event.last:
            return
        del self._opening[event.job]
        if event.conversation not in self._kept:
            conversation = Conversation.replayed(opening.entries)
            self._kept[event.conversation] = _Kept(conversation, len(opening.entries))
        if opening.title is None:
            self.opened.emit(event.conversation)
        else:
            self.rename(event.conversation, opening.title)
            self.close(event.conversation)

    def _acknowledged(self, event: EntriesKept) -> None:
        kept = self._kept.get(event.conversation)
        if kept is not None:
            del kept.waiting[: max(0, event.entries - kept.acknowledged)]
            kept.acknowledged = max(kept.acknowledged, event.entries)
        self.rows = [event.row, *(row for row in self.rows if row.conversation != event.conversation)]
        self.changed.emit()

    def _failed(self, event: Failed) -> None:
        kept = self._kept.get(event.job.removeprefix(_KEEP_JOB))
        if kept is not None:
            kept.refused = True
        elif event.job in self._opening:
            del self._opening[event.job]
            self.refresh()
        elif event.job == _FILE_JOB:
            self.importing = False
            self.refresh()
        elif event.job == _LIST_JOB:
            self.refresh()
        elif not (event.job.startswith(("open-conversation-", _KEEP_JOB)) or event.job == self._search_job):
            return
        self.failed.emit(failure_of(event))
        self.changed.emit()
