"""Policy optimisation: draw groups of answers, judge them, make the better ones likelier, and again.

The same stage serves `grpo`, where a verifier judges, and `rlhf`, where a reward model does.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from explorer.core.model import Transformer
from explorer.core.runs import ROLLOUTS_FILE, RunRecord
from explorer.core.training.learner import Learner
from explorer.core.training.reinforcement.batch import Sequences, logprobs_of
from explorer.core.training.reinforcement.drawing import (
    Group,
    draw_groups,
    limits_of,
    lines_of,
    news_of,
    seeds_of,
    series_of,
)
from explorer.core.training.reinforcement.options import Drawing, Policy
from explorer.core.training.reinforcement.policy import kl_estimate
from explorer.core.training.reinforcement.policy_update import learn
from explorer.core.training.reinforcement.task import Task
from explorer.core.training.samples import write_sample
from explorer.core.training.stage import Evaluated, Measured, Opening, Sizes
from explorer.protocol import Event, Sample
from explorer.text.tokenizer import Tokenizer

_ROLLOUT_BYTES = 256 << 20
"""When rollouts.jsonl has this size, only the first group of an update is added."""
_HELD_OUT_STEP = 0
"""No update has this number: the seeds of held-out answers are the same at each evaluation."""


class Describe(Protocol):
    """Writes a checkpoint's README.md."""

    def __call__(self, record: RunRecord, step: int) -> str:
        """What this model is, for whoever finds the folder."""
        ...


@dataclass(frozen=True)
class Asking:
    """Who asks and judges, and how."""

    task: Task
    drawing: Drawing
    describe: Describe


class Draws:
    """What stages that draw answers have in common: an update's groups, the held-out questions, a sample."""

    def __init__(self, opening: Opening, asking: Asking) -> None:
        self.learner: Learner = opening.learner
        self.seed = opening.record.seed
        self._tokenizer: Tokenizer = opening.tokenizer
        self._asking = asking
        self._log = opening.folder.path / ROLLOUTS_FILE
        self._limits = limits_of(asking.drawing, asking.task, opening.tokenizer)

    @property
    def sizes(self) -> Sizes:
        """As many tokens as the answers may take: how many they do is not known before."""
        drawing = self._asking.drawing
        return Sizes(0, 0, drawing.problems * drawing.group * drawing.max_tokens)

    def groups(self, step: int, *, normalise: bool = False) -> Generator[None, None, list[Group]]:
        """An update's: a function of the model, the run's seed and `step`."""
        drawing = self._asking.drawing
        questions = self._asking.task.questions(step, drawing.problems)
        seeds = seeds_of(self.seed, step, len(questions), drawing.group)
        return (
            yield from draw_groups(
                self.learner.model,
                self._tokenizer,
                self._asking.task,
                questions,
                seeds,
                self._limits,
                normalise=normalise,
            )
        )

    def held_out(self) -> Generator[None, None, list[Group]]:
        """One answer to each held-out question, drawn with the same random numbers each time."""
        questions = self._asking.task.held_out(self._asking.drawing.held_out)
        seeds = seeds_of(self.seed, _HELD_OUT_STEP, len(questions), 1)
        return (
            yield from draw_groups(
                self.learner.model, self._tokenizer, self._asking.task, questions, seeds, self._limits
            )
        )

    def lines(self, groups: Sequence[Group]) -> list[dict[str, Any]]:
        """For rollouts.jsonl: all, or if that is large already, one group."""
        full = self._log.exists() and self._log.stat().st_size > _ROLLOUT_BYTES
        return lines_of(groups[:1] if full else groups)

    def sample(self, step: int) -> Generator[None, None, Sample]:
        """The answer to the first held-out question."""
        question = self._asking.task.held_out(1)[0]
        ends = self._asking.task.end_tokens
        return (
            yield from write_sample(
                self.learner, self._tokenizer, self.seed, step, question.ids, question.text, ends
            )
        )

    def describe(self, record: RunRecord, step: int) -> str:
        """The card."""
        return self._asking.describe(record, step)


class PolicyOptimisation:
    """The stages `grpo` and `rlhf`. What is drawn is a function of (model, seed, step)."""

    def __init__(
        self, opening: Opening, asking: Asking, policy: Policy, reference: Transformer, *, leashed: bool
    ) -> None:
        """`reference`: the model at the run's beginning. `leashed`: it is looked at in each update."""
        self._draws, self._policy = Draws(opening, asking), policy
        self._learner, self._temperature = opening.learner, asking.drawing.temperature
        self._reference, self._leashed = reference, leashed

    @property
    def sizes(self) -> Sizes:
        """As `Draws.sizes`."""
        return self._draws.sizes

    def advance(self, step: int, steps: int) -> Generator[Event | None, None, Measured]:
        """Draw, judge, learn."""
        groups = yield from self._draws.groups(step, normalise=self._policy.normalise)
        yield news_of(step, groups)
        learned = learn(
            self._learner,
            groups,
            self._policy,
            self._temperature,
            self._reference if self._leashed else None,
            step,
            steps,
        )
        series = series_of(groups)
        if learned.kl is not None:
            series["kl"] = learned.kl
        if self._policy.epochs > 1:
            series["clipped"] = learned.clipped_share
        return Measured(
            learning_rate=learned.learning_rate,
            grad_norm=learned.grad_norm,
            tokens=sum(len(one.ids) for group in groups for one in group.attempts),
            series=series,
            rollouts=self._draws.lines(groups),
        )

    def evaluate(self) -> Generator[Event | None, None, Evaluated]:
        """Held-out questions, and how far the policy has gone from the run's beginning in its answers."""
        groups = yield from self._draws.held_out()
        return Evaluated(series={**held_out_series(groups), "held_out_kl": self._distance(groups)})

    def _distance(self, groups: Sequence[Group]) -> float:
        sequences = Sequences(
            [group.question.ids for group in groups], [group.answers[0].ids for group in groups]
        )
        there = np.concatenate(logprobs_of(self._reference, sequences, self._temperature))
        here = np.concatenate([group.attempts[0].logprobs for group in groups]).astype(np.float64)
        return float(kl_estimate(here, there)[0].mean())

    def sample(self, step: int) -> Generator[Event | None, None, Sample]:
        """As `Draws.sample`."""
        return (yield from self._draws.sample(step))

    def state(self) -> Mapping[str, Any]:
        """Nothing: all is a function of (seed, step)."""
        return {}

    def card(self, record: RunRecord, step: int) -> str:
        """As the task tells it."""
        return self._draws.describe(record, step)


def held_out_series(groups: Sequence[Group]) -> dict[str, float]:
    """What one answer to each held-out question was like."""
    seen = series_of(groups)
    names = {
        "pass_at_1": "share_right",
        "held_out_reward": "reward",
        "held_out_length": "response_length",
    }
    own = {name: value for name, value in seen.items() if name.startswith("true_")}
    return {name: seen[source] for name, source in names.items() if source in seen} | {
        f"held_out_{name}": value for name, value in own.items()
    }
