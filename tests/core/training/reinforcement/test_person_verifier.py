"""A person's own verifier: whatever it does, the run goes on."""

from pathlib import Path

import pytest

from explorer.core.data.problems import Problem
from explorer.core.training.reinforcement.person_verifier import check_verifier, opinions
from explorer.errors import InputError

PROBLEM = Problem("words", "apples", "How many apples?", "7", ("3 + 4 = 7.",), 1, (3, 4))


def file_of(folder: Path, text: str) -> Path:
    file = folder / "mine.py"
    file.write_text(text, encoding="utf-8")
    return file


def test_it_sees_the_problem_and_the_text(tmp_path: Path) -> None:
    file = file_of(
        tmp_path,
        "print('loading')\n"
        "def verify(problem, text):\n"
        "    print('judging')\n"
        "    return problem.answer in text and problem.length == 1 and problem.key[0] == 3\n",
    )
    check_verifier(file)
    found = opinions(file, [(PROBLEM, "It is 7."), (PROBLEM, "8, 中文 \ud800 \n{}")])
    assert [(one.right, one.trouble) for one in found] == [(True, ""), (False, "")]


def test_what_it_raises_is_said_and_the_next_is_judged(tmp_path: Path) -> None:
    file = file_of(tmp_path, "def verify(problem, text):\n    return 1 / len(text) > 0\n")
    found = opinions(file, [(PROBLEM, ""), (PROBLEM, "7")])
    assert [one.right for one in found] == [False, True]
    assert found[0].trouble.startswith("ZeroDivisionError")


@pytest.mark.parametrize("body", ["while True: pass", "import os; os._exit(3)"])
def test_one_that_does_not_answer_is_ended_and_begun_again(tmp_path: Path, body: str) -> None:
    file = file_of(
        tmp_path, f"def verify(problem, text):\n    if text == 'stuck':\n        {body}\n    return True\n"
    )
    found = opinions(file, [(PROBLEM, "7"), (PROBLEM, "stuck"), (PROBLEM, "7")], limit_s=0.2)
    assert [one.right for one in found] == [True, False, True]
    assert "0.2 seconds" in found[1].trouble


def test_after_three_endless_answers_the_rest_is_not_waited_for(tmp_path: Path) -> None:
    file = file_of(tmp_path, "def verify(problem, text):\n    while True: pass\n")
    found = opinions(file, [(PROBLEM, "7")] * 200, limit_s=0.1)
    assert len(found) == 200 and not any(one.right for one in found)
    assert "not asked" in found[3].trouble


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("def verify(:\n", "SyntaxError"),
        ("x = 1\n", "no function verify"),
        ("import no_such_module\n", "ModuleNotFoundError"),
        ("import os; os._exit(1)\n", "ended Python"),
    ],
)
def test_a_file_that_is_no_verifier(tmp_path: Path, text: str, reason: str) -> None:
    file = file_of(tmp_path, text)
    with pytest.raises(InputError, match=reason):
        check_verifier(file)
    assert not opinions(file, [(PROBLEM, "7")])[0].right


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no file"):
        check_verifier(tmp_path / "nothing.py")
