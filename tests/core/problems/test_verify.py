"""What a model may write to look right, and what the verifier makes of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.data.problems import Problem, verify
from explorer.core.tools.expressions import evaluate

APPLES = Problem(
    "words", "test", "What does one apple cost?", "3", ("13 - 4 = 9.", "9 / 3 = 3."), 2, (13, 4, 3)
)
LARGE = Problem("arithmetic", "sum", "What is 1000 + 234?", "1234", (), 1, (1000, "+", 234))
NONE = Problem("letters", "letters", "How many x are in apple?", "0", (), 1, ("apple",))
GAME = Problem("countdown", "countdown 3", "Make 22 from 3, 5, 7.", "3 x 5 + 7", (), 2, (3, 5, 7, 22), 22)


@pytest.mark.parametrize(
    "text",
    [
        "3",
        " 3\n",
        "$3",
        "3.",
        "3.0",
        "3,",
        "The answer is 3.",
        "One apple costs $3.",
        "It is 3, yes, 3.",
        "Answer: 3 (of the 13 dollars)",
        "so \\boxed{3}",
        "<think> 9 / 3 = 3. </think> 3",
        "<think>9</think>\n\nThe answer is $3, as 3 x 3 = 9.",
        "３",  # fullwidth digits are digits
        "٣",
        "答案是3。",
        "03",
    ],
)
def test_right(text: str) -> None:
    verdict = verify(APPLES, text)
    assert verdict.right and verdict.well_formed and verdict.reason == "", verdict


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \n", "empty"),
        ("three", "no number"),
        ("4", "another number"),
        ("-3", "another number"),
        ("−3", "another number"),
        ("3.5", "another number"),
        ("33", "another number"),
        ("3 or 4", "several answers"),
        ("1 2 3 4 5 6 7 8 9", "several answers"),
        ("The answer is 3. The answer is 4.", "several answers"),
        ("3\n\nThe next one: 4", "several answers"),
        ("9/3", "a sum that was not done"),
        ("9 / 3", "a sum that was not done"),
        ("6 - 3", "a sum that was not done"),
        ("3 x 1", "a sum that was not done"),
        ("3 = 3", "a sum that was not done"),
        ("3e0", "a sum that was not done"),
        ("3²", "a sum that was not done"),
        ("²", "no number"),
        ("x3", "no number"),
        ("1,2,3", "several answers"),
        ("9" * 5000, "too many digits"),
        ("3." + "0" * 5000, "too many digits"),
        ("<think> 3", "thinking does not end"),
        ("3 </think>", "thinking does not begin"),
        ("<think> so 3 </think>", "no answer after thinking"),
        ("<think> 3 </think> \n", "no answer after thinking"),
        ("<think> a </think> 4 <think> b </think> 3", "tags twice"),
        ("<think><think> a </think> 3", "tags twice"),
        ("<think> a </think> 3 </think>", "tags twice"),
        ("</think> 3 <think>", "tags out of order"),
        ("<think> 3 </think> I do not know", "no number"),
        ("<think> 3 </think> 4", "another number"),
    ],
)
def test_wrong(text: str, reason: str) -> None:
    verdict = verify(APPLES, text)
    assert not verdict.right and verdict.reason == reason, verdict


@pytest.mark.parametrize(
    ("text", "form", "reason"),
    [
        ("3", "think", "no thinking"),
        ("3 <think> a </think> 3", "think", "text before thinking"),
        ("<think>  </think> 3", "think", "empty thinking"),
        ("<think> a </think> 3", "direct", "thinking where none was wanted"),
    ],
)
def test_right_but_not_in_the_form_that_was_asked_for(text: str, form: str, reason: str) -> None:
    verdict = verify(APPLES, text, "think" if form == "think" else "direct")
    assert verdict.right and not verdict.well_formed and verdict.reason == reason


@pytest.mark.parametrize("text", ["1234", "1,234", "$1,234.00", "1234 apples"])
def test_numbers_with_groups(text: str) -> None:
    assert verify(LARGE, text).right


@pytest.mark.parametrize("text", ["12,34", "1,2345", "1.234", "123,4", "1 234", "1234567"])
def test_groups_in_the_wrong_places(text: str) -> None:
    assert not verify(LARGE, text).right


def test_zero() -> None:
    assert verify(NONE, "0").right and verify(NONE, "-0").right and not verify(NONE, "O").right


@pytest.mark.parametrize(
    "text",
    [
        "3 x 5 + 7",
        "7 + 5 x 3",
        "(3 x 5) + 7 = 22",
        "3*5+7.",
        "<think> a </think> 7 + 3 × 5",
        "((3·5))+7",
        "３x５+7",
    ],
)
def test_countdown_right(text: str) -> None:
    verdict = verify(GAME, text)
    assert verdict.right and verdict.well_formed, verdict


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("22", "a number that was not given, or used too often"),
        ("3 x 5", "another number"),
        ("3 x 5 + 7 = 23", "a wrong sum"),
        ("3 x 5 + 7 = 22 = 22", "no expression"),
        ("3 x 5 + 7 + 7 - 7", "a number that was not given, or used too often"),
        ("35 - 13", "a number that was not given, or used too often"),
        ("3 / (5 - 5)", "no expression"),
        ("3 x 5 + 7 or 7 + 3 x 5", "no expression"),
        ("__import__('os')", "no expression"),
        ("3 ** 5", "no expression"),
        ("3 // 5", "no expression"),
        ("-3 + 5", "no expression"),
        ("(3 x 5 + 7", "no expression"),
        ("3 x 5 + 7)", "no expression"),
        ("3 5 7", "no expression"),
        ("3 (5 + 7)", "no expression"),
        ("()", "no expression"),
        ("=", "no expression"),
        ("= 22", "no expression"),
        ("3 x 5 + 7 =", "no expression"),
        ("(" * 100_000, "no expression"),
        ("9" * 100_000, "no expression"),
        ("I give up.", "no expression"),
    ],
)
def test_countdown_wrong(text: str, reason: str) -> None:
    verdict = verify(GAME, text)
    assert not verdict.right and verdict.reason == reason, verdict


def test_an_expression_is_done_as_it_is_written() -> None:
    assert evaluate("20 - 6 - 4") == (10, [20, 6, 4])
    assert evaluate("24 / 4 / 2 x 3") == (9, [24, 4, 2, 3])
    assert evaluate("2 x (3 + 4) - 5 / 10") == (13.5, [2, 3, 4, 5, 10])


@given(st.text(max_size=300))
def test_nothing_that_is_written_breaks_it(text: str) -> None:
    for problem in (APPLES, GAME):
        for form in ("any", "think", "direct"):
            verdict = verify(problem, text, form)
            assert verdict.well_formed is False or verdict.answer_found is not None


@given(st.text("0123456789 +-x*/().=,<think>", max_size=60))
def test_nor_what_looks_like_an_answer(text: str) -> None:
    verify(APPLES, text), verify(GAME, text)
