"""Probabilities of logits and their order, worked out once and only as far as somebody asks.

The order is the one shown on screen: most likely first, the lower id first among equals. Weights are
float32, as the logits are; they are added up in float64.

For a vocabulary of 150,000 tokens most of the time would go into sorting positions. Sorting the bare
values is several times faster and tells nearly everything: where a cumulated probability lies, and which
value stands there; only then are the tokens of that one value looked up.
"""

import numpy as np
import numpy.typing as npt

Logits = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

CUT = np.float32(-np.inf)
"""The logit of a token that cannot be drawn."""

_FIRST_GUESS = 256
_GROWTH = 16


class Ranking:
    """Rows of logits (B, V), the weight of each token, and their order."""

    def __init__(self, logits: Logits) -> None:
        self.logits = logits
        self._descending: Logits | None = None
        self.weights: Logits = np.exp(self._shifted(logits))
        """(B, V): the softmax's numerators, 1 for the most likely token."""
        self.totals: Floats = self.weights.sum(axis=-1, dtype=np.float64)
        """(B,): divide a weight by it to get a probability."""

    def _shifted(self, logits: Logits) -> Logits:
        """Less the row's largest, so that no exponential overflows."""
        return logits - self.logits.max(axis=-1, keepdims=True)

    def probability_of(self, ids: Ids) -> Floats:
        """Of some tokens (B, n) of each row."""
        return np.take_along_axis(self.weights, ids, axis=-1) / self.totals[:, None]

    def surprisals(self) -> Floats:
        """(B, V), nats; infinite for what is cut."""
        return np.log(self.totals)[:, None] - self._shifted(self.logits).astype(np.float64)

    def entropies(self) -> Floats:
        """(B,): the expected surprisal, nats."""
        shifted = np.where(self.weights > 0, self._shifted(self.logits), np.float32(0.0))  # 0 log 0 is 0
        return np.log(self.totals) - (self.weights * shifted).sum(axis=-1, dtype=np.float64) / self.totals

    def descending(self) -> Logits:
        """Each row's logits, largest first, (B, V)."""
        if self._descending is None:
            self._descending = np.sort(self.logits, axis=-1)[:, ::-1]
        return self._descending

    def leading(self, count: int) -> Ids:
        """The first `count` ids of each row's order, (B, count); fewer if the vocabulary is smaller."""
        count = min(count, self.logits.shape[-1])
        order = np.empty((len(self.logits), count), dtype=np.int64)
        for row, edge, ids in zip(self.logits, self.descending()[:, count - 1], order, strict=True):
            above = np.flatnonzero(row > edge)
            ids[: above.size] = order_of(row[above], above)
            ids[above.size :] = np.flatnonzero(row == edge)[: count - above.size]
        return order

    def until(self, target: Floats, *, beyond: bool = False) -> tuple[Ids, Floats]:
        """At which token each row's weights, added up in order, reach `target` (B,).

        Gives its id (B,) and the sum before it (B,). `beyond`: where the sum first exceeds the target.
        If rounding keeps the sum below, the last token with any weight.
        """
        values = self.descending()
        index, before = reach(np.exp(self._shifted(values)), target, beyond=beyond)
        return self._ids_at(index), before

    def _ids_at(self, index: Ids) -> Ids:
        """The token at one place (B,) of each row's order."""
        values = self.descending()
        here = values[np.arange(len(values)), index][:, None]
        equal = self.logits == here
        ids = equal.argmax(axis=-1)
        earlier_equals = index - (values > here).sum(axis=-1)
        for row in np.flatnonzero(earlier_equals):
            ids[row] = np.flatnonzero(equal[row])[earlier_equals[row]]
        return ids


def reach(
    weights: Logits, target: Floats, *, beyond: bool = False, guess: int = _FIRST_GUESS
) -> tuple[Ids, Floats]:
    """Where the running sum of weights (B, m) reaches `target` (B,): the index and the sum before, (B,) each.

    As in `Ranking.until`. The place is nearly always near the front: `guess` tokens are added up at first,
    many more in those rows in which it lies behind them.
    """
    B, V = weights.shape
    m = min(guess, V)
    sums = weights[:, :m].cumsum(axis=-1, dtype=np.float64)
    index = (sums <= target[:, None] if beyond else sums < target[:, None]).sum(axis=-1)
    if m == V:
        index = np.minimum(index, np.count_nonzero(weights, axis=-1) - 1)
    before = np.where(index > 0, sums[np.arange(B), index - 1], 0.0)
    if m < V and (behind := np.flatnonzero(index == m)).size:
        index[behind], before[behind] = reach(
            weights[behind], target[behind], beyond=beyond, guess=m * _GROWTH
        )
    return index, before


def keep(logits: Logits, kept: Mask) -> Logits:
    """`logits` with everything else cut."""
    # Adding 0 or -inf from a table takes a third of np.where's time.
    return logits + np.array([CUT, 0.0], dtype=np.float32).take(kept.view(np.int8))


def kept_until(scores: Logits, last: Ids) -> Mask:
    """Which tokens of (B, V) come no later than `last` (B,) in their row's order."""
    edge = np.take_along_axis(scores, last[:, None], axis=-1)
    return (scores > edge) | ((scores == edge) & (np.arange(scores.shape[-1]) <= last[:, None]))


def order_of(scores: Logits, ids: Ids | None = None) -> Ids:
    """`ids` (..., m), by default 0 to m - 1, in descending order of scores (..., m), then ascending ids.

    The bits of a positive float rise with its value and those of a negative one fall with it: turning the
    positive ones' bits round makes all of them fall. With the id as the low half, one sort of whole numbers
    settles order and ties, several times faster than a stable sort of positions.
    """
    bits = (scores + np.float32(0.0)).view(np.int32)  # adding 0 makes -0.0 equal to 0.0
    bits ^= ~(bits >> 31) & np.int32(0x7FFFFFFF)
    keys = bits.view(np.uint32).astype(np.uint64)
    keys <<= np.uint64(32)
    keys |= np.arange(scores.shape[-1], dtype=np.uint64) if ids is None else ids.astype(np.uint64)
    keys.sort(axis=-1)
    keys &= np.uint64(0xFFFFFFFF)
    return keys.view(np.int64)
