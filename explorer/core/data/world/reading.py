"""Short passages about people whom nothing else names, with questions that only the passage answers."""

from collections.abc import Iterator, Sequence

from explorer.core.data.world.dice import Dice
from explorer.core.data.world.documents import Document
from explorer.core.data.world.entities import Entity, Fact, facts_of, person
from explorer.core.data.world.facts import answer, ask_freely, state_freely
from explorer.core.data.world.names import Name, names

_FACTS = (1, 1, 2, 4)
"""How many facts a passage states. Source: the trial in which reading emerged had these."""
_TWO = 0.4
"""Share of passages about two people: whose fact it is has to be read, too."""
_STYLES = (
    "{q}\n{a}",
    "Q: {q}\nA: {a}",
    "Question: {q}\nAnswer: {a}",
    "{q} {a}",
)


def reading(dice: Dice) -> Document:
    """A passage about one person, or two, and questions for what it states, in another order."""
    source = names("passages", dice)
    told: list[Fact] = []
    for _ in range(2 if dice.chance(_TWO) else 1):
        told += dice.sample(facts_of(_somebody(source, dice)), dice.choice(_FACTS))
    dice.shuffle(told)
    return Document("reading", _text(told, 0.7, dice))


def rivals(dice: Dice) -> Document:
    """A passage that tells the same of two people: whom a question is about decides its answer."""
    source = names("passages", dice)
    told = rival_facts(_somebody(source, dice), _somebody(source, dice), dice)
    dice.shuffle(told)
    return Document("rivals", _text(told, 1.0, dice))


def rival_facts(one: Entity, other: Entity, dice: Dice) -> list[Fact]:
    """One to three facts about each, of the same kinds."""
    kinds = dice.sample([fact.attribute for fact in facts_of(one)], 1 + dice.below(3))
    return [Fact(who, kind) for kind in kinds for who in (one, other)]


def _somebody(source: Iterator[Name], dice: Dice) -> Entity:
    name = next(source)
    return person(name, "fresh", Dice(dice.below(1 << 30), name.full))


def _text(told: Sequence[Fact], all_asked: float, dice: Dice) -> str:
    """The passage and its questions: with the chance `all_asked` for everything, else for one thing."""
    passage = " ".join(state_freely(fact, dice) for fact in told)
    asked = dice.sample(told, len(told) if dice.chance(all_asked) else 1)
    style = dice.choice(_STYLES)
    questions = "\n".join(style.format(q=ask_freely(fact, dice), a=answer(fact, dice)) for fact in asked)
    return passage + dice.choice(("\n\n", "\n")) + questions
