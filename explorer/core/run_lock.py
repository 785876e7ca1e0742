"""Who writes a run's folder: at most one process, which is known by name and gone with its process. No torch.

Two things make the lock. The system's own lock on the open file keeps a second writer out without a race,
and falls with the process however that ends. What stands in the file, process id and start time, tells
everybody else who it is, and keeps others out where the file system has no locks.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import msgspec
import psutil

from explorer.core.storage import storage_errors

_SAME_START_S = 60.0
"""Start times are told from the wall clock, which is put right now and then while a run goes on for days."""


class _Holder(msgspec.Struct, frozen=True):
    pid: int
    started_s: float


def living_holder(path: Path) -> int | None:
    """Process id of the living process that holds the lock at `path`, or None."""
    try:
        holder = msgspec.json.decode(path.read_bytes(), type=_Holder)
        process = psutil.Process(holder.pid)
        same = abs(process.create_time() - holder.started_s) < _SAME_START_S
        return holder.pid if same and process.status() != psutil.STATUS_ZOMBIE else None
    except (OSError, ValueError, psutil.Error):
        return None


def leave_mark(path: Path) -> None:
    """Say at `path` that this process is alive: `living_holder` knows when it is not. Raises: OSError."""
    me = psutil.Process()
    path.write_bytes(msgspec.json.encode(_Holder(me.pid, me.create_time())))


class WriterLock:
    """The lock at `path`. The file stays when the lock is let go, empty."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stream: BinaryIO | None = None

    def acquire(self) -> bool:
        """Whether it is ours now: not if anybody has it, this process included. Raises: StorageError."""
        other = living_holder(self._path)
        if other is not None and other != os.getpid():
            return False
        with storage_errors(self._path):
            stream = os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666), "r+b")
            if not _lock(stream.fileno()):
                stream.close()
                return False
            self._stream = stream
            me = psutil.Process()
            self._write(msgspec.json.encode(_Holder(me.pid, me.create_time())))
        return True

    def release(self) -> None:
        """Let go. Raises nothing."""
        if self._stream is not None:
            with suppress(OSError):
                self._write(b"")
            self._stream.close()
            self._stream = None

    def _write(self, content: bytes) -> None:
        assert self._stream is not None
        handle = self._stream.fileno()
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, content)


if sys.platform == "win32":
    import msvcrt

    _FAR = 1 << 20
    """Windows keeps readers away from locked bytes: one is locked that nobody reads."""

    def _lock(handle: int) -> bool:
        os.lseek(handle, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True  # a file system without locks: what stands in the file must do
        return True
