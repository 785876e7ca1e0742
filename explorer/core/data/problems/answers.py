"""Reading the number that a model gave as its answer."""

import re
from fractions import Fraction

from explorer.core.tools.expressions import MOST_DIGITS, plain_digits

_NUMBER = re.compile(r"(?<![A-Za-z_\d.,/])[-−]?\d[\d,]*(?:\.\d+)?(?:/\d+)?")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")
_MARKED = re.compile(r"(?:\banswer(?: is|:)|答案是|答案：|####|\\boxed\{)\s*\$?\s*(?=[-−\d])", re.IGNORECASE)
_GOES_ON = re.compile(r"\s*[-+−x×*·/÷^=]\s*[\d(]|[²³⁰-⁹eE]\d*")


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
