"""How often a letter stands in a text, and how many of its tokens hold one: counted bit by bit."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from explorer.text.token_array import Int32Array
from explorer.text.units import to_units

_STEP_UNITS = 100_000


@dataclass
class LetterCount:
    """Filled by `letter_steps`."""

    letters: int = 0
    tokens: int = 0


def wanted_letters(letter: str, alike: bool) -> str:
    """The letter itself; with `alike` in its small and its large form, where those are one letter."""
    if not alike:
        return letter
    forms = (letter, letter.lower(), letter.upper())
    return "".join(dict.fromkeys(form for form in forms if len(form) == 1))


def letter_steps(units: str, starts: Int32Array, wanted: str, out: LetterCount) -> Iterator[float]:
    """Count in the unit text `units` whose tokens begin at `starts`; yields the share done."""
    codes = [to_units(letter) for letter in wanted]
    last = -1
    for begin in range(0, len(units), _STEP_UNITS):
        end = begin + _STEP_UNITS
        found: list[int] = []
        for code in codes:
            # One unit more for a pair of surrogates that the step's end parts.
            at = units.find(code, begin, min(end + len(code) - 1, len(units)))
            while at >= 0:
                found.append(at)
                at = units.find(code, at + 1, min(end + len(code) - 1, len(units)))
        out.letters += len(found)
        if found and len(starts):
            places = np.array(sorted(found), np.int32)
            holding = np.unique(starts.searchsorted(places, side="right") - 1)
            out.tokens += len(holding) - (int(holding[0]) == last)
            last = int(holding[-1])
        yield end / max(len(units), 1)
