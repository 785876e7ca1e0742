"""What crosses the process boundary: commands to the engine, events from it, one JSON object a line.

Both are tagged structs, so a wrong message is refused with a reason, and a log of the pipe can be read
by a person. Every message names its `job`: the panel (or run) that asked and will get the answers.
A leaf: it imports nothing of ours.

Positions and lengths in a text are counted in UTF-16 units, as Qt counts them.
"""

from typing import Literal

import msgspec


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    """Base of everything on the wire."""

    job: str = ""


# ---------------------------------------------------------------- any worker


class Cancel(Message, tag=True, frozen=True, kw_only=True):
    """Close the job's generator: it stops at its next step and says nothing more than `JobCancelled`."""


class Ready(Message, tag=True, frozen=True, kw_only=True):
    """The worker's first line."""

    pid: int
    version: str


class Failed(Message, tag=True, frozen=True, kw_only=True):
    """A job ended in words. `template` and `values` as in `explorer.errors`; `details` for the fold."""

    template: str
    values: dict[str, str] = {}
    details: str = ""


class JobCancelled(Message, tag=True, frozen=True, kw_only=True):
    """The job was closed as asked."""


# ---------------------------------------------------------------- documents: text and its tokens

Encoding = str
"""A published encoding's name ("o200k_base") or the path of a run, a checkpoint or a tokenizer.json."""


class ListEncodings(Message, tag=True, frozen=True, kw_only=True):
    """Ask for `EncodingsListed`."""


class EncodingsListed(Message, tag=True, frozen=True, kw_only=True):
    """What `OpenDocument.encoding` may be: (name, what to show) pairs; trained runs last."""

    encodings: list[tuple[Encoding, str]]


class OpenDocument(Message, tag=True, frozen=True, kw_only=True):
    """Open the draft called `name` (made if new). Answer: `DocumentText`..., then `TokensPatched`..."""

    name: str
    encoding: Encoding


class EditDocument(Message, tag=True, frozen=True, kw_only=True):
    """At `start`, `removed` units went and `inserted` came. `version` counts the window's edits from 1.

    Lone surrogates in `inserted` are already replaced by U+FFFD (same length), for JSON cannot carry them.
    """

    name: str
    version: int
    start: int
    removed: int
    inserted: str


class ReadFile(Message, tag=True, frozen=True, kw_only=True):
    """Read a text file for a document: `FileText`..., or `Failed` (missing, binary, not UTF-8)."""

    path: str


class ChooseEncoding(Message, tag=True, frozen=True, kw_only=True):
    """Re-tokenise the open document `name`; `TokensPatched` events follow with the same version."""

    name: str
    encoding: Encoding


class DocumentText(Message, tag=True, frozen=True, kw_only=True):
    """A piece of a reopened draft, in order from 0; `last` closes it. Pieces are at most 256k units."""

    name: str
    start: int
    text: str
    last: bool


class FileText(Message, tag=True, frozen=True, kw_only=True):
    """A piece of a file that was asked for; `last` closes it. Sent only once all of the file proved readable.

    Without a byte order mark; every kind of line end is a line feed, as Qt's editors have it.
    """

    path: str
    start: int
    text: str
    last: bool
    line_ends_changed: bool = False
    """On the last piece: the file has other line ends than line feeds."""


class TokensPatched(Message, tag=True, frozen=True, kw_only=True):
    """Tokens `first : first + removed` are replaced by `ids`, which begin at units `starts`.

    A token that begins inside a character (its first byte is a continuation byte) has that character's
    start; then several tokens share one start. All later starts move by `shift` units.
    `pieces` holds what cannot be read off the text: for tokens with a part of a character, their bytes
    in hex, keyed by index into `ids`. A long answer comes in several patches of some thousand tokens;
    `complete` is true on the last one of a version.
    """

    name: str
    version: int
    encoding: Encoding
    first: int
    removed: int
    ids: list[int]
    starts: list[int]
    shift: int
    pieces: dict[int, str]
    complete: bool
    bytes_total: int
    """UTF-8 bytes of the whole text."""
    pending: tuple[int, int] | None = None
    """The units from ... to ... that have no tokens yet; the token before them ends where they begin."""


class SaveDraft(Message, tag=True, frozen=True, kw_only=True):
    """Keep a small text (a prompt, a note) under `name`: on disk when the next event comes."""

    name: str
    text: str


class LoadDraft(Message, tag=True, frozen=True, kw_only=True):
    """Ask for `DraftLoaded`."""

    name: str


class DraftLoaded(Message, tag=True, frozen=True, kw_only=True):
    """The kept text, empty if there is none."""

    name: str
    text: str


# ---------------------------------------------------------------- runs on disk

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
    vocab_size: int | None = None
    """Tokens of its vocabulary, if the folder tells: ln of it is the loss of a model that knows nothing."""


class ListRuns(Message, tag=True, frozen=True, kw_only=True):
    """Ask for `RunsListed`. Sent again, it re-reads the disk."""


class RunsListed(Message, tag=True, frozen=True, kw_only=True):
    """All runs, newest first, and those in the bin."""

    runs: list[RunInfo]
    binned: list[RunInfo]


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
    train_loss: float
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


# ---------------------------------------------------------------- training

Device = Literal["auto", "cpu", "cuda", "mps"]
TokenizerKind = Literal["bpe", "characters"]
BUILT_IN_TEXT = "python-manual"


class StartTraining(Message, tag=True, frozen=True, kw_only=True):
    """Begin a run in a new folder under `runs_dir`. Answers: `RunStarted`, then the run's events."""

    runs_dir: str
    name: str = ""
    text: str = BUILT_IN_TEXT
    """`BUILT_IN_TEXT`, or the path of a UTF-8 file or a folder of such files."""
    preset: str = "nano"
    tokenizer: TokenizerKind = "bpe"
    vocab_size: int | None = None
    steps: int | None = None
    """None: the preset's own."""
    seed: int = 1
    device: Device = "auto"


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
    """What happens before the first step: "reading", "tokenizer", "tokens", "model", with a share done."""

    stage: Literal["reading", "tokenizer", "tokens", "model", "compiling"]
    share: float


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


# ---------------------------------------------------------------- inference


class FindDevice(Message, tag=True, frozen=True, kw_only=True):
    """Ask for `DeviceFound`; loads torch."""

    device: Device = "auto"


class DeviceFound(Message, tag=True, frozen=True, kw_only=True):
    """What the engine computes on."""

    kind: Literal["cpu", "cuda", "mps"]
    name: str
    threads: int
    memory_free_bytes: int | None
    memory_total_bytes: int | None
    torch_version: str


SAMPLER_ORDER = (
    "repeat_penalty",
    "frequency_penalty",
    "presence_penalty",
    "logit_bias",
    "temperature",
    "top_k",
    "top_p",
    "min_p",
    "typical_p",
)
"""The chain's usual order, by the names of the settings."""


class SamplerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The chain's settings; each default is neutral except the seed. Names as llama.cpp's and vLLM's."""

    temperature: float = 1.0
    """0 takes the most likely token."""
    top_k: int = 0
    """Keep this many tokens; 0: off."""
    top_p: float = 1.0
    """Keep the most likely tokens that make up this probability; 1: off."""
    min_p: float = 0.0
    """Keep tokens at least this share as likely as the most likely one; 0: off."""
    typical_p: float = 1.0
    """Keep the tokens nearest to the expected surprisal that make up this probability; 1: off."""
    repeat_penalty: float = 1.0
    """Divides positive logits of tokens in the stream; 1: off."""
    frequency_penalty: float = 0.0
    """Taken from a generated token's logit for each time it stands there; 0: off."""
    presence_penalty: float = 0.0
    """Taken once from each generated token's logit; 0: off."""
    logit_bias: dict[int, float] = {}
    """Added to the logits of these token ids."""
    samplers: tuple[str, ...] = SAMPLER_ORDER
    """The chain in order; one that is left out does nothing."""
    seed: int = 1


class LoadModel(Message, tag=True, frozen=True, kw_only=True):
    """Load the checkpoint folder `path` for this job's session; `ModelLoaded` answers."""

    path: str
    device: Device = "auto"


class ModelLoaded(Message, tag=True, frozen=True, kw_only=True):
    """Which weights answer from now on."""

    path: str
    name: str
    step: int | None
    parameters: int
    vocab_size: int
    context: int
    """Tokens at most."""
    weights_hash: str
    """First 12 hex digits of the weight file's SHA-256."""
    device: str


class SetPrompt(Message, tag=True, frozen=True, kw_only=True):
    """Make `text` the session's prompt and drop what was generated. `PromptSet`, `Distribution` answer."""

    text: str
    sampler: SamplerSettings
    continuation: list[int] = []
    """Ids to stand after it as if they had just been generated: a text whose engine died."""


class StreamToken(msgspec.Struct, frozen=True, kw_only=True):
    """One token of the session's stream."""

    id: int
    text: str
    """As it stands in the decoded stream; ends with U+FFFD where it ends inside a character."""
    resumes: bool = False
    """It goes on with the character in which the token before ends: its text takes that U+FFFD's place."""
    special: bool = False
    logprob: float | None = None
    """Nats, under the model at T = 1; None for the first token."""


class PromptSet(Message, tag=True, frozen=True, kw_only=True):
    """The prompt as the model sees it."""

    tokens: list[StreamToken]
    truncated: int
    """Tokens cut off at the front because the context is full."""
    continuation: list[StreamToken] = []
    """What stands after it: as much of `SetPrompt.continuation` as the context holds."""


class Reshape(Message, tag=True, frozen=True, kw_only=True):
    """Other sampler settings for the same next token; `Distribution` answers, with no model step."""

    sampler: SamplerSettings


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One possible next token."""

    id: int
    text: str
    model_probability: float
    """Softmax of the raw logits (T = 1)."""
    probability: float
    """After the whole chain: what the draw uses."""


class Distribution(Message, tag=True, frozen=True, kw_only=True):
    """The next-token distribution at stream position `position`, most likely first."""

    position: int
    sampler: SamplerSettings
    candidates: list[Candidate]
    """The first 20 of the chain's order; if fewer are left, then those cut, as the model orders them."""
    rest_count: int
    """How many other tokens the chain has left together ..."""
    rest_probability: float
    """... with this much probability after the chain."""
    entropy_bits: float
    model_entropy_bits: float


class StepToken(Message, tag=True, frozen=True, kw_only=True):
    """Draw one token: `TokenSampled`, then the next `Distribution`."""

    sampler: SamplerSettings


class Generate(Message, tag=True, frozen=True, kw_only=True):
    """Draw tokens until `max_tokens`, an end token or `StopGenerating`: as many `TokenSampled`."""

    sampler: SamplerSettings
    max_tokens: int = 200


class StopGenerating(Message, tag=True, frozen=True, kw_only=True):
    """End this job's `Generate` after the present token."""


class TokenSampled(Message, tag=True, frozen=True, kw_only=True):
    """A token was drawn at `position` and stands in the stream."""

    position: int
    token: StreamToken
    uniform: float | None
    """The random number in [0, 1) that fell on the cumulated probabilities; None at T = 0."""
    cumulative_before: float
    """Probability mass of the tokens before the drawn one, in the order of `Distribution`."""
    probability: float
    tokens_per_s: float | None = None


class GenerationEnded(Message, tag=True, frozen=True, kw_only=True):
    """Why it ended: "max_tokens", "end_token", "stopped" or "context_full"."""

    stop_reason: Literal["max_tokens", "end_token", "stopped", "context_full"]
    tokens: int


class RemoveLast(Message, tag=True, frozen=True, kw_only=True):
    """Take back the last `count` generated tokens; `TokensRemoved`, then the `Distribution` before them."""

    count: int = 1
    sampler: SamplerSettings


class TokensRemoved(Message, tag=True, frozen=True, kw_only=True):
    """The stream ends at `length` tokens now."""

    length: int


class CloseSession(Message, tag=True, frozen=True, kw_only=True):
    """Forget this job's session and its cache."""


Command = (
    Cancel
    | ListEncodings
    | OpenDocument
    | EditDocument
    | ReadFile
    | ChooseEncoding
    | SaveDraft
    | LoadDraft
    | ListRuns
    | RenameRun
    | BinRun
    | RestoreRun
    | EmptyBin
    | OpenRun
    | StartTraining
    | ResumeTraining
    | PauseTraining
    | ContinueTraining
    | StopTraining
    | SampleNow
    | FindDevice
    | LoadModel
    | SetPrompt
    | Reshape
    | StepToken
    | Generate
    | StopGenerating
    | RemoveLast
    | CloseSession
)

Event = (
    Ready
    | Failed
    | JobCancelled
    | EncodingsListed
    | DocumentText
    | FileText
    | TokensPatched
    | DraftLoaded
    | RunsListed
    | RunOpened
    | RunMetrics
    | RunSamples
    | TrainingStage
    | RunStarted
    | StepDone
    | Sampled
    | CheckpointSaved
    | TrainingPaused
    | TrainingContinued
    | TrainingEnded
    | DeviceFound
    | ModelLoaded
    | PromptSet
    | Distribution
    | TokenSampled
    | TokensRemoved
    | GenerationEnded
)

_encoder = msgspec.json.Encoder()
_commands = msgspec.json.Decoder(Command)
_events = msgspec.json.Decoder(Event)


def encode(message: Message) -> bytes:
    """One line, newline included."""
    return _encoder.encode(message) + b"\n"


def decode_command(line: bytes) -> Command:
    """Read a line from the window. Raises: msgspec.DecodeError, with the reason, on anything else."""
    return _commands.decode(line)


def decode_event(line: bytes) -> Event:
    """Read a line from the engine. Raises: msgspec.DecodeError, with the reason, on anything else."""
    return _events.decode(line)
