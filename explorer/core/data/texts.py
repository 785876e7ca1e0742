"""Texts to learn from: those that are on every machine, and a person's own files. No torch."""

import importlib
import os
import re
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from explorer.core.data.files import Report, check, file_documents, is_readable
from explorer.core.data.world.corpus import DEFAULT_CHARACTERS, DEFAULT_SEED, LEAST_CHARACTERS, MIX, PRACTICE
from explorer.core.data.world.corpus import documents as world_documents
from explorer.core.data.world.documents import DocumentKind
from explorer.errors import InputError
from explorer.protocol import BUILT_IN_TEXT, PRACTICE_TEXT, WORLD_TEXT

_WORLD = re.compile(r"(\w+)(?::(\d{1,12})([kM]?))?")
_MIXES = {
    WORLD_TEXT: ("World", MIX, DEFAULT_SEED),
    PRACTICE_TEXT: ("World, for practice", PRACTICE, DEFAULT_SEED + 1),  # fresh documents
}
_UNITS = {"": 1, "k": 1_000, "M": 1_000_000}
_MOST_CHARACTERS = 10_000_000_000


@dataclass(frozen=True)
class TextSource:
    """Where a text comes from. `files` is empty for the built-in ones; `path` then says which it is."""

    label: str
    """In words for a person."""
    path: str
    files: tuple[Path, ...]
    skipped: int = 0
    """Files of the folder that hold no text."""


def find_text(text: str) -> Generator[None, None, TextSource]:
    """The source that `text` names; yields while a folder is looked through.

    Raises: InputError (missing, folder without texts, binary, not UTF-8, not readable).
    """
    if text == BUILT_IN_TEXT:
        return TextSource("Python manual", BUILT_IN_TEXT, ())
    if (asked := _world(text)) is not None:
        _check_world_size(asked.size)
        label = asked.label if text in _MIXES else f"{asked.label} ({asked.size:,} characters)"
        return TextSource(label, text, ())
    if not text:
        raise InputError("No text was chosen. Choose a file, or a folder of files.")
    with _reading_errors(text):
        path = Path(os.path.expanduser(text)).resolve()  # noqa: PTH111  (Path's own fails for "~nobody")
        if path.is_dir():
            return (yield from _find_in_folder(path))
        # The beginning proves that it is text at all; the rest is read when it is learned from.
        check(path)
    return TextSource(path.name, str(path), (path,))


@dataclass(frozen=True)
class _World:
    """What of the built-in world is asked for."""

    label: str
    size: int
    """Characters."""
    mix: Mapping[DocumentKind, float]
    seed: int


def _world(text: str) -> _World | None:
    """What "world", "world:24M" or "practice:8M" ask for; None for another text."""
    match = _WORLD.fullmatch(text)
    if match is None or match[1] not in _MIXES:
        return None
    size = int(match[2]) * _UNITS[match[3] or ""] if match[2] else DEFAULT_CHARACTERS
    label, mix, seed = _MIXES[match[1]]
    return _World(label, size, mix, seed)


def _check_world_size(size: int) -> None:
    if not LEAST_CHARACTERS <= size <= _MOST_CHARACTERS:
        raise InputError(
            "A world of {size} characters cannot be told. Choose from 100k to 10000M, as in world:24M.",
            size=size,
        )


@contextmanager
def _reading_errors(text: str) -> Generator[None]:
    """What the system refuses, in a sentence."""
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:  # a circle of links, a zero in the name
        raise InputError(
            "{path} could not be read ({reason}). Choose another file.",
            path=text,
            reason=getattr(error, "strerror", None) or str(error),
        ) from error


def _find_in_folder(folder: Path) -> Generator[None, None, TextSource]:
    """All of each file is read: one that is no text must not be found out after its first half was taken."""
    readable: list[Path] = []
    skipped = 0
    for file in sorted(folder.rglob("*")):
        if _hidden(file, folder) or not file.is_file():
            continue
        if (yield from is_readable(file)):
            readable.append(file)
        else:
            skipped += 1
    if not readable:
        raise InputError("The folder {path} holds no files with text. Choose another one.", path=str(folder))
    return TextSource(f"{folder.name}/", str(folder), tuple(readable), skipped)


def documents(source: TextSource, report: Report | None = None) -> Iterator[Iterator[str]]:
    """Each document as blocks of text; what is passed over is told to `report`.

    Raises (while iterated): InputError, as `text_blocks`; OSError.
    """
    report = report or Report()
    if source.files:
        for file in source.files:
            yield from file_documents(file, report)
        return
    if (asked := _world(source.path)) is not None:
        for document in world_documents(asked.seed, asked.size, asked.mix):
            report.documents += 1
            yield iter((document.text,))
        return
    topics: dict[str, str] = importlib.import_module("pydoc_data.topics").topics
    for name in sorted(topics):
        report.documents += 1
        yield iter((topics[name],))


def size_bytes(source: TextSource) -> int:
    """About how much there is to read: for progress only."""
    if source.files:
        with suppress(OSError):  # reading it will say what is wrong
            return sum(file.stat().st_size for file in source.files)
        return 0
    if (asked := _world(source.path)) is not None:
        return asked.size
    return sum(len(block) for document in documents(source) for block in document)


def beginning(source: TextSource, characters: int) -> str:
    """At most the first `characters` of the whole text: what a vocabulary is learned from."""
    parts: list[str] = []
    left = characters
    for document in documents(source):
        for block in document:
            parts.append(block[:left])
            left -= len(parts[-1])
            if left <= 0:
                return "".join(parts)
    return "".join(parts)


def characters_of(source: TextSource) -> Generator[None, None, str]:
    """Every character that occurs, once, in the order of code points; yields while it reads."""
    known: set[str] = set()
    for document in documents(source):
        for block in document:
            known |= set(block)
            yield
    return "".join(sorted(known))


def _hidden(file: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(folder).parts)
