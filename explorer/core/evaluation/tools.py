"""Whether the search tool is used when it is needed, and only then; and whether what it found is used."""

from collections.abc import Generator

from explorer.core.data.chats.facts import known_facts
from explorer.core.data.chats.reading import passage, stranger
from explorer.core.data.chats.tool_use import with_tools
from explorer.core.data.world.dice import Dice
from explorer.core.data.world.entities import Fact, World, facts_of
from explorer.core.data.world.facts import ask as question
from explorer.core.data.world.judge import states
from explorer.core.evaluation.share import Shares, share_of
from explorer.core.evaluation.speaker import Ask, Prompt, Reply
from explorer.core.tools import SearchIndex, call_result, pending_call
from explorer.text.chatml import SEARCH_OPEN
from explorer.text.templates import ChatMessage

_MAX_TOKENS = 60


def search(ask: Ask, world: World, seed: int, count: int) -> Generator[None, None, Shares]:
    """Half of the questions are about strangers: right is a search for the name. The others need none.

    `search_answered`: of the searches for strangers, those after which the answer is right. What is searched
    are documents about the strangers, whose sentences no training chat has.
    """
    dice = Dice(seed, "search evaluation")
    strange = [dice.choice(facts_of(stranger(dice, "held_out"))) for _ in range(count - count // 2)]
    known = dice.sample(known_facts(world, "often", "held_out"), count // 2)
    prompts = [with_tools(question(fact, dice, "held_out")) for fact in strange + known]
    replies = yield from ask(prompts, max_tokens=_MAX_TOKENS)
    called = [_searches_for(fact, reply) for fact, reply in zip(strange, replies, strict=False)]
    spared = [SEARCH_OPEN not in reply.text for reply in replies[len(strange) :]]
    index = SearchIndex(passage(facts_of(fact.entity), dice, "held_out") for fact in strange)
    opened = [
        (fact, _with_result(prompt, reply, index))
        for fact, prompt, reply, found in zip(strange, prompts, replies, called, strict=False)
        if found
    ]
    answers: list[Reply] = []
    if opened:
        answers = yield from ask([prompt for _, prompt in opened], max_tokens=_MAX_TOKENS)
    right = (states(reply.text, fact) for (fact, _), reply in zip(opened, answers, strict=True))
    return {"search_when_needed": share_of(called + spared), "search_answered": share_of(right)}


def _searches_for(fact: Fact, reply: Reply) -> bool:
    call = pending_call(reply.text)
    return call is not None and call.tool == "search" and fact.entity.name in call.asked


def _with_result(prompt: Prompt, reply: Reply, index: SearchIndex) -> Prompt:
    call = pending_call(reply.text)
    assert call is not None
    return (*prompt, ChatMessage("assistant", reply.text), ChatMessage("tool", call_result(call, index)))
