"""A text that is edited, and its tokens kept equal to those of encoding it anew.

Where nothing is proven of the tokenizer, an edit makes the tokens *stale*, and `renew` encodes all of it.
Else only the text between the nearest cut (see `explorer.text.cuts`) before an edit and the nearest one after
it is encoded again, for cuts are where tokens do not depend on what stands on the other side. A long stretch
of work (a document just opened, a megabyte pasted) is done chunk by chunk from its beginning; what is
still to be done is one range of the text, the *pending* one, and edits may come meanwhile.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np

from explorer.text.cuts import PUBLISHED_CUTS, Cutter
from explorer.text.foreign import ForeignTokenizer
from explorer.text.long_text import LongText
from explorer.text.token_array import Int32Array, TokenArray
from explorer.text.tokenizer import Tokenizer
from explorer.text.units import from_units, to_units

CHUNK_UNITS = 16_384
PATCH_TOKENS = 4_000


@dataclass(frozen=True, slots=True)
class Patch:
    """What `explorer.protocol.TokensPatched` says, before it goes on the wire."""

    first: int
    removed: int
    ids: Int32Array
    starts: Int32Array
    shift: int
    pieces: dict[int, str]
    pending: tuple[int, int] | None


class TokenizedText:
    """A unit text and its tokens. `patches` holds, in order, the changes that others have yet to be told of.

    Where nothing is pending, `tokens` are those of encoding the whole text.
    """

    def __init__(self, text: str = "", tokenizer: Tokenizer | None = None) -> None:
        units = to_units(text)
        self.units = LongText(units)
        self.tokens = TokenArray()
        self.patches: deque[Patch] = deque()
        self.bytes_total = _size_bytes(units)
        self.pending: tuple[int, int] | None = None
        self.stale = False
        """Whether the tokens are those of before the last edits: `renew` when the person pauses."""
        self._tokenizer = tokenizer
        self._cuts = PUBLISHED_CUTS
        if tokenizer is not None:
            self.choose(tokenizer)

    @property
    def tokenizer(self) -> Tokenizer | None:
        """What cuts the text now."""
        return self._tokenizer

    def choose(self, tokenizer: Tokenizer) -> None:
        """Begin anew with another tokenizer: what it makes of the beginning replaces all tokens."""
        self._tokenizer = tokenizer
        self._cuts = cuts_of(tokenizer)
        self.renew()

    def renew(self) -> None:
        """Encode everything again; of a long text the beginning, the rest is pending."""
        self.stale = False
        self._encode_from(0, len(self.units), 0, len(self.tokens), 0)

    def edit(self, start: int, removed: int, inserted: str) -> None:
        """At unit `start`, `removed` units go and `inserted` comes.

        Raises: ValueError if the text has no such place.
        """
        units = self.units
        if not 0 <= start <= start + removed <= len(units):
            raise ValueError(f"no units {start}+{removed} in a text of {len(units)}")
        inserted = to_units(inserted)
        shift = len(inserted) - removed
        # With a unit more on either side, for halves of a pair count otherwise than the pair.
        low, high = max(0, start - 1), start + len(inserted) + 1
        before = _size_bytes(units[low : high - shift])
        units.replace(start, start + removed, inserted)
        self.bytes_total += _size_bytes(units[low:high]) - before
        if self._tokenizer is not None and self._cuts.proven:
            right = self._cuts.after(units, start + len(inserted), len(units))
            self._retokenize(self._cuts.before(units, start), right, shift)
        elif self._tokenizer is not None:
            self.stale, self.pending = True, None

    def advance(self) -> None:
        """Encode the next chunk of what is pending."""
        if self.pending is not None:
            start, stop = self.pending
            self._encode_from(start, stop, self.tokens.index_at(start), 0, 0)

    def _retokenize(self, left: int, right: int, shift: int) -> None:
        """The units `left : right` are to be encoded again; before the edit they ended at `right - shift`."""
        right_before = right - shift
        if self.pending is None:
            self._encode_range(left, right, shift)
            return
        start, stop = self.pending
        if right - left <= CHUNK_UNITS and (right_before <= start or stop <= left):
            if right_before <= start:
                self.pending = start + shift, stop + shift
            self._splice(left, right, self.tokens.index_at(left), self._count(left, right_before), shift)
            return
        self._encode_range(min(left, start), max(right_before, stop) + shift, shift)

    def _encode_range(self, left: int, right: int, shift: int) -> None:
        removed = self._count(left, right - shift)
        self._encode_from(left, right, self.tokens.index_at(left), removed, shift)

    def _count(self, left: int, right: int) -> int:
        """Tokens between two cuts."""
        return self.tokens.index_at(right) - self.tokens.index_at(left)

    def _encode_from(self, start: int, stop: int, first: int, removed: int, shift: int) -> None:
        """Encode one chunk of `start : stop` at once and leave the rest pending."""
        end = self._cuts.chunk_end(self.units, start, stop, CHUNK_UNITS)
        self.pending = (end, stop) if end < stop else None
        self._splice(start, end, first, removed, shift)

    def _splice(self, start: int, end: int, first: int, removed: int, shift: int) -> None:
        """Put the tokens of units `start : end` in the place of `removed` others, and queue patches."""
        assert self._tokenizer is not None
        ids, starts, partial = self._tokenizer.encode_chunk(self.units[start:end])
        starts = starts + np.int32(start)
        self.tokens.splice(first, removed, ids, starts, shift)
        token_bytes = self._tokenizer.token_bytes
        for begin in range(0, max(len(ids), 1), PATCH_TOKENS):
            stop = begin + PATCH_TOKENS
            inside = partial[np.searchsorted(partial, begin) : np.searchsorted(partial, stop)].tolist()
            self.patches.append(
                Patch(
                    first=first + begin,
                    removed=removed if begin == 0 else 0,
                    ids=ids[begin:stop],
                    starts=starts[begin:stop],
                    shift=shift if begin == 0 else 0,
                    pieces={index - begin: token_bytes(int(ids[index])).hex() for index in inside},
                    pending=self._pending_after(starts, stop, end),
                )
            )

    def _pending_after(self, starts: Int32Array, sent: int, end: int) -> tuple[int, int] | None:
        """What the window has no tokens for when the first `sent` of these have come."""
        if sent >= len(starts):
            return self.pending
        after = self.pending
        return int(starts[sent]), after[1] if after is not None and after[0] == end else end


def cuts_of(tokenizer: Tokenizer) -> Cutter:
    """Where a text can be cut for this tokenizer."""
    return tokenizer.cuts if isinstance(tokenizer, ForeignTokenizer) else PUBLISHED_CUTS


def _size_bytes(units: str) -> int:
    """In UTF-8."""
    return len(units) if units.isascii() else len(from_units(units).encode())
