"""A corpus of the world: any size, from a seed, in order, with counts that can be checked.

It comes in chapters of about a million characters, each from its own part of the seed: nothing has to be
kept but the chapter that is being told. What is `often` has its fixed number of pages in every chapter; what
is `rare` has two pages in the whole corpus, whatever its size; of what is `never` there is not a word.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from explorer.core.data.world.chinese import chinese
from explorer.core.data.world.dice import Dice
from explorer.core.data.world.documents import Document, DocumentKind
from explorer.core.data.world.entities import KINDS, Entity, Kind, World, build_world
from explorer.core.data.world.everyday import (
    dialogue,
    diary,
    explanation,
    letter,
    news,
    recipe,
    shopping_list,
)
from explorer.core.data.world.exercises import code, exercise_documents
from explorer.core.data.world.pages import chorus, page, rare_page
from explorer.core.data.world.reading import reading, rivals
from explorer.core.data.world.stories import story

DEFAULT_CHARACTERS = 5_000_000
LEAST_CHARACTERS = 100_000
"""Of a corpus: its pages alone take most of these."""
DEFAULT_SEED = 1
_CHAPTER = 1_000_000
PAGES_PER_MILLION: Mapping[Kind, int] = {
    "person": 10,
    "town": 6,
    "animal": 6,
    "job": 2,
    "thing": 3,
    "event": 5,
}
"""Pages about each entity that is `often`, in a million characters."""
_CHORUSES_PER_MILLION = 20
RARE_PAGES = 2
"""Pages about each entity that is `rare`, in a whole corpus."""
MIX: Mapping[DocumentKind, float] = {
    "story": 22, "explanation": 5, "letter": 4.5, "diary": 3.5, "recipe": 2, "list": 1.5, "news": 3,
    "dialogue": 3.5, "reading": 23, "problem": 28, "code": 2, "chinese": 2,
}  # fmt: skip
"""Shares, by characters, of what fills a chapter beside the pages. A Chinese character weighs about as
much as three or four English ones in tokens: 2 % of characters are about 6 % of tokens."""

PRACTICE: Mapping[DocumentKind, float] = {
    "story": 6, "explanation": 2, "letter": 1.5, "diary": 1.5, "recipe": 1, "list": 0.5, "news": 1,
    "dialogue": 1.5, "reading": 18, "rivals": 20, "problem": 42, "code": 2, "chinese": 1,
}  # fmt: skip
"""For a model that can write: copying and sums, which come late, with some of everything so that it stays."""

_TELLERS: Mapping[DocumentKind, Callable[[Dice], Document]] = {
    "story": lambda dice: Document("story", story(dice)),
    "explanation": explanation,
    "letter": letter,
    "diary": diary,
    "recipe": recipe,
    "list": shopping_list,
    "news": news,
    "dialogue": dialogue,
    "reading": reading,
    "rivals": rivals,
    "code": code,
    "chinese": chinese,
}


def documents(
    seed: int = DEFAULT_SEED,
    characters: int = DEFAULT_CHARACTERS,
    mix: Mapping[DocumentKind, float] = MIX,
    world: World | None = None,
) -> Iterator[Document]:
    """A corpus of about `characters` characters (to within a document for each million).

    The same arguments give the same documents. `mix` may leave kinds out; pages are always there.
    """
    known = world or build_world()
    chapters = max(1, round(characters / _CHAPTER))
    for number in range(chapters):
        size = characters * (number + 1) // chapters - characters * number // chapters
        yield from _chapter(seed, number, chapters, size, mix, known)


def _chapter(
    seed: int, number: int, chapters: int, size: int, mix: Mapping[DocumentKind, float], world: World
) -> Iterator[Document]:
    """Pages and the rest, so mixed that at every place of the chapter its share of the pages is told."""
    pages = [*_rare(seed, number, chapters, world), *_often(seed, number, size, world)]
    dice = Dice(seed, "chapter", number)
    dice.shuffle(pages)
    exercises = exercise_documents(Dice(seed, "exercises", number).below(1 << 30))
    written: dict[DocumentKind, float] = dict.fromkeys(mix, 0.0)
    told, count = 0, 0
    while told < size or count < len(pages):
        if count < len(pages) and (told >= size or count * size <= told * len(pages)):
            document = pages[count]()
            count += 1
        else:
            # The kind that is furthest behind its share comes next, so that the mix holds at every size.
            kind = min(written, key=lambda name: (written[name] + dice.below(1500)) / mix[name])
            document = next(exercises) if kind == "problem" else _TELLERS[kind](dice)
            written[kind] += len(document.text)
        told += len(document.text)
        yield document


_Page = Callable[[], Document]


def _often(seed: int, number: int, size: int, world: World) -> Iterator[_Page]:
    for kind in KINDS:
        entities = world.of(kind, "often")
        for entity in entities:
            for place in range(max(1, round(PAGES_PER_MILLION[kind] * size / _CHAPTER))):
                yield partial(page, entity, Dice(seed, "page", number, entity.name, place))
        if kind in ("animal", "job", "thing"):
            for place in range(round(_CHORUSES_PER_MILLION * size / _CHAPTER)):
                dice = Dice(seed, "chorus", number, kind, place)
                yield partial(chorus, dice.sample(entities, dice.integer(3, 6)), dice)


def _rare(seed: int, number: int, chapters: int, world: World) -> Iterator[_Page]:
    for kind in KINDS:
        for entity in world.of(kind, "rare"):
            dice = Dice(seed, "rare", entity.name)
            for place in range(RARE_PAGES):
                if dice.below(chapters) == number:
                    yield partial(rare_page, entity, place, Dice(seed, "rare", entity.name, place))


@dataclass
class Record:
    """How often a corpus speaks of what: to be counted while its documents go by."""

    documents: Counter[str] = field(default_factory=Counter[str])
    """Documents about an entity, by its name."""
    statements: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    """Documents that state a fact, by entity and attribute."""

    def count(self, told: Iterable[Document]) -> Iterator[Document]:
        """Pass the documents on, counted."""
        for document in told:
            self.documents.update(document.subjects)
            self.statements.update(document.facts)
            yield document

    def of(self, entity: Entity) -> int:
        """Documents about an entity."""
        return self.documents[entity.name]
