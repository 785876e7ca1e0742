"""`llm-explorer models`: the window's list in a terminal."""

import json
from pathlib import Path

import pytest

from explorer.cli import main
from tests.models_on_disk import write_folder, write_gguf_file

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def no_models_yet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("explorer.core.catalogue.listing.installed_models", list)
    monkeypatch.setattr("explorer.services.models.models_dir", lambda: tmp_path / "nothing shipped")


def models(data_dir: Path, *arguments: str) -> int:
    return main(["models", "--data-dir", str(data_dir), *arguments])


def test_a_model_is_added_listed_and_removed(tmp_path: Path, capsys: Capture) -> None:
    data_dir, folder = tmp_path / "data", write_folder(tmp_path / "mine")
    assert models(data_dir) == 0
    assert "No models yet" in capsys.readouterr().err
    assert models(data_dir, "add", str(folder)) == 0
    assert capsys.readouterr().err == "mine: on the list\n"
    assert models(data_dir) == 0
    assert capsys.readouterr().out.split()[:5] == ["mine", "opened", "llama", "0.0M", "F16"]
    assert models(data_dir, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["models"][0]["path"] == str(folder) and said["unfinished"] == []
    assert main(["models", "remove", "mine", "--data-dir", str(data_dir)]) == 0
    assert models(data_dir, "remove", "mine") == 1
    assert "There is no model called mine" in capsys.readouterr().err
    assert folder.is_dir()


def test_a_downloaded_model_is_deleted_and_a_run_is_not(tmp_path: Path, capsys: Capture) -> None:
    fetched = write_folder(tmp_path / "models" / "owner--name")
    write_folder(tmp_path / "runs" / "run" / "checkpoints" / "step-000001")
    assert models(tmp_path, "remove", "owner/name") == 0
    assert not fetched.exists()
    assert models(tmp_path, "remove", "run") == 1
    assert "stays on the list" in capsys.readouterr().err


def test_a_damaged_model_is_said_and_two_of_one_name_are_told_apart(tmp_path: Path, capsys: Capture) -> None:
    data_dir = tmp_path / "data"
    for name in ("a", "b"):
        file = write_gguf_file(tmp_path / f"{name}.gguf", "same")
        assert models(data_dir, "add", str(file)) == 0
    assert models(data_dir, "remove", "same") == 1
    assert "Give the path" in capsys.readouterr().err
    (tmp_path / "b.gguf").write_bytes((tmp_path / "b.gguf").read_bytes()[:-100])
    assert models(data_dir) == 0
    assert "damaged or not complete" in capsys.readouterr().out
    assert models(data_dir, "add", str(tmp_path / "b.gguf")) == 1
    assert "damaged or not complete" in capsys.readouterr().err
    assert models(data_dir, "remove", str(tmp_path / "a.gguf")) == 0


def test_tidy_says_what_became_free(tmp_path: Path, capsys: Capture) -> None:
    copy = tmp_path / "opened" / "x"
    copy.mkdir(parents=True)
    (copy / "source.json").write_text("{}")
    (copy / "model.safetensors").write_bytes(bytes(5000))
    assert models(tmp_path, "tidy") == 0
    assert capsys.readouterr().out == "5.0 kB freed, 0 bytes in use\n" and not copy.exists()
