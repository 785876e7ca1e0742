"""One conversation's file: an entry a line, only ever written behind the last.

A kill at any moment leaves at most a torn last line, which is dropped: nothing that was kept is lost. A file
that has grown long is folded, on opening, into one entry that says the same but can undo nothing.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from explorer.core.storage import storage_errors, write_atomically
from explorer.errors import DamagedFileError, InputError, StorageError
from explorer.protocol import ConversationBegun, ConversationEntry
from explorer.text.conversations import Conversation

FOLD_ENTRIES = 400
_decoder: msgspec.json.Decoder[ConversationEntry] = msgspec.json.Decoder(ConversationEntry)


class Journal:
    """The file at `path`, and the conversation as it stands there."""

    def __init__(self, path: Path) -> None:
        """Read it, but for a torn last line. Raises: InputError (it is gone), DamagedFileError, StorageError.

        If a line in its middle cannot be read, what came before it is the conversation and `damaged` is True.
        """
        self.path = path
        content = _content(path)
        self.entries: list[ConversationEntry] = []
        """Every one there is."""
        self._size = 0
        conversation: Conversation | None = None
        lines = content.split(b"\n")[:-1]
        for line in lines:
            try:
                entry = _decoder.decode(line)
                conversation = _followed(conversation, entry)
            except (msgspec.DecodeError, ValueError):
                break
            self.entries.append(entry)
            self._size += len(line) + 1
        if conversation is None:
            raise DamagedFileError(
                "The conversation in {path} is damaged and cannot be read. It can only be deleted.",
                path=str(path),
            )
        self.conversation = conversation
        self.damaged = len(self.entries) < len(lines)
        self._needs_trim = self._size < len(content)

    @classmethod
    def begin(cls, path: Path, entries: Sequence[ConversationEntry]) -> "Journal":
        """Write a new file. Raises: InputError, if `entries` are no conversation; StorageError."""
        if not entries or not isinstance(entries[0], ConversationBegun):
            raise _unfitting()
        try:
            Conversation.replayed(entries)
        except ValueError as error:
            raise _unfitting() from error
        with storage_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, _lines(entries))
        return cls(path)

    def keep(self, first: int, entries: Sequence[ConversationEntry]) -> None:
        """Write behind the `first` entries what is not there yet. The system has it when this returns.

        Raises: InputError, if they do not follow, or another window wrote to the file; StorageError. Then
        this journal is of no more use: read it anew.
        """
        here = len(self.entries)
        if first > here:
            raise _unfitting()
        new = entries[here - first :]
        if not new:
            return
        try:
            for entry in new:
                _followed(self.conversation, entry)
        except ValueError as error:
            raise _unfitting() from error
        self._append(_lines(new))
        self.entries += new

    def fold(self) -> None:
        """Take off what a kill left behind, and make one entry of many. Raises: StorageError."""
        if self.damaged:
            with storage_errors(self.path):
                aside = self.path.with_suffix(".damaged")
                aside.write_bytes(self.path.read_bytes())
        if self._needs_trim:
            self._trim()
        if len(self.entries) > FOLD_ENTRIES:
            changed_ns = self.path.stat().st_mtime_ns
            whole = self.conversation.whole()
            content = _lines([whole])
            write_atomically(self.path, content)
            os.utime(self.path, ns=(changed_ns, changed_ns))
            self.entries.clear()
            self.entries.append(whole)
            self._size = len(content)
            self.conversation = Conversation.replayed([whole])

    def _append(self, content: bytes) -> None:
        if self._needs_trim:
            self._trim()
        with storage_errors(self.path):
            if not self.path.exists() or self.path.stat().st_size != self._size:
                raise InputError(
                    "This conversation was changed in another window. Open it again from the list."
                )
            try:
                with self.path.open("ab") as stream:
                    stream.write(content)
            except OSError:
                with suppress(OSError):
                    os.truncate(self.path, self._size)
                raise
        self._size += len(content)

    def _trim(self) -> None:
        with storage_errors(self.path):
            changed_ns = self.path.stat().st_mtime_ns
            os.truncate(self.path, self._size)
            os.utime(self.path, ns=(changed_ns, changed_ns))
        self._needs_trim = self.damaged = False


def _followed(conversation: Conversation | None, entry: ConversationEntry) -> Conversation:
    """Raises: ValueError."""
    if conversation is None:
        return Conversation.replayed([entry])
    if isinstance(entry, ConversationBegun):
        raise ValueError("it begins twice")
    conversation.apply(entry)
    return conversation


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError("This conversation is not there any more. Look at the list again.") from None
    except OSError as error:
        raise StorageError(
            "The conversation in {path} could not be read ({reason}).",
            path=str(path),
            reason=error.strerror or str(error),
        ) from error


def _lines(entries: Sequence[ConversationEntry]) -> bytes:
    return b"".join(msgspec.json.encode(entry) + b"\n" for entry in entries)


def _unfitting() -> InputError:
    return InputError(
        "What was said could not be kept, for it does not follow what is on the disk. "
        "Open the conversation again from the list."
    )
