"""Word problems of any length: what happens to a number of things, event after event."""

from random import Random

from explorer.core.data.problems.family import LARGEST, operate
from explorer.core.data.problems.nouns import SOLD, draw_words
from explorer.core.data.problems.problem import Problem

_EVENTS = {
    "+": (
        "{friend} gives {him} {b} more.",
        "{She} buys {b} more at the {place}.",
        "Then {she} finds {b} more.",
        "{third} brings {b} others.",
    ),
    "-": (
        "{She} gives {b} to {third}.",
        "{She} loses {b} of them.",
        "Then {she} sells {b}.",
        "{friend} takes {b} away.",
    ),
    "x": (
        "After a good week {she} has {b} times as many.",
        "A week later {she} has {b} times as many.",
    ),
    "/": (
        "{She} shares them equally among {b} {boxes} and keeps only one {box}.",
        "{She} makes {b} equal heaps and keeps one of them.",
    ),
}
_ENDS = (
    "How many {things} does {she} have now?",
    "How many {things} does {who} have in the end?",
    "What is the number of {things} that {who} has now?",
)
_SIGNS = "++---xx/"
_WORDS = ("First", "Then", "Next", "After that", "At last")


def make_chain(rng: Random, length: int) -> Problem | None:
    """One problem of `length` sums; None if the numbers that were drawn lead out of bounds."""
    words = draw_words(rng, SOLD)
    now = rng.randint(3, 60)
    numbers, sentences, steps = [now], [f"{words['who']} has {now} {words['things']}."], list[str]()
    last = ""
    for place in range(length):
        sign = rng.choice([sign for sign in _SIGNS if sign != last])
        b = rng.randint(2, 4) if sign in "x/" else rng.randint(2, 30)
        after = operate(now, sign, b)
        if after is None or not 1 <= after <= LARGEST:
            return None
        sentences.append(rng.choice(_EVENTS[sign]).format(b=b, **words))
        steps.append(f"{_WORDS[place]}: {now} {sign} {b} = {after}.")
        numbers.append(b)
        now, last = after, sign
    return Problem(
        kind="words",
        family="chain",
        question=f"{' '.join(sentences)} {rng.choice(_ENDS).format(**words)}",
        answer=str(now),
        steps=tuple(steps),
        length=length,
        key=tuple(numbers),
    )
