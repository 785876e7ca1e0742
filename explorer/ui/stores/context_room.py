"""What falls out of the window when a conversation grows longer than it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Policy = Literal["stop", "drop_oldest", "keep_system", "slide"]
POLICIES: tuple[Policy, ...] = ("stop", "drop_oldest", "keep_system", "slide")
_AT_ONCE = 8
"""A sliding window lets an eighth of itself fall out at a time: the rest has to be read again each time."""


@dataclass(frozen=True)
class TurnSize:
    """A turn in the window."""

    turn: int
    role: str
    tokens: int
    """The template's around it included."""


@dataclass(frozen=True)
class Room:
    """What is to be done. With nothing in it: there is room."""

    turns: tuple[int, ...] = ()
    """These fall out."""
    tokens: int = 0
    """So many fall out at the front, whatever they are."""
    full: bool = False
    """Nothing may fall out, and nothing more fits."""


def make_room(
    policy: Policy, turns: Sequence[TurnSize], used: int, unseen: int, window: int, wanted: int
) -> Room:
    """What has to go.

    `used`: tokens in the window; `unseen`: how many more the engine has cut off already; `wanted`: how many
    shall fit behind them.
    """
    excess = used + unseen + wanted - window
    if excess <= 0:
        return Room()
    if policy == "slide":
        over = used + wanted - window
        block = max(1, window // _AT_ONCE)
        return Room(tokens=min(-(-over // block) * block, used - 1)) if over > 0 else Room()
    if policy == "stop":
        return Room(full=bool(unseen) or used >= window)
    last_question = max((at for at, turn in enumerate(turns) if turn.role == "user"), default=len(turns) - 1)
    falling: list[int] = []
    freed = 0
    for turn in turns[:last_question]:
        if freed >= excess:
            break
        if policy == "keep_system" and turn.role == "system":
            continue
        falling.append(turn.turn)
        freed += turn.tokens
    if falling:
        return Room(turns=tuple(falling))
    return Room(full=bool(unseen) or used >= window)
