"""What a person can choose of the stages that learn from rewards, with the values that were found to work."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from explorer.core.data.problems import MIXED, ONLY_WORDS
from explorer.core.data.problems.problem import Kind
from explorer.errors import InputError

LENGTHS = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Drawing:
    """How answers are drawn."""

    problems: Annotated[int, Meta(ge=1, le=1024)] = 16
    """Questions an update."""
    group: Annotated[int, Meta(ge=2, le=1024)] = 8
    """Answers to each."""
    temperature: Annotated[float, Meta(gt=0, le=10)] = 1.0
    max_tokens: Annotated[int, Meta(ge=1, le=32_768)] = 90
    """Of an answer."""
    held_out: Annotated[int, Meta(ge=1, le=10_000)] = 200
    """Questions that are asked at each evaluation, one answer each, and never learned from."""


@dataclass(frozen=True)
class ProblemChoice:
    """Which problems, and what an answer is worth."""

    kinds: str = "words"
    """Kinds of problems with commas between, or "mixed"."""
    lengths: str = "1,2,3"
    """How many sums word problems take, with commas between."""
    form: Literal["think", "direct"] = "think"
    """Whether the model is told to think before it answers."""
    format_reward: Annotated[float, Meta(ge=0, le=10)] = 0.1
    """For an answer in the form asked for, on top of 1 for a right one."""
    verifier: str = ""
    """A person's Python file with verify(problem, text), in place of the built-in verifier."""


@dataclass(frozen=True)
class Policy:
    """How the policy learns from advantages."""

    epochs: Annotated[int, Meta(ge=1, le=32)] = 1
    """Optimizer steps by the same answers: from the second on, they are no longer the policy's own."""
    clip: Annotated[float, Meta(gt=0, lt=1)] = 0.2
    """How far an answer's probability may move from where it was drawn: see `policy_loss`."""
    kl_weight: Annotated[float, Meta(ge=0, le=100)] = 0.0
    """The leash: how much each nat of distance from the model at the run's beginning costs."""
    normalise: bool = False
    """Advantages in units of their group's standard deviation."""


@dataclass(frozen=True)
class GrpoOptions(Policy, ProblemChoice, Drawing):
    """The stage `grpo`."""


@dataclass(frozen=True)
class RejectionOptions(ProblemChoice, Drawing):
    """The stage `rejection`."""

    group: Annotated[int, Meta(ge=1, le=1024)] = 15
    keep: Literal["all", "shortest", "one"] = "all"
    """Which of the right answers to a question are learned from: all, the shortest, one at random."""
    rows: Annotated[int, Meta(ge=1, le=1024)] = 32
    """Answers that an optimizer step learns from."""


def kinds_of(typed: str) -> Mapping[Kind, float]:
    """Raises: InputError for a kind that there is not."""
    if typed == "mixed":
        return MIXED
    names = _parts(typed)
    known = (*MIXED, *ONLY_WORDS)
    chosen: dict[Kind, float] = {kind: 1.0 for kind in known if kind in names}
    if not names or len(chosen) != len(set(names)):
        raise InputError(
            "There are no problems of the kind {kinds}. Choose among {known}, or mixed.",
            kinds=typed,
            known=", ".join(dict.fromkeys(known)),
        )
    return chosen


def lengths_of(typed: str) -> Mapping[int, float]:
    """Raises: InputError for a number of sums that no problem has."""
    names = _parts(typed)
    chosen = {length: 1.0 for length in LENGTHS if str(length) in names}
    if not names or len(chosen) != len(set(names)):
        raise InputError(
            "There are no word problems of {lengths} steps. Choose among {known}.",
            lengths=typed,
            known=", ".join(map(str, LENGTHS)),
        )
    return chosen


def _parts(typed: str) -> list[str]:
    return [part.strip() for part in typed.split(",") if part.strip()]


@dataclass(frozen=True)
class RewardOptions:
    """The stage `reward`."""

    pairs: Annotated[int, Meta(ge=8, le=1_000_000)] = 400
    """Answers are drawn in pairs; how many pairs, where a rule chooses."""
    rule: str = "rich"
    """By which the simulated labeller prefers answers: see `rules`."""
    noise: Annotated[float, Meta(ge=0, lt=0.5)] = 0.1
    """How often the labeller errs."""
    labels: str = ""
    """A file of a person's choices, in place of the labeller."""
    questions: Literal["chats", "problems"] = "chats"
    temperature: Annotated[float, Meta(gt=0, le=10)] = 1.0
    max_tokens: Annotated[int, Meta(ge=1, le=32_768)] = 60
    rows: Annotated[int, Meta(ge=1, le=1024)] = 16
    """Pairs that an optimizer step learns from."""
    epochs: Annotated[float, Meta(gt=0, le=100)] = 2.0
    """How often each pair comes, if the number of steps is not given."""


@dataclass(frozen=True)
class RlhfOptions(Policy, Drawing):
    """The stage `rlhf`."""

    reward_model: str = ""
    """The run of the stage `reward`, or its checkpoint."""
    questions: Literal["chats", "problems"] = "chats"
    normalise: bool = True
    kl_weight: Annotated[float, Meta(ge=0, le=100)] = 0.1
    max_tokens: Annotated[int, Meta(ge=1, le=32_768)] = 60
    held_out: Annotated[int, Meta(ge=1, le=10_000)] = 100
