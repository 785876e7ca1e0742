"""One text under several encodings: the text worker's."""

import msgspec

from explorer.protocol.documents import Encoding
from explorer.protocol.message import Message
from explorer.protocol.models import Sentence


class CompareEncodings(Message, tag=True, frozen=True, kw_only=True):
    """Count the open document `name` under each of `encodings`, bit by bit; cancel the job to end it.

    Answer: `EncodingCounted` events, an encoding's last one with all units done. The text is that of now.
    """

    name: str
    encodings: list[Encoding]


class EncodingCounted(Message, tag=True, frozen=True, kw_only=True):
    """How far the counting is for one encoding. Units are UTF-16's."""

    encoding: Encoding
    tokens: int = 0
    characters: int = 0
    """Code points of the units that are done."""
    done: int = 0
    total: int = 0
    ids: list[int] = msgspec.field(default_factory=list[int])
    """With the first event of an encoding only: the tokens at the text's beginning, some hundred at most."""
    starts: list[int] = msgspec.field(default_factory=list[int])
    """Of `ids`, in units; one more than they are: where the last one ends."""
    pieces: dict[int, str] = msgspec.field(default_factory=dict[int, str])
    """As in `TokensPatched`."""
    problem: Sentence | None = None
    """Why it cannot be counted."""


ComparingCommand = CompareEncodings
ComparingEvent = EncodingCounted
