"""Attention weights against transformers' own, for every way in which families differ."""

from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from torch import Tensor

from explorer.core.attention_maps import attention_at
from explorer.core.families.huggingface import load_transformer
from explorer.core.int8_model import int8_of
from explorer.core.model import KVCache, Transformer
from explorer.core.session import Session
from explorer.errors import InputError
from explorer.protocol import SamplerSettings
from tests.benchmarks.parity import SHAPES, Shape, make
from tests.core.small import small_model, small_tokenizer

TOKENS = 24
LIMIT = 1e-5
TRIED = [
    shape for shape in SHAPES if shape.quick or "sliding" in shape.name or "scaled otherwise" in shape.name
]
IDS = torch.randint(0, 101, (2, TOKENS), generator=torch.Generator().manual_seed(4))


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)
    transformers.logging.disable_progress_bar()


def filled(model: Transformer, ids: Tensor, padding: Tensor | None = None, room: int = 3) -> KVCache:
    cache = KVCache(model.config, len(ids), ids.shape[1] + room, padding=padding)
    with torch.inference_mode():
        model.hidden(ids, cache)
    return cache


def theirs_at(theirs: Any, ids: Tensor, position: int, **options: Tensor) -> Tensor:
    """(B, L, H, position + 1)."""
    with torch.inference_mode():
        attentions = theirs(ids, output_attentions=True, use_cache=False, **options).attentions
    return torch.stack([layer[:, :, position, : position + 1] for layer in attentions], dim=1)


@pytest.mark.parametrize("shape", TRIED, ids=[f"{shape.family}, {shape.name}" for shape in TRIED])
def test_weights_are_those_of_transformers(shape: Shape, tmp_path: Path) -> None:
    theirs, model = make(shape, tmp_path), load_transformer(tmp_path)
    cache = filled(model, IDS)
    for position in (0, 1, 8, 9, TOKENS - 1):
        found = attention_at(model, cache, IDS[:, position], position)
        expected = theirs_at(theirs, IDS, position)
        assert found.shape == expected.shape
        assert float((found - expected).abs().max()) <= LIMIT
        assert torch.allclose(found.sum(-1), torch.ones(()), atol=1e-5)
        for layer in range(model.config.num_hidden_layers):
            window = model.config.architecture.sliding_window
            if model.config.slides(layer) and window is not None and position >= window:
                assert not found[:, layer, :, : position + 1 - window].any(), "hidden by the window"


@pytest.mark.parametrize("family", ["gpt2", "llama", "gemma3_text"])
def test_rows_that_begin_with_padding_see_none_of_it(family: str, tmp_path: Path) -> None:
    shape = next(shape for shape in SHAPES if shape.family == family and shape.quick)
    theirs, model = make(shape, tmp_path), load_transformer(tmp_path)
    padding = torch.tensor([0, 7])
    cache = filled(model, IDS, padding)
    attended = (torch.arange(TOKENS) >= padding[:, None]).long()
    positions = (torch.arange(TOKENS) - padding[:, None]).clamp(min=0)
    for position in (8, TOKENS - 1):
        found = attention_at(model, cache, IDS[:, position], position)
        expected = theirs_at(theirs, IDS, position, attention_mask=attended, position_ids=positions)
        assert float((found - expected).abs().max()) <= LIMIT
        assert not found[1, :, :, :7].any()


def test_the_cache_is_left_as_it_was_to_the_last_bit() -> None:
    model = small_model()
    ids = torch.arange(20)[None]
    cache = filled(model, ids)
    before = [tuple(part[:, :, :20].clone() for part in cache.layer(layer)) for layer in range(2)]
    attention_at(model, cache, ids[:, 7], 7)
    assert cache.length == 20
    for layer in range(2):
        now = tuple(part[:, :, :20] for part in cache.layer(layer))
        assert all(torch.equal(one, other) for one, other in zip(before[layer], now, strict=True))
    assert not any(block.attention._forward_pre_hooks for block in model.blocks)


def test_the_token_after_the_last_one_can_be_asked_before_it_is_read() -> None:
    model = small_model()
    ids = torch.arange(12)[None]
    whole, shorter = filled(model, ids), filled(model, ids[:, :11])
    found = attention_at(model, shorter, ids[:, 11], 11)
    assert shorter.length == 11
    assert torch.allclose(found, attention_at(model, whole, ids[:, 11], 11), atol=1e-6)


@pytest.mark.parametrize("kind", ["float32", "bfloat16", "int8"])
def test_a_session_goes_on_as_if_nobody_had_looked(kind: str) -> None:
    model = small_model()
    if kind == "int8":
        model = int8_of(model)
    elif kind == "bfloat16":
        model.to(dtype=torch.bfloat16).set_rotary_tables()
    sampler = SamplerSettings(seed=5)
    texts: list[list[int]] = []
    for looks in (False, True):
        session = Session(model, small_tokenizer())
        session.set_prompt("the cat sat")
        for _ in range(10):
            session.step(sampler)
            if looks:
                for position in (0, 3, session.position - 1):
                    weights = session.look_back(position)
                    assert weights.shape == (2, 4, position + 1)
                    assert torch.allclose(weights.sum(-1), torch.ones(()), atol=1e-5)
        texts.append(session.ids)
    assert texts[0] == texts[1]


@pytest.mark.parametrize("position", [-1, 3, 10_000])
def test_a_position_that_is_not_there_is_said(position: int) -> None:
    session = Session(small_model(), small_tokenizer())
    session.set_prompt_ids([1, 2, 3])
    with pytest.raises(InputError, match="from 0 to 2"):
        session.look_back(position)
