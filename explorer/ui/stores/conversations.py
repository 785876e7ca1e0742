"""The conversations that are kept: their list and bin, and a search. The open one is the panel's own."""

from itertools import count

from PySide6.QtCore import Signal

from explorer.protocol import (
    BinConversation,
    Cancel,
    ConversationExported,
    ConversationForm,
    ConversationRow,
    ConversationsImported,
    ConversationsListed,
    EmptyConversationBin,
    EntriesKept,
    Event,
    ExportConversation,
    Failed,
    ImportConversations,
    ListConversations,
    RenameConversation,
    RestoreConversation,
    SearchConversations,
)
from explorer.ui.stores.base import Store
from explorer.ui.stores.failures import failure_of

_LIST_JOB = "conversations"
_FILE_JOB = "conversation-files"


class ConversationsStore(Store):
    """`command` goes to the text worker. Whoever keeps a conversation brings it to the top of the list.

    Signals: `exported(path)`; `imported(ConversationsImported)`; `failed(Failure)`, when a file or the disk
    did not do what was asked.
    """

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
        """What the search has found; None until it has."""
        self.importing = False
        self._search_job = ""
        self._numbers = count(1)

    @property
    def shown(self) -> list[ConversationRow]:
        """The list, or what the search has found."""
        return self.rows if not self.words else self.found or []

    @property
    def searching(self) -> bool:
        """Whether the search goes on."""
        return bool(self._search_job)

    def row(self, conversation: str) -> ConversationRow | None:
        """What is known of one that is not in the bin."""
        return next((row for row in self.rows if row.conversation == conversation), None)

    # ------------------------------------------------------------ intents

    def refresh(self) -> None:
        """Read the list again."""
        self.command.emit(ListConversations(job=_LIST_JOB))

    def search(self, words: str) -> None:
        """Show those in which all these words stand; empty: all."""
        words = " ".join(words.split())
        if words != self.words:
            self.words, self.found = words, None
            self._search_again()
            self.changed.emit()

    def rename(self, conversation: str, title: str) -> None:
        """Give another title to one that is not open; empty: its first words stand for it."""
        self.command.emit(RenameConversation(job=_LIST_JOB, conversation=conversation, title=title))

    def move_to_bin(self, conversation: str) -> None:
        """Take it off the list; `restore` brings it back."""
        self.command.emit(BinConversation(job=_LIST_JOB, conversation=conversation))

    def restore(self, conversation: str) -> None:
        """Take it out of the bin."""
        self.command.emit(RestoreConversation(job=_LIST_JOB, conversation=conversation))

    def empty_bin(self) -> None:
        """Delete for good."""
        self.command.emit(EmptyConversationBin(job=_LIST_JOB))

    def export(
        self,
        conversation: str,
        path: str,
        form: ConversationForm,
        ids: list[int] | None = None,
        model: str = "",
    ) -> None:
        """Write what is kept to a file; `exported` follows. `ids`: the stream as `model` saw it, if known."""
        self.command.emit(
            ExportConversation(
                job=_FILE_JOB, conversation=conversation, path=path, form=form, ids=ids or [], model=model
            )
        )

    def import_file(self, path: str) -> None:
        """Keep a file's conversations; `imported` follows."""
        self.importing = True
        self.command.emit(ImportConversations(job=_FILE_JOB, path=path))
        self.changed.emit()

    # ------------------------------------------------------------ what comes back

    def apply(self, event: Event) -> None:
        """As `Store.apply`. What is kept may be any job's."""
        match event:
            case ConversationsListed():
                self._listed(event)
            case EntriesKept():
                others = (row for row in self.rows if row.conversation != event.conversation)
                self.rows = [event.row, *others]
                self.changed.emit()
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
        """The text worker is up (again): list, and search on."""
        self.refresh()
        self._search_again()

    def engine_lost(self, words: str) -> None:
        """What was to be imported is not: the file is still there to be asked for again."""
        self.importing = False
        self.changed.emit()

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
            self._search_again()  # what is shown may have been renamed, or gone
        elif event.job == self._search_job:
            self.found, self._search_job = event.rows, ""
        self.changed.emit()

    def _failed(self, event: Failed) -> None:
        if event.job not in (_LIST_JOB, _FILE_JOB) and (not event.job or event.job != self._search_job):
            return
        if event.job == self._search_job:
            self._search_job = ""
        else:
            self.refresh()  # what came before it failed may have changed the list
        if event.job == _FILE_JOB:
            self.importing = False
        self.failed.emit(failure_of(event))
        self.changed.emit()
