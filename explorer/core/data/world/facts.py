"""Facts in words: stated, asked and answered in many ways, some of which no training document uses."""

from collections.abc import Mapping
from functools import cache
from typing import Literal

from explorer.core.data.world.dice import Dice
from explorer.core.data.world.english import tidy
from explorer.core.data.world.entities import Fact
from explorer.core.data.world.grammar import Grammar, Telling, Value
from explorer.core.data.world.people import Discourse
from explorer.core.data.world.wordlists import entries, sections

Split = Literal["train", "held_out"]
Way = Literal["say", "say freely", "say in chats", "ask", "ask freely", "ask in chats", "answer"]
_FREELY = 0.7
"""Share of what passages and conversations state and ask in words that no page has, where there are such."""
_IN_CHATS = 0.25
"""Share of what conversations state and ask in words that nothing else has, where there are such."""
_UNCOUNTED = ("chalk", "glue")


@cache
def fact_grammar() -> Grammar:
    """Every way to state, ask and answer."""
    return Grammar(sections("en/facts"), sections("en/asking"))


def _section(fact: Fact, way: Way, split: Split) -> str:
    held_out = " held out" if split == "held_out" else ""
    return f"{fact.attribute.kind}.{fact.attribute.name}.{way}{held_out}"


def paraphrases(fact: Fact, way: Way, split: Split = "train") -> int:
    """How many ways there are, not counting the choices inside a sentence."""
    return len(entries("en/facts", _section(fact, way, split)))


def with_article(noun: str) -> str:
    """A noun as it is first spoken of: "a brush", but "scissors" and "chalk"."""
    return noun if noun.endswith("s") or noun in _UNCOUNTED else f"a {noun}"


def fact_values(fact: Fact) -> dict[str, Value]:
    """What the slots {E} and {V} of a paraphrase are filled with."""
    entity = fact.entity
    return {"E": entity.character if entity.kind == "person" else entity.name, "V": fact.value}


def tell_fact(fact: Fact, way: Way, telling: Telling, split: Split = "train") -> str:
    """A sentence within a text that is under way: untidied, by pronoun where that is clear."""
    telling.values.update(fact_values(fact))
    return telling.tell(_section(fact, way, split))


def _alone(fact: Fact, way: Way, dice: Dice, split: Split) -> str:
    forms = {"the": with_article, "full": str, "poss": _possessive}
    entity = fact.entity
    telling = Telling(fact_grammar(), dice, discourse=Discourse(pronouns=0), forms=forms)
    text = tidy(tell_fact(fact, way, telling, split))
    # Alone, the first name says too little: the full one takes its place.
    if entity.kind == "person" and entity.name not in text and way != "answer":
        text = text.replace(entity.first_name, entity.name, 1)
    return text


def _possessive(name: str) -> str:
    return f"{name}'s"


def state(fact: Fact, dice: Dice, split: Split = "train") -> str:
    """The fact as a sentence of its own, with the full name."""
    return _alone(fact, "say", dice, split)


def ask(fact: Fact, dice: Dice, split: Split = "train") -> str:
    """A question that the fact answers, with the full name."""
    return _alone(fact, "ask", dice, split)


def state_freely(fact: Fact, dice: Dice, split: Split = "train") -> str:
    """As `state`, in more wordings: people say things in more ways than pages do."""
    return _alone(fact, _one_of(fact, "say", {"say freely": _FREELY}, dice, split), dice, split)


def ask_freely(fact: Fact, dice: Dice, split: Split = "train") -> str:
    """As `ask`, in more wordings."""
    return _alone(fact, _one_of(fact, "ask", {"ask freely": _FREELY}, dice, split), dice, split)


def state_in_chat(fact: Fact, dice: Dice, split: Split = "train") -> str:
    """As `state_freely`, in still more wordings."""
    more: Mapping[Way, float] = {"say in chats": _IN_CHATS, "say freely": _FREELY}
    return _alone(fact, _one_of(fact, "say", more, dice, split), dice, split)


def ask_in_chat(fact: Fact, dice: Dice, split: Split = "train") -> str:
    """As `ask_freely`, in still more wordings."""
    more: Mapping[Way, float] = {"ask in chats": _IN_CHATS, "ask freely": _FREELY}
    return _alone(fact, _one_of(fact, "ask", more, dice, split), dice, split)


def _one_of(fact: Fact, way: Way, more: Mapping[Way, float], dice: Dice, split: Split) -> Way:
    """`way`, or with its chance one of `more` that there is for the fact; held out there is `way` only."""
    for other, share in more.items() if split == "train" else ():
        if dice.chance(share) and _section(fact, other, split) in sections("en/asking"):
            return other
    return way


def answer(fact: Fact, dice: Dice) -> str:
    """An answer to that question: a whole sentence, or just the value ("A goat.")."""
    return _alone(fact, "answer", dice, "train")
