"""Files with a record a line: .jsonl, and .csv and .tsv, whose rows may go over several lines."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

from explorer.core.data.files.records import NO_TEXT, text_of
from explorer.core.data.files.report import Report

_LONGEST_LINE = 256_000_000
"""Bytes: a line is held in memory whole."""
_ROW_NAMES = {"text", "content", "instruction", "output", "prompt", "response", "question", "answer"}
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def jsonl_texts(path: Path, report: Report) -> Iterator[str]:
    """Each line's text. What is no text is counted and passed over."""
    for number, line in _decoded_lines(path, report):
        if not line.strip():
            continue
        try:
            record: object = json.loads(line)
        except (ValueError, RecursionError):
            report.skip(path.name, number, "not JSON")
            continue
        text = text_of(record)
        if text is None:
            report.skip(path.name, number, NO_TEXT)
        else:
            yield text


def csv_texts(path: Path, report: Report) -> Iterator[str]:
    """Each row's text: its column `text`, a question with its answer, or else all cells of the row.

    The first row is a header if it names one of the columns that are known.
    """
    csv.field_size_limit(
        _LONGEST_LINE
    )  # the module's own is 128 kB, less than an article; it has no other way
    lines = (line for _, line in _decoded_lines(path, report))
    rows = csv.reader(lines, delimiter="\t" if path.suffix.lower() == ".tsv" else ",")
    header: list[str] | None = None
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            report.skip(path.name, rows.line_num, "not a row of cells")
            continue
        if header is None:
            header = [cell.strip().lower() for cell in row]
            if _ROW_NAMES & set(header):
                continue
            header = []
        if not row:
            continue
        if header and len(row) != len(header):
            report.skip(path.name, rows.line_num, f"{len(row)} cells and not {len(header)}")
            continue
        text = text_of(dict(zip(header, row, strict=True))) if header else ", ".join(filter(None, row))
        if text:
            yield text
        else:
            report.skip(path.name, rows.line_num, NO_TEXT)


def _decoded_lines(path: Path, report: Report) -> Iterator[tuple[int, str]]:
    """Lines with their numbers, without a byte order mark; what is not UTF-8 or too long is passed over."""
    number = 0
    with path.open("rb") as stream:
        while line := stream.readline(_LONGEST_LINE):
            number += 1
            if number == 1:
                line = line.removeprefix(_BYTE_ORDER_MARK)
            if len(line) == _LONGEST_LINE and not line.endswith(b"\n"):
                while (rest := stream.readline(_LONGEST_LINE)) and not rest.endswith(b"\n"):
                    pass
                report.skip(path.name, number, f"longer than {_LONGEST_LINE // 1_000_000} MB")
                continue
            try:
                yield number, line.decode("utf-8")
            except UnicodeDecodeError:
                report.skip(path.name, number, "not UTF-8")
