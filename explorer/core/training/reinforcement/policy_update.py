"""One update of a policy by the answers that it drew: advantages to weights, weights to gradients, a step."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from explorer.core.model import Transformer
from explorer.core.training.learner import Learner
from explorer.core.training.optimizer import learning_rate
from explorer.core.training.reinforcement.batch import (
    Sequences,
    logprobs_of,
    parts_of,
    split_like,
    weights_of,
)
from explorer.core.training.reinforcement.drawing import Group
from explorer.core.training.reinforcement.options import Policy
from explorer.core.training.reinforcement.policy import policy_loss

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Learned:
    """What an update was like."""

    learning_rate: float
    grad_norm: float
    """Before clipping, of the last optimizer step; 0 where there was nothing to learn."""
    kl: float | None
    """From the reference, nats a token, before the update; None without one."""
    clipped_share: float


@dataclass(frozen=True)
class _Rows:
    """The answers that are learned from."""

    sequences: Sequences
    drawn: Floats
    """Log-probabilities of all their tokens when they were drawn."""
    advantages: Floats
    """The answer's, for each of its tokens."""


def learn(
    learner: Learner,
    groups: Sequence[Group],
    policy: Policy,
    temperature: float,
    reference: Transformer | None,
    step: int,
    steps: int,
) -> Learned:
    """Take `policy.epochs` optimizer steps, none if no group has anything to teach.

    The loss is a mean over the tokens of all answers; those of flat groups have no gradient, and without a
    reference they are not even computed. Raises: NotANumberError.
    """
    total = sum(len(answer.ids) for group in groups for answer in group.answers)
    rows = _rows_of([group for group in groups if reference is not None or not group.flat])
    rate = learning_rate(learner.recipe, step, steps)
    if not rows.drawn.size:
        return Learned(rate, 0.0, None, 0.0)
    pulled = None
    if reference is not None:
        pulled = np.concatenate(logprobs_of(reference, rows.sequences, temperature))
    learns = bool(rows.advantages.any()) or (reference is not None and policy.kl_weight > 0)
    kl, clipped, norm = None, 0.0, 0.0
    for epoch in range(policy.epochs):
        on_policy = epoch == 0  # the policy has not moved since the answers were drawn
        now = rows.drawn
        if not on_policy:
            now = np.concatenate(logprobs_of(learner.model, rows.sequences, temperature))
        loss = policy_loss(
            now,
            rows.drawn,
            rows.advantages,
            clip=policy.clip,
            reference_logprobs=pulled,
            kl_weight=policy.kl_weight,
        )
        kl = loss.kl if pulled is not None and on_policy else kl
        if not learns:
            break
        clipped = loss.clipped_share
        weights = split_like(loss.weights, rows.sequences.answers)
        nats = gradients_of(learner, rows.sequences, weights, total, temperature)
        norm = learner.update(step, steps, nats).grad_norm
    return Learned(rate, norm, kl, clipped)


def _rows_of(groups: Sequence[Group]) -> _Rows:
    prompts = [group.question.ids for group in groups for _ in group.answers]
    answers = [answer.ids for group in groups for answer in group.answers]
    drawn = [one.logprobs.astype(np.float64) for group in groups for one in group.attempts]
    advantages = [
        np.full(len(answer.ids), advantage)
        for group in groups
        for answer, advantage in zip(group.answers, group.advantages, strict=True)
    ]
    empty = [np.empty(0)]
    return _Rows(
        Sequences(prompts, answers), np.concatenate(drawn or empty), np.concatenate(advantages or empty)
    )


def gradients_of(
    learner: Learner, sequences: Sequences, weights: Sequence[Floats], total: float, temperature: float = 1.0
) -> float:
    """Every parameter's `.grad` becomes that of the sum of weight x nats over `total`, which is given back.

    Rows of about the same length are computed together and their gradients added up.
    """
    loss = 0.0
    sums: list[Tensor] = []
    parameters = list(learner.model.parameters())
    for part in parts_of(sequences, learner.model.config.max_position_embeddings):
        placed = weights_of(part, sequences, weights)
        if not placed.any():
            continue
        loss += learner.compute(part.inputs, part.targets, placed, total, temperature)
        found = [torch.zeros_like(p) if p.grad is None else p.grad for p in parameters]
        if sums:
            for mine, more in zip(sums, found, strict=True):
                mine.add_(more)
        else:
            sums = [grad.clone() for grad in found]
    for parameter, grad in zip(parameters, sums, strict=True):
        parameter.grad = grad
    return loss
