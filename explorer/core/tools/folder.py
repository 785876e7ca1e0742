"""A person's own folder of documents, as something that a model can search.

Files are cut into passages, for a model gets a few sentences, not a book. What was read is kept: only files
that are new or have changed (by date and size) are read again.
"""

import os
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from explorer.core.tools.search import Hit, SearchIndex
from explorer.errors import InputError
from explorer.text.reading import document_text

SUFFIXES = frozenset({".txt", ".md", ".markdown", ".pdf"})
MOST_FILES = 2_000
MOST_CHARACTERS = 20_000_000
"""The index takes about six bytes for each."""
_PASSAGE = 1_500
_BREAKS = tuple(map(re.compile, (r"\n\s*\n", r"(?<=[.!?])\s+|(?<=[。！？])", r"\n", r"\s+")))
"""Where a text is best cut: behind a paragraph, a sentence, a line, a word."""
_WIDELY = 8
"""Of one file several passages may be found: look at so many more."""


@dataclass(frozen=True, slots=True)
class FileRead:
    """How far the folder is read."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class FileHit:
    """A file in which something was found."""

    file: str
    """Its path below the folder."""
    hit: Hit
    """Its best passage."""


@dataclass
class _Text:
    mark: tuple[int, int]
    passages: list[str] = field(default_factory=list[str])
    problem: InputError | None = None


class FolderIndex:
    """The documents below `folder`. Nothing is read before `refreshed`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._texts: dict[str, _Text] = {}
        self._index = SearchIndex(())
        self._files: list[str] = []
        """Of each passage of the index."""

    @property
    def documents(self) -> int:
        """How many can be searched."""
        return sum(text.problem is None for text in self._texts.values())

    @property
    def unread(self) -> list[tuple[str, InputError]]:
        """Files that could not be read, and why."""
        return [(file, text.problem) for file, text in self._texts.items() if text.problem is not None]

    def refreshed(self) -> Generator[FileRead | None]:
        """Read what is new, forget what is gone. Yields often.

        Raises: InputError, if there is no folder, nothing in it, or too much.
        """
        found = yield from _found(self.folder)
        texts = {
            file: text for file, text in self._texts.items() if file in found and text.mark == found[file]
        }
        new = [file for file in found if file not in texts]
        if not new and len(texts) == len(self._texts):
            return
        length = sum(len(passage) for text in texts.values() for passage in text.passages)
        for number, file in enumerate(new, 1):
            texts[file] = yield from _read(self.folder / file, found[file])
            length += sum(map(len, texts[file].passages))
            if length > MOST_CHARACTERS:
                raise InputError(
                    "The documents in {folder} have more than {limit} million characters. Choose a smaller "
                    "folder.",
                    folder=str(self.folder),
                    limit=MOST_CHARACTERS // 1_000_000,
                )
            yield FileRead(number, len(new))
        ordered = {file: texts[file] for file in sorted(texts)}
        index = yield from SearchIndex.building(
            passage for text in ordered.values() for passage in text.passages
        )
        self._texts, self._index = ordered, index
        self._files = [file for file, text in ordered.items() for _ in text.passages]

    def search(self, query: str, count: int = 5) -> list[FileHit]:
        """The best files that share a word with the query, each with its best passage."""
        best: dict[str, Hit] = {}
        for hit in self._index.search(query, count * _WIDELY):
            best.setdefault(self._files[hit.document], hit)
        return [FileHit(file, hit) for file, hit in list(best.items())[:count]]


def passages(text: str) -> Iterator[str]:
    """The text in parts of about 1,500 characters: paragraphs if possible, else sentences, else words."""
    start = 0
    while start < len(text):
        end = start + _PASSAGE
        if end < len(text):
            end = _last_break(text, start, end)
        passage = text[start:end].strip()
        if passage:
            yield passage
        start = end


def _last_break(text: str, start: int, end: int) -> int:
    """Of the best kind of break in the second half; where there is none, the end."""
    middle = (start + end) // 2
    for kind in _BREAKS:
        ends = [found.end() for found in kind.finditer(text, middle, end)]
        if ends:
            return ends[-1]
    return end


def _found(folder: Path) -> Generator[None, None, dict[str, tuple[int, int]]]:
    """The documents' paths below the folder, with date and size. Links to folders are not followed."""
    if not folder.is_dir():
        raise InputError("There is no folder {folder}. Choose another one.", folder=str(folder))
    found: dict[str, tuple[int, int]] = {}
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(place) / name
            if path.suffix.lower() in SUFFIXES and not name.startswith(".") and path.is_file():
                status = path.stat()
                found[str(path.relative_to(folder))] = (status.st_mtime_ns, status.st_size)
        if len(found) > MOST_FILES:
            raise InputError(
                "The folder {folder} has more than {limit} documents. Choose a smaller one.",
                folder=str(folder),
                limit=MOST_FILES,
            )
        yield
    if not found:
        raise InputError(
            "The folder {folder} has no .txt, .md or .pdf files. Choose another one.", folder=str(folder)
        )
    return found


def _read(path: Path, mark: tuple[int, int]) -> Generator[None, None, _Text]:
    """One file that cannot be read is no reason not to search the others."""
    reading = document_text(path)
    while True:
        try:
            next(reading)
        except StopIteration as end:
            return _Text(mark, list(passages(end.value.text)))
        except InputError as error:
            return _Text(mark, problem=error)
        yield
