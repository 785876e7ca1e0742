"""The cache's size from a model's sizes, against the tensors that are there."""

import pytest
import torch

from explorer.core.kv_size import kv_size
from explorer.core.model import Architecture, KVCache, ModelConfig
from explorer.core.session import Session
from tests.core.small import small_model, small_tokenizer


def config(**architecture: object) -> ModelConfig:
    return ModelConfig(
        vocab_size=50,
        hidden_size=24,
        intermediate_size=32,
        num_hidden_layers=6,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=10,
        max_position_embeddings=512,
        architecture=Architecture(**architecture),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("tokens", [1, 17, 512])
def test_it_is_the_size_of_the_tensors(dtype: torch.dtype, tokens: int) -> None:
    cache = KVCache(config(), 1, tokens, dtype=dtype)
    real = sum(part.numel() * part.element_size() for layer in range(6) for part in cache.layer(layer))
    size = kv_size(config(), dtype, tokens)
    assert size.size_bytes == size.visible_bytes == real == cache.size_bytes()
    assert size.bytes_per_token * tokens == real
    assert (size.sliding_layers, size.window) == (0, None)


def test_sliding_layers_are_noted_and_see_less() -> None:
    slides = (True, True, False) * 2
    size = kv_size(config(sliding_window=8, sliding_layers=slides), torch.float32, 20)
    assert (size.sliding_layers, size.window) == (4, 8)
    assert size.size_bytes == KVCache(config(), 1, 20).size_bytes()
    assert size.visible_bytes == size.size_bytes // 6 * 2 + size.size_bytes // 6 // 20 * 8 * 4
    short = kv_size(config(sliding_window=8, sliding_layers=slides), torch.float32, 5)
    assert short.visible_bytes == short.size_bytes


def test_a_window_that_no_layer_uses_is_none() -> None:
    assert kv_size(config(sliding_window=8), torch.float32, 20).window is None


def test_a_session_knows_its_own() -> None:
    session = Session(small_model(), small_tokenizer())
    session.set_prompt_ids([1, 2, 3])
    assert session.kv_size.size_bytes == 3 * 2 * 2 * 2 * 8 * 4
