"""Looking a token up, and searching a vocabulary: the text worker's."""

from typing import Literal

import msgspec

from explorer.protocol.documents import Encoding
from explorer.protocol.message import Message

SearchWay = Literal["contains", "begins", "ends", "id", "bytes", "regex"]
"""Of the token's text: part, beginning, end; an id's first digits; bytes in hex; a regular expression."""
SearchOrder = Literal["id", "longest", "shortest"]


class TokenEntry(msgspec.Struct, array_like=True, frozen=True):
    """One entry of a vocabulary; `data` in hex."""

    id: int
    data: str
    special: bool = False


class TreeNode(msgspec.Struct, array_like=True, frozen=True):
    """As `explorer.text.merge_tree.Node`; `data` in hex."""

    data: str
    token: int
    left: int = -1
    right: int = -1


class DescribeToken(Message, tag=True, frozen=True, kw_only=True):
    """Ask for `TokenDescribed`."""

    encoding: Encoding
    token: int


class TokenDescribed(Message, tag=True, frozen=True, kw_only=True):
    """All that a vocabulary says of one token. For the tree see `explorer.text.merge_tree.MergeTree`."""

    encoding: Encoding
    entry: TokenEntry
    before: list[TokenEntry]
    """Its neighbours by id, in order."""
    after: list[TokenEntry]
    how: Literal["ranks", "merges", "special", "no merges", "too long"]
    nodes: list[TreeNode]
    roots: list[int]
    rank: int


class SearchVocabulary(Message, tag=True, frozen=True, kw_only=True):
    """`VocabularyFound`..., or `Failed`. The newest search's results are kept for `ReadVocabulary`."""

    encoding: Encoding
    query: str
    way: SearchWay = "contains"
    order: SearchOrder = "id"


class VocabularyFound(Message, tag=True, frozen=True, kw_only=True):
    """So many of `entries` fit, as far as it has looked; with `done`, the results are there to be read."""

    count: int
    entries: int
    done: bool


class ReadVocabulary(Message, tag=True, frozen=True, kw_only=True):
    """The results `first : first + count` of the search of this job: `VocabularyRows`..., in pieces.

    Nothing comes when another search has taken its place.
    """

    first: int
    count: int
    purpose: str = ""
    """Comes back with the rows."""


class VocabularyRows(Message, tag=True, frozen=True, kw_only=True):
    """Results from number `first` on."""

    first: int
    purpose: str = ""
    rows: list[TokenEntry]


VocabularyCommand = DescribeToken | SearchVocabulary | ReadVocabulary
VocabularyEvent = TokenDescribed | VocabularyFound | VocabularyRows
