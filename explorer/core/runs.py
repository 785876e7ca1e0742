"""A run on disk: one folder, append-only logs, checkpoints. No torch: the text worker lists runs too.

    run.json         what is trained on what, and how (RunRecord)
    metrics.jsonl    one object a step
    samples.jsonl    what the model wrote, as it learned
    rollouts.jsonl   what it tried, with rewards, where a stage learns from its own tries
    start/           the model that the run began from, if any
    tokenizer.json   the vocabulary, learned before the first step
    tokens.bin       the text as token ids, memory-mapped
    checkpoints/step-000500/
    run.lock         who writes this folder now

Logs survive a kill: a torn last line is dropped on reading, and cut off before the next one is written.
"""

import math
import os
import re
import shutil
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
import psutil

from explorer.core.run_lock import WriterLock, living_holder
from explorer.core.storage import PARTIAL_PREFIX, clear_partials, storage_errors, write_atomically
from explorer.errors import InputError
from explorer.protocol import MetricPoint, RunInfo, RunStatus, Sample

RUN_FILE = "run.json"
METRICS_FILE = "metrics.jsonl"
SAMPLES_FILE = "samples.jsonl"
ROLLOUTS_FILE = "rollouts.jsonl"
TOKENS_FILE = "tokens.bin"
START = "start"
CHECKPOINTS = "checkpoints"
_LOCK_FILE = "run.lock"
_CHECKPOINT = re.compile(r"step-(\d+)")
_DAMAGED_PREFIX = "damaged-"
_PARTIAL_OF = re.compile(re.escape(PARTIAL_PREFIX) + r".+-(\d+)")


class RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """run.json."""

    name: str
    stage: str = "pretrain"
    preset: str
    text: str
    """In words for a person."""
    text_path: str
    files_skipped: int = 0
    """Files of a folder that were not UTF-8 text."""
    created_s: float
    seed: int
    steps: int
    tokenizer: str
    vocab_size: int
    parameters: int
    model: dict[str, Any]
    recipe: dict[str, Any]
    tokens: int
    """All of the text's."""
    token_bytes: int
    """On disk, per id: 2 or 4."""
    fingerprint: str
    """SHA-256 of the text."""
    versions: dict[str, str]
    parent: str = ""
    """The checkpoint that this run began from, if any: where it was. A copy is in `START`."""
    options: dict[str, Any] = msgspec.field(default_factory=dict[str, Any])
    """What only this stage knows."""
    finished: bool = False
    failure: str = ""
    """Why it cannot go on, if it cannot."""


class RunFolder:
    """One run's folder, for reading; for writing use it as a context manager, which takes the lock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = WriterLock(path / _LOCK_FILE)

    # ------------------------------------------------------------ run.json

    @property
    def exists(self) -> bool:
        """Whether there is a run here."""
        return (self.path / RUN_FILE).is_file()

    def record(self) -> RunRecord:
        """Raises: InputError if there is none that can be read."""
        try:
            return msgspec.json.decode((self.path / RUN_FILE).read_bytes(), type=RunRecord)
        except (OSError, ValueError) as error:
            raise InputError(
                "{path} holds no run that can be read. Choose another folder.", path=str(self.path)
            ) from error

    def write_record(self, record: RunRecord) -> None:
        """Replace run.json at once. Raises: StorageError."""
        write_atomically(self.path / RUN_FILE, msgspec.json.format(msgspec.json.encode(record), indent=2))

    def info(self) -> RunInfo:
        """The run as a list shows it. Raises: InputError."""
        record = self.record()
        points = (metric_point(line) for line in _backwards(self.path / METRICS_FILE))
        known = (point for point in points if point is not None)
        last = next(known, None)
        with_score = (point for point in chain((last,), known) if point and point.val_loss is not None)
        latest_score = next(with_score, None)
        kept = self.checkpoints()
        return RunInfo(
            run=self.path.name,
            path=str(self.path),
            name=record.name,
            stage=record.stage,
            preset=record.preset,
            text=record.text,
            created_s=record.created_s,
            step=0 if last is None else last.step,
            steps=record.steps,
            status=self.status(record),
            train_loss=None if last is None else last.train_loss,
            val_loss=None if latest_score is None else latest_score.val_loss,
            parameters=record.parameters,
            checkpoint=str(kept[-1]) if kept else "",
            kept=[(int(path.name.removeprefix("step-")), str(path)) for path in kept],
            vocab_size=record.vocab_size,
            parent=record.parent,
        )

    def status(self, record: RunRecord) -> RunStatus:
        """As the folder tells, and whether its writer is alive."""
        if self.writer() is not None:
            return "running"
        if record.failure:
            return "failed"
        return "finished" if record.finished else "interrupted"

    # ------------------------------------------------------------ checkpoints

    def checkpoint_path(self, step: int) -> Path:
        """Where the checkpoint after `step` updates stands."""
        return self.path / CHECKPOINTS / f"step-{step:06}"

    def checkpoints(self) -> list[Path]:
        """Complete checkpoints, oldest first: a folder gets its final name when all of it is written."""
        found = (
            (_CHECKPOINT.fullmatch(path.name), path) for path in (self.path / CHECKPOINTS).glob("step-*")
        )
        return [path for _, path in sorted((int(match[1]), path) for match, path in found if match)]

    def newest_checkpoint(self) -> Path | None:
        """The last one, if any."""
        return next(reversed(self.checkpoints()), None)

    def prune_checkpoints(self, keep: int, milestones: Collection[int] = ()) -> None:
        """Leave the last `keep`, enough to go on when the newest turns out damaged, and all `milestones`."""
        for old in self.checkpoints()[:-keep]:
            if _step_of(old) not in milestones:
                shutil.rmtree(old, ignore_errors=True)

    def set_aside_checkpoints_after(self, step: int) -> None:
        """Those that proved damaged: nobody shall take one for the newest. Raises: StorageError."""
        for path in self.checkpoints():
            if _step_of(path) > step:
                aside = path.with_name(_DAMAGED_PREFIX + path.name)
                with storage_errors(path):
                    shutil.rmtree(aside, ignore_errors=True)
                    path.rename(aside)

    # ------------------------------------------------------------ the one writer

    def writer(self) -> int | None:
        """Process id of the living process that writes here, or None."""
        return living_holder(self.path / _LOCK_FILE)

    def __enter__(self) -> "RunFolder":
        """Become the writer. Raises: InputError if there is no run or it has a writer; StorageError."""
        self.record()  # or said that there is none
        if not self._lock.acquire():
            raise InputError(
                "The run {name} is being trained already, by process {pid}. Stop that one first.",
                name=self.path.name,
                pid=self.writer() or "?",
            )
        clear_partials(self.path)
        if (self.path / CHECKPOINTS).is_dir():
            clear_partials(self.path / CHECKPOINTS)
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def _step_of(checkpoint: Path) -> int:
    return int(checkpoint.name.removeprefix("step-"))


class RunLog:
    """Appends to one of a run's .jsonl files. Each line reaches the system before the next step begins."""

    def __init__(self, path: Path, keep_to_step: int) -> None:
        """Continue after `keep_to_step`: later lines and a torn one are cut off. Raises: StorageError."""
        self._path = path
        with storage_errors(path):
            kept = [line for line in read_log(path) if line["step"] <= keep_to_step]
        write_atomically(path, b"".join(msgspec.json.encode(line) + b"\n" for line in kept))
        with storage_errors(path):
            self._stream = path.open("ab")

    def append(self, line: dict[str, Any]) -> None:
        """Raises: StorageError."""
        with storage_errors(self._path):
            self._stream.write(msgspec.json.encode(line) + b"\n")
            self._stream.flush()

    def sync(self) -> None:
        """Wait until the disk has it, so that no checkpoint outlives its lines. Raises: StorageError."""
        with storage_errors(self._path):
            os.fsync(self._stream.fileno())

    def close(self) -> None:
        """Raises nothing: what a full disk refused has been said."""
        with suppress(OSError):
            self._stream.close()


# ---------------------------------------------------------------- reading logs


def read_log(path: Path, start_byte: int = 0) -> Iterator[dict[str, Any]]:
    """The whole lines of a .jsonl file from `start_byte` on; torn or damaged ones are passed over."""
    for _, line in read_log_from(path, start_byte):
        yield line


def read_log_from(path: Path, start_byte: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """The same, each with the byte where it ends: where to go on reading."""
    with suppress(FileNotFoundError), path.open("rb") as stream:
        stream.seek(start_byte)
        end = start_byte
        for line in stream:
            if not line.endswith(b"\n"):
                return
            end += len(line)
            content = _line_of(line)
            if content is not None:
                yield end, content


def _backwards(path: Path, block: int = 65_536) -> Iterator[dict[str, Any]]:
    """The last lines first, of the file's last 64 kB: enough for the newest numbers."""
    with suppress(FileNotFoundError), path.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - block))
        lines = stream.read().split(b"\n")[:-1]
        for line in reversed(lines):
            content = _line_of(line)
            if content is not None:
                yield content


def _line_of(line: bytes) -> dict[str, Any] | None:
    """An object with a step, or None: damaged, or written by something else."""
    try:
        content = msgspec.json.decode(line)
    except ValueError:
        return None
    is_ours = isinstance(content, dict) and type(content.get("step")) is int
    return content if is_ours else None


class _MetricLine(
    msgspec.Struct,
    frozen=True,
    rename={
        "train_loss": "train/loss",
        "val_loss": "val/loss",
        "val_bpb": "val/bpb",
        "learning_rate": "lr",
    },
):
    """How metrics.jsonl may look, whoever wrote it."""

    step: int
    train_loss: float | None = None
    val_loss: float | None = None
    val_bpb: float | None = None
    learning_rate: float = 0.0
    grad_norm: float = 0.0
    tokens_per_s: float = 0.0
    elapsed_s: float = 0.0


_KNOWN_NAMES = frozenset(field.encode_name for field in msgspec.structs.fields(_MetricLine))


def metric_line(point: MetricPoint) -> dict[str, Any]:
    """A point as metrics.jsonl has it: names as trackers like them, nothing that was not measured."""
    line: dict[str, Any] = {"step": point.step}
    if point.train_loss is not None:
        line["train/loss"] = point.train_loss
    if point.val_loss is not None:
        line["val/loss"] = point.val_loss
    if point.val_bpb is not None:
        line["val/bpb"] = point.val_bpb
    line |= {
        "lr": point.learning_rate,
        "grad_norm": point.grad_norm,
        "tokens_per_s": point.tokens_per_s,
        "elapsed_s": point.elapsed_s,
    }
    return line | {name: value for name, value in point.series.items() if name not in _KNOWN_NAMES}


def metric_point(line: dict[str, Any]) -> MetricPoint | None:
    """The point of a line, other finite numbers in it as series; None if it measures nothing."""
    try:
        known = msgspec.convert(line, _MetricLine)
    except msgspec.ValidationError:
        return None
    series = {
        name: float(value)
        for name, value in line.items()
        if name not in _KNOWN_NAMES and type(value) in (int, float) and math.isfinite(value)
    }
    if known.train_loss is None and known.val_loss is None and not series:
        return None
    return MetricPoint(**msgspec.structs.asdict(known), series=series)


def sample_line(sample: Sample) -> dict[str, Any]:
    """A sample as samples.jsonl has it."""
    return msgspec.to_builtins(sample)


def sample_of(line: dict[str, Any]) -> Sample | None:
    """The sample of a line, or None if it is none."""
    try:
        return msgspec.convert(line, Sample)
    except msgspec.ValidationError:
        return None


def new_run_path(runs_dir: Path, name: str) -> Path:
    """A folder name that is free: when it began, and what of the name a file system takes."""
    safe = "".join(letter if letter.isalnum() else "-" for letter in name).strip("-")[:40] or "run"
    stem = f"{time.strftime('%Y%m%d-%H%M%S')}-{safe}"
    number = 1
    while True:
        path = runs_dir / (stem if number == 1 else f"{stem}-{number}")
        # One that is being prepared has no folder of its own yet, but takes this name soon.
        if not path.exists() and not any(runs_dir.glob(f"{PARTIAL_PREFIX}{path.name}-*")):
            return path
        number += 1


def clear_abandoned(runs_dir: Path) -> None:
    """Remove what processes that were killed while they prepared a run have left in `runs_dir`."""
    for left in runs_dir.glob(f"{PARTIAL_PREFIX}*"):
        match = _PARTIAL_OF.fullmatch(left.name)
        if match and not psutil.pid_exists(int(match[1])):
            shutil.rmtree(left, ignore_errors=True)
