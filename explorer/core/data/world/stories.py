"""Stories: a plot, those who play in it, and who tells it. Diaries and letters use the same plots."""

import re
from dataclasses import dataclass
from functools import cache

from explorer.core.data.world.dice import Dice
from explorer.core.data.world.english import tidy
from explorer.core.data.world.grammar import Grammar, Telling, Value
from explorer.core.data.world.names import given_names
from explorer.core.data.world.people import Character, Discourse, Gender
from explorer.core.data.world.voice import in_one_voice
from explorer.core.data.world.wordlists import sections, words

_FILES = (
    "en/common",
    "en/stories1",
    "en/stories2",
    "en/stories3",
    "en/stories4",
    "en/fables",
    "en/frames",
    "en/journeys",
)
_ELDERS: tuple[tuple[str, Gender], ...] = (
    ("Grandma", "she"),
    ("Grandpa", "he"),
    ("Aunt", "she"),
    ("Uncle", "he"),
    ("Mrs", "she"),
    ("Mr", "he"),
    ("Mother", "she"),
    ("Father", "he"),
)
_FABLE_ANIMALS: dict[Gender, tuple[str, ...]] = {
    "she": ("hare", "goose", "mouse", "squirrel", "crow", "cat", "goat", "duck"),
    "he": ("fox", "bear", "wolf", "hedgehog", "frog", "badger", "snail", "rabbit"),
}

_FAR_OUT = ("storm", "snow", "lighthouse", "night train", "journey", "museum")
"""Plots away from all that could happen by the way."""
_FABLES, _JOURNEYS = 6, 16
"""In a hundred stories."""


@cache
def story_grammar() -> Grammar:
    """Every plot and all that plots share."""
    lists = {name: words("en/words", name) for name in sections("en/words")}
    return Grammar(lists, *(sections(file) for file in _FILES))


@dataclass(frozen=True)
class Cast:
    """Who plays: hero, friend, grown-up."""

    hero: Character
    friend: Character
    elder: Character


def draw_cast(dice: Dice, first_person: bool) -> Cast:
    """Two children of different names and a grown-up."""
    (first, gender), (second, other) = dice.sample(given_names(), 2)
    title, elder_gender = dice.choice(_ELDERS)
    if title in ("Mother", "Father"):
        elder = Character(title, elder_gender)
    elif title in ("Mr", "Mrs"):
        elder = Character(f"{title} {dice.choice(words('en/names', 'family whole'))}", elder_gender)
    else:
        fitting = [name for name, gender in given_names() if gender == elder_gender]
        names = [name for name in fitting if name not in (first, second)]
        elder = Character(f"{title} {dice.choice(names)}", elder_gender)
    return Cast(Character(first, gender, first_person=first_person), Character(second, other), elder)


def telling(dice: Dice, cast: Cast | None = None, grammar: Grammar | None = None) -> Telling:
    """A text that is ready to be told, with its people in their places."""
    values: dict[str, Value] = {}
    if cast is not None:
        values = {
            "A": cast.hero,
            "B": cast.friend,
            "C": cast.elder,
            "pov": "I" if cast.hero.first_person else "other",
        }
    discourse = Discourse(pronouns=0.62 + 0.3 * dice.below(100) / 100)
    return Telling(grammar or story_grammar(), dice, values, discourse)


def story(dice: Dice) -> str:
    """A story of children with a plot, one of a way there and back, or one of animals."""
    kind = dice.below(100)
    if kind < _FABLES:
        return fable(dice)
    if kind < _FABLES + _JOURNEYS:
        return _story_of(dice, "journey")
    return _story_of(dice, dice.choice(story_grammar().starting_with("plot ")))


def _story_of(dice: Dice, plot: str) -> str:
    cast = draw_cast(dice, first_person=dice.chance(0.3))
    body = _body(plot, cast, dice)
    if dice.chance(0.45):
        body = f"{telling(dice, cast).tell('open')}\n\n{body}"
    return in_one_voice(tidy(body), dice)


def _body(plot: str, cast: Cast, dice: Dice) -> str:
    """The plot, with up to two things at its edge that have nothing to do with it."""
    under_way = telling(dice, cast)
    paragraphs = _told_by(under_way, under_way.tell(plot)).split("\n\n")
    if plot.removeprefix("plot ") not in _FAR_OUT:
        scenes = telling(dice, cast)
        for _ in range(dice.choice((0, 1, 1, 2))):
            scene = scenes.tell("scene")
            scenes.discourse.heard(" // ")
            told = " ".join(paragraphs)
            if all(who.name in told or who.name not in scene for who in (cast.friend, cast.elder)):
                place = dice.below(max(1, len(paragraphs) - 1))
                paragraphs[place] += f" {scene}"
    return "\n\n".join(paragraphs)


_OTHERS = re.compile(r"\b([Tt]hey|[Tt]hem|[Tt]heir|[Tt]hemselves)(_?)(?!\w)")
_US = {"they": "we", "them": "us", "their": "our", "themselves": "ourselves"}


def _told_by(under_way: Telling, text: str) -> str:
    """Where the hero tells it, "they" are "we", but for words in quotes and those marked with `_`."""
    if under_way.values["pov"] != "I":
        return text.replace("_", "")

    def ours(match: re.Match[str]) -> str:
        if match[2]:
            return match[1]
        word = _US[match[1].lower()]
        return word.capitalize() if match[1][0] == "T" else word

    parts = text.split('"')
    return '"'.join(part if place % 2 else _OTHERS.sub(ours, part) for place, part in enumerate(parts))


def fable(dice: Dice) -> str:
    """A tale of animals who talk."""
    herd = [Character(f"the {name}", gender) for gender, names in _FABLE_ANIMALS.items() for name in names]
    animals = dice.sample(herd, 3)
    rules = story_grammar().starting_with("fable ")
    return in_one_voice(tidy(telling(dice, Cast(*animals)).tell(dice.choice(rules))), dice)


def own_words(dice: Dice, hero: Character | None = None) -> str:
    """What happened to somebody, in the first person: the middle of a diary entry or a letter."""
    cast = draw_cast(dice, first_person=True)
    if hero is not None:
        cast = Cast(Character(hero.name, hero.gender, hero.full, first_person=True), cast.friend, cast.elder)
    plot = dice.choice(story_grammar().starting_with("plot "))
    return in_one_voice(tidy(_body(plot, cast, dice)), dice)
