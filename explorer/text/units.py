"""Texts counted in UTF-16 units, as Qt counts them.

A *unit text* is a Python string in which each character is one unit: characters beyond U+FFFF stand as
their two surrogates. Slices and lengths of a unit text are positions in the window's document. A
surrogate without its partner is kept, and read as U+FFFD.
"""

import numpy as np
from numpy.typing import NDArray

from explorer.text.long_text import UnitText

_FIRST_HIGH, _FIRST_LOW, _AFTER_LOW = "\ud800", "\udc00", "\ue000"


def to_units(text: str) -> str:
    """The unit text of `text`; a unit text is returned as it is."""
    if text.isascii():
        return text
    encoded = text.encode("utf-16-le", "surrogatepass")
    if len(encoded) == 2 * len(text):
        return text
    return (
        np.frombuffer(encoded, np.dtype("<u2")).astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
    )


def from_units(units: str) -> str:
    """The ordinary string: pairs of surrogates joined, single ones replaced by U+FFFD (same length)."""
    if units.isascii():
        return units
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def splits_pair(units: UnitText, position: int) -> bool:
    """Whether a cut before `position` would part a high surrogate from its low one."""
    return (
        0 < position < len(units)
        and _FIRST_LOW <= units[position] < _AFTER_LOW
        and _FIRST_HIGH <= units[position - 1] < _FIRST_LOW
    )


def character_starts(utf8: bytes) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """For each byte of valid UTF-8: the unit at which its character begins; whether it continues a character.

    Both (len(utf8),).
    """
    data = np.frombuffer(utf8, np.uint8)
    continues = (data & 0xC0) == 0x80
    firsts = np.flatnonzero(~continues)
    widths = 1 + (data[firsts] >= 0xF0).astype(np.int32)
    starts = np.cumsum(widths, dtype=np.int32) - widths
    character = np.cumsum(~continues, dtype=np.int32) - 1
    return starts[character], continues
