"""Unpacked GGUF files: which there are, who uses them, and room made by deleting those used longest ago.

A process that opens one leaves a file `.used-by-PID` in it, with its start time: a copy counts as in use
until that process ends, whether or not it still holds the weights. No torch.
"""

import os
import shutil
import time
from contextlib import suppress
from pathlib import Path

import msgspec

from explorer.core.catalogue.memory import read_memory
from explorer.core.catalogue.reading import folder_size, one_line
from explorer.core.run_lock import leave_mark, living_holder
from explorer.core.storage import PARTIAL_PREFIX, storage_errors
from explorer.errors import ExplorerError, InputError
from explorer.protocol import UnpackedCopy

_SOURCE = "source.json"
_USED = "last-used"
_USED_BY = ".used-by-"
_DELETED = f"{PARTIAL_PREFIX}deleted-"


class _Source(msgspec.Struct):
    name: str = ""
    file: str = ""


def mark_used(folder: Path) -> None:
    """Note that we opened the copy now. What cannot be written is of no consequence."""
    with suppress(OSError, ExplorerError):
        (folder / _USED).touch()
        leave_mark(folder / f"{_USED_BY}{os.getpid()}")


def copies(cache_dir: Path) -> list[UnpackedCopy]:
    """Used longest ago first; files put together from a package's parts are among them."""
    if not cache_dir.is_dir():
        return []
    found: list[UnpackedCopy] = []
    for path in cache_dir.iterdir():
        with suppress(OSError):  # somebody deletes it right now
            if path.name.startswith("."):
                continue
            if path.is_dir() and (path / _SOURCE).is_file():
                found.append(_copy(path))
            elif path.suffix == ".gguf":
                status = path.stat()
                used = max(status.st_mtime, status.st_atime)
                found.append(
                    UnpackedCopy(
                        folder=str(path), name=path.name, size_bytes=status.st_size, used_s=used, in_use=False
                    )
                )
    return sorted(found, key=lambda copy: copy.used_s)


def make_room(cache_dir: Path, limit_bytes: int | None = None, keep: Path | None = None) -> int:
    """Delete copies that nobody uses, used longest ago first, until the rest takes `limit_bytes` at most.

    `limit_bytes` None: what the person allows; `keep` stays in any case. Gives the bytes that became free.
    Raises: StorageError.
    """
    if limit_bytes is None:
        limit_bytes = read_memory(cache_dir.parent).copies_limit_bytes or (1 << 62)
    _finish_deleting(cache_dir)
    every = copies(cache_dir)
    total, freed = sum(copy.size_bytes for copy in every), 0
    for copy in every:
        if total - freed <= limit_bytes:
            break
        if not copy.in_use and copy.folder != str(keep):
            _delete(Path(copy.folder))
            freed += copy.size_bytes
    return freed


def delete_copy(cache_dir: Path, folder: str) -> None:
    """Delete one. Raises: InputError if it is in use or not there; StorageError."""
    copy = next((one for one in copies(cache_dir) if one.folder == folder), None)
    if copy is None:
        raise InputError("{path} is not there any more. Look at the list again.", path=folder)
    if copy.in_use:
        raise InputError(
            "{name} is in use. Choose another model where it is open, or close the window first.",
            name=copy.name,
        )
    _delete(Path(folder))


def in_use(folder: Path) -> bool:
    """Whether a process that opened it is alive."""
    return any(living_holder(mark) is not None for mark in folder.glob(f"{_USED_BY}*"))


def _copy(folder: Path) -> UnpackedCopy:
    source = _Source()
    with suppress(OSError, msgspec.DecodeError):
        source = msgspec.json.decode((folder / _SOURCE).read_bytes(), type=_Source)
    stamp = folder / _USED if (folder / _USED).is_file() else folder / _SOURCE
    return UnpackedCopy(
        folder=str(folder),
        name=one_line(source.name) or one_line(source.file) or folder.name,
        size_bytes=folder_size(folder),
        used_s=stamp.stat().st_mtime,
        in_use=in_use(folder),
    )


def _delete(path: Path) -> None:
    """Under another name first, so that nobody takes half of it for a model."""
    with storage_errors(path):
        if path.is_dir():
            doomed = path.with_name(f"{_DELETED}{path.name}-{time.time_ns()}")
            path.rename(doomed)
            shutil.rmtree(doomed, ignore_errors=True)
        else:
            path.unlink()


def _finish_deleting(cache_dir: Path) -> None:
    for left in cache_dir.glob(f"{_DELETED}*"):
        shutil.rmtree(left, ignore_errors=True)
