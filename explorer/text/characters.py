"""One token a character: the simplest tokenizer there is, learned from a text by looking which occur."""

from collections.abc import Iterable, Mapping

import numpy as np

from explorer.errors import InputError
from explorer.text.tokenizer import END_OF_TEXT, Encoded, bytes_of, encode_whole
from explorer.text.units import from_units, to_units

UNKNOWN = "<unk>"
"""The token of every character that the text it was built from does not have."""


class CharacterTokenizer:
    """The given characters (code points) are ids 0, 1, ...; then come `<unk>`, `<|endoftext|>` and `more`."""

    def __init__(self, characters: Iterable[str], more: Iterable[str] = ()) -> None:
        self.name = "characters"
        self.characters = tuple(characters)
        self.unknown = len(self.characters)
        self.end_of_text = self.unknown + 1
        names = (UNKNOWN, END_OF_TEXT, *more)
        self.special_tokens: Mapping[str, int] = {name: self.unknown + i for i, name in enumerate(names)}
        self.n_vocab = self.unknown + len(names)
        self._ids = {character: token for token, character in enumerate(self.characters)}
        self._bytes = {token: character.encode() for token, character in enumerate(self.characters)}
        self._bytes |= {token: name.encode() for name, token in self.special_tokens.items()}
        self._bytes[self.unknown] = "\ufffd".encode()

    def encode(self, text: str) -> list[int]:
        """As `Tokenizer.encode`."""
        ids, unknown = self._ids, self.unknown
        return [ids.get(character, unknown) for character in from_units(to_units(text))]

    def encode_with_starts(self, text: str) -> Encoded:
        """As `Tokenizer.encode_with_starts`."""
        return encode_whole(self, text)

    def encode_chunk(self, units: str) -> Encoded:
        """As `Tokenizer.encode_chunk`."""
        text = from_units(units)
        widths = 1 + (np.frombuffer(text.encode("utf-32-le"), np.dtype("<u4")) > 0xFFFF).astype(np.int32)
        ids = np.array(self.encode(text), np.int32)
        return Encoded(ids, np.cumsum(widths, dtype=np.int32) - widths, np.empty(0, np.int32))

    def decode(self, ids: Iterable[int]) -> str:
        """As `Tokenizer.decode`."""
        return b"".join(map(self.token_bytes, ids)).decode()

    def token_bytes(self, token: int) -> bytes:
        """As `Tokenizer.token_bytes`; the unknown token's are U+FFFD's."""
        return bytes_of(self._bytes, int(token), self.name)


def build_characters(text: str) -> CharacterTokenizer:
    """The tokenizer of the characters that occur in `text`, in the order of their code points.

    Raises: InputError for an empty text.
    """
    characters = sorted(set(from_units(to_units(text))))
    if not characters:
        raise InputError("The text is empty. Choose one with something to learn from.")
    return CharacterTokenizer(characters)
