"""How merges built a token: which neighbours were joined, and in which order.

- Where tokens have ranks (rank files, and what is trained here), one begins with the token's own bytes; of
  all neighbours that spell a token together, those with the lowest rank are joined, again and again.
- Where there is a list of merges, one begins with characters, and joins the neighbours of the earliest merge.
- Other vocabularies have no merges: whole characters, words, or pieces chosen by their probability.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import msgspec

from explorer.text.foreign import ForeignTokenizer
from explorer.text.tokenizer import BytePairTokenizer, Tokenizer

LONGEST = 400
"""Letters of a token beyond which no tree is made: nobody could read it."""

How = Literal["ranks", "merges", "special", "no merges", "too long"]
_Part = TypeVar("_Part", str, bytes)


@dataclass(frozen=True, slots=True)
class Node:
    """One stretch of the token. `left` and `right` are indices of nodes, -1 in a leaf."""

    data: bytes
    token: int
    """Its id; -1 for a character that is no token by itself."""
    left: int = -1
    right: int = -1


@dataclass(frozen=True, slots=True)
class MergeTree:
    """`nodes` in the order in which they came to be: first the leaves, from the left, then merge by merge."""

    how: How
    nodes: tuple[Node, ...] = ()
    roots: tuple[int, ...] = ()
    """What is left in the end, from the left: one node, or more where the merges do not lead to the token."""
    rank: int = -1
    """Of the last merge; -1 without one."""


def merge_tree(
    tokenizer: Tokenizer, token: int, written: "WrittenMerges | None"
) -> Generator[None, None, MergeTree]:
    """The tree of the token with this id; yields now and then. `written` as `written_merges` gives it.

    Raises: InputError for an id outside of the vocabulary.
    """
    data = tokenizer.token_bytes(token)
    if token in tokenizer.special_tokens.values():
        return MergeTree("special")
    if isinstance(tokenizer, BytePairTokenizer):
        if len(data) > LONGEST:
            return MergeTree("too long")
        ranks = tokenizer.ranks

        def rank_of_join(left: bytes, right: bytes) -> int | None:
            return ranks.get(left + right)

        leaves = [data[at : at + 1] for at in range(len(data))]
        parts, joins, roots = yield from _joined(leaves, rank_of_join)
        nodes = [Node(part, ranks.get(part, -1), *pair) for part, pair in zip(parts, joins, strict=True)]
        return MergeTree("ranks", tuple(nodes), tuple(roots), token)
    if isinstance(tokenizer, ForeignTokenizer) and written is not None:
        return (yield from _listed_tree(tokenizer, token, written))
    return MergeTree("no merges")


class _Model(msgspec.Struct):
    type: str = ""
    merges: msgspec.Raw = msgspec.Raw(b"")
    continuing_subword_prefix: str | None = None
    end_of_word_suffix: str | None = None


class _Content(msgspec.Struct):
    model: _Model


class WrittenMerges:
    """A list of merges as its file has it. Looked through, never taken apart: that takes 100 MB."""

    def __init__(self, merges: bytes, end_of_word: str) -> None:
        self._merges = merges
        self.end_of_word = end_of_word
        """What the last letter of a word carries; mostly nothing."""

    def place(self, left: str, right: str) -> int | None:
        """Where the pair stands, in bytes: an earlier place is an earlier merge."""
        pair = msgspec.json.encode((left, right))
        if self._merges.startswith(b"[" + pair):
            return 1
        place = self._merges.find(b'"],' + pair)
        return None if place < 0 else place + 3

    def number(self, place: int) -> int:
        """How many merges stand before this place."""
        before = self._merges[: max(place - 1, 1)] + b"]"
        return len(msgspec.json.decode(before, type=list[msgspec.Raw]))


def written_merges(tokenizer: Tokenizer) -> WrittenMerges | None:
    """Takes half a second for the largest vocabularies: keep it. None where there are no merges in a list."""
    if not isinstance(tokenizer, ForeignTokenizer):
        return None
    model = msgspec.json.decode(tokenizer.written(), type=_Content).model
    if model.type != "BPE" or model.continuing_subword_prefix:
        return None
    return WrittenMerges(bytes(model.merges), model.end_of_word_suffix or "")


def _listed_tree(
    tokenizer: ForeignTokenizer, token: int, written: WrittenMerges
) -> Generator[None, None, MergeTree]:
    text = tokenizer.token_text(token)
    end = written.end_of_word
    whole = len(text) - len(end) if end and text.endswith(end) else len(text)
    if whole > LONGEST:
        return MergeTree("too long")
    leaves = list(text[:whole])
    if leaves:
        leaves[-1] += text[whole:]
    parts, joins, roots = yield from _joined(leaves, written.place)
    nodes: list[Node] = []
    for part, pair in zip(parts, joins, strict=True):
        known = tokenizer.token_id(part)
        data = part.encode("utf-8", "replace") if known is None else tokenizer.token_bytes(known)
        nodes.append(Node(data, -1 if known is None else known, *pair))
    rank = -1
    if len(roots) == 1 and nodes[roots[0]].left >= 0:
        left, right = joins[roots[0]]
        place = written.place(parts[left], parts[right])
        rank = -1 if place is None else written.number(place)
    return MergeTree("merges", tuple(nodes), tuple(roots), rank)


def _joined(
    leaves: list[_Part], rank_of: Callable[[_Part, _Part], int | None]
) -> Generator[None, None, tuple[list[_Part], list[tuple[int, int]], list[int]]]:
    """All stretches, the pair that each was joined of, and the indices of those that are left in the end."""
    parts = list(leaves)
    joins = [(-1, -1)] * len(leaves)
    row = list(range(len(leaves)))
    known: dict[tuple[Any, Any], int | None] = {}

    def rank(at: int) -> int | None:
        pair = parts[row[at]], parts[row[at + 1]]
        if pair not in known:
            known[pair] = rank_of(*pair)
        return known[pair]

    while True:
        ranked = [(found, at) for at in range(len(row) - 1) if (found := rank(at)) is not None]
        if not ranked:
            return parts, joins, row
        _, at = min(ranked)
        left, right = row[at], row[at + 1]
        row[at : at + 2] = [len(parts)]
        parts.append(parts[left] + parts[right])
        joins.append((left, right))
        yield
