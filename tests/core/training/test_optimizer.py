"""Rates and the optimizer's memory."""

from dataclasses import replace

import pytest
import torch

from explorer.core.training.optimizer import Optimizer, learning_rate
from explorer.core.training.presets import PRESETS, Recipe
from tests.core.small import small_model

RECIPE = Recipe(context=8, batch=1, steps=1000, learning_rate=2.0, warmup=0.03, cooldown=0.4)
MUON = replace(RECIPE, optimizer="muon", matrix_rate=0.05)


def test_the_rate_rises_stays_and_falls() -> None:
    rates = [learning_rate(RECIPE, step, 1000) for step in range(1, 1001)]
    assert rates[0] == pytest.approx(2.0 / 30) and rates[14] == pytest.approx(1.0)
    assert set(rates[29:600]) == {2.0}
    assert rates[800] == pytest.approx(1.0) and rates[-1] == pytest.approx(0.04)
    assert rates[:30] == sorted(rates[:30]) and rates[600:] == sorted(rates[600:], reverse=True)


@pytest.mark.parametrize("steps", [1, 2, 7, 25])
def test_few_steps_have_sound_rates(steps: int) -> None:
    rates = [learning_rate(RECIPE, step, steps) for step in range(1, steps + 1)]
    assert all(0 < rate <= 2.0 for rate in rates)


@pytest.mark.parametrize("name", PRESETS)
def test_presets_have_sound_rates(name: str) -> None:
    recipe = PRESETS[name].recipe
    rates = [learning_rate(recipe, step, recipe.steps) for step in range(1, recipe.steps + 1)]
    assert max(rates) == recipe.learning_rate and min(rates) > 0


def test_matrices_decay_and_norms_do_not() -> None:
    model = small_model()
    decayed, plain = Optimizer(model, RECIPE).groups
    assert decayed["weight_decay"] == RECIPE.weight_decay and plain["weight_decay"] == 0
    assert {p.ndim for p in decayed["params"]} == {2} and {p.ndim for p in plain["params"]} == {1}
    assert len(decayed["params"]) + len(plain["params"]) == len(list(model.parameters()))


def test_muon_takes_the_matrices_within_the_layers() -> None:
    model = small_model()
    optimizer = Optimizer(model, MUON)
    ends, norms, matrices = optimizer.groups
    assert ends["params"] == [model.embedding.weight]
    assert len(matrices["params"]) == 4 * len(model.blocks) and matrices["weight_decay"] == 0.1
    assert len(ends["params"] + norms["params"] + matrices["params"]) == len(list(model.parameters()))
    optimizer.set_rate(1.0)  # half of its height
    assert [group["lr"] for group in optimizer.groups] == [1.0, 1.0, pytest.approx(0.025)]


def update(model: torch.nn.Module, optimizer: Optimizer, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    for parameter in model.parameters():
        parameter.grad = torch.randn(parameter.shape, generator=generator)
    optimizer.set_rate(0.01)
    optimizer.step()


@pytest.mark.parametrize("recipe", [RECIPE, MUON], ids=["adamw", "muon"])
def test_its_memory_goes_to_disk_and_back(recipe: Recipe) -> None:
    one, two = small_model(), small_model()
    first = Optimizer(one, recipe)
    for seed in (1, 2, 3):
        update(one, first, seed)
    two.load_state_dict(one.state_dict())
    second = Optimizer(two, recipe)
    second.restore(first.tensors())
    for model, optimizer in ((one, first), (two, second)):
        update(model, optimizer, 4)
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))


def test_anothers_memory_is_refused() -> None:
    model = small_model()
    with pytest.raises(KeyError):
        Optimizer(model, RECIPE).restore({"somewhere/exp_avg": torch.zeros(1)})
    other = Optimizer(model, RECIPE)
    update(model, other, 1)
    with pytest.raises(KeyError):
        Optimizer(model, MUON).restore(other.tensors())


def test_muon_makes_all_directions_of_an_update_alike() -> None:
    model = small_model()
    before = model.blocks[0].attention.out.weight.detach().clone()
    update(model, Optimizer(model, replace(MUON, weight_decay=0.0)), 1)
    change = (model.blocks[0].attention.out.weight - before).detach()
    values = torch.linalg.svdvals(change) / (0.01 * 0.025)
    assert float(values.min()) > 0.3 and float(values.max()) < 1.5
