"""Sums read and done by hand: nothing that a model writes is ever run as a program."""

import re
import unicodedata
from fractions import Fraction

MOST_DIGITS = 30
"""A longer number is no part of anything here, and its digits are not worth counting."""
_MOST_CHARACTERS = 200
_MOST_TOKENS = 40
_TOKEN = re.compile(r"\s*(\d+(?:\.\d+)?|[-+−x×*·/÷()])")
_PRECEDENCE = {"+": 1, "-": 1, "x": 2, "/": 2, "minus": 3}
_SAME = str.maketrans({"−": "-", "×": "x", "*": "x", "·": "x", "÷": "/"})


def plain_digits(text: str) -> str:
    """Decimal digits of every script as ASCII; superscripts and the like are no digits and stay."""
    return "".join(str(unicodedata.decimal(character, character)) for character in text)


def evaluate(expression: str, *, all_numbers: bool = False) -> tuple[Fraction, list[Fraction]] | None:
    """The value of numbers joined by + - x / and brackets, and the numbers that stand in it.

    Whole numbers without signs, or with `all_numbers` decimals and a minus before a number too. None for
    anything else: other characters, a division by 0, more than 200 characters. By the shunting-yard method,
    so that no depth of brackets can exhaust the stack.
    """
    tokens = _tokens(expression)
    if tokens is None:
        return None
    values: list[Fraction] = []
    signs: list[str] = []
    numbers: list[Fraction] = []
    wants_number = True
    for token in tokens:
        if token[0].isdigit():
            if not wants_number or ("." in token and not all_numbers):
                return None
            numbers.append(Fraction(token))
            values.append(numbers[-1])
            wants_number = False
        elif wants_number:
            if token == "(":
                signs.append(token)
            elif token == "-" and all_numbers:
                signs.append("minus")
            else:
                return None
        elif token == ")":
            if not _reduce(values, signs, 0) or not signs:
                return None
            signs.pop()
        elif token == "(" or not _reduce(values, signs, _PRECEDENCE[token]):
            return None
        else:
            signs.append(token)
            wants_number = True
    if wants_number or "(" in signs or not _reduce(values, signs, 0):
        return None
    return values[0], numbers


def _reduce(values: list[Fraction], signs: list[str], precedence: int) -> bool:
    """Do the sums on top of the stack that bind at least so strongly; False for a division by 0."""
    while signs and signs[-1] != "(" and _PRECEDENCE[signs[-1]] >= precedence:
        sign, b = signs.pop(), values.pop()
        if sign == "minus":
            values.append(-b)
            continue
        a = values.pop()
        if sign == "/" and b == 0:
            return False
        values.append(a + b if sign == "+" else a - b if sign == "-" else a * b if sign == "x" else a / b)
    return True


def _tokens(expression: str) -> list[str] | None:
    if len(expression) > _MOST_CHARACTERS:
        return None
    text = plain_digits(expression).strip()
    tokens, at = list[str](), 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or len(tokens) == _MOST_TOKENS or len(found.group(1)) > MOST_DIGITS:
            return None
        tokens.append(found.group(1).translate(_SAME))
        at = found.end()
    return tokens or None
