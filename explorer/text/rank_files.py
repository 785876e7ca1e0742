"""tiktoken's rank files as encodings of their own: cl100k_base.tiktoken, qwen.tiktoken, Llama 3's.

The file holds ranks and nothing else. How its texts are split, and what comes after the ranks, follows from
the number of ranks of the vocabularies that are given away in this form.
"""

from dataclasses import dataclass
from pathlib import Path

from explorer.errors import InputError
from explorer.text.encodings import PUBLISHED
from explorer.text.gguf_vocabulary import LLAMA3
from explorer.text.tiktoken_files import read_ranks
from explorer.text.tokenizer import BytePairTokenizer

LLAMA3_RANKS = 128_000
_LLAMA3_SPECIALS = {
    "<|begin_of_text|>": LLAMA3_RANKS,
    "<|end_of_text|>": LLAMA3_RANKS + 1,
    "<|start_header_id|>": LLAMA3_RANKS + 6,
    "<|end_header_id|>": LLAMA3_RANKS + 7,
    "<|eom_id|>": LLAMA3_RANKS + 8,
    "<|eot_id|>": LLAMA3_RANKS + 9,
}
"""The first of Llama 3.1's reserved block. Source: its tokenizer_config.json."""


@dataclass(frozen=True)
class _Kind:
    pattern: str
    special_tokens: dict[str, int]


_RANKS = {
    "r50k_base": 50_256,
    "p50k_base": 50_280,
    "cl100k_base": 100_256,
    "qwen": 151_643,
    "o200k_base": 199_998,
}
_KINDS = {
    count: _Kind(PUBLISHED[name].pattern, PUBLISHED[name].special_tokens) for name, count in _RANKS.items()
} | {LLAMA3_RANKS: _Kind(LLAMA3, _LLAMA3_SPECIALS)}


def read_rank_file(file: Path) -> BytePairTokenizer:
    """Takes up to 0.5 s. Raises: InputError for another number of ranks, DamagedFileError."""
    ranks = read_ranks(file)
    kind = _KINDS.get(len(ranks))
    if kind is None:
        raise InputError(
            "{path} has {count} ranks and does not say how texts are split; no vocabulary of that size is "
            "known here. Choose the model's tokenizer.json.",
            path=str(file),
            count=len(ranks),
        )
    return BytePairTokenizer(file.stem, kind.pattern, ranks, kind.special_tokens)
