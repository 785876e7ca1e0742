"""The stages after pretraining in the training panel: what they begin from, their curves, what they try."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec.structs import replace as changed
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from explorer.protocol import (
    Failed,
    GroupDrawn,
    ListModels,
    MetricPoint,
    ModelsListed,
    OpenRun,
    ReadRollouts,
    ResumeTraining,
    Rollout,
    RolloutGroup,
    RolloutsRead,
    RunInfo,
    RunMetrics,
    RunOpened,
    RunsListed,
    StartTraining,
    StepDone,
    TextRead,
)
from explorer.ui.panels.training_parts.choice import Choice
from explorer.ui.settings import Settings
from explorer.ui.theme import Theme
from tests.ui.test_training_panel import Desk
from tests.ui.training_facts import info, point, started


def _run(name: str, stage: str, **changes: object) -> RunInfo:
    path = f"/data/runs/{name}"
    facts = {"path": path, "stage": stage, "name": name, "step": 40, "status": "finished"}
    return info(name, **({**facts, "checkpoint": f"{path}/checkpoints/step-000040"} | changes))


BASE, CHAT = _run("manual", "pretrain"), _run("talker", "sft")
POLICY = _run("policy", "grpo", steps=8, step=8)
NO_MODELS = ModelsListed(
    models=[], copies=[], copies_limit_bytes=0, unfinished=[], servers=[], done=0, total=0
)


@pytest.fixture
def desk(qtbot: QtBot, theme: Theme, settings: Settings) -> Iterator[Desk]:
    before = QLocale()
    QLocale.setDefault(QLocale("en"))
    yield Desk(qtbot, theme, settings)
    QLocale.setDefault(before)


def _group(*rewards: float, question: str = "2 + 2?") -> RolloutGroup:
    mean = sum(rewards) / len(rewards)
    rollouts = [
        Rollout(
            text=f"so it is\n{reward}",
            tokens=10 + number,
            reward=reward,
            advantage=reward - mean,
            right=reward >= 1,
            ended=number > 0,
        )
        for number, reward in enumerate(rewards)
    ]
    return RolloutGroup(question=question, expected="4", rollouts=rollouts, flat=len(set(rewards)) == 1)


def _practice_point(step: int) -> MetricPoint:
    series = {"share_right": step / 10, "reward": step / 8, "response_length": 30.0 + step, "entropy": 1.0}
    held_out = {"pass_at_1": 0.25} if step == 1 else {}
    return changed(point(step), train_loss=None, val_loss=None, series={**series, **held_out})


def _listed(desk: Desk, *runs: RunInfo) -> None:
    desk.list_runs(*runs)
    desk.tell(NO_MODELS)


def _practise(desk: Desk, steps: int = 4) -> str:
    _listed(desk, CHAT)
    desk.panel.work.setup.set_stage("grpo")
    job = desk.start()
    desk.tell(started(job, changed(POLICY, step=0, status="running")))
    for step in range(1, steps + 1):
        desk.tell(
            GroupDrawn(job=job, step=step, group=_group(0, 1.1, 0), number=2, groups=16, flat_groups=5),
            StepDone(job=job, point=_practice_point(step), eta_s=10.0),
        )
    desk.drawn()
    return job


def _words(setup: QWidget) -> list[str]:
    return [label.text() for label in setup.findChildren(QLabel) if label.isVisible()]


# ------------------------------------------------------------ the sentence


def test_each_stage_has_a_sentence_of_its_own(desk: Desk) -> None:
    setup = desk.panel.work.setup
    for stage, said in (("sft", "rounds, seed"), ("grpo", "answers to each for"), ("pretrain", "with")):
        setup.set_stage(stage)
        desk.qtbot.waitUntil(lambda said=said: said in _words(setup))
    assert "rounds, seed" not in _words(setup)


def test_grpo_without_a_model_that_chats_says_what_to_do_first(desk: Desk) -> None:
    setup = desk.panel.work.setup
    setup.set_stage("grpo")
    assert isinstance(desk.last(ListModels), ListModels)
    assert not setup.start_button.isEnabled() and "looking" in setup._parent_button.text()
    _listed(desk, BASE, _run("judge", "reward"))
    assert setup.hint() == "GRPO begins from a model that chats: finetune one first."
    assert not setup.start_button.isEnabled()
    desk.press(desk.button("Finetune one"))
    assert (setup.stage, setup.parent_name()) == ("sft", "manual")
    assert setup.start_button.isEnabled() and "Finetuning" not in setup.hint()


def test_a_starter_that_lacks_its_model_says_so(desk: Desk) -> None:
    _listed(desk, BASE)
    said: list[str] = []
    desk.panel.message.connect(said.append)
    desk.press(desk.button("Let it practise"))
    assert said == ["GRPO begins from a model that chats: finetune one first."]
    _listed(desk, CHAT, BASE)
    desk.press(desk.button("Let it practise"))
    assert said[1:] == ["Set up: press Start."]


def test_what_the_sentence_says_is_what_the_engine_is_asked_for(desk: Desk, tmp_path: Path) -> None:
    _listed(desk, CHAT, BASE)
    setup = desk.panel.work.setup
    setup.set_choice(Choice(stage="grpo", problems=4, group=16, updates=30, seed=7))
    desk.press(setup.start_button)
    request = desk.last(StartTraining)
    assert isinstance(request, StartTraining)
    assert (request.stage, request.parent, request.steps) == ("grpo", CHAT.path, 30)
    assert (request.options, request.seed) == ({"problems": "4", "group": "16"}, 7)
    assert (request.name, request.text) == ("talker, GRPO", "python-manual")

    chats = tmp_path / "talks.jsonl"
    setup.set_choice(Choice(stage="sft", parent=CHAT.path, chats=str(chats), epochs=3))
    desk.press(setup.start_button)
    request = desk.last(StartTraining)
    assert isinstance(request, StartTraining)
    assert (request.stage, request.parent, request.steps) == ("sft", CHAT.path, None)
    assert (request.text, request.options) == (str(chats), {"epochs": "3"})


def test_the_newest_run_of_the_stage_before_is_offered_and_another_choice_is_kept(desk: Desk) -> None:
    _listed(desk, POLICY, CHAT, BASE)
    setup = desk.panel.work.setup
    setup.set_stage("sft")
    assert setup.parent_name() == "manual"
    setup.set_parent(POLICY.path)
    again = desk.make_panel().work.setup
    assert (again.stage, again.parent_name()) == ("sft", "policy")


def test_what_was_not_chosen_by_hand_follows_the_stage(desk: Desk) -> None:
    setup = desk.panel.work.setup
    setup.set_stage("rejection")
    assert (setup.choice().updates, setup.choice().group) == (60, 15)
    setup.practice.updates.setValue(33)
    setup.set_stage("grpo")
    assert (setup.choice().updates, setup.choice().group) == (33, 8)


def test_a_start_that_failed_before_its_folder_is_asked_for_again_as_it_was(desk: Desk) -> None:
    _listed(desk, CHAT)
    setup = desk.panel.work.setup
    setup.set_choice(replace(setup.choice(), stage="rejection", problems=8))
    job = desk.start()
    first = desk.last(StartTraining)
    desk.tell(Failed(job=job, template="{path} is gone.", values={"path": "it"}))
    desk.drawn()
    desk.press(desk.button("Start again"))
    again = desk.last(StartTraining)
    assert again.job != job
    assert changed(again, job=job) == first


# ------------------------------------------------------------ live


def test_practice_has_its_own_curves_and_tiles(desk: Desk) -> None:
    _practise(desk)
    work = desk.panel.work
    assert work.curves.title() == "Share of answers that are right"
    assert work.curves.legend.text() == "step 4; in the update 40.0 %; held-out, pass@1 25.0 %"
    tiles = work.tiles
    shown = [tiles.text(key) for key in ("share_right", "pass_at_1", "reward", "response_length")]
    assert shown == ["40.0%", "25.0%", "0.50", "34.0"]
    assert not tiles._tiles["train_loss"].isVisible()
    work.curves.tabs.setCurrentIndex(2)
    assert work.curves.title() == "Mean length of an answer (tokens)"
    assert work.curves.plot.lines[0].y.tolist() == [31.0, 32.0, 33.0, 34.0]
    assert work.curves.plot.lines[1].y.tolist() == []


def test_a_run_of_another_stage_brings_the_loss_back(desk: Desk) -> None:
    _practise(desk)
    desk.panel.open_run(CHAT.path)
    desk.drawn()
    work = desk.panel.work
    assert work.curves.title() == "Loss (nats per token)"
    assert work.curves.subject.isVisible() and not work.curves.tabs.isVisible()
    assert not work.side.tabs.isVisible() and work.sayings.isVisible()


def test_the_group_of_the_update_is_shown_with_its_best_answer(desk: Desk) -> None:
    _practise(desk)
    group = desk.panel.work.group
    assert group.where() == "Update 4  ·  problem 3 of 16  ·  5 taught nothing"
    table = group._table
    shown = [column for column in range(6) if not table.isColumnHidden(column)]
    rows = [[table.item(row, column).text() for column in shown] for row in range(3)]
    assert rows[0] == ["✗", "0.00", "▼ -0.37", "10…", "so it is 0"]
    assert rows[1] == ["✓", "1.10", "▲ +0.73", "11", "so it is 1.1"]
    assert group.answer() == "so it is\n1.1"
    table.setCurrentCell(2, 0)
    assert group.answer() == "so it is\n0"


def test_going_back_reads_what_was_tried_then(desk: Desk) -> None:
    job = _practise(desk)
    desk.panel.work.curves.plot.cursor_moved.emit(2.4)
    run = desk.training.find(job)
    assert run is not None
    request = desk.last(ReadRollouts)
    assert isinstance(request, ReadRollouts) and (request.path, request.step) == (run.key, 2)
    groups = [_group(0, 0), _group(0, 1, question="3 + 1?")]
    desk.tell(RolloutsRead(job=request.job, step=2, groups=groups))
    desk.drawn()
    group = desk.panel.work.group
    assert group.where() == "Update 2  ·  problem 2 of 2  ·  1 taught nothing"
    assert group._question.text() == "3 + 1?"
    group._back.click()
    assert "teaches nothing" in group._note.text()


def test_a_run_on_disk_shows_what_it_tried_last(desk: Desk) -> None:
    _listed(desk, POLICY)
    desk.panel.open_run(POLICY.path)
    opened = desk.last(OpenRun).job
    points = [_practice_point(step) for step in range(1, 9)]
    desk.tell(RunOpened(job=opened, info=POLICY), RunMetrics(job=opened, points=points))
    desk.drawn()
    request = desk.last(ReadRollouts)
    assert isinstance(request, ReadRollouts) and request.step == 8
    assert "Reading" in desk.panel.work.group.where()
    desk.tell(RolloutsRead(job=request.job, step=None, groups=[]))
    desk.drawn()
    assert desk.panel.work.group.where() == "This run has tried nothing yet."


def test_lines_that_are_no_text_are_counted_and_the_first_are_shown(desk: Desk) -> None:
    job = desk.start(1)
    read = TextRead(
        job=job,
        documents=9,
        files_skipped=0,
        lines_skipped=12,
        examples=("notes.jsonl, line 17: not JSON",),
        vocab_size=300,
        vocab_wanted=1024,
    )
    desk.tell(read)
    desk.drawn()
    said = desk.panel.work.bar.left_out()
    assert said.startswith("12 lines could not be used and were left out.")
    assert "only 300 of the 1,024" in said
    assert "line 17" in desk.panel.work.bar._left_out._details.text()


def test_the_list_says_the_stage(desk: Desk) -> None:
    _listed(desk, POLICY, CHAT, BASE)
    model = desk.panel.work.list.table.model()
    assert {model.index(line, 2).data() for line in range(3)} == {"GRPO", "finetuning", "pretraining"}


def test_how_a_shipped_model_was_made_can_be_looked_at_and_nothing_more(desk: Desk) -> None:
    way = changed(POLICY, path="/models/explorer-think/way", status="interrupted")
    desk.tell(RunsListed(runs=[], binned=[], recorded=[way]))
    desk.drawn()
    desk.panel.open_run(way.path)
    desk.drawn()
    work = desk.panel.work
    assert isinstance(desk.last(OpenRun), OpenRun)
    assert work.list.table.model().index(0, 3).data() == "◉ recorded"
    assert work.bar.said().endswith("recorded when a shipped model was made")
    work.list.select(way.path)
    for button in (work.list._resume, work.list._rename, work.list._delete):
        assert not button.isEnabled()
    assert not work.bar._resume.isVisible() and not work.bar._longer.isVisible()
    work.list.resume_requested.emit(way.path)
    assert not any(isinstance(command, ResumeTraining) for command in desk.sent)
