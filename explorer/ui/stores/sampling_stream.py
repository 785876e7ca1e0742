"""The text so far as tokens, with how each of them was drawn. Plain data, filled by the store."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

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
    def text(self) -> str:
        """Prompt and what the model wrote, as it is read: special tokens left out."""
        return joined(self.tokens)

    def begin(
        self,
        prompt: Sequence[StreamToken],
        truncated: int,
        continuation: Sequence[StreamToken] = (),
        draws: Sequence[Draw] = (),
    ) -> None:
        """Another prompt; the `continuation` after it was drawn earlier, as `draws` tell."""
        self.prompt, self.truncated = list(prompt), truncated
        pairs = zip(continuation, draws, strict=False)
        self.drawn = [replace(draw, token=token) for token, draw in pairs]
        self.taken_back = None

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


def joined(tokens: Iterable[StreamToken]) -> str:
    """The text of tokens in a row. A character that several tokens share stands there once."""
    pieces: list[str] = []
    for token in tokens:
        if token.special:
            continue
        if token.resumes and pieces:
            pieces[-1] = pieces[-1].removesuffix("\ufffd")
        pieces.append(token.text)
    return "".join(pieces)


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
