"""Short passages about people whom nothing else names, with questions that only the passage answers."""

from explorer.core.data.world.dice import Dice
from explorer.core.data.world.documents import Document
from explorer.core.data.world.entities import Fact, facts_of, person
from explorer.core.data.world.facts import answer, ask_freely, state_freely
from explorer.core.data.world.names import names

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
        name = next(source)
        somebody = person(name, "fresh", Dice(dice.below(1 << 30), name.full))
        told += dice.sample(facts_of(somebody), dice.choice(_FACTS))
    dice.shuffle(told)
    passage = " ".join(state_freely(fact, dice) for fact in told)
    asked = dice.sample(told, len(told) if dice.chance(0.7) else 1)
    style = dice.choice(_STYLES)
    questions = "\n".join(style.format(q=ask_freely(fact, dice), a=answer(fact, dice)) for fact in asked)
    return Document("reading", passage + dice.choice(("\n\n", "\n")) + questions)
