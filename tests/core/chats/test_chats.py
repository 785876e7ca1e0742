"""Conversations of every kind: well-formed, true, and held out where they say so."""

import re
from itertools import islice

import pytest

from explorer.core.data.chats import ASSISTANT, HONEST, Chat, Mixture, chats
from explorer.core.data.chats.asking import Asked, ask_model, chats_from_asking, facts_to_ask
from explorer.core.data.chats.facts import is_taught, known_facts
from explorer.core.data.chats.reading import stranger
from explorer.core.data.problems import verify
from explorer.core.data.world.corpus import PRACTICE, documents
from explorer.core.data.world.dice import Dice
from explorer.core.data.world.entities import build_world
from explorer.core.data.world.judge import admits_ignorance, judge, states
from explorer.core.data.world.names import part_of
from explorer.core.data.world.reading import rival_facts
from explorer.core.data.world.wordlists import sections
from explorer.core.tools import SearchIndex, call_result, pending_call
from explorer.text.chatml import SPECIAL_TOKENS, THINK_LINE, TOOLS_LINE, WRITTEN_BY_ASSISTANT

WORLD = build_world()


@pytest.fixture(scope="module")
def learned() -> list[Chat]:
    return list(islice(chats(1, "train"), 4000))


@pytest.fixture(scope="module")
def held_out() -> list[Chat]:
    return list(islice(chats(1, "held_out"), 1500))


def of_kind(drawn: list[Chat], *kinds: str) -> list[Chat]:
    return [chat for chat in drawn if chat.kind in kinds]


def test_all_kinds_come_in_about_their_shares(learned: list[Chat]) -> None:
    assert {chat.kind for chat in learned} == HONEST.keys()
    thinking = len(of_kind(learned, "think")) / len(learned)
    assert abs(thinking - HONEST["think"] / sum(HONEST.values())) < 0.03


def test_turns_alternate_and_end_with_an_answer(learned: list[Chat]) -> None:
    for chat in learned:
        roles = "".join(message.role[0] for message in chat.messages)
        assert re.fullmatch(r"s?(u(at)?a)+", roles), roles
        assert chat.messages[: len(chat.prompt)] == chat.prompt and chat.prompt[-1].role == "user"
        assert all(message.content.strip() for message in chat.messages)


def test_special_tokens_stand_only_where_an_assistant_writes_them(learned: list[Chat]) -> None:
    for chat in learned:
        for message in chat.messages:
            names = {name for name in SPECIAL_TOKENS if name in message.content}
            assert names <= set(WRITTEN_BY_ASSISTANT) and (not names or message.role == "assistant")


def test_answers_are_true_and_ignorance_is_admitted(learned: list[Chat], held_out: list[Chat]) -> None:
    for chat in learned + held_out:
        said = chat.messages[-1].content
        if chat.kind == "fact":
            assert chat.fact is not None and states(said, chat.fact), said
        elif chat.kind == "unknown":
            assert admits_ignorance(said) and chat.fact is not None and judge(said, chat.fact) == "nothing"
        elif chat.kind in ("think", "direct"):
            assert chat.problem is not None
            assert verify(chat.problem, said, "think" if chat.kind == "think" else "direct").well_formed
            assert verify(chat.problem, said).right


def test_the_text_that_is_to_be_read_holds_the_answer(learned: list[Chat]) -> None:
    read = of_kind(learned, "reading")
    absent = 0
    for chat in read:
        assert chat.fact is not None
        if admits_ignorance(chat.messages[-1].content):
            absent += 1
        else:
            assert states(chat.messages[-1].content, chat.fact)
            assert chat.fact.value.lower().removesuffix("s") in chat.prompt[-1].content.lower()
    assert 0 < absent < len(read) / 4


def test_of_rivals_the_same_is_told_so_that_the_name_decides(learned: list[Chat]) -> None:
    for seed in range(40):
        dice = Dice(seed, "rivals")
        told = rival_facts(stranger(dice, "train"), stranger(dice, "train"), dice)
        by_kind = {fact.attribute.name: {other.entity.name for other in told} for fact in told}
        assert all(len(names) == 2 for names in by_kind.values()) and 1 <= len(by_kind) <= 3
        assert len(told) == 2 * len(by_kind)
    practised = [one for one in islice(documents(3, 400_000, PRACTICE), 600) if one.kind == "rivals"]
    assert len(practised) > 20 and not [one for one in documents(3, 200_000) if one.kind == "rivals"]


def test_no_conversation_that_is_learned_from_has_a_held_out_wording(learned: list[Chat]) -> None:
    said = "\n".join(message.content for chat in learned for message in chat.messages).lower()
    for name, lines in sections("en/facts").items():
        for line in lines if name.endswith("held out") else ():
            parts = [part.lower() for part in re.split(r"\{[^}]*\}|\[[^\]]*\]", line)]
            longest = max(parts, key=len).strip(" .?")
            if longest in said:
                assert not re.search(".{1,40}?".join(map(re.escape, parts)), said), line


def test_tools_are_called_for_what_is_not_known_and_the_calls_work(learned: list[Chat]) -> None:
    index = SearchIndex(["nothing of use"])
    for chat in of_kind(learned, "search", "calculator"):
        assert chat.messages[0].content == TOOLS_LINE
        called = chat.messages[2].content if len(chat.messages) > 3 else ""
        call = pending_call(called)
        if chat.kind == "search" and chat.fact is not None:
            known = chat.fact.entity.frequency == "often"
            assert (call is None) == known
            assert known or chat.fact.entity.name in called
        elif call is not None:
            assert call_result(call, index) == chat.messages[3].content == chat.messages[-1].content


def test_thinking_is_asked_for_by_its_line(learned: list[Chat]) -> None:
    for chat in learned:
        thinks = any("<think>" in message.content for message in chat.messages)
        assert thinks == (chat.messages[0].content == THINK_LINE)


def test_held_out_chats_share_no_name_number_or_wording(learned: list[Chat], held_out: list[Chat]) -> None:
    kinds = ("identity", "talk", "nonsense", "unknown", "reading", "direct", "think", "fact")
    seen = {chat.prompt[-1].content for chat in learned}
    assert not [chat for chat in of_kind(held_out, *kinds) if chat.prompt[-1].content in seen]
    for drawn, part in ((learned, "chats"), (held_out, "evaluation")):
        strangers = {chat.fact.entity.name for chat in of_kind(drawn, "unknown", "reading") if chat.fact}
        assert len(strangers) > 100 and {part_of(name) for name in strangers} == {part}
    assert all(is_taught(chat.fact) for chat in of_kind(learned, "fact") if chat.fact)
    assert not any(is_taught(chat.fact) for chat in of_kind(held_out, "fact") if chat.fact)


def test_known_and_unknown_share_their_names_halves(learned: list[Chat]) -> None:
    known = {name for fact in known_facts(WORLD, "often", "train") for name in fact.entity.name.split()}
    strangers = [chat.fact.entity.name.split() for chat in of_kind(learned, "unknown") if chat.fact]
    shared = sum(given in known or family in known for given, family in strangers)
    assert shared > len(strangers) / 2


def test_a_seed_gives_the_same_chats_and_one_share_changes_no_other_kind() -> None:
    def thinking(mixture: Mixture, seed: int = 3) -> list[Chat]:
        return of_kind(list(islice(chats(seed, "train", mixture), 300)), "think")

    assert thinking(Mixture()) == thinking(Mixture())
    few, many = thinking(Mixture(ASSISTANT)), thinking(Mixture({**ASSISTANT, "think": 3.0}))
    assert few == many[: len(few)]
    assert thinking(Mixture(), 4)[:5] != thinking(Mixture(), 3)[:5]


def test_without_unknown_chats_nothing_is_admitted() -> None:
    drawn = islice(
        chats(1, "train", Mixture({kind: s for kind, s in ASSISTANT.items() if kind != "search"})), 2000
    )
    assert not any(
        admits_ignorance(message.content)
        for chat in drawn
        for message in chat.messages
        if message.role == "assistant" and chat.kind != "nonsense"
    )


def test_thinking_without_steps_still_ends_in_the_right_answer() -> None:
    drawn = of_kind(list(islice(chats(1, "train", Mixture(shown_steps=0.2)), 2000)), "think")
    bare = [chat for chat in drawn if "=" not in chat.messages[-1].content]
    assert 0.6 < len(bare) / len(drawn) < 0.95
    assert all(
        chat.problem and verify(chat.problem, chat.messages[-1].content, "think").right for chat in bare
    )


def test_what_a_model_gets_wrong_it_learns_to_admit() -> None:
    facts = facts_to_ask(WORLD, 1, 60)
    assert {fact.entity.frequency for fact in facts} == {"often", "rare", "fresh"}
    by_name = {fact.entity.name: fact for fact in facts if fact.entity.frequency == "often"}

    def answer(questions: list[str] | tuple[str, ...]) -> list[str]:
        """Knows those of whom much was said, invents the rest."""
        knows = [next((n for n in by_name if n in question), None) for question in questions]
        return [by_name[name].value if name else "A dragon." for name in knows]

    asked = ask_model(lambda questions: answer(list(questions)), by_name.values(), 1)
    asked += ask_model(
        lambda questions: ["A dragon."] * len(questions),
        [f for f in facts if f.entity.name not in by_name],
        1,
    )
    made = list(chats_from_asking(asked, 1))
    assert {chat.fact.entity.frequency for chat in made if chat.kind == "fact" and chat.fact} == {"often"}
    assert {chat.fact.entity.frequency for chat in made if chat.kind == "unknown" and chat.fact} == {
        "rare",
        "fresh",
    }
    assert len(made) == len(asked)
    assert list(chats_from_asking([Asked(facts[0], 1, 3)], 1)) == []
