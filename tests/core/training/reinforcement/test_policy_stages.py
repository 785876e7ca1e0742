"""GRPO and rejection sampling on the loop: what they learn and say, and what no interruption changes."""

import errno
import math
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, NoReturn

import numpy as np
import pytest
import torch

from explorer.core import checkpoints
from explorer.core.model import ModelConfig, Transformer, initialize
from explorer.core.rollouts import Attempt
from explorer.core.runs import ROLLOUTS_FILE, START, RunFolder
from explorer.core.training.learner import Learner
from explorer.core.training.loop import Control
from explorer.core.training.prepare import Plan
from explorer.core.training.presets import Recipe
from explorer.core.training.reinforcement import policy_stage
from explorer.core.training.reinforcement.drawing import (
    Group,
    draw_groups,
    limits_of,
    seeds_of,
    series_of,
)
from explorer.core.training.reinforcement.options import Drawing, Policy, kinds_of, lengths_of
from explorer.core.training.reinforcement.policy_update import learn
from explorer.core.training.reinforcement.prompts import prompt_ids
from explorer.core.training.reinforcement.rejection import chosen
from explorer.core.training.reinforcement.task import Answer, Question, Reward
from explorer.core.training.stages import prepare
from explorer.errors import DamagedFileError, InputError, StorageError, TrainingError
from explorer.protocol import BUILT_IN_TEXT, GroupDrawn, StepDone, TrainingEnded
from explorer.text.chat import encode_chat
from explorer.text.chatml import SPECIAL_TOKENS, TEMPLATE
from explorer.text.specials import with_special_tokens
from explorer.text.templates import ChatMessage, TemplateRenderer
from tests.core.small import save_small_model, small_tokenizer
from tests.core.training.reinforcement.small_policy import (
    LIKES_E,
    QUICK,
    FirstToken,
    make_policy_run,
    numbers,
    rollouts,
    train,
    trainer_of,
)


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("policy")
    (folder / "likes_e.py").write_text(LIKES_E, encoding="utf-8")
    return folder


@pytest.fixture(scope="module", params=["grpo", "rejection"])
def stage(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def prepared(places: Path, stage: str) -> RunFolder:
    """Rewards come from a verifier that likes a letter, which the model often writes."""
    return make_policy_run(places / stage, stage, steps=4, verifier=str(places / "likes_e.py"))


@pytest.fixture(scope="module")
def whole(places: Path, prepared: RunFolder) -> RunFolder:
    """A run that was never interrupted."""
    folder = places / f"{prepared.path.name}-whole"
    shutil.copytree(prepared.path, folder)
    train(RunFolder(folder))
    return RunFolder(folder)


@pytest.fixture
def run(tmp_path: Path, prepared: RunFolder) -> RunFolder:
    shutil.copytree(prepared.path, tmp_path / "run")
    return RunFolder(tmp_path / "run")


# ---------------------------------------------------------------- learning


def bandit(policy: Policy, updates: int, kl: bool = False) -> tuple[list[float], list[float]]:
    """Shares of right answers of a model of 48 tokens as it learns which to say; and its distances."""
    torch.set_num_threads(1)
    config = ModelConfig(48, 24, 32, 1, 2, 1, 12, 16)
    model, reference = Transformer(config), Transformer(config)
    for each in (model, reference):
        initialize(each, 1)
    learner = Learner(model, Recipe(16, 1, updates, 2e-2, weight_decay=0.0))
    task, drawing = FirstToken(), Drawing(problems=3, group=32, max_tokens=2)
    tokenizer = small_tokenizer()
    limits = limits_of(drawing, task, tokenizer)
    shares: list[float] = []
    distances: list[float] = []
    for step in range(1, updates + 1):
        steps = draw_groups(model, tokenizer, task, task.questions(step, 3), seeds_of(1, step, 3, 32), limits)
        groups = finished(steps)
        learned = learn(learner, groups, policy, 1.0, reference if kl else None, step, updates)
        shares.append(series_of(groups)["share_right"])
        distances.append(learned.kl or 0.0)
    return shares, distances


def finished(steps: Iterator[None]) -> Any:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


@pytest.mark.parametrize(
    "policy", [Policy(), Policy(epochs=3), Policy(normalise=True)], ids=["plain", "epochs", "normalised"]
)
def test_what_is_rewarded_becomes_likely(policy: Policy) -> None:
    shares, _ = bandit(policy, 40)
    assert np.mean(shares[:3]) < 0.15 and np.mean(shares[-3:]) > 0.9


def test_a_leash_keeps_the_policy_near() -> None:
    _, free = bandit(Policy(), 40, kl=True)
    shares, held = bandit(Policy(kl_weight=1.0), 40, kl=True)
    assert free[0] == held[0] == 0.0
    assert 0 < np.median(held[-9:]) < np.median(free[-9:]) / 2
    assert np.mean(shares[-3:]) < 0.9


# ---------------------------------------------------------------- on the loop


def test_every_step_says_and_keeps_what_was_tried(run: RunFolder, stage: str) -> None:
    said = train(run)
    drawn = [fact for fact in said if isinstance(fact, GroupDrawn)]
    assert [fact.step for fact in drawn] == [1, 2, 3, 4]
    points = [fact.point for fact in said if isinstance(fact, StepDone)]
    lines = rollouts(run)
    assert len(lines) == 4 * 3 * 4 and {line["step"] for line in lines} == {1, 2, 3, 4}
    for point, news in zip(points, drawn, strict=True):
        own = [line for line in lines if line["step"] == point.step]
        assert point.series["reward"] == pytest.approx(np.mean([line["reward"] for line in own]))
        assert point.series["share_right"] == pytest.approx(np.mean(["e" in line["text"] for line in own]))
        assert point.series["response_length"] == pytest.approx(np.mean([line["length"] for line in own]))
        assert 0 < point.series["entropy"] < math.log(300)
        group = [line for line in own if line["group"] == news.number]
        assert [one.text for one in news.group.rollouts] == [line["text"] for line in group]
        assert [one.advantage for one in news.group.rollouts] == [line["advantage"] for line in group]
        assert (news.groups, news.group.question) == (3, group[0]["question"])
    for line in lines:
        assert len(line["ids"]) == len(line["logprobs"]) == line["length"] <= 6
        assert line["parts"]["right"] == float("e" in line["text"]) and line["expected"]
        assert (stage == "rejection") == ("kept" in line)
    assert [point.step for point in points if "pass_at_1" in point.series] == [1, 2, 4]
    assert isinstance(said[-1], TrainingEnded) and said[-1].finished
    _, _, info = checkpoints.load(said[-1].checkpoint)
    card = (Path(said[-1].checkpoint) / "README.md").read_text(encoding="utf-8")
    assert "4 of 4 updates" in card and "verifier of its user's" in card and info.step == 4


@pytest.mark.slow
def test_rewards_rise_through_the_whole_stage(places: Path) -> None:
    """From one answer in five with the letter to nearly all, on problems that were held out."""
    liked = str(places / "likes_e.py")
    run = make_policy_run(
        places / "rise",
        steps=60,
        recipe={"learning_rate": 5e-3, "evaluate_every": 20},
        verifier=liked,
        problems="4",
        group="8",
        held_out="64",
    )
    train(run)
    lines = numbers(run)
    assert lines[0]["pass_at_1"] < 0.5 and lines[-1]["pass_at_1"] > 0.8
    assert lines[-1]["held_out_kl"] > lines[0]["held_out_kl"]


@pytest.mark.parametrize("stop_at", [1, 2])
def test_stopped_or_killed_it_goes_on_with_the_same_numbers(
    run: RunFolder, whole: RunFolder, stop_at: int
) -> None:
    control = Control()
    with trainer_of(run, control) as trainer:
        for fact in trainer.run():
            control.stop |= isinstance(fact, StepDone) and fact.point.step == stop_at
    train(run, until=stop_at + 1)  # one more, and dead before it is saved
    with (run.path / ROLLOUTS_FILE).open("ab") as stream:
        stream.write(b'{"step":4,"gro')
    train(run)
    assert numbers(run) == numbers(whole) and rollouts(run) == rollouts(whole)
    ours, theirs = (checkpoints.load(each.checkpoint_path(4))[0] for each in (run, whole))
    assert all(torch.equal(a, b) for a, b in zip(ours.parameters(), theirs.parameters(), strict=True))


def test_closed_while_it_draws_nothing_has_changed(run: RunFolder, whole: RunFolder) -> None:
    with trainer_of(run) as trainer:
        facts = trainer.run()
        for fact in facts:
            if isinstance(fact, StepDone) and fact.point.step == 2:
                break
        before = trainer.model.embedding.weight.clone()
        while not isinstance(next(facts), GroupDrawn):
            assert torch.equal(trainer.model.embedding.weight, before)
        facts.close()
        assert torch.equal(trainer.model.embedding.weight, before) and trainer.step == 2
        trainer.save()
    train(run)
    assert numbers(run) == numbers(whole)


def test_groups_that_teach_nothing_change_nothing_and_say_so(places: Path, stage: str) -> None:
    (places / "dislikes.py").write_text("def verify(problem, text):\n    return False\n", encoding="utf-8")
    run = make_policy_run(
        places / f"{stage}-flat", stage, steps=2, verifier=str(places / "dislikes.py"), format_reward="0"
    )
    said = train(run)
    before, after = (checkpoints.load(run.path / name)[0] for name in (START, "checkpoints/step-000002"))
    assert all(torch.equal(a, b) for a, b in zip(before.parameters(), after.parameters(), strict=True))
    for fact in said:
        if isinstance(fact, GroupDrawn):
            assert fact.flat_groups == fact.groups == 3 and fact.group.flat
            assert {one.advantage for one in fact.group.rollouts} == {0.0}
        if isinstance(fact, StepDone):
            assert (fact.point.series["flat_groups"], fact.point.grad_norm) == (1.0, 0.0)


def test_a_verifier_that_raises_is_counted(places: Path, tmp_path: Path) -> None:
    (tmp_path / "raises.py").write_text(
        "def verify(problem, text):\n    if 'e' in text:\n        raise ValueError('no e')\n    return True\n"
    )
    run = make_policy_run(tmp_path / "run", steps=2, verifier=str(tmp_path / "raises.py"))
    (tmp_path / "raises.py").unlink()  # the run has its own copy
    said = train(run)
    (point, *_) = (fact.point for fact in said if isinstance(fact, StepDone))
    lines = [line for line in rollouts(run) if line["step"] == 1]
    failed = ["e" in line["text"] for line in lines]
    assert any(failed) and point.series["verifier_failed"] == pytest.approx(np.mean(failed))
    assert [line["note"].startswith("ValueError: no e") for line in lines] == failed


def test_large_logs_keep_one_group(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy_stage, "_ROLLOUT_BYTES", 100)
    train(run)
    assert [len([line for line in rollouts(run) if line["step"] == step]) for step in (1, 2, 3, 4)] == [
        12, 4, 4, 4,
    ]  # fmt: skip


# ---------------------------------------------------------------- faults


def test_a_loss_that_is_no_number_is_said_with_the_last_good_checkpoint(run: RunFolder) -> None:
    with trainer_of(run) as trainer, pytest.raises(TrainingError, match="checkpoint of step 1 is good"):
        for fact in trainer.run():
            if isinstance(fact, StepDone) and fact.point.step == 1:
                trainer.save()
                with torch.no_grad():
                    trainer.model.norm.weight[0] = math.nan
    assert run.info().status == "failed"
    checkpoints.load(run.checkpoint_path(1))


def full_disk(*_: object, **__: object) -> NoReturn:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_or_a_kill_while_saving(
    run: RunFolder, whole: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for failure, error in ((full_disk, StorageError), (_killed, KeyboardInterrupt)):
        with trainer_of(run) as trainer, monkeypatch.context() as patch, pytest.raises(error):
            for fact in trainer.run():
                if isinstance(fact, StepDone) and trainer.step == 2:
                    trainer.save()
                if isinstance(fact, StepDone) and trainer.step == 3:
                    patch.setattr(checkpoints, "save_file", failure)
                    trainer.save()
        assert [path.name for path in run.checkpoints()] == ["step-000002"]
    train(run)
    assert numbers(run) == numbers(whole) and rollouts(run) == rollouts(whole)


def _killed(*_: object, **__: object) -> NoReturn:
    raise KeyboardInterrupt


def test_a_run_without_its_start_or_verifier(run: RunFolder, stage: str) -> None:
    (run.path / "verifier.py").unlink()
    with pytest.raises(DamagedFileError, match=r"verifier\.py"):
        trainer_of(run)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"kinds": "riddles"}, "no problems of the kind riddles"),
        ({"lengths": "9"}, "no word problems of 9 steps"),
        ({"max_tokens": "384"}, "do not fit"),
        ({"verifier": "/no/such/file.py"}, "There is no file"),
        ({"group": "0"}, "cannot have"),
        ({"colour": "red"}, "no setting colour"),
    ],
)
def test_settings_that_make_no_sense(
    tmp_path: Path, places: Path, stage: str, options: dict[str, str], words: str
) -> None:
    plan = Plan(BUILT_IN_TEXT, stage=stage, parent=str(places / f"{stage}-parent"), options=QUICK | options)
    with pytest.raises(InputError, match=words):
        list(prepare(plan, tmp_path / "run"))
    assert not list(tmp_path.iterdir())


def test_what_a_policy_needs_not_is_refused(tmp_path: Path, prepared: RunFolder, stage: str) -> None:
    parent = str(prepared.path.with_name(f"{stage}-parent"))
    for given in ({"text": "/a/file"}, {"text": BUILT_IN_TEXT, "batch": 4}):
        with pytest.raises(InputError, match="means nothing"):
            list(prepare(Plan(stage=stage, parent=parent, **given), tmp_path / "run"))  # type: ignore[arg-type]
    base = save_small_model(tmp_path / "base")
    with pytest.raises(InputError, match="has not learned to chat"):
        list(prepare(Plan(BUILT_IN_TEXT, stage=stage, parent=str(base)), tmp_path / "run"))


# ---------------------------------------------------------------- parts


def test_a_prompt_is_what_the_chat_template_makes() -> None:
    tokenizer = with_special_tokens(small_tokenizer(), SPECIAL_TOKENS)
    messages = (ChatMessage("system", "Think before you answer."), ChatMessage("user", "the <think> 中文\n?"))
    with TemplateRenderer() as renderer:
        wanted = encode_chat(renderer, tokenizer, TEMPLATE, messages, {})
    assert prompt_ids(tokenizer, messages) == wanted.ids


def group_of(*answers: tuple[str, bool, bool]) -> Group:
    """(text, right, ended) of each answer."""
    said = [Answer(list(text.encode()), text, ended) for text, _, ended in answers]
    tried = [Attempt(list(one.ids), np.zeros(1), np.zeros(1), one.ended) for one in said]
    rewards = [Reward(float(right), {}, right) for _, right, _ in answers]
    return Group(Question("?", [1]), tried, said, rewards, np.zeros(len(said)))


def test_which_answers_are_kept() -> None:
    group = group_of(
        ("long right", True, True),
        ("wrong", False, True),
        ("right", True, True),
        ("right", True, True),
        ("cut", True, False),
    )
    assert chosen(group, "all", Random(1)) == [0, 2]
    assert chosen(group, "shortest", Random(1)) == [2]
    assert {tuple(chosen(group, "one", Random(seed))) for seed in range(20)} == {(0,), (2,)}
    assert chosen(group_of(("wrong", False, True)), "one", Random(1)) == []


def test_kinds_and_lengths_as_typed() -> None:
    assert set(kinds_of("words, letters")) == {"words", "letters"} and len(kinds_of("mixed")) == 4
    assert lengths_of("1,3") == {1: 1.0, 3: 1.0}
