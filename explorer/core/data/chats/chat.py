"""What a conversation to learn from is, and how a model is asked."""

from dataclasses import dataclass
from typing import Literal

from explorer.core.data.problems import Problem
from explorer.core.data.world.entities import Fact
from explorer.text.chatml import DIRECT_LINE, THINK_LINE
from explorer.text.templates import ChatMessage

Kind = Literal[
    "fact", "unknown", "identity", "talk", "nonsense", "reading", "search", "calculator", "direct", "think",
    "turns", "chinese",
]  # fmt: skip
Split = Literal["train", "held_out"]


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation. The last message is the answer that is wanted; `prompt` is what comes before it."""

    kind: Kind
    messages: tuple[ChatMessage, ...]
    fact: Fact | None = None
    """What is asked for, where one fact is."""
    problem: Problem | None = None

    @property
    def prompt(self) -> tuple[ChatMessage, ...]:
        """What a model has before it when it is asked: all up to the last thing that the person said."""
        last = max(place for place, message in enumerate(self.messages) if message.role == "user")
        return self.messages[: last + 1]


def user(text: str) -> ChatMessage:
    """What a person says."""
    return ChatMessage("user", text)


def assistant(text: str) -> ChatMessage:
    """What the model says."""
    return ChatMessage("assistant", text)


def system(line: str) -> ChatMessage:
    """A line that sets a mode."""
    return ChatMessage("system", line)


def problem_prompt(problem: Problem, *, think: bool, line: bool = True) -> tuple[ChatMessage, ...]:
    """A problem as it is put to a model, which answers by `<think> steps </think> answer`, or at once.

    Without `line` no mode is set, and a model answers at once; thinking always has its line.
    """
    if think:
        return system(THINK_LINE), user(problem.question)
    return (system(DIRECT_LINE), user(problem.question)) if line else (user(problem.question),)
