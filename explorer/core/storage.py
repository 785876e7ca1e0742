"""Writing so that a reader, or a power cut, never meets half of anything under its final name. No torch."""

import errno
import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from explorer.errors import StorageError

PARTIAL_PREFIX = ".partial-"


@contextmanager
def storage_errors(path: Path) -> Generator[None]:
    """Turn what the system says about `path` into a sentence. Raises: StorageError."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageError(
                "The disk is full: {path} could not be written. Make room and go on.", path=str(path)
            ) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise StorageError(
                "{path} must not be written to. Choose another folder or change its permissions.",
                path=str(path),
            ) from error
        raise StorageError(
            "{path} could not be written ({reason}). Choose another folder.",
            path=str(path),
            reason=error.strerror or str(error),
        ) from error


@contextmanager
def atomic_folder(final: Path) -> Generator[Path]:
    """A folder to fill, which takes the name `final` when all of it is on the disk, or never.

    An older folder of that name is replaced. Raises: StorageError; then no trace of the new one is left.
    """
    partial = final.with_name(f"{PARTIAL_PREFIX}{final.name}-{os.getpid()}")
    with storage_errors(final):
        shutil.rmtree(partial, ignore_errors=True)
        try:
            partial.mkdir(parents=True)
            yield partial
            for file in sorted(partial.rglob("*")):
                _sync(file)
            _sync(partial)
            if final.exists():
                shutil.rmtree(final)
            partial.rename(final)
            _sync(final.parent)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise


def write_atomically(path: Path, content: bytes) -> None:
    """Put `content` at `path`: a reader sees the old file or the new one. Raises: StorageError."""
    partial = path.with_name(f"{PARTIAL_PREFIX}{path.name}-{os.getpid()}")
    with storage_errors(path):
        try:
            partial.write_bytes(content)
            _sync(partial)
            partial.replace(path)
            _sync(path.parent)
        except BaseException:
            with suppress(OSError):
                partial.unlink()
            raise


def clear_partials(folder: Path) -> None:
    """Remove what a killed process left unfinished in `folder`. Only for the folder's one writer."""
    for left in folder.glob(f"{PARTIAL_PREFIX}*"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            with suppress(OSError):
                left.unlink()


def _sync(path: Path) -> None:
    """Wait until the disk has it. Windows cannot open folders for this; it journals names anyway."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
