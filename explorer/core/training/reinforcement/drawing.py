"""An update's answers: drawn, judged, compared with their groups; as lines to keep and news to show."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from explorer.core.model import Transformer
from explorer.core.rollouts import Attempt, Limits, attempt, attempt_seeds, quietly
from explorer.core.training.learner import NotANumberError
from explorer.core.training.reinforcement.advantages import group_advantages, is_flat
from explorer.core.training.reinforcement.options import Drawing
from explorer.core.training.reinforcement.prompts import said
from explorer.core.training.reinforcement.task import Answer, Question, Reward, Task
from explorer.errors import DamagedFileError
from explorer.protocol import GroupDrawn, Rollout, RolloutGroup
from explorer.text.tokenizer import Tokenizer

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Group:
    """All answers to one question."""

    question: Question
    attempts: list[Attempt]
    answers: list[Answer]
    rewards: list[Reward]
    advantages: Floats

    @property
    def flat(self) -> bool:
        """All rewards are equal: there is nothing to learn."""
        return is_flat([reward.total for reward in self.rewards])


def limits_of(options: Drawing, task: Task, tokenizer: Tokenizer) -> Limits:
    """What ends an answer."""
    return Limits(options.temperature, options.max_tokens, task.end_tokens, tokenizer.n_vocab)


def draw_groups(
    model: Transformer,
    tokenizer: Tokenizer,
    task: Task,
    questions: Sequence[Question],
    seeds: Sequence[Sequence[int]],
    limits: Limits,
    *,
    normalise: bool = False,
) -> Generator[None, None, list[Group]]:
    """Answers to each question, one a seed. Yields at every token. Raises: NotANumberError; InputError."""
    drawing = attempt(model, [question.ids for question in questions], seeds, limits)
    try:
        attempts = yield from quietly(drawing)
    except DamagedFileError as error:  # the last update was the one that broke the weights
        raise NotANumberError from error
    answers = [[_answer(tokenizer, one, limits) for one in group] for group in attempts]
    asked = [question for question, group in zip(questions, answers, strict=True) for _ in group]
    judged = iter(task.judge(asked, [answer for group in answers for answer in group]))
    rewards = [[next(judged) for _ in group] for group in answers]
    advantages = group_advantages(
        [[reward.total for reward in group] for group in rewards], normalise=normalise
    )
    return [Group(*parts) for parts in zip(questions, attempts, answers, rewards, advantages, strict=True)]


def _answer(tokenizer: Tokenizer, one: Attempt, limits: Limits) -> Answer:
    return Answer(one.ids, said(tokenizer, one.ids, limits.end_tokens), one.ended)


def seeds_of(seed: int, step: int, questions: int, group: int) -> list[list[int]]:
    """For all answers of an update."""
    return [attempt_seeds(seed, step, number, group) for number in range(questions)]


# ---------------------------------------------------------------- what is told of it


def series_of(groups: Sequence[Group]) -> dict[str, float]:
    """An update's numbers."""
    rewards = [reward for group in groups for reward in group.rewards]
    attempts = [one for group in groups for one in group.attempts]
    entropies = np.concatenate([one.entropies for one in attempts])
    series = {
        "reward": _mean([reward.total for reward in rewards]),
        "response_length": _mean([len(one.ids) for one in attempts]),
        "entropy": float(entropies.mean()),
        "flat_groups": _mean([group.flat for group in groups]),
        "ended": _mean([one.ended for one in attempts]),
    }
    judged = [reward.right for reward in rewards if reward.right is not None]
    if judged:
        series["share_right"] = _mean(judged)
    names = {name for reward in rewards for name in reward.parts} - {"right", "format"}
    return series | {name: _mean([reward.parts.get(name, 0.0) for reward in rewards]) for name in names}


def _mean(numbers: Sequence[float]) -> float:
    return float(np.mean(numbers))


def lines_of(groups: Sequence[Group]) -> list[dict[str, Any]]:
    """For rollouts.jsonl: nothing of an answer is lost but digits."""
    return [
        {
            "group": number,
            "place": place,
            "question": group.question.text,
            "expected": group.question.expected,
            "text": answer.text,
            "ids": list(answer.ids),
            "logprobs": [round(float(one), 4) for one in attempt.logprobs],
            "length": len(answer.ids),
            "ended": answer.ended,
            "reward": reward.total,
            "parts": dict(reward.parts),
            "right": reward.right,
            "note": reward.note,
            "advantage": float(advantage),
        }
        for number, group in enumerate(groups)
        for place, (answer, attempt, reward, advantage) in enumerate(
            zip(group.answers, group.attempts, group.rewards, group.advantages, strict=True)
        )
    ]


def news_of(step: int, groups: Sequence[Group]) -> GroupDrawn:
    """The first group that teaches something, for the window."""
    number = next((number for number, group in enumerate(groups) if not group.flat), 0)
    group = groups[number]
    rollouts = [
        Rollout(
            text=answer.text,
            tokens=len(answer.ids),
            reward=reward.total,
            parts=dict(reward.parts),
            advantage=float(advantage),
            right=reward.right,
            note=reward.note,
            ended=answer.ended,
        )
        for answer, reward, advantage in zip(group.answers, group.rewards, group.advantages, strict=True)
    ]
    return GroupDrawn(
        step=step,
        group=RolloutGroup(
            question=group.question.text,
            expected=group.question.expected,
            rollouts=rollouts,
            flat=group.flat,
        ),
        number=number,
        groups=len(groups),
        flat_groups=sum(group.flat for group in groups),
    )
