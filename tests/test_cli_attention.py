"""`llm-explorer attention`: the weights by layer and head, the table, and what is refused in a sentence."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from explorer.cli import main
from explorer.core.session import Session
from tests.core.small import CONTEXT, save_small_model, small_model, small_tokenizer

TOKENIZER = small_tokenizer()
TEXT = "the cat 中"
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_small_model(tmp_path_factory.mktemp("models") / "small")


def run(folder: Path, *options: str) -> int:
    return main(["attention", "--model", str(folder), "--device", "cpu", *options])


def answer(capsys: Capture, folder: Path, *options: str) -> dict[str, Any]:
    assert run(folder, "--json", *options) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return json.loads(captured.out)


def expected(position: int) -> torch.Tensor:
    session = Session(small_model(), TOKENIZER)
    session.set_prompt(TEXT)
    return session.look_back(position)


def test_json_has_every_layer_and_head(capsys: Capture, folder: Path) -> None:
    ids = TOKENIZER.encode(TEXT)
    result = answer(capsys, folder, "--prompt", TEXT)
    assert result["position"] == len(ids) - 1
    assert [token["id"] for token in result["tokens"]] == ids
    assert (result["layers"], result["heads"]) == ([0, 1], [0, 1, 2, 3])
    assert torch.allclose(torch.tensor(result["weights"]), expected(len(ids) - 1), atol=1e-5)
    assert sum(result["average"]) == pytest.approx(1, abs=1e-4)
    assert answer(capsys, folder, "--prompt-ids", ",".join(map(str, ids))) == result


def test_one_position_one_layer_one_head(capsys: Capture, folder: Path) -> None:
    result = answer(capsys, folder, "--prompt", TEXT, "--position", "2", "--layer", "1", "--head", "3")
    assert (result["position"], result["layers"], result["heads"]) == (2, [1], [3])
    assert len(result["tokens"]) == 3
    assert result["weights"] == [[result["average"]]]
    assert result["average"] == pytest.approx(expected(2)[1, 3].tolist(), abs=1e-5)
    ids = TOKENIZER.encode(TEXT)
    again = answer(capsys, folder, "--prompt", TEXT, "--position", str(2 - len(ids)))
    assert again["position"] == 2


def test_the_table_has_a_line_a_token(capsys: Capture, folder: Path) -> None:
    assert run(folder, "--prompt", TEXT) == 0
    lines = capsys.readouterr().out.splitlines()
    ids = TOKENIZER.encode(TEXT)
    assert [int(line.split()[1]) for line in lines] == ids
    assert sum(float(line.split()[2].rstrip("%")) for line in lines) == pytest.approx(100, abs=0.1)


def test_a_long_prompt_is_cut_and_said(capsys: Capture, folder: Path) -> None:
    assert run(folder, "--prompt", "xy" * 60) == 0
    said = capsys.readouterr()
    assert f"the model sees {CONTEXT}" in said.err
    assert len(said.out.splitlines()) < CONTEXT


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--prompt", TEXT, "--position", "99"], "no token at position 99: the text has"),
        (["--prompt", TEXT, "--position", "-99"], "no token at position -99"),
        (["--prompt", TEXT, "--layer", "2"], "no layer 2"),
        (["--prompt", TEXT, "--head", "4"], "no head 4"),
        (["--prompt-ids", "1,x"], "no token ids"),
        (["--prompt-ids", "1,99999"], "no token 99999"),
    ],
)
def test_what_is_not_there_is_one_sentence(
    capsys: Capture, folder: Path, options: list[str], words: str
) -> None:
    assert run(folder, *options) == 1
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


def test_a_model_at_a_server_is_refused(capsys: Capture) -> None:
    assert main(["attention", "--model", "server:home", "--prompt", "a"]) == 1
    assert "cannot be looked into" in capsys.readouterr().err
