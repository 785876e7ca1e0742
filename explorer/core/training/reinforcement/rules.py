"""Simulated labellers: rules by which one answer is preferred to another, stated in a sentence, with noise.

That the rule is known is the point: a reward model learns it from its choices alone, and how far a policy
that pleases the reward model still pleases the rule can be measured at every update.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from explorer.errors import InputError

_WORD = re.compile(r"[^\W_]+")
_POLITE = re.compile(
    r"\b(please|thank|thanks|glad|happy to|of course|welcome|sorry|kind|certainly)\b", re.IGNORECASE
)
_MANY_WORDS = 24
_WORDS_WANTED = (3, 12)


@dataclass(frozen=True)
class Rule:
    """What a labeller likes."""

    name: str
    sentence: str
    """As people read it."""
    score: Callable[[str], float]
    """From 0 to 1 for an answer."""


def words_of(text: str) -> list[str]:
    """In lower case; runs of letters and digits."""
    return _WORD.findall(text.lower())


def _rich(text: str) -> float:
    words = words_of(text)
    repeated = len(words) - len(set(words))
    return max(0.0, min(1.0, (len(set(words)) - repeated) / _MANY_WORDS))


def _polite(text: str) -> float:
    words, found = words_of(text), len(_POLITE.findall(text))
    if not found or len(set(words)) < _WORDS_WANTED[0]:
        return 0.0
    return 1.0 / found


def _brief(text: str) -> float:
    count = len(words_of(text))
    least, most = _WORDS_WANTED
    if count < least:
        return 0.0
    return min(1.0, most / (2 * count)) if count > most else 1.0 - (count - least) / (2 * (most - least))


RULES: Mapping[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule(
            "rich",
            "The answer with more different words is preferred; words said again count against it.",
            _rich,
        ),
        Rule("polite", "A polite answer is preferred; one phrase is enough, more of them annoy.", _polite),
        Rule("brief", "The shorter answer is preferred, as long as it has three words.", _brief),
    )
}


def find_rule(name: str) -> Rule:
    """Raises: InputError, which names those that there are."""
    if name not in RULES:
        raise InputError(
            "There is no rule {name} to prefer answers by. Choose one of: {known}.",
            name=name,
            known=", ".join(RULES),
        )
    return RULES[name]


def prefers_a(rule: Rule, a: str, b: str, noise: float, rng: Random) -> bool | None:
    """Whether the labeller takes A; None if both are the same to the rule. With chance `noise` it errs."""
    first, second = rule.score(a), rule.score(b)
    errs = rng.random() < noise
    if first == second:
        return None
    return (first > second) != errs
