"""`llm-explorer conversations`: the window's conversations in a terminal."""

import json
from pathlib import Path

import pytest

from explorer.cli import main

Capture = pytest.CaptureFixture[str]


def conversations(data_dir: Path, *arguments: str) -> int:
    return main(["conversations", "--data-dir", str(data_dir), *arguments])


def test_imported_listed_and_exported(tmp_path: Path, capsys: Capture) -> None:
    data_dir, theirs = tmp_path / "data", tmp_path / "theirs.jsonl"
    theirs.write_text(
        '{"question": "Frogs?", "answer": "Green."}\nbad\n{"prompt": "Oaks?", "response": "Old."}\n'
    )
    assert conversations(data_dir, "list") == 0
    assert capsys.readouterr().err == "No conversations.\n"
    assert conversations(data_dir, "import", str(theirs)) == 0
    said = capsys.readouterr()
    assert "2 conversations kept" in said.out and "1 lines" in said.err
    assert conversations(data_dir, "list", "green", "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["title"], row["turns"], row["excerpt"]) == ("Frogs?", 2, "Green.")
    assert conversations(data_dir, "list") == 0
    assert row["id"][:8] in capsys.readouterr().out
    assert conversations(data_dir, "export", row["id"][:12], str(tmp_path / "frogs.md")) == 0
    assert "## assistant\n\nGreen." in (tmp_path / "frogs.md").read_text()
    assert conversations(data_dir, "export", "all", str(tmp_path / "all.jsonl")) == 0
    assert len((tmp_path / "all.jsonl").read_text().splitlines()) == 2


def test_what_cannot_be_done_is_said(tmp_path: Path, capsys: Capture) -> None:
    assert conversations(tmp_path, "export", "all", str(tmp_path / "all.txt")) == 1
    assert ".jsonl, .md or .json" in capsys.readouterr().err
    assert conversations(tmp_path, "export", "f", str(tmp_path / "all.md")) == 1
    assert "0 conversations" in capsys.readouterr().err
    assert conversations(tmp_path, "import", str(tmp_path / "none.jsonl")) == 1
    assert "There is no file" in capsys.readouterr().err
