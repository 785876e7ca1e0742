"""Conversations out of other people's files, and out of our own."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from explorer.core.conversations.exporting import WholeConversation
from explorer.core.data.conversations import conversation_of, conversations_in_lines
from explorer.errors import InputError
from explorer.text.conversations import Conversation
from explorer.text.files import text_blocks
from explorer.text.templates import ChatMessage

LIMIT_BYTES = 64_000_000
"""Of what is no file of lines: it is read at once."""
_HEADING = re.compile(r"^## (system|user|assistant|tool|developer)[ \t]*$", re.MULTILINE)
_MARKED = re.compile(r"^\\(\\*## )", re.MULTILINE)
_TITLE = re.compile(r"\s*# (.+)")


def read_file(path: Path, now_s: float) -> Iterator[Conversation | None]:
    """What is in it, in order; None for a line or record that is no conversation. Read as it is asked for.

    .md: as exported from here. Anything else: JSON, one conversation a line or a list of them; see
    `explorer.core.data.conversations` for the ways in which one may be written. `now_s`: when they begin.
    Raises (while iterated): InputError.
    """
    if path.suffix.lower() in (".md", ".markdown"):
        yield _from_markdown("".join(text_blocks(path, LIMIT_BYTES)), path, now_s)
        return
    for line in _records(path):
        if line.strip():
            yield _whole(line) or _said(conversation_of(line), now_s)


def _records(path: Path) -> Iterator[str]:
    """Each as JSON, whether the file has a line for each, is a list of them, or is one over several lines."""
    beginning = next(text_blocks(path), "").lstrip()
    if beginning.startswith("["):
        return _records_of_a_list(path)
    if beginning.startswith("{") and not _is_json(beginning.partition("\n")[0]):
        whole = "".join(text_blocks(path, LIMIT_BYTES))
        if _is_json(whole):
            return iter([whole])
    return conversations_in_lines(path)


def _is_json(text: str) -> bool:
    try:
        msgspec.json.decode(text.encode("utf-8", "replace"), type=msgspec.Raw)
    except msgspec.DecodeError:
        return False
    return True


def _records_of_a_list(path: Path) -> Iterator[str]:
    content = "".join(text_blocks(path, LIMIT_BYTES))
    try:
        records = msgspec.json.decode(content.encode(), type=list[msgspec.Raw])
    except (msgspec.DecodeError, RecursionError) as error:
        raise InputError(
            "{path} begins as a list but is no JSON ({reason}). Choose another file.",
            path=str(path),
            reason=str(error),
        ) from error
    return (bytes(record).decode() for record in records)


def _whole(line: str) -> Conversation | None:
    """One that was exported from here with everything; None if it is something else."""
    if '"conversation"' not in line[:100]:
        return None
    try:
        known = msgspec.json.decode(line.encode("utf-8", "replace"), type=WholeConversation)
        return Conversation.replayed([known.conversation])
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def _said(messages: Iterable[ChatMessage] | None, now_s: float) -> Conversation | None:
    if messages is None:
        return None
    conversation = Conversation(now_s)
    for message in messages:
        conversation.say(message.role, message.content)
    return _folded(conversation)


def _from_markdown(text: str, path: Path, now_s: float) -> Conversation:
    before, *parts = _HEADING.split(text)
    if not parts:
        raise InputError(
            "{path} has no turns. Each begins with a line such as {example}.",
            path=str(path),
            example="## user",
        )
    title = _TITLE.match(before)
    conversation = Conversation(now_s, title.group(1).strip() if title else "")
    for role, content in zip(parts[::2], parts[1::2], strict=True):
        conversation.say(role, _MARKED.sub(r"\1", content.strip("\n")))
    return _folded(conversation)


def _folded(conversation: Conversation) -> Conversation:
    """The same, as one entry that cannot be undone."""
    return Conversation.replayed([conversation.whole()])
