"""All conversations of a data folder: listed, searched, put in the bin and taken out again."""

import re
import shutil
from collections.abc import Generator, Sequence
from pathlib import Path

import msgspec

from explorer.core.conversations.journal import Journal
from explorer.core.storage import storage_errors
from explorer.errors import ExplorerError, InputError
from explorer.protocol import ConversationRow

_SUFFIX = ".jsonl"
_ID = re.compile(r"[0-9a-z-]{1,64}")
_AROUND = 40
"""Characters of an excerpt on each side of what was found."""


class Shelf:
    """The folder `data_dir`/conversations, with its bin. Rows are remembered until their files change."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / "conversations"
        self._bin = self._folder / "bin"
        self._rows: dict[Path, tuple[tuple[int, int], ConversationRow]] = {}

    def path(self, conversation: str) -> Path:
        """Where it is kept. Raises: InputError, if that is no id."""
        if not _ID.fullmatch(conversation):
            raise InputError(
                "{conversation} is no conversation's name. Look at the list.", conversation=repr(conversation)
            )
        return self._folder / f"{conversation}{_SUFFIX}"

    def rows(self) -> Generator[None, None, tuple[list[ConversationRow], list[ConversationRow]]]:
        """Returns those on the shelf and those in the bin, the newest first; yields between two files."""
        kept = yield from self._listed(self._folder)
        binned = yield from self._listed(self._bin)
        return kept, binned

    def found(self, words: str) -> Generator[None, None, list[ConversationRow]]:
        """Returns those in which every one of `words` stands, with excerpts; yields between two files."""
        wanted = words.casefold().split()
        rows: list[ConversationRow] = []
        for path in _files(self._folder):
            excerpt = _excerpt(path, wanted)
            if excerpt is not None and (row := self._row(path)) is not None:
                rows.append(msgspec.structs.replace(row, excerpt=excerpt))
            yield
        return _newest_first(rows)

    def row(self, journal: Journal) -> ConversationRow:
        """What the list shows of it. Raises: StorageError."""
        with storage_errors(journal.path):
            changed_s = journal.path.stat().st_mtime
        conversation = journal.conversation
        return ConversationRow(
            conversation=journal.path.stem,
            title=conversation.title,
            first_words=conversation.first_words(),
            turns=len(conversation.path()),
            changed_s=changed_s,
        )

    def put_in_bin(self, conversation: str) -> None:
        """Raises: InputError, StorageError."""
        _move(self.path(conversation), self._bin)

    def restore(self, conversation: str) -> None:
        """Raises: InputError, StorageError."""
        _move(self._bin / self.path(conversation).name, self._folder)

    def empty_bin(self) -> None:
        """For good. Raises: StorageError."""
        with storage_errors(self._bin):
            if self._bin.is_dir():
                shutil.rmtree(self._bin)

    def _listed(self, folder: Path) -> Generator[None, None, list[ConversationRow]]:
        rows: list[ConversationRow] = []
        for path in _files(folder):
            row = self._row(path)
            if row is not None:
                rows.append(row)
            yield
        return _newest_first(rows)

    def _row(self, path: Path) -> ConversationRow | None:
        """None: it went away. One that cannot be read is listed too: its owner shall know."""
        try:
            status = path.stat()
        except OSError:
            self._rows.pop(path, None)
            return None
        mark = (status.st_mtime_ns, status.st_size)
        known = self._rows.get(path)
        if known is not None and known[0] == mark:
            return known[1]
        try:
            row = self.row(Journal(path))
        except ExplorerError:
            row = ConversationRow(
                conversation=path.stem,
                title=path.name,
                first_words="",
                turns=0,
                changed_s=status.st_mtime,
                damaged=True,
            )
        self._rows[path] = (mark, row)
        return row


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [path for path in folder.glob(f"*{_SUFFIX}") if _ID.fullmatch(path.stem) and path.is_file()]


def _newest_first(rows: Sequence[ConversationRow]) -> list[ConversationRow]:
    return sorted(rows, key=lambda row: (-row.changed_s, row.conversation))


def _move(path: Path, folder: Path) -> None:
    if not path.is_file():
        raise InputError("This conversation is not there any more. Look at the list again.")
    target = folder / path.name
    if target.exists():
        raise InputError(
            "There is another conversation {name} in {folder} already. Move one of the two elsewhere first.",
            name=path.stem,
            folder=str(folder),
        )
    with storage_errors(target):
        folder.mkdir(parents=True, exist_ok=True)
        path.rename(target)


def _excerpt(path: Path, wanted: Sequence[str]) -> str | None:
    """Around the first of the words in the turn that has most of them; None if one of them is nowhere."""
    try:
        conversation = Journal(path).conversation
    except ExplorerError:
        return None
    best, most = "", 0
    missing = set(wanted)
    said = (part for turn in conversation.turns() for part in (turn.content, turn.document) if part)
    for text in (conversation.title, *said):
        folded = text.casefold()
        here = [word for word in wanted if word in folded]
        missing.difference_update(here)
        if len(here) > most:
            best, most = _around(text, here[0]), len(here)
    return None if missing else best


def _around(text: str, word: str) -> str:
    found = re.search(re.escape(word), text, re.IGNORECASE)
    start = max(0, found.start() - _AROUND) if found else 0
    end = (found.end() if found else 0) + _AROUND
    words = " ".join(text[start:end].split())
    return f"{'…' if start else ''}{words}{'…' if end < len(text) else ''}"
