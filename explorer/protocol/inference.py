"""A model that answers: loaded, prompted, sampled from."""

from typing import Literal

import msgspec

from explorer.protocol.message import Message
from explorer.protocol.training import Device

Precision = Literal["float32", "bfloat16", "int8"]
"""What a model's weights are kept in."""
WantedPrecision = Literal["auto", "float32", "bfloat16", "int8"]


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
    dtype: WantedPrecision = "auto"
    """ "auto": float32 for small models; for large ones 8 bits on a processor, bfloat16 on a card."""


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
    dtype: Precision = "float32"
    has_template: bool = False
    """Whether it can be spoken with: see `SetChat`."""
    template_name: str = ""
    """The kind of its template ("ChatML", "Llama 3"), if it is one of those that are known."""
    special_tokens: list[str] = msgspec.field(default_factory=list[str])
    """Their names, by id."""
    suggested_sampler: SamplerSettings | None = None
    """How its makers suggest to sample from it (generation_config.json); None if they do not."""


class SetPrompt(Message, tag=True, frozen=True, kw_only=True):
    """Make `text` the session's prompt and drop what was generated. `PromptSet`, `Distribution` answer."""

    text: str
    sampler: SamplerSettings
    continuation: list[int] = msgspec.field(default_factory=list[int])
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
    role: str = ""
    """Who wrote it: "assistant" for what the model drew; in a conversation a message's role, or "template";
    what `WriteTokens` said; "" for a prompt that is a text."""
    turn: int | None = None
    """The number of its message in the conversation, from 0; the answer's is the next one."""


class PromptSet(Message, tag=True, frozen=True, kw_only=True):
    """The prompt as the model sees it."""

    tokens: list[StreamToken]
    truncated: int
    """Tokens cut off at the front because the context is full."""
    continuation: list[StreamToken] = msgspec.field(default_factory=list[StreamToken])
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
    stop_texts: list[str] = msgspec.field(default_factory=list[str])
    """End also after the token in which one of these is complete: the end of a tool call. Special tokens
    count by their names."""


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
    model_s: float | None = None
    """Seconds that the model took for this token's distribution: they grow with the context. None if it had
    more than one token to read for it."""


class GenerationEnded(Message, tag=True, frozen=True, kw_only=True):
    """Why it ended."""

    stop_reason: Literal["max_tokens", "end_token", "stopped", "context_full", "stop_text"]
    tokens: int
    stop_text: str = ""
    """Which of `Generate.stop_texts` was met."""


class RemoveLast(Message, tag=True, frozen=True, kw_only=True):
    """Take back the last `count` generated tokens; `TokensRemoved`, then the `Distribution` before them."""

    count: int = 1
    sampler: SamplerSettings


class TokensRemoved(Message, tag=True, frozen=True, kw_only=True):
    """The stream ends at `length` tokens now."""

    length: int


class DropTokens(Message, tag=True, frozen=True, kw_only=True):
    """Let `count` tokens from position `first` on fall out of the stream: the window is full.

    `TokensDropped`, then the `Distribution` without them. What stood after them moves up and is read again.
    """

    first: int
    count: int
    sampler: SamplerSettings


class TokensDropped(Message, tag=True, frozen=True, kw_only=True):
    """They are no longer in the stream; `count` of them."""

    first: int
    count: int


class CloseSession(Message, tag=True, frozen=True, kw_only=True):
    """Forget this job's session and its cache."""


InferenceCommand = (
    FindDevice
    | LoadModel
    | SetPrompt
    | Reshape
    | StepToken
    | Generate
    | StopGenerating
    | RemoveLast
    | DropTokens
    | CloseSession
)
InferenceEvent = (
    DeviceFound
    | ModelLoaded
    | PromptSet
    | Distribution
    | TokenSampled
    | TokensRemoved
    | TokensDropped
    | GenerationEnded
)
