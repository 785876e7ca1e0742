"""`llm-explorer corpus`: what it writes, what it prints, and that nothing half-done is left."""

import json
from pathlib import Path

import pytest

from explorer.cli import main
from explorer.commands.corpus import characters
from explorer.core.data.corpus_files import CorpusPlan, write_corpus
from explorer.errors import InputError


def test_files_counts_and_steps(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out = tmp_path / "corpus"
    assert (
        main(["corpus", "--seed", "3", "--size", "100k", "--out", str(out), "--raw", "--clean", "--json"])
        == 0
    )
    said = json.loads(capsys.readouterr().out)
    assert said["characters"] >= 40_000
    assert [step["step"] for step in said["steps"]] == [
        "text extraction",
        "language filter",
        "quality filter",
        "exact duplicates",
        "near duplicates",
        "personal data",
    ]
    assert sorted(file.name for file in out.iterdir()) == [
        "clean.jsonl",
        "corpus.jsonl",
        "raw.jsonl",
        "record.json",
    ]
    rows = [json.loads(line) for line in (out / "corpus.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(rows) == said["documents"] and all(row["text"] for row in rows)
    raw = [json.loads(line) for line in (out / "raw.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(raw) == said["steps"][0]["documents_in"] > len(rows)
    record = json.loads((out / "record.json").read_text(encoding="utf-8"))
    never = [entity for entity in record["entities"] if entity["class"] == "never"]
    assert never and all(entity["documents"] == 0 for entity in never)
    rare = [e for e in record["entities"] if e["class"] == "rare" and e["kind"] == "person"]
    assert {entity["documents"] for entity in rare} == {2}


def test_a_plain_text_and_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    out = tmp_path / "c"
    assert main(["corpus", "--size", "100k", "--out", str(out), "--clean", "--format", "txt"]) == 0
    assert "precision" in capsys.readouterr().out
    assert sorted(file.name for file in out.iterdir()) == ["clean.txt", "corpus.txt", "record.json"]


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "mine.txt").write_text("mine")
    assert main(["corpus", "--size", "100k", "--out", str(tmp_path)]) == 1
    assert "is not empty" in capsys.readouterr().err
    assert (tmp_path / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("text", "size"), [("5M", 5_000_000), ("200k", 200_000), ("100000", 100_000), ("1.5m", 1_500_000)]
)
def test_sizes(text: str, size: int):
    assert characters(text) == size


@pytest.mark.parametrize("text", ["", "M", "-3", "0", "many", "5 M B"])
def test_what_is_no_size_is_said(text: str):
    with pytest.raises(InputError):
        characters(text)


def test_stopping_leaves_nothing(tmp_path: Path):
    job = write_corpus(CorpusPlan(1, 200_000, raw=True), tmp_path / "c")
    next(job)
    job.close()
    assert not list(tmp_path.iterdir())
