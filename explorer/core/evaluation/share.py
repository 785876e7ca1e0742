"""What a measurement says, and how sure it is."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """A mean of `n` things with its standard error: a share from 0 to 1, or bits per byte."""

    value: float
    n: int
    se: float


Shares = dict[str, Share]
"""By the names that `llm-explorer evaluate --json` prints."""


def share_of(outcomes: Iterable[bool]) -> Share:
    """How many of the outcomes are true; the standard error is that of a share, sqrt(p (1 - p) / n)."""
    found = list(outcomes)
    p = sum(found) / max(1, len(found))
    return Share(p, len(found), math.sqrt(p * (1 - p) / max(1, len(found))))


def ratio_of(tops: Sequence[float], bottoms: Sequence[float]) -> Share:
    """Sum of `tops` over sum of `bottoms`, such as bits over bytes; the error is by the delta method."""
    n, total = len(tops), sum(bottoms)
    value = sum(tops) / total
    residuals = sum((top - value * bottom) ** 2 for top, bottom in zip(tops, bottoms, strict=True))
    return Share(value, n, math.sqrt(residuals * n / max(1, n - 1)) / total)
