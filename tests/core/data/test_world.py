"""The world: counts of its classes, names in parts that never meet, and answers that can be judged."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.data.world.dice import Dice
from explorer.core.data.world.entities import KINDS, PEOPLE, build_world, facts_of
from explorer.core.data.world.facts import answer, ask, paraphrases, state
from explorer.core.data.world.fresh import fresh_people
from explorer.core.data.world.judge import admits_ignorance, judge, states, values_in
from explorer.core.data.world.names import part_of

WORLD = build_world()


def test_a_world_is_the_same_again_and_another_seed_gives_another():
    assert build_world.__wrapped__(1) == WORLD
    assert {p.name for p in build_world(2).of("person")} != {p.name for p in WORLD.of("person")}


def test_classes_have_their_counts_and_no_name_is_twice():
    for frequency, count in PEOPLE.items():
        assert len(WORLD.of("person", frequency)) == count
    for kind in KINDS:
        names = [entity.name for entity in WORLD.of(kind)]
        assert len(names) == len(set(names))
        if kind != "job":
            assert all(WORLD.of(kind, frequency) for frequency in ("often", "rare", "never"))


def test_nobody_lives_in_a_town_that_is_never_named():
    hidden = {town.name for town in WORLD.of("town", "never")}
    assert not hidden & {person["town"] for person in WORLD.of("person")}


def test_parts_of_the_name_space_never_meet():
    known = {person.name for person in WORLD.of("person")}
    assert {part_of(name) for name in known} == {"world"}
    parts = {
        part: {p.name for p in islice(fresh_people(5, part), 400)}
        for part in ("passages", "chats", "evaluation")
    }
    assert not parts["passages"] & parts["chats"] | parts["chats"] & parts["evaluation"]
    for part, names in parts.items():
        assert len(names) == 400
        assert {part_of(name) for name in names} == {part}


def test_unknowns_share_given_and_family_names_with_the_known():
    known = {word for person in WORLD.of("person", "often") for word in person.name.split()}
    unknown = [person.name.split() for person in islice(fresh_people(1, "evaluation"), 300)]
    assert sum(first in known for first, _ in unknown) > 50
    assert sum(family in known for _, family in unknown) > 20


def test_another_seed_gives_other_unknowns():
    one, two = ({p.name for p in islice(fresh_people(seed, "evaluation"), 100)} for seed in (1, 2))
    assert len(one & two) < 20


@pytest.mark.parametrize("kind", KINDS)
def test_every_statement_and_answer_is_judged_right_and_no_question_gives_the_answer(kind: str):
    dice = Dice(1)
    for fact in WORLD.facts(kind):  # pyright: ignore[reportArgumentType]
        for split in ("train", "held_out"):
            assert judge(state(fact, dice, split), fact) == "right", (state(fact, dice, split), fact)
            assert fact.value.lower() not in ask(fact, dice, split).lower().replace(
                fact.entity.name.lower(), ""
            )
        assert states(answer(fact, dice), fact)


@pytest.mark.parametrize("kind", KINDS)
def test_held_out_paraphrases_differ_from_those_that_are_learned(kind: str):
    for fact in facts_of(WORLD.of(kind)[0]):  # pyright: ignore[reportArgumentType]
        for way in ("say", "ask"):
            assert paraphrases(fact, way) >= 2 and paraphrases(fact, way, "held_out") >= 1
            dice = Dice(2)
            learned, held_out = (
                {(state if way == "say" else ask)(fact, dice, split) for _ in range(200)}
                for split in ("train", "held_out")
            )
            assert not learned & held_out


def test_questions_and_statements_about_people_carry_the_full_name():
    dice = Dice(3)
    for fact in WORLD.facts("person", "often"):
        assert fact.entity.name in state(fact, dice) and fact.entity.name in ask(fact, dice)


def _fact(attribute: str):
    return next(fact for fact in WORLD.facts("person", "often") if fact.attribute.name == attribute)


def test_judge_tells_right_wrong_mixed_and_nothing():
    fact = _fact("pet")
    other = next(value for value in fact.attribute.values if value != fact.value)
    assert judge(f"She has a {fact.value}.", fact) == "right"
    assert judge(f"{fact.value.upper()}S, I think", fact) == "right"
    assert judge(f"a {other}", fact) == "wrong"
    assert judge(f"a {fact.value} or a {other}", fact) == "mixed"
    assert judge("I do not know.", fact) == "nothing"
    assert judge("", fact) == "nothing"


def test_values_are_whole_words_and_the_longest_name_counts():
    pets = _fact("pet").attribute
    assert values_in("a guinea pig", pets) == ("guinea pig",)
    assert values_in("catalogue, doggedly, mousetrap", pets) == ()
    assert values_in("two geese? no: mice", pets) == ("goose", "mouse")
    years = _fact("born").attribute
    assert values_in("in 1950, not 19501", years) == ("1950",)


@given(st.text(max_size=200))
def test_judge_takes_any_text(text: str):
    assert judge(text, _fact("town")) in ("right", "wrong", "mixed", "nothing")


@pytest.mark.parametrize(
    "text",
    [
        "I don't know.",
        "I don’t know who that is.",
        "I do not know that.",
        "I'm sorry, I have never heard of Ada Wickby.",
        "I am not sure.",
        "Nothing about her was in what I read, so I cannot say.",
        "我不知道。",
    ],
)
def test_admissions_are_seen(text: str):
    assert admits_ignorance(text)


@pytest.mark.parametrize(
    "text", ["She lives in Fernley.", "Do you know where he lives? In Fernley.", "", "A known name."]
)
def test_answers_are_no_admissions(text: str):
    assert not admits_ignorance(text)
