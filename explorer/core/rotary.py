"""Rotary positions: how fast each pair of a head's numbers turns, and the ways to stretch a context.

Source: Su et al., "RoFormer" (2021), in the halves convention (pair i, i + D/2) of Hugging Face's files.
"""

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

ScalingKind = Literal["linear", "llama3", "yarn", "factors"]


@dataclass(frozen=True)
class RopeScaling:
    """How a model turns more slowly than it was first trained to, so that more tokens fit.

    linear: all pairs `factor` times slower (Chen et al., 2023). llama3: only the pairs that turn less than
    `low_freq_factor` times in `original_context`, the ones above `high_freq_factor` not at all, smoothly
    between (Llama 3.1). yarn: the same idea by turns `beta_fast` to `beta_slow`, and cosines and sines
    multiplied by `amplitude` (Peng et al., 2023). factors: each pair its own.
    """

    kind: ScalingKind
    factor: float = 1.0
    original_context: int = 0
    """Tokens."""
    low_freq_factor: float = 1.0
    high_freq_factor: float = 4.0
    beta_fast: float = 32.0
    beta_slow: float = 1.0
    amplitude: float = 1.0
    truncate: bool = True
    """YaRN's two ends as whole numbers."""
    factors: tuple[float, ...] = ()


def frequencies(head_dim: int, theta: float, scaling: RopeScaling | None = None) -> Tensor:
    """Radians a position, (D / 2,)."""
    exponents = torch.arange(0, head_dim, 2, dtype=torch.float32, device="cpu") / head_dim
    plain = 1.0 / theta**exponents
    if scaling is None:
        return plain
    if scaling.kind == "linear":
        return plain / scaling.factor
    if scaling.kind == "factors":
        return plain / torch.tensor(scaling.factors, dtype=torch.float32, device="cpu")
    if scaling.kind == "llama3":
        return _llama3(plain, scaling)
    return _yarn(plain, theta, scaling)


def tables(
    positions: int, head_dim: int, theta: float, scaling: RopeScaling | None = None
) -> tuple[Tensor, Tensor]:
    """Cosines and sines of the angles at positions 0 ... `positions` - 1, (positions, D) each."""
    # On the CPU, whatever torch's default device is: on "meta" this would cost another second.
    places = torch.arange(positions, dtype=torch.float32, device="cpu")
    angles = torch.outer(places, frequencies(head_dim, theta, scaling))
    angles = torch.cat((angles, angles), dim=-1)
    amplitude = 1.0 if scaling is None else scaling.amplitude
    return angles.cos() * amplitude, angles.sin() * amplitude


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turn each pair (i, i + D/2) of x (B, T, heads, D) by its position's angle.

    cos and sin are (T, 1, D), or (B, T, 1, D) where rows stand at positions of their own.
    """
    first, second = x.chunk(2, dim=-1)
    return x * cos + torch.cat((-second, first), dim=-1) * sin


def yarn_amplitude(factor: float) -> float:
    """What cosines and sines are multiplied by if a model does not say it. Source: the YaRN paper."""
    return 0.1 * math.log(factor) + 1.0 if factor > 1 else 1.0


def _llama3(plain: Tensor, scaling: RopeScaling) -> Tensor:
    turns = scaling.original_context * plain / (2 * math.pi)
    kept = (turns - scaling.low_freq_factor) / (scaling.high_freq_factor - scaling.low_freq_factor)
    kept = kept.clamp(0, 1)
    return plain * (kept + (1 - kept) / scaling.factor)


def _yarn(plain: Tensor, theta: float, scaling: RopeScaling) -> Tensor:
    D = 2 * plain.numel()

    def pair_that_turns(times: float) -> float:
        return D * math.log(scaling.original_context / (times * 2 * math.pi)) / (2 * math.log(theta))

    first, last = pair_that_turns(scaling.beta_fast), pair_that_turns(scaling.beta_slow)
    if scaling.truncate:
        first, last = math.floor(first), math.ceil(last)
    first, last = max(first, 0), min(last, D - 1)
    if first == last:
        last += 0.001  # the ramp must not divide by zero
    slowed = ((torch.arange(D // 2, dtype=torch.float32, device="cpu") - first) / (last - first)).clamp(0, 1)
    return plain * (1 - slowed) + plain / scaling.factor * slowed
