"""From a text to a run: all of it, or nothing."""

import errno
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import msgspec
import numpy as np
import pytest

from explorer.core import checkpoints, storage
from explorer.core.data import tokens
from explorer.core.runs import TOKENS_FILE, RunFolder, RunRecord
from explorer.core.training import prepare as module
from explorer.core.training.prepare import Plan
from explorer.core.training.stages import prepare
from explorer.errors import InputError, StorageError
from explorer.protocol import BUILT_IN_TEXT, TextRead, TrainingStage
from explorer.text.encodings import load_tokenizer
from tests.core.training.small_runs import TEXT, tiny_preset


@pytest.fixture(autouse=True)
def tiny(tmp_path: Path) -> Iterator[None]:
    (tmp_path / "text.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "runs").mkdir()
    with tiny_preset():
        yield


def plan(tmp_path: Path, text: str = "text.txt", **changes: object) -> Plan:
    return replace(Plan(text=str(tmp_path / text), preset="tiny"), **changes)  # type: ignore[arg-type]


def prepared(wish: Plan, folder: Path) -> RunRecord:
    *stages, record = prepare(wish, folder)
    assert all(stage is None or isinstance(stage, TrainingStage | TextRead) for stage in stages)
    assert isinstance(record, RunRecord)
    return record


def runs(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "runs").rglob("*"))


def test_all_that_a_run_needs_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "one"
    record = prepared(plan(tmp_path, seed=5, steps=33), folder)
    run = RunFolder(folder)
    assert run.record() == record
    assert (record.name, record.text, record.seed, record.steps) == ("text.txt · tiny", "text.txt", 5, 33)
    assert record.recipe["steps"] == 33 and record.text_path == str(tmp_path / "text.txt")
    tokenizer = load_tokenizer(str(folder))
    ids = np.fromfile(folder / TOKENS_FILE, "<u2").tolist()
    assert tokenizer.decode(ids[:-1]) == TEXT and ids[-1] == tokenizer.end_of_text
    assert len(ids) == record.tokens and tokenizer.n_vocab == record.vocab_size
    info = run.info()
    assert (info.status, info.step, info.checkpoint, info.parameters) == (
        "interrupted",
        0,
        "",
        record.parameters,
    )


def test_stages_come_in_order_and_shares_rise(tmp_path: Path) -> None:
    wish = plan(tmp_path, text="", preset="nano", vocab_size=400)
    stages = [
        fact for fact in prepare(replace(wish, text=BUILT_IN_TEXT), tmp_path / "runs" / "one")
        if isinstance(fact, TrainingStage)
    ]  # fmt: skip
    order = [stage.stage for stage in stages]
    assert sorted(set(order), key=order.index) == ["reading", "tokenizer", "tokens", "model"]
    for name in ("tokenizer", "tokens"):
        shares = [stage.share for stage in stages if stage.stage == name]
        assert shares == sorted(shares) and 2 <= len(shares) <= 101 and shares[-1] <= 1


def test_a_text_that_cannot_fill_the_vocabulary_gets_a_smaller_one(tmp_path: Path) -> None:
    record = prepared(plan(tmp_path, vocab_size=50_000), tmp_path / "runs" / "one")
    assert 257 < record.vocab_size < 1000
    assert record.model["vocab_size"] == record.vocab_size


def test_characters_beyond_the_part_that_is_learned_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LEARNED_FROM", 100)
    (tmp_path / "text.txt").write_text(TEXT + "中文", encoding="utf-8")
    record = prepared(plan(tmp_path, tokenizer="characters"), tmp_path / "runs" / "one")
    ids = np.fromfile(tmp_path / "runs" / "one" / TOKENS_FILE, "<u2")
    assert record.vocab_size == len(set(TEXT + "中文")) + 2
    unknown = load_tokenizer(str(tmp_path / "runs" / "one")).special_tokens["<unk>"]
    assert unknown not in ids


def test_the_same_plan_gives_the_same_run(tmp_path: Path) -> None:
    one, two = (prepared(plan(tmp_path), tmp_path / "runs" / name) for name in ("one", "two"))
    assert msgspec.structs.replace(one, created_s=0) == msgspec.structs.replace(two, created_s=0)
    for file in (TOKENS_FILE, "tokenizer.json"):
        assert checkpoints.sha256_of(tmp_path / "runs" / "one" / file) == checkpoints.sha256_of(
            tmp_path / "runs" / "two" / file
        )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"preset": "huge"}, "no preset huge. Choose one of: nano, micro, small, medium"),
        ({"steps": 0}, "steps cannot be 0. Choose a number from 1"),
        ({"steps": -3}, "steps cannot be -3"),
        ({"batch": 0}, "batch cannot be 0"),
        ({"context": 4}, "context cannot be 4. Choose a number from 8"),
        ({"learning_rate": float("nan")}, "learning_rate cannot be nan"),
        ({"learning_rate": 2.0}, "learning_rate cannot be 2.0"),
        ({"seed": -1}, "seed cannot be -1"),
        ({"seed": 2**64}, "seed cannot be"),
        ({"vocab_size": 100}, "at least 257"),
        ({"vocab_size": 0}, "at least 257"),
        ({"text": "gone.txt"}, "There is no file"),
        ({"text": "empty.txt"}, "text is empty"),
        ({"text": "blank.txt"}, "text is empty"),
        ({"text": "short.txt"}, "at least 34"),
        ({"text": "late.txt"}, "not encoded in UTF-8"),
    ],
)
def test_what_cannot_be_used_leaves_nothing(tmp_path: Path, changes: dict[str, object], words: str) -> None:
    changes = dict(changes)
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "blank.txt").write_text(" \n\t\n")
    (tmp_path / "short.txt").write_text("Too short.")
    (tmp_path / "late.txt").write_bytes(TEXT.encode() * 800 + b"\xff")
    text = str(changes.pop("text", "text.txt"))
    with pytest.raises(InputError, match=words):
        prepared(plan(tmp_path, text, **changes), tmp_path / "runs" / "above" / "one")
    assert runs(tmp_path) == []


def test_a_place_that_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "runs" / "one"
    folder.mkdir()
    prepared(plan(tmp_path), folder)  # an empty folder is no hindrance
    with pytest.raises(InputError, match=r"holds a run already. Go on with it by --resume"):
        prepared(plan(tmp_path), folder)
    with pytest.raises(InputError, match="is there already"):
        prepared(plan(tmp_path), tmp_path / "runs")
    with pytest.raises(InputError, match="is there already"):
        prepared(plan(tmp_path), tmp_path / "text.txt")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for name in (".", ".."):
        with pytest.raises(InputError, match=r"where you are now|is there already"):
            prepared(plan(tmp_path), Path(name))
    assert (tmp_path / "here").is_dir()


def test_a_run_that_was_quicker_is_not_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "one"
    slow = prepare(plan(tmp_path), folder)
    next(slow)
    quick = prepared(plan(tmp_path, seed=9), folder)
    with pytest.raises(InputError, match="holds a run already"):
        list(slow)
    assert RunFolder(folder).record() == quick


@pytest.mark.parametrize("steps", [1, 3, 10])
def test_cancelled_it_leaves_nothing(tmp_path: Path, steps: int) -> None:
    under_way = prepare(plan(tmp_path), tmp_path / "runs" / "new" / "one")
    for _ in range(steps):
        next(under_way)
    under_way.close()
    assert runs(tmp_path) == []


def full(*_: object, **__: object) -> NoReturn:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("place", ["vocabulary", "tokens", "record", "folder"])
def test_a_full_disk_leaves_nothing(tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    match place:
        case "vocabulary":
            monkeypatch.setattr(module, "save_tokenizer", full)
        case "tokens":
            monkeypatch.setattr(tokens, "encode_long", full)
        case "record":
            monkeypatch.setattr(os, "fsync", full)
        case _:
            monkeypatch.setattr(storage.Path, "mkdir", full)
    with pytest.raises(StorageError, match=r"The disk is full: .* could not be written"):
        prepared(plan(tmp_path), tmp_path / "runs" / "new" / "one")
    monkeypatch.undo()
    assert runs(tmp_path) == []


def test_a_place_that_cannot_be_written_to(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="could not be written"):
        prepared(plan(tmp_path), tmp_path / "text.txt" / "one")
    with pytest.raises(StorageError, match=r"could not be written|must not be written to"):
        prepared(plan(tmp_path), Path("/proc/nothing-here/one"))


def test_what_was_read_and_what_was_not_is_told(tmp_path: Path) -> None:
    lines = ['{"text": "the cat sat on the mat, again and again and again"}'] * 40 + ["damaged"]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    wish = replace(plan(tmp_path), text=str(tmp_path / "a.jsonl"), vocab_size=1000)
    told = [fact for fact in prepare(wish, tmp_path / "run") if isinstance(fact, TextRead)]
    assert len(told) == 1 and (told[0].documents, told[0].lines_skipped) == (40, 1)
    assert told[0].examples == ("a.jsonl, line 41: not JSON",)
    assert told[0].vocab_size < told[0].vocab_wanted == 1000
