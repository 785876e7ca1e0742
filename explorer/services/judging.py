"""Problems and verdicts between the wire and the core."""

from fractions import Fraction

from explorer.core.data.problems import Problem, Verdict, verify
from explorer.core.data.problems.sums import check_sums
from explorer.core.data.problems.vote import tally
from explorer.errors import InputError
from explorer.protocol import AnswerCount, AttemptsCounted, CheckedSum, GradedProblem, Judgement

_NOBODY_KNOWS = Problem(
    kind="words", family="", question="", answer="0", steps=(), length=0, key=()
)  # the verifier reads an answer all the same


class Judge:
    """The verifier of one problem, or of one whose right answer nobody knows."""

    def __init__(self, problem: GradedProblem | None) -> None:
        """Raises: InputError if the right answer is none that an answer could be held against."""
        self._known = problem is not None
        self._problem = _NOBODY_KNOWS if problem is None else _core_problem(problem)

    def verdict(self, text: str) -> Verdict:
        """Of a whole answer; where nobody knows, `right` says nothing."""
        return verify(self._problem, text)

    def judgement(self, text: str) -> Judgement:
        """The same for the window."""
        verdict = self.verdict(text)
        reason = verdict.reason if self._known or not verdict.well_formed else ""
        return Judgement(
            right=verdict.right if self._known else None, answer_found=verdict.answer_found, reason=reason
        )

    def counted(self, job: str, verdicts: list[Verdict]) -> AttemptsCounted:
        """What these attempts say together."""
        counts = tally(verdicts)
        return AttemptsCounted(
            job=job,
            done=len(verdicts),
            right=counts.right if self._known else None,
            answers=[
                AnswerCount(answer=answer, count=count, right=right if self._known else None)
                for answer, count, right in counts.answers
            ],
            without_answer=counts.without_answer,
        )


def checked_sums(text: str, *, complete: bool) -> list[CheckedSum]:
    """As `check_sums`."""
    found = check_sums(text, complete=complete)
    return [CheckedSum(start=one.start, end=one.end, right=one.right) for one in found]


def _core_problem(problem: GradedProblem) -> Problem:
    if problem.kind != "countdown":
        try:
            Fraction(problem.answer.strip().replace(",", ""))
        except (ValueError, ZeroDivisionError):
            raise InputError(
                "The right answer must be a number, but {answer} is none. Write digits, or leave it empty.",
                answer=problem.answer,
            ) from None
    return Problem(
        kind=problem.kind,
        family="",
        question=problem.question,
        answer=problem.answer.strip().replace(",", ""),
        steps=(),
        length=problem.length,
        key=tuple(problem.given),
        target=problem.target,
    )
