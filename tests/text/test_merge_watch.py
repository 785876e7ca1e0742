"""The watched beginning of a text must show the tokens that the learned vocabulary gives."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.text.bpe import Merged, pieces_of, tokenizer_of_merges, train_bpe
from explorer.text.merge_watch import WATCHED_BYTES, WatchedText, watched_part
from tests.text.text_strategies import texts


def lengths(size: int, fallen: set[int]) -> list[int]:
    """Of the tokens between the boundaries that stand."""
    standing = [0, *(at for at in range(1, size) if at not in fallen), size]
    return [after - before for before, after in pairwise(standing)]


@settings(max_examples=40, deadline=None)
@given(st.lists(texts, min_size=1, max_size=4).map(lambda parts: " ".join(parts) * 3))
def test_after_every_merge_the_boundaries_are_the_tokens(text: str) -> None:
    if not text:
        return
    watched = watched_part(text)
    data = watched.encode()
    watching, fallen, pairs = WatchedText(watched), set[int](), []
    for fact in train_bpe(text, 280):
        if not isinstance(fact, Merged):
            continue
        pairs.append(fact.pair)
        now = watching.merge(fact.pair, fact.token)
        assert not fallen & set(now)
        fallen |= set(now)
        if watched == text:
            assert len(lengths(len(data), fallen)) == fact.length
    tokenizer = tokenizer_of_merges(pairs)
    tokens = [token for piece in pieces_of(watched) for token in encoded(tokenizer, piece)]
    whole = [len(tokenizer.token_bytes(token)) for token in tokens]
    assert lengths(len(data), fallen) == whole


def encoded(tokenizer: object, piece: bytes) -> list[int]:
    return tokenizer._encoding._encode_single_piece(piece)  # type: ignore[attr-defined]


def test_the_watched_part_ends_with_a_piece_and_is_not_too_long() -> None:
    text = "wonderful words, 中文字符。" * 900
    part = watched_part(text)
    assert text.startswith(part) and len(part) < len(text)
    assert WATCHED_BYTES - 400 < len(part.encode()) <= WATCHED_BYTES
    pieces = pieces_of(text)
    assert pieces[: len(pieces_of(part))] == pieces_of(part)
    assert watched_part("short") == "short"
    assert len(watched_part("字" * 9_000).encode()) <= WATCHED_BYTES
