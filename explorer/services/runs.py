"""The runs on disk: listed, renamed, put in the bin and taken out again, opened and followed. No torch."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from explorer.core.runs import METRICS_FILE, SAMPLES_FILE, RunFolder, metric_point, read_log_from, sample_of
from explorer.core.saved_tokenizers import FOLDER, saved_tokenizers
from explorer.core.storage import storage_errors
from explorer.errors import ExplorerError, InputError
from explorer.protocol import (
    BinRun,
    Command,
    EmptyBin,
    ListRuns,
    OpenRun,
    RenameRun,
    RestoreRun,
    RunInfo,
    RunMetrics,
    RunOpened,
    RunSamples,
    RunsListed,
)
from explorer.services import Job, Wait

_POINTS_AT_ONCE = 2000
_SAMPLES_AT_ONCE = 20
_LOOK_EVERY_S = 0.5
_WAY = "way"
"""The folder in a shipped model with the run that made it."""

_Fact = TypeVar("_Fact")


class RunService:
    """Knows `data_dir`/runs and `data_dir`/bin, and the way of each shipped model; opens folders anywhere."""

    commands: tuple[type[Command], ...] = (ListRuns, RenameRun, BinRun, RestoreRun, EmptyBin, OpenRun)

    def __init__(self, data_dir: str, shipped: Path | None = None) -> None:
        """`shipped`: where the models are that come with the program."""
        self._shipped = shipped
        self._runs = Path(data_dir) / "runs"
        self._bin = Path(data_dir) / "bin"
        self._tokenizers = Path(data_dir) / FOLDER

    def run(self, command: Command) -> Job:
        """Answer one of `commands`."""
        match command:
            case OpenRun():
                return _follow(command)
            case RenameRun():
                return self._then_list(command.job, lambda: self._rename(command.run, command.name))
            case BinRun():
                return self._then_list(command.job, lambda: self._put_in_bin(command.run))
            case RestoreRun():
                return self._then_list(command.job, lambda: _move(self._bin, self._runs, command.run))
            case EmptyBin():
                return self._then_list(command.job, self._empty_bin)
            case _:
                return self._then_list(command.job, lambda: None)

    def close(self) -> None:
        """Nothing is held open."""

    def _then_list(self, job: str, act: Callable[[], None]) -> Job:
        act()
        yield RunsListed(
            job=job,
            runs=_listed(self._runs),
            binned=_listed(self._bin),
            recorded=_recorded(self._shipped),
            tokenizers=[(str(path), path.name) for path in saved_tokenizers(self._tokenizers)],
        )

    def _rename(self, run: str, name: str) -> None:
        folder = _inside(self._runs, run)
        if not name.strip():
            raise InputError("A run needs a name. Type at least one letter.")
        RunFolder(folder).write_record(msgspec.structs.replace(RunFolder(folder).record(), name=name.strip()))

    def _put_in_bin(self, run: str) -> None:
        if RunFolder(_inside(self._runs, run)).writer() is not None:
            raise InputError("The run {name} is being trained. Stop it before you delete it.", name=run)
        _move(self._runs, self._bin, run)

    def _empty_bin(self) -> None:
        with storage_errors(self._bin):
            if self._bin.is_dir():
                shutil.rmtree(self._bin)


def _inside(folder: Path, run: str) -> Path:
    """The folder of a run. Raises: InputError if it is not (any longer) there."""
    path = folder / run
    if path.parent != folder or run.startswith(".") or not path.name or not path.is_dir():
        raise InputError("There is no run {run} any more. Look at the list again.", run=run)
    return path


def _move(source: Path, target: Path, run: str) -> None:
    path = _inside(source, run)
    if (target / run).exists():
        raise InputError(
            "There is another run {name} in {folder} already. Move one of the two elsewhere first.",
            name=run,
            folder=str(target),
        )
    with storage_errors(target):
        target.mkdir(parents=True, exist_ok=True)
        path.rename(target / run)


def _listed(folder: Path) -> list[RunInfo]:
    """Newest first. A folder whose run.json cannot be read is listed too: its owner shall know."""
    if not folder.is_dir():
        return []
    runs = [_info(path) for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")]
    return sorted(runs, key=lambda info: info.created_s, reverse=True)


def _recorded(shipped: Path | None) -> list[RunInfo]:
    """By name of their models; what cannot be read is not there."""
    ways = sorted(shipped.glob(f"*/{_WAY}")) if shipped is not None and shipped.is_dir() else []
    return [info for info in map(_info, ways) if info.stage]


def _info(path: Path) -> RunInfo:
    try:
        return RunFolder(path).info()
    except (ExplorerError, OSError):
        return RunInfo(
            run=path.name,
            path=str(path),
            name=path.name,
            stage="",
            preset="",
            text="",
            created_s=_changed_s(path),
            step=0,
            steps=0,
            status="failed",
            train_loss=None,
            val_loss=None,
            parameters=0,
            checkpoint="",
        )


def _changed_s(path: Path) -> float:
    with suppress(OSError):
        return path.stat().st_mtime
    return 0.0


class _Tail:
    """Reads a log that grows. A log that was replaced (its run went on from an earlier step) is read anew."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._identity: int | None = None
        self._end = 0

    def news(self) -> tuple[bool, Iterator[dict[str, Any]]]:
        """Whether all said before is void, and the lines since."""
        try:
            status = self._path.stat()
        except OSError:
            return False, iter(())
        replaced = self._identity not in (None, status.st_ino) or status.st_size < self._end
        self._identity = status.st_ino
        if replaced:
            self._end = 0
        return replaced, self._lines()

    def _lines(self) -> Iterator[dict[str, Any]]:
        for end, line in read_log_from(self._path, self._end):
            self._end = end
            yield line


def _follow(command: OpenRun) -> Job:
    """What is there, then what comes, until the job is cancelled or the folder goes."""
    folder = RunFolder(Path(command.path))
    shown = folder.info()
    yield RunOpened(job=command.job, info=shown)
    metrics, samples = _Tail(folder.path / METRICS_FILE), _Tail(folder.path / SAMPLES_FILE)
    first = True
    while folder.exists:
        yield from _metric_news(command.job, metrics, always=first)
        yield from _sample_news(command.job, samples, always=first)
        first = False
        yield Wait(_LOOK_EVERY_S)
        try:
            info = folder.info()
        except (ExplorerError, OSError):
            return
        if (info.status, info.name, info.checkpoint) != (shown.status, shown.name, shown.checkpoint):
            shown = info
            yield RunOpened(job=command.job, info=info)


def _metric_news(job: str, tail: _Tail, always: bool) -> Job:
    replaced, lines = tail.news()
    points = (point for line in lines if (point := metric_point(line)) is not None)
    for part in _parts(points, _POINTS_AT_ONCE, always or replaced):
        yield RunMetrics(job=job, points=part, replace_from=0 if replaced else None)
        replaced = False


def _sample_news(job: str, tail: _Tail, always: bool) -> Job:
    replaced, lines = tail.news()
    samples = (sample for line in lines if (sample := sample_of(line)) is not None)
    for part in _parts(samples, _SAMPLES_AT_ONCE, always or replaced):
        yield RunSamples(job=job, samples=part, replace_from=0 if replaced else None)
        replaced = False


def _parts(facts: Iterator[_Fact], size: int, always: bool) -> Iterator[list[_Fact]]:
    """Lists of at most `size`, each read when it is asked for; at least one, if `always`."""
    while (part := list(islice(facts, size))) or always:
        yield part
        always = False
