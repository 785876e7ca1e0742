"""Sums of several digits, worked place by place."""

from random import Random

from explorer.core.data.problems.problem import Problem

_WORDINGS = {
    "+": ("What is {a} + {b}?", "Add {a} and {b}.", "{a} + {b} = ?", "What is the sum of {a} and {b}?"),
    "-": ("What is {a} - {b}?", "Take {b} from {a}.", "{a} - {b} = ?", "What is {a} minus {b}?"),
    "x": ("What is {a} x {b}?", "Multiply {a} by {b}.", "{a} x {b} = ?", "What is {a} times {b}?"),
}


def make_arithmetic(rng: Random, digits: int = 3) -> Problem:
    """One sum of numbers with up to `digits` digits; products have a second factor of one or two digits."""
    sign = rng.choice("+-x")
    if sign == "x":
        a = _number(rng, min(digits, 2) if digits < 4 else 3)
        b = _number(rng, 1 if digits < 3 else rng.randint(1, 2))
    else:
        a, b = _number(rng, rng.randint(2, digits)), _number(rng, rng.randint(2, digits))
    if sign == "-" and a < b:
        a, b = b, a
    steps, answer = {"+": _add, "-": _subtract, "x": _multiply}[sign](a, b)
    return Problem(
        kind="arithmetic",
        family={"+": "sum", "-": "difference", "x": "product"}[sign],
        question=rng.choice(_WORDINGS[sign]).format(a=a, b=b),
        answer=str(answer),
        steps=tuple(f"{step}." for step in steps),
        length=len(steps),
        key=(a, sign, b),
    )


def _number(rng: Random, digits: int) -> int:
    return rng.randint(2 if digits == 1 else 10 ** (digits - 1), 10**digits - 1)


def _places(number: int) -> list[int]:
    """347 is 300, 40, 7; places with nothing in them are left out."""
    text = str(number)
    values = [int(digit) * 10 ** (len(text) - 1 - place) for place, digit in enumerate(text)]
    return [value for value in values if value]


def _add(a: int, b: int) -> tuple[list[str], int]:
    """The second number's places one after the other, the largest first."""
    steps, total = list[str](), a
    for part in _places(b):
        steps.append(f"{total} + {part} = {total + part}")
        total += part
    return steps, total


def _subtract(a: int, b: int) -> tuple[list[str], int]:
    steps, left = list[str](), a
    for part in _places(b):
        steps.append(f"{left} - {part} = {left - part}")
        left -= part
    return steps, left


def _multiply(a: int, b: int) -> tuple[list[str], int]:
    """Every place of the first with every place of the second, added up as they come."""
    steps, total = list[str](), 0
    for right in _places(b):
        for left in _places(a):
            product = left * right
            steps.append(f"{left} x {right} = {product}")
            if total:
                steps.append(f"{total} + {product} = {total + product}")
            total += product
    return steps, total
