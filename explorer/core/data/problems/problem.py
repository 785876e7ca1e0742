"""What a problem is, how it is worked, and which problems are kept for testing."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from explorer.text.chatml import THINK_CLOSE, THINK_OPEN

Kind = Literal["words", "arithmetic", "letters", "countdown"]
Split = Literal["train", "test"]

_TEST_EVERY = 10


@dataclass(frozen=True, slots=True)
class Problem:
    """A question whose answer can be checked by a program."""

    kind: Kind
    family: str
    """Problems of one family differ in numbers, names and wording only."""
    question: str
    answer: str
    """A number in ASCII digits; for the countdown one expression of many that are right."""
    steps: tuple[str, ...]
    """Sentences that lead to the answer, each with its sum written out: "Oranges: 3 x 2 = 6."."""
    length: int
    """How many sums it takes; for the countdown those of the answer, not those of the search."""
    key: tuple[int | str, ...]
    """What the question gives: its numbers in their order (for letters the word). Decides the split."""
    target: int = 0
    """The countdown's number to reach; 0 elsewhere."""

    @property
    def split(self) -> Split:
        """As `split_of` says."""
        return split_of(self.key)


def split_of(key: Sequence[int | str]) -> Split:
    """One set of numbers in ten is kept for testing, in whatever order and words it comes.

    So no test problem, nor the same numbers in another story, is ever learned from, with any seed.
    """
    digest = hashlib.blake2b(" ".join(sorted(map(str, key))).encode(), digest_size=8).digest()
    return "test" if int.from_bytes(digest) % _TEST_EVERY == 0 else "train"


def thinking(problem: Problem) -> str:
    """The worked answer of a model that thinks: `<think> steps </think> answer`."""
    return f"{THINK_OPEN} {' '.join(problem.steps)} {THINK_CLOSE} {problem.answer}"
