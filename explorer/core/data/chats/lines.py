"""Questions and answers from resources/corpora: identity, greetings, nonsense."""

from explorer.core.data.chats.chat import Chat, Kind, Split, assistant, user
from explorer.core.data.problems import split_of
from explorer.core.data.world.dice import Dice
from explorer.core.data.world.wordlists import entries

_ENGLISH, _CHINESE = "en/chats", "zh/chats"
_TALK = ("greeting", "greeting", "thanks", "bye", "feeling", "ability", "harm")
_CHINESE_TOPICS = ("identity", "greeting", "thanks", "bye", "nonsense")

_SUMS = 0.4
"""Share of sums among Chinese chats."""


def line(section: str, dice: Dice, split: Split = "train", file: str = _ENGLISH) -> str:
    """One entry of a section; a held-out one stands in no training chat."""
    return dice.choice(entries(file, f"{section} held out" if split == "held_out" else section))


def line_chat(topic: str, dice: Dice, split: Split, kind: Kind, file: str = _ENGLISH) -> Chat:
    """One question of a topic with one of its answers."""
    asked = line(f"{topic}.ask", dice, split, file)
    return Chat(kind, (user(asked), assistant(line(f"{topic}.answer", dice, file=file))))


def identity_chat(dice: Dice, split: Split) -> Chat:
    """A question about the model itself."""
    return line_chat("identity", dice, split, "identity")


def talk_chat(dice: Dice, split: Split) -> Chat:
    """Greetings, thanks, feelings, and what it will not do."""
    topic = dice.choice(_TALK)
    return line_chat(topic, dice, split, "talk")


def nonsense_chat(dice: Dice, split: Split) -> Chat:
    """A question without sense, and an answer that says so."""
    return line_chat("nonsense", dice, split, "nonsense")


def chinese_chat(dice: Dice, split: Split) -> Chat:
    """Small talk in Chinese, and small sums."""
    if dice.chance(_SUMS):
        return _chinese_sum(dice, split)
    return line_chat(dice.choice(_CHINESE_TOPICS), dice, split, "chinese", _CHINESE)


def _chinese_sum(dice: Dice, split: Split) -> Chat:
    wanted = "train" if split == "train" else "test"
    while True:
        a, b = dice.integer(2, 50), dice.integer(2, 49)
        if split_of((a, b)) == wanted:
            break
    asked = line("sum.ask", dice, file=_CHINESE).replace("{a}", str(a)).replace("{b}", str(b))
    return Chat("chinese", (user(asked), assistant(str(a + b))))
