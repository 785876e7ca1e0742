"""Runs on disk as the window sees them: list, names, bin, and folders that others write."""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from explorer.core.runs import METRICS_FILE, RUN_FILE, SAMPLES_FILE, RunFolder, RunLog, metric_line
from explorer.errors import InputError
from explorer.protocol import (
    BinRun,
    Command,
    EmptyBin,
    Event,
    ListRuns,
    MetricPoint,
    OpenRun,
    RenameRun,
    RestoreRun,
    RunMetrics,
    RunOpened,
    RunSamples,
    RunsListed,
)
from explorer.services import Wait
from explorer.services.runs import RunService
from tests.core.training.small_runs import record_of

JOB = "here"


def make(data_dir: Path, run: str, **changes: object) -> RunFolder:
    folder = data_dir / "runs" / run
    folder.mkdir(parents=True)
    made = RunFolder(folder)
    made.write_record(record_of(name=run, **changes))
    return made


def ask(data_dir: Path, command: Command) -> RunsListed:
    (answer,) = RunService(str(data_dir)).run(command)
    assert isinstance(answer, RunsListed) and answer.job == command.job
    return answer


def names(answer: RunsListed) -> tuple[list[str], list[str]]:
    return [info.run for info in answer.runs], [info.run for info in answer.binned]


def point(step: int, loss: float = 2.0) -> MetricPoint:
    return MetricPoint(
        step=step, train_loss=loss, learning_rate=0.1, grad_norm=1.0, tokens_per_s=1.0, elapsed_s=step
    )


# ---------------------------------------------------------------- list and bin


def test_no_folder_no_runs(tmp_path: Path) -> None:
    assert names(ask(tmp_path, ListRuns(job=JOB))) == ([], [])
    assert list(tmp_path.iterdir()) == []


def test_the_newest_run_stands_first_and_a_damaged_one_is_listed(tmp_path: Path) -> None:
    make(tmp_path, "old", created_s=1e9)
    make(tmp_path, "new", created_s=2e9)
    damaged = make(tmp_path, "damaged")
    (damaged.path / RUN_FILE).write_bytes(b"\xff{")
    unreadable = make(tmp_path, "unreadable")
    (unreadable.path / METRICS_FILE).mkdir()
    (tmp_path / "runs" / ".partial-x-1").mkdir()
    (tmp_path / "runs" / "a file").write_text("")
    for folder, time_s in ((damaged.path, 1.5e9), (unreadable.path, 1.4e9)):
        os.utime(folder, (time_s, time_s))
    answer = ask(tmp_path, ListRuns(job=JOB))
    assert names(answer) == (["new", "damaged", "unreadable", "old"], [])
    assert [info.status for info in answer.runs] == ["interrupted", "failed", "failed", "interrupted"]
    assert answer.runs[1].name == "damaged"


def test_renaming(tmp_path: Path) -> None:
    make(tmp_path, "one")
    (info,) = ask(tmp_path, RenameRun(job=JOB, run="one", name="  My best 中文 ")).runs
    assert (info.run, info.name) == ("one", "My best 中文")
    with pytest.raises(InputError, match="needs a name"):
        ask(tmp_path, RenameRun(job=JOB, run="one", name=" "))


def test_to_the_bin_and_back_and_gone(tmp_path: Path) -> None:
    make(tmp_path, "one")
    make(tmp_path, "two", created_s=1.0)
    assert names(ask(tmp_path, BinRun(job=JOB, run="one"))) == (["two"], ["one"])
    assert names(ask(tmp_path, RestoreRun(job=JOB, run="one"))) == (["one", "two"], [])
    ask(tmp_path, BinRun(job=JOB, run="two"))
    assert names(ask(tmp_path, EmptyBin(job=JOB))) == (["one"], [])
    assert names(ask(tmp_path, EmptyBin(job=JOB))) == (["one"], [])
    with pytest.raises(InputError, match="no run two any more"):
        ask(tmp_path, RestoreRun(job=JOB, run="two"))


def test_a_run_that_is_being_trained_is_not_binned(tmp_path: Path) -> None:
    with make(tmp_path, "one"), pytest.raises(InputError, match="Stop it before"):
        ask(tmp_path, BinRun(job=JOB, run="one"))
    assert names(ask(tmp_path, BinRun(job=JOB, run="one"))) == ([], ["one"])


@pytest.mark.parametrize("empty", [True, False])
def test_names_that_collide_are_said_and_nothing_is_lost(tmp_path: Path, empty: bool) -> None:
    make(tmp_path, "one")
    ask(tmp_path, BinRun(job=JOB, run="one"))
    again = make(tmp_path, "one", preset="another")
    if empty:
        (again.path / RUN_FILE).unlink()
    for command in (RestoreRun(job=JOB, run="one"), BinRun(job=JOB, run="one")):
        with pytest.raises(InputError, match=r"another run one in .* already"):
            ask(tmp_path, command)
    assert RunFolder(tmp_path / "bin" / "one").record().preset == "tiny" and again.path.is_dir()


@pytest.mark.parametrize(
    "run", ["../other", "..", ".", "", "one/checkpoints", "/etc", ".partial-x-1", "gone"]
)
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, run: str) -> None:
    (make(tmp_path, "one").path / "checkpoints").mkdir()
    (tmp_path / "runs" / ".partial-x-1").mkdir()
    (tmp_path / "other").mkdir()
    before = sorted(tmp_path.rglob("*"))
    for command in (
        RenameRun(job=JOB, run=run, name="x"),
        BinRun(job=JOB, run=run),
        RestoreRun(job=JOB, run=run),
    ):
        with pytest.raises(InputError, match="There is no run"):
            ask(tmp_path, command)
    assert sorted(tmp_path.rglob("*")) == before


# ---------------------------------------------------------------- followed


class Follower:
    """What an opened run says, up to where it waits."""

    def __init__(self, run: RunFolder) -> None:
        self._job = RunService(str(run.path.parent)).run(OpenRun(job=JOB, path=str(run.path)))

    def news(self) -> list[Event]:
        said: list[Event] = []
        for fact in self._job:
            if isinstance(fact, Wait):
                assert fact.seconds is not None and fact.seconds <= 1
                return said
            assert fact is not None
            said.append(fact)
        said.append(ENDED)
        return said


ENDED = ListRuns()
"""Stands for the end of what a follower says."""


@pytest.fixture
def run(tmp_path: Path) -> Iterator[RunFolder]:
    yield make(tmp_path, "one")


def steps(said: list[Event]) -> list[int]:
    return [p.step for event in said if isinstance(event, RunMetrics) for p in event.points]


def test_a_run_without_a_step_opens_empty(run: RunFolder) -> None:
    opened, metrics, samples = Follower(run).news()
    assert isinstance(opened, RunOpened) and opened.info == run.info()
    assert metrics == RunMetrics(job=JOB, points=[]) and samples == RunSamples(job=JOB, samples=[])


def test_what_another_process_writes_is_followed(run: RunFolder) -> None:
    log, samples = RunLog(run.path / METRICS_FILE, 0), RunLog(run.path / SAMPLES_FILE, 0)
    log.append(metric_line(point(1)))
    follower = Follower(run)
    assert steps(follower.news()) == [1]
    assert follower.news() == []
    log.append(metric_line(point(2)))
    log.append(metric_line(point(3)))
    samples.append({"step": 3, "text": "Hm", "temperature": 1.0})
    with (run.path / METRICS_FILE).open("ab") as stream:
        stream.write(b'{"step":4,"tr')
    metrics, spoken = follower.news()
    assert steps([metrics]) == [2, 3]
    assert isinstance(spoken, RunSamples) and [sample.text for sample in spoken.samples] == ["Hm"]
    with (run.path / METRICS_FILE).open("ab") as stream:
        stream.write(b'ain/loss":1.5}\n')
    assert steps(follower.news()) == [4]
    log.close()
    samples.close()


def test_a_run_that_goes_on_from_before_is_told_anew(run: RunFolder) -> None:
    log = RunLog(run.path / METRICS_FILE, 0)
    for step in range(1, 6):
        log.append(metric_line(point(step)))
    log.close()
    follower = Follower(run)
    follower.news()
    log = RunLog(run.path / METRICS_FILE, 3)
    log.append(metric_line(point(4, loss=1.0)))
    (metrics,) = follower.news()
    assert isinstance(metrics, RunMetrics) and metrics.replace_from == 0
    assert [(p.step, p.train_loss) for p in metrics.points] == [(1, 2.0), (2, 2.0), (3, 2.0), (4, 1.0)]
    log.append(metric_line(point(5)))
    (metrics,) = follower.news()
    assert isinstance(metrics, RunMetrics) and metrics.replace_from is None and steps([metrics]) == [5]
    log.close()


def test_a_run_that_begins_again_drops_what_was_told(run: RunFolder) -> None:
    log = RunLog(run.path / METRICS_FILE, 0)
    log.append(metric_line(point(1)))
    log.close()
    follower = Follower(run)
    follower.news()
    RunLog(run.path / METRICS_FILE, 0).close()
    assert follower.news() == [RunMetrics(job=JOB, points=[], replace_from=0)]


def test_a_long_run_comes_in_parts(run: RunFolder) -> None:
    lines = b"".join(msgspec.json.encode(metric_line(point(step))) + b"\n" for step in range(1, 4502))
    (run.path / METRICS_FILE).write_bytes(lines)
    said = Follower(run).news()
    assert [len(event.points) for event in said if isinstance(event, RunMetrics)] == [2000, 2000, 501]
    assert steps(said) == list(range(1, 4502))


def test_a_new_name_and_a_new_state_are_told(run: RunFolder) -> None:
    follower = Follower(run)
    follower.news()
    with run:
        (opened,) = follower.news()
        assert isinstance(opened, RunOpened) and opened.info.status == "running"
    run.write_record(msgspec.structs.replace(run.record(), name="Other", finished=True))
    (opened,) = follower.news()
    assert isinstance(opened, RunOpened) and (opened.info.name, opened.info.status) == ("Other", "finished")
    assert follower.news() == []


def test_it_ends_quietly_when_the_folder_goes(run: RunFolder) -> None:
    follower = Follower(run)
    follower.news()
    run.path.rename(run.path.with_name("elsewhere"))
    assert follower.news() == [ENDED]


def test_what_is_no_run_is_not_opened(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no run that can be read"):
        next(RunService(str(tmp_path)).run(OpenRun(job=JOB, path=str(tmp_path))))


def test_the_way_of_a_shipped_model_is_listed_as_recorded(tmp_path: Path) -> None:
    models = tmp_path / "models"
    RunFolder(models / "explorer-think" / "way").path.mkdir(parents=True)
    RunFolder(models / "explorer-think" / "way").write_record(record_of(name="thinking", stage="grpo"))
    (models / "torn" / "way").mkdir(parents=True)
    (answer,) = RunService(str(tmp_path), models).run(ListRuns(job=JOB))
    assert isinstance(answer, RunsListed)
    assert [(info.name, info.stage, info.path) for info in answer.recorded] == [
        ("thinking", "grpo", str(models / "explorer-think" / "way"))
    ]
    assert answer.runs == []
