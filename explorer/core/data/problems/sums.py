"""The sums that a model writes while it thinks, each found in its text and done again."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from explorer.core.tools.expressions import evaluate

# All repetitions are bounded: a text made to hurt is read in linear time.
_NUMBER = r"(?>[0-9]{1,3}(?:,[0-9]{3}){1,9}(?:\.[0-9]{1,20})?(?![0-9])|[0-9]{1,30}(?:\.[0-9]{1,20})?)"
_TERM = rf"(?>\({{0,4}}[-−]?\$?{_NUMBER}\){{0,4}})"
_SIDE = rf"(?>{_TERM}(?: ?[-+−x×*·/÷] ?{_TERM}){{0,20}})"
_SUMS = re.compile(rf"(?<![\w.,$(])(?<![-+−x×*·/÷=] ){_SIDE}(?: ?= ?{_SIDE}){{1,8}}(?![\w^])")
_SIDES = re.compile(_SIDE)
_OPERATION = re.compile(r"[0-9)] ?[-+−x×*·/÷]")


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum and what the writer says it comes to, from character `start` to before `end`."""

    start: int
    end: int
    right: bool


def check_sums(text: str, *, complete: bool = True) -> list[Sum]:
    """Every `a x b = c` in `text`, in order; "2 + 3 = 5 = 10 / 2" holds two.

    The right side may be rounded to as many decimals as it shows. Where `text` is not `complete`, a sum that
    reaches its very end is left out: its last number may still get digits.
    """
    return [
        one
        for found in _SUMS.finditer(text)
        for one in _pairs(found)
        if complete or len(text[one.end :].rstrip(" .")) > 0 or text[one.end :].startswith(". ")
    ]


def _pairs(found: re.Match[str]) -> Iterator[Sum]:
    sides = list(_SIDES.finditer(found.string, found.start(), found.end()))
    for left, right in pairwise(sides):
        if not _OPERATION.search(left.group()) and not _OPERATION.search(right.group()):
            continue
        values = _value(left.group()), _value(right.group())
        if values[0] is not None and values[1] is not None:
            yield Sum(left.start(), right.end(), _same(values[0], values[1], right.group()))


def _value(side: str) -> Fraction | None:
    done = evaluate(side.replace("$", "").replace(",", ""), all_numbers=True)
    return None if done is None else done[0]


def _same(value: Fraction, stated: Fraction, written: str) -> bool:
    decimals = len(written.rstrip(")").rpartition(".")[2]) if "." in written else 0
    if not decimals or _OPERATION.search(written):
        return value == stated
    return abs(value - stated) <= Fraction(1, 2 * 10**decimals)
