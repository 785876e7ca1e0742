"""What a remote model tells, in the shape of `explorer.core.generate`: text as it comes, then each row's end.

A server sends text, not token ids: one arrival may hold several tokens or a part of one.
"""

from dataclasses import dataclass, field
from typing import Literal

Channel = Literal["answer", "reasoning"]
"""What the model says, and what it thinks before (servers send them apart)."""

StopReason = Literal[
    "max_tokens", "end_token", "stop_string", "context_full", "tool_call", "content_filter", "unknown"
]
"""As `generate.StopReason`, and what only servers say. A server that does not tell a stop string from
the end token gives "end_token" for both."""


@dataclass(frozen=True, slots=True)
class TokenScore:
    """One token as the server names it."""

    text: str
    logprob: float
    """Nats, as the server says; mostly under the model at T = 1."""
    data: bytes | None = None
    """The token's bytes, where it tells: a token may be a part of a character."""
    id: int | None = None
    top: tuple[tuple[str, float], ...] = ()
    """The most likely (text, logprob) pairs, as many as asked for and given."""


@dataclass(frozen=True, slots=True)
class TextArrived:
    """A row goes on."""

    row: int
    channel: Channel
    text: str
    """May be empty: a token that completes no character yet."""
    tokens: tuple[TokenScore, ...] = ()
    """The tokens of this text, if log-probabilities were asked for and the server gives them."""


@dataclass(frozen=True, slots=True)
class UsageCounted:
    """Tokens by the server's count, over all rows; None where it does not tell."""

    prompt_tokens: int | None
    completion_tokens: int | None
    reasoning_tokens: int | None = None
    """Contained in `completion_tokens`."""
    cached_tokens: int | None = None
    """Contained in `prompt_tokens`: not computed again."""


@dataclass(frozen=True, slots=True)
class RowEnded:
    """Nothing more comes for a row."""

    row: int
    stop_reason: StopReason
    tokens: int | None = None
    """Generated; None if neither usage nor log-probabilities tell."""


Fact = TextArrived | UsageCounted | RowEnded


@dataclass
class Transcript:
    """What one row has said so far: feed it every fact, keep it when an error ends the stream."""

    row: int = 0
    text: str = ""
    reasoning: str = ""
    tokens: list[tuple[Channel, TokenScore]] = field(default_factory=list[tuple[Channel, TokenScore]])
    usage: UsageCounted | None = None
    stop_reason: StopReason | None = None

    def add(self, fact: Fact) -> None:
        """Take in one fact; those of other rows are left out, usage is for all."""
        if isinstance(fact, UsageCounted):
            self.usage = fact
        elif fact.row != self.row:
            return
        elif isinstance(fact, RowEnded):
            self.stop_reason = fact.stop_reason
        else:
            self.tokens.extend((fact.channel, token) for token in fact.tokens)
            if fact.channel == "answer":
                self.text += fact.text
            else:
                self.reasoning += fact.text
