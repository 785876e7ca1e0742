"""Letters, diaries, recipes, lists, news, dialogues and explanations."""

from functools import cache

from explorer.core.data.world.dice import Dice
from explorer.core.data.world.documents import Document, DocumentKind
from explorer.core.data.world.english import tidy
from explorer.core.data.world.grammar import Grammar, Telling
from explorer.core.data.world.people import Character
from explorer.core.data.world.stories import draw_cast, own_words, telling
from explorer.core.data.world.voice import in_one_voice
from explorer.core.data.world.wordlists import sections


@cache
def _grammar() -> Grammar:
    return Grammar(sections("en/everyday"), sections("en/explain"))


def _under_way(dice: Dice, first_person: bool = False) -> Telling:
    under_way = telling(dice, draw_cast(dice, first_person), _grammar())
    under_way.values["day"] = str(dice.integer(1, 28))
    under_way.values["many"] = dice.integer(21, 99)
    return under_way


def letter(dice: Dice) -> Document:
    """To a friend or to family: thanks, news, a thing that happened, a question, greetings."""
    under_way = _under_way(dice)
    writer, reader = under_way.values["A"], under_way.values["C" if dice.chance(0.4) else "B"]
    assert isinstance(writer, Character) and isinstance(reader, Character)
    under_way.values |= {"F": reader.name, "G": writer}
    parts = [under_way.tell("dear")]
    middle = [under_way.tell("thanks for")]
    if dice.chance(0.6):
        middle.append(under_way.tell("weather here"))
    if dice.chance(0.5):
        middle.append(f"\n\n{own_words(dice, writer)}\n\n")
    if dice.chance(0.7):
        middle.append(under_way.tell("ask you"))
    parts += [" ".join(middle), under_way.tell("bye"), under_way.tell("PS")]
    return Document("letter", in_one_voice(tidy("\n\n".join(parts)), dice))


def diary(dice: Dice) -> Document:
    """A day, told to nobody."""
    under_way = _under_way(dice, first_person=True)
    parts = [under_way.tell("diary date")]
    if dice.chance(0.55):
        parts += [
            under_way.tell("diary small"),
            *([under_way.tell("diary small")] if dice.chance(0.3) else []),
        ]
    else:
        parts.append(own_words(dice))
    return Document("diary", in_one_voice(tidy("\n\n".join(parts)), dice))


def recipe(dice: Dice) -> Document:
    """A dish: what it needs, what to do."""
    under_way = _under_way(dice)
    under_way.tell("recipe kinds")
    title = under_way.tell("recipe title")
    return Document("recipe", tidy(f"{title}\n\n{under_way.tell('recipe.' + str(under_way.values['kind']))}"))


def _told(kind: DocumentKind, rules: tuple[str, ...], dice: Dice) -> Document:
    return Document(kind, tidy(_under_way(dice).tell(dice.choice(rules))))


def shopping_list(dice: Dice) -> Document:
    """A list of any sort."""
    return _told("list", ("list",), dice)


def news(dice: Dice) -> Document:
    """What the paper says, one to three notices of it."""
    under_way = _under_way(dice)
    return Document("news", tidy("\n\n".join(under_way.tell("news") for _ in range(dice.integer(1, 3)))))


def dialogue(dice: Dice) -> Document:
    """Two people talking, each line with its speaker."""
    return _told("dialogue", ("talk", "talk", "greeting talk"), dice)


def explanation(dice: Dice) -> Document:
    """Why something is as it is."""
    text = tidy(_under_way(dice).tell("explain"))
    if dice.chance(0.25):  # without its question
        text = text.partition("\n\n")[2]
    return Document("explanation", in_one_voice(text, dice, 0.4))
