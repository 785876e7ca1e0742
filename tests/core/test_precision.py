"""What a model is kept in: by size and device, or as asked; said with every answer."""

import json
from pathlib import Path

import pytest
import torch

from explorer.cli import main
from explorer.core import precision
from explorer.core.int8_model import Int8Transformer
from explorer.core.loading import load_model
from explorer.errors import InputError
from explorer.protocol import LoadModel, ModelLoaded, WantedPrecision
from explorer.services.inference import InferenceService
from tests.core.small import save_small_model


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_small_model(tmp_path_factory.mktemp("run") / "small")


@pytest.mark.parametrize(
    ("wanted", "device", "parameters", "expected"),
    [
        ("auto", "cpu", 10_000_000, "float32"),
        ("auto", "cpu", 135_000_000, "int8"),
        ("auto", "cuda", 10_000_000, "float32"),
        ("auto", "cuda", 135_000_000, "bfloat16"),
        ("auto", "mps", 135_000_000, "float32"),
        ("int8", "cpu", 1000, "int8"),
        ("bfloat16", "cpu", 1000, "bfloat16"),
        ("float32", "cuda", 10**10, "float32"),
    ],
)
def test_small_models_stay_exact_and_large_ones_get_quick(
    wanted: WantedPrecision, device: str, parameters: int, expected: str
) -> None:
    assert precision.choose(wanted, device, parameters) == expected


@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_eight_bits_on_a_card_are_refused_with_what_to_do(device: str) -> None:
    with pytest.raises(InputError, match=f"Choose the device cpu, or bfloat16 on {device}"):
        precision.choose("int8", device, 1000)


@pytest.mark.parametrize(
    ("wanted", "kept"), [("auto", "float32"), ("int8", "int8"), ("bfloat16", "bfloat16")]
)
def test_the_engine_tells_what_answers(folder: Path, wanted: WantedPrecision, kept: str) -> None:
    (loaded,) = InferenceService().run(LoadModel(path=str(folder), device="cpu", dtype=wanted))
    assert isinstance(loaded, ModelLoaded)
    assert loaded.dtype == kept


def test_one_model_in_two_precisions_is_two_models(folder: Path) -> None:
    service = InferenceService()
    for job, wanted in (("a", "float32"), ("b", "int8")):
        (loaded,) = service.run(LoadModel(job=job, path=str(folder), device="cpu", dtype=wanted))  # type: ignore[arg-type]
        assert isinstance(loaded, ModelLoaded)
        assert loaded.dtype == wanted


def test_the_command_line_tells_it_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.set_num_threads(1)
    texts = {}
    for dtype in ("auto", "float32", "int8", "bfloat16"):
        asked = ["generate", "--model", str(folder), "--prompt", "the", "--max-tokens", "5", "--dtype", dtype]
        assert main([*asked, "--device", "cpu", "--json", "--temperature", "0"]) == 0
        said = json.loads(capsys.readouterr().out)
        assert said["dtype"] == ("float32" if dtype == "auto" else dtype)
        texts[dtype] = said["ids"]
    assert texts["auto"] == texts["float32"]


def test_what_was_trained_here_opens_in_8_bits(folder: Path) -> None:
    loaded = load_model(folder, "cpu", dtype="int8")
    assert isinstance(loaded.model, Int8Transformer)
    assert (
        loaded.info.parameters == load_model(folder, "cpu").info.parameters == loaded.model.parameter_count()
    )
