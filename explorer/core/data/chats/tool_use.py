"""Tools when they are needed, and only then: search for strangers, a calculator for large numbers."""

from explorer.core.data.chats.chat import Chat, Split, assistant, system, user
from explorer.core.data.chats.facts import fact_chat
from explorer.core.data.chats.lines import line, talk_chat
from explorer.core.data.chats.reading import passage, stranger
from explorer.core.data.problems import Problem
from explorer.core.data.problems.problem import Split as ProblemSplit
from explorer.core.data.world.dice import Dice
from explorer.core.data.world.entities import Fact, World, facts_of
from explorer.core.data.world.facts import answer, ask_in_chat
from explorer.core.tools import calculator
from explorer.core.tools.calls import NOTHING_FOUND
from explorer.text.chatml import CALCULATE_CLOSE, CALCULATE_OPEN, SEARCH_CLOSE, SEARCH_OPEN, TOOLS_LINE
from explorer.text.templates import ChatMessage

_NEEDED, _KNOWN = 0.5, 0.4
"""Shares of search chats in which it is needed, and in which the answer is known; the rest is talk."""
_NOT_FOUND = 0.1
_SMALL = 0.3
"""Share of calculator chats whose sum is done without it."""


def with_tools(question: str) -> tuple[ChatMessage, ...]:
    """A question put to a model that may call tools."""
    return system(TOOLS_LINE), user(question)


def search_query(fact: Fact) -> str:
    """What to search for: the name, and what is asked."""
    return f"{fact.entity.name} {fact.attribute.name}"


def search_chat(world: World, dice: Dice, split: Split) -> Chat:
    """A question with tools at hand; only about strangers is there anything to search for."""
    draw = dice.below(1000) / 1000
    if draw < _NEEDED:
        return _searched(dice, split)
    known = fact_chat(world, dice, split) if draw < _NEEDED + _KNOWN else talk_chat(dice, split)
    return Chat("search", (system(TOOLS_LINE), *known.messages), known.fact)


def _searched(dice: Dice, split: Split) -> Chat:
    facts = dice.sample(facts_of(stranger(dice, split)), 1 + dice.below(6))
    fact = facts[0]
    call = assistant(f"{SEARCH_OPEN}{search_query(fact)}{SEARCH_CLOSE}")
    if dice.chance(_NOT_FOUND):
        result, said = NOTHING_FOUND, line("nothing.answer", dice)
    else:
        dice.shuffle(facts)
        result, said = passage(facts, dice, "train"), answer(fact, dice)
    question = with_tools(ask_in_chat(fact, dice, split))
    return Chat("search", (*question, call, ChatMessage("tool", result), assistant(said)), fact)


def calculator_chat(dice: Dice, split: Split) -> Chat:
    """A sum with tools at hand: large ones are given to the calculator, small ones are not."""
    wanted: ProblemSplit = "train" if split == "train" else "test"
    small = dice.chance(_SMALL)
    while True:
        problem = _sum(dice, small)
        if problem.split == wanted:
            break
    question = with_tools(problem.question)
    if small:
        return Chat("calculator", (*question, assistant(problem.answer)), problem=problem)
    asked = " ".join(map(str, problem.key))
    call = assistant(f"{CALCULATE_OPEN}{asked}{CALCULATE_CLOSE}")
    result = ChatMessage("tool", calculator(asked))
    return Chat("calculator", (*question, call, result, assistant(problem.answer)), problem=problem)


def _sum(dice: Dice, small: bool) -> Problem:
    sign = dice.choice("+-x")
    if small:
        a, b = dice.integer(2, 9), dice.integer(2, 9)
    else:
        a, b = dice.integer(120, 9999), dice.integer(12, 999)
    if sign == "-" and a < b:
        a, b = b, a
    words = {"+": "plus", "-": "minus", "x": "times"}[sign]
    wordings = (f"What is {a} {sign} {b}?", f"{a} {sign} {b} = ?", f"How much is {a} {words} {b}?")
    answer_text = calculator(f"{a} {sign} {b}")
    question = dice.choice(wordings)
    return Problem("arithmetic", "calculator", question, answer_text, (), 1, (a, sign, b))
