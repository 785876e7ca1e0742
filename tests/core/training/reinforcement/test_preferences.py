"""Preferences: rules, choices on disk, the reward model, and a policy that pleases it."""

import errno
import math
import os
import shutil
from pathlib import Path
from random import Random
from typing import NoReturn

import numpy as np
import pytest
import torch

from explorer.core import checkpoints
from explorer.core.runs import RunFolder
from explorer.core.training.prepare import Plan
from explorer.core.training.reinforcement import preferences
from explorer.core.training.reinforcement.preferences import (
    PREFERENCES_FILE,
    Preference,
    answer_ids,
    append_preferences,
    read_preferences,
    row_of,
)
from explorer.core.training.reinforcement.reward_model import (
    RewardModel,
    load_reward_model,
    preference_loss,
)
from explorer.core.training.reinforcement.rules import RULES, find_rule, prefers_a
from explorer.core.training.stages import prepare
from explorer.errors import DamagedFileError, InputError, StorageError
from explorer.protocol import BUILT_IN_TEXT, Sampled, StepDone
from explorer.text.chat import encode_chat
from explorer.text.chatml import SPECIAL_TOKENS, TEMPLATE
from explorer.text.specials import with_special_tokens
from explorer.text.templates import ChatMessage, TemplateRenderer
from tests.core.small import small_model, small_tokenizer
from tests.core.training.reinforcement.small_policy import (
    make_policy_run,
    numbers,
    save_chatting_model,
    train,
    trainer_of,
)

QUESTION = [ChatMessage("user", "the cat?")]


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)


def choice(number: int, chosen: str = "a", by: str = "person") -> Preference:
    """The answer with the letter e is always preferred."""
    a, b = f"thee {number} e", f"out {number}"
    if chosen == "b":
        a, b = b, a
    return Preference(messages=QUESTION, a=a, b=b, chosen=chosen, by=by)  # type: ignore[arg-type]


# ---------------------------------------------------------------- rules


def test_rules_say_what_they_mean() -> None:
    rich, polite, brief = (RULES[name].score for name in ("rich", "polite", "brief"))
    assert rich("red green blue") > rich("red green") > rich("red red green") > rich("red red red") == 0.0
    assert polite("Thank you for the help.") == 1.0 and polite("thanks") == polite("the help we have") == 0.0
    assert polite("Thank you, thank you, thank you for the help") == pytest.approx(1 / 3)
    assert brief("") == brief("two words") == 0.0 and brief("three words now") == 1.0
    assert brief("three words now " * 2) > brief("three words now " * 5) > brief("three words now " * 9) > 0
    with pytest.raises(InputError, match="rich, polite, brief"):
        find_rule("loud")


def test_the_labeller_errs_as_often_as_it_is_told() -> None:
    rng = Random(1)
    verdicts = [prefers_a(RULES["rich"], "one two three", "one", 0.1, rng) for _ in range(3000)]
    assert np.mean([verdict is False for verdict in verdicts]) == pytest.approx(0.1, abs=0.02)
    assert prefers_a(RULES["rich"], "same", "alike", 0.0, rng) is None


# ---------------------------------------------------------------- on disk


def test_choices_are_appended_and_torn_lines_dropped(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "mine.jsonl"
    append_preferences(path, [choice(1)])
    with path.open("ab") as stream:
        stream.write(b'{"messages":[{"ro')
    assert list(read_preferences(path)) == [choice(1)]
    append_preferences(path, [choice(2, "b")])
    with path.open("ab") as stream:
        stream.write(b'{"chosen":"c"}\n')
    append_preferences(path, [choice(3)])
    assert list(read_preferences(path)) == [choice(1), choice(2, "b"), None, choice(3)]
    assert list(read_preferences(tmp_path / "nowhere")) == []


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mine.jsonl"
    append_preferences(path, [choice(1)])

    def full(_: int) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(preferences.os, "fsync", full)
    with pytest.raises(StorageError, match="full"):
        append_preferences(path, [choice(2)])
    monkeypatch.undo()
    assert list(read_preferences(path)) == [choice(1)]


def test_an_answer_is_what_the_template_makes_of_it() -> None:
    tokenizer = with_special_tokens(small_tokenizer(), SPECIAL_TOKENS)
    said = "<think> the e </think> 7"
    with TemplateRenderer() as renderer:
        wanted = encode_chat(
            renderer,
            tokenizer,
            TEMPLATE,
            [*QUESTION, ChatMessage("assistant", said)],
            {},
            add_generation_prompt=False,
        )
    row = row_of(tokenizer, QUESTION, said, 500)
    assert row == wanted.ids[: len(row)] and len(wanted.ids) == len(row) + 1  # a line's end comes after
    assert row_of(tokenizer, QUESTION, said, 5) == row[-5:] and row[-len(answer_ids(tokenizer, said)) :]


# ---------------------------------------------------------------- the model


def test_the_loss_of_choices_computed_by_hand() -> None:
    nothing = preference_loss(torch.zeros(4), torch.zeros(4))
    assert nothing.item() == pytest.approx(math.log(2))
    found = preference_loss(torch.tensor([2.0, -1.0]), torch.tensor([0.0, 0.0]))
    assert found.item() == pytest.approx((math.log(1 + math.exp(-2)) + math.log(1 + math.e)) / 2)


def test_scores_are_read_at_the_last_token_whatever_is_beside() -> None:
    model = small_model()
    judge = RewardModel(model, torch.randn(32, generator=torch.Generator().manual_seed(1)))
    rows = [[1, 2, 3], [7] * 11, [5], *[[9, number] for number in range(40)]]
    alone = [judge.judged([row])[0] for row in rows]
    np.testing.assert_allclose(judge.judged(rows), alone, atol=1e-5)
    with torch.no_grad():
        state = model.hidden(torch.tensor([[1, 2, 3]]))[0, -1]
    assert alone[0] == pytest.approx(float(state @ judge.head.detach()) / math.sqrt(32), abs=1e-5)
    assert RewardModel(model).judged(rows).tolist() == [0.0] * len(rows)


# ---------------------------------------------------------------- the stages


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("preferences")
    save_chatting_model(folder / "parent")
    append_preferences(folder / "mine.jsonl", [choice(n, "ab"[n % 2]) for n in range(60)])
    return folder


def reward_plan(places: Path, steps: int, **options: str) -> Plan:
    return Plan(BUILT_IN_TEXT, stage="reward", parent=str(places / "parent"), steps=steps, options=options)


@pytest.fixture(scope="module")
def judge(places: Path) -> RunFolder:
    """Learned from a person's 60 choices that the letter e is liked."""
    plan = reward_plan(places, 40, labels=str(places / "mine.jsonl"), rows="8")
    for _ in prepare(plan, places / "judge"):
        pass
    train(RunFolder(places / "judge"))
    return RunFolder(places / "judge")


def test_a_reward_model_learns_what_a_person_likes(judge: RunFolder) -> None:
    lines = numbers(judge)
    assert lines[0]["preference_loss"] == pytest.approx(math.log(2), abs=1e-6)
    assert lines[-1]["held_out_accuracy"] > 0.9 and lines[-1]["held_out_loss"] < 0.55
    assert "true_accuracy" not in lines[-1]
    assert judge.record().text == "60 pairs chosen by a person"
    path = judge.newest_checkpoint()
    assert path is not None
    model = load_reward_model(path, torch.device("cpu"))
    tokenizer = with_special_tokens(small_tokenizer(), SPECIAL_TOKENS)
    liked, other = model.judged([row_of(tokenizer, QUESTION, said, 384) for said in ("thee 99 e", "out 99")])
    assert liked > other
    assert "reward model" in (path / "README.md").read_text(encoding="utf-8")


def test_a_reward_model_goes_on_exactly(places: Path, judge: RunFolder, tmp_path: Path) -> None:
    plan = reward_plan(places, 40, labels=str(places / "mine.jsonl"), rows="8")
    for _ in prepare(plan, tmp_path / "run"):
        pass
    run = RunFolder(tmp_path / "run")
    record = run.record()
    train(run, until=3)
    assert run.checkpoints() == []
    with trainer_of(run) as trainer:
        for fact in trainer.run():
            if isinstance(fact, StepDone) and fact.point.step == 17:
                trainer.save()
            if isinstance(fact, StepDone) and fact.point.step == 19:
                break
    said = train(run)
    assert numbers(run) == numbers(judge) and record.steps == 40
    ours, theirs = (load_reward_model(each.checkpoint_path(40), torch.device("cpu")) for each in (run, judge))
    assert torch.equal(ours.head, theirs.head)
    samples = [fact.sample for fact in said if isinstance(fact, Sampled)]
    assert samples[-1].prompt == "the cat?" and samples[-1].text.startswith("\nA ")


def test_a_rule_labels_pairs_that_the_model_wrote(places: Path, tmp_path: Path) -> None:
    plan = reward_plan(places, 2, pairs="24", noise="0", max_tokens="12", rows="4")
    for _ in prepare(plan, tmp_path / "run"):
        pass
    found = [one for one in read_preferences(tmp_path / "run" / PREFERENCES_FILE) if one is not None]
    assert len(found) == 24 and {one.by for one in found} == {"rich"}
    rich = RULES["rich"].score
    assert all((rich(one.a) > rich(one.b)) == (one.chosen == "a") for one in found)
    assert len({one.messages[-1].content for one in found}) > 12
    train(RunFolder(tmp_path / "run"))
    assert {"true_accuracy", "held_out_accuracy"} <= set(numbers(RunFolder(tmp_path / "run"))[-1])


@pytest.mark.parametrize("leash", ["0", "5"])
def test_a_policy_learns_to_please_its_judge(
    places: Path, judge: RunFolder, tmp_path: Path, leash: str
) -> None:
    plan = Plan(
        BUILT_IN_TEXT,
        stage="rlhf",
        parent=str(places / "parent"),
        steps=4,
        options={
            "reward_model": str(judge.path),
            "kl_weight": leash,
            "problems": "2",
            "group": "4",
            "max_tokens": "5",
            "held_out": "2",
        },
    )
    for _ in prepare(plan, tmp_path / "run"):
        pass
    run = RunFolder(tmp_path / "run")
    train(run)
    lines = numbers(run)
    assert lines[0]["kl"] == pytest.approx(0.0, abs=1e-6)
    assert all(line["kl"] > 0 for line in lines[1:]) and all(line["grad_norm"] > 0 for line in lines)
    assert "share_right" not in lines[0] and "held_out_reward" in lines[-1]
    leashed = "KL leash of weight 5" if leash == "5" else "no leash"
    assert leashed in (run.checkpoint_path(4) / "README.md").read_text(encoding="utf-8")


def test_what_cannot_be_a_judge(places: Path, judge: RunFolder, tmp_path: Path) -> None:
    def refused(words: str, **options: str) -> None:
        plan = Plan(BUILT_IN_TEXT, stage="rlhf", parent=str(places / "parent"), options=options)
        with pytest.raises(InputError, match=words):
            list(prepare(plan, tmp_path / "run"))
        assert not (tmp_path / "run").exists()

    refused("needs a judge")
    refused("There is no model", reward_model=str(tmp_path / "nothing"))
    other = make_policy_run(tmp_path / "other", steps=1, format_reward="0")
    train(other)
    refused("no reward model", reward_model=str(other.path))
    path = judge.newest_checkpoint()
    assert path is not None
    shutil.copytree(path, tmp_path / "broken")
    state = tmp_path / "broken" / "trainer" / "state.json"
    state.write_bytes(state.read_bytes()[:-9])
    with pytest.raises(DamagedFileError):
        load_reward_model(tmp_path / "broken", torch.device("cpu"))
    checkpoints.load(path)


def test_too_few_choices(places: Path, tmp_path: Path) -> None:
    append_preferences(tmp_path / "few.jsonl", [choice(1)])
    for labels, words in ((tmp_path / "few.jsonl", "only 1 pairs"), (tmp_path / "none", "There is no file")):
        with pytest.raises(InputError, match=words):
            list(prepare(reward_plan(places, 5, labels=str(labels)), tmp_path / "run"))
        assert not (tmp_path / "run").exists()
