"""Rejection sampling: many answers to each problem, the right ones kept, learned like any text, and again.

As the talk tells it: "15 solutions, 4 right, take the short right one, train on it, repeat". Keeping only the
shortest teaches lucky guesses where a guess may be right, so by default all right ones are kept.
Source: "STaR" (Zelikman et al. 2022); "Llama 2" (Touvron et al. 2023), section 3.2.3.
"""

from collections.abc import Generator, Mapping, Sequence
from random import Random
from typing import Any

import numpy as np

from explorer.core.runs import RunRecord
from explorer.core.training.optimizer import learning_rate
from explorer.core.training.reinforcement.batch import Sequences
from explorer.core.training.reinforcement.drawing import Group, news_of, series_of
from explorer.core.training.reinforcement.options import RejectionOptions
from explorer.core.training.reinforcement.policy_stage import Asking, Draws, held_out_series
from explorer.core.training.reinforcement.policy_update import gradients_of
from explorer.core.training.stage import Evaluated, Measured, Opening, Sizes
from explorer.protocol import Event, Sample


def chosen(group: Group, keep: str, rng: Random) -> list[int]:
    """Which answers of a group are learned from: of the right ones that ended, all, the shortest, or one.

    Answers that are the same word by word count once.
    """
    right: dict[tuple[int, ...], int] = {}
    for number, (answer, reward) in enumerate(zip(group.answers, group.rewards, strict=True)):
        if reward.right and answer.ended:
            right.setdefault(tuple(answer.ids), number)
    numbers = sorted(right.values())
    if keep == "all" or not numbers:
        return numbers
    if keep == "shortest":
        return [min(numbers, key=lambda number: len(group.answers[number].ids))]
    return [rng.choice(numbers)]


class RejectionSampling:
    """The stage `rejection`; a step is a round. What is drawn is a function of (model, seed, step)."""

    def __init__(self, opening: Opening, asking: Asking, options: RejectionOptions) -> None:
        self._draws, self._options, self._learner = Draws(opening, asking), options, opening.learner

    @property
    def sizes(self) -> Sizes:
        """As `Draws.sizes`."""
        return self._draws.sizes

    def advance(self, step: int, steps: int) -> Generator[Event | None, None, Measured]:
        """Draw, keep what is right, learn it."""
        groups = yield from self._draws.groups(step)
        yield news_of(step, groups)
        rng = Random(f"rejection {self._draws.seed} {step}")
        kept = [chosen(group, self._options.keep, rng) for group in groups]
        rows = [
            (group.question.ids, group.answers[number].ids)
            for group, numbers in zip(groups, kept, strict=True)
            for number in numbers
        ]
        rng.shuffle(rows)
        loss, norm = self._learn(rows, step, steps)
        return Measured(
            learning_rate=learning_rate(self._learner.recipe, step, steps),
            grad_norm=norm,
            tokens=sum(len(one.ids) for group in groups for one in group.attempts),
            train_loss=loss,
            series={
                **series_of(groups),
                "kept": len(rows) / sum(len(group.answers) for group in groups),
                "solved": sum(map(bool, kept)) / len(groups),
            },
            rollouts=[
                {**line, "kept": line["place"] in kept[line["group"]]} for line in self._draws.lines(groups)
            ],
        )

    def _learn(
        self, rows: Sequence[tuple[Sequence[int], Sequence[int]]], step: int, steps: int
    ) -> tuple[float | None, float]:
        """One pass over the kept answers: mean nats a token, the last norm. None: nothing is changed."""
        nats, tokens, norm = 0.0, 0, 0.0
        for start in range(0, len(rows), self._options.rows):
            some = rows[start : start + self._options.rows]
            sequences = Sequences([prompt for prompt, _ in some], [answer for _, answer in some])
            weights = [np.ones(len(answer)) for answer in sequences.answers]
            loss = gradients_of(self._learner, sequences, weights, sequences.tokens)
            norm = self._learner.update(step, steps, loss).grad_norm
            nats, tokens = nats + loss * sequences.tokens, tokens + sequences.tokens
        return nats / tokens if tokens else None, norm

    def evaluate(self) -> Generator[Event | None, None, Evaluated]:
        """Held-out questions, one answer each."""
        groups = yield from self._draws.held_out()
        return Evaluated(series=held_out_series(groups))

    def sample(self, step: int) -> Generator[Event | None, None, Sample]:
        """As `Draws.sample`."""
        return (yield from self._draws.sample(step))

    def state(self) -> Mapping[str, Any]:
        """Nothing: all is a function of (seed, step)."""
        return {}

    def card(self, record: RunRecord, step: int) -> str:
        """As the task tells it."""
        return self._draws.describe(record, step)
