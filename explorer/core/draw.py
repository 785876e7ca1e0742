"""The draw: one random number falls on the cumulated probabilities, and the token under it is taken.

The random number is a pure function of a seed and a position in the stream. So stepping, running,
restarting and batches give the same text, whatever else runs, and taking a token back and drawing again
gives the same one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from explorer.core.ranking import Floats, Ids, Ranking

_WEYL = 0x9E3779B97F4A7C15  # 2^64 divided by the golden ratio, odd
_MASK = 0xFFFFFFFFFFFFFFFF


def uniforms(seeds: Sequence[int], positions: Sequence[int]) -> Floats:
    """A number in [0, 1) with 53 random bits for each pair of seed and stream position.

    The `position`-th output of the SplitMix64 generator whose state starts at the hash of the seed: each
    output is a hash of start + position x constant, so any of them is had without those before.
    Seeds are taken modulo 2^64. Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number
    Generators" (2014); the start is hashed so that neighbouring seeds do not share a sequence.
    """
    start = _mixed(np.array([(seed + _WEYL) & _MASK for seed in seeds], dtype=np.uint64))
    steps = np.array([(position + 1) & _MASK for position in positions], dtype=np.uint64)
    bits = _mixed(start + steps * np.uint64(_WEYL))
    return (bits >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _mixed(state: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """SplitMix64's finaliser: every bit of the answer depends on every bit of the state."""
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))


@dataclass(frozen=True)
class Draws:
    """One token for each row."""

    ids: Ids
    uniform: Floats
    cumulative_before: Floats
    """Probability of the tokens before the drawn one, in the order of the ranking."""
    probability: Floats


def draw(ranking: Ranking, uniform: Floats) -> Draws:
    """Take, in each row, the first token at which the cumulated probability exceeds `uniform` (B,)."""
    ids, before = ranking.until(uniform * ranking.totals, beyond=True)
    return Draws(
        ids=ids,
        uniform=uniform,
        cumulative_before=before / ranking.totals,
        probability=ranking.probability_of(ids[:, None])[:, 0],
    )
