"""The sampler chain: pure steps, in an order that can be seen and changed, from logits to logits.

A step takes logits (V,) or (B, V), float32, and gives new ones of the same shape; what it cuts becomes -inf.
What remains is drawn from in `explorer.core.draw`. Names and neutral values are llama.cpp's and vLLM's.
Two tokens of equal logit are ordered by id, so that every rule keeps one and the same set everywhere.

Where they differ, we follow: the default order of vLLM and transformers, temperature before the cuts
(llama.cpp has it last); llama.cpp's top-k, which keeps exactly k even when the k-th and the next are equal;
the repeat penalty sees the whole stream, the frequency and presence penalties what was generated (vLLM).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

import numpy as np

from explorer.core.ranking import CUT, Ids, Logits, Ranking, keep, kept_until, order_of, reach
from explorer.errors import DamagedFileError, InputError
from explorer.protocol import SAMPLER_ORDER, SamplerSettings

GREEDY_BELOW = 1e-5
"""A temperature under this is 0, as in vLLM: dividing by it would leave float32's range."""
LARGEST = 1e6
"""No setting needs more than this, and within it nothing overflows."""
ROUNDING = 1e-6
"""A sum of probabilities this close to its goal has reached it: logits are float32."""


@dataclass(frozen=True)
class History:
    """One row's tokens so far; penalties read them."""

    prompt: Sequence[int] = ()
    generated: Sequence[int] = ()


Histories = History | Sequence[History]
"""One for logits (V,), one for each row of (B, V)."""


class Step(Protocol):
    """One link of the chain. `name` is also its setting's name in `SamplerSettings`."""

    name: ClassVar[str]

    @property
    def is_neutral(self) -> bool:
        """True if nothing changes, whatever comes in."""
        ...

    def __call__(self, logits: Logits, history: Histories) -> Logits:
        """New logits; the given ones stay as they are. At least one token of each row stays."""
        ...


@dataclass(frozen=True)
class RepeatPenalty:
    """Divide the logits of all tokens in the stream by `value` if positive, else multiply.

    Source: Keskar et al., "CTRL" (2019); as in transformers, which mended it for negative logits.
    """

    name: ClassVar[str] = "repeat_penalty"
    neutral: ClassVar[float] = 1.0
    value: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.value <= LARGEST:
            raise InputError(
                "The repeat penalty is {value}. Give a number above 0; 1 is off.", value=self.value
            )

    @property
    def is_neutral(self) -> bool:
        """Nothing is divided by 1."""
        return self.value == self.neutral

    def __call__(self, logits: Logits, history: Histories) -> Logits:
        """Touch each token of the stream once, however often it stands there."""
        changed = logits.copy()
        for row, past in _rows(changed, history):
            ids = np.unique(_array((*past.prompt, *past.generated)))
            scores = row[ids]
            row[ids] = np.where(scores > 0, scores / np.float32(self.value), scores * np.float32(self.value))
        return changed


@dataclass(frozen=True)
class FrequencyPenalty:
    """Subtract `value` for each time that a token was generated. Source: OpenAI's API."""

    name: ClassVar[str] = "frequency_penalty"
    neutral: ClassVar[float] = 0.0
    value: float = 0.0

    def __post_init__(self) -> None:
        if not abs(self.value) <= LARGEST:
            raise InputError(
                "The frequency penalty is {value}. Give a number such as 0.5; 0 is off.", value=self.value
            )

    @property
    def is_neutral(self) -> bool:
        """Nothing is taken off."""
        return self.value == self.neutral

    def __call__(self, logits: Logits, history: Histories) -> Logits:
        """In proportion to how often."""
        changed = logits.copy()
        for row, past in _rows(changed, history):
            ids, counts = np.unique(_array(past.generated), return_counts=True)
            row[ids] -= np.float32(self.value) * counts.astype(np.float32)
        return changed


@dataclass(frozen=True)
class PresencePenalty:
    """Subtract `value` from each token that was generated, however often. Source: OpenAI's API."""

    name: ClassVar[str] = "presence_penalty"
    neutral: ClassVar[float] = 0.0
    value: float = 0.0

    def __post_init__(self) -> None:
        if not abs(self.value) <= LARGEST:
            raise InputError(
                "The presence penalty is {value}. Give a number such as 0.5; 0 is off.", value=self.value
            )

    @property
    def is_neutral(self) -> bool:
        """Nothing is taken off."""
        return self.value == self.neutral

    def __call__(self, logits: Logits, history: Histories) -> Logits:
        """Once a token."""
        changed = logits.copy()
        for row, past in _rows(changed, history):
            row[np.unique(_array(past.generated))] -= np.float32(self.value)
        return changed


@dataclass(frozen=True)
class LogitBias:
    """Add a number to chosen tokens' logits; -100 all but forbids a token, 100 all but forces it."""

    name: ClassVar[str] = "logit_bias"
    value: Mapping[int, float] = field(default_factory=dict[int, float])

    def __post_init__(self) -> None:
        for token, bias in self.value.items():
            if token < 0 or not abs(bias) <= LARGEST:
                raise InputError(
                    "The bias {bias} of token {token} cannot be used. "
                    "Give a token id and a number from -100 to 100.",
                    bias=bias,
                    token=token,
                )

    @property
    def is_neutral(self) -> bool:
        """No token is chosen, or nothing is added."""
        return not any(self.value.values())

    def __call__(self, logits: Logits, history: Histories) -> Logits:
        """The same in every row. Raises: InputError for an id that the vocabulary does not have."""
        largest = max(self.value, default=0)
        if largest >= logits.shape[-1]:
            raise InputError(
                "There is no token {token}: the vocabulary ends at {last}. Choose another id to bias.",
                token=largest,
                last=logits.shape[-1] - 1,
            )
        changed = logits.copy()
        for token, bias in self.value.items():
            changed[..., token] += np.float32(bias)
        return changed


@dataclass(frozen=True)
class Temperature:
    """Divide all logits by `value`: below 1 sharper, above 1 flatter, at 0 the most likely token alone."""

    name: ClassVar[str] = "temperature"
    neutral: ClassVar[float] = 1.0
    value: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.value <= LARGEST:
            raise InputError(
                "The temperature is {value}. Give 0 (always the most likely token) or more; 1 is neutral.",
                value=self.value,
            )

    @property
    def is_neutral(self) -> bool:
        """Nothing is divided by 1."""
        return self.value == self.neutral

    @property
    def is_greedy(self) -> bool:
        """True if the most likely token is the only one left."""
        return self.value < GREEDY_BELOW

    def __call__(self, logits: Logits, history: Histories) -> Logits:
        """At 0 the lowest id wins a tie."""
        if not self.is_greedy:
            return logits / np.float32(self.value)
        best = logits.argmax(axis=-1, keepdims=True)  # numpy gives the first of equals
        kept = np.full_like(logits, CUT)
        np.put_along_axis(kept, best, np.take_along_axis(logits, best, axis=-1), axis=-1)
        return kept


@dataclass(frozen=True)
class TopK:
    """Keep the `value` most likely tokens.

    Source: Fan et al., "Hierarchical Neural Story Generation" (2018).
    """

    name: ClassVar[str] = "top_k"
    neutral: ClassVar[int] = 0
    value: int = 0

    def __post_init__(self) -> None:
        if self.value < 0:
            raise InputError("Top-k is {value}. Give a number of tokens to keep; 0 is off.", value=self.value)

    @property
    def is_neutral(self) -> bool:
        """No limit, though one above the vocabulary's size changes nothing either."""
        return self.value == self.neutral

    def __call__(self, logits: Logits, history: Histories) -> Logits:
        """Exactly `value`: of those equal to the last one kept, the lowest ids."""
        V = logits.shape[-1]
        if self.is_neutral or self.value >= V:
            return logits
        least = np.partition(logits, V - self.value, axis=-1)[..., V - self.value, None]
        kept = logits >= least
        if (kept.sum(axis=-1) > self.value).any():
            above = logits > least
            equal = kept & ~above
            room = self.value - above.sum(axis=-1, keepdims=True)
            kept = above | (equal & (equal.cumsum(axis=-1) <= room))
        return keep(logits, kept)


@dataclass(frozen=True)
class TopP:
    """Keep the smallest set of most likely tokens whose probabilities reach `value` together.

    Source: Holtzman et al., "The Curious Case of Neural Text Degeneration" (2019).
    """

    name: ClassVar[str] = "top_p"
    neutral: ClassVar[float] = 1.0
    value: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.value <= 1:
            raise InputError("Top-p is {value}. Give a probability from 0 to 1; 1 is off.", value=self.value)

    @property
    def is_neutral(self) -> bool:
        """Everything is needed to reach 1."""
        return self.value == self.neutral

    def __call__(self, logits: Logits, history: Histories) -> Logits:
        """The token that reaches `value` stays."""
        if self.is_neutral:
            return logits  # rounding would cut the end of a long tail
        ranking = Ranking(np.atleast_2d(logits))
        last, _ = ranking.until(self.value * (1 - ROUNDING) * ranking.totals)
        return keep(logits, kept_until(ranking.logits, last).reshape(logits.shape))


@dataclass(frozen=True)
class MinP:
    """Keep the tokens at least `value` times as likely as the most likely one.

    Source: Nguyen et al., "Turning Up the Heat: Min-p Sampling" (2024).
    """

    name: ClassVar[str] = "min_p"
    neutral: ClassVar[float] = 0.0
    value: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.value <= 1:
            raise InputError("Min-p is {value}. Give a share from 0 to 1; 0 is off.", value=self.value)

    @property
    def is_neutral(self) -> bool:
        """Every probability is at least 0."""
        return self.value == self.neutral

    def __call__(self, logits: Logits, history: Histories) -> Logits:
        """Compare logits instead of probabilities: the softmax's sum falls out of a ratio."""
        share = np.log(self.value) if self.value else -np.inf
        least = logits.max(axis=-1, keepdims=True) + np.float32(share)
        return keep(logits, logits >= least)


@dataclass(frozen=True)
class TypicalP:
    """Keep the tokens whose surprisal is nearest to the entropy, until their probabilities reach `value`.

    The most likely token may go: it can be less surprising than text usually is.
    Source: Meister et al., "Locally Typical Sampling" (2022).
    """

    name: ClassVar[str] = "typical_p"
    neutral: ClassVar[float] = 1.0
    value: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.value <= 1:
            raise InputError(
                "Typical-p is {value}. Give a probability above 0, up to 1; 1 is off.", value=self.value
            )

    @property
    def is_neutral(self) -> bool:
        """Everything is needed to reach 1."""
        return self.value == self.neutral

    def __call__(self, logits: Logits, history: Histories) -> Logits:
        """The token that reaches `value` stays. Distances equal in float32 are ordered by id."""
        if self.is_neutral:
            return logits  # rounding would cut the end of a long tail
        ranking = Ranking(np.atleast_2d(logits))
        distance = np.abs(ranking.surprisals() - ranking.entropies()[:, None]).astype(np.float32)
        order = order_of(-distance)
        goal = self.value * (1 - ROUNDING) * ranking.totals
        index, _ = reach(np.take_along_axis(ranking.weights, order, axis=-1), goal)
        last = np.take_along_axis(order, index[:, None], axis=-1)[:, 0]
        return keep(logits, kept_until(-distance, last).reshape(logits.shape))


STEP_TYPES: dict[str, type[Step]] = {
    kind.name: kind
    for kind in (
        RepeatPenalty,
        FrequencyPenalty,
        PresencePenalty,
        LogitBias,
        Temperature,
        TopK,
        TopP,
        MinP,
        TypicalP,
    )
}


def chain_of(settings: SamplerSettings) -> list[Step]:
    """The chain that `settings` describe, in their order, neutral steps included. Raises: InputError."""
    unknown = [name for name in settings.samplers if name not in STEP_TYPES]
    if unknown:
        raise InputError(
            "There is no sampler {name}. The samplers are {known}.",
            name=unknown[0],
            known=", ".join(SAMPLER_ORDER),
        )
    if len(set(settings.samplers)) < len(settings.samplers):
        raise InputError("A sampler stands twice in the chain. Name each one once.")
    # Every value is checked, even of a sampler that the order leaves out.
    steps = {name: kind(value=getattr(settings, name)) for name, kind in STEP_TYPES.items()}  # type: ignore[call-arg]
    return [steps[name] for name in settings.samplers]


def is_greedy(steps: Sequence[Step]) -> bool:
    """True if the chain leaves nothing to chance."""
    return any(isinstance(step, Temperature) and step.is_greedy for step in steps)


def run_chain(steps: Sequence[Step], logits: Logits, history: Histories) -> Logits:
    """The final logits. Raises: DamagedFileError for NaN or infinity from the model; InputError."""
    check_logits(logits)
    for step in steps:
        if not step.is_neutral:
            logits = step(logits, history)
    return logits


@dataclass(frozen=True)
class StepTrace:
    """What one step did to one row."""

    step: Step
    before: Logits
    after: Logits
    cut: Ids
    """Tokens that came in and did not go out, by id."""


def trace_chain(steps: Sequence[Step], logits: Logits, history: History) -> list[StepTrace]:
    """`run_chain` on one row (V,), with everything between. Raises as `run_chain`."""
    check_logits(logits)
    trace: list[StepTrace] = []
    for step in steps:
        after = logits if step.is_neutral else step(logits, history)
        cut = np.flatnonzero((logits > CUT) & (after == CUT))
        trace.append(StepTrace(step, logits, after, cut))
        logits = after
    return trace


def check_logits(logits: Logits) -> None:
    """Raises: DamagedFileError if a row has NaN, +infinity, or nothing above -infinity."""
    # NaN spreads through max, so one pass finds all three.
    if not np.isfinite(logits.max(axis=-1)).all():
        raise DamagedFileError(
            "The model's answer is not a number: its weights are damaged, or its training went astray. "
            "Choose another checkpoint."
        )


def _rows(logits: Logits, history: Histories) -> Iterator[tuple[Logits, History]]:
    """Views of each row with its past."""
    pasts = (history,) if isinstance(history, History) else history
    return zip(np.atleast_2d(logits), pasts, strict=True)


def _array(ids: Sequence[int]) -> Ids:
    return np.asarray(ids, dtype=np.int64)
