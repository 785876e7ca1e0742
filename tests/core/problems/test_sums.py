import pytest

from explorer.core.data.problems.sums import check_sums
from explorer.core.data.problems.verify import Verdict
from explorer.core.data.problems.vote import tally


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Oranges: 3 x 2 = 6. Left: 13 - 6 = 8.", [("3 x 2 = 6", True), ("13 - 6 = 8", False)]),
        ("2 + 3 = 5 = 10 / 2", [("2 + 3 = 5", True), ("5 = 10 / 2", True)]),
        ("(4 + 2) × $3 = $18", [("(4 + 2) × $3 = $18", True)]),
        ("1,200 + 34 = 1,234", [("1,200 + 34 = 1,234", True)]),
        ("10 / 3 = 3.33", [("10 / 3 = 3.33", True)]),
        ("10 / 3 = 3.34", [("10 / 3 = 3.34", False)]),
        ("10 / 3 = 3", [("10 / 3 = 3", False)]),
        ("5 - 8 = -3", [("5 - 8 = -3", True)]),
        ("3x2=6", [("3x2=6", True)]),
        ("7 / 0 = 7", []),
        ("x = 4 and 5 = 5", []),
        ("see 2024-11-22 or a1 + 2 = 3", []),
        ("2 x 10^3 = 2000", []),
        ("2 + = 4", []),
        ("1" * 40 + " + 1 = 2", []),
        ("", []),
    ],
)
def test_sums_are_found_and_done_again(text, expected):
    assert [(text[one.start : one.end], one.right) for one in check_sums(text)] == expected


def test_a_sum_that_may_still_get_digits_is_not_judged():
    assert check_sums("3 x 4 = 1", complete=False) == []
    assert check_sums("3 x 4 = 12.", complete=False) == []
    assert [one.right for one in check_sums("3 x 4 = 12. ", complete=False)] == [True]
    assert [one.right for one in check_sums("3 x 4 = 12\nSo", complete=False)] == [True]


def test_hostile_text_takes_no_time():
    for text in ("(" * 50_000, "1 + " * 20_000, "1,111" * 20_000, "1=" * 30_000):
        check_sums(text)


def _verdict(answer: str | None, right: bool = False) -> Verdict:
    return Verdict(right, answer, answer is not None, "")


def test_the_vote_counts_answers_and_leaves_out_what_has_none():
    counted = tally([_verdict("4"), _verdict("7", True), _verdict(None), _verdict("7", True), _verdict("4")])
    assert counted.answers == (("4", 2, False), ("7", 2, True))
    assert counted.right == 2 and counted.without_answer == 1
    assert tally([]).answers == ()
