"""A conversation as a file for elsewhere."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from explorer.core.storage import write_atomically
from explorer.errors import InputError
from explorer.protocol import ConversationBegun, ConversationForm, Said
from explorer.text.conversations import Conversation, message_of

SUFFIXES: dict[ConversationForm, str] = {
    "messages_jsonl": ".jsonl",
    "markdown": ".md",
    "ids_json": ".json",
}
_FENCE = re.compile(r"^`{3,}", re.MULTILINE)
_TURN_HEADING = re.compile(r"^(\\*## )", re.MULTILINE)


class Stream(msgspec.Struct, frozen=True):
    """The tokens that a model saw and wrote."""

    model: str
    ids: list[int]


class WholeConversation(msgspec.Struct, frozen=True, omit_defaults=True):
    """A conversation with its branches, and every answer's token ids."""

    conversation: ConversationBegun
    stream: Stream | None = None


class _Messages(msgspec.Struct, frozen=True):
    messages: Sequence[msgspec.Struct]


def export(conversations: Iterable[Conversation], path: Path, form: ConversationForm) -> None:
    """Write them all to one file: a line each, or one after the other. Raises: InputError, StorageError."""
    write = {"messages_jsonl": _messages_line, "markdown": _markdown, "ids_json": _ids_line}[form]
    _write(path, b"".join(write(conversation) for conversation in conversations))


def export_with_stream(conversation: Conversation, stream: Stream, path: Path) -> None:
    """Its ids and the whole stream's, as JSON. Raises: InputError, StorageError."""
    _write(path, msgspec.json.encode(WholeConversation(conversation.whole(), stream)) + b"\n")


def _write(path: Path, content: bytes) -> None:
    if path.is_dir() or not path.parent.is_dir():
        raise InputError("{path} cannot be written. Choose a file in a folder that is there.", path=str(path))
    write_atomically(path, content)


def _messages_line(conversation: Conversation) -> bytes:
    return msgspec.json.encode(_Messages([message_of(turn) for turn in conversation.path()])) + b"\n"


def _ids_line(conversation: Conversation) -> bytes:
    return msgspec.json.encode(WholeConversation(conversation.whole())) + b"\n"


def _markdown(conversation: Conversation) -> bytes:
    title = conversation.title or conversation.first_words()
    parts = [f"# {title}\n"] if title else []
    parts += map(_markdown_turn, conversation.path())
    return ("\n".join(parts) + "\n").encode()


def _markdown_turn(turn: Said) -> str:
    """Headings in what was said are marked, so that they are not taken for the next turn's."""
    content = _TURN_HEADING.sub(r"\\\1", turn.content)
    if not turn.document:
        return f"## {turn.role}\n\n{content}\n"
    longest = max((len(found) for found in _FENCE.findall(turn.document)), default=2)
    fence = "`" * (longest + 1)
    document = _TURN_HEADING.sub(r"\\\1", turn.document)
    return f"## {turn.role}\n\n{turn.document_name}\n\n{fence}\n{document}\n{fence}\n\n{content}\n"
