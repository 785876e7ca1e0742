"""A text in three parts reads like the one string that it stands for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.text import long_text
from explorer.text.long_text import LongText

LETTERS = st.text("ab\n\ud83d\ude00中", max_size=12)
EDITS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20), LETTERS), max_size=12)


@pytest.fixture(autouse=True, scope="module")
def small_middle() -> "object":
    """Middles of a few characters, so that short texts have three parts and middles grow too long."""
    patch = pytest.MonkeyPatch()
    patch.setattr(long_text, "AROUND", 3)
    patch.setattr(long_text, "LONGEST_MIDDLE", 12)
    yield
    patch.undo()


@given(LETTERS, EDITS, st.integers(-70, 70), st.integers(-70, 70))
def test_it_reads_like_a_string_after_every_edit(
    begin: str, edits: list[tuple[int, int, str]], low: int, high: int
) -> None:
    text, plain = LongText(begin), begin
    for at, removed, new in edits:
        start = min(at, len(plain))
        stop = min(start + removed, len(plain))
        text.replace(start, stop, new)
        plain = plain[:start] + new + plain[stop:]
        assert str(text) == plain and len(text) == len(plain)
        assert text[low:high] == plain[low:high] and text[:high] == plain[:high] and text[low:] == plain[low:]
        assert "".join(text[place] for place in range(len(plain))) == plain
        for start in range(0, len(plain) + 2):
            assert text.find("\n", start) == plain.find("\n", start)
            assert text.rfind("\n", 0, start) == plain.rfind("\n", 0, start)
            assert text.rfind("a", start, len(plain)) == plain.rfind("a", start, len(plain))


def test_places_that_are_not_there() -> None:
    text = LongText("abc")
    for start, stop in ((2, 1), (0, 4), (-1, 0)):
        with pytest.raises(ValueError, match="no characters"):
            text.replace(start, stop, "x")
    assert text[-1] == "c" and str(text) == "abc"
    with pytest.raises(IndexError):
        text[3]


def test_an_edit_near_the_last_one_copies_no_more_than_the_middle() -> None:
    text = LongText("x" * 1000)
    text.replace(500, 500, "a")
    parts = text._head, text._tail
    text.replace(501, 501, "b")
    assert (text._head, text._tail) == parts and text._head is parts[0] and text._tail is parts[1]
    assert text[499:504] == "xabxx"
