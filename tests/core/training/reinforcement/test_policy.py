"""Advantages and the policy's loss by hand, and against autograd."""

import numpy as np
import pytest
import torch

from explorer.core.training.gradients import weighted_loss
from explorer.core.training.reinforcement.advantages import group_advantages, is_flat
from explorer.core.training.reinforcement.batch import (
    Sequences,
    logprobs_of,
    parts_of,
    split_like,
    weights_of,
)
from explorer.core.training.reinforcement.policy import kl_estimate, policy_loss
from tests.core.small import small_model

# ---------------------------------------------------------------- advantages


def test_advantages_computed_by_hand() -> None:
    right, wrong = group_advantages([[1.0, 0.0, 0.0, 1.1], [0.1, 0.0]])
    np.testing.assert_allclose(right, [0.475, -0.525, -0.525, 0.575])
    np.testing.assert_allclose(wrong, [0.05, -0.05])


def test_advantages_in_deviations() -> None:
    (found,) = group_advantages([[1.0, 0.0, 0.0, 0.0]], normalise=True)
    deviation = np.sqrt(0.25 * 0.75)
    np.testing.assert_allclose(found, [0.75 / deviation, *[-0.25 / deviation] * 3])
    (tiny,) = group_advantages([[1e-9, 0.0]], normalise=True)
    assert np.abs(tiny).max() < 1e-2  # a difference that is none is not blown up


@pytest.mark.parametrize("normalise", [False, True])
@pytest.mark.parametrize("group", [[0.1] * 7, [1.0], [0.0, 0.0], [1.1] * 3])
def test_a_group_whose_rewards_are_equal_teaches_nothing(group: list[float], normalise: bool) -> None:
    (found,) = group_advantages([group], normalise=normalise)
    assert found.tolist() == [0.0] * len(group) and is_flat(group)
    assert not is_flat([*group, 0.5])


# ---------------------------------------------------------------- the loss


def slopes(
    logprobs: np.ndarray, drawn: np.ndarray, advantages: np.ndarray, reference: np.ndarray | None, beta: float
) -> tuple[float, np.ndarray]:
    """The textbook's loss, and minus its slope by each logprob, by autograd."""
    now = torch.tensor(logprobs, requires_grad=True)
    ratio, gain = torch.exp(now - torch.tensor(drawn)), torch.tensor(advantages)
    loss = -torch.minimum(ratio * gain, ratio.clamp(0.8, 1.2) * gain).mean()
    if reference is not None:
        away = torch.tensor(reference) - now
        loss = loss + beta * (torch.exp(away) - away - 1).mean()
    loss.backward()
    assert now.grad is not None
    return loss.item(), -now.grad.numpy() * len(logprobs)


@pytest.mark.parametrize("with_reference", [False, True])
def test_weights_are_the_slopes_of_the_clipped_loss(with_reference: bool) -> None:
    rng = np.random.default_rng(1)
    drawn, advantages = -rng.exponential(1.0, 60), rng.normal(size=60)
    logprobs = drawn + rng.normal(scale=0.3, size=60)
    reference = drawn + rng.normal(scale=0.3, size=60) if with_reference else None
    found = policy_loss(logprobs, drawn, advantages, clip=0.2, reference_logprobs=reference, kl_weight=0.3)
    loss, wanted = slopes(logprobs, drawn, advantages, reference, 0.3)
    assert found.loss == pytest.approx(loss)
    np.testing.assert_allclose(found.weights, wanted, atol=1e-12)
    assert 0.1 < found.clipped_share < 0.9
    assert (found.kl > 0) is with_reference


def test_on_policy_the_weight_is_the_advantage() -> None:
    drawn, advantages = np.array([-1.0, -2.0, -0.5]), np.array([0.5, -0.25, 0.0])
    found = policy_loss(drawn, drawn, advantages)
    assert found.weights.tolist() == advantages.tolist() and found.clipped_share == 0.0
    assert found.kl == 0.0


def test_the_divergence_is_never_negative_and_right_on_average() -> None:
    p, q = np.array([0.7, 0.2, 0.1]), np.array([0.3, 0.3, 0.4])
    divergence, slope = kl_estimate(np.log(p), np.log(q))
    assert (divergence >= 0).all()
    assert (p * divergence).sum() == pytest.approx((p * np.log(p / q)).sum())
    assert kl_estimate(np.log(p), np.log(p))[1].tolist() == [0.0] * 3
    np.testing.assert_allclose(slope, 1 - q / p)


# ---------------------------------------------------------------- rows


SEQUENCES = Sequences(
    prompts=[[1, 2, 3], [4], [5] * 20, [6, 7], *[[9, n] for n in range(40)]],
    answers=[[10, 11], [12], [13] * 10, [14, 15, 16], *[[n, 3] for n in range(40)]],
)


def test_every_answer_gets_its_weights_in_its_place() -> None:
    weights = [np.arange(1.0, len(answer) + 1) for answer in SEQUENCES.answers]
    seen: list[int] = []
    for part in parts_of(SEQUENCES, 48):
        placed = weights_of(part, SEQUENCES, weights)
        assert placed.shape == part.inputs.shape == part.targets.shape and len(placed) % 8 == 0
        for row, number in enumerate(part.numbers):
            at = placed[row].nonzero()[:, 0]
            assert part.targets[row, at].tolist() == list(SEQUENCES.answers[number])
            assert placed[row, at].tolist() == weights[number].tolist()
            assert part.inputs[row, : int(at[0]) + 1].tolist() == list(SEQUENCES.prompts[number])
        assert not placed[len(part.numbers) :].any()
        seen += part.numbers
    assert sorted(seen) == list(range(len(SEQUENCES.answers)))
    assert SEQUENCES.tokens == 2 + 1 + 10 + 3 + 80


def test_rows_are_never_longer_than_the_context() -> None:
    sequences = Sequences([[1] * 20], [[2] * 15])
    (part,) = parts_of(sequences, 35)
    assert part.inputs.shape[1] == 35
    (part,) = parts_of(sequences, 34)
    assert part.inputs.shape[1] == 34


def test_logprobs_of_answers_are_the_models() -> None:
    model = small_model()
    found = logprobs_of(model, SEQUENCES, 0.8)
    for prompt, answer, own in zip(SEQUENCES.prompts, SEQUENCES.answers, found, strict=True):
        with torch.no_grad():
            logits = model(torch.tensor([[*prompt, *answer]]))[0, len(prompt) - 1 : -1] / 0.8
        wanted = torch.log_softmax(logits, -1)[range(len(answer)), list(answer)]
        np.testing.assert_allclose(own, wanted.numpy(), atol=1e-5)
    flat = np.concatenate(found)
    assert [part.tolist() for part in split_like(flat, SEQUENCES.answers)] == [a.tolist() for a in found]


def test_the_gradient_of_the_policys_loss_by_weights_is_autograds() -> None:
    """From log-probabilities to parameters: the whole way that an update goes, off-policy and leashed."""
    model = small_model()
    rng = np.random.default_rng(2)
    answers = SEQUENCES.answers
    now = np.concatenate(logprobs_of(model, SEQUENCES))
    drawn, reference = now + rng.normal(scale=0.3, size=now.size), now + rng.normal(scale=0.3, size=now.size)
    advantages = rng.normal(size=now.size)
    found = policy_loss(now, drawn, advantages, reference_logprobs=reference, kl_weight=0.2)
    weights = split_like(found.weights, answers)
    parts = list(parts_of(SEQUENCES, 48))
    for part in parts:
        weighted_loss(
            model, part.inputs, part.targets, weights_of(part, SEQUENCES, weights), now.size
        ).backward()
    ours = model.embedding.weight.grad
    assert ours is not None
    ours = ours.clone()
    model.zero_grad()
    logprobs = torch.cat(
        [
            torch.log_softmax(model(torch.tensor([[*prompt, *answer]]))[0, len(prompt) - 1 : -1], -1)[
                range(len(answer)), list(answer)
            ]
            for prompt, answer in zip(SEQUENCES.prompts, answers, strict=True)
        ]
    ).double()
    ratio, gain = torch.exp(logprobs - torch.tensor(drawn)), torch.tensor(advantages)
    away = torch.tensor(reference) - logprobs
    loss = -torch.minimum(ratio * gain, ratio.clamp(0.8, 1.2) * gain).mean()
    (loss + 0.2 * (torch.exp(away) - away - 1).mean()).backward()
    assert model.embedding.weight.grad is not None
    torch.testing.assert_close(ours, model.embedding.weight.grad, rtol=1e-3, atol=1e-5)
