"""Texts that a person is working on, on disk at every moment, so that no crash takes more than a key press.

A draft is a snapshot (a line of JSON with a number, then the text in UTF-8) and a journal (one edit a line,
numbered on). An edit is appended to the journal and handed to the system before anyone hears of its
tokens; now and then the journal is folded into a new snapshot, which replaces the old one whole. Reading
skips edits that the snapshot already has and drops a torn last line, so a kill at any moment loses
nothing, and a power cut at most what the system had not yet written.

One process at a time writes a draft: it holds a lock, which the system lets go when the process dies.
"""

import errno
import hashlib
import os
import re
import sys
from pathlib import Path
from typing import BinaryIO

import msgspec

from explorer.core.storage import storage_errors, write_atomically
from explorer.errors import DamagedFileError, ExplorerError, StorageError
from explorer.text.long_text import UnitText
from explorer.text.units import from_units, to_units

_FOLD_EDITS = 2_000
_FOLD_BYTES = 4_000_000
_RETRY_EDITS = 25
"""After the disk refused, try again when so many edits have come."""


class _Head(msgspec.Struct):
    """The snapshot's first line. `number` is that of the last edit it has."""

    number: int


class _Line(msgspec.Struct, array_like=True):
    """One edit in the journal, in UTF-16 units."""

    number: int
    start: int
    removed: int
    inserted: str


def file_stem(name: str) -> str:
    """A file name for the draft called `name`: readable, safe on every system, never shared by two names."""
    readable = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40]
    return f"{readable or 'text'}-{hashlib.sha256(name.encode()).hexdigest()[:12]}"


class Draft:
    """The draft `name` in `folder`. `open` first, `close` in the end."""

    def __init__(self, folder: Path, name: str) -> None:
        stem = file_stem(name)
        self._name = name
        self._snapshot = folder / f"{stem}.draft"
        self._journal_path = folder / f"{stem}.journal"
        self._lock = folder / f"{stem}.lock"
        self._locked: BinaryIO | None = None
        self._journal: BinaryIO | None = None
        self._number = 0
        self._edits = 0
        self._bytes = 0
        self._refused = False

    def open(self) -> tuple[str, ExplorerError | None]:
        """The unit text as it was left, without lone surrogates; and what the person should know, if any."""
        problem: ExplorerError | None = None
        text = ""
        try:
            with storage_errors(self._snapshot):
                self._snapshot.parent.mkdir(parents=True, exist_ok=True)
                self._locked = self._lock.open("ab")
            if not _try_lock(self._locked):
                self._let_go()
                problem = StorageError(
                    "This text is open in another window, which keeps it. What you change here is not kept."
                )
            text = self._read()
        except DamagedFileError as error:
            problem = error
        except StorageError as error:
            # Nothing may be written over what could not be read.
            self._let_go()
            problem = error
        if self._locked is not None and _size(self._journal_path) > 0:
            try:
                self._fold(text)
            except StorageError as error:
                self._refused = True
                problem = problem or error
        return text, problem

    def record(self, start: int, removed: int, inserted: str, units: UnitText) -> None:
        """Keep an edit after which the text is `units`.

        Raises: StorageError when the disk refuses, once until it takes something again.
        """
        if self._locked is None:
            return
        self._number += 1
        self._edits += 1
        if self._refused:
            if self._edits % _RETRY_EDITS == 0:
                self._try_again(units)
            return
        line = msgspec.json.encode(_Line(self._number, start, removed, inserted)) + b"\n"
        try:
            with storage_errors(self._journal_path):
                self._append(line)
            if self._edits >= _FOLD_EDITS or self._bytes >= _FOLD_BYTES:
                self._fold(units)
        except StorageError:
            self._refused = True
            raise

    def close(self, units: UnitText) -> None:
        """Leave one snapshot. Never raises: what the disk refuses now stands in the journal, or was said."""
        if self._locked is not None:
            if self._edits or self._refused:
                self._try_again(units)
            self._let_go()

    def _try_again(self, units: UnitText) -> None:
        try:
            self._fold(units)
        except StorageError:
            return
        self._refused = False

    def _append(self, line: bytes) -> None:
        if self._journal is None:
            self._journal = self._journal_path.open("ab", buffering=0)
        written = self._journal.write(line)
        if written != len(line):
            # A full disk took a part: what follows would be glued to it, so a new snapshot must come first.
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._bytes += written

    def _fold(self, units: UnitText) -> None:
        """Replace the snapshot, then empty the journal. Raises: StorageError."""
        head = msgspec.json.encode(_Head(self._number))
        write_atomically(self._snapshot, head + b"\n" + from_units(str(units)).encode())
        with storage_errors(self._journal_path):
            if self._journal is not None:
                self._journal.close()
                self._journal = None
            self._journal_path.write_bytes(b"")
        self._edits = self._bytes = 0

    def _read(self) -> str:
        """Snapshot and journal put together. Raises: DamagedFileError, after setting the snapshot aside."""
        try:
            head, _, body = self._snapshot.read_bytes().partition(b"\n")
        except FileNotFoundError:
            return self._replayed("", _lines(self._journal_path))
        except OSError as error:
            raise StorageError(
                "The kept text {path} could not be read ({reason}). What you write now is not kept.",
                path=str(self._snapshot),
                reason=error.strerror or str(error),
            ) from error
        try:
            self._number = msgspec.json.decode(head, type=_Head).number
        except msgspec.DecodeError as error:
            aside = self._snapshot.with_suffix(".damaged")
            with storage_errors(aside):
                self._snapshot.replace(aside)
                self._journal_path.unlink(missing_ok=True)
            raise DamagedFileError(
                "The kept text was damaged and is set aside as {path}. The page begins empty.",
                path=str(aside),
            ) from error
        return self._replayed(to_units(body.decode("utf-8", "replace")), _lines(self._journal_path))

    def _replayed(self, units: str, lines: list[_Line]) -> str:
        """Apply the edits that come after the snapshot's; anything out of order ends it."""
        for line in lines:
            if line.number <= self._number:
                continue
            end = line.start + line.removed
            if line.number != self._number + 1 or not 0 <= line.start <= end <= len(units):
                break
            units = units[: line.start] + to_units(line.inserted) + units[end:]
            self._number = line.number
        return to_units(from_units(units))

    def _let_go(self) -> None:
        for stream in (self._journal, self._locked):
            if stream is not None:
                stream.close()
        self._journal = self._locked = None


def _lines(path: Path) -> list[_Line]:
    """The journal's whole lines, up to the first that is none."""
    try:
        content = path.read_bytes()
    except OSError:
        return []
    decoder = msgspec.json.Decoder(_Line)
    lines: list[_Line] = []
    for line in content.split(b"\n")[:-1]:
        try:
            lines.append(decoder.decode(line))
        except msgspec.DecodeError:
            break
    return lines


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


if sys.platform == "win32":
    import msvcrt

    def _try_lock(stream: BinaryIO) -> bool:
        """Take the file for this process until `stream` is closed; False if another process has it."""
        try:
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(stream: BinaryIO) -> bool:
        """Take the file for this process until `stream` is closed; False if another process has it."""
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True  # a file system without locks; a second window is rare
        return True


# ---------------------------------------------------------------- small texts, written whole


def save_note(folder: Path, name: str, text: str) -> None:
    """Keep a small text. Raises: StorageError, the old one stays."""
    path = _note(folder, name)
    with storage_errors(path):
        folder.mkdir(parents=True, exist_ok=True)
    write_atomically(path, from_units(to_units(text)).encode())


def load_note(folder: Path, name: str) -> str:
    """The kept text, empty if there is none. Raises: StorageError if it cannot be read."""
    try:
        return _note(folder, name).read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise StorageError(
            "The kept text {path} could not be read ({reason}).",
            path=str(_note(folder, name)),
            reason=error.strerror or str(error),
        ) from error


def _note(folder: Path, name: str) -> Path:
    return folder / f"{file_stem(name)}.note"
