from hypothesis import given

from explorer.text.units import character_starts, from_units, splits_pair, to_units
from tests.text.text_strategies import pasted, texts


def test_a_character_beyond_u_ffff_takes_two_units() -> None:
    assert to_units("a😀b") == "a\ud83d\ude00b"
    assert from_units("a\ud83d\ude00b") == "a😀b"
    assert splits_pair("a\ud83d\ude00b", 2)
    assert not any(splits_pair("a\ud83d\ude00b", position) for position in (0, 1, 3, 4))


def test_a_surrogate_without_its_partner_is_read_as_one_replacement_character() -> None:
    assert from_units("a\ud83d") == "a\ufffd"
    assert from_units("\ude00\ud83d b") == "\ufffd\ufffd b"


@given(texts)
def test_unit_texts_hold_the_same_text(text: str) -> None:
    units = to_units(text)
    assert from_units(units) == text
    assert to_units(units) == units
    assert len(units) == len(text.encode("utf-16-le")) // 2


@given(pasted)
def test_replacing_surrogates_keeps_lengths(text: str) -> None:
    units = to_units(text)
    assert len(to_units(from_units(units))) == len(units)


@given(texts)
def test_character_starts_agree_with_counting_one_by_one(text: str) -> None:
    starts, continues = character_starts(text.encode())
    expected_starts: list[int] = []
    expected_continues: list[bool] = []
    unit = 0
    for character in text:
        size = len(character.encode())
        expected_starts += [unit] * size
        expected_continues += [False] + [True] * (size - 1)
        unit += len(to_units(character))
    assert starts.tolist() == expected_starts
    assert continues.tolist() == expected_continues
