"""The conversations on disk: kept as they are had, listed, searched, exported and imported. No torch."""

import time
import uuid
from collections.abc import Callable
from pathlib import Path

import msgspec

from explorer.core.conversations.exporting import Stream, export, export_with_stream
from explorer.core.conversations.importing import read_file
from explorer.core.conversations.journal import Journal
from explorer.core.conversations.shelf import Shelf
from explorer.errors import DamagedFileError, StorageError
from explorer.protocol import (
    BinConversation,
    Command,
    ConversationEntry,
    ConversationExported,
    ConversationOpened,
    ConversationRenamed,
    ConversationsImported,
    ConversationsListed,
    EmptyConversationBin,
    EntriesKept,
    ExportConversation,
    Failed,
    ImportConversations,
    KeepEntries,
    ListConversations,
    OpenConversation,
    RenameConversation,
    RestoreConversation,
    SearchConversations,
)
from explorer.services import Job

MOST_IMPORTED = 1000
_PIECE_CHARACTERS = 500_000
_SKIPPED_SHOWN = 5


class ConversationService:
    """Keeps `data_dir`/conversations. Holds the journal of each conversation that something was kept of."""

    commands: tuple[type[Command], ...] = (
        ListConversations,
        SearchConversations,
        OpenConversation,
        KeepEntries,
        RenameConversation,
        BinConversation,
        RestoreConversation,
        EmptyConversationBin,
        ExportConversation,
        ImportConversations,
    )

    def __init__(self, data_dir: str) -> None:
        self._shelf = Shelf(Path(data_dir))
        self._journals: dict[str, Journal] = {}

    def run(self, command: Command) -> Job:
        """As `Service.run`."""
        match command:
            case SearchConversations():
                return self._search(command)
            case OpenConversation():
                return self._open(command)
            case KeepEntries():
                return self._keep(command)
            case ExportConversation():
                return self._export(command)
            case ImportConversations():
                return self._import(command)
            case RenameConversation():
                return self._then_list(command.job, lambda: self._rename(command.conversation, command.title))
            case BinConversation():
                return self._then_list(command.job, lambda: self._put_in_bin(command.conversation))
            case RestoreConversation():
                return self._then_list(command.job, lambda: self._shelf.restore(command.conversation))
            case EmptyConversationBin():
                return self._then_list(command.job, self._shelf.empty_bin)
            case _:
                return self._then_list(command.job, lambda: None)

    def close(self) -> None:
        """Everything is on disk."""

    def _then_list(self, job: str, act: Callable[[], None]) -> Job:
        act()
        rows, binned = yield from self._shelf.rows()
        yield ConversationsListed(job=job, rows=rows, binned=binned)

    def _search(self, command: SearchConversations) -> Job:
        rows = yield from self._shelf.found(command.words)
        yield ConversationsListed(job=command.job, rows=rows, words=command.words)

    def _open(self, command: OpenConversation) -> Job:
        """What is not as it should be is said when all that can be read was sent."""
        self._journals.pop(command.conversation, None)
        journal = Journal(self._shelf.path(command.conversation))
        damaged = journal.damaged
        problem: StorageError | DamagedFileError | None = None
        try:
            journal.fold()
        except StorageError as error:
            problem = error
        self._journals[command.conversation] = journal
        if damaged:
            problem = DamagedFileError(
                "A part of this conversation was damaged. What came before it is shown; "
                "the file as it was is kept as {path}.",
                path=str(journal.path.with_suffix(".damaged")),
            )
        pieces = _pieces(journal.entries)
        for number, entries in enumerate(pieces, 1):
            yield ConversationOpened(
                job=command.job,
                conversation=command.conversation,
                entries=entries,
                last=number == len(pieces),
            )
        if problem is not None:
            yield Failed(job=command.job, template=problem.template, values=problem.values)

    def _keep(self, command: KeepEntries) -> Job:
        name = command.conversation
        path = self._shelf.path(name)
        journal = self._journals.pop(name, None)  # put back when all went well: else it is read anew
        if journal is None:
            begins = command.first == 0 and not path.exists()
            journal = Journal.begin(path, command.entries) if begins else Journal(path)
        journal.keep(command.first, command.entries)
        self._journals[name] = journal
        yield EntriesKept(
            job=command.job,
            conversation=name,
            entries=len(journal.entries),
            row=self._shelf.row(journal),
        )

    def _rename(self, name: str, title: str) -> None:
        journal = self._journals.pop(name, None) or Journal(self._shelf.path(name))
        renamed = ConversationRenamed(title=" ".join(title.split()))
        journal.keep(len(journal.entries), [renamed])
        self._journals[name] = journal

    def _put_in_bin(self, conversation: str) -> None:
        self._shelf.put_in_bin(conversation)
        self._journals.pop(conversation, None)

    def _export(self, command: ExportConversation) -> Job:
        conversation = Journal(self._shelf.path(command.conversation)).conversation
        path = Path(command.path)
        if command.form == "ids_json" and command.ids:
            export_with_stream(conversation, Stream(command.model, command.ids), path)
        else:
            export([conversation], path, command.form)
        yield ConversationExported(job=command.job, path=command.path)

    def _import(self, command: ImportConversations) -> Job:
        """Each is on disk as soon as it is read: what came before a cancel or a bad end stays."""
        made: list[str] = []
        skipped: list[int] = []
        more = False
        for number, conversation in enumerate(read_file(Path(command.path), time.time()), 1):
            if conversation is None:
                skipped.append(number)
            elif len(made) == MOST_IMPORTED:
                more = True
                break
            else:
                name = uuid.uuid4().hex
                Journal.begin(self._shelf.path(name), [conversation.whole()])
                made.append(name)
            yield None
        yield ConversationsImported(
            job=command.job,
            path=command.path,
            conversations=made,
            skipped=len(skipped),
            first_skipped=skipped[:_SKIPPED_SHOWN],
            more=more,
        )
        yield from self._then_list(command.job, lambda: None)


def _pieces(entries: list[ConversationEntry]) -> list[list[ConversationEntry]]:
    """Few enough in each that the window reads one in a moment."""
    pieces: list[list[ConversationEntry]] = [[]]
    length = 0
    for entry in entries:
        size = len(msgspec.json.encode(entry))
        if pieces[-1] and length + size > _PIECE_CHARACTERS:
            pieces.append([])
            length = 0
        pieces[-1].append(entry)
        length += size
    return pieces
