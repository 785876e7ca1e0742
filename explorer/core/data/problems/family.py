"""A family of word problems as a row of a table: numbers to draw, sums to do, and the words around them."""

import re
from dataclasses import dataclass
from random import Random

from explorer.core.data.problems.nouns import SOLD, draw_words
from explorer.core.data.problems.problem import Problem

LARGEST = 99
"""No number of a word problem is larger."""
_SUM = re.compile(r"(\w+) = (\w+) ([-+x/]) (\w+)")
_FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Family:
    """`wordings` are filled with numbers and words (`draw_words`); one of them is drawn."""

    name: str
    draw: dict[str, tuple[int, int]]
    """Numbers to draw, with their smallest and largest values."""
    steps: tuple[str, ...]
    """In their order, `label: c = a x b`; the last result is the answer."""
    wordings: tuple[str, ...]
    before: tuple[str, ...] = ()
    """Sums done before the question is asked, so that its numbers fit: `t = n x p`."""
    things: tuple[str, ...] = SOLD

    @property
    def length(self) -> int:
        """How many sums it takes."""
        return len(self.steps)

    def make(self, rng: Random) -> Problem | None:
        """One problem; None if the numbers that were drawn do not fit together."""
        numbers = {name: rng.randint(*limits) for name, limits in self.draw.items()}
        if _all_sums(self.before, numbers) is None:
            return None
        sums = _all_sums(self.steps, numbers)
        if sums is None:
            return None
        words = draw_words(rng, self.things)
        wording = rng.choice(self.wordings)
        steps = tuple(
            f"{line.partition(':')[0].format(**words)}: {done}."
            for line, done in zip(self.steps, sums, strict=True)
        )
        given = tuple(numbers[field] for field in _FIELD.findall(wording) if field in numbers)
        return Problem(
            kind="words",
            family=self.name,
            question=wording.format(**numbers, **words),
            answer=steps[-1].rpartition("= ")[2].removesuffix("."),
            steps=steps,
            length=self.length,
            key=given,
        )


def _all_sums(lines: tuple[str, ...], numbers: dict[str, int]) -> list[str] | None:
    """Each line's sum written out; None as soon as one has no result."""
    done: list[str] = []
    for line in lines:
        text = calculate(line, numbers)
        if text is None:
            return None
        done.append(text)
    return done


def calculate(line: str, numbers: dict[str, int]) -> str | None:
    """Do the sum of a line such as `label: c = a x b` (names or digits) and keep its result in `numbers`.

    The sum written out; None if the result is no whole number from 1 to `LARGEST`.
    """
    found = _SUM.search(line)
    assert found is not None, line
    name, left, sign, right = found.groups()
    a, b = (int(side) if side.isdigit() else numbers[side] for side in (left, right))
    result = operate(a, sign, b)
    if result is None or not 1 <= result <= LARGEST:
        return None
    numbers[name] = result
    return f"{a} {sign} {b} = {result}"


def operate(a: int, sign: str, b: int) -> int | None:
    """The result; None where a division leaves a rest."""
    match sign:
        case "+":
            return a + b
        case "-":
            return a - b
        case "x":
            return a * b
        case _:
            return a // b if b and a % b == 0 else None
