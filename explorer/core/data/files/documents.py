"""One file's documents, by what its name says it is."""

from collections.abc import Callable, Generator, Iterator
from pathlib import Path

from explorer.core.data.files.gpt2_tokens import gpt2_documents, is_gpt2_tokens
from explorer.core.data.files.lines import csv_texts, jsonl_texts
from explorer.core.data.files.parquet import parquet_texts
from explorer.core.data.files.report import Report
from explorer.errors import InputError
from explorer.text.files import text_blocks

_NEVER_TEXT = {
    ".pyc", ".png", ".jpg", ".jpeg", ".gif", ".pdf", ".zip", ".gz", ".safetensors", ".gguf",
}  # fmt: skip
_RECORDS: dict[str, Callable[[Path, Report], Iterator[str]]] = {
    ".jsonl": jsonl_texts,
    ".ndjson": jsonl_texts,
    ".csv": csv_texts,
    ".tsv": csv_texts,
    ".parquet": parquet_texts,
}
_TOKENS = ".bin"
_BLOCK = 1 << 20
"""Characters: what a document is handed on in."""


def file_documents(path: Path, report: Report) -> Iterator[Iterator[str]]:
    """Each document as blocks of text, streamed; counted in `report`, with what was passed over.

    A .jsonl, .csv or .parquet file has a document a record, nanoGPT's .bin those between its end tokens; any
    other file is one text. Raises (while iterated): InputError, as `text_blocks`; OSError.
    """
    kind = path.suffix.lower()
    if not path.is_file():
        next(text_blocks(path), "")  # says what it is instead
    if kind in _RECORDS:
        for text in _RECORDS[kind](path, report):
            report.documents += 1
            yield (text[at : at + _BLOCK] for at in range(0, len(text), _BLOCK))
    elif kind == _TOKENS and is_gpt2_tokens(path):
        for document in gpt2_documents(path):
            report.documents += 1
            yield document
    else:
        report.documents += 1
        yield text_blocks(path)


def check(path: Path) -> None:
    """Look at the beginning. Raises: InputError, if there is nothing to learn from in the file; OSError."""
    first = next(file_documents(path, Report()), None)
    if first is None:
        raise InputError(
            "{path} has no line with a text. Write one record a line, such as {example}.",
            path=str(path),
            example='{"text": "..."}',
        )
    next(first, "")


def is_readable(path: Path) -> Generator[None, None, bool]:
    """Whether a file of a folder can be learned from. A plain text is read through to its end."""
    kind = path.suffix.lower()
    if kind in _NEVER_TEXT:
        return False
    try:
        if kind in _RECORDS or (kind == _TOKENS and is_gpt2_tokens(path)):
            check(path)
            return True
        if kind == _TOKENS:
            return False
        for _ in text_blocks(path):
            yield
    except (InputError, OSError):
        return False
    return True
