"""The training loop: what is learned, and that no interruption changes it."""

import errno
import math
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

import msgspec
import pytest
import torch

from explorer.core import checkpoints, storage
from explorer.core.runs import METRICS_FILE, RUN_FILE, SAMPLES_FILE, TOKENS_FILE, RunFolder, read_log
from explorer.core.training.loop import Control
from explorer.core.training.pace import Pace
from explorer.core.training.prepare import Plan
from explorer.errors import DamagedFileError, InputError, StorageError, TrainingError
from explorer.protocol import (
    CheckpointSaved,
    RunStarted,
    Sampled,
    StepDone,
    TrainingContinued,
    TrainingEnded,
    TrainingPaused,
)
from tests.core.training.small_runs import (
    STEPS,
    TEXT,
    TINY,
    losses,
    make_run,
    saving_every_step,
    train,
    trainer_of,
)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return make_run(tmp_path_factory.mktemp("prepared") / "run")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, prepared: RunFolder) -> RunFolder:
    """A run that was never interrupted."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    shutil.copytree(prepared.path, folder)
    run = RunFolder(folder)
    train(run)
    return run


@pytest.fixture
def run(tmp_path: Path, prepared: RunFolder) -> RunFolder:
    shutil.copytree(prepared.path, tmp_path / "run")
    return RunFolder(tmp_path / "run")


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a power cut would take is not tested here, and hundreds of checkpoints are written."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


# ---------------------------------------------------------------- learning


def test_the_first_loss_is_near_that_of_a_model_that_knows_nothing(whole: RunFolder) -> None:
    first = losses(whole)[0]
    assert first[1] == pytest.approx(math.log(whole.record().vocab_size), abs=0.1)
    assert first[2] == pytest.approx(math.log(whole.record().vocab_size), abs=0.1)


def test_every_step_has_its_line_and_evaluations_theirs(whole: RunFolder) -> None:
    lines = list(read_log(whole.path / METRICS_FILE))
    assert [line["step"] for line in lines] == list(range(1, STEPS + 1))
    assert [line["step"] for line in lines if "val/loss" in line] == [1, 5, 10, STEPS]
    assert all(line["val/bpb"] > 0 for line in lines if "val/loss" in line)
    assert all(a["elapsed_s"] < b["elapsed_s"] for a, b in pairwise(lines))
    assert [line["step"] for line in read_log(whole.path / SAMPLES_FILE)] == [1, STEPS]


def test_what_is_said_is_what_is_written(run: RunFolder) -> None:
    said = train(run)
    assert isinstance(said[0], RunStarted)
    assert (said[0].info.step, said[0].info.status, said[0].tokens_per_step) == (0, "running", 64)
    assert said[0].uniform_loss == math.log(said[0].vocab_size)
    points = [fact.point for fact in said if isinstance(fact, StepDone)]
    assert [(p.step, p.train_loss, p.val_loss) for p in points] == losses(run)
    assert all(fact.eta_s > 0 for fact in said[:-4] if isinstance(fact, StepDone))
    assert said[-1] == TrainingEnded(step=STEPS, finished=True, checkpoint=str(run.checkpoint_path(STEPS)))
    assert run.record().finished and run.info().status == "finished"


def test_one_batch_can_be_learned_by_heart(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    with trainer_of(run, steps=150) as trainer:
        batch = trainer.stage.data.batch(1, 1, 4)
        monkeypatch.setattr(trainer.stage.data, "batch", lambda *_: batch)
        said = [fact for fact in trainer.run() if isinstance(fact, StepDone)]
    assert said[0].point.train_loss > 5 and said[-1].point.train_loss < 0.1


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@torch.no_grad()
def test_transformers_opens_what_was_trained(whole: RunFolder) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    path = whole.newest_checkpoint()
    assert path is not None
    model, tokenizer, _ = checkpoints.load(path)
    theirs, their_tokenizer = AutoModelForCausalLM.from_pretrained(path), AutoTokenizer.from_pretrained(path)
    text = "The black cat, 中文 and 😀 sat\n on the mat."
    ids = tokenizer.encode(text).ids
    assert their_tokenizer(text)["input_ids"] == ids
    batch = torch.tensor([ids[:16]])
    torch.testing.assert_close(theirs(batch).logits, model(batch), rtol=0, atol=1e-4)


# ---------------------------------------------------------------- going on


@pytest.mark.parametrize("stop_at", [1, 5, 7, STEPS - 1])
def test_a_stopped_run_goes_on_with_the_same_losses(run: RunFolder, whole: RunFolder, stop_at: int) -> None:
    control = Control()
    with trainer_of(run, control) as trainer:
        for fact in trainer.run():
            control.stop |= isinstance(fact, StepDone) and fact.point.step == stop_at
    assert isinstance(fact, TrainingEnded) and (fact.step, fact.finished) == (stop_at, False)
    assert run.info().status == "interrupted"
    said = train(run)
    assert isinstance(said[0], RunStarted) and said[0].info.step == stop_at
    assert losses(run) == losses(whole)
    lines = list(read_log(run.path / METRICS_FILE))
    assert all(a["elapsed_s"] < b["elapsed_s"] for a, b in pairwise(lines))


def test_muons_memory_goes_on_too(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", plan=Plan(text="", optimizer="muon"))
    assert run.record().recipe["optimizer"] == "muon"
    shutil.copytree(run.path, tmp_path / "whole")
    train(whole := RunFolder(tmp_path / "whole"))
    train(saving_every_step(run), until=6)
    train(run)
    assert losses(run) == losses(whole)


def test_what_came_after_the_last_checkpoint_is_done_again(run: RunFolder, whole: RunFolder) -> None:
    saving_every_step(run)
    train(run, until=6)  # dropped before step 6 is saved
    assert [path.name for path in run.checkpoints()] == ["step-000003", "step-000004", "step-000005"]
    assert len(losses(run)) == 6
    train(run)
    assert losses(run) == losses(whole)


def test_milestones_stay(run: RunFolder, whole: RunFolder) -> None:
    record = run.record()
    train(saving_every_step(run, milestones=3))
    kept = [int(path.name.removeprefix("step-")) for path in run.checkpoints()]
    wanted = {round(record.steps * (number / 3) ** 2) for number in (1, 2, 3)}
    assert wanted <= set(kept) and len(kept) < record.steps
    assert losses(run) == losses(whole)


def test_without_a_checkpoint_it_begins_again(run: RunFolder, whole: RunFolder) -> None:
    train(run, until=6)
    assert run.checkpoints() == []
    said = train(run)
    assert isinstance(said[0], RunStarted) and said[0].info.step == 0
    assert losses(run) == losses(whole)


@pytest.mark.parametrize("file", ["model.safetensors", "trainer/optimizer.safetensors", "manifest.json"])
def test_a_damaged_checkpoint_is_set_aside_for_an_older_one(
    run: RunFolder, whole: RunFolder, file: str
) -> None:
    train(saving_every_step(run), until=6)
    newest = run.checkpoint_path(5)
    content = (newest / file).read_bytes()
    (newest / file).write_bytes(content[:-20] + b"x" * 20)
    with trainer_of(run) as trainer:
        assert trainer.step == 4
        assert run.newest_checkpoint() == run.checkpoint_path(4)
        assert [path.name for path in (run.path / "checkpoints").glob("damaged-*")] == ["damaged-step-000005"]
    train(run)
    assert losses(run) == losses(whole)


def test_all_checkpoints_damaged_is_a_beginning(run: RunFolder, whole: RunFolder) -> None:
    train(saving_every_step(run), until=4)
    for path in run.checkpoints():
        (path / "config.json").unlink()
    train(run)
    assert losses(run) == losses(whole)


def test_torn_lines_are_dropped(run: RunFolder, whole: RunFolder) -> None:
    train(saving_every_step(run), until=6)
    for name in (METRICS_FILE, SAMPLES_FILE):
        with (run.path / name).open("ab") as stream:
            stream.write(b'{"step":7,"train/lo')
    train(run)
    assert losses(run) == losses(whole)
    assert (run.path / METRICS_FILE).read_bytes().count(b"\n") == STEPS
    assert [line["step"] for line in read_log(run.path / SAMPLES_FILE)] == [1, 6, STEPS]


def test_looking_more_often_changes_nothing(run: RunFolder, whole: RunFolder) -> None:
    saving_every_step(run, evaluate_every=1)
    control = Control()
    samples = 0
    with trainer_of(run, control) as trainer:
        for fact in trainer.run():
            control.sample |= isinstance(fact, RunStarted | CheckpointSaved)
            samples += isinstance(fact, Sampled)
    assert samples == STEPS
    assert [loss[:2] for loss in losses(run)] == [loss[:2] for loss in losses(whole)]


def test_more_steps_than_planned(run: RunFolder) -> None:
    train(run)
    with pytest.raises(InputError, match="All 12 steps"):
        train(run)
    assert run.info().status == "finished"
    train(run, steps=STEPS + 3)
    assert [line[0] for line in losses(run)] == list(range(1, STEPS + 4))
    assert run.record().steps == STEPS + 3 and run.record().finished


def test_a_smaller_goal_is_refused_and_changes_nothing(run: RunFolder) -> None:
    train(saving_every_step(run), until=6)
    for steps, words in ((3, "All 3 steps"), (0, "at least one step")):
        with pytest.raises(InputError, match=words):
            train(run, steps=steps)
    assert (run.record().steps, run.info().status) == (STEPS, "interrupted")


def test_a_run_killed_after_its_last_checkpoint_is_noted_as_finished(run: RunFolder) -> None:
    train(run)
    run.write_record(msgspec.structs.replace(run.record(), finished=False))
    assert run.info().status == "interrupted"
    with pytest.raises(InputError, match="All 12 steps"):
        train(run)
    assert run.info().status == "finished"


def test_stopped_before_the_first_step(run: RunFolder, whole: RunFolder) -> None:
    with trainer_of(run, Control(stop=True)) as trainer:
        *_, ended = trainer.run()
    assert isinstance(ended, TrainingEnded) and ended.step == 0
    checkpoints.load(ended.checkpoint)
    train(run)
    assert losses(run) == losses(whole)


# ---------------------------------------------------------------- pause


def test_a_held_run_is_saved_and_samples_when_asked(run: RunFolder, whole: RunFolder) -> None:
    control = Control()
    with trainer_of(run, control) as trainer:
        facts = trainer.run()
        for fact in facts:
            if isinstance(fact, StepDone) and fact.point.step == 4:
                break
        control.pause = True
        assert next(facts) == CheckpointSaved(step=4, path=str(run.checkpoint_path(4)))
        assert next(facts) == TrainingPaused(step=4)
        assert [next(facts) for _ in range(3)] == [None] * 3 and trainer.waiting
        control.sample = True
        sampled = next(fact for fact in facts if fact is not None)
        assert isinstance(sampled, Sampled) and not trainer.waiting
        assert next(facts) is None and trainer.waiting
        control.pause = False
        assert next(facts) == TrainingContinued(step=4) and not trainer.waiting
        assert isinstance(next(facts), StepDone)
        for _ in facts:
            pass
    assert losses(run) == losses(whole)


def test_a_pause_during_a_sample_is_no_waiting(run: RunFolder) -> None:
    control = Control()
    with trainer_of(run, control) as trainer:
        facts = trainer.run()
        while next(facts) is not None:
            pass  # until the first token of the first sample
        control.pause = True
        seen = [next(facts)]
        while not isinstance(seen[-1], TrainingPaused):
            assert not trainer.waiting
            seen.append(next(facts))


# ---------------------------------------------------------------- what goes wrong


def put_nan(trainer: Any) -> None:
    with torch.no_grad():
        trainer.model.blocks[0].feed_forward.down.weight[0, 0] = math.nan


@pytest.mark.parametrize("with_checkpoint", [True, False])
def test_a_loss_that_is_no_number_ends_the_run_in_words(run: RunFolder, with_checkpoint: bool) -> None:
    if with_checkpoint:
        saving_every_step(run)
    with trainer_of(run) as trainer, pytest.raises(TrainingError) as caught:
        for fact in trainer.run():
            done = isinstance(fact, CheckpointSaved if with_checkpoint else StepDone)
            if done and trainer.step == 3:
                put_nan(trainer)
    assert "at step 4" in str(caught.value)
    assert ("checkpoint of step 3 is good" in str(caught.value)) is with_checkpoint
    assert run.info().status == "failed" and run.record().failure == str(caught.value)
    assert len(losses(run)) == 3
    assert [path.name for path in run.checkpoints()][-1:] == ["step-000003"] * with_checkpoint
    if with_checkpoint:
        checkpoints.load(run.checkpoint_path(3))
    train(run)  # going on is no failure any more
    assert run.info().status == "finished"


def test_what_broke_goes_on_more_calmly_from_its_last_good_checkpoint(run: RunFolder) -> None:
    """At the same rates the same step would break again, however often a person tries."""
    saving_every_step(run)
    with trainer_of(run) as trainer, pytest.raises(TrainingError, match="of step 3 is good"):
        for fact in trainer.run():
            if isinstance(fact, CheckpointSaved) and trainer.step == 3:
                put_nan(trainer)
    before = run.record().recipe["learning_rate"]
    said = train(run)
    steps = [fact.point for fact in said if isinstance(fact, StepDone)]
    assert steps[0].step == 4
    assert run.record().recipe["learning_rate"] == before / 2 and run.record().failure == ""
    assert steps[0].learning_rate == pytest.approx(before / 2 * 0.4)  # still warming up
    train(run, steps=STEPS + 1)  # a run that is sound stays as it is
    assert run.record().recipe["learning_rate"] == before / 2


@pytest.mark.parametrize("moment", ["save", "sample", "evaluate"])
def test_broken_weights_are_never_kept(run: RunFolder, moment: str) -> None:
    saving_every_step(run)
    control = Control()
    with trainer_of(run, control) as trainer, pytest.raises(TrainingError, match="of step 3 is good"):
        for fact in trainer.run():
            if isinstance(fact, StepDone) and fact.point.step == 4:
                put_nan(trainer)
                control.sample = moment == "sample"
                if moment == "evaluate":
                    trainer.stage._held_out.score(trainer.model)
    assert run.newest_checkpoint() == run.checkpoint_path(3)
    assert run.info().status == "failed"


def test_a_learning_rate_that_is_far_too_large(run: RunFolder) -> None:
    saving_every_step(run, learning_rate=1e30)
    with pytest.raises(TrainingError, match="half the learning rate"):
        train(run)
    assert run.info().status == "failed"
    for path in run.checkpoints():
        checkpoints.load(path)


def full_disk(*_: object, **__: object) -> NoReturn:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_under_the_metrics(run: RunFolder, whole: RunFolder) -> None:
    saving_every_step(run)
    with trainer_of(run) as trainer:
        facts = trainer.run()
        for fact in facts:
            if isinstance(fact, CheckpointSaved) and fact.step == 4:
                break
        stream = trainer._logs[METRICS_FILE]._stream
        trainer._logs[METRICS_FILE]._stream = Path("/dev/full").open("ab")  # noqa: SIM115
        with pytest.raises(StorageError, match="The disk is full"):
            next(facts)
        with pytest.raises(OSError):
            trainer._logs[METRICS_FILE]._stream.close()
        trainer._logs[METRICS_FILE]._stream = stream
    assert run.newest_checkpoint() == run.checkpoint_path(4) and len(losses(run)) == 4
    assert run.info().status == "interrupted"
    train(run)
    assert losses(run) == losses(whole)


@pytest.mark.parametrize("function", ["save_file", "_write_json", "sha256_of"])
def test_a_full_disk_under_a_checkpoint(
    run: RunFolder, whole: RunFolder, function: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    saving_every_step(run)
    with trainer_of(run) as trainer, monkeypatch.context() as patch, pytest.raises(StorageError):
        for fact in trainer.run():
            if isinstance(fact, CheckpointSaved) and fact.step == 3:
                patch.setattr(checkpoints, function, full_disk)
    assert [path.name for path in sorted((run.path / "checkpoints").iterdir())] == [
        f"step-00000{step}" for step in (1, 2, 3)
    ]
    checkpoints.load(run.checkpoint_path(3))
    train(run)
    assert losses(run) == losses(whole)


@contextmanager
def files_at_most(size: int) -> Iterator[None]:
    """The system itself refuses larger files."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limits on files")
def test_a_system_that_refuses_large_files(run: RunFolder, whole: RunFolder) -> None:
    saving_every_step(run)
    with trainer_of(run) as trainer, pytest.raises(StorageError, match="could not be written"):
        facts = trainer.run()
        for fact in facts:
            if isinstance(fact, CheckpointSaved) and fact.step == 2:
                break
        with files_at_most(20_000):
            for _ in facts:
                pass
    assert not list((run.path / "checkpoints").glob(".partial*"))
    assert run.newest_checkpoint() == run.checkpoint_path(2)
    train(run)
    assert losses(run) == losses(whole)


def test_killed_while_a_checkpoint_is_written(
    run: RunFolder, whole: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a kill leaves it: a partial folder and no cleaning up. (A real kill: tests/test_cli_train.py.)"""
    saving_every_step(run)
    with trainer_of(run) as trainer, monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        for fact in trainer.run():
            if isinstance(fact, CheckpointSaved) and fact.step == 3:

                def die(*_: object) -> NoReturn:
                    raise KeyboardInterrupt

                patch.setattr(storage, "_sync", die)
                patch.setattr(storage.shutil, "rmtree", lambda *_, **__: None)
    (partial,) = (run.path / "checkpoints").glob(".partial*")
    assert (partial / "model.safetensors").is_file()
    said = train(run)
    assert isinstance(said[0], RunStarted) and said[0].info.step == 3
    assert losses(run) == losses(whole) and not partial.exists()


def test_a_folder_that_is_taken_away_is_not_made_again(run: RunFolder) -> None:
    with trainer_of(run) as trainer, pytest.raises(StorageError, match="gone or damaged"):
        for fact in trainer.run():
            if isinstance(fact, StepDone) and fact.point.step == 4:
                run.path.rename(run.path.with_name("elsewhere"))
    assert not run.path.exists()


def test_two_trainers_on_one_run_are_refused(run: RunFolder) -> None:
    with trainer_of(run):
        with pytest.raises(InputError, match="being trained already"):
            trainer_of(run)
        assert run.info().status == "running"
    train(run)


@pytest.mark.parametrize("damage", ["recipe", "model", "tokens", "no tokens", "bytes", "tokenizer"])
def test_a_run_that_is_not_as_it_was_begun(run: RunFolder, damage: str) -> None:
    record = run.record()
    match damage:
        case "recipe":
            run.write_record(msgspec.structs.replace(record, recipe={"context": 16}))
        case "model":
            run.write_record(msgspec.structs.replace(record, model={"hidden_size": "wide"}))
        case "bytes":
            run.write_record(msgspec.structs.replace(record, token_bytes=3))
        case "tokens":
            (run.path / TOKENS_FILE).write_bytes(b"\0" * 8)
        case "no tokens":
            (run.path / TOKENS_FILE).unlink()
        case _:
            run.write_record(msgspec.structs.replace(record, vocab_size=299))
    with pytest.raises(DamagedFileError, match="not what this run was begun with"):
        trainer_of(run)
    assert run.writer() is None


def test_no_memory_is_said_as_such(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    with trainer_of(run) as trainer, pytest.raises(MemoryError):
        monkeypatch.setattr(trainer.learner.optimizer, "step", lambda: torch.empty(1 << 60))
        for _ in trainer.run():
            pass


def test_the_name_that_counts_is_the_folders(run: RunFolder) -> None:
    with trainer_of(run) as trainer:
        for fact in trainer.run():
            if isinstance(fact, StepDone) and fact.point.step == 4:
                run.write_record(msgspec.structs.replace(run.record(), name="Another name"))
    assert run.record().name == "Another name" and run.record().finished
    _, _, info = checkpoints.load(run.checkpoint_path(STEPS))
    assert info.name == "Another name"
    assert "# Another name" in (run.checkpoint_path(STEPS) / "README.md").read_text(encoding="utf-8")


def test_characters_are_learned_too(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", TEXT + " 中文😀", Plan(text="", tokenizer="characters"))
    train(run)
    record = run.record()
    assert record.vocab_size == len(set(TEXT + " 中文😀")) + 2
    assert losses(run)[0][1] == pytest.approx(math.log(record.vocab_size), abs=0.2)


def test_the_time_left_is_told_from_the_pace() -> None:
    pace = Pace()
    pace.updates_s.append(9.0)  # the first step warms up
    assert pace.left_s(10, TINY.recipe) == 90
    pace.updates_s.extend([1.0, 3.0])
    assert pace.left_s(10, TINY.recipe) == 20
    pace.evaluation_s = 5.0  # every fifth step
    assert pace.left_s(10, TINY.recipe) == 30


def test_run_json_is_for_people(run: RunFolder) -> None:
    assert b'\n  "name": ' in (run.path / RUN_FILE).read_bytes()
