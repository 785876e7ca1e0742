"""A record of a data set as a text: the shapes in which texts and conversations are passed around."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from explorer.text.templates import ChatMessage

NO_TEXT = "no text in it"
_ROLES = {
    "human": "user",
    "user": "user",
    "gpt": "assistant",
    "chatgpt": "assistant",
    "bing": "assistant",
    "bard": "assistant",
    "model": "assistant",
    "assistant": "assistant",
    "system": "system",
    "tool": "tool",
}
_TEXTS = ("text", "content")
_PAIRS = (("instruction", "output"), ("prompt", "response"), ("question", "answer"))


def text_of(record: object) -> str | None:
    """The text of a record; of a conversation its messages, a line each with who speaks. None: there is none.

    {"text"}, {"messages": [{"role", "content"}]}, ShareGPT's {"conversations": [{"from", "value"}]}, Alpaca's
    {"instruction", "input", "output"}, and a bare string.
    """
    if isinstance(record, str):
        return record or None
    if not isinstance(record, Mapping):
        return None
    known = cast("Mapping[str, Any]", record)
    for name in _TEXTS:
        if isinstance(known.get(name), str) and known[name]:
            return known[name]
    said = conversation_of(known)
    return None if said is None else "\n".join(f"{each.role}: {each.content}" for each in said)


def conversation_of(record: Mapping[str, Any]) -> list[ChatMessage] | None:
    """The messages of a conversation's record; None if it is none that could be learned from."""
    for list_name, role_name, content_name in (
        ("messages", "role", "content"),
        ("conversations", "from", "value"),
    ):
        said = record.get(list_name)
        if isinstance(said, Sequence) and not isinstance(said, str):
            return _messages(cast("Sequence[Any]", said), role_name, content_name)
    for asked_name, answered_name in _PAIRS:
        asked, answered = record.get(asked_name), record.get(answered_name)
        if isinstance(asked, str) and isinstance(answered, str) and answered:
            more = record.get("input")
            whole = f"{asked}\n\n{more}" if isinstance(more, str) and more else asked
            return [*_system(record), ChatMessage("user", whole), ChatMessage("assistant", answered)]
    return None


def _system(record: Mapping[str, Any]) -> list[ChatMessage]:
    line = record.get("system")
    return [ChatMessage("system", line)] if isinstance(line, str) and line else []


def _messages(said: Sequence[Any], role_name: str, content_name: str) -> list[ChatMessage] | None:
    messages: list[ChatMessage] = []
    for each in said:
        if not isinstance(each, Mapping):
            return None
        known = cast("Mapping[str, Any]", each)
        role, content = known.get(role_name), known.get(content_name)
        if not isinstance(role, str) or not isinstance(content, str) or role not in _ROLES:
            return None
        messages.append(ChatMessage(_ROLES[role], content))
    return messages or None
