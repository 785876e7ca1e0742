"""Gradients derived by hand against autograd's, and what training needs of them."""

import math

import pytest
import torch

from explorer.core.model import ModelConfig, Transformer, initialize
from explorer.core.training import by_hand
from explorer.core.training.by_hand import ByHand
from explorer.core.training.gradients import weighted_loss
from explorer.core.training.kernels import Kernels, TorchKernels
from explorer.core.training.native import best_kernels

CONTEXT = 24


def model_of(heads: int, groups: int, tied: bool) -> Transformer:
    torch.set_num_threads(1)
    config = ModelConfig(
        vocab_size=37,
        hidden_size=32,
        intermediate_size=56,
        num_hidden_layers=2,
        num_attention_heads=heads,
        num_key_value_heads=groups,
        head_dim=8,
        max_position_embeddings=CONTEXT,
        tie_word_embeddings=tied,
    )
    model = Transformer(config)
    initialize(model, 1)
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for parameter in model.parameters():  # away from the start, where norms' weights are all one
            parameter += 0.1 * torch.randn(parameter.shape, generator=generator)
    return model


def batch_of(rows: int, length: int = CONTEXT) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(5)
    ids = torch.randint(0, 37, (rows, length + 1), generator=generator)
    return ids[:, :-1], ids[:, 1:]


def gradients(model: Transformer) -> dict[str, torch.Tensor]:
    return {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}


@pytest.mark.parametrize("kernels", [best_kernels(), TorchKernels()], ids=["best", "torch"])
@pytest.mark.parametrize(
    ("groups", "tied", "lanes"), [(4, True, 1), (2, True, 2), (1, True, 4), (2, False, 7)]
)
@pytest.mark.parametrize(("part", "block", "head_rows"), [(2048, 128, 1024), (2 * 24, 8, 20), (1, 10, 7)])
def test_every_gradient_is_autograds(
    kernels: Kernels,
    groups: int,
    tied: bool,
    lanes: int,
    part: int,
    block: int,
    head_rows: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(by_hand, "_PART_POSITIONS", part)
    monkeypatch.setattr(by_hand, "_QUERY_BLOCK", block)
    monkeypatch.setattr(by_hand, "_HEAD_ROWS", head_rows)
    model = model_of(4, groups, tied)
    inputs, targets = batch_of(6)
    loss = model.loss(inputs, targets)
    loss.backward()
    wanted = gradients(model)
    ours = ByHand(model, kernels, lanes)
    for _ in range(2):  # the second time with every array full of the first
        found = ours.loss_and_gradients(inputs, targets)
    assert float(found) == pytest.approx(loss.item(), rel=1e-6)
    assert set(wanted) == set(gradients(model))
    for name, grad in gradients(model).items():
        distance = (grad - wanted[name]).norm() / wanted[name].norm()
        assert distance < 2e-5, name


@pytest.mark.parametrize("kernels", [best_kernels(), TorchKernels()], ids=["best", "torch"])
@pytest.mark.parametrize("lanes", [1, 3])
@pytest.mark.parametrize("temperature", [1.0, 0.7])
def test_weights_of_tokens_count_as_in_autograd(
    kernels: Kernels, lanes: int, temperature: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of both signs, and zero: what a policy's gradient takes."""
    monkeypatch.setattr(by_hand, "_HEAD_ROWS", 20)
    monkeypatch.setattr(by_hand, "_PART_POSITIONS", 48)
    model = model_of(4, 2, True)
    inputs, targets = batch_of(6)
    weights = torch.randn(inputs.shape, generator=torch.Generator().manual_seed(7)) / 50
    weights[:, :5] = 0.0
    weights[2] = 0.0
    loss = weighted_loss(model, inputs, targets, weights, 9.5, temperature)
    loss.backward()
    wanted = gradients(model)
    found = ByHand(model, kernels, lanes).loss_and_gradients(inputs, targets, weights, 9.5, temperature)
    assert float(found) == pytest.approx(loss.item(), rel=1e-4)
    for name, grad in gradients(model).items():
        assert (grad - wanted[name]).norm() / wanted[name].norm() < 5e-5, name


def test_equal_weights_are_a_mean() -> None:
    model = model_of(4, 2, True)
    inputs, targets = batch_of(4)
    ours = ByHand(model)
    mean = float(ours.loss_and_gradients(inputs, targets))
    wanted = gradients(model)
    weights = torch.full(inputs.shape, 1 / inputs.numel())
    assert float(ours.loss_and_gradients(inputs, targets, weights, 1.0)) == pytest.approx(mean, rel=1e-6)
    torch.testing.assert_close(gradients(model), wanted, rtol=1e-4, atol=1e-7)


def test_batches_of_other_shapes_take_turns() -> None:
    model = model_of(4, 2, True)
    ours = ByHand(model)
    for rows, length in ((4, CONTEXT), (3, 10), (4, CONTEXT), (1, 1)):
        inputs, targets = batch_of(rows, length)
        found = ours.loss_and_gradients(inputs, targets)
        got = gradients(model)
        model.zero_grad(set_to_none=True)
        loss = model.loss(inputs, targets)
        loss.backward()
        assert float(found) == pytest.approx(loss.item(), rel=1e-6)
        torch.testing.assert_close(got, gradients(model), rtol=1e-3, atol=1e-6)
        ours = ByHand(model)


@pytest.mark.parametrize("lanes", [1, 2, 3])
def test_the_same_batch_gives_the_same_bits(lanes: int) -> None:
    inputs, targets = batch_of(6)
    results: list[dict[str, torch.Tensor]] = []
    for _ in range(2):
        model = model_of(4, 2, True)
        ours = ByHand(model, lanes=lanes)
        ours.loss_and_gradients(*batch_of(3))
        ours.loss_and_gradients(inputs, targets)
        results.append(gradients(model))
    for name, grad in results[0].items():
        assert torch.equal(grad, results[1][name]), name


def test_impossible_scores_give_no_nan() -> None:
    model = model_of(4, 4, True)
    with torch.no_grad():
        model.norm.weight.fill_(300.0)  # probabilities that underflow to zero
    inputs, targets = batch_of(2)
    loss = ByHand(model).loss_and_gradients(inputs, targets)
    assert math.isfinite(float(loss))
    assert all(bool(torch.isfinite(grad).all()) for grad in gradients(model).values())
    assert float(loss) == pytest.approx(model.loss(inputs, targets).item(), rel=1e-5)


def test_one_batch_is_learned_by_heart() -> None:
    model = model_of(4, 4, True)
    ours = ByHand(model)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2, fused=True)
    inputs, targets = batch_of(4)
    for _ in range(150):
        loss = ours.loss_and_gradients(inputs, targets)
        optimizer.step()
    assert float(loss) < 0.1


def test_the_threads_of_everything_else_stay_as_they_were() -> None:
    model = model_of(4, 4, True)
    torch.set_num_threads(2)
    try:
        ByHand(model).loss_and_gradients(*batch_of(4))
        assert torch.get_num_threads() == 2
        with pytest.raises(IndexError):
            ByHand(model).loss_and_gradients(batch_of(4)[0] + 1000, batch_of(4)[1])
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(1)
