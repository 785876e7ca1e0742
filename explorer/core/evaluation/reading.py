"""Whether a fact in the window is used: strangers in a text, and a question that only the text answers."""

from collections.abc import Generator

from explorer.core.data.chats.reading import reading_chat
from explorer.core.data.world.dice import Dice
from explorer.core.data.world.entities import World
from explorer.core.data.world.judge import states
from explorer.core.evaluation.share import Shares, share_of
from explorer.core.evaluation.speaker import Ask

_MAX_TOKENS = 40


def fact_in_window(ask: Ask, world: World, seed: int, count: int) -> Generator[None, None, Shares]:
    """One to six facts about one or two people whom nothing else names; a question for one of them."""
    dice = Dice(seed, "reading evaluation")
    drawn = [reading_chat(dice, "held_out") for _ in range(count)]
    replies = yield from ask([chat.prompt for chat in drawn], max_tokens=_MAX_TOKENS)
    right = (
        chat.fact is not None and states(reply.text, chat.fact)
        for chat, reply in zip(drawn, replies, strict=True)
    )
    return {"fact_in_window": share_of(right)}
