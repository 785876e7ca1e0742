"""Weights in 8 bits: the numbers that fp32 gives with the rounded weights, by every way through the model."""

import copy
from itertools import pairwise
from pathlib import Path

import pytest
import torch
import transformers
from torch import Tensor

from explorer.core import int8_model, int8_weights
from explorer.core.families.huggingface import load_int8, load_transformer
from explorer.core.int8_model import Int8Transformer, int8_of
from explorer.core.int8_weights import Int8Linear, quantize_rows
from explorer.core.model import KVCache, Transformer
from explorer.core.native.int8_row import Int8Row, agrees, int8_row
from explorer.errors import DamagedFileError
from tests.benchmarks.parity import SHAPES, make
from tests.core.small import small_model

LIMIT = 1e-4
T = 24
CONFIGS = {
    f"{shape.family}, {shape.name}": shape
    for shape in SHAPES
    if shape.quick or shape.name in ("exact gelu, untied", "biases everywhere", "one key head, head size 20")
}
needs_c = pytest.mark.skipif(int8_row() is None, reason="no C compiler, or no vector instructions known")


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)
    transformers.logging.disable_progress_bar()


def rounded(model: Transformer) -> Transformer:
    """`model` in fp32 with the weights that its 8-bit likeness has."""
    likeness = Transformer(model.config)
    state = {}
    for name, tensor in model.state_dict().items():
        if tensor.ndim == 2 and not name.startswith("position"):
            weight, scale = quantize_rows(tensor)
            tensor = weight * scale[:, None]
        state[name] = tensor
    likeness.load_state_dict(state)
    return likeness


def logits(model: Transformer, ids: Tensor, cuts: list[int]) -> Tensor:
    """Through a cache, in the pieces that `cuts` makes."""
    cache = KVCache(model.config, len(ids), ids.shape[1])
    return torch.cat([model(ids[:, start:end], cache) for start, end in pairwise(cuts)], dim=1)


@pytest.mark.parametrize("name", CONFIGS)
@torch.inference_mode()
def test_every_family_gives_what_fp32_gives_with_the_rounded_weights(name: str, tmp_path: Path) -> None:
    make(CONFIGS[name], tmp_path)
    model = load_transformer(tmp_path)
    ids = torch.randint(0, 101, (1, T), generator=torch.Generator().manual_seed(1))
    expected, ours = rounded(model)(ids), load_int8(tmp_path)
    assert ours.parameter_count() == model.parameter_count()
    for cuts in ([0, T], [0, 9, *range(10, T + 1)], list(range(T + 1))):
        torch.testing.assert_close(logits(ours, ids, cuts), expected, rtol=LIMIT, atol=LIMIT)


@torch.inference_mode()
def test_rows_together_are_the_rows_alone() -> None:
    model = int8_of(small_model())
    ids = torch.randint(0, 256, (5, T), generator=torch.Generator().manual_seed(2))
    together = logits(model, ids, list(range(T + 1)))
    for row, expected in zip(ids, together, strict=True):
        torch.testing.assert_close(
            logits(model, row[None], list(range(T + 1)))[0], expected, rtol=LIMIT, atol=LIMIT
        )


@torch.inference_mode()
def test_without_a_compiler_pytorch_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    model, ids = int8_of(small_model()), torch.arange(T)[None]
    cuts = [0, 15, *range(16, T + 1)]
    expected = logits(model, ids, cuts)
    for module in (int8_model, int8_weights):
        monkeypatch.setattr(module, "int8_row", lambda: None)
    torch.testing.assert_close(logits(model, ids, cuts), expected, rtol=LIMIT, atol=LIMIT)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_c_rounds_as_pytorch_does(dtype: torch.dtype, monkeypatch: pytest.MonkeyPatch) -> None:
    generator = torch.Generator().manual_seed(1)
    matrix = torch.randn(41, 77, generator=generator)
    matrix[3], matrix[4] = 0.0, matrix[4] * 1e-37
    matrix[5:8, 9] = torch.tensor([torch.inf, -torch.inf, torch.nan])
    found = quantize_rows(matrix.to(dtype))
    monkeypatch.setattr(int8_weights, "int8_row", lambda: None)
    weight, scale = quantize_rows(matrix.to(dtype))
    sound = torch.tensor([row not in (5, 6, 7) for row in range(41)])
    assert torch.equal(found[0][sound], weight[sound])
    assert torch.equal(found[1][sound], scale[sound])
    assert not bool(torch.isfinite(found[1][~sound]).any() | torch.isfinite(scale[~sound]).any())
    assert int(weight[:3].abs().max()) == 127


def test_a_number_that_is_none_is_refused(tmp_path: Path) -> None:
    theirs = make(SHAPES[3], tmp_path / "sound")
    for name in ("model.layers.1.mlp.up_proj.weight", "model.norm.weight", "model.embed_tokens.weight"):
        spoiled = copy.deepcopy(theirs)
        with torch.no_grad():
            spoiled.get_parameter(name).view(-1)[-1] = torch.nan
        spoiled.save_pretrained(tmp_path / "spoiled")
        with pytest.raises(DamagedFileError, match="not finite"):
            load_int8(tmp_path / "spoiled")


@torch.inference_mode()
def test_rounding_changes_little() -> None:
    generator = torch.Generator().manual_seed(1)
    matrix = torch.randn(7, 300, generator=generator)
    matrix[3] = 0.0
    weight, scale = quantize_rows(matrix)
    assert int(weight.abs().amax(dim=1).float().min()) == 0
    assert bool(torch.isfinite(scale).all())
    assert bool(((weight * scale[:, None] - matrix).abs() <= scale[:, None] / 2 + 1e-6).all())
    model = small_model()
    ids = torch.randint(0, 256, (4, 40), generator=generator)
    exact, ours = model(ids).log_softmax(-1), int8_of(model)(ids).log_softmax(-1)
    assert float((exact.exp() * (exact - ours)).sum(-1).mean()) < 0.02  # nats; its weights are drawn large


@torch.inference_mode()
def test_a_cache_whose_rows_have_moved_or_whose_end_is_taken_back_goes_on() -> None:
    model, ids = int8_of(small_model()), torch.arange(30)[None]
    expected = model(ids)[0]
    cache = KVCache(model.config, 2, 30)
    model(ids[:, :10].expand(2, -1), cache)
    cache.keep_rows([1])
    steps = [model(ids[:, place : place + 1], cache)[0, 0] for place in range(10, 30)]
    torch.testing.assert_close(torch.stack(steps), expected[10:], rtol=LIMIT, atol=LIMIT)
    cache.truncate(12)
    again = model(ids[:, 12:13], cache)[0, 0]
    torch.testing.assert_close(again, expected[12], rtol=LIMIT, atol=LIMIT)


@torch.inference_mode()
def test_two_caches_take_turns() -> None:
    model = int8_of(small_model())
    streams = [torch.arange(12)[None], torch.arange(100, 112)[None]]
    caches = [KVCache(model.config, 1, 12), KVCache(model.config, 1, 40)]
    for place in range(12):
        for ids, cache in zip(streams, caches, strict=True):
            found = model(ids[:, place : place + 1], cache)[0, 0]
            torch.testing.assert_close(found, model(ids)[0, place], rtol=LIMIT, atol=LIMIT)


@needs_c
@torch.inference_mode()
def test_threads_change_nothing() -> None:
    model, ids = Int8Linear(200, 3000), torch.randn(3, 200, generator=torch.Generator().manual_seed(1))
    model.weight, model.scale = quantize_rows(
        torch.randn(3000, 200, generator=torch.Generator().manual_seed(2))
    )
    alone = model(ids)
    for threads in (2, 3, 1, 2):
        torch.set_num_threads(threads)
        for _ in range(200):
            assert torch.equal(model(ids), alone)


@needs_c
def test_a_library_that_multiplies_wrongly_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    library = int8_row()
    assert library is not None
    assert agrees(library)

    def wrong(self: Int8Row, x: Tensor, weight: Tensor, scale: Tensor, bias: Tensor | None) -> Tensor:
        return x @ (weight * scale[:, None]).T * 1.01

    monkeypatch.setattr(Int8Row, "product", wrong)
    assert not agrees(library)


def test_it_takes_a_quarter_of_the_memory() -> None:
    model, ours = small_model(), int8_of(small_model())
    assert isinstance(ours, Int8Transformer)
    whole = sum(tensor.nbytes for tensor in model.state_dict().values())
    kept = {
        buffer.data_ptr(): buffer.nbytes
        for name, buffer in ours.named_buffers()
        if "cos" not in name and "sin" not in name
    }
    assert sum(kept.values()) < whole / 3  # the rows are short here: scales weigh more than in real models
