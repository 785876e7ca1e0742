"""Looking into a model: what a token looked at, how a text surprised it, what its context costs.

These commands answer beside what the session does: a `Generate` goes on.
"""

import msgspec

from explorer.protocol.inference import SamplerSettings, StreamToken
from explorer.protocol.message import Message


class LookBack(Message, tag=True, frozen=True, kw_only=True):
    """Ask what the token at `position` of the session's stream looked at; `AttentionSeen` answers."""

    position: int
    layer: int | None = None
    """From 0; None: the average of all."""
    head: int | None = None
    """From 0, as `layer`."""


class AttentionSeen(Message, tag=True, frozen=True, kw_only=True):
    """The attention from `position` to itself and each token before it."""

    position: int
    layer: int | None
    head: int | None
    layers: int
    """How many there are."""
    heads: int
    """In each layer."""
    weights: list[float]
    """One for each position from 0 on; they sum to 1. To four digits."""
    slides: bool
    """Whether `layer` looks back on a window only."""


class ScoreText(Message, tag=True, frozen=True, kw_only=True):
    """Ask how each token of a text surprised the session's model. Its stream stays as it is.

    As many `TextScored` as it takes, then `TextScoreEnded`. A text longer than the context is read in
    windows. To cancel it alone, load the model for a job id of its own: its weights are in memory once.
    """

    text: str = ""
    ids: list[int] = msgspec.field(default_factory=list[int])
    """In the place of `text`, if there are any."""
    sampler: SamplerSettings | None = None
    """The chain for what comes `after` it; None: no chain."""
    top: int = 5
    """How many of the most likely tokens to tell at each place."""
    window: int | None = None
    """Tokens; None: the context."""
    stride: int | None = None
    """New tokens a window; None: half a window."""


class Alternative(msgspec.Struct, frozen=True, kw_only=True):
    """What else could have come."""

    id: int
    text: str
    logprob: float


class Chance(msgspec.Struct, frozen=True, kw_only=True):
    """A token under one distribution; nats."""

    logprob: float | None
    """None for a token that the sampler chain has cut."""
    entropy: float
    top: list[Alternative]


class ScoredText(msgspec.Struct, frozen=True, kw_only=True):
    """One token of a scored text."""

    token: StreamToken
    context: int
    """How many tokens the model saw before it."""
    before: Chance | None
    """Under the model; None for the first token, which stands after nothing."""
    after: Chance | None
    """Under what the chain leaves."""


class TextScored(Message, tag=True, frozen=True, kw_only=True):
    """The next tokens."""

    position: int
    """Of the first of them."""
    total: int
    """Tokens of the whole text."""
    tokens: list[ScoredText]


class TextScoreEnded(Message, tag=True, frozen=True, kw_only=True):
    """The whole text, its first token left out."""

    tokens: int
    nats: float
    size_bytes: int
    bits_per_byte: float | None
    """None for a text without bytes."""
    perplexity: float | None
    """None where it is beyond a number's range."""
    window: int
    stride: int


class MeasureContext(Message, tag=True, frozen=True, kw_only=True):
    """Ask what a context of so many tokens costs, in bytes and in seconds for the token after it.

    One `ContextMeasured` for the stream as it is, without seconds; then one for each length.
    """

    lengths: list[int] = msgspec.field(default_factory=list[int])
    """Tokens. Those that the model, or a gigabyte of memory, has no room for are left out."""


class ContextMeasured(Message, tag=True, frozen=True, kw_only=True):
    """The cost of a context of `tokens` tokens."""

    tokens: int
    kv_bytes: int
    """Keys and values that the engine keeps."""
    kv_bytes_per_token: int
    kv_visible_bytes: int
    """How much of it the next token can look at: less than `kv_bytes` where layers slide."""
    sliding_layers: int
    window: int | None
    """Tokens that sliding layers look back on."""
    seconds_per_token: float | None
    """Measured now: the median of a few."""


LookingCommand = LookBack | ScoreText | MeasureContext
LookingEvent = AttentionSeen | TextScored | TextScoreEnded | ContextMeasured
