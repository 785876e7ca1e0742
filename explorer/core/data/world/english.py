"""English as it must be spelt: plurals, `a` or `an`, verbs that agree, capitals that start a sentence."""

import re

_PLURALS = {
    "child": "children",
    "man": "men",
    "woman": "women",
    "foot": "feet",
    "tooth": "teeth",
    "goose": "geese",
    "mouse": "mice",
    "person": "people",
    "ox": "oxen",
    "calf": "calves",
    "half": "halves",
    "leaf": "leaves",
    "loaf": "loaves",
    "knife": "knives",
    "shelf": "shelves",
    "thief": "thieves",
    "wolf": "wolves",
    "scarf": "scarves",
    "life": "lives",
    "wife": "wives",
    "hoof": "hooves",
    "sheep": "sheep",
    "fish": "fish",
    "deer": "deer",
    "goldfish": "goldfish",
    "potato": "potatoes",
    "tomato": "tomatoes",
    "hero": "heroes",
    "echo": "echoes",
    "larva": "larvae",
}
_HISSES = ("s", "x", "z", "ch", "sh")
_VOWELS = "aeiou"


def plural(noun: str) -> str:
    """The plural of a noun; of several words, that of the last one ("glass of milk": of the first)."""
    head, of, rest = noun.partition(" of ")
    if of:
        return plural(head) + of + rest
    before, space, word = noun.rpartition(" ")
    if word in _PLURALS:
        ending = _PLURALS[word]
    elif word.endswith("man") and word[:-3] not in ("hu", "ger", "ro", "sha"):
        ending = word[:-3] + "men"
    elif word.endswith(_HISSES):
        ending = word + "es"
    elif word.endswith("y") and word[-2:-1] not in _VOWELS:
        ending = word[:-1] + "ies"
    else:
        ending = word + "s"
    return before + space + ending


_SOUNDS_LIKE_YOU = re.compile(r"(?:eu|ewe|one\b|once\b|uni(?!n)|us(?:e|ual|ing|ur)|uten|uku)", re.IGNORECASE)
_SILENT_H = re.compile(r"(?:hour|honest|honou?r|heir)", re.IGNORECASE)
_SPOKEN_WITH_VOWEL = re.compile(r"(?:8\d*|11|18)(?!\d)")


def needs_an(following: str) -> bool:
    """Whether what follows is spoken with a vowel first: "an hour", "a unicorn", "an 8"."""
    word = following.lstrip("\"'(*_")
    if not word:
        return False
    if word[0].isdigit():
        return bool(_SPOKEN_WITH_VOWEL.match(word))
    if _SILENT_H.match(word):
        return True
    return word[0].lower() in _VOWELS and not _SOUNDS_LIKE_YOU.match(word)


_ARTICLE = re.compile(r"(?<![\w'-])([Aa]) (?=[\"'(*_]?(\w[\w'-]*))")


def with_articles(text: str) -> str:
    """Every article `a` becomes `an` where it has to. A capital A with a name or a sum behind it stays."""

    def mended(match: re.Match[str]) -> str:
        return f"{match[1]}n " if needs_an(match[2]) else match[0]

    return _ARTICLE.sub(mended, text)


_THIRD = {"be": "is", "have": "has", "do": "does", "go": "goes"}


def third_person(verb: str) -> str:
    """What he or she does: "carry" becomes "carries"."""
    head, space, rest = verb.partition(" ")
    if head in _THIRD:
        form = _THIRD[head]
    elif head.endswith(_HISSES) or head.endswith("o"):
        form = head + "es"
    elif head.endswith("y") and head[-2:-1] not in _VOWELS:
        form = head[:-1] + "ies"
    else:
        form = head + "s"
    return form + space + rest


_SPACES = re.compile(r"[ \t]+")
_BEFORE_MARK = re.compile(r" +([,.;:!?])")
_LINE_EDGES = re.compile(r" *\n *")
_BLANK_LINES = re.compile(r"\n{3,}")
_SENTENCE_START = re.compile(r"((?:^|\n|(?<!\.\.)[.!?] |\.\" )[\"'(]?|\^ *)([a-z])")
_TWO_DOTS = re.compile(r"(?<!\.)\.\.(?!\.)")
_ENDED_TWICE = re.compile(r"([?!,.][\"']?)(?<=[?!\"'])[.,](?![\w.])|([?!])[.,](?=\")|,(?=[.?!])")
_INVERTED = re.compile(
    r"\b(said|asked|called|whispered|shouted|cried|thought) (I|he|she)\b(?! had| was| should| would)"
)
_MODEST = re.compile(r"\bI and ((?:(?:Mrs?|Grandma|Grandpa|Aunt|Uncle) )?[A-Z]\w+)")
_FORCED = re.compile(r"\^ *")


def tidy(text: str) -> str:
    """Spaces, articles and capitals of a finished text. `^` asks for a capital where no rule sees one."""
    text = _SPACES.sub(" ", text)
    text = _BEFORE_MARK.sub(r"\1", _LINE_EDGES.sub("\n", text))
    text = _ENDED_TWICE.sub(lambda match: match[1] or match[2] or "", _TWO_DOTS.sub(".", text))
    text = _MODEST.sub(r"\1 and I", _INVERTED.sub(r"\2 \1", text))
    text = _SENTENCE_START.sub(lambda match: match[1] + match[2].upper(), text)
    return with_articles(_BLANK_LINES.sub("\n\n", _FORCED.sub("", text)).strip())
