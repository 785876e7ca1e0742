"""Pairs of answers of which one was preferred, on disk: one a line, appended, whoever chose.

A torn last line (a kill, a full disk) is dropped on reading and cut off before the next one is written.
"""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

import msgspec

from explorer.core.storage import storage_errors
from explorer.core.training.reinforcement.prompts import prompt_ids
from explorer.text.chatml import TURN_CLOSE, WRITTEN_BY_ASSISTANT
from explorer.text.templates import ChatMessage
from explorer.text.tokenizer import Tokenizer

PREFERENCES_FILE = "preferences.jsonl"
_MARKS = re.compile("(" + "|".join(map(re.escape, WRITTEN_BY_ASSISTANT)) + ")")


class Preference(msgspec.Struct, frozen=True, kw_only=True):
    """One choice."""

    messages: list[ChatMessage]
    """What both answers answer."""
    a: str
    b: str
    chosen: Literal["a", "b"]
    by: str = "person"
    """Who chose: "person", or the name of a rule."""


def read_preferences(path: Path) -> Iterator[Preference | None]:
    """All of a file; None for a line that cannot be read. A torn last line is no line."""
    with suppress(FileNotFoundError), path.open("rb") as stream:
        for line in stream:
            if not line.endswith(b"\n"):
                return
            try:
                yield msgspec.json.decode(line, type=Preference)
            except msgspec.DecodeError:
                yield None


def append_preferences(path: Path, preferences: Iterable[Preference]) -> None:
    """Add to the file, made if new; on the disk when this returns. Raises: StorageError."""
    with storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        _cut_torn_line(path)
        end = path.stat().st_size if path.exists() else 0
        try:
            with path.open("ab") as stream:
                for preference in preferences:
                    stream.write(msgspec.json.encode(preference) + b"\n")
                stream.flush()
                os.fsync(stream.fileno())
        except OSError:
            with suppress(OSError):
                os.truncate(path, end)
            raise


def take_back(path: Path) -> Preference | None:
    """Drop the last choice from the file and return it; None, and no change, if no choice is last there.

    On the disk when this returns. Raises: StorageError.
    """
    with storage_errors(path):
        _cut_torn_line(path)
        with suppress(FileNotFoundError), path.open("rb+") as stream:
            last = [b"", *stream.readlines()][-1]
            with suppress(msgspec.DecodeError):
                taken = msgspec.json.decode(last, type=Preference)
                stream.truncate(stream.seek(-len(last), os.SEEK_END))
                os.fsync(stream.fileno())
                return taken
    return None


def _cut_torn_line(path: Path) -> None:
    with suppress(FileNotFoundError), path.open("rb+") as stream:
        content_end = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, content_end - (1 << 20)))
        tail = stream.read()
        whole = tail.rfind(b"\n") + 1
        if whole < len(tail):
            stream.truncate(content_end - len(tail) + whole)


# ---------------------------------------------------------------- as ids


def answer_ids(tokenizer: Tokenizer, text: str) -> list[int]:
    """An answer's ids, the end of its turn included; thinking and tools by their own tokens."""
    ids: list[int] = []
    for piece in _MARKS.split(text):
        mark = tokenizer.special_tokens.get(piece)
        ids += tokenizer.encode(piece) if mark is None else [mark]
    return [*ids, tokenizer.special_tokens[TURN_CLOSE]]


def row_of(tokenizer: Tokenizer, messages: Sequence[ChatMessage], answer: str, context: int) -> list[int]:
    """A conversation with its answer, cut at the front where it is longer than the context."""
    return [*prompt_ids(tokenizer, messages), *answer_ids(tokenizer, answer)][-context:]
