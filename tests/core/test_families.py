"""Other people's models give the numbers that transformers gives. Whole table: tests.benchmarks.parity."""

from pathlib import Path

import pytest
import torch
import transformers

from explorer.core.families.huggingface import load_transformer
from explorer.core.model import KVCache
from tests.benchmarks.parity import LIMIT, SHAPES, Shape, compare, make


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)
    transformers.logging.disable_progress_bar()


QUICK = [shape for shape in SHAPES if shape.quick]


@pytest.mark.parametrize("shape", QUICK, ids=[f"{shape.family}, {shape.name}" for shape in QUICK])
def test_logits_are_those_of_transformers(shape: Shape, tmp_path: Path) -> None:
    for path, difference in compare(shape, tmp_path).items():
        assert difference <= LIMIT, path


@pytest.mark.parametrize("family", ["qwen2", "gemma3_text"])
def test_config_of_an_older_transformers_means_the_same(family: str, tmp_path: Path) -> None:
    shape = next(shape for shape in QUICK if shape.family == family)
    assert max(compare(shape, tmp_path, older_names=True).values()) <= LIMIT


def test_weights_in_several_files(tmp_path: Path) -> None:
    theirs = make(SHAPES[3], tmp_path / "whole")
    theirs.save_pretrained(tmp_path / "parts", max_shard_size="30KB")
    assert len(list((tmp_path / "parts").glob("*.safetensors"))) > 2
    ids = torch.arange(12)[None]
    assert torch.equal(load_transformer(tmp_path / "parts")(ids), load_transformer(tmp_path / "whole")(ids))


def test_a_file_of_the_bare_model_opens_too(tmp_path: Path) -> None:
    theirs = make(SHAPES[0], tmp_path / "whole")
    theirs.transformer.save_pretrained(tmp_path / "bare")
    ids = torch.arange(12)[None]
    assert torch.equal(load_transformer(tmp_path / "bare")(ids), load_transformer(tmp_path / "whole")(ids))


def test_a_context_longer_than_the_first_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(SHAPES[3], tmp_path)
    ids = torch.arange(90)[None] % 101
    whole = load_transformer(tmp_path)(ids)
    monkeypatch.setattr("explorer.core.model.TABLE_POSITIONS", 16)
    model = load_transformer(tmp_path)
    model.set_rotary_tables(16)
    cache = KVCache(model.config, 1, 90)
    pieces = [model(ids[:, start : start + 10], cache) for start in range(0, 90, 10)]
    assert torch.allclose(torch.cat(pieces, dim=1), whole, atol=1e-4)


def test_half_precision_runs(tmp_path: Path) -> None:
    for family in ("gpt2", "llama", "gemma3_text"):
        make(next(shape for shape in QUICK if shape.family == family), tmp_path / family)
        model = load_transformer(tmp_path / family, torch.bfloat16)
        logits = model(torch.arange(20)[None], KVCache(model.config, 1, 20, dtype=torch.bfloat16))
        assert logits.dtype == torch.bfloat16
        assert bool(torch.isfinite(logits).all())
