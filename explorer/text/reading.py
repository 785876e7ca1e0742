"""A person's document as text: a text file, Markdown, or a PDF that is read in a process of its own.

See `explorer.text.pdf_child` for that process.
"""

import io
import os
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import msgspec

from explorer.errors import InputError
from explorer.text import cage
from explorer.text.files import text_blocks

MAX_CHARACTERS = 2_000_000
"""More than fits into the window of any model here."""
PDF_LIMIT_BYTES = 50_000_000
_TEXT_LIMIT_BYTES = 4 * MAX_CHARACTERS
_PAGE_LIMIT_S = 10.0
_FILE_LIMIT_S = 300.0


@dataclass(frozen=True, slots=True)
class PagesRead:
    """How far a PDF is."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class ReadText:
    """What stands in a document."""

    text: str
    pages: int = 0
    """Of a PDF."""
    pages_without_text: int = 0
    """Of a PDF: pictures of pages. Nothing stands in `text` for them."""


class _Line(msgspec.Struct):
    """One line of the process that reads a PDF."""

    pages: int | None = None
    text: str | None = None
    problem: str = ""
    reason: str = ""


def is_pdf(path: Path) -> bool:
    """By its name, or by how it begins."""
    if path.suffix.lower() == ".pdf":
        return True
    with suppress(OSError), path.open("rb") as stream:
        return stream.read(5) == b"%PDF-"
    return False


def document_text(path: Path) -> Generator[PagesRead | None, None, ReadText]:
    """Returns the text, with line feeds as line ends; yields while there is more to read.

    Raises: InputError, as `text_blocks` does, or for too long a text; of a PDF, also if it is protected,
    damaged, has no text, or takes too long.
    """
    if is_pdf(path):
        return (yield from _pdf_text(path))
    blocks: list[str] = []
    for block in text_blocks(path, _TEXT_LIMIT_BYTES):
        blocks.append(block)
        yield
    return ReadText(clean_text("".join(blocks)))


def clean_text(text: str) -> str:
    """With line feeds as line ends. Raises: InputError, if it is too long for any conversation."""
    if len(text) > MAX_CHARACTERS:
        raise InputError(
            "This text has {length} characters, and no conversation can hold more than {limit}. "
            "Choose a shorter one.",
            length=len(text),
            limit=MAX_CHARACTERS,
        )
    lines = io.IncrementalNewlineDecoder(None, translate=True)
    return lines.decode(text, final=True).replace("\0", "")


def _pdf_text(path: Path) -> Generator[PagesRead | None, None, ReadText]:
    _check_size(path)
    texts: list[str] = []
    length = pages = 0
    for line in _pdf_lines(path):
        if line is None:
            yield
        elif line.problem:
            raise _problem(path, line)
        elif line.pages is not None:
            pages = line.pages
        elif line.text is not None:
            texts.append(line.text.strip())
            length += len(line.text)
            if length > MAX_CHARACTERS:
                break
            yield PagesRead(len(texts), pages)
    if len(texts) < pages and length <= MAX_CHARACTERS:
        raise _too_slow(path)
    found = [text for text in texts if text]
    if not found:
        raise InputError(
            "{path} has no text, only pictures of pages. Choose a file whose text can be selected.",
            path=str(path),
        )
    return ReadText(clean_text("\n\n".join(found)), pages, len(texts) - len(found))


def _check_size(path: Path) -> None:
    """Or it is said what is there instead of a file."""
    if not path.is_file():
        next(text_blocks(path), "")
    size = path.stat().st_size
    if size > PDF_LIMIT_BYTES:
        raise InputError(
            "{path} has {size} MB, and at most {limit} MB can be shown. Choose a smaller file.",
            path=str(path),
            size=-(-size // 1_000_000),
            limit=PDF_LIMIT_BYTES // 1_000_000,
        )


def _pdf_lines(path: Path) -> Iterator[_Line | None]:
    """What the process says; None while it says nothing."""
    child = cage.start("explorer.text.pdf_child", [str(path), str(_PAGE_LIMIT_S)])
    assert child.stdout is not None
    deadline = monotonic() + _FILE_LIMIT_S
    decoder = msgspec.json.Decoder(_Line)
    rest = b""
    try:
        while monotonic() < deadline:
            yield from cage.readable(child)
            block = os.read(child.stdout.fileno(), 1 << 16)
            if not block:
                return
            *lines, rest = (rest + block).split(b"\n")
            yield from map(decoder.decode, lines)
        raise _too_slow(path)
    finally:
        cage.end(child)


def _problem(path: Path, line: _Line) -> InputError:
    if line.problem == "encrypted":
        return InputError("{path} is protected. Save it without a password and try again.", path=str(path))
    return InputError(
        "{path} cannot be read as a PDF ({reason}). Choose another file.", path=str(path), reason=line.reason
    )


def _too_slow(path: Path) -> InputError:
    return InputError("{path} takes too long to read. Choose another file.", path=str(path))
