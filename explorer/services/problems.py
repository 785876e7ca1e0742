"""Problems for the window: drawn from a seed, answers judged. No torch."""

from explorer.errors import InputError
from explorer.protocol import (
    Command,
    DrawProblem,
    GradedProblem,
    JudgeText,
    ProblemDrawn,
    TextJudged,
)
from explorer.services import Job


class ProblemService:
    """Knows the graded sets and their verifiers; keeps nothing."""

    commands: tuple[type[Command], ...] = (DrawProblem, JudgeText)

    def close(self) -> None:
        """Nothing is held open."""

    def run(self, command: Command) -> Job:
        """Answer one of `commands`."""
        return _draw(command) if isinstance(command, DrawProblem) else _judge(command)


def _draw(command: DrawProblem) -> Job:
    from explorer.core.data.problems import problems  # the worker starts without

    if not 1 <= command.steps <= 5:
        raise InputError("There are problems of 1 to 5 steps. Choose one of those.")
    source = problems(command.seed, "test", lengths={command.steps: 1.0}, kinds={command.kind: 1.0})
    problem = next(source)
    yield ProblemDrawn(
        job=command.job,
        problem=GradedProblem(
            kind=problem.kind,
            question=problem.question,
            answer=problem.answer,
            given=list(problem.key),
            target=problem.target,
            length=problem.length,
        ),
        kind=command.kind,
        steps=command.steps,
        seed=command.seed,
    )


def _judge(command: Command) -> Job:
    from explorer.services.judging import Judge, checked_sums

    assert isinstance(command, JudgeText)
    judge = Judge(command.problem)
    yield TextJudged(
        job=command.job,
        text_length=len(command.text),
        sums=checked_sums(command.text, complete=command.complete),
        judgement=judge.judgement(command.text) if command.complete else None,
    )
