"""How likely a token was, how sure the model was, and what else could have come: from logits to numbers."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from explorer.core.model import Transformer
from explorer.core.ranking import Floats, Ids, Logits, Ranking

SCORES_AT_ONCE = 4_000_000
"""Logits in memory at once while a text's probabilities are worked out."""


@dataclass(frozen=True, slots=True)
class Score:
    """One token under one distribution; nats."""

    logprob: float
    """Minus infinity for a token that the sampler chain has cut."""
    entropy: float
    """How surprised one must expect to be: 0 where only one token is possible."""
    top: tuple[tuple[int, float], ...] = ()
    """The most likely (id, logprob) pairs, as many as asked for and possible."""


def scores_of(ranking: Ranking, ids: Ids, top: int = 0) -> list[Score]:
    """The tokens ids (B,), each under its row."""
    logprobs = logprobs_of(ranking.logits, ids[:, None])[:, 0].tolist()
    entropies = np.maximum(ranking.entropies(), 0.0).tolist()
    return [Score(*one) for one in zip(logprobs, entropies, tops_of(ranking, top), strict=True)]


def tops_of(ranking: Ranking, count: int) -> list[tuple[tuple[int, float], ...]]:
    """The `count` most likely tokens of each row with their logprobs, without those that are cut."""
    if not count:
        return [()] * len(ranking.logits)
    ids = ranking.leading(count)
    logprobs = logprobs_of(ranking.logits, ids)
    return [
        tuple((token, logprob) for token, logprob in zip(*row, strict=True) if logprob > -math.inf)
        for row in zip(ids.tolist(), logprobs.tolist(), strict=True)
    ]


def logprobs_of(logits: Logits, ids: Ids) -> Floats:
    """Nats, at T = 1, of the tokens ids (B, n) under logits (B, V): (B, n)."""
    largest = logits.max(axis=-1, keepdims=True)
    totals = np.exp(logits - largest).sum(axis=-1, dtype=np.float64, keepdims=True)
    return (np.take_along_axis(logits, ids, axis=-1) - largest) - np.log(totals)


def logits_in_blocks(
    model: Transformer, hidden: torch.Tensor, vocabulary: int
) -> Iterator[tuple[int, Logits]]:
    """The scores (n, V) of each n rows of `hidden` (T, C), with the first row's number: never all at once.

    An embedding may have more rows than there are tokens; only `vocabulary` of them count.
    """
    rows = max(1, SCORES_AT_ONCE // vocabulary)
    for start in range(0, len(hidden), rows):
        yield start, to_numpy(model.logits(hidden[start : start + rows]), vocabulary)


def to_numpy(logits: torch.Tensor, vocabulary: int) -> Logits:
    """Of the tokens that exist, on the CPU."""
    return logits[..., :vocabulary].float().cpu().numpy()
