"""Unpacked GGUF files: which go first, and that none goes while somebody uses it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.core.catalogue import memory
from explorer.core.catalogue.copies import copies, delete_copy, in_use, make_room, mark_used
from explorer.core.loading import load_model, opened_dir
from explorer.errors import InputError
from tests.benchmarks.gguf_files import write_gguf
from tests.benchmarks.parity import SHAPES, make


def make_copy(cache_dir: Path, name: str, size: int, used_s: float) -> Path:
    folder = cache_dir / name
    folder.mkdir(parents=True)
    (folder / "source.json").write_text(json.dumps({"name": name}))
    (folder / "model.safetensors").write_bytes(bytes(size))
    (folder / "last-used").touch()
    os.utime(folder / "last-used", (used_s, used_s))
    return folder


def test_those_used_longest_ago_go_first_until_there_is_room(tmp_path: Path) -> None:
    cache = tmp_path / "opened"
    for name, used_s in (("b", 20.0), ("a", 10.0), ("c", 30.0)):
        make_copy(cache, name, 1000, used_s)
    assert [copy.name for copy in copies(cache)] == ["a", "b", "c"]
    assert make_room(cache, 2100) > 1000
    assert [copy.name for copy in copies(cache)] == ["b", "c"]
    make_room(cache, 0, keep=cache / "b")
    assert [copy.name for copy in copies(cache)] == ["b"]
    assert not list(cache.glob(".*"))


def test_the_limit_is_the_persons(tmp_path: Path) -> None:
    cache = tmp_path / "opened"
    make_copy(cache, "a", 1000, 10.0)
    make_room(cache)
    assert len(copies(cache)) == 1  # ten gigabytes are allowed
    memory.limit_copies(tmp_path, 500)
    make_room(cache)
    assert copies(cache) == []
    make_copy(cache, "b", 1000, 10.0)
    memory.limit_copies(tmp_path, 0)  # none
    make_room(cache)
    assert len(copies(cache)) == 1


def test_one_in_use_stays_until_its_process_ends(tmp_path: Path) -> None:
    cache = tmp_path / "opened"
    folder = make_copy(cache, "a", 1000, 10.0)
    code = (
        "import sys; from pathlib import Path; from explorer.core.catalogue.copies import mark_used; "
        "mark_used(Path(sys.argv[1])); print('marked', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == b"marked\n"
        assert in_use(folder) and copies(cache)[0].in_use
        make_room(cache, 0)
        assert folder.is_dir()
        with pytest.raises(InputError, match="is in use"):
            delete_copy(cache, str(folder))
        process.communicate()
    assert not in_use(folder)
    delete_copy(cache, str(folder))
    assert not folder.exists()
    with pytest.raises(InputError, match="not there any more"):
        delete_copy(cache, str(folder))


def test_opening_a_file_marks_its_copy_and_makes_room(tmp_path: Path) -> None:
    cache = opened_dir(tmp_path)
    old = make_copy(cache, "old", 50_000, 10.0)
    memory.limit_copies(tmp_path, 1)
    write_gguf(make(SHAPES[3], tmp_path / "theirs"), tmp_path / "model.gguf")
    loaded = load_model(tmp_path / "model.gguf", "cpu", cache_dir=cache)
    assert not old.exists()
    (kept,) = copies(cache)
    assert kept.folder == str(loaded.info.path) and kept.in_use
    before = kept.used_s
    os.utime(Path(kept.folder) / "last-used", (1.0, 1.0))
    load_model(tmp_path / "model.gguf", "cpu", cache_dir=cache)
    assert copies(cache)[0].used_s >= before


def test_a_mark_that_cannot_be_written_is_no_trouble(tmp_path: Path) -> None:
    mark_used(tmp_path / "not there")
