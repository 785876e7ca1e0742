"""Conversations to learn from: those made here, and .jsonl files as others write them. No torch.

A file's line is an object in one of these ways:

    {"messages": [{"role": "user", "content": "..."}, ...]}                  as chat interfaces have it
    {"conversations": [{"from": "human", "value": "..."}, ...]}              ShareGPT
    {"instruction": "...", "input": "...", "output": "..."}                  Alpaca
    {"prompt": "...", "response": "..."}, {"question": "...", "answer": "..."}

A line that is none of them is counted and passed over. Files are read line by line, however long they are.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, cast

import msgspec

from explorer.core.data.chats import Mixture, chats
from explorer.core.data.files import records
from explorer.core.data.files.report import Report
from explorer.errors import InputError
from explorer.text.files import text_blocks
from explorer.text.templates import ChatMessage

BUILT_IN_CHATS = "chats"
_LONGEST_LINE = 16_000_000
"""Characters: one that is longer is no conversation, but a file without line ends."""


@dataclass(frozen=True)
class ConversationSource:
    """Where conversations come from."""

    label: str
    """In words for a person."""
    path: str
    files: tuple[Path, ...]
    """Empty for the built-in ones."""


def find_conversations(source: str) -> ConversationSource:
    """`BUILT_IN_CHATS`, a .jsonl file, or a folder of them. Raises: InputError."""
    if source == BUILT_IN_CHATS:
        return ConversationSource("chats about a small world", source, ())
    path = Path(os.path.expanduser(source))  # noqa: PTH111  (Path's own fails for "~nobody")
    if path.is_dir():
        files = tuple(sorted(file for file in path.rglob("*.jsonl") if file.is_file()))
        if not files:
            raise InputError(
                "The folder {path} holds no .jsonl files. Choose conversations, one a line.", path=str(path)
            )
        return ConversationSource(f"{path.name}/", str(path), files)
    next(text_blocks(path), "")  # or it is said why not
    return ConversationSource(path.name, str(path.absolute()), (path,))


def read_conversations(
    source: ConversationSource,
    seed: int,
    count: int,
    mixture: Mixture | None = None,
    report: Report | None = None,
) -> Iterator[Sequence[ChatMessage] | None]:
    """A file's in their order; of the built-in ones, which have no end, `count` of `mixture`, by `seed`.

    None stands for a line that is no conversation; it is told to `report`. Raises: InputError.
    """
    report = report or Report()
    if not source.files:
        yield from (chat.messages for chat in islice(chats(seed, "train", mixture), count))
    for file in source.files:
        for number, line in enumerate(conversations_in_lines(file), 1):
            if not line.strip():
                continue
            messages = conversation_of(line)
            if messages is None:
                report.skip(file.name, number, "no conversation")
            yield messages


def conversation_of(line: str) -> Sequence[ChatMessage] | None:
    """The messages of a line, or None if it is no conversation."""
    try:
        record = msgspec.json.decode(line.encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError):
        return None
    return records.conversation_of(cast("dict[str, Any]", record)) if isinstance(record, dict) else None


def conversations_in_lines(file: Path) -> Iterator[str]:
    """The lines, without a limit on the file's size, but with one on a line's: the rest of it is left out."""
    rest = ""
    for block in text_blocks(file):
        *whole, rest = (rest + block).split("\n")
        yield from whole
        if len(rest) > _LONGEST_LINE:
            yield rest
            rest = ""
    if rest:
        yield rest
