"""Models trained here as GGUF: llama.cpp gives the same tokens, and our own reader the same numbers."""

from pathlib import Path
from typing import Any

import pytest
import torch
import xllamacpp

from explorer.cli import main
from explorer.core.families.gguf_export import export_gguf
from explorer.core.generate import TokenDrawn, generate
from explorer.core.loading import LoadedModel, load_model
from explorer.errors import InputError
from explorer.protocol import SamplerSettings
from explorer.text.characters import CharacterTokenizer
from tests.benchmarks.parity import SHAPES, make
from tests.core.small import save_small_model

PROMPT = "the 中 thick 12"


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> LoadedModel:
    torch.set_num_threads(1)
    return load_model(save_small_model(tmp_path_factory.mktemp("run") / "small"), "cpu")


def written(loaded: LoadedModel, file: Path, packing: Any = "f32") -> Path:
    export_gguf(loaded.model, loaded.tokenizer, loaded.speech, "small", file, packing)
    return file


def greedy(loaded: LoadedModel, count: int) -> list[int]:
    ids = loaded.tokenizer.encode(PROMPT)
    settings = SamplerSettings(temperature=0)
    facts = generate(loaded.model, loaded.tokenizer, [ids], settings, max_tokens=count, end_tokens=())
    return [fact.id for fact in facts if isinstance(fact, TokenDrawn)]


def llama_cpp(file: Path, count: int) -> dict[str, Any]:
    """Its greedy answer: number of prompt tokens, bytes of the new ones."""
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(file)
    parameters.n_ctx, parameters.n_parallel = 64, 1
    parameters.cpuparams.n_threads, parameters.warmup = 1, False
    server = xllamacpp.Server(parameters)
    question = {"prompt": PROMPT, "max_tokens": count, "temperature": 0.0, "logprobs": 1, "ignore_eos": True}
    answer: Any = server.handle_completions(question)
    drawn = answer["choices"][0]["logprobs"]["content"]
    return {"prompt": answer["usage"]["prompt_tokens"], "ids": [token["id"] for token in drawn]}


@pytest.mark.parametrize("packing", ["f32", "f16", "q8_0"])
def test_llama_cpp_gives_the_tokens_that_our_reader_gives(
    ours: LoadedModel, packing: str, tmp_path: Path
) -> None:
    file = written(ours, tmp_path / "small.gguf", packing)
    back = load_model(file, "cpu", cache_dir=tmp_path / "kept")
    theirs = llama_cpp(file, 16)
    assert theirs["prompt"] == len(ours.tokenizer.encode(PROMPT))
    assert theirs["ids"] == greedy(back, 16)


@pytest.mark.parametrize(("packing", "limit"), [("f32", 0.0), ("f16", 0.1), ("q8_0", 2.0)])
def test_read_back_the_numbers_are_the_same(
    ours: LoadedModel, packing: str, limit: float, tmp_path: Path
) -> None:
    back = load_model(written(ours, tmp_path / "small.gguf", packing), "cpu", cache_dir=tmp_path / "kept")
    ids = torch.tensor([ours.tokenizer.encode(PROMPT)])
    with torch.inference_mode():
        assert float((back.model(ids) - ours.model(ids)).abs().max()) <= limit
    assert back.tokenizer.encode(PROMPT) == ours.tokenizer.encode(PROMPT)
    assert back.end_tokens == ours.end_tokens
    assert back.info.name == "small"


def test_the_command_writes_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, out = save_small_model(tmp_path / "small"), tmp_path / "out" / "small.gguf"
    assert (
        main(["export", "--model", str(folder), "--format", "gguf", "--quantize", "q8_0", "--out", str(out)])
        == 0
    )
    assert out.stat().st_size > 10_000
    assert str(out) in capsys.readouterr().out
    assert [file.name for file in out.parent.iterdir()] == ["small.gguf"]


def test_what_llama_cpp_has_no_like_of_is_refused(ours: LoadedModel, tmp_path: Path) -> None:
    make(SHAPES[0], tmp_path / "theirs")
    foreign = load_model(tmp_path / "theirs", "cpu", cache_dir=tmp_path / "kept")
    with pytest.raises(InputError, match="trained here"):
        written(foreign, tmp_path / "other.gguf")
    characters = LoadedModel(ours.model, CharacterTokenizer(["a"]), ours.info, ours.speech)
    with pytest.raises(InputError, match="single characters"):
        written(characters, tmp_path / "other.gguf")
    assert not (tmp_path / "other.gguf").exists()
