"""A teller's choice of words: of words that mean the same, one is taken each time."""

import re
from functools import cache

from explorer.core.data.world.dice import Dice
from explorer.core.data.world.english import with_articles
from explorer.core.data.world.wordlists import rows

_BARE_ARTICLE = re.compile(r"\b([Aa])n (?=\w)")


@cache
def _synonyms() -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    groups: dict[str, tuple[str, ...]] = {}
    for row in rows("en/synonyms", "same"):
        for word in row:
            groups.setdefault(word, row)
    for word, *others in rows("en/synonyms", "instead of"):
        groups[word] = (word, *others)
    longest_first = sorted(groups, key=lambda word: (-len(word), word))
    return re.compile(r"(?<![\w-])(?:" + "|".join(map(re.escape, longest_first)) + r")(?![\w-])"), groups


def in_one_voice(text: str, dice: Dice, share: float = 0.6) -> str:
    """`text` with some of its words changed for others of the same meaning. Only lower-case ones are."""
    pattern, groups = _synonyms()

    def changed(match: re.Match[str]) -> str:
        return dice.choice(groups[match[0]]) if dice.chance(share) else match[0]

    # An article is chosen anew for the word that now follows it.
    return with_articles(_BARE_ARTICLE.sub(r"\1 ", pattern.sub(changed, text)))
