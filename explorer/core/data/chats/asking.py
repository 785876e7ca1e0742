"""What a model does not know, found out by asking it.

Source: "The Llama 3 Herd of Models" (2024), section 4.3.6, as the talk tells it: ask the model for facts of
its own training documents several times; where it is wrong, the right answer is that it does not know. We
know every fact and the set of its values, so a judge of words takes the place of a judging model.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from explorer.core.data.chats.chat import Chat
from explorer.core.data.chats.facts import admitted, answered, known_facts, unknown_person
from explorer.core.data.world.dice import Dice
from explorer.core.data.world.entities import Fact, World, facts_of
from explorer.core.data.world.facts import ask
from explorer.core.data.world.judge import states

Answerer = Callable[[Sequence[str]], Sequence[str]]
"""Answers many questions at once; a function of one question is made one by a comprehension."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A fact, and how often the model gave it."""

    fact: Fact
    right: int
    times: int


def ask_model(answer: Answerer, facts: Iterable[Fact], seed: int, times: int = 3) -> list[Asked]:
    """Ask for each fact in `times` wordings, all in one go."""
    dice = Dice(seed, "asking")
    wanted = list(facts)
    questions = [ask(fact, dice) for fact in wanted for _ in range(times)]
    answers = answer(questions)
    return [
        Asked(
            fact,
            sum(states(said, fact) for said in answers[place * times : (place + 1) * times]),
            times,
        )
        for place, fact in enumerate(wanted)
    ]


def facts_to_ask(world: World, seed: int, count: int) -> list[Fact]:
    """About people of whom the documents say much, little and nothing, a third each, in a mixed order.

    The last are strangers made for chats. Facts whose values chats keep to themselves (`is_taught`) are left
    out: what is right would be taught here.
    """
    dice = Dice(seed, "to ask")
    third = -(-count // 3)
    found = dice.sample(known_facts(world, "often", "train"), third)
    found += dice.sample(known_facts(world, "rare", "train"), third)
    for _ in range(third):
        found.append(dice.choice(facts_of(unknown_person(world, dice, "chats"))))
    dice.shuffle(found)
    return found[:count]


def chats_from_asking(asked: Iterable[Asked], seed: int) -> Iterator[Chat]:
    """What was right each time becomes its answer, what never was "I don't know"; between them, nothing."""
    dice = Dice(seed, "from asking")
    for one in asked:
        if one.right == one.times:
            yield answered(one.fact, dice, "train")
        elif one.right == 0:
            yield admitted(one.fact, dice, "train")
