"""Runs on disk: the list, the bin, folders that are read and followed, what is looked at."""

import pytest

from explorer.protocol import (
    BinRun,
    Cancel,
    Command,
    EmptyBin,
    Failed,
    ListRuns,
    OpenRun,
    RenameRun,
    RestoreRun,
    RunMetrics,
    RunOpened,
    RunSamples,
    RunsListed,
    Sample,
)
from explorer.ui.stores.run_data import Failure
from explorer.ui.stores.runs import OpenedRun, RunsStore
from tests.ui.training_facts import info, point


class Desk:
    """A store with everything that it says written down."""

    def __init__(self) -> None:
        self.store = RunsStore()
        self.commands: list[Command] = []
        self.failures: list[Failure] = []
        self.store.command.connect(self.commands.append)
        self.store.failed.connect(self.failures.append)

    def opened(self, key: str) -> OpenedRun:
        run = self.store.opened(key)
        assert run is not None
        return run


@pytest.fixture
def desk(qapp: object) -> Desk:
    desk = Desk()
    desk.store.apply(RunsListed(runs=[info("run-1"), info("run-2")], binned=[info("old")]))
    return desk


KEY = "/data/runs/run-1"


def test_the_list_is_asked_for_when_the_worker_is_up(qapp: object) -> None:
    desk = Desk()
    assert not desk.store.listed
    desk.store.engine_ready()
    assert desk.commands == [ListRuns(job="runs")]
    desk.store.apply(RunsListed(runs=[info()], binned=[]))
    assert desk.store.listed and [run.run for run in desk.store.runs] == ["run-1"]


def test_selecting_opens_draws_and_makes_current(desk: Desk) -> None:
    desk.store.select(KEY)
    job = desk.opened(KEY).job
    assert desk.commands == [OpenRun(job=job, path=KEY)]
    assert (desk.store.current, desk.store.shown) == (KEY, [KEY])
    desk.store.apply(RunOpened(job=job, info=info(step=2)))
    desk.store.apply(RunMetrics(job=job, points=[point(0), point(1)]))
    desk.store.apply(RunSamples(job=job, samples=[Sample(step=1, text="a", temperature=1)]))
    run = desk.opened(KEY)
    assert run.data.steps.tolist() == [0, 1] and len(run.data.samples) == 1
    desk.store.select(KEY)
    assert len(desk.commands) == 1  # it is open already


def test_a_followed_run_that_went_back_replaces_its_points(desk: Desk) -> None:
    desk.store.select(KEY)
    job = desk.opened(KEY).job
    desk.store.apply(RunMetrics(job=job, points=[point(step) for step in range(10)]))
    desk.store.apply(RunSamples(job=job, samples=[Sample(step=8, text="a", temperature=1)]))
    desk.store.apply(RunMetrics(job=job, points=[point(5, 1.0)], replace_from=5))
    desk.store.apply(RunSamples(job=job, samples=[], replace_from=5))
    data = desk.opened(KEY).data
    assert data.steps.tolist() == [0, 1, 2, 3, 4, 5] and data.latest("train_loss") == 1.0
    assert data.samples == []


def test_several_are_drawn_each_with_a_slot_of_its_own_that_stays(desk: Desk) -> None:
    other = "/data/runs/run-2"
    desk.store.select(KEY)
    desk.store.show(other, True)
    assert (desk.store.slot(KEY), desk.store.slot(other)) == (0, 1)
    desk.store.show(KEY, False)
    assert desk.store.slot(other) == 1
    assert desk.store.opened(KEY) is not None  # hidden, but still the current run
    desk.store.show("/elsewhere/run", True)
    assert desk.store.slot("/elsewhere/run") == 0


def test_what_is_neither_drawn_nor_current_is_closed(desk: Desk) -> None:
    other = "/data/runs/run-2"
    desk.store.select(KEY)
    job = desk.opened(KEY).job
    desk.store.show(KEY, False)
    desk.store.select(other)
    assert desk.store.opened(KEY) is None
    assert Cancel(job=job) in desk.commands
    other_job = desk.opened(other).job
    desk.store.show(other, False)
    desk.store.select(KEY)
    assert Cancel(job=other_job) in desk.commands


def test_points_of_a_closed_run_are_dropped(desk: Desk) -> None:
    desk.store.select(KEY)
    job = desk.opened(KEY).job
    desk.store.move_to_bin(info())
    desk.store.apply(RunMetrics(job=job, points=[point(0)]))
    assert desk.store.opened(KEY) is None


def test_a_run_that_trains_here_is_not_read_from_the_disk_too(desk: Desk) -> None:
    desk.store.select("train-1", is_live=True)
    assert desk.commands == []
    desk.store.adopt("train-1", KEY)
    assert (desk.store.current, desk.store.shown) == (KEY, [KEY])
    assert desk.commands == []


def test_resuming_a_run_that_is_open_stops_reading_it(desk: Desk) -> None:
    desk.store.select(KEY)
    job = desk.opened(KEY).job
    desk.store.select(KEY, is_live=True)
    assert desk.store.opened(KEY) is None and Cancel(job=job) in desk.commands
    assert desk.store.shown == [KEY]


def test_rename_bin_restore_empty(desk: Desk) -> None:
    desk.store.rename("run-1", "first")
    desk.store.select(KEY)
    desk.store.move_to_bin(info())
    desk.store.restore("run-1")
    desk.store.empty_bin()
    asked = [command for command in desk.commands if not isinstance(command, OpenRun | Cancel)]
    assert asked == [
        RenameRun(job="runs", run="run-1", name="first"),
        BinRun(job="runs", run="run-1"),
        RestoreRun(job="runs", run="run-1"),
        EmptyBin(job="runs"),
    ]
    assert (desk.store.current, desk.store.shown) == ("", [])


def test_a_list_that_could_not_be_changed_is_said_and_read_again(desk: Desk) -> None:
    desk.store.apply(Failed(job="runs", template="The disk refused {path}.", values={"path": "x"}))
    assert [failure.values for failure in desk.failures] == [{"path": "x"}]
    assert desk.commands == [ListRuns(job="runs")]


def test_a_folder_that_is_no_run_keeps_its_sentence(desk: Desk) -> None:
    desk.store.watch("/elsewhere/nothing")
    run = desk.opened("/elsewhere/nothing")
    desk.store.apply(Failed(job=run.job, template="There is no run in {path}.", values={"path": "x"}))
    assert run.failure is not None and run.failure.template == "There is no run in {path}."
    assert desk.failures == []


def test_a_watched_folder_is_known_though_it_is_not_in_the_list(desk: Desk) -> None:
    desk.store.watch("/elsewhere/run")
    job = desk.opened("/elsewhere/run").job
    desk.store.apply(RunOpened(job=job, info=info("run", path="/elsewhere/run", name="far away")))
    found = desk.store.info("/elsewhere/run")
    assert found is not None and found.name == "far away"
    assert [run.path for run in desk.store.watched] == ["/elsewhere/run"]


def test_after_a_restart_of_the_worker_open_folders_are_read_again(desk: Desk) -> None:
    desk.store.select(KEY)
    job = desk.opened(KEY).job
    desk.store.apply(RunOpened(job=job, info=info(step=5)))
    desk.store.apply(RunMetrics(job=job, points=[point(step) for step in range(5)]))
    desk.commands.clear()
    desk.store.engine_ready()
    assert desk.commands == [ListRuns(job="runs"), OpenRun(job=job, path=KEY)]
    desk.store.apply(RunOpened(job=job, info=info(step=6)))
    desk.store.apply(RunMetrics(job=job, points=[point(step) for step in range(6)]))
    assert desk.opened(KEY).data.steps.tolist() == [0, 1, 2, 3, 4, 5]


def test_another_run_under_the_same_path_begins_anew(desk: Desk) -> None:
    desk.store.select(KEY)
    job = desk.opened(KEY).job
    desk.store.apply(RunOpened(job=job, info=info()))
    desk.store.apply(RunMetrics(job=job, points=[point(step) for step in range(5)]))
    desk.store.apply(RunOpened(job=job, info=info(created_s=1.0)))
    assert len(desk.opened(KEY).data) == 0
