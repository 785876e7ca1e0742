"""What becomes of a conversation that no longer fits the model's window.

Nothing here knows a model: turns are counted in tokens, their template's share included. What a model was
asked last, and what came since, is never dropped: without it there would be nothing to answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Policy = Literal["stop", "drop_oldest", "keep_system", "slide"]
POLICIES: tuple[Policy, ...] = ("stop", "drop_oldest", "keep_system", "slide")


@dataclass(frozen=True, slots=True)
class TurnSize:
    """A turn, as far as the window is concerned."""

    role: str
    tokens: int


@dataclass(frozen=True, slots=True)
class Fit:
    """What stays."""

    kept: tuple[int, ...]
    """The numbers of the turns that stay, in whole or in part."""
    cut: int
    """When sliding: so many tokens go from the first of the kept turns. Else 0."""
    dropped_tokens: int
    """How many tokens fall out, in all."""
    tokens: int
    """How many stand in the window then, the template's own included."""
    missing: int
    """How many tokens the window is too small even so; 0: it fits."""

    @property
    def fits(self) -> bool:
        """Whether there is room for the answer."""
        return self.missing == 0


def fit(policy: Policy, turns: Sequence[TurnSize], overhead: int, window: int, room: int) -> Fit:
    """Which turns stay, so that they, the template's `overhead` and `room` for an answer fit into `window`.

    "stop" drops nothing. "drop_oldest" drops the oldest exchanges (what was asked, with all that answers it),
    the system's line first of all; "keep_system" spares that line. Exchanges go whole, because many templates
    refuse a conversation that begins with an answer. "slide" drops the oldest tokens, whatever they are.
    """
    total = overhead + sum(turn.tokens for turn in turns)
    over = max(0, total + room - window)
    everything = tuple(range(len(turns)))
    if over == 0 or policy == "stop":
        return Fit(everything, 0, 0, total, over)
    if policy == "slide":
        return _slid(turns, total, over)
    return _thinned(turns, total, over, spare_system=policy == "keep_system")


def _slid(turns: Sequence[TurnSize], total: int, over: int) -> Fit:
    last = _newest_exchange(turns)
    gone = min(over, sum(turn.tokens for turn in turns[:last]))
    left, first = gone, 0
    while first < last and left >= turns[first].tokens:
        left -= turns[first].tokens
        first += 1
    return Fit(tuple(range(first, len(turns))), left, gone, total - gone, over - gone)


def _thinned(turns: Sequence[TurnSize], total: int, over: int, *, spare_system: bool) -> Fit:
    last = _newest_exchange(turns)
    first = 0
    while spare_system and first < last and turns[first].role == "system":
        first += 1
    end, gone = first, 0
    while end < last and (gone < over or turns[end].role not in ("user", "system")):
        gone += turns[end].tokens
        end += 1
    kept = (*range(first), *range(end, len(turns)))
    return Fit(kept, 0, gone, total - gone, max(0, over - gone))


def _newest_exchange(turns: Sequence[TurnSize]) -> int:
    """Where it begins: at the last question; without one, at the last turn."""
    asked = (number for number in range(len(turns) - 1, -1, -1) if turns[number].role == "user")
    return next(asked, max(0, len(turns) - 1))
