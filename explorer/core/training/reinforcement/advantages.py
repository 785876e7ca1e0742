"""How much better an attempt did than the other attempts at the same problem.

Source: "DeepSeekMath" (Shao et al. 2024), section 4: group relative policy optimisation. They divide by the
group's standard deviation; that makes the easiest and the hardest problems count most ("Understanding
R1-Zero-Like Training", Liu et al. 2025), so by default it is not done here.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_SMALLEST_DEVIATION = 1e-6


def group_advantages(rewards: Sequence[Sequence[float]], *, normalise: bool = False) -> list[Floats]:
    """Each reward less its group's mean; with `normalise` in units of the group's standard deviation.

    A group whose rewards are all equal has nothing to teach: its advantages are all exactly 0, see `is_flat`.
    """
    return [_advantages(np.asarray(group, dtype=np.float64), normalise) for group in rewards]


def _advantages(rewards: Floats, normalise: bool) -> Floats:
    if is_flat(rewards):
        return np.zeros_like(rewards)  # a mean of equal numbers may differ from them in its last bit
    advantages = rewards - rewards.mean()
    if normalise:
        advantages /= max(float(rewards.std()), _SMALLEST_DEVIATION)
    return advantages


def is_flat(rewards: Sequence[float] | Floats) -> bool:
    """Whether all are equal: all right, all wrong, or only one."""
    return len(rewards) == 0 or min(rewards) == max(rewards)
