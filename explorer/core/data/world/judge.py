"""Whether a text says what is true. Values come from closed sets, so one look at the words decides."""

import re
from functools import cache
from typing import Literal

from explorer.core.data.world.english import plural
from explorer.core.data.world.entities import Attribute, Fact

Judgement = Literal["right", "wrong", "mixed", "nothing"]
"""`mixed`: the right value and another one of the same set; `nothing`: no value of the set at all."""

_ADMISSIONS = re.compile(
    r"\b(?:(?:do|does|did|could|can)(?: not|n't)|cannot|never) (?:\w+ )?"
    r"(?:know|say|tell|heard?|find|answer|remember|read)\b"
    r"|\bnever (?:heard|read|learned|met)\b"
    r"|\b(?:not|n't) (?:sure|certain|told|known)\b"
    r"|\b(?:no idea|no information|nothing about|unknown to me|know nothing)\b"
    r"|\bhave(?: not|n't) (?:heard|read|learned|met)\b"
    r"|不知道|不清楚|不认识|没有听说|没听说|不了解",
    re.IGNORECASE,
)


@cache
def _forms(attribute: Attribute) -> tuple[re.Pattern[str], dict[str, str]]:
    """Every value as whole words, in singular or plural, the longest first ("guinea pig" before "pig")."""
    forms = {value.lower(): value for value in attribute.values}
    for value in attribute.values:
        lowered = value.lower()
        forms.setdefault(lowered.removeprefix("the "), value)
        if lowered == value and not value[0].isdigit():
            forms.setdefault(plural(value), value)
            if value.endswith("s"):
                forms.setdefault(value[:-1], value)
    ordered = sorted(forms, key=lambda form: (-len(form), form))
    pattern = r"(?<!\w)(?:" + "|".join(map(re.escape, ordered)) + r")(?!\w)"
    return re.compile(pattern, re.IGNORECASE), forms


def values_in(text: str, attribute: Attribute) -> tuple[str, ...]:
    """The values of the attribute's set that a text names, each once, in the order of the text."""
    pattern, forms = _forms(attribute)
    return tuple(dict.fromkeys(forms[match.lower()] for match in pattern.findall(" ".join(text.split()))))


def judge(text: str, fact: Fact) -> Judgement:
    """What `text`, an answer to a question for `fact`, says of it."""
    named = values_in(_without_name(text, fact), fact.attribute)
    if not named:
        return "nothing"
    if fact.value not in named:
        return "wrong"
    return "right" if len(named) == 1 else "mixed"


def states(text: str, fact: Fact) -> bool:
    """True if the text names the right value and no other one of its set."""
    return judge(text, fact) == "right"


def admits_ignorance(text: str) -> bool:
    """Whether a text says that it does not know ("I don't know", "I have never heard of her")."""
    return bool(_ADMISSIONS.search(text.replace("’", "'")))


def _without_name(text: str, fact: Fact) -> str:
    """A name may hold a value of its own ("the Whale Landing", a young "mouse")."""
    return re.sub(rf"(?<!\w){re.escape(fact.entity.name)}(?!\w)", "", text, flags=re.IGNORECASE)
