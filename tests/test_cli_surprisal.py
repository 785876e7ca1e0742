"""`llm-explorer surprisal`: the table, the JSON, and what is refused in a sentence."""

import io
import json
import math
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from explorer.cli import main
from explorer.protocol import SamplerSettings
from tests.core.small import CONTEXT, save_small_model, small_model, small_tokenizer

TOKENIZER = small_tokenizer()
TEXT = "the cat 中"
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_small_model(tmp_path_factory.mktemp("models") / "small")


def run(folder: Path, *options: str) -> int:
    return main(["surprisal", "--model", str(folder), "--device", "cpu", *options])


def answer(capsys: Capture, folder: Path, *options: str) -> dict[str, Any]:
    assert run(folder, "--json", *options) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return json.loads(captured.out)


def logprobs() -> torch.Tensor:
    with torch.no_grad():
        return torch.log_softmax(small_model()(torch.tensor([TOKENIZER.encode(TEXT)]))[0], -1)


def test_json_has_every_token_and_the_totals(capsys: Capture, folder: Path) -> None:
    result = answer(capsys, folder, TEXT, "--top", "2", "--temperature", "0")
    ids = TOKENIZER.encode(TEXT)
    assert [token["id"] for token in result["tokens"]] == ids
    assert (result["model"], result["window"], result["stride"]) == ("small", CONTEXT, CONTEXT // 2)
    assert result["tokens"][0]["logprob"] is None
    expected = logprobs()
    nats = 0.0
    for row, token in zip(expected, result["tokens"][1:], strict=False):
        nats -= float(row[token["id"]])
        assert token["logprob"] == pytest.approx(float(row[token["id"]]), abs=1e-4)
        assert [other["id"] for other in token["top"]] == row.topk(2).indices.tolist()
        assert token["after"]["entropy"] == 0.0
        assert token["after"]["logprob"] == (0.0 if token["id"] == int(row.argmax()) else None)
    assert result["nats"] == pytest.approx(nats, abs=1e-3)
    assert result["scored"] == len(ids) - 1
    assert result["bytes"] == len(TEXT.encode()) - len(TOKENIZER.token_bytes(ids[0]))
    assert result["bits_per_byte"] == pytest.approx(nats / result["bytes"] / math.log(2), abs=1e-4)
    assert result["perplexity"] == pytest.approx(math.exp(nats / result["scored"]), rel=1e-3)


def test_text_comes_from_a_file_from_standard_input_or_as_ids(
    capsys: Capture, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = answer(capsys, folder, TEXT)
    (tmp_path / "text.txt").write_text(TEXT, encoding="utf-8")
    assert answer(capsys, folder, "--file", str(tmp_path / "text.txt")) == expected
    assert answer(capsys, folder, "--ids", ",".join(map(str, TOKENIZER.encode(TEXT)))) == expected
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
    assert answer(capsys, folder, "-") == expected


def test_the_table_has_a_line_a_token_and_the_totals(capsys: Capture, folder: Path) -> None:
    assert run(folder, TEXT, "--top", "1", "--top-k", "1") == 0
    lines = capsys.readouterr().out.splitlines()
    ids = TOKENIZER.encode(TEXT)
    assert len(lines) == len(ids) + 2
    assert "after the chain" in lines[0]
    assert [line.split()[1] for line in lines[1:-1]] == [str(token) for token in ids]
    assert lines[2].split()[2] == f"{-float(logprobs()[0, ids[1]]):.3f}"
    assert "cut" in lines[2]
    assert "<e4 b8>" in "".join(lines), "half a character is shown as its bytes"
    assert "bits per byte" in lines[-1] and "perplexity" in lines[-1]


def test_a_long_text_says_how_it_was_read(capsys: Capture, folder: Path) -> None:
    assert run(folder, "xy" * 60, "--window", "30", "--stride", "10") == 0
    assert "windows of 30 tokens, 10 further each time" in capsys.readouterr().out
    result = answer(capsys, folder, "xy" * 60, "--window", "30", "--stride", "10")
    assert min(token["context"] for token in result["tokens"][30:]) == 20


def test_colours_are_for_terminals_only(
    capsys: Capture, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    run(folder, TEXT)
    assert "\x1b[" not in capsys.readouterr().out
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    run(folder, TEXT)
    assert "\x1b[48;5;" in capsys.readouterr().out
    run(folder, TEXT, "--no-color")
    assert "\x1b[" not in capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    run(folder, TEXT)
    assert "\x1b[" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["", "--json"], "nothing to score"),
        (["a"], "nothing to score"),
        ([TEXT, "--window", "100"], "window"),
        ([TEXT, "--stride", "48"], "stride"),
        ([TEXT, "--top", "-1"], "alternatives"),
        ([TEXT, "--top-p", "3"], "Top-p"),
        ([TEXT, "--samplers", "magic"], "no sampler magic"),
        (["--ids", "1,x"], "no token ids"),
        (["--ids", "1,99999"], "no token 99999"),
        (["--file", "/nowhere/at.all"], "/nowhere/at.all"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(
    capsys: Capture, folder: Path, options: list[str], words: str
) -> None:
    assert run(folder, *options) == 1
    captured = capsys.readouterr()
    said = captured.err
    assert words in said and captured.out == ""
    assert said.count("\n") == 1


def test_a_model_at_a_server_is_refused(capsys: Capture) -> None:
    assert main(["surprisal", "--model", "http://localhost:1/v1", "a b"]) == 1
    assert "cannot be looked into" in capsys.readouterr().err


def test_every_sampler_of_generate_is_there(capsys: Capture) -> None:
    assert main(["surprisal", "--help"]) == 0
    text = capsys.readouterr().out
    names = set(SamplerSettings.__struct_fields__) - {"seed"}
    assert all("--" + name.replace("_", "-") in text for name in names)
