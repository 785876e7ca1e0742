"""A run steered through the real worker process: nothing is lost, whatever comes in between."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import psutil
import pytest
import torch

from explorer.core import checkpoints
from explorer.core.runs import RunFolder
from explorer.errors import StorageError
from explorer.protocol import (
    Cancel,
    CheckpointSaved,
    Command,
    ContinueTraining,
    Event,
    Failed,
    JobCancelled,
    ListRuns,
    PauseTraining,
    Ready,
    ResumeTraining,
    RunStarted,
    Sampled,
    SampleNow,
    StartTraining,
    StepDone,
    StopTraining,
    TrainingContinued,
    TrainingEnded,
    TrainingPaused,
    TrainingStage,
    decode_event,
    encode,
)
from explorer.services import Job
from explorer.services.training import TrainingService
from explorer.worker import Worker
from tests.core.training.small_runs import TEXT, losses, make_run, train

JOB = "run"
LONG = 1_000_000
Kind = TypeVar("Kind", bound=Event)


class Engine:
    """A training worker as the window has it."""

    def __init__(self, data_dir: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "explorer", "worker", "training", str(data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
        self.said: list[Event] = []

    def send(self, *commands: Command) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"".join(map(encode, commands)))
        self.process.stdin.flush()

    def until(self, kind: type[Kind]) -> Kind:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(decode_event(line))
            if isinstance(self.said[-1], kind):
                return self.said[-1]
        raise AssertionError(f"no {kind.__name__} among {self.said}")

    def leave(self) -> int:
        """As if the window were gone."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.read()
        return self.process.wait()

    def points(self) -> list[tuple[int, float, float | None]]:
        points = [event.point for event in self.said if isinstance(event, StepDone)]
        return [(point.step, point.train_loss, point.val_loss) for point in points]


@pytest.fixture(scope="module")
def resident(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One for all tests that leave it alive: loading torch takes seconds."""
    engine = Engine(tmp_path_factory.mktemp("data"))
    with engine.process:
        yield engine
        engine.process.kill()


@pytest.fixture
def engine(resident: Engine) -> Iterator[Engine]:
    resident.said.clear()
    yield resident
    for job in (JOB, "second", "settled"):
        resident.send(Cancel(job=job))
    while resident.until(JobCancelled).job != "settled":
        pass


@pytest.fixture
def own_engine(tmp_path: Path) -> Iterator[Engine]:
    """One that may end."""
    engine = Engine(tmp_path)
    with engine.process:
        yield engine
        engine.process.kill()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return make_run(tmp_path_factory.mktemp("prepared") / "run", steps=LONG, sample_tokens=4)


@pytest.fixture
def run(tmp_path: Path, prepared: RunFolder) -> RunFolder:
    shutil.copytree(prepared.path, tmp_path / "run")
    return RunFolder(tmp_path / "run")


def resume(run: RunFolder, steps: int | None = None, job: str = JOB) -> ResumeTraining:
    return ResumeTraining(job=job, path=str(run.path), device="cpu", steps=steps)


def assert_as_never_interrupted(run: RunFolder, prepared: RunFolder, folder: Path) -> None:
    shutil.copytree(prepared.path, folder)
    done = losses(run)
    train(RunFolder(folder), until=len(done))
    assert done == losses(RunFolder(folder))


def test_pause_sample_continue_stop(
    engine: Engine, run: RunFolder, prepared: RunFolder, tmp_path: Path
) -> None:
    engine.send(resume(run))
    engine.until(StepDone)
    engine.send(PauseTraining(job=JOB))
    saved, paused = engine.until(CheckpointSaved), engine.until(TrainingPaused)
    assert saved.step == paused.step == run.info().step
    engine.send(SampleNow(job=JOB))
    assert engine.until(Sampled).sample.step == paused.step
    engine.send(ContinueTraining(job=JOB))
    assert engine.until(TrainingContinued).step == paused.step
    assert engine.until(StepDone).point.step == paused.step + 1
    engine.send(SampleNow(job=JOB))
    assert engine.until(Sampled).sample.step > paused.step
    # A pause that comes while a sample is drawn, as one that comes between steps:
    engine.send(SampleNow(job=JOB), PauseTraining(job=JOB))
    engine.until(TrainingPaused)
    engine.send(StopTraining(job=JOB))
    ended = engine.until(TrainingEnded)
    assert not ended.finished and ended.step == run.info().step
    checkpoints.load(ended.checkpoint)
    assert {event.job for event in engine.said if not isinstance(event, Ready)} == {JOB}
    assert engine.points() == losses(run)
    assert run.info().status == "interrupted"
    assert_as_never_interrupted(run, prepared, tmp_path / "other")


def test_a_paused_worker_sleeps(engine: Engine, run: RunFolder) -> None:
    engine.send(resume(run))
    engine.until(StepDone)
    engine.send(PauseTraining(job=JOB))
    engine.until(TrainingPaused)
    process = psutil.Process(engine.process.pid)

    def used_s() -> float:
        times = process.cpu_times()
        return times.user + times.system

    engine.send(PauseTraining(job=JOB), ContinueTraining(job="another"), ListRuns(job="another"))
    engine.until(Failed)  # it hears, and stays as it was
    before = used_s()
    with pytest.raises(psutil.TimeoutExpired):
        process.wait(timeout=1)
    assert used_s() - before < 0.2
    engine.send(ContinueTraining(job=JOB))
    engine.until(StepDone)


def test_cancelled_it_keeps_what_was_learned(engine: Engine, run: RunFolder) -> None:
    engine.send(resume(run))
    engine.until(Sampled)
    engine.until(StepDone)
    engine.send(Cancel(job=JOB))
    engine.until(JobCancelled)
    assert run.newest_checkpoint() == run.checkpoint_path(run.info().step)
    assert run.writer() is None and engine.points() == losses(run)
    # The worker lives on, and the job may be begun again.
    engine.send(resume(run))
    assert engine.until(RunStarted).info.step == len(losses(run))


@pytest.mark.parametrize("way", ["end of input", "terminate"])
def test_a_window_that_is_gone_loses_nothing(own_engine: Engine, run: RunFolder, way: str) -> None:
    own_engine.send(resume(run))
    own_engine.until(StepDone)
    if way == "terminate" and not psutil.WINDOWS:
        own_engine.process.terminate()
    assert own_engine.leave() == 0
    assert run.newest_checkpoint() == run.checkpoint_path(run.info().step)
    assert run.info().status == "interrupted" and run.info().step >= 1


def test_a_new_run_from_start_to_end(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text(TEXT * 3, encoding="utf-8")
    (tmp_path / "runs").mkdir()
    with subprocess.Popen([sys.executable, "-c", ""]) as dead:
        pass
    abandoned = tmp_path / "runs" / f".partial-earlier-{dead.pid}"
    abandoned.mkdir()
    engine.send(
        StartTraining(
            job=JOB,
            runs_dir=str(tmp_path / "runs"),
            name="Cats",
            text=str(tmp_path / "text.txt"),
            vocab_size=280,
            steps=2,
            seed=4,
            device="cpu",
        )
    )
    ended = engine.until(TrainingEnded)
    stages = [event.stage for event in engine.said if isinstance(event, TrainingStage)]
    assert sorted(set(stages), key=stages.index) == ["reading", "tokenizer", "tokens", "model"]
    started = next(event for event in engine.said if isinstance(event, RunStarted))
    assert (started.info.name, started.info.steps, started.vocab_size) == ("Cats", 2, 280)
    assert ended.finished and [point[0] for point in engine.points()] == [1, 2]
    (folder,) = (tmp_path / "runs").iterdir()
    assert RunFolder(folder).info().status == "finished" and RunFolder(folder).record().seed == 4


@pytest.mark.parametrize("command", [Cancel(job=JOB), StopTraining(job=JOB)])
def test_stopped_while_it_is_prepared_leaves_nothing(
    engine: Engine, tmp_path: Path, command: Command
) -> None:
    (tmp_path / "text.txt").write_text(TEXT * 2000, encoding="utf-8")
    text = str(tmp_path / "text.txt")
    engine.send(
        StartTraining(job=JOB, runs_dir=str(tmp_path / "runs"), text=text, device="cpu", vocab_size=300)
    )
    engine.until(TrainingStage)
    engine.send(command)
    engine.until(JobCancelled)
    assert not any(isinstance(event, RunStarted) for event in engine.said)
    assert not list((tmp_path / "runs").glob("*"))


def test_a_run_that_is_trained_elsewhere_is_refused_in_words(engine: Engine, run: RunFolder) -> None:
    with run:
        engine.send(resume(run))
        failed = engine.until(Failed)
    assert failed.job == JOB and failed.template.startswith("The run {name} is being trained already")
    assert failed.values["pid"] == str(os.getpid())


def test_one_worker_does_not_train_a_run_twice(engine: Engine, run: RunFolder) -> None:
    engine.send(resume(run))
    engine.until(StepDone)
    engine.send(resume(run, job="second"))
    failed = engine.until(Failed)
    assert failed.job == "second" and "being trained already" in failed.template
    engine.until(StepDone)


@pytest.mark.skipif(torch.cuda.is_available(), reason="needs a machine without a CUDA card")
def test_a_device_that_is_not_there_is_said_before_anything_is_made(tmp_path: Path) -> None:
    start = StartTraining(job=JOB, runs_dir=str(tmp_path / "runs"), device="cuda")
    with pytest.raises(Exception, match="no CUDA card"):
        list(TrainingService().run(start))
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_cannot_save_when_it_is_closed_says_so_and_the_worker_lives() -> None:
    class Stubborn:
        commands: tuple[type[Command], ...] = (ResumeTraining,)

        def run(self, command: Command) -> Job:
            try:
                while True:
                    yield None
            finally:
                raise StorageError("The disk is full: {path} could not be written. Make room.", path="x")

        def close(self) -> None:
            said.append(JobCancelled(job="closed"))

    said: list[Event] = []
    worker = Worker([Stubborn()], said.append)
    lines = [ResumeTraining(job=job, path="x") for job in "abc"]
    worker.feed(iter([*map(encode, lines), encode(Cancel(job="a")), b'{"type":"\xff"}\n']))  # type: ignore[arg-type]
    worker.serve()
    failures = [event for event in said if isinstance(event, Failed)]
    assert [event.job for event in failures] == ["a", "", "b", "c"]
    assert "disk is full" in failures[0].template and "did not understand" in failures[1].template
    assert said[-1] == JobCancelled(job="closed") and JobCancelled(job="a") not in said
