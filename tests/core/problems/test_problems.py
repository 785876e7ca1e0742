"""Problems that a seed gives: right by their own steps, never in both splits, varied."""

import re
from collections import Counter
from itertools import islice

import pytest

from explorer.core.data.problems import MIXED, Problem, problems, thinking, verify
from explorer.core.tools.expressions import evaluate

_EVERY_LENGTH = {1: 1.0, 2: 1.0, 3: 1.0, 4: 1.0, 5: 1.0}


@pytest.fixture(scope="module")
def drawn() -> list[Problem]:
    return list(islice(problems(7, "train", kinds=MIXED, lengths=_EVERY_LENGTH), 3000))


def test_every_sum_that_is_written_out_is_right(drawn: list[Problem]) -> None:
    sums = [
        found
        for problem in drawn
        for step in problem.steps
        for found in re.findall(r"(\d[^=:,.]*) = (\d+)", step)
    ]
    assert len(sums) > 5000
    for left, right in sums:
        done = evaluate(left)
        assert done is not None and done[0] == int(right), (left, right)


def test_each_problem_s_own_thinking_is_right_and_a_wrong_number_is_not(drawn: list[Problem]) -> None:
    for problem in drawn:
        assert verify(problem, thinking(problem), "think") == verify(problem, thinking(problem))
        assert verify(problem, thinking(problem), "think").right, problem
        assert verify(problem, problem.answer, "direct").well_formed
        if problem.kind != "countdown":
            assert not verify(problem, str(int(problem.answer) + 1)).right


def test_the_steps_are_as_many_as_said_and_use_what_is_given(drawn: list[Problem]) -> None:
    for problem in drawn:
        if problem.kind == "words":
            assert len(problem.steps) == problem.length
            assert problem.steps[-1].endswith(f"= {problem.answer}.")
            assert all(re.search(rf"\b{number}\b", problem.question) for number in problem.key), problem
            assert not re.search(r"[{}]", problem.question + " ".join(problem.steps))


def test_no_numbers_are_in_both_splits() -> None:
    def keys(split: str, seed: int) -> set[tuple[str, ...]]:
        drawn = islice(problems(seed, "train" if split == "train" else "test", kinds=MIXED), 1500)
        return {tuple(sorted(map(str, problem.key))) for problem in drawn}

    assert not keys("train", 1) & (keys("test", 2) | keys("test", 3))


def test_a_seed_gives_the_same_problems_and_another_gives_others() -> None:
    def first(seed: int) -> list[Problem]:
        return list(islice(problems(seed, "test"), 50))

    assert first(4) == first(4)
    assert not {problem.question for problem in first(4)} & {problem.question for problem in first(5)}


def test_there_are_many_families_and_no_two_questions_alike(drawn: list[Problem]) -> None:
    words = [problem for problem in drawn if problem.kind == "words"]
    families = Counter((problem.length, problem.family) for problem in words)
    assert len({family for _, family in families}) >= 45
    assert all(count >= 3 for count in families.values())
    assert len({problem.question for problem in drawn}) > 0.99 * len(drawn)


def test_word_problems_stay_under_a_hundred(drawn: list[Problem]) -> None:
    numbers = [
        int(number)
        for problem in drawn
        if problem.kind == "words"
        for number in re.findall(r"\d+", problem.question + " ".join(problem.steps))
    ]
    assert max(numbers) <= 99 and min(numbers) >= 1


def test_the_countdown_s_search_goes_back() -> None:
    games = list(islice(problems(1, "train", kinds={"countdown": 1.0}), 200))
    assert sum("Back." in game.steps for game in games) > 40
    assert all(game.steps[-1].endswith(", yes.") for game in games)
