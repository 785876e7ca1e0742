"""Step 3: what reads like a text, told by published rules of thumb.

Sources: Gopher (Rae et al. 2021, appendix A: words, word length, symbols, lines, stop words, repetition) and
C4 (Raffel et al. 2020: notices such as "javascript" and "lorem ipsum"). We differ where our documents are not
the web's: from 4 words on rather than 50 (a card or a sum is a document here), a number counts as a word
(problems), a few more stop words are known and only texts of 60 words need them, and runs with names in them
may come again (pages of questions about one person).
"""

import re
from collections import Counter

from explorer.core.data.cleaning.page import Label, Page

_FEWEST_WORDS, _MOST_WORDS = 4, 100_000
_WORD_LENGTH = (2.0, 10.0)
_MOST_SYMBOLS = 0.1
_MOST_BULLETS, _MOST_ELLIPSES = 0.9, 0.3
_FEWEST_REAL_WORDS = 0.8
_STOP_WORDS = frozenset(("the", "be", "to", "of", "and", "that", "have", "with", "a", "is", "in"))
_STOP_WORDS_FROM = 60
"""Words from which on a text without two stop words is no English."""
_SAME_LINES = 0.3
_MOST_REPEATED = {2: 0.20, 3: 0.18, 4: 0.16}
_REPEATED_FROM = 30
_MOST_UNREADABLE = 0.01
_NOTICES = re.compile(
    r"lorem ipsum|enable javascript|turn on javascript|page not found|error 404|domain is for sale"
    r"|domain parked|log in to continue|terms of use|use of cookies|you (?:are a winner|have won)",
    re.IGNORECASE,
)
_REAL = re.compile(r"[^\W\d_]|^[\d.,:;()\[\]?!+\-x*/=%$]+$")
_SHOUTED = re.compile(r"[!?$*]{3,}")


class QualityFilter:
    """Drops what is no text: too short, shouted, repeated, garbled, a notice."""

    name = "quality filter"
    targets: tuple[Label, ...] = ("spam", "stuffing", "broken", "empty")

    def keep(self, page: Page) -> str | None:
        """As `Step`."""
        text = page.text
        if text.count("\ufffd") > _MOST_UNREADABLE * len(text):
            return "unreadable characters"
        if _NOTICES.search(text):
            return "a notice, no text (C4)"
        if page.language == "zh":
            return None if len(text) >= 2 * _FEWEST_WORDS else "too short"
        return _of_words(text) or _of_lines(text) or _of_repeats(text)


def _of_words(text: str) -> str | None:
    words = text.split()
    if not _FEWEST_WORDS <= len(words) <= _MOST_WORDS:
        return "too short or too long (Gopher)"
    length = sum(map(len, words)) / len(words)
    if not _WORD_LENGTH[0] <= length <= _WORD_LENGTH[1]:
        return "words of an odd length (Gopher)"
    if (text.count("#") + text.count("...") + len(_SHOUTED.findall(text))) / len(words) > _MOST_SYMBOLS:
        return "too many symbols (Gopher)"
    if sum(bool(_REAL.search(word)) for word in words) / len(words) < _FEWEST_REAL_WORDS:
        return "too few words with letters (Gopher)"
    found = _STOP_WORDS & {word.strip(".,!?\"'").lower() for word in words}
    if len(words) >= _STOP_WORDS_FROM and len(found) < 2 and _prose(words):
        return "no stop words (Gopher)"
    return None


def _prose(words: list[str]) -> bool:
    """Whether these are words at all, and not sums: code and problems go without stop words."""
    return sum(any(sign.isdigit() for sign in word) for word in words) < 0.15 * len(words)


def _of_lines(text: str) -> str | None:
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if sum(line.endswith(("...", "…")) for line in lines) > _MOST_ELLIPSES * len(lines):
        return "lines that break off (Gopher)"
    if len(lines) > 4 and sum(line.startswith(("-", "*", "•")) for line in lines) > _MOST_BULLETS * len(
        lines
    ):
        return "only bullets (Gopher)"
    repeated = sum(count - 1 for count in Counter(lines).values())
    return "repeated lines (Gopher)" if len(lines) > 3 and repeated > _SAME_LINES * len(lines) else None


def _of_repeats(text: str) -> str | None:
    """The share of the characters that the most frequent run of n lower-case words takes up."""
    words = [word for word in text.split() if not any(sign.isdigit() for sign in word)]
    if len(words) < _REPEATED_FROM:
        return None
    total = sum(map(len, words))
    for n, most in _MOST_REPEATED.items():
        runs = zip(*(words[start:] for start in range(n)), strict=False)
        counts = Counter(run for run in runs if all(word == word.lower() for word in run))
        run, count = max(counts.items(), key=lambda item: item[1], default=((), 0))
        if count > 2 and count * sum(map(len, run)) > most * total:
            return "the same words again and again (Gopher)"
    return None
