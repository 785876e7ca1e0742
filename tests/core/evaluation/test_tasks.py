"""Measurements of models that know everything, nothing, or how to look as if they did."""

from collections.abc import Callable, Generator, Sequence
from itertools import islice

import pytest

from explorer.core.data.chats import Chat
from explorer.core.data.chats.facts import unknown_person
from explorer.core.data.problems import problems, thinking
from explorer.core.data.world.dice import Dice
from explorer.core.data.world.entities import Fact, build_world, facts_of
from explorer.core.data.world.facts import ask as question
from explorer.core.evaluation import TASKS, Reply, Share, Shares, measure, ratio_of, share_of
from explorer.core.evaluation.form import is_well_formed
from explorer.core.evaluation.speaker import Prompt
from explorer.errors import InputError
from explorer.text.chatml import SPECIAL_TOKENS
from explorer.text.templates import ChatMessage

WORLD = build_world()


class Fake:
    """A model that answers by a function of the prompt, and remembers what it was asked."""

    def __init__(self, answer: Callable[[Prompt], str]) -> None:
        self._answer = answer
        self.asked: list[Prompt] = []
        self.temperatures: set[float] = set()

    def __call__(
        self, prompts: Sequence[Prompt], *, max_tokens: int, temperature: float = 0.0, seed: int = 0
    ) -> Generator[None, None, list[Reply]]:
        yield
        self.asked += prompts
        self.temperatures.add(temperature)
        return [Reply(self._answer(prompt), True) for prompt in prompts]


def measured(fake: Fake, *names: str, seed: int = 1, count: int = 40) -> Shares:
    working = measure(fake, seed, count, names)
    while True:
        try:
            next(working)
        except StopIteration as end:
            return end.value


def last(prompt: Prompt) -> str:
    return prompt[-1].content


def answers_to(facts: Sequence[Fact]) -> dict[str, str]:
    """Every held-out wording of the questions, with its answer."""
    return {question(fact, Dice(n, "any"), "held_out"): fact.value for fact in facts for n in range(25)}


@pytest.fixture(scope="module")
def known() -> dict[str, str]:
    return answers_to([*WORLD.facts("person", "often"), *WORLD.facts("town"), *WORLD.facts("event")])


def test_who_knows_all_facts_and_who_knows_none(known: dict[str, str]) -> None:
    wise = measured(Fake(lambda prompt: known[last(prompt)]), "facts_often")
    assert wise == {"facts_often": Share(1.0, 40, 0.0)}
    rare = answers_to(WORLD.facts("person", "rare"))
    assert measured(Fake(lambda prompt: rare[last(prompt)]), "facts_rare")["facts_rare"].value == 1.0
    assert measured(Fake(lambda prompt: "A dragon."), "facts_often", "facts_rare") == {
        "facts_often": Share(0.0, 40, 0.0),
        "facts_rare": Share(0.0, 40, 0.0),
    }


def test_naming_every_value_is_no_answer() -> None:
    towns = ", ".join(dict.fromkeys(fact.value for fact in WORLD.facts("person", "often")))
    assert measured(Fake(lambda prompt: towns), "facts_often")["facts_often"].value == 0.0


def test_strangers_admitted_invented_and_neither() -> None:
    def both(answer: str) -> tuple[float, float]:
        found = measured(Fake(lambda prompt: answer), "unknown", count=200)
        return found["unknown_admitted"].value, found["unknown_invented"].value

    assert both("I don't know.") == (1.0, 0.0)
    assert both("Hm!") == (0.0, 0.0)
    admitted, invented = both("A goat in 1950, baker, rowing, bread.")
    assert admitted == 0.0 and invented > 0.5
    assert both("I don't know, maybe 1950?")[1] == 0.0


def test_another_seed_asks_about_others() -> None:
    def asked(seed: int) -> set[str]:
        fake = Fake(lambda prompt: "")
        measured(fake, "unknown", "direct", "fact_in_window", seed=seed)
        return {last(prompt) for prompt in fake.asked}

    assert asked(1) == asked(1)
    assert len(asked(1) & asked(2)) < 10


def test_problems_at_once_after_thinking_and_by_chance() -> None:
    solved = {
        problem.question: problem
        for length in (1, 2, 3)
        for problem in islice(problems(1, "test", lengths={length: 1.0}), 40)
    }
    names = [f"{way}_{n}_step{'s' * (n > 1)}" for way in ("direct", "think") for n in (1, 2, 3)]
    thinker = Fake(lambda prompt: thinking(solved[last(prompt)]))
    found = measured(thinker, "direct", "think")
    assert list(found) == names
    assert [found[name].value for name in names] == [0, 0, 0, 1, 1, 1]  # it thought where it should not have
    assert [found[name].n for name in names] == [40] * 6
    quick = measured(Fake(lambda prompt: solved[last(prompt)].answer), "direct")
    assert {share.value for share in quick.values()} == {1.0}
    chance = Fake(lambda prompt: "1 or 2")
    assert measured(chance, "pass_at_1")["pass_at_1"] == Share(0.0, 40, 0.0)
    assert chance.temperatures == {1.0}


def test_the_tool_is_for_strangers_only() -> None:
    def searches_always(prompt: Prompt) -> str:
        return f"<|search_start|>{last(prompt)}<|search_end|>"

    def searches_wisely(prompt: Prompt) -> str:
        if prompt[-1].role == "tool":
            return last(prompt)  # reads out the result, whatever else stands there
        famous = any(e.name in last(prompt) for e in WORLD.of("person", "often"))
        return "1950." if famous else searches_always(prompt)

    assert measured(Fake(searches_always), "search")["search_when_needed"].value == 0.5
    assert measured(Fake(lambda prompt: "1950."), "search")["search_when_needed"].value == 0.5
    wise = measured(Fake(searches_wisely), "search", count=60)
    assert wise["search_when_needed"].value == 1.0
    assert wise["search_answered"].n == 30 and wise["search_answered"].value > 0.6
    closed = measured(Fake(lambda prompt: "<|search_start|>cats<|search_end|>"), "search")
    assert closed["search_when_needed"].value == 0.0 and closed["search_answered"].n == 0


@pytest.mark.parametrize(
    ("kind", "text", "ended", "formed"),
    [
        ("fact", "In Oakham.", True, True),
        ("fact", "In Oakham.", False, False),
        ("fact", " ", True, False),
        ("fact", "In Oakham.<|im_start|>user", True, False),
        ("fact", "<think> a </think> b", True, False),
        ("think", "<think> a </think> b", True, True),
        ("think", "b", True, False),
        ("think", "<think> </think> b", True, False),
        ("think", "<think> a </think>", True, False),
        ("think", "<think> a <think> b </think> c", True, True),
        ("think", "<think> a </think> b </think>", True, False),
        ("think", "b <think> a </think> c", True, False),
        ("fact", "<|search_start|>x<|search_end|>", True, False),
        ("search", "<|search_start|>x<|search_end|>", True, True),
        ("search", "<|search_start|>x", True, False),
        ("search", "In Oakham.", True, True),
        ("calculator", "<|calc_start|>1 + 1<|calc_end|>", True, True),
    ],
)
def test_good_form(kind: str, text: str, ended: bool, formed: bool) -> None:
    chat = Chat(kind, (ChatMessage("user", "?"), ChatMessage("assistant", "!")))  # type: ignore[arg-type]
    assert is_well_formed(chat, Reply(text, ended)) == formed


def test_well_formed_conversations_are_of_all_kinds() -> None:
    fake = Fake(lambda prompt: "Yes.")
    share = measured(fake, "chat_well_formed", count=300)["chat_well_formed"]
    assert 0.5 < share.value < 0.95  # thinking is missing where it was asked for
    assert not any(name in last(prompt) for prompt in fake.asked for name in SPECIAL_TOKENS)


def test_a_stranger_of_evaluation_is_in_no_training_chat() -> None:
    strangers = {unknown_person(WORLD, Dice(1, n), "evaluation").name for n in range(300)}
    learned = {unknown_person(WORLD, Dice(1, n), "chats").name for n in range(2000)}
    world = {entity.name for entity in WORLD.entities}
    assert not strangers & (learned | world)
    assert facts_of(unknown_person(WORLD, Dice(1, 1), "evaluation"))


def test_errors() -> None:
    assert share_of([True, False, False, False]) == Share(0.25, 4, pytest.approx(0.2165, abs=1e-4))
    assert share_of([]) == Share(0.0, 0, 0.0)
    assert ratio_of([2.0, 4.0], [1.0, 2.0]) == Share(2.0, 2, 0.0)
    assert ratio_of([1.0, 4.0], [1.0, 1.0]) == Share(2.5, 2, pytest.approx(1.5))


def test_what_cannot_be_measured_is_said() -> None:
    fake = Fake(lambda prompt: "")
    with pytest.raises(InputError, match="no measurement beauty"):
        measured(fake, "beauty")
    with pytest.raises(InputError, match="0 questions"):
        measured(fake, "direct", count=0)
    assert set(TASKS) >= {"direct", "think", "search"}
