"""What a policy is asked, and what its answers are worth: for problems, preferences and tests."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from explorer.core.data.problems import Problem


@dataclass(frozen=True)
class Question:
    """One prompt."""

    text: str
    """As people read it."""
    ids: Sequence[int]
    """As the model reads it, up to where its answer begins."""
    expected: str = ""
    """The right answer, where there is one."""
    problem: Problem | None = None
    """What a verifier needs to judge an answer."""


@dataclass(frozen=True)
class Answer:
    """What the policy wrote."""

    ids: Sequence[int]
    """An end token included."""
    text: str
    """Without the end token."""
    ended: bool
    """By itself, and not by the limit."""


@dataclass(frozen=True)
class Reward:
    """What an answer is worth."""

    total: float
    """What is learned from."""
    parts: Mapping[str, float] = field(default_factory=dict[str, float])
    """What it is made of, or what else was measured, by name."""
    right: bool | None = None
    """Where answers can be right or wrong."""
    note: str = ""
    """In a few words, why it is not right."""


class Task(Protocol):
    """Questions without end, and their judge."""

    @property
    def end_tokens(self) -> Collection[int]:
        """They end an answer."""
        ...

    def questions(self, step: int, count: int) -> list[Question]:
        """Those of an update: a function of the run's seed and `step`."""
        ...

    def held_out(self, count: int) -> list[Question]:
        """Those that are never learned from, the same each time."""
        ...

    def judge(self, asked: Sequence[Question], answers: Sequence[Answer]) -> list[Reward]:
        """Of each answer to the question at its place."""
        ...
