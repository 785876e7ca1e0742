"""A run on disk: one folder, append-only logs, checkpoints. No torch: the text worker lists runs too.

    run.json         what is trained on what, and how (RunRecord)
    metrics.jsonl    one object a step
    samples.jsonl    what the model wrote, as it learned
    tokenizer.json   the vocabulary, learned before the first step
    tokens.bin       the text as token ids, memory-mapped
    checkpoints/step-000500/
    run.lock         who writes this folder now

Logs survive a kill: a torn last line is dropped on reading, and cut off before the next one is written.
"""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import psutil

from explorer.core.storage import clear_partials, storage_errors, write_atomically
from explorer.errors import InputError
from explorer.protocol import MetricPoint, RunInfo, RunStatus, Sample

RUN_FILE = "run.json"
METRICS_FILE = "metrics.jsonl"
SAMPLES_FILE = "samples.jsonl"
TOKENS_FILE = "tokens.bin"
CHECKPOINTS = "checkpoints"
_LOCK_FILE = "run.lock"


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
    """The checkpoint that this run began from, if any."""
    finished: bool = False
    failure: str = ""
    """Why it cannot go on, if it cannot."""


class _Lock(msgspec.Struct, frozen=True):
    pid: int
    started_s: float


class RunFolder:
    """One run's folder, for reading; for writing use it as a context manager, which takes the lock."""

    def __init__(self, path: Path) -> None:
        self.path = path

    # ------------------------------------------------------------ run.json

    @property
    def exists(self) -> bool:
        """Whether there is a run here."""
        return (self.path / RUN_FILE).is_file()

    def record(self) -> RunRecord:
        """Raises: InputError if there is none that can be read."""
        try:
            return msgspec.json.decode((self.path / RUN_FILE).read_bytes(), type=RunRecord)
        except (OSError, msgspec.DecodeError) as error:
            raise InputError(
                "{path} holds no run that can be read. Choose another folder.", path=str(self.path)
            ) from error

    def write_record(self, record: RunRecord) -> None:
        """Replace run.json at once. Raises: StorageError."""
        write_atomically(self.path / RUN_FILE, msgspec.json.format(msgspec.json.encode(record), indent=2))

    def info(self) -> RunInfo:
        """The run as a list shows it. Raises: InputError."""
        record = self.record()
        last = next(_backwards(self.path / METRICS_FILE), {})
        val_loss = next(
            (line["val/loss"] for line in _backwards(self.path / METRICS_FILE) if "val/loss" in line), None
        )
        checkpoint = self.newest_checkpoint()
        return RunInfo(
            run=self.path.name,
            path=str(self.path),
            name=record.name,
            stage=record.stage,
            preset=record.preset,
            text=record.text,
            created_s=record.created_s,
            step=int(last.get("step", 0)),
            steps=record.steps,
            status=self.status(record),
            train_loss=last.get("train/loss"),
            val_loss=val_loss,
            parameters=record.parameters,
            checkpoint="" if checkpoint is None else str(checkpoint),
            vocab_size=record.vocab_size,
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
        return sorted((self.path / CHECKPOINTS).glob("step-*"))

    def newest_checkpoint(self) -> Path | None:
        """The last one, if any."""
        return next(reversed(self.checkpoints()), None)

    def prune_checkpoints(self, keep: int) -> None:
        """Leave the last `keep`: enough to go on when the newest turns out damaged."""
        for old in self.checkpoints()[:-keep]:
            shutil.rmtree(old, ignore_errors=True)

    # ------------------------------------------------------------ the one writer

    def writer(self) -> int | None:
        """Process id of the living process that writes here, or None."""
        try:
            lock = msgspec.json.decode((self.path / _LOCK_FILE).read_bytes(), type=_Lock)
            process = psutil.Process(lock.pid)
            alive = (
                process.status() != psutil.STATUS_ZOMBIE and abs(process.create_time() - lock.started_s) < 1.0
            )
        except (OSError, msgspec.DecodeError, psutil.Error):
            return None
        return lock.pid if alive else None

    def __enter__(self) -> "RunFolder":
        """Become the writer. Raises: InputError if another process is; StorageError."""
        writer = self.writer()
        if writer is not None and writer != os.getpid():
            raise InputError(
                "The run {name} is being trained already, by process {pid}. Stop that one first.",
                name=self.path.name,
                pid=writer,
            )
        me = psutil.Process()
        write_atomically(self.path / _LOCK_FILE, msgspec.json.encode(_Lock(me.pid, me.create_time())))
        clear_partials(self.path)
        if (self.path / CHECKPOINTS).is_dir():
            clear_partials(self.path / CHECKPOINTS)
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            (self.path / _LOCK_FILE).unlink()


class RunLog:
    """Appends to one of a run's .jsonl files. Each line reaches the system before the next step begins."""

    def __init__(self, path: Path, keep_to_step: int) -> None:
        """Continue after `keep_to_step`: later lines and a torn one are cut off. Raises: StorageError."""
        self._path = path
        kept = [line for line in read_log(path) if line["step"] <= keep_to_step]
        write_atomically(path, b"".join(msgspec.json.encode(line) + b"\n" for line in kept))
        with storage_errors(path):
            self._stream = path.open("ab")

    def append(self, line: dict[str, Any]) -> None:
        """Raises: StorageError."""
        with storage_errors(self._path):
            self._stream.write(msgspec.json.encode(line) + b"\n")
            self._stream.flush()

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
            with suppress(msgspec.DecodeError):
                content = msgspec.json.decode(line)
                if isinstance(content, dict) and isinstance(content.get("step"), int):
                    yield end, content


def _backwards(path: Path, block: int = 65_536) -> Iterator[dict[str, Any]]:
    """The last lines first, of the file's last 64 kB: enough for the newest numbers."""
    with suppress(FileNotFoundError), path.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - block))
        lines = stream.read().split(b"\n")[:-1]
        for line in reversed(lines):
            with suppress(msgspec.DecodeError):
                content = msgspec.json.decode(line)
                if isinstance(content, dict):
                    yield content


def metric_line(point: MetricPoint) -> dict[str, Any]:
    """A point as metrics.jsonl has it: names as trackers like them, nothing that was not measured."""
    line: dict[str, Any] = {"step": point.step, "train/loss": point.train_loss}
    if point.val_loss is not None:
        line |= {"val/loss": point.val_loss, "val/bpb": point.val_bpb}
    return line | {
        "lr": point.learning_rate,
        "grad_norm": point.grad_norm,
        "tokens_per_s": point.tokens_per_s,
        "elapsed_s": point.elapsed_s,
    }


def metric_point(line: dict[str, Any]) -> MetricPoint | None:
    """The point of a line; None for a line that some other program wrote differently."""
    try:
        return MetricPoint(
            step=line["step"],
            train_loss=float(line["train/loss"]),
            val_loss=line.get("val/loss"),
            val_bpb=line.get("val/bpb"),
            learning_rate=float(line.get("lr", 0.0)),
            grad_norm=float(line.get("grad_norm", 0.0)),
            tokens_per_s=float(line.get("tokens_per_s", 0.0)),
            elapsed_s=float(line.get("elapsed_s", 0.0)),
        )
    except (KeyError, TypeError, ValueError):
        return None


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
    return next(
        path
        for number in range(1, 1000)
        if not (path := runs_dir / (stem if number == 1 else f"{stem}-{number}")).exists()
    )
