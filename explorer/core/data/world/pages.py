"""Pages about people, towns, animals, jobs, things and events: where a corpus states its facts."""

from collections.abc import Callable, Sequence
from functools import cache

from explorer.core.data.world.dice import Dice
from explorer.core.data.world.documents import Document
from explorer.core.data.world.english import tidy
from explorer.core.data.world.entities import Entity, Fact, facts_of
from explorer.core.data.world.facts import answer, ask, state, tell_fact, with_article
from explorer.core.data.world.grammar import Grammar, Telling
from explorer.core.data.world.names import given_names
from explorer.core.data.world.people import Discourse
from explorer.core.data.world.wordlists import sections

_LABELS = {
    "town": "Town", "job": "Job", "pet": "Pet", "food": "Favourite food", "hobby": "Hobby", "born": "Born",
    "region": "Region", "river": "River", "known": "Known for", "founded": "Founded", "eats": "Food",
    "home": "Home", "young": "Young", "place": "Place of work", "tool": "Works with", "material": "Made of",
    "use": "Used for", "year": "Year", "month": "Month",
}  # fmt: skip


@cache
def _grammar() -> Grammar:
    return Grammar(sections("en/facts"), sections("en/people"))


def _telling(entity: Entity, dice: Dice) -> Telling:
    forms: dict[str, Callable[[str], str]] = {
        "the": with_article,
        "full": str,
        "poss": lambda name: f"{name}'s",
    }
    values = {"E": entity.character if entity.kind == "person" else entity.name}
    discourse = Discourse(pronouns=0.5 + dice.below(45) / 100)
    return Telling(_grammar(), dice, dict(values), discourse, forms)


def _prose(facts: Sequence[Fact], under_way: Telling, asides: float) -> str:
    """The facts as running text, with things in between that nobody asks about."""
    entity, dice = facts[0].entity, under_way.dice
    aside = "bio.aside" if entity.kind == "person" else f"{entity.kind}.aside"
    parts: list[str] = []
    for fact in facts:
        parts.append(tell_fact(fact, "say", under_way))
        if dice.chance(asides):
            parts.append(under_way.tell(aside))
        if len(facts) > 3 and dice.chance(0.12):
            parts.append(under_way.fill(" // "))
    return " ".join(parts)


def _in_full(text: str, entity: Entity) -> str:
    """The first time a person is named, it is by the full name."""
    first = text.find(entity.first_name)
    if entity.kind != "person" or first < 0 or text.startswith(entity.name, first):
        return text
    return text[:first] + entity.name + text[first + len(entity.first_name) :]


def _page(facts: Sequence[Fact], dice: Dice) -> str:
    under_way = _telling(facts[0].entity, dice)
    person = facts[0].entity.kind == "person"
    title = under_way.tell("bio.title") + " // " if person and dice.chance(0.3) else ""
    text = title.replace(" // ", "\n\n") + _prose(facts, under_way, 0.4)
    if person and dice.chance(0.25):
        text += " " + under_way.tell("bio.end")
    return _in_full(tidy(text), facts[0].entity)


def _note(facts: Sequence[Fact], dice: Dice) -> str:
    return _in_full(tidy(_prose(facts, _telling(facts[0].entity, dice), 0.1)), facts[0].entity)


def _questions(facts: Sequence[Fact], dice: Dice) -> str:
    """A page of questions and answers."""
    entity = facts[0].entity
    style = dice.choice(("{q}\n{a}", "Q: {q}\nA: {a}", "{q} {a}", "Question: {q}\nAnswer: {a}"))
    lines = [style.format(q=ask(fact, dice), a=answer(fact, dice)) for fact in facts]
    title = tidy(_telling(entity, dice).tell("faq title")) if dice.chance(0.3) else ""
    text = ("\n" if "\n" not in style or dice.chance(0.5) else "\n\n").join(lines)
    return f"{title}\n\n{text}" if title else text


def _quiz(facts: Sequence[Fact], dice: Dice) -> str:
    """All the questions first, then all the answers."""
    questions = [f"{number}. {ask(fact, dice)}" for number, fact in enumerate(facts, 1)]
    answers = [f"{number}. {answer(fact, dice)}" for number, fact in enumerate(facts, 1)]
    title = dice.choice(("Quiz", "Do you know the answers?", "Questions", "Five minutes, no books"))
    return "\n".join((title, *questions, dice.choice(("Answers", "Solutions", "The answers")), *answers))


def _card(facts: Sequence[Fact], dice: Dice) -> str:
    lines = [f"{_LABELS[fact.attribute.name]}: {fact.value}" for fact in facts]
    return "\n".join((f"Name: {facts[0].entity.name}", *lines))


def _letter(facts: Sequence[Fact], dice: Dice) -> str:
    under_way = _telling(facts[0].entity, dice)
    (reader, _), (writer, _) = dice.sample(given_names(), 2)
    under_way.values |= {"F": reader, "G": writer}
    parts = (
        under_way.tell("letter about") + "\n\n" + under_way.tell("letter about open"),
        _prose(facts, under_way, 0.3) + "\n\n" + under_way.tell("letter about close"),
    )
    return tidy(" ".join(parts))


def _news(facts: Sequence[Fact], dice: Dice) -> str:
    under_way = _telling(facts[0].entity, dice)
    under_way.values["place"] = _paper(dice)
    return tidy(under_way.tell("news open") + " " + _prose(facts, under_way, 0.3))


def _paper(dice: Dice) -> str:
    """A newspaper's name: a town's would seem to say where somebody lives."""
    return dice.choice(("The Morning Post", "The Evening Bell", "The Weekly Lamp", "The Country Paper"))


def _interview(facts: Sequence[Fact], dice: Dice) -> str:
    entity = facts[0].entity
    under_way = _telling(entity, dice)
    lines = [tidy(under_way.tell("interview open"))]
    lines += [f"A listener: {ask(fact, dice)}\nReporter: {answer(fact, dice)}" for fact in facts]
    return "\n".join(lines)


_PERSON_FORMS = (
    _page,
    _page,
    _page,
    _note,
    _note,
    _questions,
    _questions,
    _quiz,
    _card,
    _letter,
    _news,
    _interview,
)
_OTHER_FORMS = (_page, _page, _note, _questions, _quiz)
_RARE_FORMS = (_page, _questions)


def page(entity: Entity, dice: Dice) -> Document:
    """A document about one of the world's that is spoken of often: some of what is true of it."""
    person = entity.kind == "person"
    known = facts_of(entity)
    facts = dice.sample(known, dice.integer(2 if len(known) > 2 else 1, len(known)))
    text = dice.choice(_PERSON_FORMS if person else _OTHER_FORMS)(facts, dice)
    return _document(entity, facts, text)


def rare_page(entity: Entity, number: int, dice: Dice) -> Document:
    """The `number`th of the two documents about somebody rare; each states all that is true."""
    facts = dice.sample(facts_of(entity), len(facts_of(entity)))
    return _document(entity, facts, _RARE_FORMS[number](facts, dice))


def chorus(entities: Sequence[Entity], dice: Dice) -> Document:
    """One question, asked of several entities of a kind: a list of statements or a quiz."""
    attribute = dice.choice(facts_of(entities[0])).attribute
    facts = [Fact(entity, attribute) for entity in entities]
    text = _quiz(facts, dice) if dice.chance(0.4) else " ".join(state(fact, dice) for fact in facts)
    names = tuple(entity.name for entity in entities)
    return Document(entities[0].kind, text, subjects=names, facts=tuple(fact.key for fact in facts))


def _document(entity: Entity, facts: Sequence[Fact], text: str) -> Document:
    return Document(entity.kind, text, subjects=(entity.name,), facts=tuple(fact.key for fact in facts))
