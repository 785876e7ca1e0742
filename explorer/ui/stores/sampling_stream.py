"""The text so far as tokens, with how each of them was drawn. Plain data, filled by the store."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from explorer.protocol import Distribution, SamplerSettings, StreamToken, TokenSampled


@dataclass(frozen=True)
class Draw:
    """One token that the model wrote, and how chance came to it."""

    token: StreamToken
    position: int
    """In the stream, prompt included."""
    uniform: float | None
    """Where the random number fell, in [0, 1); None at T = 0."""
    cumulative_before: float
    probability: float
    sampler: SamplerSettings
    distribution: Distribution | None = None
    """What it was drawn from, where the engine has told: stepping does, running does not."""


@dataclass
class Stream:
    """Prompt and what was generated after it."""

    prompt: list[StreamToken] = field(default_factory=list[StreamToken])
    drawn: list[Draw] = field(default_factory=list[Draw])
    truncated: int = 0
    """Tokens of the prompt that were cut off at the front."""
    taken_back: Draw | None = None
    """What stood at the end until it was taken back: the same number falls there again."""

    def __len__(self) -> int:
        """Tokens in all."""
        return len(self.prompt) + len(self.drawn)

    @property
    def tokens(self) -> Iterator[StreamToken]:
        """All of them in order."""
        yield from self.prompt
        yield from (draw.token for draw in self.drawn)

    @property
    def generated_ids(self) -> tuple[int, ...]:
        """Ids after the prompt."""
        return tuple(draw.token.id for draw in self.drawn)

    @property
    def generated_text(self) -> str:
        """What the model wrote; special tokens left out."""
        return "".join(draw.token.text for draw in self.drawn if not draw.token.special)

    def begin(self, prompt: Sequence[StreamToken], truncated: int) -> None:
        """Another prompt: nothing is generated after it."""
        self.prompt, self.truncated = list(prompt), truncated
        self.drawn, self.taken_back = [], None

    def append(
        self, event: TokenSampled, sampler: SamplerSettings, distribution: Distribution | None
    ) -> None:
        """One more drawn token."""
        self.drawn.append(
            Draw(
                event.token,
                event.position,
                event.uniform,
                event.cumulative_before,
                event.probability,
                sampler,
                distribution,
            )
        )
        self.taken_back = None

    def cut(self, length: int) -> None:
        """Only `length` tokens stay; the prompt always does."""
        kept = max(0, length - len(self.prompt))
        if kept < len(self.drawn):
            self.taken_back = self.drawn[kept]
            del self.drawn[kept:]


@dataclass(frozen=True)
class Repeat:
    """A text that is written a second time, to be held against the first."""

    before: tuple[int, ...]

    def same(self, now: Sequence[int]) -> int:
        """So many tokens at the front are the same."""
        pairs = zip(self.before, now, strict=False)
        return next(
            (place for place, (old, new) in enumerate(pairs) if old != new), min(len(self.before), len(now))
        )
