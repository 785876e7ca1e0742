"""Pretraining that goes on from a model with another text."""

import os
from pathlib import Path

import pytest
import torch

from explorer.core import checkpoints
from explorer.core.runs import START, RunFolder
from explorer.core.training.prepare import Plan
from explorer.core.training.stages import prepare
from explorer.errors import InputError
from explorer.protocol import TextRead
from tests.core.training.small_runs import TEXT, losses, make_run, train


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture(scope="module")
def parent(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    run = make_run(tmp_path_factory.mktemp("parent") / "run", TEXT, Plan(text="", context=64), steps=4)
    train(run)
    return run


@pytest.fixture
def other_text(tmp_path: Path) -> Path:
    file = tmp_path / "other.txt"
    file.write_text(TEXT[::-1], encoding="utf-8")
    return file


def begun(parent: RunFolder, text: Path, folder: Path) -> RunFolder:
    plan = Plan(text=str(text), parent=str(parent.path), batch=2, steps=3)
    told = [fact for fact in prepare(plan, folder) if isinstance(fact, TextRead)]
    assert [fact.vocab_size == fact.vocab_wanted for fact in told] == [True]
    return RunFolder(folder)


def test_it_begins_with_the_weights_and_the_vocabulary_of_its_parent(
    parent: RunFolder, other_text: Path, tmp_path: Path
) -> None:
    run = begun(parent, other_text, tmp_path / "run")
    newest = parent.newest_checkpoint()
    assert newest is not None
    old, _, _ = checkpoints.load(newest)
    new, _, _ = checkpoints.load(run.path / START)
    assert old.config == new.config
    assert all(torch.equal(old.state_dict()[name], value) for name, value in new.state_dict().items())
    record = run.record()
    assert (record.stage, record.parent, record.vocab_size) == (
        "pretrain",
        str(newest),
        parent.record().vocab_size,
    )


def test_cut_in_two_it_learns_the_same(parent: RunFolder, other_text: Path, tmp_path: Path) -> None:
    whole, halved = (begun(parent, other_text, tmp_path / name) for name in ("whole", "halved"))
    train(whole)
    train(halved, until=2)
    train(halved)
    assert losses(halved) == losses(whole)


def test_what_it_cannot_begin_with(parent: RunFolder, other_text: Path, tmp_path: Path) -> None:
    for wrong, said in (
        ({"vocab_size": 300}, "keeps its vocabulary"),
        ({"context": 128}, "has room for 64 tokens"),
    ):
        plan = Plan(text=str(other_text), parent=str(parent.path), **wrong)  # type: ignore[arg-type]
        with pytest.raises(InputError, match=said):
            list(prepare(plan, tmp_path / "run"))
    assert not (tmp_path / "run").exists()
