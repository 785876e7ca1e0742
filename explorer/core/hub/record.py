"""What a folder of downloads says of itself: where its files are from, what is still to come. No torch."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from explorer.core.hub.facts import HubFile
from explorer.core.storage import write_atomically

if TYPE_CHECKING:
    from explorer.core.hub.repository import Repository

RECORD = ".download.json"
UNFINISHED = ".downloading-"
"""Begins the name of a folder that is being filled."""


class Record(msgspec.Struct, kw_only=True):
    """A folder's own file: only what was fetched and checked has its digest here."""

    repo: str
    commit: str
    digests: dict[str, str] = {}
    """By path."""
    include: list[str] = []
    """The patterns that were asked for; none: the usual files."""
    total_bytes: int | None = None
    """Of all that was missing when the download began."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A download that can go on."""

    folder: Path
    repo: str
    include: tuple[str, ...]
    have_bytes: int
    total_bytes: int | None


def read_record(folder: Path) -> Record | None:
    """None if there is none that can be read."""
    try:
        return msgspec.json.decode((folder / RECORD).read_bytes(), type=Record)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def remember(
    folder: Path,
    repository: "Repository",
    files: Sequence[HubFile],
    include: Sequence[str] | None = None,
    total_bytes: int | None = None,
) -> None:
    """Note that `files` are here and checked; what was noted before stays. Raises: StorageError."""
    old = read_record(folder) or Record(repo=repository.repo, commit=repository.commit)
    record = Record(
        repo=repository.repo,
        commit=repository.commit,
        digests=old.digests | {file.path: file.digest for file in files},
        include=old.include if include is None else list(include),
        total_bytes=old.total_bytes if total_bytes is None else total_bytes,
    )
    write_atomically(folder / RECORD, msgspec.json.format(msgspec.json.encode(record), indent=2))


def unfinished(models_dir: Path) -> list[Unfinished]:
    """What earlier tries have left, by name."""
    found: list[Unfinished] = []
    for folder in sorted(models_dir.glob(f"{UNFINISHED}*")) if models_dir.is_dir() else ():
        record = read_record(folder)
        if not folder.is_dir() or record is None:
            continue
        sizes = [file.stat().st_size for file in folder.rglob("*") if file.is_file() and file.name != RECORD]
        found.append(Unfinished(folder, record.repo, tuple(record.include), sum(sizes), record.total_bytes))
    return found
