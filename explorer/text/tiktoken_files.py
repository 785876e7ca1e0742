"""tiktoken's rank files (qwen.tiktoken, Llama 3's tokenizer.model) as a tokenizer.json would say it.

A line is a token in base64, a blank, its rank. The file does not say how texts are split: that follows from
the size of the two vocabularies that models come with in this form. Special tokens are in
tokenizer_config.json.
"""

from binascii import Error as Base64Error
from binascii import a2b_base64
from pathlib import Path
from typing import Any

import msgspec

from explorer.errors import DamagedFileError, InputError
from explorer.text.gguf_vocabulary import LLAMA3, byte_pair_parts
from explorer.text.patterns import QWEN
from explorer.text.tokenizer_files import merges_of, spell

_SPLITS = {128_000: (LLAMA3, True), 151_643: (QWEN, False)}
"""Number of ranks -> expression, and whether a piece that is a token is taken as it is."""
MAX_FILE_BYTES = 64_000_000


class _Added(msgspec.Struct):
    content: str
    special: bool = False


class _Config(msgspec.Struct):
    added_tokens_decoder: dict[str, _Added] = {}


def find_rank_file(folder: Path) -> Path | None:
    """A rank file in a model's folder; SentencePiece's files of the same name are none."""
    for file in (*sorted(folder.glob("*.tiktoken")), folder / "tokenizer.model"):
        if file.is_file():
            with file.open("rb") as stream:
                if b" " in stream.read(400).split(b"\n")[0]:
                    return file
    return None


def rank_file_json(file: Path) -> dict[str, Any]:
    """Takes some seconds: merges have to be found again. Raises: InputError, DamagedFileError."""
    ranks = read_ranks(file)
    if sorted(ranks.values()) != list(range(len(ranks))):
        raise _damaged(file)
    if len(ranks) not in _SPLITS:
        raise InputError(
            "{path} does not say how it splits texts, and its size is not known here. "
            "Get the model with its tokenizer.json.",
            path=str(file),
        )
    pattern, ignore_merges = _SPLITS[len(ranks)]
    vocab = {spell(token): rank for token, rank in ranks.items()}
    merges = [[spell(left), spell(right)] for left, right in merges_of(ranks)]
    config = file.parent / "tokenizer_config.json"
    try:
        said = msgspec.json.decode(config.read_bytes(), type=_Config) if config.is_file() else _Config()
        added = [(int(number), token) for number, token in said.added_tokens_decoder.items()]
    except (msgspec.DecodeError, ValueError) as error:
        raise _damaged(config) from error
    flags = dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {"id": number, "content": token.content, **flags, "special": token.special}
            for number, token in sorted(added, key=lambda pair: pair[0])
        ],
        "post_processor": None,
        **byte_pair_parts(
            vocab | {token.content: number for number, token in added},
            merges,
            (pattern,),
            ignore_merges=ignore_merges,
        ),
    }


def read_ranks(file: Path) -> dict[bytes, int]:
    """Every single byte is among them, and no rank stands twice. Raises: DamagedFileError."""
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise ValueError("too large")
        words = file.read_bytes().split()
        ranks = dict(zip(map(a2b_base64, words[::2]), map(int, words[1::2]), strict=True))
    except (ValueError, Base64Error) as error:
        raise _damaged(file) from error
    numbers = set(ranks.values())
    whole = len(numbers) == len(ranks) and all(0 <= number < 1 << 24 for number in numbers)
    if not whole or any(bytes([byte]) not in ranks for byte in range(256)):
        raise _damaged(file)
    return ranks


def _damaged(file: Path) -> DamagedFileError:
    return DamagedFileError("{path} is damaged. Use another copy of the model.", path=str(file))
