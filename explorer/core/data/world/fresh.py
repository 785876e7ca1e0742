"""People who are not in the world: for reading passages, and to be asked about by those who cannot know."""

from collections.abc import Iterator

from explorer.core.data.world.dice import Dice
from explorer.core.data.world.entities import Entity, person
from explorer.core.data.world.names import Part, names


def fresh_people(seed: int, part: Part) -> Iterator[Entity]:
    """Invented people with invented values, all different, none of the world or of another part.

    Of class `fresh`. Source: names.Part says who may use which part.
    """
    if part == "world":
        raise ValueError("the world's part of the names is the world's")
    for name in names(part, Dice(seed, "fresh", part)):
        yield person(name, "fresh", Dice(seed, "fresh", name.full))
