"""Pieces and text streams against decoding everything at once."""

from hypothesis import example, given
from hypothesis import strategies as st

from explorer.core.detokenize import Piece, TextStream, joined, next_piece
from tests.core.small import small_tokenizer

TOKENIZER = small_tokenizer()
any_ids = st.lists(st.integers(0, TOKENIZER.n_vocab - 1), max_size=30)
utf8_ids = st.text("aé中😀the ", max_size=12).map(lambda text: list(text.encode()))


def pieces_of(ids: list[int]) -> list[Piece]:
    pieces: list[Piece] = []
    for token in ids:
        pieces.append(next_piece(TOKENIZER, token, pieces[-1].pending if pieces else b""))
    return pieces


@given(ids=any_ids | utf8_ids)
@example(ids=[0xED, 0xA0, 0x80])  # a surrogate, which is no character
def test_pieces_make_what_decoding_makes_at_every_length(ids: list[int]) -> None:
    pieces = pieces_of(ids)
    for length in range(len(ids) + 1):
        assert joined(pieces[:length]) == TOKENIZER.decode(ids[:length])


@given(ids=any_ids | utf8_ids)
@example(ids=[0xED, 0xA0, 0x80])  # a surrogate, which is no character
def test_the_stream_only_grows_and_ends_as_the_decoded_text(ids: list[int]) -> None:
    stream = TextStream(TOKENIZER)
    shown = ""
    for length, token in enumerate(ids, 1):
        shown += stream.push(token)
        assert TOKENIZER.decode(ids[:length]).startswith(shown)
    assert shown + stream.finish() == TOKENIZER.decode(ids)


def test_a_character_in_parts_stands_in_the_token_that_ends_it() -> None:
    first, second, third = pieces_of([TOKENIZER.ranks["😀".encode()[:2]], 0x98, 0x80])
    assert (first.text, second.text, third.text) == ("\ufffd", "\ufffd", "😀")
    assert (first.resumes, second.resumes, third.resumes) == (False, True, True)


def test_a_broken_character_keeps_its_sign() -> None:
    first, second = pieces_of([TOKENIZER.ranks["中".encode()[:2]], ord("a")])
    assert (first.text, second.text, second.resumes) == ("\ufffd", "\ufffda", True)


@given(text=st.text("ab", max_size=20), stops=st.lists(st.text("ab", max_size=4), max_size=3))
def test_stop_strings_end_the_text_before_them(text: str, stops: list[str]) -> None:
    stream = TextStream(TOKENIZER, stops)
    shown = ""
    for token in text.encode():
        shown += stream.push(token)
        if stream.stopped:
            break
    shown += stream.finish()
    # Where the first stop string that becomes complete begins; of two that end together, the longer one.
    ends = [(place + len(stop), place) for stop in stops if stop and (place := text.find(stop)) >= 0]
    assert stream.stopped == bool(ends)
    assert shown == (text[: min(ends)[1]] if ends else text)


def test_what_may_become_a_stop_string_is_held_back() -> None:
    stream = TextStream(TOKENIZER, ["abc"])
    assert [stream.push(ord(letter)) for letter in "xabab"] == ["x", "", "", "ab", ""]
    assert stream.finish() == "ab"
