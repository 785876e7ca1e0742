"""The policy's loss, by what each token's log-probability shall do: a weight for each token.

The loss is a function of the tokens' log-probabilities under the model as it is. Its gradient is that of a
cross-entropy in which each token counts with weight -d loss / d logprob, so the gradients by hand that
pretraining uses serve here too (`explorer.core.training.by_hand`). All arrays have one entry a token, of all
attempts one after the other; logarithms are natural.

Source: the clipped ratio: "Proximal Policy Optimization" (Schulman et al. 2017); the mean over all tokens of
an update rather than over each attempt's first: "DAPO" (Yu et al. 2025); the estimate of the KL divergence:
Schulman, "Approximating KL Divergence" (2020), k3, put into the loss as DeepSeekMath does.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class PolicyLoss:
    """What an update is by."""

    loss: float
    """Mean over all tokens: the clipped surrogate, and `kl_weight` times the divergence."""
    weights: Floats
    """What each token's cross-entropy counts; to be divided by the number of tokens."""
    kl: float
    """Mean divergence of the policy from the reference, nats a token, at the drawn tokens; 0 without one."""
    clipped_share: float
    """Of tokens that teach nothing because the policy has gone far enough from where they were drawn."""


def policy_loss(
    logprobs: Floats,
    drawn_logprobs: Floats,
    advantages: Floats,
    *,
    clip: float = 0.2,
    reference_logprobs: Floats | None = None,
    kl_weight: float = 0.0,
) -> PolicyLoss:
    """Loss and weights of tokens that were drawn with `drawn_logprobs` and are now as likely as `logprobs`.

    On-policy the two are the same, and each token's weight is just its advantage. `clip`: how far the ratio
    of the two probabilities may go from 1 in the direction that the advantage wants.
    """
    ratio = np.exp(np.clip(logprobs - drawn_logprobs, -20.0, 20.0))
    held = np.clip(ratio, 1.0 - clip, 1.0 + clip)
    free, bound = ratio * advantages, held * advantages
    clipped = bound < free
    gains = np.where(clipped, bound, free)
    weights = np.where(clipped, 0.0, free)
    loss, kl = -float(gains.mean()), 0.0
    if reference_logprobs is not None:
        divergence, slope = kl_estimate(logprobs, reference_logprobs)
        kl = float(divergence.mean())
        loss += kl_weight * kl
        weights = weights - kl_weight * slope
    return PolicyLoss(loss, weights, kl, float(clipped.mean()))


def kl_estimate(logprobs: Floats, reference_logprobs: Floats) -> tuple[Floats, Floats]:
    """Of KL(policy | reference) at sampled tokens: never negative; and its slope by the policy's logprob."""
    away = np.clip(reference_logprobs - logprobs, -20.0, 20.0)
    ratio = np.exp(away)
    return ratio - away - 1.0, 1.0 - ratio
