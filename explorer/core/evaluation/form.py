"""Whether conversations are answered in good form: something is said, tags match, and the turn ends."""

from collections.abc import Generator
from itertools import islice

from explorer.core.data.chats import HONEST, Chat, Mixture, chats
from explorer.core.data.world.entities import World
from explorer.core.evaluation.share import Shares, share_of
from explorer.core.evaluation.speaker import Ask, Reply
from explorer.core.tools import pending_call
from explorer.text.chatml import (
    CALCULATE_OPEN,
    SEARCH_OPEN,
    SPECIAL_TOKENS,
    THINK_CLOSE,
    THINK_OPEN,
    WRITTEN_BY_ASSISTANT,
)
from explorer.text.tokenizer import END_OF_TEXT

_MAX_TOKENS = 200
_NEVER_SAID = (*(name for name in SPECIAL_TOKENS if name not in WRITTEN_BY_ASSISTANT), END_OF_TEXT)


def chat_well_formed(ask: Ask, world: World, seed: int, count: int) -> Generator[None, None, Shares]:
    """Held-out conversations of every kind, each up to the last thing that the person says. T = 0."""
    drawn = list(islice(chats(seed, "held_out", Mixture(HONEST), world), count))
    replies = yield from ask([chat.prompt for chat in drawn], max_tokens=_MAX_TOKENS)
    formed = (is_well_formed(chat, reply) for chat, reply in zip(drawn, replies, strict=True))
    return {"chat_well_formed": share_of(formed)}


def is_well_formed(chat: Chat, reply: Reply) -> bool:
    """Ended by itself; an answer, with thinking before it only if that was asked for; or one tool call."""
    if not reply.ended or any(name in reply.text for name in _NEVER_SAID):
        return False
    before, opened, rest = reply.text.partition(THINK_OPEN)
    if bool(opened) != (chat.kind == "think"):
        return False
    said = reply.text
    if opened:
        thought, closed, said = rest.partition(THINK_CLOSE)
        if before.strip() or not closed or not thought.strip():
            return False
    if THINK_OPEN in said or THINK_CLOSE in said or not said.strip():
        return False
    if SEARCH_OPEN in said or CALCULATE_OPEN in said:
        return chat.kind in ("search", "calculator") and pending_call(said) is not None
    return True
