"""What a policy tried in an update, and what its tries were worth."""

import msgspec

from explorer.protocol.message import Message


class Rollout(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt at one question."""

    text: str
    tokens: int
    reward: float
    parts: dict[str, float] = msgspec.field(default_factory=dict[str, float])
    """What the reward is made of, or what else was measured, by name."""
    advantage: float
    """The reward against those of the group: above 0, the attempt becomes likelier."""
    right: bool | None = None
    """By the verifier; None where answers are not right or wrong."""
    note: str = ""
    """In a few words, why it is not right."""
    ended: bool = True
    """By itself, and not by the limit."""


class RolloutGroup(msgspec.Struct, frozen=True, kw_only=True):
    """All attempts at one question."""

    question: str
    expected: str = ""
    rollouts: list[Rollout]
    flat: bool
    """All rewards are equal: the group teaches nothing."""


class GroupDrawn(Message, tag=True, frozen=True, kw_only=True):
    """One of the update's groups, the first from which something can be learned, before it is."""

    step: int
    group: RolloutGroup
    number: int
    """Which of the update's groups it is, from 0."""
    groups: int
    """How many there are."""
    flat_groups: int
    """How many of them teach nothing; if it is all, there is no update."""


class ReadRollouts(Message, tag=True, frozen=True, kw_only=True):
    """What the run at `path` tried at its last update up to `step` (None: of all). `RolloutsRead` answers."""

    path: str
    step: int | None = None


class RolloutsRead(Message, tag=True, frozen=True, kw_only=True):
    """The groups of update `step`, as many as were kept; none if the run has kept none so far."""

    step: int | None
    groups: list[RolloutGroup]


RolloutCommand = ReadRollouts
RolloutEvent = GroupDrawn | RolloutsRead
