"""Searching a vocabulary: every way and order, and queries that mean nothing or take too long."""

import pytest

from explorer.errors import InputError
from explorer.text import vocabulary as module
from explorer.text.encodings import load_published
from explorer.text.vocabulary import Order, Vocabulary, Way, finished, read_vocabulary, search

WORDS = ["the", " the", "they", "中", "other", "<|end|>", "    ", "a"]


@pytest.fixture
def small() -> Vocabulary:
    ids = [3, 7, 8, 30, 31, 99, 100, 333]
    return Vocabulary(ids, [word.encode() for word in WORDS], frozenset({99}))


def found(vocabulary: Vocabulary, query: str, way: Way, order: Order = "id") -> list[str]:
    places = vocabulary.ordered(finished(search(vocabulary, query, way)), order)
    return [vocabulary.data[place].decode() for place in places.tolist()]


@pytest.mark.parametrize(
    ("query", "way", "expected"),
    [
        ("the", "contains", ["the", " the", "they", "other"]),
        ("the", "begins", ["the", "they"]),
        ("the", "ends", ["the", " the"]),
        (" ", "contains", [" the", "    "]),
        ("3", "id", ["the", "中", "other", "a"]),
        (" 333 ", "id", ["a"]),
        ("E4 b8", "bytes", ["中"]),
        ("0x20746865", "bytes", [" the"]),
        (r"^\p{Han}+$", "regex", ["中"]),
        ("(?i)THEY", "regex", ["they"]),
        ("", "contains", WORDS),
        ("  ", "bytes", WORDS),
    ],
)
def test_ways(small: Vocabulary, query: str, way: Way, expected: list[str]) -> None:
    assert found(small, query, way) == expected


def test_orders(small: Vocabulary) -> None:
    assert found(small, "the", "contains", "longest") == ["other", " the", "they", "the"]
    assert found(small, "the", "contains", "shortest") == ["the", " the", "they", "other"]


@pytest.mark.parametrize(
    ("query", "way"),
    [("x1", "id"), ("٣", "id"), ("E4 B", "bytes"), ("xy", "bytes"), ("(", "regex"), ("a" * 201, "regex")],
)
def test_what_means_nothing_is_refused_in_words(small: Vocabulary, query: str, way: Way) -> None:
    with pytest.raises(InputError, match=r"[Ww]rite|Mend"):
        found(small, query, way)


def test_an_expression_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MATCH_S", 0.01)
    hostile = Vocabulary([0], [b"a" * 120 + b"b"], frozenset())
    with pytest.raises(InputError, match="takes too long"):
        found(hostile, "(a|aa)+$", "regex")


def test_a_published_vocabulary_is_read_whole_without_its_gaps() -> None:
    tokenizer = load_published("cl100k_base")
    vocabulary = finished(read_vocabulary(tokenizer))
    assert len(vocabulary) == 100_256 + 5
    assert vocabulary.ids[-1] == 100_276 and 100_276 in vocabulary.special
    assert found(vocabulary, "<|fim", "begins") == ["<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>"]
