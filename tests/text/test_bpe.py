from collections.abc import Iterator
from itertools import pairwise, product

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from explorer.errors import InputError
from explorer.text import bpe, patterns
from explorer.text.bpe import Merged, PiecesCounted, Trained, tokenizer_of_merges, train_bpe, trained_bpe
from explorer.text.tokenizer_files import merges_of
from tests.text.text_strategies import texts

A, B = ord("a"), ord("b")


def merges(text: str, vocab_size: int) -> list[Merged]:
    return [fact for fact in train_bpe(text, vocab_size) if isinstance(fact, Merged)]


def test_the_worked_example() -> None:
    """aaabdaaabac -> ZabdZabac -> ZYdZYac -> XdXac. (In "aaa" the pair stands twice: hence 4.)"""
    steps = merges("aaabdaaabac", 300)
    assert [(step.pair, step.token, step.count, step.length) for step in steps] == [
        ((A, A), 256, 4, 9),
        ((A, B), 257, 2, 7),
        ((256, 257), 258, 2, 5),
    ]
    assert [step.token_bytes for step in steps] == [b"aa", b"ab", b"aaab"]


def test_a_vocabulary_that_the_text_cannot_fill_ends_early_and_says_so() -> None:
    *_, last = train_bpe("aaabdaaabac", 300)
    assert isinstance(last, Trained)
    assert last.ended_early
    assert last.tokenizer.n_vocab == 256 + 3 + 1
    *_, last = train_bpe("aaabdaaabac", 260)
    assert isinstance(last, Trained)
    assert not last.ended_early


def naive_merges(text: str, wanted: int) -> list[tuple[tuple[int, int], int, int]]:
    """Everything counted anew for each merge."""
    pieces = [list(piece.encode()) for piece in regex.findall(patterns.TRAINED, text)]
    found: list[tuple[tuple[int, int], int, int]] = []
    while len(found) < wanted:
        counts: dict[tuple[int, int], int] = {}
        for piece in pieces:
            for pair in pairwise(piece):
                counts[pair] = counts.get(pair, 0) + 1
        best = min(counts, key=lambda pair: (-counts[pair], pair), default=None)
        if best is None or counts[best] < 2:
            break
        token = 256 + len(found)
        for piece in pieces:
            at = 0
            while at < len(piece) - 1:
                if (piece[at], piece[at + 1]) == best:
                    piece[at : at + 2] = [token]
                at += 1
        found.append((best, counts[best], sum(map(len, pieces))))
    return found


@pytest.fixture(autouse=True, scope="module")
def whole_pieces() -> Iterator[None]:
    """The oracles know nothing of parts, which only pieces of unnatural length have."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bpe, "_LONGEST_PIECE", 1_000_000)
        yield


few_letters = st.text("ab c", max_size=60)


@given(st.one_of(few_letters, texts), st.integers(0, 40))
def test_merges_are_those_of_counting_everything_anew(text: str, wanted: int) -> None:
    if not text:
        return
    steps = merges(text, 257 + wanted)
    assert [(step.pair, step.count, step.length) for step in steps] == naive_merges(text, wanted)


@given(st.one_of(few_letters, texts), st.integers(0, 60))
def test_encoding_gives_what_training_left(text: str, wanted: int) -> None:
    """The text's tokens are those that it had when training ended, and no text is beyond the vocabulary."""
    if not text:
        return
    steps = merges(text, 257 + wanted)
    tokenizer = trained_bpe(text, 257 + wanted)
    ids = tokenizer.encode(text)
    assert len(ids) == (steps[-1].length if steps else len(text.encode()))
    assert tokenizer.decode(ids) == text
    for unseen in ("Ωmega 龍 😀", "\x00\x7f"):
        assert tokenizer.decode(tokenizer.encode(unseen)) == unseen


@given(st.one_of(few_letters, texts))
def test_pairs_are_found_again_in_the_ranks(text: str) -> None:
    if not text:
        return
    tokenizer = trained_bpe(text, 330)
    pairs = [step.pair for step in merges(text, 330)]
    expected = [(tokenizer.token_bytes(left), tokenizer.token_bytes(right)) for left, right in pairs]
    assert merges_of(tokenizer.ranks) == expected


def test_progress_is_told() -> None:
    facts = list(train_bpe("one two three four " * 20_000, 400))
    counted = [fact.share for fact in facts if isinstance(fact, PiecesCounted)]
    assert len(counted) > 3
    assert counted == sorted(counted)
    assert counted[-1] == 1
    merged = [fact.share for fact in facts if isinstance(fact, Merged)]
    assert merged == sorted(merged)
    assert merged[-1] < 1  # it ended early
    assert isinstance(facts[-1], Trained)


def test_ids_are_bytes_then_merges_then_the_end_of_text() -> None:
    tokenizer = trained_bpe("aaabdaaabac", 300)
    assert [tokenizer.token_bytes(token) for token in range(256)] == [bytes([byte]) for byte in range(256)]
    assert tokenizer.end_of_text == tokenizer.n_vocab - 1


def test_digits_are_never_joined() -> None:
    tokenizer = trained_bpe("1234 " * 1000, 300)
    assert len(tokenizer.encode("1234")) == 4


def test_very_long_pieces_are_learned_from_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bpe, "_LONGEST_PIECE", 4)
    assert [step.token_bytes for step in merges("abcdabcdabcd", 300)] == [b"ab", b"cd", b"abcd"]


@pytest.mark.parametrize("text, vocab_size", [("", 300), ("text", 256), ("text", -1)])
def test_what_cannot_be_learned_from_is_refused(text: str, vocab_size: int) -> None:
    with pytest.raises(InputError):
        list(train_bpe(text, vocab_size))


def test_merges_alone_make_the_same_tokenizer_and_impossible_ones_are_refused() -> None:
    text = "the other mother bothers the others " * 4
    pairs = [step.pair for step in merges(text, 290)]
    assert tokenizer_of_merges(pairs).ranks == trained_bpe(text, 290).ranks
    assert tokenizer_of_merges([]).n_vocab == 257
    for wrong in ([(256, 97)], [(97, -1)], [(97, 98), (97, 98)]):
        with pytest.raises(ValueError):
            tokenizer_of_merges(wrong)


def test_counting_the_pairs_of_many_pieces_lets_others_in_between() -> None:
    text = " ".join("".join(word) for word in product("abcdefghij", repeat=4))
    counted = [fact for fact in train_bpe(text, 258) if isinstance(fact, PiecesCounted)]
    assert [fact.share for fact in counted].count(1.0) > 1
