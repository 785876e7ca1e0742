"""Learning a byte-pair vocabulary to be watched: the text worker's."""

from typing import Literal

import msgspec

from explorer.protocol.message import Message


class LearnMerges(Message, tag=True, frozen=True, kw_only=True):
    """`MergesBegun`, `MergesLearned`..., `MergesEnded`; or `Failed`. `Cancel` drops it."""

    vocab_size: int
    """Entries: 256 bytes, the merges, and one special token."""
    document: str = ""
    """The name of an open document whose text it is; or:"""
    text: str = ""
    """As `StartTraining.text`."""


class SteerMerges(Message, tag=True, frozen=True, kw_only=True):
    """Hold the learning of this job, let it go on, or end it with what it has learned so far."""

    action: Literal["pause", "continue", "finish"]


class MergesBegun(Message, tag=True, frozen=True, kw_only=True):
    """The text is read."""

    characters: int
    """That are learned from."""
    cut: bool
    """Whether the text has more than those."""
    size_bytes: int
    """The text's length in tokens before the first merge."""
    watched: str
    """The beginning of the text, whose boundaries `LearnedMerge.fallen` counts."""


class LearnedMerge(msgspec.Struct, array_like=True, frozen=True):
    """The pair of tokens `left` and `right` became the next token (256, 257 ...) everywhere."""

    left: int
    right: int
    data: str
    """The new token's bytes in hex."""
    count: int
    """How often the pair stood in the text."""
    length: int
    """Tokens that the text has after it."""
    fallen: list[int]
    """Bytes of the watched part before which a boundary fell."""


class MergesLearned(Message, tag=True, frozen=True, kw_only=True):
    """Merges from number `first` (counted from 0) on; none yet while the pairs are being counted."""

    first: int
    merges: list[LearnedMerge]
    share: float
    """Done of all that was asked for; while `merges` is empty, of the counting."""


class MergesEnded(Message, tag=True, frozen=True, kw_only=True):
    """All is learned. `full`: the text had no pair that stands twice any more."""

    full: bool


class SaveTokenizer(Message, tag=True, frozen=True, kw_only=True):
    """Keep these merges, in their order, as a tokenizer: `TokenizerSaved`, or `Failed`."""

    name: str
    merges: list[tuple[int, int]]


class TokenizerSaved(Message, tag=True, frozen=True, kw_only=True):
    """It stands at `path`, a folder, which is an `Encoding` and may be trained with."""

    name: str
    path: str


MergeCommand = LearnMerges | SteerMerges | SaveTokenizer
MergeEvent = MergesBegun | MergesLearned | MergesEnded | TokenizerSaved
