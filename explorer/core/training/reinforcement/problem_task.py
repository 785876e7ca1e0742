"""Problems with checkable answers as a task: fresh ones for each update, judged by a verifier."""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from explorer.core.data.chats import problem_prompt
from explorer.core.data.problems import Problem, problems, verify
from explorer.core.data.problems.problem import Split
from explorer.core.training.reinforcement.options import ProblemChoice, kinds_of, lengths_of
from explorer.core.training.reinforcement.person_verifier import opinions
from explorer.core.training.reinforcement.prompts import end_tokens, prompt_ids
from explorer.core.training.reinforcement.task import Answer, Question, Reward
from explorer.text.tokenizer import Tokenizer

_SEEDS_APART = 1 << 32
VERIFIER_FAILED = "verifier_failed"


class ProblemTask:
    """A `Task`. Held-out problems have numbers that no update ever sees."""

    def __init__(
        self, tokenizer: Tokenizer, choice: ProblemChoice, seed: int, verifier: Path | None = None
    ) -> None:
        """`verifier`: a person's file. Raises: InputError for problems that there are not."""
        self._tokenizer, self._choice, self._seed, self._verifier = tokenizer, choice, seed, verifier
        self._kinds, self._lengths = kinds_of(choice.kinds), lengths_of(choice.lengths)
        self.end_tokens = end_tokens(tokenizer)

    def questions(self, step: int, count: int) -> list[Question]:
        """As `Task.questions`."""
        return self._drawn("train", self._seed * _SEEDS_APART + step, count)

    def held_out(self, count: int) -> list[Question]:
        """As `Task.held_out`."""
        return self._drawn("test", self._seed, count)

    def _drawn(self, split: Split, seed: int, count: int) -> list[Question]:
        drawn = problems(seed, split, lengths=self._lengths, kinds=self._kinds)
        return [self._asked(problem) for problem in islice(drawn, count)]

    def _asked(self, problem: Problem) -> Question:
        messages = problem_prompt(problem, think=self._choice.form == "think")
        ids = prompt_ids(self._tokenizer, messages)
        return Question(problem.question, ids, problem.answer, problem)

    def judge(self, asked: Sequence[Question], answers: Sequence[Answer]) -> list[Reward]:
        """1 for a right answer, and something for its form."""
        judged = [self._judged(question, answer) for question, answer in zip(asked, answers, strict=True)]
        if self._verifier is None:
            return judged
        pairs = [
            (question.problem, answer.text)
            for question, answer in zip(asked, answers, strict=True)
            if question.problem is not None
        ]
        found = opinions(self._verifier, pairs)
        return [
            _overruled(reward, opinion.right, opinion.trouble)
            for reward, opinion in zip(judged, found, strict=True)
        ]

    def _judged(self, question: Question, answer: Answer) -> Reward:
        assert question.problem is not None
        verdict = verify(question.problem, answer.text, self._choice.form)
        in_form = self._choice.format_reward if verdict.well_formed and answer.ended else 0.0
        parts = {"right": float(verdict.right), "format": in_form}
        return Reward(sum(parts.values()), parts, verdict.right, verdict.reason)


def _overruled(reward: Reward, right: bool, trouble: str) -> Reward:
    """The same form, judged by a person's verifier. One that says nothing has not found the answer right."""
    parts = {**reward.parts, "right": float(right)}
    total = sum(parts.values())
    if trouble:
        parts[VERIFIER_FAILED] = 1.0
    note = trouble if trouble else "" if right else reward.note or "not right by your verifier"
    return Reward(total, parts, right, note)
