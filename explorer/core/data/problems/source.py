"""Problems without end, from a seed."""

from collections.abc import Iterator, Mapping
from random import Random

from explorer.core.data.problems.arithmetic import make_arithmetic
from explorer.core.data.problems.chain import make_chain
from explorer.core.data.problems.countdown import make_countdown
from explorer.core.data.problems.letters import make_letters
from explorer.core.data.problems.more_steps import FIVE_STEPS, FOUR_STEPS, THREE_STEPS
from explorer.core.data.problems.one_step import ONE_STEP
from explorer.core.data.problems.problem import Kind, Problem, Split
from explorer.core.data.problems.two_steps import TWO_STEPS

FAMILIES = {1: ONE_STEP, 2: TWO_STEPS, 3: THREE_STEPS, 4: FOUR_STEPS, 5: FIVE_STEPS}
"""Word problems by the number of their sums; chains of events come on top, of every length."""
_CHAIN_SHARE = 0.2
ONLY_WORDS: Mapping[Kind, float] = {"words": 1.0}
MIXED: Mapping[Kind, float] = {"words": 0.7, "arithmetic": 0.14, "letters": 0.08, "countdown": 0.08}


def problems(
    seed: int,
    split: Split,
    *,
    lengths: Mapping[int, float] | None = None,
    kinds: Mapping[Kind, float] = ONLY_WORDS,
) -> Iterator[Problem]:
    """Problems of one split, for ever. No problem of one split has numbers that the other has, at any seed.

    `lengths`: how often word problems of so many sums (1 to 5) come; by default 1, 2 and 3 alike.
    """
    rng = Random(f"problems {split} {seed}")
    chosen = {1: 1.0, 2: 1.0, 3: 1.0} if lengths is None else lengths
    assert chosen.keys() <= FAMILIES.keys(), chosen
    while True:
        kind = rng.choices(list(kinds), list(kinds.values()))[0]
        length = rng.choices(list(chosen), list(chosen.values()))[0]
        yield _one(rng, split, kind, length)


def _one(rng: Random, split: Split, kind: Kind, length: int) -> Problem:
    """The first that fits; which family it is of is settled before, so that hard ones are no rarer."""
    in_chain = rng.random() < _CHAIN_SHARE
    family = rng.choice(FAMILIES[length])
    while True:
        match kind:
            case "words":
                problem = make_chain(rng, length) if in_chain else family.make(rng)
            case "arithmetic":
                problem = make_arithmetic(rng)
            case "letters":
                problem = make_letters(rng)
            case "countdown":
                problem = make_countdown(rng)
        if problem is not None and problem.split == split:
            return problem
