"""Tokens as text for the clipboard, made bit by bit: a quarter of a million rows take a while."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from typing import Literal

from explorer.ui.stores.token_spans import TokenFact, TokenSpans

Form = Literal["ids", "csv", "json"]
_ROWS_A_STEP = 500
_COLUMNS = ("index", "id", "text", "bytes")


def copy_steps(spans: TokenSpans, first: int, after: int, form: Form, out: list[str]) -> Iterator[float]:
    """Append to `out` what, joined, is the tokens `first : after`; yields the share done.

    "ids": a JSON list of numbers. "csv", "json": index, id, text (U+FFFD for parts of characters) and the
    bytes in hex.
    """
    opening, write, closing = _FORMS[form]
    out.append(opening)
    rows: list[TokenFact] = []
    total, done = max(after - first, 1), 0
    for fact in spans.facts(first, after):
        rows.append(fact)
        if len(rows) == _ROWS_A_STEP:
            out.append(write(rows, done == 0))
            done += len(rows)
            rows = []
            yield done / total
    if rows:
        out.append(write(rows, done == 0))
    out.append(closing)
    yield 1.0


def _write_ids(rows: list[TokenFact], first: bool) -> str:
    return ("" if first else ", ") + ", ".join(str(row.id) for row in rows)


def _write_csv(rows: list[TokenFact], first: bool) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(_cells(row) for row in rows)
    return out.getvalue()


def _write_json(rows: list[TokenFact], first: bool) -> str:
    lines = (json.dumps(dict(zip(_COLUMNS, _cells(row), strict=True)), ensure_ascii=False) for row in rows)
    return ("" if first else ",\n") + ",\n".join(lines)


def _cells(row: TokenFact) -> tuple[int, int, str, str]:
    return row.index, row.id, row.text, row.data.hex()


_FORMS: dict[Form, tuple[str, Callable[[list[TokenFact], bool], str], str]] = {
    "ids": ("[", _write_ids, "]"),
    "csv": (",".join(_COLUMNS) + "\n", _write_csv, ""),
    "json": ("[\n", _write_json, "\n]"),
}
