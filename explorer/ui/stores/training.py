"""Runs that train in this window: what was asked, what each says of itself, and what to do about it."""

from dataclasses import dataclass, field
from itertools import count
from typing import Literal

import msgspec
from PySide6.QtCore import Signal

from explorer.protocol import (
    Cancel,
    CheckpointSaved,
    ContinueTraining,
    Device,
    Event,
    Failed,
    GroupDrawn,
    JobCancelled,
    ListRuns,
    OpenRun,
    PauseTraining,
    ResumeTraining,
    RunInfo,
    RunMetrics,
    RunSamples,
    RunStarted,
    Sampled,
    SampleNow,
    StartTraining,
    StepDone,
    StopTraining,
    TextRead,
    TrainingContinued,
    TrainingEnded,
    TrainingPaused,
    TrainingStage,
)
from explorer.ui.stores.base import Store
from explorer.ui.stores.run_data import Failure, RunData

LiveState = Literal[
    "starting", "running", "pausing", "paused", "stopping", "finished", "interrupted", "failed", "lost"
]
ACTIVE: tuple[LiveState, ...] = ("starting", "running", "pausing", "paused", "stopping")
"""States in which a worker holds the run."""


@dataclass
class LiveRun:
    """One run that was started or resumed in this window; it stays here after its end."""

    job: str
    """Of its present worker; going on makes a new one."""
    name: str
    request: StartTraining | ResumeTraining
    state: LiveState = "starting"
    info: RunInfo | None = None
    """None until the run's folder exists."""
    stage: str = ""
    """What happens before the first step, see `TrainingStage`; empty from then on."""
    share: float = 0.0
    steps: int | None = None
    eta_s: float | None = None
    device: str = ""
    vocab_size: int | None = None
    train_tokens: int | None = None
    uniform_loss: float | None = None
    """ln V, nats."""
    started: bool = False
    """Whether this sitting's `RunStarted` has come."""
    first_step: int = 0
    """Steps done before this sitting: their points come from the disk."""
    reads_history: bool = False
    """Whether the disk is still read for them."""
    checkpoint: str = ""
    checkpoint_step: int | None = None
    failure: Failure | None = None
    """Set in state "failed"."""
    words: str = ""
    """The end of a dead worker's log, for the fold."""
    data: RunData = field(default_factory=RunData)
    text_read: TextRead | None = None
    """What was left out of the text, if the stage reads one."""
    group: GroupDrawn | None = None
    """What the newest update tried, or is about to learn from."""

    @property
    def key(self) -> str:
        """The run's folder, or the job until it has one."""
        return self.info.path if self.info is not None else self.job

    @property
    def active(self) -> bool:
        """Whether a worker holds it."""
        return self.state in ACTIVE

    @property
    def step(self) -> int:
        """Of the newest point, or where it goes on from."""
        last = self.data.last_step
        return last if last is not None else self.first_step


@dataclass(frozen=True)
class RunningJob:
    """What the status bar says of a run that a worker holds."""

    job: str
    name: str
    step: int
    steps: int
    """0 until the engine has said how many."""
    eta_s: float | None
    state: LiveState

    @property
    def paused(self) -> bool:
        """Whether it may be continued."""
        return self.state == "paused"


class TrainingStore(Store):
    """All runs of this window. `command` carries the run's job: one worker each.

    To wire: `command` -> Engines.send_training; Engines.training_lost -> `worker_lost`; `worker_released`
    -> Engines.end_training; `text_command` -> the text worker.
    Signals: `worker_released(job)`, its run has ended (or failed) and the worker may go.
    """

    worker_released = Signal(str)

    def __init__(self, runs_dir: str, device: Device = "auto") -> None:
        super().__init__()
        self._runs_dir = runs_dir
        self._device: Device = device
        self._runs: dict[str, LiveRun] = {}
        self._numbers = count(1)

    # ------------------------------------------------------------ what is known

    @property
    def runs(self) -> list[LiveRun]:
        """In the order of their start."""
        return list(self._runs.values())

    def find(self, key: str) -> LiveRun | None:
        """By job or by the run's folder; the newest one wins."""
        for run in reversed(self._runs.values()):
            if key in (run.job, run.key):
                return run
        return None

    def running_jobs(self) -> list[RunningJob]:
        """Runs that a worker holds, for the status bar."""
        return [
            RunningJob(run.job, run.name, run.step, run.steps or 0, run.eta_s, run.state)
            for run in self._runs.values()
            if run.active
        ]

    # ------------------------------------------------------------ intents

    def start(self, wish: StartTraining) -> str:
        """Begin a run as `wish` says; job, place and device are filled in. Returns its job."""
        request = msgspec.structs.replace(
            wish, job=self._new_job(), runs_dir=self._runs_dir, device=self._device
        )
        self._begin(LiveRun(job=request.job, name=request.name, request=request, steps=request.steps))
        return request.job

    def resume(self, info: RunInfo, earlier: RunData | None = None, steps: int | None = None) -> str:
        """Go on with a run on disk; returns its job.

        `earlier`: points already read, shown until the disk's own arrive. `steps`: more than planned.
        """
        present = self.find(info.path)
        if present is not None and present.active:
            return present.job
        if present is not None:
            del self._runs[present.job]
        request = ResumeTraining(job=self._new_job(), path=info.path, device=self._device, steps=steps)
        known = present.data if present is not None else earlier.copy() if earlier is not None else RunData()
        run = LiveRun(
            job=request.job, name=info.name, request=request, info=info, steps=steps or info.steps, data=known
        )
        if present is not None:
            run.uniform_loss, run.vocab_size = present.uniform_loss, present.vocab_size
            run.checkpoint, run.checkpoint_step = present.checkpoint, present.checkpoint_step
        else:
            run.reads_history = True
            self.text_command.emit(OpenRun(job=_history(request.job), path=info.path))
        self._begin(run)
        return request.job

    def go_on(self, job: str) -> str:
        """After a death or a failure: the run's last checkpoint, or its start if there is none, goes on.

        A run that got no folder is asked for again. Returns the new job.
        """
        run = self._runs[job]
        request = run.request
        if run.info is not None:
            return self.resume(run.info, steps=request.steps if isinstance(request, ResumeTraining) else None)
        assert isinstance(request, StartTraining), "a run that is resumed is known from the disk"
        del self._runs[job]
        return self.start(request)

    def pause(self, job: str) -> None:
        """Hold after the present step."""
        self._ask(job, "running", "pausing", PauseTraining(job=job))

    def continue_(self, job: str) -> None:
        """Go on after a pause."""
        run = self._runs.get(job)
        if run is not None and run.state == "paused":
            self.command.emit(ContinueTraining(job=job))

    def stop(self, job: str) -> None:
        """Save and end. Before the first step there is nothing to save: the job is cancelled."""
        run = self._runs.get(job)
        if run is None or not run.active or run.state == "stopping":
            return
        before_first = run.state == "starting"
        run.state = "stopping"
        self.command.emit(Cancel(job=job) if before_first else StopTraining(job=job))
        self.changed.emit()

    def sample_now(self, job: str) -> None:
        """Let the model say something after the present step."""
        run = self._runs.get(job)
        if run is not None and run.active:
            self.command.emit(SampleNow(job=job))

    def forget(self, key: str) -> None:
        """Drop a run that has ended (it was moved to the bin)."""
        run = self.find(key)
        if run is not None and not run.active:
            del self._runs[run.job]
            self.changed.emit()

    def rename(self, key: str, name: str) -> None:
        """Show the new name before the disk has it."""
        run = self.find(key)
        if run is not None:
            run.name = name
            self.changed.emit()

    # ------------------------------------------------------------ what comes back

    def worker_lost(self, job: str, words: str) -> None:
        """The run's process died unasked: every point is kept, and it may go on from the last checkpoint."""
        run = self._runs.get(job)
        if run is None or not run.active:
            return
        run.state, run.words, run.eta_s = "lost", words, None
        self._close_history(run)
        self._refresh_disk()
        self.changed.emit()

    def apply(self, event: Event) -> None:
        """Take an event; only those of this window's runs count."""
        run = self._runs.get(event.job)
        if run is not None:
            self._apply_live(run, event)
            self.changed.emit()
        elif isinstance(event, RunMetrics | RunSamples) and (run := self._owner_of_history(event.job)):
            self._apply_history(run, event)
            self.changed.emit()

    def _apply_live(self, run: LiveRun, event: Event) -> None:
        match event:
            case TrainingStage():
                run.stage, run.share = event.stage, event.share
            case RunStarted():
                self._apply_started(run, event)
            case StepDone():
                run.data.put([event.point])
                run.eta_s, run.stage = event.eta_s, ""
                if run.state == "starting":
                    run.state = "running"
            case TextRead():
                run.text_read = event
            case GroupDrawn():
                run.group, run.stage = event, ""
            case Sampled():
                run.data.put_samples([event.sample])
            case CheckpointSaved():
                run.checkpoint, run.checkpoint_step = event.path, event.step
                # By now the disk has long said what was there before this sitting.
                self._close_history(run)
            case TrainingPaused():
                run.state = "paused"
            case TrainingContinued():
                run.state = "running"
            case TrainingEnded():
                run.state = "finished" if event.finished else "interrupted"
                run.checkpoint, run.checkpoint_step = event.checkpoint, event.step
                self._release(run)
            case JobCancelled():
                run.state = "interrupted"
                if run.info is None:
                    del self._runs[run.job]  # stopped before there was anything to keep
                self._release(run)
            case Failed():
                run.state = "failed"
                run.failure = Failure(event.template, event.values, event.details)
                self._release(run)
            case _:
                pass

    def _apply_started(self, run: LiveRun, event: RunStarted) -> None:
        run.info, run.name, run.steps = event.info, event.info.name, event.info.steps
        run.device, run.vocab_size = event.device, event.vocab_size
        run.train_tokens, run.uniform_loss = event.train_tokens, event.uniform_loss
        run.first_step, run.stage, run.started = event.info.step, "", True
        if run.state == "starting":
            run.state = "running"
        run.data.drop_from(event.info.step + 1)
        if event.info.checkpoint:
            run.checkpoint, run.checkpoint_step = event.info.checkpoint, event.info.step
        self._refresh_disk()

    def _apply_history(self, run: LiveRun, event: RunMetrics | RunSamples) -> None:
        """What the disk has from before this sitting; everything later comes from the run itself."""
        last = run.first_step if run.started else None
        if isinstance(event, RunMetrics):
            run.data.put([point for point in event.points if last is None or point.step <= last])
        else:
            run.data.put_samples(s for s in event.samples if last is None or s.step <= last)

    def _close_history(self, run: LiveRun) -> None:
        if run.reads_history:
            run.reads_history = False
            self.text_command.emit(Cancel(job=_history(run.job)))

    def _owner_of_history(self, job: str) -> LiveRun | None:
        return next(
            (run for run in self._runs.values() if run.reads_history and job == _history(run.job)), None
        )

    def _release(self, run: LiveRun) -> None:
        run.eta_s, run.stage = None, ""
        self._close_history(run)
        self.worker_released.emit(run.job)
        self._refresh_disk()

    def _refresh_disk(self) -> None:
        self.text_command.emit(ListRuns(job="runs"))

    def _new_job(self) -> str:
        return f"train-{next(self._numbers)}"

    def _begin(self, run: LiveRun) -> None:
        self._runs[run.job] = run
        self.command.emit(run.request)
        self.changed.emit()

    def _ask(self, job: str, state: LiveState, then: LiveState, command: PauseTraining) -> None:
        run = self._runs.get(job)
        if run is not None and run.state == state:
            run.state = then
            self.command.emit(command)
            self.changed.emit()


def _history(job: str) -> str:
    """The job that reads a resumed run's earlier points."""
    return f"{job}/history"
