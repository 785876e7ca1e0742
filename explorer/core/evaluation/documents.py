"""Documents of the world that no training text has: the same world, told from another seed."""

from itertools import count as numbers

from explorer.core.data.world.corpus import documents
from explorer.core.data.world.entities import build_world

_SEEDS = 1_000_000
"""Training draws its documents from seeds below this, evaluation from those above."""
_CHARACTERS = 60_000


def held_out_texts(seed: int, count: int) -> list[str]:
    """`count` documents of the corpus's kinds, in its mix.

    Pages about what is told rarely are left out: of these there are two, in whatever corpus.
    """
    rare = {entity.name for entity in build_world().entities if entity.frequency == "rare"}
    texts: list[str] = []
    for number in numbers(_SEEDS * (seed + 1)):
        for document in documents(number, _CHARACTERS):
            if not rare.intersection(document.subjects):
                texts.append(document.text)
            if len(texts) == count:
                return texts
    raise AssertionError("corpora have no end")
