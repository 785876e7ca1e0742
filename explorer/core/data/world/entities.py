"""The world: people, towns, animals, jobs, things and events, and what is true of them.

Every entity is of a class that says how often a corpus speaks of it: `often`, `rare` (in two documents of a
corpus, whatever its size) or `never` (held out by design: the name stands in no document). The same seed
gives the same world; corpora of any seed and size speak of one world, that of `WORLD_SEED`.
"""

from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Literal

from explorer.core.data.world.dice import Dice
from explorer.core.data.world.names import Name, world_names
from explorer.core.data.world.people import Character, Gender
from explorer.core.data.world.wordlists import rows, words

WORLD_SEED = 1
Frequency = Literal["often", "rare", "never", "fresh"]
Kind = Literal["person", "town", "animal", "job", "thing", "event"]
KINDS: tuple[Kind, ...] = ("person", "town", "animal", "job", "thing", "event")

PEOPLE: dict[Frequency, int] = {"often": 60, "rare": 60, "never": 160}
"""How many people are of each class."""
FIRST_BIRTH, LAST_BIRTH = 1931, 1999
_FIRST_TOWN, _LAST_TOWN = 1104, 1849
_FIRST_EVENT, _LAST_EVENT = 1850, 1929


@dataclass(frozen=True)
class Attribute:
    """Something that can be asked about every entity of a kind; one of `values` is right."""

    kind: Kind
    name: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Entity:
    """Somebody or something with a name. `facts` are pairs of an attribute's name and its value."""

    kind: Kind
    name: str
    frequency: Frequency
    facts: tuple[tuple[str, str], ...]
    gender: Gender = "it"
    first_name: str = ""
    language: str = "en"

    def __getitem__(self, attribute: str) -> str:
        """The value of an attribute. Raises: KeyError."""
        return dict(self.facts)[attribute]

    @property
    def character(self) -> Character:
        """A person for a text to speak of."""
        return Character(self.first_name or self.name, self.gender, self.name)


@dataclass(frozen=True)
class Fact:
    """What is true: `entity`'s `attribute` is `value`."""

    entity: Entity
    attribute: Attribute

    @property
    def value(self) -> str:
        """The right answer."""
        return self.entity[self.attribute.name]

    @property
    def key(self) -> tuple[str, str]:
        """Names of entity and attribute: what counts are kept by."""
        return self.entity.name, self.attribute.name


@dataclass(frozen=True)
class World:
    """All entities of a world, in a fixed order."""

    seed: int
    entities: tuple[Entity, ...]

    def of(self, kind: Kind, *frequencies: Frequency) -> tuple[Entity, ...]:
        """The entities of a kind, those of the given classes if any is given."""
        return tuple(
            entity
            for entity in self.entities
            if entity.kind == kind and (not frequencies or entity.frequency in frequencies)
        )

    def facts(self, kind: Kind, *frequencies: Frequency) -> tuple[Fact, ...]:
        """Every fact about them."""
        return tuple(chain.from_iterable(facts_of(entity) for entity in self.of(kind, *frequencies)))


def attributes(kind: Kind) -> tuple[Attribute, ...]:
    """What can be asked about entities of a kind."""
    return _attributes()[kind]


def facts_of(entity: Entity) -> tuple[Fact, ...]:
    """All that is true of an entity."""
    return tuple(Fact(entity, attribute) for attribute in attributes(entity.kind))


@cache
def _attributes() -> dict[Kind, tuple[Attribute, ...]]:
    def column(section: str, number: int) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row[number] for row in rows("en/world", section)))

    def years(first: int, last: int) -> tuple[str, ...]:
        return tuple(str(year) for year in range(first, last + 1))

    towns = tuple(row[0] for row in rows("en/world", "towns") if row[1] == "often")
    return {
        "person": (
            Attribute("person", "town", towns),
            Attribute("person", "job", column("jobs", 0)),
            Attribute("person", "pet", words("en/world", "pets")),
            Attribute("person", "food", words("en/world", "foods")),
            Attribute("person", "hobby", words("en/world", "hobbies")),
            Attribute("person", "born", years(FIRST_BIRTH, LAST_BIRTH)),
        ),
        "town": (
            Attribute("town", "region", words("en/world", "regions")),
            Attribute("town", "river", words("en/world", "rivers")),
            Attribute("town", "known", words("en/world", "known for")),
            Attribute("town", "founded", years(_FIRST_TOWN, _LAST_TOWN)),
        ),
        "animal": (
            Attribute("animal", "eats", column("animals", 2)),
            Attribute("animal", "home", column("animals", 3)),
            Attribute("animal", "young", column("animals", 4)),
        ),
        "job": (
            Attribute("job", "place", column("jobs", 1)),
            Attribute("job", "tool", column("jobs", 2)),
        ),
        "thing": (
            Attribute("thing", "material", column("things", 2)),
            Attribute("thing", "use", column("things", 3)),
        ),
        "event": (
            Attribute("event", "year", years(_FIRST_EVENT, _LAST_EVENT)),
            Attribute("event", "town", towns),
            Attribute("event", "month", words("en/world", "months")),
        ),
    }


@cache
def build_world(seed: int = WORLD_SEED) -> World:
    """The world of a seed: names and values are drawn, what is known of animals, jobs and things is not."""
    return World(seed, (*_people(seed), *_towns(seed), *_listed(), *_events(seed)))


def person(name: Name, frequency: Frequency, dice: Dice) -> Entity:
    """Somebody with drawn values for every attribute."""
    facts = tuple((attribute.name, dice.choice(attribute.values)) for attribute in attributes("person"))
    return Entity("person", name.full, frequency, facts, name.gender, name.given)


def _people(seed: int) -> tuple[Entity, ...]:
    names = world_names(seed, PEOPLE["often"] + PEOPLE["rare"], PEOPLE["never"])
    classes: list[Frequency] = [frequency for frequency, count in PEOPLE.items() for _ in range(count)]
    return tuple(
        person(name, frequency, Dice(seed, "person", name.full))
        for name, frequency in zip(names, classes, strict=True)
    )


def _frequency(text: str) -> Frequency:
    if text not in ("often", "rare", "never"):
        raise ValueError(f"no class: {text}")
    return text


def _towns(seed: int) -> tuple[Entity, ...]:
    dice = Dice(seed, "towns")
    products = list(words("en/world", "known for"))
    towns: list[Entity] = []
    for number, (name, frequency) in enumerate(rows("en/world", "towns")):
        if number % len(products) == 0:
            dice.shuffle(products)  # what a town is known for is its own, as long as there are products
        facts = {attribute.name: dice.choice(attribute.values) for attribute in attributes("town")}
        facts["known"] = products[number % len(products)]
        towns.append(Entity("town", name, _frequency(frequency), tuple(facts.items())))
    return tuple(towns)


def _listed() -> tuple[Entity, ...]:
    found: list[Entity] = []
    for name, place, tool in rows("en/world", "jobs"):
        found.append(Entity("job", name, "often", (("place", place), ("tool", tool))))
    for name, frequency, eats, home, young in rows("en/world", "animals"):
        facts = (("eats", eats), ("home", home), ("young", young))
        found.append(Entity("animal", name, _frequency(frequency), facts))
    for name, frequency, material, use in rows("en/world", "things"):
        found.append(Entity("thing", name, _frequency(frequency), (("material", material), ("use", use))))
    return tuple(found)


def _events(seed: int) -> tuple[Entity, ...]:
    dice = Dice(seed, "events")
    found: list[Entity] = []
    for name, frequency, _ in rows("en/world", "events"):
        facts = tuple((attribute.name, dice.choice(attribute.values)) for attribute in attributes("event"))
        found.append(Entity("event", name, _frequency(frequency), facts))
    return tuple(found)
