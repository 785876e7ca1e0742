"""The countdown game: reach a number from given ones; the search is written out, with its ways back."""

from itertools import combinations
from random import Random

from explorer.core.data.problems.family import operate
from explorer.core.data.problems.problem import Problem

_MOST_DEAD_ENDS = 8
"""A search with more is not shown: it would not fit into a small model's window."""
_LARGEST = 99
_WORDINGS = (
    "Use the numbers {numbers} to make {target}. Each may be used once.",
    "Make {target} from {numbers}. Use each number at most once.",
    "Reach {target} with {numbers}, each used once at most, and + - x /.",
)

_Term = tuple[int, str, bool]
"""A value, how it was made, and whether that needs brackets inside a product."""


class _Search:
    """Depth first, in an order that the random numbers give; every try is a sentence."""

    def __init__(self, target: int, rng: Random) -> None:
        self.target, self._rng = target, rng
        self.said: list[str] = []
        self.dead_ends = 0

    def reach(self, terms: list[_Term]) -> str | None:
        """The expression that makes the target from some of `terms`; None if this way leads nowhere."""
        pairs = list(combinations(range(len(terms)), 2))
        self._rng.shuffle(pairs)
        for i, j in pairs:
            rest = [term for place, term in enumerate(terms) if place not in (i, j)]
            signs = list("+-x/")
            self._rng.shuffle(signs)
            for sign in signs:
                made = _joined(terms[i], sign, terms[j])
                if made is None:
                    continue
                found = self._try(made, rest)
                if found is not None or self.dead_ends > _MOST_DEAD_ENDS:
                    return found
        return None

    def _try(self, made: tuple[str, _Term], rest: list[_Term]) -> str | None:
        text, term = made
        if term[0] == self.target:
            self.said.append(f"{text}, yes.")
            return term[1]
        if not rest:
            self.said.append(f"{text}, no.")
            self.dead_ends += 1
            return None
        self.said.append(f"{text}.")
        found = self.reach([*rest, term])
        if found is None and self.dead_ends <= _MOST_DEAD_ENDS:
            self.said.append("Back.")
        return found


def _joined(a: _Term, sign: str, b: _Term) -> tuple[str, _Term] | None:
    """The sum and the term that it makes; the larger number stands first where the order counts."""
    if sign in "-/" and a[0] < b[0]:
        a, b = b, a
    result = operate(a[0], sign, b[0])
    if result is None or not 1 <= result <= _LARGEST or (sign in "x/" and b[0] == 1):
        return None
    if sign in "+-":
        right = f"({b[1]})" if b[2] and sign == "-" else b[1]
        return f"{a[0]} {sign} {b[0]} = {result}", (result, f"{a[1]} {sign} {right}", True)
    left = f"({a[1]})" if a[2] else a[1]
    right = f"({b[1]})" if b[2] or " " in b[1] else b[1]
    return f"{a[0]} {sign} {b[0]} = {result}", (result, f"{left} {sign} {right}", False)


def make_countdown(rng: Random, count: int = 3) -> Problem | None:
    """A game with `count` numbers; None if its search would be too long to show."""
    numbers = [rng.randint(1, 12) for _ in range(count)]
    target = _reachable(rng, numbers)
    if target is None or target in numbers:
        return None
    search = _Search(target, rng)
    answer = search.reach([(number, str(number), False) for number in numbers])
    if answer is None:
        return None
    return Problem(
        kind="countdown",
        family=f"countdown {count}",
        question=rng.choice(_WORDINGS).format(numbers=", ".join(map(str, numbers)), target=target),
        answer=answer,
        steps=tuple(search.said),
        length=sum(answer.count(f" {sign} ") for sign in "+-x/"),
        key=(*sorted(numbers), target),
        target=target,
    )


def _reachable(rng: Random, numbers: list[int]) -> int | None:
    """What some sums make of all the numbers."""
    terms: list[_Term] = [(number, str(number), False) for number in numbers]
    while len(terms) > 1:
        rng.shuffle(terms)
        made = _joined(terms.pop(), rng.choice("++-xx/"), terms.pop())
        if made is None:
            return None
        terms.append(made[1])
    return terms[0][0]
