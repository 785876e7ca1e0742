"""A run under way: begun, steered, and what it says as it learns."""

from typing import Literal

import msgspec

from explorer.protocol.message import Message
from explorer.protocol.runs import MetricPoint, RunInfo, Sample

Device = Literal["auto", "cpu", "cuda", "mps"]
TokenizerKind = Literal["bpe", "characters"]
BUILT_IN_TEXT = "python-manual"
WORLD_TEXT = "world"
"""The corpus that the program writes itself (core/data/world)."""
PRACTICE_TEXT = "practice"
"""The same world with more problems and passages to read: for mid-training."""


class StartTraining(Message, tag=True, frozen=True, kw_only=True):
    """Begin a run in a new folder under `runs_dir`. Answers: `RunStarted`, then the run's events."""

    runs_dir: str
    name: str = ""
    text: str = BUILT_IN_TEXT
    """`BUILT_IN_TEXT`, `WORLD_TEXT`, or a path: a text, .jsonl, .csv, .parquet, nanoGPT's .bin, a folder."""
    preset: str = "nano"
    tokenizer: str = "bpe"
    """A `TokenizerKind` that is learned from the text, or the path of a tokenizer that is there already."""
    vocab_size: int | None = None
    steps: int | None = None
    """None: the preset's own."""
    seed: int = 1
    device: Device = "auto"
    stage: str = "pretrain"
    parent: str = ""
    """The checkpoint or run to begin from, for every stage but pretraining."""
    options: dict[str, str] = msgspec.field(default_factory=dict[str, str])
    """What only this stage knows, by name."""


class ResumeTraining(Message, tag=True, frozen=True, kw_only=True):
    """Go on from the newest good checkpoint of the run at `path`. Answers as for `StartTraining`."""

    path: str
    device: Device = "auto"
    steps: int | None = None
    """More steps than planned, for a finished run that shall go on."""


class PauseTraining(Message, tag=True, frozen=True, kw_only=True):
    """Hold after the current step; a checkpoint is saved first. `TrainingPaused` answers."""


class ContinueTraining(Message, tag=True, frozen=True, kw_only=True):
    """Go on after a pause. `TrainingContinued` answers."""


class StopTraining(Message, tag=True, frozen=True, kw_only=True):
    """Save a checkpoint and end. `TrainingEnded` answers."""


class SampleNow(Message, tag=True, frozen=True, kw_only=True):
    """Write a sample after the current step."""


class TrainingStage(Message, tag=True, frozen=True, kw_only=True):
    """What happens before the first step, with a share done. "pairs": answers are drawn for a labeller."""

    stage: Literal["reading", "tokenizer", "tokens", "pairs", "model", "compiling"]
    share: float


class TextRead(Message, tag=True, frozen=True, kw_only=True):
    """The text has been turned into tokens: what there was, and what had to be left out."""

    documents: int
    files_skipped: int
    """Of a folder: those that hold no text."""
    lines_skipped: int
    """Lines or rows of data files that are no text."""
    examples: tuple[str, ...]
    """The first of them, in English: "notes.jsonl, line 17: not JSON"."""
    vocab_size: int
    vocab_wanted: int
    """Larger than `vocab_size` if the text could not fill it; else the same."""


class RunStarted(Message, tag=True, frozen=True, kw_only=True):
    """The run folder exists. `info.step` updates are done and kept; points of later steps are replaced."""

    info: RunInfo
    device: str
    vocab_size: int
    train_tokens: int
    val_tokens: int
    tokens_per_step: int
    uniform_loss: float
    """ln V, nats: the loss of a model that knows nothing."""


class StepDone(Message, tag=True, frozen=True, kw_only=True):
    """One step, as appended to metrics.jsonl."""

    point: MetricPoint
    eta_s: float
    """Seconds left at the present rate."""


class Sampled(Message, tag=True, frozen=True, kw_only=True):
    """A sample of text, as appended to samples.jsonl."""

    sample: Sample


class CheckpointSaved(Message, tag=True, frozen=True, kw_only=True):
    """A complete checkpoint stands at `path`."""

    step: int
    path: str


class TrainingPaused(Message, tag=True, frozen=True, kw_only=True):
    """Held at `step`."""

    step: int


class TrainingContinued(Message, tag=True, frozen=True, kw_only=True):
    """Going on from `step`."""

    step: int


class TrainingEnded(Message, tag=True, frozen=True, kw_only=True):
    """The run stopped with everything saved. `finished`: all its steps were done."""

    step: int
    finished: bool
    checkpoint: str


TrainingCommand = StartTraining | ResumeTraining | PauseTraining | ContinueTraining | StopTraining | SampleNow
TrainingEvent = (
    TrainingStage
    | TextRead
    | RunStarted
    | StepDone
    | Sampled
    | CheckpointSaved
    | TrainingPaused
    | TrainingContinued
    | TrainingEnded
)
