import pytest
from hypothesis import given

from explorer.errors import InputError
from explorer.text.characters import build_characters
from explorer.text.units import from_units, to_units
from tests.text.text_strategies import pasted, texts


def test_ids_follow_the_order_of_code_points_and_the_special_ones_come_last() -> None:
    tokenizer = build_characters("ba😀a\nb")
    assert tokenizer.characters == ("\n", "a", "b", "😀")
    assert tokenizer.encode("ab😀x") == [1, 2, 3, 4]
    assert tokenizer.special_tokens == {"<unk>": 4, "<|endoftext|>": 5}
    assert tokenizer.n_vocab == 6
    assert tokenizer.decode([1, 4, 5]) == "a\ufffd<|endoftext|>"


@given(texts)
def test_the_text_that_it_was_built_from_comes_back(text: str) -> None:
    if text:
        tokenizer = build_characters(text)
        assert tokenizer.decode(tokenizer.encode(text)) == text


@given(pasted)
def test_starts_are_those_of_the_characters(text: str) -> None:
    ids, starts, partial = build_characters("known").encode_with_starts(text)
    units = to_units(text)
    ends = [*starts.tolist()[1:], len(units)]
    found = [units[start:end] for start, end in zip(starts.tolist(), ends, strict=True)] if len(ids) else []
    assert "".join(found) == units
    assert len(found) == len(from_units(units))
    assert not len(partial)


def test_an_empty_text_is_refused() -> None:
    with pytest.raises(InputError, match="empty"):
        build_characters("")
