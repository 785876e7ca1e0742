"""Many attempts at one problem as the engine tells of them. Free of Qt."""

from dataclasses import dataclass, field

from explorer.protocol import (
    AttemptDone,
    AttemptsCounted,
    AttemptsEnded,
    AttemptsGrew,
    CheckedSum,
    Event,
    Judgement,
)


@dataclass
class Attempt:
    """One of them; grows until it is `done`."""

    text: str = ""
    tokens: int = 0
    done: bool = False
    ended: bool = False
    """By the model itself."""
    judgement: Judgement | None = None
    sums: list[CheckedSum] = field(default_factory=list[CheckedSum])


class Attempts:
    """All of one problem."""

    def __init__(self, count: int = 0, temperature: float = 1.0, seed: int = 1) -> None:
        self.list = [Attempt() for _ in range(count)]
        self.temperature, self.seed = temperature, seed
        self.counted: AttemptsCounted | None = None
        self.ended: AttemptsEnded | None = None
        self.running = count > 0

    @property
    def longest(self) -> int:
        """Tokens of the longest so far, at least 1."""
        return max((attempt.tokens for attempt in self.list), default=1) or 1

    def apply(self, event: Event) -> None:
        """Take what the engine tells."""
        match event:
            case AttemptsGrew():
                for piece in event.pieces:
                    attempt = self.list[piece.attempt]
                    attempt.text += piece.text
                    attempt.tokens = piece.tokens
            case AttemptDone():
                self.list[event.attempt] = Attempt(
                    event.text, event.tokens, True, event.ended, event.judgement, event.sums
                )
            case AttemptsCounted():
                self.counted = event
            case AttemptsEnded():
                self.ended, self.running = event, False
            case _:
                pass
