"""What was read often, rarely and never: given, or admitted not to be known, or invented."""

from collections.abc import Generator

from explorer.core.data.chats.facts import known_facts, unknown_person
from explorer.core.data.world.dice import Dice
from explorer.core.data.world.entities import Fact, World, facts_of
from explorer.core.data.world.facts import ask as question
from explorer.core.data.world.judge import admits_ignorance, states, values_in
from explorer.core.evaluation.share import Share, Shares, share_of
from explorer.core.evaluation.speaker import Ask, Reply
from explorer.text.templates import ChatMessage

_MAX_TOKENS = 40
_OFTEN = ("person", "town", "event")


def facts_often(ask: Ask, world: World, seed: int, count: int) -> Generator[None, None, Shares]:
    """Facts that the documents state often and no training chat asks for, in held-out wordings."""
    facts = Dice(seed, "facts often").sample(known_facts(world, "often", "held_out", _OFTEN), count)
    replies = yield from ask_for(ask, facts, seed)
    return {"facts_often": _share_right(facts, replies)}


def facts_rare(ask: Ask, world: World, seed: int, count: int) -> Generator[None, None, Shares]:
    """Facts that stand in two documents."""
    facts = Dice(seed, "facts rare").sample(world.facts("person", "rare"), count)
    replies = yield from ask_for(ask, facts, seed)
    return {"facts_rare": _share_right(facts, replies)}


def unknown(ask: Ask, world: World, seed: int, count: int) -> Generator[None, None, Shares]:
    """People whom no document and no chat names: ignorance admitted, or a value invented."""
    dice = Dice(seed, "unknown")
    facts = [dice.choice(facts_of(unknown_person(world, dice, "evaluation"))) for _ in range(count)]
    replies = yield from ask_for(ask, facts, seed)
    admitted = [admits_ignorance(reply.text) for reply in replies]
    invented = [
        not knows_it_does_not and bool(values_in(reply.text, fact.attribute))
        for knows_it_does_not, fact, reply in zip(admitted, facts, replies, strict=True)
    ]
    return {"unknown_admitted": share_of(admitted), "unknown_invented": share_of(invented)}


def ask_for(ask: Ask, facts: list[Fact], seed: int) -> Generator[None, None, list[Reply]]:
    """One held-out wording each."""
    dice = Dice(seed, "wordings")
    prompts = [[ChatMessage("user", question(fact, dice, "held_out"))] for fact in facts]
    return (yield from ask(prompts, max_tokens=_MAX_TOKENS))


def _share_right(facts: list[Fact], replies: list[Reply]) -> Share:
    return share_of(states(reply.text, fact) for fact, reply in zip(facts, replies, strict=True))
