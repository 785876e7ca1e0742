"""Whether an answer is right: what training is rewarded by, so it must not be talked round."""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from explorer.core.data.problems.answers import find_answer
from explorer.core.data.problems.problem import Problem
from explorer.core.tools.expressions import evaluate
from explorer.text.chatml import THINK_CLOSE, THINK_OPEN

Form = Literal["any", "think", "direct"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the verifier found."""

    right: bool
    answer_found: str | None
    """The answer as the verifier read it; None if there was none to be read."""
    well_formed: bool
    """As asked for: thinking between its two tags, each once, nothing before them, then an answer."""
    reason: str
    """In a few words why not; empty when right and well-formed."""


def verify(problem: Problem, text: str, form: Form = "any") -> Verdict:
    """Judge what a model wrote after the question. Only what stands after `</think>` is an answer.

    `form`: "think" asks for the tags, "direct" for none, "any" takes both. Tags that come twice, out of
    order or alone leave no answer: it could not be told which one was meant.
    """
    answer, reason = _answer_part(text, form)
    if answer is None:
        return Verdict(False, None, False, reason)
    if problem.kind == "countdown":
        found, right, wrong = _judge_expression(problem, answer)
    else:
        value, wrong = find_answer(answer)
        found = None if value is None else str(value)
        right = value is not None and value == Fraction(problem.answer)
        if value is not None and not right:
            wrong = "another number"
    well_formed = not reason and found is not None
    return Verdict(right, found, well_formed, reason or wrong)


def _answer_part(text: str, form: Form) -> tuple[str | None, str]:
    """What follows the thinking, and what is wrong with the form; None if no answer can be told."""
    opens, closes = text.count(THINK_OPEN), text.count(THINK_CLOSE)
    if not opens and not closes:
        if not text.strip():
            return None, "empty"
        return text, "no thinking" if form == "think" else ""
    if opens > 1 or closes > 1:
        return None, "tags twice"
    if not closes:
        return None, "thinking does not end"
    if not opens:
        return None, "thinking does not begin"
    before, _, rest = text.partition(THINK_OPEN)
    thought, closed, answer = rest.partition(THINK_CLOSE)
    if not closed:
        return None, "tags out of order"
    if not answer.strip():
        return None, "no answer after thinking"
    if form == "direct":
        return answer, "thinking where none was wanted"
    if before.strip():
        return answer, "text before thinking"
    return answer, "" if thought.strip() else "empty thinking"


def _judge_expression(problem: Problem, text: str) -> tuple[str | None, bool, str]:
    """The expression found, whether it is right, and why not."""
    left, equals, right = text.strip().rstrip(".").partition("=")
    done = evaluate(left)
    if done is None or (equals and evaluate(right) is None):
        return None, False, "no expression"
    value, used = done
    if equals:
        stated = evaluate(right)
        if stated is None or stated[0] != value:
            return left.strip(), False, "a wrong sum"
    given = Counter(Fraction(number) for number in problem.key[:-1])
    if Counter(used) - given:
        return left.strip(), False, "a number that was not given, or used too often"
    if value != problem.target:
        return left.strip(), False, "another number"
    return left.strip(), True, ""
