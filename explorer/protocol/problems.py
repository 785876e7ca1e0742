"""Problems whose answers a program checks: drawn, judged, and tried many times at once."""

from typing import Literal

import msgspec

from explorer.protocol.inference import SamplerSettings
from explorer.protocol.message import Message

ProblemKind = Literal["words", "arithmetic", "letters", "countdown"]


class GradedProblem(msgspec.Struct, frozen=True, kw_only=True):
    """A question, and what its verifier needs to know."""

    kind: ProblemKind
    question: str
    answer: str
    """A number in digits; for the countdown one expression of many that are right."""
    given: list[int | str] = []
    """The numbers (for letters the word) that the question gives."""
    target: int = 0
    """The countdown's number to reach."""
    length: int = 0
    """How many sums it takes; 0 if nobody knows."""


class DrawProblem(Message, tag=True, frozen=True, kw_only=True):
    """Ask for `ProblemDrawn`: the problem that `seed` gives, from those that no model learns from."""

    kind: ProblemKind
    steps: int
    """Sums that a word problem takes, 1 to 5; other kinds have their own lengths."""
    seed: int


class ProblemDrawn(Message, tag=True, frozen=True, kw_only=True):
    """The same for the same question asked."""

    problem: GradedProblem
    kind: ProblemKind
    steps: int
    seed: int


class CheckedSum(msgspec.Struct, frozen=True, kw_only=True):
    """A sum in a text, from character `start` to before `end`, and whether it is true."""

    start: int
    end: int
    right: bool


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What the verifier says of an answer."""

    right: bool | None
    """None where nobody knows what is right."""
    answer_found: str | None
    """The answer as it was read; None if there was none to be read."""
    reason: str
    """In a few words why it does not count, or is not of the form asked for; empty otherwise."""


class JudgeText(Message, tag=True, frozen=True, kw_only=True):
    """Ask for `TextJudged`. A right answer that is no number is refused with a sentence."""

    text: str
    """What the model wrote, its special tokens by their names, without the one that ends it."""
    complete: bool
    """Whether the model has ended: until then there is no verdict, and a sum at the very end may grow."""
    problem: GradedProblem | None = None
    """None: nobody knows the right answer."""


class TextJudged(Message, tag=True, frozen=True, kw_only=True):
    """The sums in the text of `JudgeText`, and the verdict if it was complete."""

    text_length: int
    """Characters of the text that was judged."""
    sums: list[CheckedSum]
    judgement: Judgement | None


class TryManyTimes(Message, tag=True, frozen=True, kw_only=True):
    """Answer the session's prompt `attempts` times at once; the session's own stream stays as it is.

    `AttemptsGrew`, `AttemptDone` and `AttemptsCounted` come, in the end `AttemptsEnded`. Attempt i, from
    0, is what `Generate` would write with the seed of `sampler` plus i. `StopGenerating` ends them.
    """

    attempts: int
    sampler: SamplerSettings
    max_tokens: int
    problem: GradedProblem | None = None


class AttemptPiece(msgspec.Struct, frozen=True, kw_only=True):
    """What is new of one attempt."""

    attempt: int
    tokens: int
    """In all so far."""
    text: str
    """To be put after what there is."""


class AttemptsGrew(Message, tag=True, frozen=True, kw_only=True):
    """Attempts that have become longer; some times a second."""

    pieces: list[AttemptPiece]


class AttemptDone(Message, tag=True, frozen=True, kw_only=True):
    """One has ended."""

    attempt: int
    tokens: int
    text: str
    """All of it, special tokens by their names, without the one that ends it."""
    ids: list[int]
    ended: bool
    """By an end token; if not, it was cut off."""
    judgement: Judgement
    sums: list[CheckedSum]


class AnswerCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many attempts gave this answer."""

    answer: str
    count: int
    right: bool | None


class AttemptsCounted(Message, tag=True, frozen=True, kw_only=True):
    """What those that have ended say together."""

    done: int
    right: int | None
    """None where nobody knows what is right."""
    answers: list[AnswerCount]
    """The most frequent first; of equally frequent ones the one that came first."""
    without_answer: int


class AttemptsEnded(Message, tag=True, frozen=True, kw_only=True):
    """All have ended, or were stopped."""

    stopped: bool
    elapsed_s: float
    tokens: int
    """In all attempts together."""


ProblemCommand = DrawProblem | JudgeText | TryManyTimes
ProblemEvent = ProblemDrawn | TextJudged | AttemptsGrew | AttemptDone | AttemptsCounted | AttemptsEnded
