"""What a download tells while it runs."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class HubFile:
    """One file of a repository, as the hub describes it."""

    path: str
    size_bytes: int
    digest: str
    """SHA-256 in hex (large files), or git's SHA-1 of the blob (small ones); empty if the hub tells none."""


@dataclass(frozen=True, slots=True)
class DownloadPlanned:
    """What will be fetched."""

    repo: str
    commit: str
    folder: Path
    """Where it will stand."""
    files: tuple[HubFile, ...]
    """Those that are missing."""
    total_bytes: int
    """Of the missing ones ..."""
    have_bytes: int
    """... of which so many are here from an earlier try."""


@dataclass(frozen=True, slots=True)
class FileProgress:
    """So many bytes of a file are here."""

    path: str
    have_bytes: int
    size_bytes: int
    total_have_bytes: int
    """Over all files."""


@dataclass(frozen=True, slots=True)
class FileChecking:
    """The file is whole and its content is compared with the hub's fingerprint."""

    path: str
    checked_bytes: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class ConnectionLost:
    """The connection broke; the next try begins where it was."""

    path: str
    have_bytes: int
    tries_left: int


@dataclass(frozen=True, slots=True)
class FileDone:
    """A file is here, whole and checked."""

    path: str


@dataclass(frozen=True, slots=True)
class DownloadDone:
    """Everything is in its place."""

    folder: Path


Fact = DownloadPlanned | FileProgress | FileChecking | ConnectionLost | FileDone | DownloadDone
