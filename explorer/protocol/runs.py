"""Runs on disk: listed, renamed, binned, read and followed."""

from typing import Literal

import msgspec

from explorer.protocol.message import Message

RunStatus = Literal["running", "interrupted", "finished", "failed"]


class RunInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One run folder, as the list shows it."""

    run: str
    """The folder's name, which never changes; `name` is what the person calls it."""
    path: str
    name: str
    stage: str
    preset: str
    text: str
    """Which text it learned from, in words for a person."""
    created_s: float
    """Unix seconds."""
    step: int
    steps: int
    status: RunStatus
    train_loss: float | None
    val_loss: float | None
    parameters: int
    checkpoint: str
    """Path of the newest checkpoint, or empty."""
    kept: list[tuple[int, str]] = []
    """Step and path of each checkpoint that is there, oldest first."""
    vocab_size: int | None = None
    """Tokens of its vocabulary, if the folder tells: ln of it is the loss of a model that knows nothing."""
    parent: str = ""
    """Path of the checkpoint that it began from, if any."""


class ListRuns(Message, tag=True, frozen=True, kw_only=True):
    """Ask for `RunsListed`. Sent again, it re-reads the disk."""


class RunsListed(Message, tag=True, frozen=True, kw_only=True):
    """All runs, newest first, and those in the bin."""

    runs: list[RunInfo]
    binned: list[RunInfo]
    recorded: list[RunInfo] = msgspec.field(default_factory=list[RunInfo])
    """How the shipped models were made: to be looked at, never to be changed."""
    tokenizers: list[tuple[str, str]] = msgspec.field(default_factory=list[tuple[str, str]])
    """Path and name of those that were kept: a run can begin with one (`StartTraining.tokenizer`)."""


class RenameRun(Message, tag=True, frozen=True, kw_only=True):
    """Give a run another name; `RunsListed` follows."""

    run: str
    name: str


class BinRun(Message, tag=True, frozen=True, kw_only=True):
    """Move a run to the bin; `RunsListed` follows."""

    run: str


class RestoreRun(Message, tag=True, frozen=True, kw_only=True):
    """Take a run out of the bin; `RunsListed` follows."""

    run: str


class EmptyBin(Message, tag=True, frozen=True, kw_only=True):
    """Delete what is in the bin for good; `RunsListed` follows."""


class OpenRun(Message, tag=True, frozen=True, kw_only=True):
    """Read a run's curves and samples, and follow the folder while somebody writes it (until `Cancel`)."""

    path: str


class MetricPoint(msgspec.Struct, frozen=True, kw_only=True):
    """One step's measurements; None where it was not measured at this step."""

    step: int
    train_loss: float | None = None
    """Nats per token, mean over the batch before the update."""
    val_loss: float | None = None
    """Nats per token on held-out text."""
    val_bpb: float | None = None
    """Bits per byte on held-out text: comparable across tokenizers."""
    learning_rate: float
    grad_norm: float
    """Before clipping."""
    tokens_per_s: float
    elapsed_s: float
    """Seconds of training so far, pauses left out, over all sittings."""
    series: dict[str, float] = msgspec.field(default_factory=dict[str, float])
    """What only this stage measures, by name: reward, share_right, response_length, kl ..."""


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """What the model wrote at a step, from the same start and seed each time."""

    step: int
    text: str
    temperature: float
    prompt: str = ""


class RunOpened(Message, tag=True, frozen=True, kw_only=True):
    """A run folder was found; its metrics and samples follow."""

    info: RunInfo


class RunMetrics(Message, tag=True, frozen=True, kw_only=True):
    """Points of a run, in order, some thousand at most. `replace_from`: drop what has this step or more."""

    points: list[MetricPoint]
    replace_from: int | None = None


class RunSamples(Message, tag=True, frozen=True, kw_only=True):
    """Samples of a run, in order."""

    samples: list[Sample]
    replace_from: int | None = None


RunCommand = ListRuns | RenameRun | BinRun | RestoreRun | EmptyBin | OpenRun
RunEvent = RunsListed | RunOpened | RunMetrics | RunSamples
