"""What a tokenizer is, and the byte-pair kind: published encodings and those trained here."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, Protocol

import numpy as np
import tiktoken
from numpy.typing import NDArray

from explorer.errors import InputError
from explorer.text.cuts import chunk_end
from explorer.text.units import character_starts, from_units, to_units

Int32Array = NDArray[np.int32]

END_OF_TEXT = "<|endoftext|>"
"""Stands between documents; after it come only tokens that post-training adds."""
_LLAMAS_END = "<|end_of_text|>"

_CHUNK = 32_768
"""Units encoded at once in a long text."""


class Encoded(NamedTuple):
    """A text's tokens: ids (N,), where they begin in UTF-16 units (N,), and which hold parts of characters.

    A token whose first byte continues a character has that character's start. `partial` (K,) are the
    indices of the tokens whose bytes are not whole characters.
    """

    ids: Int32Array
    starts: Int32Array
    partial: Int32Array


class Tokenizer(Protocol):
    """Text to ids and back. A text is never searched for special tokens: they are ids only.

    A text may be an ordinary string or a unit text (`explorer.text.units`); lone surrogates are read as
    U+FFFD. Stretches of more than 100,000 units without a cut are chopped (`explorer.text.cuts`).
    """

    @property
    def name(self) -> str:
        """The published encoding's name, or "bpe" or "characters" for one trained here."""
        ...

    @property
    def n_vocab(self) -> int:
        """One more than the largest id, specials included; a published encoding may leave gaps."""
        ...

    @property
    def special_tokens(self) -> Mapping[str, int]:
        """Tokens that no text contains, by name."""
        ...

    @property
    def end_of_text(self) -> int:
        """The id of `<|endoftext|>`."""
        ...

    def encode(self, text: str) -> list[int]:
        """The ids of `text`, no special ones added."""
        ...

    def encode_with_starts(self, text: str) -> Encoded:
        """The ids of `text` with their places in it."""
        ...

    def encode_chunk(self, units: str) -> Encoded:
        """The same for a unit text that `chunk_end` has cut: no more than 100,000 units, encoded at once."""
        ...

    def decode(self, ids: Iterable[int]) -> str:
        """The text; U+FFFD where bytes form no character. Raises: InputError for an id outside."""
        ...

    def token_bytes(self, token: int) -> bytes:
        """The token's bytes; a special token's are its name's. Raises: InputError for an id outside."""
        ...


def encode_long(tokenizer: Tokenizer, text: str) -> Iterator[Encoded]:
    """Encode a text of any length chunk by chunk; starts count from the whole text's beginning."""
    units = to_units(text)
    start = 0
    while start < len(units):
        end = chunk_end(units, start, len(units), _CHUNK)
        ids, starts, partial = tokenizer.encode_chunk(units[start:end])
        yield Encoded(ids, starts + np.int32(start), partial)
        start = end


def encode_whole(tokenizer: Tokenizer, text: str) -> Encoded:
    """`encode_long`, put together."""
    chunks = list(encode_long(tokenizer, text))
    if not chunks:
        empty = np.empty(0, np.int32)
        return Encoded(empty, empty, empty)
    before = np.cumsum([0, *(len(chunk.ids) for chunk in chunks[:-1])], dtype=np.int32)
    return Encoded(
        np.concatenate([chunk.ids for chunk in chunks]),
        np.concatenate([chunk.starts for chunk in chunks]),
        np.concatenate([chunk.partial + offset for chunk, offset in zip(chunks, before, strict=True)]),
    )


def bytes_of(tokens: Mapping[int, bytes], token: int, name: str) -> bytes:
    """Look a token up. Raises: InputError for an id outside the vocabulary."""
    try:
        return tokens[token]
    except KeyError:
        raise InputError(
            "The encoding {name} has no token number {token}. Choose a number of its vocabulary.",
            name=name,
            token=token,
        ) from None


class BytePairTokenizer:
    """Pieces by a regular expression, then byte pairs merged in the order of their ranks: tiktoken's way.

    `ranks` holds all 256 single bytes, so that nothing is unknown; a token's rank is its id.
    """

    def __init__(
        self, name: str, pattern: str, ranks: dict[bytes, int], special_tokens: dict[str, int]
    ) -> None:
        self.name = name
        self.pattern = pattern
        self.ranks = ranks
        self.special_tokens: Mapping[str, int] = dict(special_tokens)
        self.end_of_text = special_tokens.get(END_OF_TEXT, special_tokens.get(_LLAMAS_END, -1))
        self._encoding = tiktoken.Encoding(
            name, pat_str=pattern, mergeable_ranks=ranks, special_tokens=special_tokens
        )
        self._bytes = {rank: token for token, rank in ranks.items()}
        self._bytes |= {token: text.encode() for text, token in special_tokens.items()}
        self.n_vocab = max(self._bytes) + 1
        self._lengths = np.zeros(self.n_vocab, np.int32)
        self._lengths[list(self._bytes)] = [len(token) for token in self._bytes.values()]

    def encode(self, text: str) -> list[int]:
        """As `Tokenizer.encode`."""
        units = to_units(text)
        ids: list[int] = []
        start = 0
        while start < len(units):
            end = chunk_end(units, start, len(units), _CHUNK)
            ids += self._encoding.encode_ordinary(from_units(units[start:end]))
            start = end
        return ids

    def encode_with_starts(self, text: str) -> Encoded:
        """As `Tokenizer.encode_with_starts`."""
        return encode_whole(self, text)

    def encode_chunk(self, units: str) -> Encoded:
        """As `Tokenizer.encode_chunk`."""
        text = from_units(units)
        ids = np.array(self._encoding.encode_ordinary(text), np.int32)
        ends = np.cumsum(self._lengths[ids], dtype=np.int32)
        begins = ends - self._lengths[ids]
        if text.isascii():
            return Encoded(ids, begins, np.empty(0, np.int32))
        starts, continues = character_starts(text.encode())
        begins_inside = continues[begins]
        ends_inside = np.append(begins_inside[1:], False)
        return Encoded(ids, starts[begins], np.flatnonzero(begins_inside | ends_inside).astype(np.int32))

    def decode(self, ids: Iterable[int]) -> str:
        """As `Tokenizer.decode`."""
        return b"".join(map(self.token_bytes, ids)).decode("utf-8", "replace")

    def token_bytes(self, token: int) -> bytes:
        """As `Tokenizer.token_bytes`."""
        return bytes_of(self._bytes, int(token), self.name)
