from collections.abc import Callable
from functools import cache

import pytest
import tiktoken
import tiktoken_ext.openai_public
from hypothesis import settings

from explorer.text import patterns
from explorer.text.bpe import trained_bpe
from explorer.text.characters import build_characters
from explorer.text.encodings import PUBLISHED, load_published
from explorer.text.tokenizer import Tokenizer
from tests.text.text_strategies import WORDS

# Machines differ, and a tokenizer is built inside the first example that asks for it.
settings.register_profile("without deadlines", deadline=None)
settings.load_profile("without deadlines")

LEARNED_FROM = (
    "the cat sat on the mat, the Cat's hat; 12 мама мыла раму 中文模型。 नमस्ते 😀\n" * 20 + " ".join(WORDS)
)


@cache
def _tokenizer(name: str) -> Tokenizer:
    if name == "bpe":
        return trained_bpe(LEARNED_FROM, 700)
    if name == "characters":
        return build_characters(LEARNED_FROM)
    return load_published(name)


@pytest.fixture(scope="session")
def tokenizer_named() -> Callable[[str], Tokenizer]:
    """Each tokenizer by name, built once: the published ones, and two learned from a small text."""
    return _tokenizer


@pytest.fixture(scope="session")
def tiktoken_named() -> Callable[[str], tiktoken.Encoding]:
    """tiktoken's own encodings as its package describes them, fed with our rank files."""

    @cache
    def build(name: str) -> tiktoken.Encoding:
        if name == "qwen":
            tokenizer = load_published("qwen")
            return tiktoken.Encoding(
                "qwen",
                pat_str=patterns.QWEN,
                mergeable_ranks=tokenizer.ranks,
                special_tokens=dict(tokenizer.special_tokens),
            )

        def ranks(url: str, expected_hash: str | None = None) -> dict[bytes, int]:
            file = url.rsplit("/", 1)[1].removesuffix(".tiktoken")
            assert PUBLISHED[file].sha256 == expected_hash
            return load_published(file).ranks

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tiktoken_ext.openai_public, "load_tiktoken_bpe", ranks)
            patch.setattr(
                tiktoken_ext.openai_public,
                "data_gym_to_mergeable_bpe_ranks",
                lambda **_: load_published("r50k_base").ranks,
            )
            return tiktoken.Encoding(**tiktoken_ext.openai_public.ENCODING_CONSTRUCTORS[name]())

    return build
