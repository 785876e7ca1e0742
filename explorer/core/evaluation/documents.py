"""Documents of the world that no training text has: their sentences are of the held-out wordings."""

from explorer.core.data.chats.reading import passage
from explorer.core.data.world.dice import Dice
from explorer.core.data.world.entities import build_world, facts_of

_KINDS = ("person", "town", "event")


def held_out_texts(seed: int, count: int) -> list[str]:
    """`count` short pages, each about somebody or something that the documents often speak of."""
    dice = Dice(seed, "held-out documents")
    known = [
        entity for entity in build_world().entities if entity.frequency == "often" and entity.kind in _KINDS
    ]
    texts: list[str] = []
    for _ in range(count):
        told = list(facts_of(dice.choice(known)))
        dice.shuffle(told)
        texts.append(passage(told, dice, "held_out"))
    return texts
