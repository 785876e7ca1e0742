"""Steps 4 and 5: the same text once, and texts that are nearly the same once."""

import hashlib
import re
import zlib

from datasketch import MinHash, MinHashLSH

from explorer.core.data.cleaning.page import Label, Page

_WORD = re.compile(r"\w+|[^\w\s]")
_SHINGLE = 4
_SIMILAR = 0.8
_PERMUTATIONS = 64
_FEWEST_SHINGLES = 20
"""Shorter texts are compared as wholes only: two cards of one form are not copies."""


class ExactDuplicates:
    """Drops what came before, blanks and capitals aside."""

    name = "exact duplicates"
    targets: tuple[Label, ...] = ("copy",)

    def __init__(self) -> None:
        self._seen: set[bytes] = set()

    def keep(self, page: Page) -> str | None:
        """As `Step`."""
        digest = hashlib.blake2b(" ".join(page.text.lower().split()).encode(), digest_size=8).digest()
        if digest in self._seen:
            return "the same text came before"
        self._seen.add(digest)
        return None


class NearDuplicates:
    """Drops what shares about 4/5 of its runs of four words with an earlier page.

    Source: MinHash (Broder 1997) with locality-sensitive hashing (datasketch); 64 permutations where large
    corpora take 112 to 256, for speed: similarities near the limit may go either way.
    """

    name = "near duplicates"
    targets: tuple[Label, ...] = ("near copy",)

    def __init__(self) -> None:
        self._index = MinHashLSH(threshold=_SIMILAR, num_perm=_PERMUTATIONS)
        self._blank = MinHash(num_perm=_PERMUTATIONS, hashfunc=zlib.crc32, seed=1)

    def keep(self, page: Page) -> str | None:
        """As `Step`."""
        words = _WORD.findall(page.text.lower()) if page.language != "zh" else list(page.text)
        shingles = {" ".join(words[start : start + _SHINGLE]) for start in range(len(words) - _SHINGLE + 1)}
        if len(shingles) < _FEWEST_SHINGLES:
            return None
        sketch = self._blank.copy()
        sketch.update_batch([shingle.encode() for shingle in sorted(shingles)])
        earlier = self._index.query(sketch)
        if earlier:
            return f"nearly page {min(int(str(number)) for number in earlier)}"
        self._index.insert(str(page.number), sketch)
        return None
