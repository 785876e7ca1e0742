"""Who does what with which things: the words that problems are filled with."""

from dataclasses import dataclass
from random import Random

_WOMEN = """Emily Anna Mia Zoe Clara Nora Lily Ruth Ivy Eva Rosa Hanna Maya Sofia Olga Priya Amara Leila Yuki
Ines Freya Tara Wendy June Pearl Greta Elsa Dora Kim Joy Bella Alma Carmen Vera Naomi Fatima Ling Sara"""
_MEN = """Tom Ben Sam Leo Max Jack Noah Omar Ivan Paul Hugo Felix Amir Kofi Raj Diego Luca Finn Oscar Peter
Theo Adam Karl Jonas Milo Otto Victor Ahmed Chen Hiro Marco Simon Dan Eric Frank George Harry Walter"""

_THINGS = {
    "fruit": """apple/apples orange/oranges pear/pears plum/plums peach/peaches lemon/lemons melon/melons
        banana/bananas mango/mangoes fig/figs""",
    "toys": """marble/marbles card/cards ball/balls sticker/stickers kite/kites block/blocks shell/shells
        button/buttons puzzle/puzzles coin/coins stamp/stamps bead/beads""",
    "desk": """pen/pens book/books pencil/pencils notebook/notebooks eraser/erasers brush/brushes ruler/rulers
        folder/folders map/maps poster/posters""",
    "food": """cookie/cookies cake/cakes pie/pies muffin/muffins sandwich/sandwiches egg/eggs bagel/bagels
        pancake/pancakes roll/rolls tart/tarts""",
}
_BOXES = "box/boxes bag/bags basket/baskets crate/crates jar/jars tray/trays pack/packs drawer/drawers"
_PLACES = "school library market park museum station harbour farm garden village bakery zoo theatre hotel"


def words_of(text: str) -> list[str]:
    """What stands between blanks."""
    return text.split()


def _pairs(words: str) -> list[tuple[str, str]]:
    return [(one, many) for one, _, many in (word.partition("/") for word in words_of(words))]


THINGS = {name: _pairs(words) for name, words in _THINGS.items()}
SOLD = ("fruit", "toys", "desk", "food")
"""Kinds of things that people buy, have and give away."""
_BOX_PAIRS = _pairs(_BOXES)


@dataclass(frozen=True, slots=True)
class _Person:
    name: str
    she: str
    her: str
    him: str


_PEOPLE = [_Person(name, "she", "her", "her") for name in words_of(_WOMEN)] + [
    _Person(name, "he", "his", "him") for name in words_of(_MEN)
]


def draw_words(rng: Random, kinds: tuple[str, ...]) -> dict[str, str]:
    """Fields for a wording: three people, two different things of the given kinds, a box, a place."""
    who, friend, third = rng.sample(_PEOPLE, 3)
    things = rng.sample([pair for kind in kinds for pair in THINGS[kind]], 2)
    box, boxes = rng.choice(_BOX_PAIRS)
    words = {
        "who": who.name,
        "she": who.she,
        "her": who.her,
        "him": who.him,
        "friend": friend.name,
        "third": third.name,
        "thing": things[0][0],
        "things": things[0][1],
        "other": things[1][0],
        "others": things[1][1],
        "box": box,
        "boxes": boxes,
        "place": rng.choice(words_of(_PLACES)),
    }
    capitals = ("she", "her", "things", "others", "boxes", "box", "thing", "other")
    words |= {name.capitalize(): words[name].capitalize() for name in capitals}
    for name in ("thing", "other"):
        words[f"a_{name}"] = _with_article(words[name])
        words[f"A_{name}"] = words[f"a_{name}"].capitalize()
    return words


def _with_article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"
