r"""Places where a text can be cut so that its tokens do not change, whatever stands around.

Every published encoding (and our own) first splits the text into pieces by a regular expression and then
merges bytes inside a piece. A *cut* is a position whose two neighbours prove, for every pattern that we
ship, that tokens(text) = tokens(left) + tokens(right):

- any character that is not white space, then a blank (U+0020, tab, U+00A0 or U+3000): no pattern has
  white space after something else inside a piece, but for line ends after punctuation (`[\r\n]*`);
- a letter or digit, then a line end or a mark of punctuation: letters are followed inside a piece only by
  letters, combining marks and (o200k) a contraction, which begins with an ASCII apostrophe; so marks and
  the apostrophe are left out.

Nor can the left part see across: the only looks ahead, `\s+(?!\S)` and `\s+$`, follow white space, and
all quantifiers stop at the right neighbour just as they stop at the end of a text. The right part cannot
see across since no pattern looks behind. Cuts therefore do not depend on where a text was cut before,
which is what makes re-tokenising after an edit exact.

A *stretch* is the text between two neighbouring cuts. One of more than 100,000 units is chopped into
parts of 100,000 (99,999 where a surrogate pair would be parted), counted from its start, and each part is
encoded by itself, because the regular expression engine gives up on longer runs (tiktoken then ends with
"StackOverflow"). This is part of what encoding means here; all other texts get tiktoken's own tokens.
"""

import re
import unicodedata

from explorer.text.long_text import UnitText
from explorer.text.units import splits_pair

LONGEST_STRETCH = 100_000
"""UTF-16 units."""

BLANKS = " \t\u00a0\u3000"
LINE_ENDS = "\r\n"
PUNCTUATION = (
    '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~' + "¡«»¿–—‘’“”…" + "、。《》「」『』【】！（），：；？" + "،؛؟" + "।॥"
)
"""Neither letters, digits, marks nor white space in any version of Unicode; without the ASCII apostrophe."""


def _letters_and_digits() -> str:
    """Ranges for a character class: letters and numbers since Unicode 3.2, which no later version moved.

    The newer ones are left out, for Python's table of them and tiktoken's may be of different years.
    """
    old, new = unicodedata.ucd_3_2_0.category, unicodedata.category
    members = [
        code for code in range(0x80, 0x10000) if old(chr(code))[0] in "LN" and new(chr(code))[0] in "LN"
    ]
    ranges: list[str] = []
    first = previous = members[0]
    for code in [*members[1:], 0x110000]:
        if code != previous + 1:
            ranges.append(f"\\u{first:04x}-\\u{previous:04x}")
            first = code
        previous = code
    return "0-9A-Za-z" + "".join(ranges)


LETTERS_AND_DIGITS = _letters_and_digits()
CUT = re.compile(rf"[^\s](?=[{BLANKS}])|[{LETTERS_AND_DIGITS}](?=[{LINE_ENDS}{re.escape(PUNCTUATION)}])")
"""Matches the left neighbour; the cut is the end of the match."""


_REACH = 64
"""Units that are looked at first; a cut is seldom further away."""


class Cutter:
    """Finds cuts: the ends of `pattern`'s matches, which look at one character on either side.

    Without a pattern nothing is proven: a text is one stretch. Cuts that are right for one kind of tokenizer
    are wrong for another; see `explorer.text.foreign_cuts`.
    """

    def __init__(self, pattern: re.Pattern[str] | None) -> None:
        self._pattern = pattern

    @property
    def proven(self) -> bool:
        """Whether there are cuts at all."""
        return self._pattern is not None

    def before(self, units: UnitText, position: int, floor: int = 0) -> int:
        """The last cut > `floor` whose neighbours both stand before `position`; `floor` if there is none."""
        if self._pattern is None:
            return floor
        reach = _REACH
        while True:
            low = max(floor, position - reach)
            last = low
            for match in self._pattern.finditer(units[low:position]):
                last = low + match.end()
            if last > low or low == floor:
                return last
            reach *= 4

    def after(self, units: UnitText, position: int, ceiling: int) -> int:
        """The first cut whose neighbours stand at or after `position`; `ceiling` if there is none before."""
        if self._pattern is None:
            return ceiling
        low, reach = position, _REACH
        while low < ceiling:
            match = self._pattern.search(units[low : min(low + reach, ceiling)])
            if match:
                return low + match.end()
            # Once more with the last one: its right neighbour was not there to be seen.
            low, reach = low + reach - 1, 4 * reach
        return ceiling

    def chunk_end(self, units: UnitText, start: int, stop: int, want: int) -> int:
        """Where to end a chunk that begins at `start` and has about `want` units, within `start : stop`.

        `start` is a cut or a chop, `stop` a cut or the end of the text. Chunks put end to end give the same
        tokens for any `want` up to `LONGEST_STRETCH`.
        """
        if stop - start <= want:
            return stop
        limit = start + LONGEST_STRETCH
        cut = self.after(units, start + want - 1, min(stop, limit) + 1)
        if cut <= min(stop, limit):
            return cut
        if stop <= limit:
            return stop
        earlier = self.before(units, start + want, start)
        if earlier > start:
            return earlier
        return limit - splits_pair(units, limit)


PUBLISHED_CUTS = Cutter(CUT)
"""Of the published encodings, and of those trained here."""
WHOLE = Cutter(None)
"""Of a tokenizer of which nothing is proven."""

cut_before, cut_after, chunk_end = PUBLISHED_CUTS.before, PUBLISHED_CUTS.after, PUBLISHED_CUTS.chunk_end
