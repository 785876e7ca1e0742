"""The beginning of a text while byte pairs are merged in it: which boundaries fall, merge by merge.

At first there is a boundary between any two bytes. Each merge takes some away, and none ever comes back: so
the text after any number of merges is told by the merge that each boundary fell with.
"""

from collections import defaultdict
from itertools import pairwise

from explorer.text.bpe import Pair, pieces_of
from explorer.text.cuts import chunk_end
from explorer.text.units import from_units, to_units

WATCHED_BYTES = 2_400


def watched_part(text: str) -> str:
    """The beginning of the text that is watched: it ends where a piece ends, if there is such a place."""
    units = to_units(text[:WATCHED_BYTES])
    part = from_units(units[: chunk_end(units, 0, len(units), _units_of(units))])
    return part.encode()[:WATCHED_BYTES].decode("utf-8", "ignore")


def _units_of(units: str) -> int:
    """Units that take no more than the watched bytes."""
    share = len(units) / max(len(from_units(units).encode()), 1)
    return max(int(WATCHED_BYTES * share) - 100, 1)


class WatchedText:
    """The tokens of a short text, merged in step with the learning."""

    def __init__(self, text: str) -> None:
        self._words: list[list[tuple[int, int]]] = []
        """Of each piece the tokens, each with the byte that it begins at."""
        self._places: defaultdict[Pair, set[int]] = defaultdict(set)
        start = 0
        for piece in pieces_of(text):
            self._words.append([(byte, start + at) for at, byte in enumerate(piece)])
            self._remember(len(self._words) - 1)
            start += len(piece)

    def merge(self, pair: Pair, token: int) -> list[int]:
        """Make every such pair one token, from the left; the bytes before which a boundary fell."""
        fallen: list[int] = []
        for index in sorted(self._places.pop(pair, ())):
            before, after = self._words[index], list[tuple[int, int]]()
            at = 0
            while at < len(before):
                here, start = before[at]
                if at + 1 < len(before) and (here, before[at + 1][0]) == pair:
                    fallen.append(before[at + 1][1])
                    after.append((token, start))
                    at += 2
                else:
                    after.append((here, start))
                    at += 1
            self._words[index] = after
            self._remember(index)
        return fallen

    def _remember(self, index: int) -> None:
        for (left, _), (right, _) in pairwise(self._words[index]):
            self._places[left, right].add(index)
