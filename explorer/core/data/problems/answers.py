"""Reading a number or an expression out of what a model wrote. Nothing is ever evaluated as a program."""

import re
import unicodedata
from fractions import Fraction

MOST_DIGITS = 30
"""A longer number is no answer to anything here, and its digits are not worth counting."""
_MOST_CHARACTERS = 200
_MOST_TOKENS = 40

_NUMBER = re.compile(r"(?<![A-Za-z_\d.,/])[-−]?\d[\d,]*(?:\.\d+)?(?:/\d+)?")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")
_MARKED = re.compile(r"(?:\banswer(?: is|:)|答案是|答案：|####|\\boxed\{)\s*\$?\s*(?=[-−\d])", re.IGNORECASE)
_GOES_ON = re.compile(r"\s*[-+−x×*·/÷^=]\s*[\d(]|[²³⁰-⁹eE]\d*")
_TOKEN = re.compile(r"\s*(\d+|[-+−x×*·/÷()])")
_PRECEDENCE = {"+": 1, "-": 1, "x": 2, "/": 2}
_SAME = str.maketrans({"−": "-", "×": "x", "*": "x", "·": "x", "÷": "/"})


def plain_digits(text: str) -> str:
    """Decimal digits of every script as ASCII; superscripts and the like are no digits and stay."""
    return "".join(str(unicodedata.decimal(character, character)) for character in text)


def find_answer(text: str) -> tuple[Fraction | None, str]:
    """The one number that `text` gives as its answer, or None and why not.

    After words such as "the answer is" only the number there counts; otherwise all numbers in the text must
    be the same. "1,234", "3.0" and "$3" are numbers; "9/3" and "3 x 2" are sums that were not done.
    """
    text = plain_digits(text)
    marked = [place.end() for place in _MARKED.finditer(text)]
    places = [found for found in (_NUMBER.match(text, at) for at in marked) if found]
    places = places or list(_NUMBER.finditer(text))
    if not places:
        return None, "no number"
    values: set[Fraction] = set()
    for found in places:
        value, reason = _value(found.group(), text[found.end() :])
        if value is None:
            return None, reason
        values.add(value)
    if len(values) > 1:
        return None, "several answers"
    return values.pop(), ""


def _value(number: str, after: str) -> tuple[Fraction | None, str]:
    if sum(character.isdigit() for character in number) > MOST_DIGITS:
        return None, "too many digits"
    if "/" in number or _GOES_ON.match(after):
        return None, "a sum that was not done"
    number = number.replace("−", "-").rstrip(",")
    whole = number.lstrip("-").partition(".")[0]
    if "," in whole and not _GROUPED.fullmatch(whole):
        return None, "several answers"
    return Fraction(number.replace(",", "")), ""


def calculate(expression: str) -> tuple[Fraction, list[int]] | None:
    """The value of whole numbers joined by + - x / and brackets, and the numbers that stand in it.

    None for anything else: other characters, a minus sign before a number, a division by 0, more than 200
    characters. By the shunting-yard method, so that no depth of brackets can exhaust the stack.
    """
    tokens = _tokens(expression)
    if tokens is None:
        return None
    values: list[Fraction] = []
    signs: list[str] = []
    numbers: list[int] = []
    wants_number = True
    for token in tokens:
        if token.isdigit():
            if not wants_number:
                return None
            numbers.append(int(token))
            values.append(Fraction(numbers[-1]))
            wants_number = False
        elif token == "(":
            if not wants_number:
                return None
            signs.append(token)
        elif wants_number:
            return None
        elif token == ")":
            while signs and signs[-1] != "(":
                if not _apply(values, signs.pop()):
                    return None
            if not signs:
                return None
            signs.pop()
        else:
            while signs and signs[-1] != "(" and _PRECEDENCE[signs[-1]] >= _PRECEDENCE[token]:
                if not _apply(values, signs.pop()):
                    return None
            signs.append(token)
            wants_number = True
    if wants_number or "(" in signs:
        return None
    while signs:
        if not _apply(values, signs.pop()):
            return None
    return values[0], numbers


def _tokens(expression: str) -> list[str] | None:
    text = plain_digits(expression).strip()
    if len(text) > _MOST_CHARACTERS:
        return None
    tokens, at = list[str](), 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or len(tokens) == _MOST_TOKENS:
            return None
        token = found.group(1).translate(_SAME)
        if len(token) > MOST_DIGITS:
            return None
        tokens.append(token)
        at = found.end()
    return tokens or None


def _apply(values: list[Fraction], sign: str) -> bool:
    """Do one sum on top of the stack; False for a division by 0."""
    b, a = values.pop(), values.pop()
    match sign:
        case "+":
            values.append(a + b)
        case "-":
            values.append(a - b)
        case "x":
            values.append(a * b)
        case _:
            if b == 0:
                return False
            values.append(a / b)
    return True
