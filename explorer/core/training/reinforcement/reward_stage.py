"""Learning what is liked: from pairs of answers of which one was preferred to a number for any answer."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from explorer.core.runs import RunRecord
from explorer.core.training.folder import not_as_begun
from explorer.core.training.optimizer import learning_rate
from explorer.core.training.reinforcement.options import RewardOptions
from explorer.core.training.reinforcement.preferences import (
    PREFERENCES_FILE,
    Preference,
    read_preferences,
    row_of,
)
from explorer.core.training.reinforcement.reward_model import HEAD, RewardModel, preference_loss
from explorer.core.training.reinforcement.rules import RULES
from explorer.core.training.stage import Evaluated, Measured, Opening, Sizes
from explorer.protocol import Event, Sample

_HELD_OUT_EVERY = 5
_BETAS = (0.9, 0.95)
_MOMENTS = ("head_first", "head_second")


@dataclass(frozen=True)
class _Pair:
    """One choice as rows of ids."""

    preferred: list[int]
    other: list[int]
    choice: Preference


class RewardModelling:
    """The stage `reward`. Batches are drawn by (seed, step); the head is part of the state."""

    def __init__(self, opening: Opening, options: RewardOptions) -> None:
        """Raises: DamagedFileError if the choices are not there."""
        self._learner, self._options, self._seed = opening.learner, options, opening.record.seed
        model = opening.learner.model
        state = opening.state
        self._head = RewardModel(model, torch.tensor(state[HEAD]) if HEAD in state else None)
        zeros = [0.0] * model.config.hidden_size
        self._moments = [torch.tensor(state.get(name, zeros), device=model.device) for name in _MOMENTS]
        self._updates = int(state.get("updates", 0))
        self._known_order: tuple[int, list[int]] | None = None
        context = model.config.max_position_embeddings
        path = opening.folder.path / PREFERENCES_FILE
        choices = (choice for choice in read_preferences(path) if choice is not None)
        pairs = [_pair(opening, choice, context) for choice in choices]
        self._held_out = pairs[::_HELD_OUT_EVERY]
        self._train = [pair for number, pair in enumerate(pairs) if number % _HELD_OUT_EVERY]
        if not self._train:
            raise not_as_begun(path)

    @property
    def sizes(self) -> Sizes:
        """Of the rows."""
        train, held_out = (
            sum(len(pair.preferred) + len(pair.other) for pair in pairs)
            for pairs in (self._train, self._held_out)
        )
        return Sizes(train, held_out, train // len(self._train) * self._options.rows)

    def advance(self, step: int, steps: int) -> Generator[Event | None, None, Measured]:
        """Learn from the step's pairs."""
        yield from ()
        batch = self._batch(step)
        self._learner.model.zero_grad(set_to_none=True)
        self._head.head.grad = None
        preferred, other = self._both(batch)
        loss = preference_loss(preferred, other)
        loss.backward()
        for parameter in self._learner.model.parameters():
            if parameter.grad is None:  # what no score depends on: a head for tokens
                parameter.grad = torch.zeros_like(parameter)
        nats = float(loss.detach())
        done = self._learner.update(step, steps, nats)
        self._turn_head(learning_rate(self._learner.recipe, step, steps))
        return Measured(
            learning_rate=done.learning_rate,
            grad_norm=done.grad_norm,
            tokens=sum(len(pair.preferred) + len(pair.other) for pair in batch),
            series={
                "preference_loss": nats,
                "accuracy": float((preferred > other).float().mean()),
                "margin": float((preferred - other).mean().detach()),
            },
        )

    def _both(self, pairs: Sequence[_Pair]) -> tuple[Tensor, Tensor]:
        rows = [pair.preferred for pair in pairs] + [pair.other for pair in pairs]
        scores = self._head.scores(rows)
        return scores[: len(pairs)], scores[len(pairs) :]

    def _batch(self, step: int) -> list[_Pair]:
        """The step's pairs: each comes once in an epoch, in another order each time."""
        size = min(self._options.rows, len(self._train))
        numbers = range((step - 1) * size, step * size)
        return [self._train[self._order(epoch)[place]] for epoch, place in map(self._place, numbers)]

    def _place(self, number: int) -> tuple[int, int]:
        return divmod(number, len(self._train))

    def _order(self, epoch: int) -> list[int]:
        if self._known_order is None or self._known_order[0] != epoch:
            order = np.random.default_rng([self._seed, epoch]).permutation(len(self._train))
            self._known_order = (epoch, order.tolist())
        return self._known_order[1]

    @torch.no_grad()
    def _turn_head(self, rate: float) -> None:
        """AdamW's step for the one parameter that the model does not have, without decay."""
        head, (first, second), (a, b) = self._head.head, self._moments, _BETAS
        assert head.grad is not None
        self._updates += 1
        first.lerp_(head.grad, 1 - a)
        second.mul_(b).addcmul_(head.grad, head.grad, value=1 - b)
        mean, size = first / (1 - a**self._updates), second / (1 - b**self._updates)
        head.sub_(rate * mean / (size.sqrt() + 1e-8))

    def evaluate(self) -> Generator[Event | None, None, Evaluated]:
        """Held-out pairs: how often the preferred one scores higher, also by the rule without its noise."""
        yield None
        better = self._head.judged([pair.preferred for pair in self._held_out])
        worse = self._head.judged([pair.other for pair in self._held_out])
        agrees = better > worse
        series = {
            "held_out_accuracy": float(agrees.mean()),
            "held_out_loss": float(preference_loss(torch.tensor(better), torch.tensor(worse))),
        }
        truths = [_rule_agrees(pair.choice) for pair in self._held_out]
        judged = zip(agrees.tolist(), truths, strict=True)
        known = [agreed == truth for agreed, truth in judged if truth is not None]
        if known:
            series["true_accuracy"] = sum(known) / len(known)
        return Evaluated(series=series)

    def sample(self, step: int) -> Generator[Event | None, None, Sample]:
        """Both answers of a held-out pair with their scores."""
        yield None
        pair = self._held_out[step % len(self._held_out)]
        better, worse = self._head.judged([pair.preferred, pair.other]).tolist()
        choice = pair.choice
        a, b = (better, worse) if choice.chosen == "a" else (worse, better)
        text = f"\nA {a:+.2f}: {choice.a}\nB {b:+.2f}: {choice.b}\n{choice.by}: {choice.chosen.upper()}"
        return Sample(step=step, text=text, temperature=0.0, prompt=choice.messages[-1].content)

    def state(self) -> Mapping[str, Any]:
        """The head and what its optimizer remembers."""
        moments = {name: one.tolist() for name, one in zip(_MOMENTS, self._moments, strict=True)}
        return {HEAD: self._head.head.detach().tolist(), "updates": self._updates, **moments}

    def card(self, record: RunRecord, step: int) -> str:
        """What its number means."""
        rule = RULES.get(self._options.rule)
        liked = "" if self._options.labels or rule is None else f" {rule.sentence}"
        return "\n".join(
            (
                f"# {record.name}",
                "",
                f"A reward model of {record.parameters:,} parameters: {record.parent}, trained with LLM",
                f"Explorer for {step:,} of {record.steps:,} updates on {record.text}.{liked}",
                f"Seed {record.seed}.",
                "It gives an answer a number (trainer/state.json has the head); it writes nothing sensible.",
                "",
                "Architecture: Qwen3. Weights: fp32 safetensors.",
                "",
            )
        )


def _pair(opening: Opening, choice: Preference, context: int) -> _Pair:
    a, b = (row_of(opening.tokenizer, choice.messages, said, context) for said in (choice.a, choice.b))
    return _Pair(a, b, choice) if choice.chosen == "a" else _Pair(b, a, choice)


def _rule_agrees(choice: Preference) -> bool | None:
    """Whether the rule would, without noise, prefer the chosen answer; None where a person chose."""
    rule = RULES.get(choice.by)
    if rule is None:
        return None
    return (rule.score(choice.a) > rule.score(choice.b)) == (choice.chosen == "a")
