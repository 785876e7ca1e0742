"""Small tokenizers of the kinds that are about: Llama 3, Qwen, SmolLM, Gemma, Llama 2, BERT."""

import json
from functools import cache
from typing import Any

import tokenizers
from tokenizers import AddedToken, models, normalizers, pre_tokenizers, trainers

from explorer.text.bpe import trained_bpe
from explorer.text.gguf_vocabulary import LLAMA3, SPACE, TEKKEN, byte_pair_parts
from explorer.text.patterns import QWEN
from explorer.text.tokenizer_files import merges_of, spell
from tests.text.text_strategies import WORDS

LEARNED_FROM = (
    "the cat sat on the mat, the Cat's hat; 12 мама мыла раму 中文模型。 नमस्ते 😀\n\n" * 20 + " ".join(WORDS)
)
PROVEN = ("llama3", "qwen", "smollm", "tekken", "gemma")
UNPROVEN = ("llama2", "bert", "unknown split", "whole pieces")


@cache
def foreign(kind: str) -> tokenizers.Tokenizer:
    """Built once."""
    makers = {"gemma": _gemma, "llama2": _llama2, "bert": _bert}
    inner = makers[kind]() if kind in makers else _byte_pairs(kind)
    return tokenizers.Tokenizer.from_str(inner.to_str())


def _byte_pairs(kind: str) -> tokenizers.Tokenizer:
    ranks = trained_bpe(LEARNED_FROM, 600).ranks
    vocab = {spell(token): rank for token, rank in ranks.items()}
    merges = [[spell(left), spell(right)] for left, right in merges_of(ranks)]
    patterns = {
        "llama3": (LLAMA3,),
        "qwen": (QWEN,),
        "smollm": (r"\p{N}", r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"),
        "tekken": (TEKKEN,),
        "unknown split": (r"\S+\s?\S+|\s",),
        "whole pieces": (),
    }[kind]
    parts = byte_pair_parts(vocab, merges, patterns, ignore_merges=kind in ("llama3", "whole pieces"))
    inner = tokenizers.Tokenizer.from_str(json.dumps({"version": "1.0", "added_tokens": [], **parts}))
    if kind == "qwen":
        inner.normalizer = normalizers.NFC()
        inner.add_tokens([AddedToken(text, normalized=False) for text in ("<tool_call>", "</think>", "e.e")])
    inner.add_special_tokens([AddedToken("<|end|>", special=True)])
    return inner


def _gemma() -> tokenizers.Tokenizer:
    words = tokenizers.Tokenizer(models.BPE())
    words.normalizer = normalizers.Replace(" ", SPACE)
    words.pre_tokenizer = pre_tokenizers.Split(
        tokenizers.Regex(f"{SPACE}+[^{SPACE}]*|[^{SPACE}]+"), "isolated"
    )
    words.train_from_iterator(
        [LEARNED_FROM], trainers.BpeTrainer(vocab_size=500, show_progress=False, limit_alphabet=80)
    )
    model: dict[str, Any] = json.loads(words.to_str())["model"]
    more = [f"<0x{byte:02X}>" for byte in range(256)] + ["<unk>"]
    model["vocab"] |= {token: len(model["vocab"]) + place for place, token in enumerate(more)}
    model |= {"unk_token": "<unk>", "fuse_unk": True, "byte_fallback": True}
    inner = tokenizers.Tokenizer.from_str(json.dumps({"version": "1.0", "added_tokens": [], "model": model}))
    inner.normalizer = normalizers.Replace(" ", SPACE)
    inner.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    plain = ["\n\n", "\n\n\n", SPACE * 2, SPACE * 3, "<table>", "t a"]
    inner.add_tokens([AddedToken(text, normalized=False) for text in plain])
    inner.add_special_tokens([AddedToken("<|end|>", special=True)])
    return inner


def _llama2() -> tokenizers.Tokenizer:
    inner = _gemma()
    inner.normalizer = normalizers.Sequence([normalizers.Prepend(SPACE), normalizers.Replace(" ", SPACE)])
    return inner


def _bert() -> tokenizers.Tokenizer:
    inner = tokenizers.Tokenizer(models.WordPiece(unk_token="[UNK]"))
    inner.normalizer = normalizers.BertNormalizer()
    inner.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    inner.train_from_iterator(
        [LEARNED_FROM],
        trainers.WordPieceTrainer(vocab_size=300, special_tokens=["[UNK]"], show_progress=False),
    )
    return inner
