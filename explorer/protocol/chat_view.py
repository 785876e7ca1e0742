"""A conversation as a template and a tokenizer make one stream of it: the text worker's."""

import msgspec

from explorer.protocol.chat import ChatTurn
from explorer.protocol.documents import Encoding
from explorer.protocol.message import Message


class ViewChat(Message, tag=True, frozen=True, kw_only=True):
    """Render and encode. Answer: `ChatViewed`, or `Failed` (a template that raises, too long a text)."""

    encoding: Encoding
    messages: list[ChatTurn]
    template: str = ""
    """A name of `explorer.text.chat_templates`; empty for the one that fits the encoding."""
    jinja: str = ""
    """The text of the template "jinja"."""
    specials: bool = True
    """Whether special tokens are found in what the template writes; else all of it is text."""
    add_generation_prompt: bool = True


class ChatPlace(msgspec.Struct, frozen=True, array_like=True):
    """The units `start : stop` are a message's, from its own unit `skipped` on."""

    start: int
    stop: int
    skipped: int


class ChatViewed(Message, tag=True, frozen=True, kw_only=True):
    """The stream; lists of one length have an entry a token. Units are UTF-16's."""

    encoding: Encoding
    template: str
    """The name of the one that was used."""
    text: str
    bytes_total: int
    ids: list[int]
    starts: list[int]
    pieces: dict[int, str]
    """As in `TokensPatched`."""
    turns: list[int]
    """The message's number; -1 for what the template wrote."""
    special: list[int]
    """Indices of special tokens."""
    places: list[ChatPlace | None]
    """One entry a message."""
    missing: list[str]
    """What the template means as special tokens and the vocabulary does not have."""


ChatViewCommand = ViewChat
ChatViewEvent = ChatViewed
