"""All entries of a vocabulary, and searching them. In pieces: a vocabulary may have a quarter of a million.

An expression of a person's may take for ever on a text of a hundred spaces; so the library `regex` is used,
whose matches can be given a time.
"""

import re
from collections.abc import Callable, Generator
from time import monotonic
from typing import Literal, TypeVar

import numpy as np
import regex
from numpy.typing import NDArray

from explorer.errors import InputError
from explorer.text.tokenizer import Tokenizer

Way = Literal["contains", "begins", "ends", "id", "bytes", "regex"]
Order = Literal["id", "longest", "shortest"]
WAYS: tuple[Way, ...] = ("contains", "begins", "ends", "id", "bytes", "regex")
ORDERS: tuple[Order, ...] = ("id", "longest", "shortest")

_PIECE = 4_096
"""Entries between two looks for commands: a few milliseconds."""
_LONGEST_EXPRESSION = 200
_MATCH_S = 0.05
_SEARCH_S = 5.0
"""All matches of an expression together."""
_HEX = re.compile(r"(?:0x)?((?:[0-9a-fA-F]{2})+)")

Places = NDArray[np.int32]
"""Indices into a vocabulary's entries."""
_Result = TypeVar("_Result")


class Vocabulary:
    """The entries in the order of their ids: `ids[i]` stands for the bytes `data[i]`."""

    def __init__(self, ids: list[int], data: list[bytes], special: frozenset[int]) -> None:
        self.ids, self.data, self.special = ids, data, special
        self._lengths = np.array([len(one) for one in data], np.int32)

    def __len__(self) -> int:
        return len(self.ids)

    def ordered(self, places: Places, order: Order) -> Places:
        """The same entries by id, or by their bytes' number and then by id."""
        if order == "id":
            return places
        lengths = self._lengths[places]
        return places[np.argsort(-lengths if order == "longest" else lengths, kind="stable")]


def read_vocabulary(tokenizer: Tokenizer) -> Generator[None, None, Vocabulary]:
    """Every entry; ids that nothing has are left out."""
    special = frozenset(tokenizer.special_tokens.values())
    ids: list[int] = []
    found: list[bytes] = []
    for token in range(tokenizer.n_vocab):
        try:
            data = tokenizer.token_bytes(token)
        except InputError:  # a gap in the numbers
            continue
        if data:
            ids.append(token)
            found.append(data)
        if token % _PIECE == _PIECE - 1:
            yield
    return Vocabulary(ids, found, special)


def finished(work: Generator[object, None, _Result]) -> _Result:
    """What comes of it, for those who have nothing else to do meanwhile."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


def search(vocabulary: Vocabulary, query: str, way: Way) -> Generator[Places, None, Places]:
    """The places of the entries that fit, by id: all for an empty query. Yields those found so far.

    Raises: InputError for a query that means nothing in this way, or takes too long.
    """
    if not (query.strip() if way in ("id", "bytes") else query):
        return np.arange(len(vocabulary), dtype=np.int32)
    fits = _test_of(vocabulary, query, way)
    found: list[int] = []
    for first in range(0, len(vocabulary), _PIECE):
        found += [place for place in range(first, min(first + _PIECE, len(vocabulary))) if fits(place)]
        yield np.array(found, np.int32)
    return np.array(found, np.int32)


def _test_of(vocabulary: Vocabulary, query: str, way: Way) -> Callable[[int], object]:
    """Whether the entry at a place fits."""
    data, ids = vocabulary.data, vocabulary.ids
    needle = query.encode("utf-8", "replace")
    match way:
        case "contains":
            return lambda place: needle in data[place]
        case "begins":
            return lambda place: data[place].startswith(needle)
        case "ends":
            return lambda place: data[place].endswith(needle)
        case "id":
            digits = query.strip()
            if not digits.isdecimal() or not digits.isascii():
                raise InputError("{query} is not a number. Write an id, or its first digits.", query=query)
            return lambda place: str(ids[place]).startswith(digits)
        case "bytes":
            written = _HEX.fullmatch("".join(query.split()))
            if written is None:
                raise InputError(
                    "{query} is not bytes in hex. Write two digits (0-9, a-f) for each, as in E4 B8 AD.",
                    query=query,
                )
            sought = bytes.fromhex(written[1])
            return lambda place: sought in data[place]
        case "regex":
            return _expression_test(data, query)


def _expression_test(data: list[bytes], expression: str) -> Callable[[int], object]:
    if len(expression) > _LONGEST_EXPRESSION:
        raise InputError(
            "An expression may have {most} characters at most. Write a shorter one.", most=_LONGEST_EXPRESSION
        )
    try:
        pattern = regex.compile(expression)
    except (regex.error, ValueError, OverflowError, RecursionError) as error:
        raise InputError(
            "{expression} is not a regular expression ({reason}). Mend it, or search by text.",
            expression=expression,
            reason=str(error),
        ) from error
    left_s = _SEARCH_S

    def fits(place: int) -> object:
        nonlocal left_s
        begun = monotonic()
        try:
            return pattern.search(data[place].decode("utf-8", "replace"), timeout=min(_MATCH_S, left_s))
        except TimeoutError as error:
            raise InputError(
                "The expression {expression} takes too long. Choose a simpler one.", expression=expression
            ) from error
        finally:
            left_s = max(left_s - (monotonic() - begun), 1e-6)

    return fits
