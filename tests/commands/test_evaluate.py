"""`llm-explorer evaluate` from the command line."""

import json
from pathlib import Path

import pytest

from explorer.cli import main
from tests.core.small import save_small_model

NAMES = {
    "chat_well_formed", "facts_often", "facts_rare", "unknown_admitted", "unknown_invented", "fact_in_window",
    "direct_1_step", "direct_2_steps", "direct_3_steps", "think_1_step", "think_2_steps", "think_3_steps",
    "pass_at_1", "search_when_needed", "search_answered", "bits_per_byte",
}  # fmt: skip


@pytest.fixture
def model(tmp_path: Path) -> str:
    return str(save_small_model(tmp_path / "small", context=64))


def test_everything_as_json(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--model", model, "--count", "2", "--seed", "5", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found.keys() == NAMES | {"n", "se"}
    assert found["n"].keys() == found["se"].keys() == NAMES
    assert all(0 <= found[name] <= 1 for name in NAMES - {"bits_per_byte"})


def test_some_as_a_table(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--model", model, "--count", "3", "--only", "direct,bits_per_byte"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [
        "direct_1_step",
        "direct_2_steps",
        "direct_3_steps",
        "bits_per_byte",
    ]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--count", "0"], "0 questions"),
        (["--count", "0", "--only", "bits_per_byte"], "0 questions"),
        (["--only", "beauty"], "no measurement beauty"),
        (["--only", "beauty,bits_per_byte"], "search, bits_per_byte."),
        (["--seed", "-1"], "The seed cannot be -1"),
    ],
)
def test_bad_input_gets_a_sentence(
    model: str, options: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", "--model", model, *options]) == 1
    assert words in capsys.readouterr().err


def test_no_model(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["evaluate", "--model", str(tmp_path / "none")]) == 1
    assert "There is no model" in capsys.readouterr().err
