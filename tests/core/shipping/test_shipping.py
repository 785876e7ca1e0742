"""What travels is what was trained: in half precision, with its way, and nothing of where it was made."""

import os
from pathlib import Path

import pytest
import torch

from explorer.core import checkpoints
from explorer.core.evaluation import Share
from explorer.core.runs import METRICS_FILE, RunFolder, read_log
from explorer.core.shipping.card import card_of
from explorer.core.shipping.courses import COURSES, plan_of
from explorer.core.shipping.make import attend, finished
from explorer.core.shipping.publish import halved, publish
from explorer.core.training.loop import Control
from explorer.errors import InputError
from tests.core.training.small_runs import make_run, train

BASE = COURSES[0]
SHARES = {"facts_often": Share(0.9, 200, 0.02), "bits_per_byte": Share(0.4, 50, 0.01)}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    monkeypatch.setattr(os, "fsync", lambda _: None)
    run = make_run(tmp_path / "base", milestones=3, checkpoint_every_s=0.0)
    train(run)
    return run


def test_a_model_travels_in_half_precision_with_its_way(run: RunFolder, tmp_path: Path) -> None:
    folder = publish(run, tmp_path / "models" / "explorer-base", "# card\n", {"facts_often": 0.9})
    newest = run.newest_checkpoint()
    assert newest is not None
    trained, shipped = checkpoints.load(newest)[0], checkpoints.load(folder)[0]
    for ours, theirs in zip(trained.parameters(), shipped.parameters(), strict=True):
        assert torch.equal(ours.bfloat16().float(), theirs)
    assert (folder / "README.md").read_text() == "# card\n"
    assert not list(folder.rglob("optimizer.safetensors"))
    way = RunFolder(folder / "way")
    of_the_way = [path.name for path in way.checkpoints()]
    assert of_the_way == ["step-000001", "step-000005", "step-000012"]
    assert len(run.checkpoints()) > len(of_the_way)  # those to go on from stay at home
    assert way.info().step == run.record().steps and way.info().status == "finished"
    assert list(read_log(way.path / METRICS_FILE)) == list(read_log(run.path / METRICS_FILE))
    assert str(tmp_path) not in (way.path / "run.json").read_text()


def test_what_was_there_is_replaced(run: RunFolder, tmp_path: Path) -> None:
    folder = tmp_path / "models" / "explorer-base"
    publish(run, folder, "first", {})
    (folder / "left.txt").write_text("of an older version")
    publish(run, folder, "second", {})
    assert (folder / "README.md").read_text() == "second" and not (folder / "left.txt").exists()
    assert [path.name for path in folder.parent.iterdir()] == ["explorer-base"]


def test_what_is_measured_is_what_travels(run: RunFolder, tmp_path: Path) -> None:
    with halved(run) as model:
        measured = checkpoints.load(model)[2].weights_hash
    assert not model.exists()
    assert checkpoints.load(publish(run, tmp_path / "out", "", {}))[2].weights_hash == measured


def test_a_run_without_a_checkpoint_is_refused(tmp_path: Path) -> None:
    run = make_run(tmp_path / "base")
    with pytest.raises(InputError, match="no checkpoint"):
        publish(run, tmp_path / "out", "", {})
    assert not (tmp_path / "out").exists()


def test_a_finished_course_is_not_attended_again(run: RunFolder) -> None:
    work = run.path.parent
    assert finished(BASE, work)
    assert list(attend(BASE, work, 1, torch.device("cpu"), Control())) == []


def test_each_course_begins_where_an_earlier_one_ended(tmp_path: Path) -> None:
    known: list[str] = []
    for course in COURSES:
        assert course.parent is None or course.parent in known
        plan = plan_of(course, 1, tmp_path)
        assert plan.parent == ("" if course.parent is None else str(tmp_path / course.parent))
        assert plan_of(course, 1, tmp_path, 0.01).steps == max(2, round(course.steps * 0.01))
        known.append(course.name)


def test_the_card_tells_every_measurement_and_what_was_before(run: RunFolder) -> None:
    before = {"facts_often": Share(0.1, 200, 0.02)}
    card = card_of(BASE, run.record(), 7, 120.0, SHARES, before)
    assert "| facts_often | 0.900 | 0.020 | 200 | 0.100 |" in card
    assert "| bits_per_byte | 0.400 | 0.010 | 50 | |" in card
    assert "--seed 7" in card and "2 minutes" in card
