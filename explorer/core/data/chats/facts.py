"""Questions for facts: known ones, answered; unknown ones, admitted."""

import hashlib
from collections.abc import Iterator

from explorer.core.data.chats.chat import Chat, Split, assistant, user
from explorer.core.data.chats.lines import line
from explorer.core.data.world.dice import Dice
from explorer.core.data.world.entities import Entity, Fact, Frequency, World, facts_of, person
from explorer.core.data.world.facts import answer, ask_in_chat
from explorer.core.data.world.names import Name, Part, family_names, given_names, names, part_of
from explorer.core.data.world.people import Gender

_ASKED_ABOUT = ("person",) * 6 + ("town",) * 2 + ("event",) * 2 + ("animal",)


def is_taught(fact: Fact) -> bool:
    """Whether training chats may ask for a fact: half of all. The others show what reading alone has left."""
    return hashlib.sha256("/".join(fact.key).encode()).digest()[0] % 2 == 0


def known_facts(
    world: World, frequency: Frequency, split: Split, kinds: tuple[str, ...] = ("person",)
) -> list[Fact]:
    """What can be asked about entities of a frequency class, in the half of the split."""
    return [
        fact
        for entity in world.entities
        if entity.frequency == frequency and entity.kind in kinds
        for fact in facts_of(entity)
        if is_taught(fact) == (split == "train")
    ]


def fact_chat(world: World, dice: Dice, split: Split) -> Chat:
    """Something that the training documents say often."""
    facts = known_facts(world, "often", split, (dice.choice(_ASKED_ABOUT),))
    fact = dice.choice(facts or known_facts(world, "often", split))
    return answered(fact, dice, split)


def answered(fact: Fact, dice: Dice, split: Split) -> Chat:
    """A question for the fact with its answer."""
    return Chat("fact", (user(ask_in_chat(fact, dice, split)), assistant(answer(fact, dice))), fact)


def admitted(fact: Fact, dice: Dice, split: Split) -> Chat:
    """A question for the fact, and the answer of a model that does not know it."""
    said = line("unknown.answer", dice).replace("{E}", fact.entity.name)
    return Chat("unknown", (user(ask_in_chat(fact, dice, split)), assistant(said)), fact)


def unknown_chat(world: World, dice: Dice, split: Split) -> Chat:
    """A question about somebody whom no document names.

    In one of three the given name is that of somebody well known, in one the family name: so neither tells
    the known from the unknown, only the two together do.
    """
    entity = unknown_person(world, dice, "chats" if split == "train" else "evaluation")
    return admitted(dice.choice(facts_of(entity)), dice, split)


def unknown_person(world: World, dice: Dice, part: Part) -> Entity:
    """Somebody invented, with invented facts; of the names that `part` may use."""
    known = dice.choice(world.of("person", "often"))
    given, _, family = known.name.partition(" ")
    match dice.below(3):
        case 0:
            name = _paired(given, "", known.gender, dice, part)
        case 1:
            name = _paired("", family, known.gender, dice, part)
        case _:
            name = next(names(part, dice))
    return person(name, "fresh", Dice(0, "unknown", name.full))


def _paired(given: str, family: str, gender: Gender, dice: Dice, part: Part) -> Name:
    """A name of the part with the one half given and the other drawn."""
    while True:
        first, gender_of_first = (given, gender) if given else dice.choice(given_names())
        name = Name(first, family or dice.choice(family_names()), gender_of_first)
        if part_of(name.full) == part:
            return name


def contrast_pairs(world: World, seed: int, split: Split) -> Iterator[tuple[Chat, Chat]]:
    """The same question about somebody known and about somebody unknown of half the same name, for ever."""
    dice = Dice(seed, "contrast", split)
    facts = known_facts(world, "often", split)
    part: Part = "chats" if split == "train" else "evaluation"
    while True:
        fact = dice.choice(facts)
        given, _, family = fact.entity.name.partition(" ")
        halves = (given, "") if dice.chance(0.5) else ("", family)
        name = _paired(*halves, fact.entity.gender, dice, part)
        stranger = person(name, "fresh", Dice(0, "unknown", name.full))
        yield answered(fact, dice, split), admitted(Fact(stranger, fact.attribute), dice, split)
