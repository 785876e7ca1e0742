"""Texts to learn from: the one that is on every machine, and a person's own files. No torch."""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from explorer.errors import InputError
from explorer.protocol import BUILT_IN_TEXT
from explorer.text.files import text_blocks

_NEVER_TEXT = {
    ".pyc",
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".pdf",
    ".zip",
    ".gz",
    ".safetensors",
    ".gguf",
    ".bin",
}


@dataclass(frozen=True)
class TextSource:
    """Where a text comes from. `files` is empty for the built-in one."""

    label: str
    """In words for a person."""
    path: str
    files: tuple[Path, ...]
    skipped: int = 0
    """Files of the folder that are not UTF-8 text."""


def find_text(text: str) -> TextSource:
    """The source that `text` names. Raises: InputError (missing, empty folder, binary, not UTF-8)."""
    if text == BUILT_IN_TEXT:
        return TextSource("Python manual", BUILT_IN_TEXT, ())
    path = Path(text).expanduser()
    if not path.is_dir():
        # The first block proves that it is text at all; the rest is read when it is learned from.
        next(text_blocks(path), "")
        return TextSource(path.name, str(path.resolve()), (path,))
    candidates = sorted(file for file in path.rglob("*") if file.is_file() and not _hidden(file, path))
    readable = tuple(file for file in candidates if _is_text(file))
    if not readable:
        raise InputError("The folder {path} holds no UTF-8 text files. Choose another one.", path=str(path))
    return TextSource(f"{path.name}/", str(path.resolve()), readable, len(candidates) - len(readable))


def documents(source: TextSource) -> Iterator[Iterator[str]]:
    """Each document as blocks of text. Raises (while iterated): InputError, as `text_blocks`."""
    if source.files:
        for file in source.files:
            yield text_blocks(file)
        return
    topics: dict[str, str] = importlib.import_module("pydoc_data.topics").topics
    for name in sorted(topics):
        yield iter((topics[name],))


def size_bytes(source: TextSource) -> int:
    """About how much there is to read: for progress only."""
    if source.files:
        return sum(file.stat().st_size for file in source.files)
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


def _hidden(file: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(folder).parts)


def _is_text(file: Path) -> bool:
    if file.suffix.lower() in _NEVER_TEXT:
        return False
    try:
        for _ in text_blocks(file):
            pass
    except InputError:
        return False
    return True
