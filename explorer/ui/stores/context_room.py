"""What falls out of the window when a conversation grows longer than it."""

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.protocol.conversations import Said
from explorer.text.overflow import Policy, TurnSize, fit
from explorer.ui.stores.context_stream import ContextStream

_AT_ONCE = 8
"""A sliding window lets an eighth of itself fall out at a time: the rest has to be read again each time."""


@dataclass(frozen=True)
class Room:
    """What is to be done. With nothing in it: there is room."""

    turns: tuple[int, ...] = ()
    """These fall out."""
    tokens: int = 0
    """So many fall out at the front, whatever they are."""
    full: bool = False
    """Nothing may fall out, and nothing more fits."""


@dataclass(frozen=True)
class Need:
    """What is asked of the window."""

    policy: Policy
    window: int
    room: int
    """Tokens that shall fit behind what is there."""
    unseen: int = 0
    """Tokens that the engine has cut off already, for they were more than the model takes."""
    writing: bool = False
    """The model is in the middle of its answer: a sliding window lets even the question go."""


def make_room(path: Sequence[Said], stream: ContextStream, need: Need) -> Room:
    """`path`: the turns that stand in the stream."""
    used = len(stream)
    if used + need.unseen + need.room <= need.window:
        return Room()
    full = Room(full=need.unseen > 0 or used >= need.window)
    if need.policy == "slide":
        over = used + need.room - need.window
        block = max(1, need.window // _AT_ONCE)
        spared = 1 if need.writing else _newest_exchange(path, stream)
        tokens = min(-(-over // block) * block, used - spared)
        if tokens > 0:
            return Room(tokens=tokens)
        return full if over > 0 else Room()
    counts = stream.tokens_by_turn()
    sizes = [TurnSize(turn.role, counts.get(turn.id, 0)) for turn in path]
    if sizes and need.unseen:
        sizes[0] = TurnSize(sizes[0].role, sizes[0].tokens + need.unseen)
    overhead = used + need.unseen - sum(size.tokens for size in sizes)
    kept = fit(need.policy, sizes, overhead, need.window, need.room).kept
    falling = tuple(turn.id for number, turn in enumerate(path) if number not in kept)
    return Room(turns=falling) if falling else full


def _newest_exchange(path: Sequence[Said], stream: ContextStream) -> int:
    """How many tokens there are from the last question on."""
    asked = next((turn.id for turn in reversed(path) if turn.role == "user"), 0)
    first = stream.turns.index(asked) if asked in stream.turns else 0
    return len(stream) - first
