"""The proof's parts: which characters the engines take for what, and every short text in every pattern."""

from functools import cache
from itertools import product

import pytest
import regex
import tiktoken
from hypothesis import given
from hypothesis import strategies as st

from explorer.text import cuts, patterns
from explorer.text.gguf_vocabulary import GPT2, LLAMA3, TEKKEN
from explorer.text.units import splits_pair, to_units
from tests.text.text_strategies import pasted

PATTERNS = {
    "r50k": patterns.R50K,
    "cl100k": patterns.CL100K,
    "o200k": patterns.O200K,
    "qwen": patterns.QWEN,
    "llama3": LLAMA3,
    "gpt2": GPT2,
    "tekken": TEKKEN,
}


@cache
def characters_matching(pattern: str) -> frozenset[str]:
    """All characters that tiktoken's own engine matches with the class `pattern`."""
    probe = tiktoken.Encoding(
        "probe",
        pat_str=pattern,
        mergeable_ranks={bytes([byte]): byte for byte in range(256)},
        special_tokens={},
    )
    everything = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x110000)]))
    found = (probe.encode_ordinary(everything[i : i + 50_000]) for i in range(0, len(everything), 50_000))
    return frozenset(b"".join(map(bytes, found)).decode())


def characters_of_class(ranges: str) -> set[str]:
    one = regex.compile(f"[{ranges}]")
    return {chr(code) for code in range(0x10000) if not 0xD800 <= code < 0xE000 and one.match(chr(code))}


def test_letters_and_digits_are_such_for_tiktoken() -> None:
    ours = characters_of_class(cuts.LETTERS_AND_DIGITS)
    assert len(ours) > 45_000
    assert ours <= characters_matching(r"[\p{L}\p{N}]")


def test_blanks_are_white_space_for_tiktoken_and_no_line_ends() -> None:
    assert set(cuts.BLANKS + cuts.LINE_ENDS) <= characters_matching(r"\s")
    assert not set(cuts.BLANKS) & set("\r\n")


def test_what_python_takes_for_no_white_space_is_none_for_tiktoken() -> None:
    assert not [character for character in characters_matching(r"\s") if not character.isspace()]


def test_punctuation_is_nothing_that_a_piece_of_letters_goes_on_with() -> None:
    assert not set(cuts.PUNCTUATION) & characters_matching(r"[\p{L}\p{N}\p{M}\s']")


@pytest.mark.parametrize("name", PATTERNS)
def test_no_cut_changes_the_pieces_of_any_short_text(name: str) -> None:
    """All texts of up to 5 characters, one or two of each kind that a pattern tells apart."""
    pieces = cache(regex.compile(PATTERNS[name]).findall)
    wrong = [
        (text, cut)
        for length in (2, 3, 4, 5)
        for text in map("".join, product("eR1 \n'/.\u0301中", repeat=length))
        if (cut := cuts.cut_after(text, 0, length)) < length
        and pieces(text[:cut]) + pieces(text[cut:]) != pieces(text)
    ]
    assert not wrong


def test_the_check_of_short_texts_can_fail() -> None:
    """A position that is no cut: between a letter and an apostrophe."""
    pieces = regex.compile(patterns.O200K).findall
    assert pieces("e") + pieces("'re") != pieces("e're")
    assert cuts.cut_after("e're", 0, 4) == 4


def is_cut(units: str, position: int) -> bool:
    return cuts.cut_after(units[position - 1 : position + 1], 0, 2) == 1


@given(pasted, st.data())
def test_cuts_found_are_the_nearest_or_at_least_cuts(text: str, data: st.DataObject) -> None:
    units = to_units(text)
    position = data.draw(st.integers(0, len(units)))
    all_cuts = [i for i in range(1, len(units)) if is_cut(units, i)]
    before = cuts.cut_before(units, position)
    assert before == 0 or (before in all_cuts and before <= position - 1)
    if before == 0:
        assert not [cut for cut in all_cuts if cut <= position - 1]
    after = cuts.cut_after(units, position, len(units))
    assert after == min([cut for cut in all_cuts if cut >= position + 1], default=len(units))


@given(pasted, st.integers(1, 20), st.integers(20, 60))
def test_chunks_cover_the_text_and_chop_only_long_stretches(text: str, want: int, longest: int) -> None:
    units = to_units(text)
    all_cuts = {0, len(units), *(i for i in range(1, len(units)) if is_cut(units, i))}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cuts, "LONGEST_STRETCH", longest)
        ends = [0]
        while ends[-1] < len(units):
            ends.append(cuts.chunk_end(units, ends[-1], len(units), want))
            assert 0 < ends[-1] - ends[-2] <= longest
    stretch_start = 0
    expected_chops: set[int] = set()
    for cut in sorted(all_cuts):
        while cut - stretch_start > longest:
            stretch_start += longest - splits_pair(units, stretch_start + longest)
            expected_chops.add(stretch_start)
        stretch_start = cut
    assert set(ends) - all_cuts == expected_chops


def test_a_chop_never_parts_a_surrogate_pair() -> None:
    units = to_units("a" + "😀" * 60_000)
    assert cuts.chunk_end(units, 0, len(units), 1_000) == 99_999
    assert cuts.chunk_end(units, 1, len(units), 1_000) == 100_001
