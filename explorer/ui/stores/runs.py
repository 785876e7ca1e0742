"""Runs on disk: the list and the bin, the folders that are read and followed, which of them are shown."""

from dataclasses import dataclass, field
from itertools import count

from PySide6.QtCore import Signal

from explorer.protocol import (
    BinRun,
    Cancel,
    EmptyBin,
    Event,
    Failed,
    ListRuns,
    OpenRun,
    RenameRun,
    RestoreRun,
    RunInfo,
    RunMetrics,
    RunOpened,
    RunSamples,
    RunsListed,
    TokenizerSaved,
)
from explorer.ui.stores.base import Store
from explorer.ui.stores.run_data import Failure, RunData

_LIST_JOB = "runs"


@dataclass
class OpenedRun:
    """A run folder that the text worker reads for us, and follows while somebody writes it."""

    job: str
    path: str
    info: RunInfo | None = None
    """None until the folder was found."""
    failure: Failure | None = None
    data: RunData = field(default_factory=RunData)


class RunsStore(Store):
    """What is on disk, and what of it the person looks at.

    A run is named by its folder's path (its key); a run that has no folder yet, by its job. `command` goes
    to the text worker. Signals: `failed(Failure)` when the list, a renaming or the bin did not work.
    """

    failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[RunInfo] = []
        self.binned: list[RunInfo] = []
        self.recorded: list[RunInfo] = []
        """How the shipped models were made."""
        self.tokenizers: list[tuple[str, str]] = []
        """Path and name of those that were kept."""
        self.listed = False
        """Whether the disk has answered at all."""
        self.current = ""
        """Key of the run that tiles and samples are of; empty if none."""
        self.reopened = False
        """Whether what was looked at last time has been asked for again."""
        self._shown: dict[str, int] = {}
        self._opened: dict[str, OpenedRun] = {}
        self._watched: set[str] = set()
        self._numbers = count(1)

    # ------------------------------------------------------------ what is known

    @property
    def shown(self) -> list[str]:
        """Keys of the runs whose curves are drawn, in the order in which they were first shown."""
        return sorted(self._shown, key=self._shown.__getitem__)

    def slot(self, key: str) -> int:
        """A number for the run's colour and line style, the same as long as it is shown."""
        return self._shown.get(key, 0)

    def opened(self, key: str) -> OpenedRun | None:
        """The folder as read so far."""
        return self._opened.get(key)

    @property
    def watched(self) -> list[OpenedRun]:
        """Folders from elsewhere, opened by hand."""
        return [run for path, run in self._opened.items() if path in self._watched]

    def info(self, key: str) -> RunInfo | None:
        """What is known of a run on disk, those in the bin left out."""
        listed = next((run for run in (*self.runs, *self.recorded) if run.path == key), None)
        if listed is not None:
            return listed
        opened = self._opened.get(key)
        return opened.info if opened is not None else None

    # ------------------------------------------------------------ intents: the disk

    def refresh(self) -> None:
        """Read the list again."""
        self.command.emit(ListRuns(job=_LIST_JOB))

    def rename(self, run: str, name: str) -> None:
        """Give the run in folder `run` another name."""
        self.command.emit(RenameRun(job=_LIST_JOB, run=run, name=name))

    def move_to_bin(self, info: RunInfo) -> None:
        """Take a run off the list; `restore` brings it back."""
        self._close(info.path)
        self._shown.pop(info.path, None)
        if self.current == info.path:
            self.current = ""
        self.command.emit(BinRun(job=_LIST_JOB, run=info.run))
        self.changed.emit()

    def restore(self, run: str) -> None:
        """Take the run in folder `run` out of the bin."""
        self.command.emit(RestoreRun(job=_LIST_JOB, run=run))

    def empty_bin(self) -> None:
        """Delete for good."""
        self.command.emit(EmptyBin(job=_LIST_JOB))

    def watch(self, path: str) -> None:
        """Open a run folder from elsewhere, follow it, and look at it."""
        self._watched.add(path)
        self.select(path)

    # ------------------------------------------------------------ intents: what is looked at

    def select(self, key: str, is_live: bool = False) -> None:
        """Make a run the current one and draw it. `is_live`: its points come from its own worker."""
        before, self.current = self.current, key
        if before not in self._shown:
            self._close(before)
        self.show(key, True, is_live)

    def show(self, key: str, visible: bool, is_live: bool = False) -> None:
        """Draw a run's curves, or not."""
        if visible and key not in self._shown:
            taken = set(self._shown.values())
            self._shown[key] = next(slot for slot in count() if slot not in taken)
        elif not visible:
            self._shown.pop(key, None)
        if visible and not is_live:
            self._open(key)
        elif key != self.current or is_live:
            self._close(key)
        self.changed.emit()

    def adopt(self, job: str, path: str) -> None:
        """A run that was known by its job has a folder now; its points come from its own worker."""
        if job in self._shown:
            self._shown[path] = self._shown.pop(job)
        if self.current == job:
            self.current = path
        self._close(path)
        self.changed.emit()

    # ------------------------------------------------------------ what comes back

    def apply(self, event: Event) -> None:
        """Take an event; lists from any job, folders and failures of our own jobs only."""
        if isinstance(event, RunsListed):
            self.runs, self.binned, self.recorded = event.runs, event.binned, event.recorded
            self.tokenizers = event.tokenizers
            self.listed = True
            self.changed.emit()
        elif isinstance(event, TokenizerSaved):
            self.refresh()
        elif isinstance(event, Failed) and event.job == _LIST_JOB:
            self.failed.emit(Failure(event.template, event.values, event.details))
            self.refresh()
        elif isinstance(event, RunOpened | RunMetrics | RunSamples | Failed):
            run = next((run for run in self._opened.values() if run.job == event.job), None)
            if run is not None:
                _apply_opened(run, event)
                self.changed.emit()

    def engine_ready(self) -> None:
        """The text worker is up (again): list, and read what is open from the start."""
        self.refresh()
        for run in self._opened.values():
            self.command.emit(OpenRun(job=run.job, path=run.path))

    # ------------------------------------------------------------

    def _open(self, path: str) -> None:
        if path and path not in self._opened:
            job = f"open-{next(self._numbers)}"
            self._opened[path] = OpenedRun(job=job, path=path)
            self.command.emit(OpenRun(job=job, path=path))

    def _close(self, path: str) -> None:
        run = self._opened.pop(path, None)
        if run is not None:
            self.command.emit(Cancel(job=run.job))


def _apply_opened(run: OpenedRun, event: RunOpened | RunMetrics | RunSamples | Failed) -> None:
    match event:
        case RunOpened():
            if run.info is None or event.info.created_s != run.info.created_s:
                run.data.clear()
            run.info, run.failure = event.info, None
        case RunMetrics():
            if event.replace_from is not None:
                run.data.drop_points_from(event.replace_from)
            run.data.put(event.points)
        case RunSamples():
            if event.replace_from is not None:
                run.data.drop_samples_from(event.replace_from)
            run.data.put_samples(event.samples)
        case Failed():
            run.failure = Failure(event.template, event.values, event.details)
