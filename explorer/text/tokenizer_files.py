"""Tokenizers trained here on disk: Hugging Face's tokenizer.json and tokenizer_config.json.

Written so that transformers and tokenizers open them to the same ids, and read back into our own classes.
Byte-pair merges are kept by Hugging Face as pairs, by us (as by tiktoken) as ranks of whole tokens. For
merges that came from training, both give the same tokens: if two neighbours spell a token T, then by the
time T was learned nothing had joined across their span's ends, so the span looked as it looked where T was
learned, and the two neighbours are the very pair that made T. (An end inside a run of one repeated symbol
is no exception: pairs are taken from the left in training and in use.)
"""

import re
from collections.abc import Collection
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import tokenizers

from explorer.errors import DamagedFileError, InputError
from explorer.text import chatml, patterns
from explorer.text.characters import UNKNOWN, CharacterTokenizer
from explorer.text.tokenizer import END_OF_TEXT, BytePairTokenizer, Tokenizer

TOKENIZER_FILE = "tokenizer.json"
CONFIG_FILE = "tokenizer_config.json"
_ANY_CHARACTER = r"[\s\S]"
_CHECKPOINT = re.compile(r"step-(\d+)")


def _byte_letters() -> tuple[str, ...]:
    """How tokenizer.json spells each byte: visible Latin-1 as itself, the others as U+0100, U+0101, ..."""
    visible = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    hidden = iter(range(0x100, 0x200))
    return tuple(chr(byte if byte in visible else next(hidden)) for byte in range(256))


_LETTERS = _byte_letters()
BYTE_OF_LETTER = {letter: byte for byte, letter in enumerate(_LETTERS)}
"""What a letter of a byte-level vocabulary stands for."""


# ---------------------------------------------------------------- writing


def save_tokenizer(tokenizer: Tokenizer, folder: Path) -> None:
    """Write both files into `folder`. Raises: OSError; TypeError for a tokenizer not trained here."""
    (folder / TOKENIZER_FILE).write_text(tokenizer_json(tokenizer), encoding="utf-8", newline="\n")
    config = msgspec.json.format(msgspec.json.encode(tokenizer_config(tokenizer)), indent=2)
    (folder / CONFIG_FILE).write_bytes(config + b"\n")


def tokenizer_config(tokenizer: Tokenizer) -> dict[str, Any]:
    """What tokenizer_config.json says: the generic class, which token ends what is said, how to chat."""
    config: dict[str, Any] = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        **speech_config(tokenizer.special_tokens),
        "clean_up_tokenization_spaces": False,
    }
    if UNKNOWN in tokenizer.special_tokens:
        config["unk_token"] = UNKNOWN
    return config


def speech_config(special_tokens: Collection[str]) -> dict[str, Any]:
    """The part of tokenizer_config.json that depends on what the vocabulary can mark.

    One with ChatML's tokens speaks ChatML, and its model ends a turn, not a document.
    """
    if chatml.TURN_CLOSE not in special_tokens:
        return {"eos_token": END_OF_TEXT}
    return {
        "eos_token": chatml.TURN_CLOSE,
        "additional_special_tokens": [name for name in chatml.SPECIAL_TOKENS if name in special_tokens],
        "chat_template": chatml.TEMPLATE,
    }


def tokenizer_json(tokenizer: Tokenizer) -> str:
    """tokenizer.json's text."""
    if isinstance(tokenizer, CharacterTokenizer):
        model, pattern, decoder = _character_model(tokenizer), _ANY_CHARACTER, {"type": "Fuse"}
        pieces: list[dict[str, Any]] = []
    elif isinstance(tokenizer, BytePairTokenizer):
        model, pattern, decoder = _byte_pair_model(tokenizer), tokenizer.pattern, _byte_level(use_regex=True)
        pieces = [_byte_level(use_regex=False)]
    else:
        raise TypeError(f"{type(tokenizer).__name__} cannot be written as {TOKENIZER_FILE}")
    split = {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}
    content = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [_added(text, token) for text, token in tokenizer.special_tokens.items()],
        "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [split, *pieces]},
        "post_processor": None,
        "decoder": decoder,
        "model": model,
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=2).decode()


def huggingface_tokenizer(tokenizer: Tokenizer) -> tokenizers.Tokenizer:
    """The same tokenizer as an object of the `tokenizers` library."""
    return tokenizers.Tokenizer.from_str(tokenizer_json(tokenizer))


def _added(text: str, token: int) -> dict[str, Any]:
    flags = dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
    return {"id": token, "content": text, **flags, "special": True}


def _byte_level(*, use_regex: bool) -> dict[str, Any]:
    return {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": use_regex}


def _character_model(tokenizer: CharacterTokenizer) -> dict[str, Any]:
    vocab = {character: token for token, character in enumerate(tokenizer.characters)}
    return {"type": "WordLevel", "vocab": {**vocab, **tokenizer.special_tokens}, "unk_token": UNKNOWN}


def _byte_pair_model(tokenizer: BytePairTokenizer) -> dict[str, Any]:
    vocab = {spell(token): rank for token, rank in tokenizer.ranks.items()}
    merges = [[spell(left), spell(right)] for left, right in merges_of(tokenizer.ranks)]
    options = {
        "dropout": None,
        "unk_token": None,
        "continuing_subword_prefix": None,
        "end_of_word_suffix": None,
        "fuse_unk": False,
        "byte_fallback": False,
        "ignore_merges": False,
    }
    return {"type": "BPE", **options, "vocab": {**vocab, **tokenizer.special_tokens}, "merges": merges}


def spell(token: bytes) -> str:
    """A byte-level vocabulary's way of writing a token."""
    return "".join(_LETTERS[byte] for byte in token)


def merges_of(ranks: dict[bytes, int]) -> list[tuple[bytes, bytes]]:
    """The pair that each token beyond the single bytes was made of, in the order of ranks."""
    return [_pair_of(token, ranks) for token in sorted(ranks, key=ranks.__getitem__) if len(token) > 1]


def _pair_of(token: bytes, ranks: dict[bytes, int]) -> tuple[bytes, bytes]:
    """Merge the token's bytes with the ranks before its own until two parts are left."""
    parts = [token[i : i + 1] for i in range(len(token))]
    while len(parts) > 2:
        pairs = [ranks.get(left + right, len(ranks)) for left, right in pairwise(parts)]
        first = pairs.index(min(pairs))
        parts[first : first + 2] = [parts[first] + parts[first + 1]]
    return parts[0], parts[1]


# ---------------------------------------------------------------- reading


class _BytePairs(msgspec.Struct, tag_field="type", tag="BPE"):
    vocab: dict[str, int]
    merges: list[tuple[str, str]]


class _Words(msgspec.Struct, tag_field="type", tag="WordLevel"):
    vocab: dict[str, int]
    unk_token: str


class _Added(msgspec.Struct):
    id: int
    content: str


class _Pattern(msgspec.Struct):
    Regex: str


class _Split(msgspec.Struct):
    type: str
    pattern: _Pattern | None = None


class _Splits(msgspec.Struct):
    pretokenizers: list[_Split]


class _File(msgspec.Struct):
    model: _BytePairs | _Words
    added_tokens: list[_Added]
    pre_tokenizer: _Splits
    normalizer: None = None


def find_tokenizer_file(path: Path) -> Path | None:
    """The tokenizer.json that `path` means: itself, a checkpoint's, or that of a run's newest checkpoint."""
    if path.is_file():
        return path
    if (path / TOKENIZER_FILE).is_file():
        return path / TOKENIZER_FILE
    steps = [
        (int(match[1]), folder / TOKENIZER_FILE)
        for folder in (path / "checkpoints").glob("step-*")
        if (match := _CHECKPOINT.fullmatch(folder.name)) and (folder / TOKENIZER_FILE).is_file()
    ]
    return max(steps)[1] if steps else None


def read_tokenizer(file: Path) -> Tokenizer:
    """Read a tokenizer.json that was written here.

    Raises: InputError if it is of another kind, DamagedFileError if it is no such file or contradicts itself.
    """
    try:
        raw = file.read_bytes()
        content = msgspec.json.decode(raw, type=_File)
    except msgspec.ValidationError as error:
        raise _foreign(file) from error
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _damaged(file) from error
    specials = {added.content: added.id for added in content.added_tokens}
    tokens = {token: text for text, token in content.model.vocab.items() if text not in specials}
    texts = [tokens.get(token) for token in range(len(tokens))]
    splits = [split.pattern.Regex for split in content.pre_tokenizer.pretokenizers if split.pattern]
    if None in texts or END_OF_TEXT not in specials:
        raise _foreign(file)
    known = [text for text in texts if text is not None]
    if isinstance(content.model, _Words):
        if splits != [_ANY_CHARACTER] or any(len(text) != 1 for text in known):
            raise _foreign(file)
        more = sorted(specials.keys() - {UNKNOWN, END_OF_TEXT}, key=specials.__getitem__)
        characters = CharacterTokenizer(known, more)
        if characters.special_tokens != specials:
            raise _damaged(file)
        return characters
    if splits != [patterns.TRAINED]:
        raise _foreign(file)
    return _byte_pairs(file, known, content.model.merges, specials)


def _byte_pairs(
    file: Path, texts: list[str], merges: list[tuple[str, str]], specials: dict[str, int]
) -> BytePairTokenizer:
    """Check that token 256 + i is the i-th merge's, as ranks must be, before trusting them."""
    if [left + right for left, right in merges] != texts[256:] or not BYTE_OF_LETTER.keys() >= set(
        "".join(texts)
    ):
        raise _damaged(file)
    ranks = {bytes(BYTE_OF_LETTER[letter] for letter in text): rank for rank, text in enumerate(texts)}
    if len(ranks) != len(texts) or any(bytes([byte]) not in ranks for byte in range(256)):
        raise _damaged(file)
    return BytePairTokenizer("bpe", patterns.TRAINED, ranks, specials)


def _foreign(file: Path) -> InputError:
    return InputError(
        "{path} is not a tokenizer of a kind that LLM Explorer can use. Choose a run trained here.",
        path=str(file),
    )


def _damaged(file: Path) -> DamagedFileError:
    return DamagedFileError(
        "The tokenizer file {path} is damaged. Choose another run or checkpoint.", path=str(file)
    )
