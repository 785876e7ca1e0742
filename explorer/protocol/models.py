"""The models that a person has: listed, described, opened, tidied up, fetched; and servers that have more."""

from typing import Literal

import msgspec

from explorer.protocol.message import Message

ModelOrigin = Literal["run", "shipped", "package", "opened", "hub", "server"]
"""Trained here, travelling with the program, a Python package, opened by hand, downloaded, at a server."""


class Sentence(msgspec.Struct, frozen=True, kw_only=True):
    """Words for a person, as in `explorer.errors`."""

    template: str
    values: dict[str, str] = {}


class ModelInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One model, as the list shows it: read from names, settings and headers, never from weights."""

    key: str
    """Names it in commands, and stays the same while it learns on."""
    path: str
    """What `LoadModel` takes; for a model at a server, `server:NAME#MODEL`."""
    origin: ModelOrigin
    name: str
    place: str
    """The file, folder or address that holds it."""
    family: str = ""
    parameters: int | None = None
    context: int | None = None
    packing: str = ""
    """How most of its numbers are stored: BF16, Q4_K_M ..."""
    size_bytes: int | None = None
    """On disk."""
    step: int | None = None
    """Of training, for one that was trained here."""
    chat: bool = False
    """Whether it brings a chat template."""
    terms: str = ""
    """The licence by its name, or the conditions in a sentence; empty if nothing tells."""
    free: bool = True
    """Whether it may be used by somebody who has not read the terms."""
    problem: Sentence | None = None
    """Why it cannot be used."""


class UnpackedCopy(msgspec.Struct, frozen=True, kw_only=True):
    """A GGUF file's numbers unpacked, kept so that it opens quickly again."""

    folder: str
    name: str
    size_bytes: int
    used_s: float
    """When it was opened last, unix seconds."""
    in_use: bool


class UnfinishedDownload(msgspec.Struct, frozen=True, kw_only=True):
    """What an earlier try has left."""

    repo: str
    include: list[str]
    have_bytes: int
    total_bytes: int | None
    active: bool = False
    """Whether some process fetches it right now."""


class ServerInfo(msgspec.Struct, frozen=True, kw_only=True):
    """An OpenAI-compatible server that the person has named."""

    name: str
    url: str
    models: list[str]
    """As it told last."""


class ListModels(Message, tag=True, frozen=True, kw_only=True):
    """Ask for `ModelsListed`; where reading takes long, some of them, each with more models."""


class ModelsListed(Message, tag=True, frozen=True, kw_only=True):
    """What is known so far; all of it when `done` is `total`."""

    models: list[ModelInfo]
    copies: list[UnpackedCopy]
    """Used longest ago first."""
    copies_limit_bytes: int
    """What they may take together; 0: no limit."""
    unfinished: list[UnfinishedDownload]
    servers: list[ServerInfo]
    done: int
    total: int


class OpenModel(Message, tag=True, frozen=True, kw_only=True):
    """Put a folder or file on the list for good; `ModelsListed` follows."""

    path: str


class ForgetModel(Message, tag=True, frozen=True, kw_only=True):
    """Take an opened model off the list; its files stay. `ModelsListed` follows."""

    key: str


class DeleteModel(Message, tag=True, frozen=True, kw_only=True):
    """Delete a downloaded model for good; `ModelsListed` follows."""

    key: str


class DescribeModel(Message, tag=True, frozen=True, kw_only=True):
    """Ask for `ModelDescribed`."""

    key: str


class ModelShape(msgspec.Struct, frozen=True, kw_only=True):
    """A transformer's sizes."""

    layers: int
    width: int
    inner_width: int
    heads: int
    kv_heads: int
    head_dim: int
    vocab_size: int
    context: int
    activation: str
    positions: str
    """How a token's place is told to the model: "rope", "learned"."""
    rope_theta: float | None = None
    rope_scaling: str = ""
    window: int | None = None
    """Tokens that a sliding layer sees."""
    window_layers: int = 0
    """How many layers slide."""
    tied: bool = False
    """Whether the embedding is the output layer, too."""


class MemoryEstimate(msgspec.Struct, frozen=True, kw_only=True):
    """Computed from the sizes, not measured."""

    float32_bytes: int
    bfloat16_bytes: int
    int8_bytes: int
    kv_bytes_per_token: int
    """Keys and values of one token in all layers, two bytes a number."""


class ModelDescribed(Message, tag=True, frozen=True, kw_only=True):
    """What a model's files say of it."""

    key: str
    shape: ModelShape | None = None
    memory: MemoryEstimate | None = None
    tokenizer: str = ""
    """Its kind, in the words of its file."""
    template: str = ""
    """The chat template, cut if it is very long."""
    card: str = ""
    """Its makers' text, cut if it is very long."""
    terms: str = ""


class TidyCopies(Message, tag=True, frozen=True, kw_only=True):
    """Delete unpacked copies that nobody uses, down to `keep_bytes`, or the one at `folder` alone."""

    keep_bytes: int = 0
    folder: str = ""


class LimitCopies(Message, tag=True, frozen=True, kw_only=True):
    """What unpacked copies may take together from now on; 0: no limit. `ModelsListed` follows."""

    limit_bytes: int


class SurveyRepo(Message, tag=True, frozen=True, kw_only=True):
    """Ask the hub what a repository has: `RepoSurveyed`."""

    repo: str


class FileChoice(msgspec.Struct, frozen=True, kw_only=True):
    """One model of a repository: what to fetch."""

    name: str
    include: list[str]
    """For `Download`; empty: what is usual."""
    files: list[str]
    size_bytes: int
    """Of what is not here yet."""


class RepoSurveyed(Message, tag=True, frozen=True, kw_only=True):
    """What may be fetched, the usual choice first."""

    repo: str
    folder: str
    """Where it will stand."""
    terms: str
    choices: list[FileChoice]
    free_bytes: int
    """On that disk."""


class Download(Message, tag=True, frozen=True, kw_only=True):
    """Fetch a model, or go on fetching it: `DownloadProgress`, then `DownloadEnded`. `Cancel` keeps parts."""

    repo: str
    include: list[str] = msgspec.field(default_factory=list[str])


class DownloadProgress(Message, tag=True, frozen=True, kw_only=True):
    """How far it is; a few times a second."""

    repo: str
    phase: Literal["asking", "fetching", "checking", "reconnecting"]
    file: str = ""
    have_bytes: int = 0
    total_bytes: int = 0
    bytes_per_s: float | None = None
    """Over the last seconds."""


class DownloadEnded(Message, tag=True, frozen=True, kw_only=True):
    """All of it is in its place."""

    repo: str
    folder: str


class DiscardDownload(Message, tag=True, frozen=True, kw_only=True):
    """Delete what an earlier try has left; `ModelsListed` follows."""

    repo: str


class AddServer(Message, tag=True, frozen=True, kw_only=True):
    """Name a server, and ask it for its models: `ServerProbed`. The key goes to the system's keyring."""

    name: str
    url: str
    key: str = ""
    """Empty: none, or the one that is kept already."""


class ProbeServer(Message, tag=True, frozen=True, kw_only=True):
    """Ask a known server for its models: `ServerProbed`."""

    name: str


class ServerProbed(Message, tag=True, frozen=True, kw_only=True):
    """It answers, and has these."""

    name: str
    models: list[str]
    unprotected_key: bool = False
    """Whether a key travels in the open."""


class RemoveServer(Message, tag=True, frozen=True, kw_only=True):
    """Forget a server and its key; `ModelsListed` follows."""

    name: str


class AskServer(Message, tag=True, frozen=True, kw_only=True):
    """Let a server's model answer: `ServerSaid` as it comes, then `ServerEnded`. `Cancel` hangs up."""

    path: str
    """`server:NAME#MODEL`."""
    text: str
    max_tokens: int = 400


class ScoredToken(msgspec.Struct, frozen=True, kw_only=True):
    """A token as the server names it."""

    text: str
    logprob: float
    """Nats."""


class ServerSaid(Message, tag=True, frozen=True, kw_only=True):
    """More of the answer, or of what the model thinks before it."""

    channel: Literal["answer", "reasoning"]
    text: str
    tokens: list[ScoredToken] = msgspec.field(default_factory=list[ScoredToken])
    """Where the server gives log-probabilities."""


class ServerEnded(Message, tag=True, frozen=True, kw_only=True):
    """The answer is complete."""

    stop_reason: str
    tokens: int | None
    elapsed_s: float


ModelCommand = (
    ListModels
    | OpenModel
    | ForgetModel
    | DeleteModel
    | DescribeModel
    | TidyCopies
    | LimitCopies
    | SurveyRepo
    | Download
    | DiscardDownload
    | AddServer
    | ProbeServer
    | RemoveServer
    | AskServer
)
ModelEvent = (
    ModelsListed
    | ModelDescribed
    | RepoSurveyed
    | DownloadProgress
    | DownloadEnded
    | ServerProbed
    | ServerSaid
    | ServerEnded
)
