"""What must hold of the model whatever it has learned."""

import math

import pytest
import torch

from explorer.core.model import KVCache, ModelConfig, Transformer, initialize
from tests.core.small import CONTEXT, small_model

IDS = torch.randint(0, 200, (3, 30), generator=torch.Generator().manual_seed(1))


def config_of(width: int, vocab_size: int = 1000) -> ModelConfig:
    return ModelConfig(
        vocab_size=vocab_size,
        hidden_size=width,
        intermediate_size=2 * width,
        num_hidden_layers=3,
        num_attention_heads=width // 32,
        num_key_value_heads=width // 32,
        head_dim=32,
        max_position_embeddings=32,
    )


@pytest.mark.parametrize("width", [32, 128, 384, 768])
def test_first_loss_is_near_that_of_knowing_nothing(width: int) -> None:
    torch.set_num_threads(1)
    model = Transformer(config_of(width))
    initialize(model, 1)
    generator = torch.Generator().manual_seed(3)
    ids = torch.randint(0, 1000, (8, 33), generator=generator)
    with torch.no_grad():
        loss = float(model.loss(ids[:, :-1], ids[:, 1:]))
    assert loss == pytest.approx(math.log(1000), abs=0.1)


def test_the_seed_alone_makes_the_weights() -> None:
    first, second, other = (Transformer(config_of(32)) for _ in range(3))
    torch.manual_seed(1)
    initialize(first, 7)
    torch.manual_seed(2)
    initialize(second, 7)
    initialize(other, 8)
    for name, weight in first.state_dict().items():
        assert torch.equal(weight, second.state_dict()[name])
    assert not torch.equal(first.embedding.weight, other.embedding.weight)


@torch.no_grad()
def test_later_tokens_change_nothing_before_them() -> None:
    model = small_model()
    changed = IDS.clone()
    changed[:, 17:] = (changed[:, 17:] + 50) % 200
    before, after = model(IDS), model(changed)
    torch.testing.assert_close(before[:, :17], after[:, :17], rtol=1e-5, atol=1e-5)
    assert (before[:, 17:] - after[:, 17:]).abs().max() > 1e-2


@torch.no_grad()
def test_positions_matter() -> None:
    model = small_model()
    swapped = IDS[:, [1, 0, *range(2, 30)]]
    assert (model(IDS)[:, -1] - model(swapped)[:, -1]).abs().max() > 1e-3


@pytest.mark.parametrize("cuts", [[30], [1] * 30, [20, 1, 9], [7, 7, 7, 9], [1, 29]])
@torch.no_grad()
def test_a_cache_changes_nothing(cuts: list[int]) -> None:
    model = small_model()
    cache = KVCache(model.config, 3, CONTEXT)
    pieces = [model(piece, cache) for piece in IDS.split(cuts, dim=1)]
    assert cache.length == 30
    torch.testing.assert_close(torch.cat(pieces, 1), model(IDS), rtol=1e-4, atol=1e-4)


@torch.no_grad()
def test_a_cache_can_be_cut_back() -> None:
    model = small_model()
    cache = KVCache(model.config, 3, CONTEXT)
    model(IDS, cache)
    cache.truncate(11)
    other = (IDS[:, 11:] + 1) % 200
    expected = model(torch.cat((IDS[:, :11], other), 1))[:, 11:]
    torch.testing.assert_close(model(other, cache), expected, rtol=1e-4, atol=1e-4)


def test_a_cache_says_what_it_takes() -> None:
    config = small_model().config
    cache = KVCache(config, 2, 10)
    assert cache.size_bytes() == config.num_hidden_layers * 2 * 2 * 10 * config.keys_width * 4


def test_parameters_are_counted_once() -> None:
    tied, untied = (
        Transformer(config_of(32)),
        Transformer(ModelConfig(**{**vars(config_of(32)), "tie_word_embeddings": False})),
    )
    assert untied.parameter_count() - tied.parameter_count() == 1000 * 32
    assert tied.parameter_count() == sum(p.numel() for p in set(tied.parameters()))
