"""A text in the person's turn and a question about it: people whom nothing else has ever named."""

from collections.abc import Sequence

from explorer.core.data.chats.chat import Chat, Split, assistant, user
from explorer.core.data.chats.lines import line
from explorer.core.data.world.dice import Dice
from explorer.core.data.world.entities import Entity, Fact, facts_of, person
from explorer.core.data.world.facts import answer, ask_in_chat, state_in_chat
from explorer.core.data.world.names import Part, names
from explorer.core.data.world.reading import rival_facts

_ABSENT = 0.1
"""Share of questions that the text does not answer, where such are wanted."""


def stranger(dice: Dice, split: Split) -> Entity:
    """Somebody invented, with invented facts."""
    part: Part = "chats" if split == "train" else "evaluation"
    name = next(names(part, dice))
    return person(name, "fresh", Dice(0, "read", name.full, dice.below(1_000_000)))


def passage(facts: Sequence[Fact], dice: Dice, split: Split) -> str:
    """The facts as a text, a sentence each."""
    return " ".join(state_in_chat(fact, dice, split) for fact in facts)


def reading_chat(dice: Dice, split: Split, *, absent: bool = False, rivals: float = 0.0) -> Chat:
    """One or two people, one to three facts about each, and a question for one of them.

    With `absent` some questions are for what the text does not say, and the answer says so. `rivals`: share
    of texts that tell the same of two people, so that it is not enough to find a town where one is asked for.
    """
    told: list[Fact] = []
    if rivals and dice.chance(rivals):
        told = rival_facts(stranger(dice, split), stranger(dice, split), dice)
    else:
        for _ in range(1 + dice.below(2)):
            told += dice.sample(facts_of(stranger(dice, split)), 1 + dice.below(3))
    dice.shuffle(told)
    fact = dice.choice(told)
    answer_text = answer(fact, dice)
    if absent and dice.chance(_ABSENT):
        untold = [other for other in facts_of(fact.entity) if other not in told]
        fact, answer_text = dice.choice(untold), line("absent.answer", dice)
    text, question = passage(told, dice, split), ask_in_chat(fact, dice, split)
    before = f"{line('reading.before', dice, split)}\n\n" if dice.chance(0.5) else ""
    return Chat("reading", (user(f"{before}{text}\n\n{question}"), assistant(answer_text)), fact)
