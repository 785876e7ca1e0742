"""Other people's tokenizers, edited text by text: the same tokens as of the whole text encoded at once."""

import json
from random import Random

import pytest
import tokenizers
from hypothesis import given, settings

from explorer.text import incremental
from explorer.text.cuts import WHOLE
from explorer.text.foreign import ForeignTokenizer
from explorer.text.incremental import TokenizedText
from explorer.text.units import from_units
from tests.text.foreign_kinds import PROVEN, UNPROVEN, foreign
from tests.text.test_incremental import Window, some_edit
from tests.text.text_strategies import prose, randoms


def whole(kind: str, units: str) -> list[int]:
    """The library's own answer for the whole text."""
    inner = foreign(kind)
    inner.encode_special_tokens = True
    return inner.encode(from_units(units), add_special_tokens=False).ids


def check(kind: str, document: TokenizedText, window: Window) -> None:
    while document.pending is not None:
        document.advance()
    window.take(document)
    expected = whole(kind, str(document.units))
    assert document.tokens.ids.tolist() == expected
    assert window.tokens.ids.tolist() == expected
    assert window.tokens.starts.tolist() == document.tokens.starts.tolist()
    assert document.bytes_total == len(from_units(str(document.units)).encode())


MORE = ["<tool_call>", "</think>", "e.e", "<table>", "t a", "▁", "the cat", "  \n\n\n", "ﬁ", "é>", "e\u0301>"]


def text_of(random: Random) -> str:
    return prose(random, 25) + random.choice(MORE) + prose(random, 10) + random.choice(MORE)


@pytest.mark.parametrize("kind", PROVEN)
@settings(max_examples=25)
@given(random=randoms)
def test_where_cuts_are_proven_an_edit_costs_little_and_changes_nothing(kind: str, random: Random) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(incremental, "CHUNK_UNITS", 20)
        tokenizer = ForeignTokenizer(kind, foreign(kind))
        assert tokenizer.cuts.proven
        document, window = TokenizedText(text_of(random), tokenizer), Window()
        check(kind, document, window)
        for _ in range(12):
            some_edit(document, random)
            start = random.randint(0, len(document.units))
            document.edit(start, 0, random.choice(["", *MORE]))
            assert not document.stale
            check(kind, document, window)


@pytest.mark.parametrize("kind", UNPROVEN)
@settings(max_examples=15)
@given(random=randoms)
def test_where_nothing_is_proven_the_whole_text_is_encoded_when_asked(kind: str, random: Random) -> None:
    tokenizer = ForeignTokenizer(kind, foreign(kind))
    assert tokenizer.cuts is WHOLE
    document, window = TokenizedText(text_of(random), tokenizer), Window()
    check(kind, document, window)
    for _ in range(4):
        some_edit(document, random)
        some_edit(document, random)
        assert document.stale and not document.patches
        assert document.bytes_total == len(from_units(str(document.units)).encode())
        document.renew()
        check(kind, document, window)


@pytest.mark.parametrize("kind", PROVEN)
def test_a_long_text_is_encoded_in_chunks(kind: str) -> None:
    document = TokenizedText("", ForeignTokenizer(kind, foreign(kind)))
    document.edit(0, 0, "the cat sat on the mat, 12 中文 😀.\n" * 2_000)
    assert document.pending is not None, "a chunk at a time"
    check(kind, document, Window())


def test_what_is_looked_for_in_the_text_is_not_cut_through() -> None:
    """With the cuts of the published encodings it would be."""
    document = TokenizedText("x <tool_call> y", ForeignTokenizer("qwen", foreign("qwen")))
    document.edit(11, 0, "!")
    document.edit(11, 1, "")
    assert document.tokens.ids.tolist() == whole("qwen", "x <tool_call> y")


@pytest.mark.parametrize(
    ("name", "value"),
    [("dropout", 0.1), ("continuing_subword_prefix", "##"), ("end_of_word_suffix", "</w>")],
)
def test_what_depends_on_chance_or_on_words_proves_nothing(name: str, value: object) -> None:
    content = json.loads(foreign("qwen").to_str())
    content["model"][name] = value
    content["model"]["merges"] = []
    inner = tokenizers.Tokenizer.from_str(json.dumps(content))
    assert ForeignTokenizer("m", inner).cuts is WHOLE


def test_truncation_is_not_for_us() -> None:
    inner = tokenizers.Tokenizer.from_str(foreign("llama3").to_str())
    inner.enable_truncation(3)
    inner.enable_padding(length=50)
    text = "the cat sat on the mat"
    assert ForeignTokenizer("m", inner).encode(text) == whole("llama3", text)
