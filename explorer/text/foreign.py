"""Other people's tokenizers: tokenizer.json and its companions, behind our `Tokenizer` interface.

The text itself is never searched for special tokens; what a chat template writes is (`encode_marked`).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np
import tokenizers

from explorer.errors import DamagedFileError, InputError
from explorer.protocol import SamplerSettings
from explorer.text.cuts import Cutter
from explorer.text.foreign_cuts import TokenizerContent, is_byte_level, proven_cuts
from explorer.text.gguf_vocabulary import SPACE
from explorer.text.suggested_sampler import GENERATION_FILE, read_suggested_sampler
from explorer.text.tiktoken_files import find_rank_file, rank_file_json
from explorer.text.tokenizer import Encoded, Tokenizer
from explorer.text.tokenizer_files import BYTE_OF_LETTER
from explorer.text.units import character_starts, from_units, to_units

TOKENIZER_FILE = "tokenizer.json"
CONFIG_FILE = "tokenizer_config.json"
MODEL_FILE = "config.json"
TEMPLATE_FILE = "chat_template.jinja"
TURN_ENDS = (
    "<|im_end|>",
    "<|eot_id|>",
    "<|eom_id|>",
    "<end_of_turn>",
    "<|end|>",
    "<|endoftext|>",
    "<|end_of_text|>",
)
"""Special tokens that end what a model says, whatever its files name as the end."""
MAX_FILE_BYTES = 256_000_000
_REPLACEMENT = "\ufffd"
_Said = TypeVar("_Said", bound=msgspec.Struct)
_PROBE = "a"


class ForeignTokenizer:
    """A tokenizer of the `tokenizers` library, by our interface.

    An id between others that no token has stands for no bytes.
    """

    def __init__(self, name: str, inner: tokenizers.Tokenizer, end: int | None = None) -> None:
        self.name = name
        self._inner = inner
        inner.no_truncation()
        inner.no_padding()
        content = msgspec.json.decode(inner.to_str(), type=TokenizerContent)
        self._bytes = _token_bytes(content)
        self.n_vocab = max(self._bytes, default=-1) + 1
        self.special_tokens: Mapping[str, int] = {
            token.content: token.id for token in content.added_tokens or () if token.special
        }
        # Byte for byte the text's own: then places in the text follow from the tokens' lengths.
        self._plain = content.normalizer is None and is_byte_level(content)
        self.cuts: Cutter = proven_cuts(content)
        """Where a text can be cut so that its tokens stay the same."""
        self._end = end
        whole, bare = inner.encode(_PROBE).ids, inner.encode(_PROBE, add_special_tokens=False).ids
        self.prefix: tuple[int, ...] = tuple(whole[: len(whole) - len(bare)]) if bare else ()
        """Ids that the model expects before a document: its token for a beginning, if it has one."""

    @property
    def end_of_text(self) -> int:
        """As `Tokenizer.end_of_text`; where a model names none, what its documents begin with."""
        return next((token for token in (self._end, *self.prefix) if token is not None), 0)

    def token_id(self, text: str) -> int | None:
        """The id of the token that is written `text`."""
        return self._inner.token_to_id(text)

    def token_text(self, token: int) -> str:
        """How its own files write the token: `token_id`'s inverse. Empty for an id that no token has."""
        return self._inner.id_to_token(token) or ""

    def written(self) -> str:
        """The whole of it as a tokenizer.json says it; up to 40 MB."""
        return self._inner.to_str()

    def encode(self, text: str) -> list[int]:
        """As `Tokenizer.encode`."""
        return self._encoded(text).ids

    def encode_marked(self, text: str) -> list[int]:
        """The ids of a text in which special tokens stand by their names."""
        self._inner.encode_special_tokens = False
        return self._inner.encode(_readable(text), add_special_tokens=False).ids

    def encode_with_starts(self, text: str) -> Encoded:
        """As `Tokenizer.encode_with_starts`."""
        return self.encode_chunk(to_units(text))

    def encode_chunk(self, units: str) -> Encoded:
        """As `Tokenizer.encode_chunk`."""
        text = _readable(from_units(units))
        found = self._encoded(text)
        ids = np.array(found.ids, np.int32)
        if not len(ids):
            return Encoded(ids, ids.copy(), ids.copy())
        if self._plain:
            return self._placed_by_bytes(ids, text)
        # What is no whole characters alone: its bytes do not decode.
        partial = [place for place, token in enumerate(found.ids) if _REPLACEMENT in self._alone(token)]
        units_before = np.cumsum([0, *(len(to_units(character)) for character in text)], dtype=np.int32)
        starts = units_before[[min(start, len(text)) for start, _ in found.offsets]]
        return Encoded(ids, np.maximum.accumulate(starts), np.array(partial, np.int32))

    def decode(self, ids: Iterable[int]) -> str:
        """As `Tokenizer.decode`."""
        return b"".join(map(self.token_bytes, ids)).decode("utf-8", "replace")

    def token_bytes(self, token: int) -> bytes:
        """As `Tokenizer.token_bytes`."""
        found = self._bytes.get(int(token))
        if found is None and not 0 <= token < self.n_vocab:
            raise InputError(
                "The encoding {name} has no token number {token}. Choose a number of its vocabulary.",
                name=self.name,
                token=token,
            )
        return found or b""

    def _encoded(self, text: str) -> tokenizers.Encoding:
        self._inner.encode_special_tokens = True  # the library's word for "special tokens are text like any"
        return self._inner.encode(_readable(text), add_special_tokens=False)

    def _alone(self, token: int) -> str:
        return self._bytes.get(token, b"").decode("utf-8", "replace")

    def _placed_by_bytes(self, ids: "np.ndarray[Any, np.dtype[np.int32]]", text: str) -> Encoded:
        lengths = np.array([len(self._bytes[token]) for token in ids.tolist()], np.int32)
        begins = np.cumsum(lengths, dtype=np.int32) - lengths
        starts, continues = character_starts(text.encode())
        inside = continues[begins]
        partial = np.flatnonzero(inside | np.append(inside[1:], False)).astype(np.int32)
        return Encoded(ids, starts[begins], partial)


class IdsOnly:
    """In the place of a tokenizer, for a model that has none: ids are all there is."""

    name = "none"

    def __init__(self, n_vocab: int) -> None:
        self.n_vocab = n_vocab
        self.special_tokens: Mapping[str, int] = {}
        self.end_of_text = 0

    def encode(self, text: str) -> list[int]:
        """Only of nothing. Raises: InputError."""
        if text:
            raise InputError("This model has no tokenizer: give it token ids (--prompt-ids) instead of text.")
        return []

    def encode_with_starts(self, text: str) -> Encoded:
        """As `encode`."""
        return self.encode_chunk(text)

    def encode_chunk(self, units: str) -> Encoded:
        """As `encode`."""
        empty = np.array(self.encode(units), np.int32)
        return Encoded(empty, empty, empty)

    def decode(self, ids: Iterable[int]) -> str:
        """No id has a text."""
        return ""

    def token_bytes(self, token: int) -> bytes:
        """No id has bytes."""
        return b""


def document_start(tokenizer: Tokenizer) -> tuple[int, ...]:
    """Ids that a model expects before a document."""
    return tokenizer.prefix if isinstance(tokenizer, ForeignTokenizer) else ()


@dataclass(frozen=True)
class Speech:
    """How a model speaks: what its folder says besides the tokenizer."""

    template: str | None
    """Jinja; None: a model without conversations."""
    named_tokens: dict[str, str]
    """bos_token, eos_token ...: what templates call them, and their texts."""
    stop_ids: tuple[int, ...]
    """Tokens at which the model has said what it has to say."""
    sampler: SamplerSettings | None = None
    """How its makers suggest to sample from it; unchecked. None: they say nothing."""


class _Named(msgspec.Struct):
    content: str


class _NamedTemplate(msgspec.Struct):
    name: str
    template: str


class _Config(msgspec.Struct):
    bos_token: str | _Named | None = None
    eos_token: str | _Named | None = None
    unk_token: str | _Named | None = None
    pad_token: str | _Named | None = None
    chat_template: str | list[_NamedTemplate] | None = None
    add_bos_token: bool | None = None


class _Generation(msgspec.Struct):
    eos_token_id: int | list[int] | None = None


def read_foreign_tokenizer(folder: Path, name: str, n_vocab: int) -> ForeignTokenizer | None:
    """The tokenizer of the model in `folder`, which has `n_vocab` rows; None if there is no tokenizer.

    Raises: DamagedFileError.
    """
    file = folder / TOKENIZER_FILE
    if file.is_file():
        inner = load_library_tokenizer(file)
    else:
        ranks = find_rank_file(folder)
        if ranks is None:
            return None
        file, inner = ranks, tokenizers.Tokenizer.from_str(json.dumps(rank_file_json(ranks)))
    eos = _named_tokens(_read(folder / CONFIG_FILE, _Config)).get("eos_token")
    tokenizer = ForeignTokenizer(name, inner, None if eos is None else inner.token_to_id(eos))
    if tokenizer.n_vocab > n_vocab:
        raise DamagedFileError(
            "{path} has more tokens than its model. Use another copy of the model.", path=str(file)
        )
    return tokenizer


def read_speech(folder: Path, tokenizer: Tokenizer) -> Speech:
    """Raises: DamagedFileError."""
    config = _read(folder / CONFIG_FILE, _Config)
    named = _named_tokens(config)
    said = _read(folder / GENERATION_FILE, _Generation).eos_token_id
    if said is None:
        said = _read(folder / MODEL_FILE, _Generation).eos_token_id
    stops = {said} if isinstance(said, int) else set(said or ())
    for name in (named.get("eos_token", ""), *TURN_ENDS):
        token = tokenizer.special_tokens.get(name)
        if token is not None:
            stops.add(token)
    known = tuple(sorted(stop for stop in stops if 0 <= stop < tokenizer.n_vocab))
    return Speech(_template(folder, config), named, known, read_suggested_sampler(folder))


def _named_tokens(config: "_Config") -> dict[str, str]:
    """By the names that templates use."""
    found = {key: getattr(config, key) for key in ("bos_token", "eos_token", "unk_token", "pad_token")}
    return {
        key: value if isinstance(value, str) else value.content
        for key, value in found.items()
        if value is not None
    }


def load_library_tokenizer(file: Path) -> tokenizers.Tokenizer:
    """Raises: DamagedFileError."""
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise ValueError("too large")
        return tokenizers.Tokenizer.from_str(file.read_text(encoding="utf-8"))
    except OSError:
        raise
    except BaseException as error:
        # The library raises bare Exception for what it cannot read, and a BaseException where it panics.
        if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit):
            raise
        raise DamagedFileError(
            "{path} is not a tokenizer that can be read. Use another copy of the model.", path=str(file)
        ) from error


def _template(folder: Path, config: _Config) -> str | None:
    file = folder / TEMPLATE_FILE
    if file.is_file() and file.stat().st_size <= MAX_FILE_BYTES:
        return file.read_text(encoding="utf-8", errors="replace")
    if isinstance(config.chat_template, list):
        templates = {named.name: named.template for named in config.chat_template}
        return templates.get("default", next(iter(templates.values()), None))
    return config.chat_template


def _read(file: Path, kind: type[_Said]) -> _Said:
    """A file that may be missing, or say nothing of what is asked."""
    try:
        if not file.is_file() or file.stat().st_size > MAX_FILE_BYTES:
            return kind()
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise DamagedFileError("{path} is damaged. Use another copy of the model.", path=str(file)) from error


def _readable(text: str) -> str:
    """Lone surrogates cannot be handed to the library."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8", "replace")


def _token_bytes(content: TokenizerContent) -> dict[int, bytes]:
    """What each token stands for."""
    vocab: Any = content.model.vocab
    # Unigram models have pairs of a token and its score, in the order of ids.
    pairs = (
        vocab.items() if isinstance(vocab, dict) else ((pair[0], token) for token, pair in enumerate(vocab))
    )
    spell = _from_letters if is_byte_level(content) else _from_pieces
    found = {token: spell(text) for text, token in pairs}
    for token in content.added_tokens or ():
        found[token.id] = token.content.encode("utf-8", "replace")
    return found


def _from_letters(text: str) -> bytes:
    try:
        return bytes(BYTE_OF_LETTER[letter] for letter in text)
    except KeyError:  # a token that was added as plain text
        return text.encode("utf-8", "replace")


def _from_pieces(text: str) -> bytes:
    if len(text) == 6 and text.startswith("<0x") and text.endswith(">"):
        try:
            return bytes([int(text[3:5], 16)])
        except ValueError:
            pass
    return text.replace(SPACE, " ").encode("utf-8", "replace")
