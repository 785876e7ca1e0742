"""People's names, in parts that never meet: the world's, those of passages, of chats, of evaluation.

Given and family names are shared by all parts; which part a pair belongs to is decided by a hash of it. So
nothing but having read of somebody tells a known name from an unknown one.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from explorer.core.data.world.dice import Dice
from explorer.core.data.world.people import Gender
from explorer.core.data.world.wordlists import rows, words

Part = Literal["world", "passages", "chats", "evaluation"]
"""`passages`: invented people in training documents; `chats`: unknowns of training chats; `evaluation`:
unknowns that stand in nothing a model was trained on."""
_PARTS: tuple[Part, ...] = (
    "world",
    "world",
    "passages",
    "passages",
    "passages",
    "chats",
    "chats",
    "evaluation",
)


@dataclass(frozen=True)
class Name:
    """A person's name."""

    given: str
    family: str
    gender: Gender

    @property
    def full(self) -> str:
        """Given and family name."""
        return f"{self.given} {self.family}"


def part_of(full: str) -> Part:
    """Which part a full name belongs to."""
    return _PARTS[hashlib.sha256(full.encode()).digest()[0] % len(_PARTS)]


@cache
def family_names() -> tuple[str, ...]:
    """Every family name: listed ones, and those of two parts ("Ambergrove"). None is a town or a trade."""
    taken = {row[0].capitalize() for section in ("towns", "jobs") for row in rows("en/world", section)}
    made = (
        first + last
        for first in words("en/names", "family first")
        for last in words("en/names", "family last")
        if first[-1].lower() != last[0]
    )
    return tuple(name for name in (*words("en/names", "family whole"), *made) if name not in taken)


@cache
def given_names() -> tuple[tuple[str, Gender], ...]:
    """Every given name with the pronoun that goes with it."""
    girls: tuple[tuple[str, Gender], ...] = tuple((name, "she") for name in words("en/names", "girls"))
    boys: tuple[tuple[str, Gender], ...] = tuple((name, "he") for name in words("en/names", "boys"))
    return girls + boys


def names(part: Part, dice: Dice) -> Iterator[Name]:
    """Different names of a part, without end for all that is asked of them (tens of thousands)."""
    seen: set[str] = set()
    while True:
        given, gender = dice.choice(given_names())
        name = Name(given, dice.choice(family_names()), gender)
        if part_of(name.full) == part and name.full not in seen:
            seen.add(name.full)
            yield name


def world_names(seed: int, known: int, unknown: int) -> tuple[Name, ...]:
    """The world's people: first `known` ones whose family names all differ, then `unknown` others."""
    found: list[Name] = []
    families: set[str] = set()
    for name in names("world", Dice(seed, "names")):
        if len(found) >= known + unknown:
            break
        if len(found) < known and name.family in families:
            continue
        families.add(name.family)
        found.append(name)
    return tuple(found)
