"""Tokens back to text while they arrive: no half character is ever shown as if it were one.

A token may end inside a character (its UTF-8 bytes are spread over several tokens). Two views of that:
pieces, one for each token, for those who show tokens; and a text that only grows, for those who print.
"""

import codecs
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from explorer.text.tokenizer import Tokenizer

REPLACEMENT = "\ufffd"


@dataclass(frozen=True, slots=True)
class Piece:
    """What one token brings to the text.

    `text` ends with one U+FFFD while the token's last character is incomplete. The token that brings its
    next bytes `resumes`: it takes that U+FFFD away and begins with the character, or with U+FFFD again.
    Put together so, pieces are what `Tokenizer.decode` makes of the ids.
    """

    text: str
    resumes: bool = False
    pending: bytes = b""
    """The bytes of the incomplete character."""


def next_piece(tokenizer: Tokenizer, token: int, pending: bytes) -> Piece:
    """The piece of `token` after one that left `pending`."""
    text, rest = _decoded(pending + tokenizer.token_bytes(token))
    return Piece(text + REPLACEMENT if rest else text, bool(pending), rest)


def joined(pieces: Iterable[Piece]) -> str:
    """The text that the pieces make."""
    texts: list[str] = []
    for piece in pieces:
        if piece.resumes:
            texts[-1] = texts[-1][:-1]
        texts.append(piece.text)
    return "".join(texts)


class TextStream:
    """Text that only grows, and ends before the first stop string.

    Kept back are the bytes of an incomplete character and whatever may become a stop string.
    """

    def __init__(self, tokenizer: Tokenizer, stop_strings: Sequence[str] = ()) -> None:
        self._tokenizer = tokenizer
        self._stops = [stop for stop in stop_strings if stop]
        self._pending = b""
        self._held = ""
        self.stopped = False
        """True when a stop string was met; what comes later is not taken."""

    def push(self, token: int) -> str:
        """What can be shown now that `token` came."""
        text, self._pending = _decoded(self._pending + self._tokenizer.token_bytes(token))
        return self._released(text)

    def finish(self) -> str:
        """What is left when no more tokens come: a half character becomes U+FFFD."""
        rest = self._released(REPLACEMENT if self._pending else "")
        if not self.stopped:
            rest, self._held = rest + self._held, ""
        self._pending = b""
        return rest

    def _released(self, text: str) -> str:
        if self.stopped:
            return ""
        text = self._held + text
        met = [place for stop in self._stops if (place := text.find(stop)) >= 0]
        if met:
            self.stopped, self._held = True, ""
            return text[: min(met)]
        held = max((_overlap(text, stop) for stop in self._stops), default=0)
        self._held = text[len(text) - held :]
        return text[: len(text) - held]


def _decoded(data: bytes) -> tuple[str, bytes]:
    """The text of `data`, and the bytes at its end that may become a character."""
    text, used = codecs.utf_8_decode(data, "replace", False)
    rest = data[used:]
    if len(as_far := rest.decode("utf-8", "replace")) > 1:
        # Python waits for the third byte of a surrogate, which is no character whatever comes.
        return text + as_far, b""
    return text, rest


def _overlap(text: str, stop: str) -> int:
    """How many characters at the end of `text` are the beginning of `stop`."""
    longest = min(len(text), len(stop) - 1)
    return next((length for length in range(longest, 0, -1) if text.endswith(stop[:length])), 0)
