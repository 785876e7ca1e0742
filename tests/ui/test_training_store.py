"""Live runs: what is asked of the engine, what it says, its death, and going on."""

from math import log

import numpy as np
import pytest
from msgspec.structs import replace

from explorer.protocol import (
    Cancel,
    CheckpointSaved,
    Command,
    ContinueTraining,
    Failed,
    JobCancelled,
    ListRuns,
    OpenRun,
    PauseTraining,
    ResumeTraining,
    RunMetrics,
    RunSamples,
    Sample,
    SampleNow,
    StartTraining,
    StopTraining,
    TrainingContinued,
    TrainingEnded,
    TrainingPaused,
    TrainingStage,
)
from explorer.ui.stores.run_data import RunData
from explorer.ui.stores.training import LiveRun, TrainingStore
from tests.ui.training_facts import info, point, sampled, started, step_done


class Desk:
    """A store with everything that it says written down."""

    def __init__(self) -> None:
        self.store = TrainingStore("/data/runs")
        self.training: list[Command] = []
        self.text: list[Command] = []
        self.released: list[str] = []
        self.changes = 0
        self.store.command.connect(self.training.append)
        self.store.text_command.connect(self.text.append)
        self.store.worker_released.connect(self.released.append)
        self.store.changed.connect(self._count)

    def _count(self) -> None:
        self.changes += 1

    def start(self, run: str = "run-1", name: str = "Python manual") -> str:
        return self.store.start(StartTraining(runs_dir="", name=name, vocab_size=1024, steps=2000))

    def start_and_run(self, steps: int, run: str = "run-1") -> str:
        job = self.start()
        self.store.apply(started(job, info(run)))
        for step in range(1, steps + 1):
            self.store.apply(step_done(job, step))
        return job

    def run(self, job: str) -> LiveRun:
        found = self.store.find(job)
        assert found is not None
        return found


@pytest.fixture
def desk(qapp: object) -> Desk:
    return Desk()


def test_start_asks_the_engine_once_and_is_seen_at_once(desk: Desk) -> None:
    job = desk.start()
    assert desk.training == [
        StartTraining(
            job=job,
            runs_dir="/data/runs",
            name="Python manual",
            text="python-manual",
            preset="nano",
            tokenizer="bpe",
            vocab_size=1024,
            steps=2000,
            seed=1,
            device="auto",
        )
    ]
    [summary] = desk.store.running_jobs()
    assert (summary.job, summary.name, summary.state) == (job, "Python manual", "starting")
    assert desk.changes == 1


def test_stages_then_steps_then_sayings(desk: Desk) -> None:
    job = desk.start()
    desk.store.apply(TrainingStage(job=job, stage="tokenizer", share=0.4))
    assert (desk.run(job).stage, desk.run(job).share) == ("tokenizer", 0.4)
    desk.store.apply(started(job, info()))
    for step in range(150):
        desk.store.apply(step_done(job, step))
    desk.store.apply(sampled(job, 100))
    run = desk.run(job)
    assert (run.state, run.stage, run.step, run.steps) == ("running", "", 149, 2000)
    assert run.uniform_loss == pytest.approx(log(1024))
    assert run.data.latest("val_loss") == point(100).val_loss
    assert [sample.step for sample in run.data.samples] == [100]
    assert run.key == "/data/runs/run-1" and desk.store.find(run.key) is run
    [summary] = desk.store.running_jobs()
    assert (summary.step, summary.steps, summary.eta_s) == (149, 2000, pytest.approx(185.1))


def test_events_of_other_jobs_are_dropped(desk: Desk) -> None:
    job = desk.start_and_run(10)
    desk.store.apply(step_done("someone else", 999))
    desk.store.apply(RunMetrics(job="someone else/history", points=[point(999)]))
    assert desk.run(job).step == 10


def test_pause_continue_stop(desk: Desk) -> None:
    job = desk.start_and_run(10)
    desk.store.pause(job)
    desk.store.pause(job)  # a second press changes nothing
    assert desk.run(job).state == "pausing"
    desk.store.apply(TrainingPaused(job=job, step=10))
    assert desk.store.running_jobs()[0].paused
    desk.store.continue_(job)
    desk.store.apply(TrainingContinued(job=job, step=10))
    assert desk.run(job).state == "running"
    desk.store.sample_now(job)
    desk.store.stop(job)
    desk.store.stop(job)
    assert desk.training[1:] == [
        PauseTraining(job=job),
        ContinueTraining(job=job),
        SampleNow(job=job),
        StopTraining(job=job),
    ]
    desk.store.apply(TrainingEnded(job=job, step=10, finished=False, checkpoint="/data/runs/run-1/c"))
    run = desk.run(job)
    assert (run.state, run.checkpoint, run.checkpoint_step) == ("interrupted", "/data/runs/run-1/c", 10)
    assert desk.released == [job]
    assert desk.store.running_jobs() == []


def test_stopping_before_there_is_a_run_cancels_and_lets_the_worker_go(desk: Desk) -> None:
    job = desk.start()
    desk.store.stop(job)
    assert desk.training[-1] == Cancel(job=job)
    desk.store.apply(JobCancelled(job=job))
    assert desk.store.find(job) is None
    assert desk.released == [job]


def test_a_paused_run_takes_steps_that_were_under_way(desk: Desk) -> None:
    job = desk.start_and_run(10)
    desk.store.pause(job)
    desk.store.apply(step_done(job, 11))
    assert (desk.run(job).state, desk.run(job).step) == ("pausing", 11)


def test_finished(desk: Desk) -> None:
    job = desk.start_and_run(10)
    desk.store.apply(TrainingEnded(job=job, step=2000, finished=True, checkpoint="c"))
    assert desk.run(job).state == "finished"
    assert desk.run(job).eta_s is None


def test_a_failure_is_kept_with_its_sentence_and_the_points(desk: Desk) -> None:
    job = desk.start_and_run(25)
    desk.store.apply(
        Failed(job=job, template="The disk is full: {path}.", values={"path": "x"}, details="28")
    )
    run = desk.run(job)
    assert run.state == "failed" and len(run.data) == 25
    assert run.failure is not None and run.failure.values == {"path": "x"}
    assert desk.released == [job]


def test_a_dead_worker_keeps_every_point_and_says_so_at_once(desk: Desk) -> None:
    job = desk.start_and_run(430)
    desk.store.apply(CheckpointSaved(job=job, step=400, path="/data/runs/run-1/c"))
    before = desk.changes
    desk.store.worker_lost(job, "Killed")
    run = desk.run(job)
    assert (run.state, run.words, len(run.data)) == ("lost", "Killed", 430)
    assert desk.changes == before + 1
    assert desk.store.running_jobs() == []
    assert isinstance(desk.text[-1], ListRuns)


def test_going_on_replaces_what_comes_after_the_checkpoint_in_the_same_run(desk: Desk) -> None:
    job = desk.start_and_run(430)
    desk.store.apply(sampled(job, 300))
    desk.store.apply(sampled(job, 410))
    desk.store.apply(CheckpointSaved(job=job, step=400, path="/data/runs/run-1/c"))
    desk.store.worker_lost(job, "Killed")
    again = desk.store.go_on(job)
    assert again != job
    assert desk.training[-1] == ResumeTraining(job=again, path="/data/runs/run-1")
    run = desk.run(again)
    assert len(run.data) == 430 and run.state == "starting"  # until the engine says where it goes on
    desk.store.apply(started(again, info(step=400)))
    assert run.data.last_step == 400 and [sample.step for sample in run.data.samples] == [300]
    desk.store.apply(step_done(again, 401, loss=2.5))
    assert run.data.steps.tolist() == list(range(1, 402))
    assert run.data.latest("train_loss") == 2.5
    assert desk.store.find(job) is None and len(desk.store.runs) == 1


def test_death_before_the_first_checkpoint_lets_the_same_run_begin_again(desk: Desk) -> None:
    job = desk.start_and_run(5)
    desk.store.worker_lost(job, "")
    again = desk.store.go_on(job)
    assert desk.training[-1] == ResumeTraining(job=again, path="/data/runs/run-1")
    desk.store.apply(started(again, info()))
    assert len(desk.run(again).data) == 0


def test_death_before_there_is_a_folder_asks_for_the_same_again(desk: Desk) -> None:
    job = desk.start()
    desk.store.worker_lost(job, "")
    again = desk.store.go_on(job)
    first, second = desk.training
    assert isinstance(first, StartTraining) and isinstance(second, StartTraining)
    assert (second.text, second.seed, second.vocab_size) == (first.text, first.seed, first.vocab_size)
    assert desk.run(again).step == 0


def test_words_of_a_worker_that_ended_as_it_should_are_not_a_death(desk: Desk) -> None:
    job = desk.start_and_run(5)
    desk.store.apply(TrainingEnded(job=job, step=2000, finished=True, checkpoint="c"))
    desk.store.worker_lost(job, "late words")
    assert desk.run(job).state == "finished"


def test_resuming_yesterdays_run_reads_its_points_from_the_disk(desk: Desk) -> None:
    yesterday = info(step=100, status="interrupted", checkpoint="/data/runs/run-1/c")
    job = desk.store.resume(yesterday)
    assert desk.training == [ResumeTraining(job=job, path=yesterday.path)]
    assert desk.text == [OpenRun(job=f"{job}/history", path=yesterday.path)]
    desk.store.apply(RunMetrics(job=f"{job}/history", points=[point(step) for step in range(1, 60)]))
    desk.store.apply(started(job, info(step=100)))
    desk.store.apply(step_done(job, 101, loss=1.0))
    late = [point(step, 9.9) for step in range(60, 110)]  # what the killed worker wrote after its checkpoint
    desk.store.apply(RunMetrics(job=f"{job}/history", points=late))
    past = [Sample(step=step, text="", temperature=1) for step in (50, 105)]
    desk.store.apply(RunSamples(job=f"{job}/history", samples=past))
    run = desk.run(job)
    assert run.data.steps.tolist() == list(range(1, 102))
    assert run.data.latest("train_loss") == 1.0
    assert [sample.step for sample in run.data.samples] == [50]
    desk.store.apply(CheckpointSaved(job=job, step=110, path="c"))
    assert desk.text[-1] == Cancel(job=f"{job}/history")


def test_resuming_shows_points_that_are_known_already(desk: Desk) -> None:
    known = RunData()
    known.put([point(step) for step in range(1, 51)])
    job = desk.store.resume(info(step=50, checkpoint="c"), earlier=known)
    assert len(desk.run(job).data) == 50
    desk.store.apply(started(job, info(step=50)))
    desk.store.apply(step_done(job, 51))
    assert len(known) == 50  # the disk's own copy is not written to


def test_a_run_that_trains_is_not_resumed_twice(desk: Desk) -> None:
    job = desk.start_and_run(5)
    assert desk.store.resume(info()) == job
    assert len(desk.training) == 1


def test_a_failed_resume_can_be_tried_again(desk: Desk) -> None:
    job = desk.store.resume(info(step=50, checkpoint="c"))
    desk.store.apply(Failed(job=job, template="Damaged."))
    again = desk.store.go_on(job)
    assert desk.training[-1] == ResumeTraining(job=again, path="/data/runs/run-1")


def test_two_runs_train_side_by_side(desk: Desk) -> None:
    one, two = desk.start(), desk.start()
    desk.store.apply(started(one, info("run-1")))
    desk.store.apply(started(two, info("run-2")))
    desk.store.apply(step_done(one, 0, loss=5.0))
    desk.store.apply(step_done(two, 0, loss=6.0))
    desk.store.pause(two)
    assert [job.state for job in desk.store.running_jobs()] == ["running", "pausing"]
    assert desk.run(one).data.latest("train_loss") == 5.0
    assert desk.run(two).data.latest("train_loss") == 6.0


def test_a_run_in_the_bin_is_forgotten_but_never_one_that_trains(desk: Desk) -> None:
    job = desk.start_and_run(5)
    desk.store.forget("/data/runs/run-1")
    assert desk.store.find(job) is not None
    desk.store.apply(TrainingEnded(job=job, step=5, finished=False, checkpoint="c"))
    desk.store.forget("/data/runs/run-1")
    assert desk.store.find(job) is None


def test_a_stages_own_numbers_have_columns_of_their_own() -> None:
    data = RunData()
    data.put([point(1, 2.0)])
    data.put([replace(point(2, 2.0), series={"reward": 0.25}), replace(point(3, None), series={"kl": 0.5})])
    assert data.series == ("reward", "kl")
    assert np.array_equal(data.column("reward"), [np.nan, 0.25, np.nan], equal_nan=True)
    assert data.latest("reward") == 0.25 and data.latest("kl") == 0.5
    assert data.rows()[1]["reward"] == 0.25 and data.rows()[0]["kl"] is None
    copy = data.copy()
    data.drop_from(3)
    assert data.latest("kl") is None and copy.latest("kl") == 0.5
    data.put([replace(point(2, 2.0), series={"reward": 0.75})])
    assert data.smoothed_at("reward", 2, np.array([1])).tolist() == [0.75]
