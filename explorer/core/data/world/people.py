"""How a text speaks of people: by name, or by pronoun where a reader knows who is meant."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from explorer.core.data.world.dice import Dice

Gender = Literal["she", "he", "it"]

_ENGLISH: dict[str, dict[str, str]] = {
    "she": {
        "he": "she", "him": "her", "his": "her", "theirs": "hers", "himself": "herself", "boy": "girl",
        "man": "woman", "brother": "sister", "son": "daughter", "uncle": "aunt", "grandpa": "grandma",
        "father": "mother", "king": "queen", "husband": "wife", "mr": "Mrs", "nephew": "niece", "dad": "mum",
    },
    "he": {
        "he": "he", "him": "him", "his": "his", "theirs": "his", "himself": "himself", "boy": "boy",
        "man": "man", "brother": "brother", "son": "son", "uncle": "uncle", "grandpa": "grandpa",
        "father": "father", "king": "king", "husband": "husband", "mr": "Mr", "nephew": "nephew",
        "dad": "dad",
    },
    "it": {"he": "it", "him": "it", "his": "its", "theirs": "its", "himself": "itself"},
    "I": {"he": "I", "him": "me", "his": "my", "theirs": "mine", "himself": "myself"},
}  # fmt: skip
_CHINESE: dict[str, dict[str, str]] = {
    "she": {"he": "她", "him": "她", "his": "她的", "himself": "自己", "boy": "女孩", "man": "女人"},
    "he": {"he": "他", "him": "他", "his": "他的", "himself": "自己", "boy": "男孩", "man": "男人"},
    "it": {"he": "它", "him": "它", "his": "它的", "himself": "自己"},
    "I": {"he": "我", "him": "我", "his": "我的", "himself": "自己"},
}
WORDS: Mapping[str, Mapping[str, Mapping[str, str]]] = {"en": _ENGLISH, "zh": _CHINESE}


@dataclass(frozen=True)
class Character:
    """Somebody in a text. `first_person` is the one who tells it."""

    name: str
    gender: Gender
    full: str = ""
    first_person: bool = False


_SMART = {"": "he", "obj": "him", "poss": "his"}
_SENTENCE_ENDS = ".!?。！？"
_CLEAR_FOR = 2
"""Sentences after which a pronoun would leave the reader guessing."""


@dataclass
class Discourse:
    """Whom the reader has in mind: the last one spoken of, for each pronoun."""

    language: str = "en"
    pronouns: float = 0.72
    _last: dict[str, tuple[Character, int]] = field(default_factory=dict[str, tuple[Character, int]])
    _sentence: int = 0

    def heard(self, text: str) -> None:
        """Plain text was told: count its sentences, and forget who was meant where a paragraph ends."""
        self._sentence += sum(text.count(end) for end in _SENTENCE_ENDS)
        if " // " in text:
            self._last.clear()

    def refer(self, who: Character, form: str, dice: Dice) -> str:
        """What to call `who` here. `form` is empty (subject), obj, poss (chosen here) or a fixed form."""
        forms = WORDS[self.language]["I" if who.first_person else who.gender]
        if who.first_person and form not in ("name", "full"):
            return forms[_SMART.get(form, form)]
        if form == "full":
            self._note(who)
            return who.full or who.name
        if form == "name":
            self._note(who)
            return who.name
        if form not in _SMART:
            return forms[form]
        clear = self._is_clear(who) and dice.chance(self.pronouns)
        self._note(who)
        if clear:
            return forms[_SMART[form]]
        name = who.name
        return name + self._possessive(name) if form == "poss" else name

    def _possessive(self, name: str) -> str:
        return "的" if self.language == "zh" else "'s"

    def _is_clear(self, who: Character) -> bool:
        last = self._last.get(who.gender)
        return last is not None and last[0] == who and self._sentence - last[1] <= _CLEAR_FOR

    def _note(self, who: Character) -> None:
        self._last[who.gender] = (who, self._sentence)
