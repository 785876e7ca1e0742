"""What the model's tools answer, to sensible calls and to others."""

import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.tools import Call, SearchIndex, calculator, call_result, pending_call
from explorer.core.tools.calculator import NO_SUM
from explorer.core.tools.calls import NOTHING_FOUND
from explorer.core.tools.expressions import evaluate

INDEX = SearchIndex(
    [
        "Ann Birch lives in Oakham. She has a goat. The goat is old.",
        "Tom Birch lives in Reed. He has a dog.",
        "A goat eats grass. Goats give milk.",
        "",
        "王芳住在杭州。她喜欢喝茶。",
    ]
)


@pytest.mark.parametrize(
    ("asked", "result"),
    [
        ("123 x 456", "56088"),
        ("1,234 + 1", "1235"),
        ("10 - 3 - 4", "3"),
        ("-3 + 5", "2"),
        ("2 x -3", "-6"),
        ("- (2 + 3)", "-5"),
        ("--3", "3"),
        ("0.1 + 0.2", "0.3"),
        ("1 / 3", "0.333333"),
        ("-1/8", "-0.125"),
        ("10 / 4 =", "2.5"),
        ("7 ÷ 2 × 2", "7"),
        ("1 / 3000000000", "0"),
        ("1 / 0", NO_SUM),
        ("", NO_SUM),
        ("2 ** 3", NO_SUM),
        ("import os", NO_SUM),
        ("9" * 31, NO_SUM),
        ("1+" * 99 + "1", NO_SUM),
        ("(" * 100, NO_SUM),
        (") + (", NO_SUM),
        ("1 2", NO_SUM),
        ("1.2.3", NO_SUM),
        ("²", NO_SUM),
    ],
)
def test_calculator(asked: str, result: str) -> None:
    assert calculator(asked) == result


_DONE = {"+": operator.add, "-": operator.sub, "*": operator.mul}
_SUMS = st.recursive(
    st.integers(0, 99).map(lambda number: (str(number), number)),
    lambda part: st.tuples(part, st.sampled_from("+-*"), part).map(
        lambda parts: (
            f"({parts[0][0]} {parts[1]} {parts[2][0]})",
            _DONE[parts[1]](parts[0][1], parts[2][1]),
        )
    ),
    max_leaves=6,
)
"""A sum as it is written, with what it comes to."""


@given(_SUMS)
def test_sums_are_done_as_python_does_them(both: tuple[str, int]) -> None:
    text, result = both
    done = evaluate(text)
    assert done is not None and done[0] == result


@given(st.text("0123456789.,+-x*/() ", max_size=80))
def test_any_string_gets_an_answer(text: str) -> None:
    assert calculator(text)


def test_the_document_with_the_rare_words_comes_first() -> None:
    assert [hit.document for hit in INDEX.search("Ann Birch pet goat")][:2] == [0, 2]
    assert INDEX.search("Tom Birch")[0].document == 1
    assert INDEX.search("Tom Birch dog")[0].snippet == "Tom Birch lives in Reed. He has a dog."
    assert INDEX.search("王芳喜欢什么")[0].snippet == "王芳住在杭州。 她喜欢喝茶。"


def test_what_no_document_has_is_not_found() -> None:
    assert INDEX.search("zebra") == [] == INDEX.search("") == SearchIndex([]).search("x")


def test_a_call_is_what_the_text_ends_with() -> None:
    assert pending_call("<|search_start|> Ann Birch <|search_end|>") == Call("search", "Ann Birch")
    assert pending_call("So <|calc_start|>2 x 3<|calc_end|>") == Call("calculate", "2 x 3")
    assert pending_call("<|search_start|>a<|search_end|> so") is None
    assert pending_call("a<|search_end|>") is None
    assert pending_call("<|calc_start|>a<|search_end|>") is None
    assert pending_call("<think> <|search_start|>a<|search_end|>") is None
    assert pending_call("<think> a </think> <|search_start|>a<|search_end|>") == Call("search", "a")
    assert pending_call("") is None


def test_results() -> None:
    assert call_result(Call("calculate", "6 x 7"), INDEX) == "42"
    assert call_result(Call("search", "Ann Birch"), INDEX).startswith("Ann Birch lives in Oakham.")
    assert call_result(Call("search", "zebra"), INDEX) == NOTHING_FOUND
    assert len(call_result(Call("search", "x"), SearchIndex(["x " * 5000]))) <= 400
