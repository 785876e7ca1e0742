"""Reward models and RLHF in the training panel: the sentences, two answers to choose between, gaming seen."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace as changed
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from explorer.core.training.reinforcement.rules import RULES
from explorer.protocol import (
    AskPreferences,
    Failed,
    FindPreferences,
    GivePreference,
    GroupDrawn,
    MetricPoint,
    PreferenceAsked,
    PreferencesFound,
    Rollout,
    RolloutGroup,
    RunInfo,
    StartTraining,
    StepDone,
    UndoPreference,
)
from explorer.ui.panels.training_parts.choice import LABELLERS, Choice
from explorer.ui.settings import Settings
from explorer.ui.theme import Theme
from tests.ui.test_training_panel import Desk
from tests.ui.test_training_stages import BASE, CHAT, _listed, _run, _words
from tests.ui.training_facts import point, started

FILE = "/data/preferences/talker.jsonl"
OTHER = _run("elder", "sft")
JUDGE = _run("taste", "reward", parent=f"{OTHER.path}/checkpoints/step-000040")
PLEASER = _run("pleaser", "rlhf", steps=8, step=8)
ARABIC = "نعم، هذا صحيح تمامًا."


@pytest.fixture
def desk(qtbot: QtBot, theme: Theme, settings: Settings) -> Iterator[Desk]:
    before = QLocale()
    QLocale.setDefault(QLocale("en"))
    desk = Desk(qtbot, theme, settings)
    desk.preferences.engine_ready()
    yield desk
    QLocale.setDefault(before)


def _by_hand(desk: Desk, kept: int) -> None:
    _listed(desk, CHAT, BASE)
    desk.panel.work.setup.set_choice(Choice(stage="reward", labeller="person", seed=5))
    desk.tell(PreferencesFound(job="preferences-kept", path=CHAT.path, store=FILE, kept=kept))


def _asked(desk: Desk, number: int, kept: int, a: str = "Yes, it is.", b: str = "No.") -> None:
    job = desk.last(AskPreferences).job
    question = "Is it raining in Aldermoor?"
    desk.tell(PreferenceAsked(job=job, number=number, question=question, a=a, b=b, kept=kept, store=FILE))


def _choose(desk: Desk, kept: int, **answers: str) -> None:
    _by_hand(desk, kept)
    desk.press(desk.button("Choose between answers…"))
    _asked(desk, 1, kept, **answers)


# ------------------------------------------------------------ the sentences


def test_a_reward_model_has_a_rule_with_errors(desk: Desk) -> None:
    _listed(desk, CHAT, BASE)
    setup = desk.panel.work.setup
    setup.set_choice(Choice(stage="reward", labeller="brief", pairs=200, noise=20, seed=3))
    desk.qtbot.waitUntil(lambda: "that likes" in _words(setup) and "pairs with" in _words(setup))
    assert RULES["brief"].sentence in setup.hint()
    desk.press(setup.start_button)
    request = desk.last(StartTraining)
    assert isinstance(request, StartTraining)
    assert (request.stage, request.parent, request.steps, request.seed) == ("reward", CHAT.path, None, 3)
    assert request.options == {"rule": "brief", "pairs": "200", "noise": "0.2"}
    assert request.name == "talker, reward model"


def test_the_rules_are_said_as_the_engine_has_them(desk: Desk) -> None:
    reward = desk.panel.work.setup.reward
    said = {labeller: reward.rule_words(labeller) for labeller in LABELLERS if labeller != "person"}
    assert said == {name: rule.sentence for name, rule in RULES.items()}


def test_the_persons_choices_are_counted_before_a_model_can_learn_them(desk: Desk) -> None:
    _by_hand(desk, 7)
    setup = desk.panel.work.setup
    assert desk.last(FindPreferences) == FindPreferences(job="preferences-kept", path=CHAT.path)
    desk.qtbot.waitUntil(lambda: "that likes" in _words(setup))
    assert "pairs with" not in _words(setup)
    assert "chosen 7 times" in setup.hint() and not setup.start_button.isEnabled()
    desk.tell(PreferencesFound(job="preferences-kept", path=CHAT.path, store=FILE, kept=8))
    assert "your 8 choices" in setup.hint()
    desk.press(setup.start_button)
    request = desk.last(StartTraining)
    assert isinstance(request, StartTraining) and request.options == {"labels": FILE}


def test_rlhf_wants_a_judge_and_offers_to_make_one(desk: Desk) -> None:
    _listed(desk, CHAT, BASE)
    setup = desk.panel.work.setup
    setup.set_stage("rlhf")
    assert setup.hint() == "RLHF wants a judge: train a reward model first."
    assert not setup.start_button.isEnabled()
    desk.press(desk.button("Make a reward model"))
    assert setup.stage == "reward" and setup.start_button.isEnabled()


def test_rlhf_begins_where_its_judge_began_and_says_what_the_leash_costs(desk: Desk) -> None:
    _listed(desk, JUDGE, CHAT, OTHER)
    setup = desk.panel.work.setup
    setup.set_choice(Choice(stage="rlhf", leash=0.5, problems=4, group=4, updates=20))
    assert setup.parent_name() == "elder"
    assert "costs 0.5" in setup.hint()
    desk.press(setup.start_button)
    request = desk.last(StartTraining)
    assert isinstance(request, StartTraining)
    assert (request.stage, request.parent, request.steps) == ("rlhf", OTHER.path, 20)
    rest = {"problems": "4", "group": "4"}
    assert request.options == {"reward_model": JUDGE.path, "kl_weight": "0.5", **rest}
    desk.press(desk.button("Please a judge, no leash"))
    assert "nothing holds the model" in setup.hint()
    desk.press(setup.start_button)
    request = desk.last(StartTraining)
    assert isinstance(request, StartTraining) and request.options["kl_weight"] == "0"


def test_both_choices_are_there_on_the_next_day(desk: Desk) -> None:
    choice = Choice(stage="rlhf", labeller="polite", pairs=800, noise=0, judge=JUDGE.path, leash=0.02)
    desk.panel.work.setup.set_choice(choice)
    _listed(desk, JUDGE, CHAT)
    again = desk.make_panel().work.setup
    assert again.choice() == Choice(**(vars(choice) | {"parent": CHAT.path}))


# ------------------------------------------------------------ which answer is better?


def test_two_answers_stand_side_by_side_and_keys_choose(desk: Desk) -> None:
    _choose(desk, 6, b=ARABIC)
    view = desk.panel.work.choosing
    assert desk.panel.work.shows_choosing and view.isVisible() and view.hasFocus()
    assert (view.card_a.text.toPlainText(), view.card_b.text.toPlainText()) == ("Yes, it is.", ARABIC)
    assert abs(view.card_a.width() - view.card_b.width()) <= 1
    assert view.count().startswith("6 choices kept; 8 at least") and not view._train.isVisible()
    desk.qtbot.keyClick(view, Qt.Key.Key_B)
    given = desk.last(GivePreference)
    assert isinstance(given, GivePreference) and (given.number, given.chosen) == (1, "b")
    desk.qtbot.keyClick(view, Qt.Key.Key_A)  # the next pair is not there yet
    assert desk.last(GivePreference) == given
    _asked(desk, 2, kept=7)
    desk.qtbot.keyClick(view.card_a.text, Qt.Key.Key_A)  # also while an answer has the focus
    assert desk.last(GivePreference) == GivePreference(job=given.job, number=2, chosen="a")
    _asked(desk, 3, kept=8)
    desk.qtbot.keyClick(view, Qt.Key.Key_S)
    assert desk.last(GivePreference) == GivePreference(job=given.job, number=3, chosen="skip")
    _asked(desk, 4, kept=8)
    desk.qtbot.keyClick(view, Qt.Key.Key_U)
    assert desk.last(UndoPreference) == UndoPreference(job=given.job)


def test_a_reward_model_learns_from_the_choices_at_a_click(desk: Desk) -> None:
    _choose(desk, 9)
    desk.panel.work.setup.set_stage("grpo")  # the sitting's model and file count, not the sentence
    desk.press(desk.button("Train a reward model on my 9 choices"))
    request = desk.last(StartTraining)
    assert isinstance(request, StartTraining)
    assert (request.stage, request.parent, request.options) == ("reward", CHAT.path, {"labels": FILE})
    assert request.name == "talker, reward model" and request.steps is None
    desk.drawn()
    assert not desk.panel.work.shows_choosing and desk.panel.work.shows_work


def test_escape_and_another_run_leave_it(desk: Desk) -> None:
    _choose(desk, 0)
    assert desk.panel.escape_is_ours()
    desk.qtbot.keyClick(desk.panel.work.choosing, Qt.Key.Key_Escape)
    assert not desk.panel.work.shows_choosing and not desk.panel.escape_is_ours()
    desk.press(desk.button("Choose between answers…"))
    desk.panel.open_run(CHAT.path)
    assert not desk.preferences.open
    desk.drawn()
    assert desk.panel.work.shows_work


def test_answers_that_are_empty_or_the_same(desk: Desk) -> None:
    _choose(desk, 0, a="")
    view = desk.panel.work.choosing
    assert view.card_a.text.placeholderText() == "(it says nothing)"
    desk.press(view.card_b.button)
    _asked(desk, 2, kept=1, a="Same.", b="Same.")
    assert "nothing to choose" in view.notice()
    assert not view.card_a.button.isEnabled() and view._skip.isEnabled()
    desk.press(view._skip)
    _asked(desk, 3, kept=1)
    assert view.notice() == "" and view.card_a.button.isEnabled()


def test_a_long_answer_scrolls_in_its_card(desk: Desk) -> None:
    _choose(desk, 0)
    before = desk.panel.work.choosing.height()
    _asked(desk, 2, kept=0, a="and so on " * 2_000)
    view = desk.panel.work.choosing
    assert view.height() == before and view.card_a.height() == view.card_b.height()
    assert view.card_a.text.verticalScrollBar().maximum() > 0


def test_a_long_question_makes_the_panel_scroll_and_cuts_nothing_off(desk: Desk) -> None:
    desk.theme.set_scale(2.0)
    _choose(desk, 9)
    job, question = desk.last(AskPreferences).job, "The town of Aldermoor lies on the river. " * 12
    desk.tell(PreferenceAsked(job=job, number=2, question=question, a="Yes.", b="No.", kept=9, store=FILE))
    work = desk.panel.work
    view, page = work.choosing, work.choosing.parentWidget()
    desk.qtbot.waitUntil(lambda: page.height() >= view.height() >= view.minimumHeight() > 0)
    desk.qtbot.waitUntil(lambda: work.height() >= work.minimumSizeHint().height())
    assert view._train.geometry().bottom() <= view.height()


def test_a_dead_engine_and_a_full_disk_are_said(desk: Desk) -> None:
    _choose(desk, 3)
    view = desk.panel.work.choosing
    desk.press(view.card_a.button)
    desk.preferences.engine_lost("killed")
    assert "The engine has died. Your choices are kept" in view.notice()
    assert not view.card_a.button.isEnabled()
    desk.preferences.engine_ready()
    _asked(desk, 1, kept=3)
    assert "could not be kept" in view.notice()
    desk.press(view.card_a.button)
    job = desk.last(GivePreference).job
    desk.tell(Failed(job=job, template="The disk is full: {path}.", values={"path": FILE}))
    assert view.notice() == f"The disk is full: {FILE}."
    asked = len(desk.sent)
    desk.press(next(b for b in view.findChildren(QPushButton) if b.text() == "Try again"))
    assert isinstance(desk.sent[asked], AskPreferences)


def test_an_open_sitting_outlives_its_panel(desk: Desk) -> None:
    _choose(desk, 2)
    panel = desk.make_panel()  # as when the language changes
    assert panel.work.shows_choosing
    assert panel.work.choosing.card_a.text.toPlainText() == "Yes, it is."


def test_the_starter_sets_it_up(desk: Desk) -> None:
    _listed(desk, CHAT)
    desk.press(desk.button("You be the judge"))
    setup = desk.panel.work.setup
    assert setup.stage == "reward" and setup.reward.by_hand
    assert setup.offer_button.hasFocus()


# ------------------------------------------------------------ the curves


def _pleasing_point(step: int, rule: bool = True) -> MetricPoint:
    series = {"reward": step / 2, "response_length": 20.0 + step, "kl": step / 100, "entropy": 1.0}
    if rule:
        series["true_score"] = 0.5 - step / 20
    if step == 1:
        series |= {"held_out_reward": 0.25} | ({"held_out_true_score": 0.5} if rule else {})
    return changed(point(step), train_loss=None, val_loss=None, series=series)


def _tries() -> RolloutGroup:
    rollouts = [
        Rollout(text="so so", tokens=2, reward=2.5, parts={"true_score": 0.125}, advantage=1.0),
        Rollout(text="well said", tokens=2, reward=-0.5, parts={"true_score": 0.75}, advantage=-1.0),
    ]
    return RolloutGroup(question="Well?", rollouts=rollouts, flat=False)


def _please(desk: Desk, steps: int = 4, rule: bool = True) -> None:
    _listed(desk, JUDGE, CHAT, OTHER)
    desk.panel.work.setup.set_stage("rlhf")
    job = desk.start()
    desk.tell(started(job, changed(PLEASER, step=0, status="running")))
    for step in range(1, steps + 1):
        desk.tell(
            GroupDrawn(job=job, step=step, group=_tries(), number=0, groups=16, flat_groups=0),
            StepDone(job=job, point=_pleasing_point(step, rule), eta_s=10.0),
        )
    desk.drawn()


def test_the_reward_stands_over_the_rules_own_score(desk: Desk) -> None:
    _please(desk)
    work = desk.panel.work
    assert work.curves.title() == "Mean reward, by the reward model"
    assert work.curves.under.isVisible()
    assert work.curves.plot.lines[0].y.tolist() == [0.5, 1.0, 1.5, 2.0]
    assert work.curves.under.lines[0].y.tolist() == pytest.approx([0.45, 0.4, 0.35, 0.3])
    said = work.curves.legend.text()
    assert said == (
        "step 4; in the update 2.000; held-out 0.250; by the rule 0.300; by the rule, held-out 0.500"
    )
    assert work.curves.under.steps_shown == work.curves.plot.steps_shown
    shown = [work.tiles.text(key) for key in ("reward", "true_score", "kl", "response_length")]
    assert shown == ["2.00", "0.30", "0.040", "24.0"]
    work.curves.tabs.setCurrentIndex(1)
    assert work.curves.title().startswith("Distance") and not work.curves.under.isVisible()


def test_where_a_person_preferred_there_is_no_rule(desk: Desk) -> None:
    _please(desk, rule=False)
    work = desk.panel.work
    assert not work.tiles._tiles["true_score"].isVisible() and not work.curves.under.isVisible()


def test_each_answer_has_the_rules_score_beside_its_reward(desk: Desk) -> None:
    _please(desk)
    group = desk.panel.work.group
    assert desk.panel.work.side.tabs.isVisible() and group.where().startswith("Update 4  ·")
    table = group._table
    shown = [column for column in range(table.columnCount()) if not table.isColumnHidden(column)]
    rows = [[table.item(row, column).text() for column in shown] for row in range(2)]
    assert rows[0] == ["2.50", "0.12", "▲ +1.00", "2", "so so"]
    assert rows[1] == ["-0.50", "0.75", "▼ -1.00", "2", "well said"]


def test_runs_with_and_without_a_leash_are_compared(desk: Desk) -> None:
    _please(desk)
    leashed = _run("leashed", "rlhf", steps=8, step=8)
    _listed(desk, leashed, PLEASER, JUDGE, CHAT)
    desk.panel._show_curves(leashed.path, True)
    desk.drawn()
    said = desk.panel.work.curves.legend.text()
    assert said.startswith("step 4  training / held-out; pleaser 2.000 / 0.250; leashed – / –")
    assert said.endswith("pleaser, by the rule 0.300 / 0.500; leashed, by the rule – / –")


def _judging(step: int) -> MetricPoint:
    series = {"preference_loss": 0.5, "accuracy": 0.75, "margin": 1.5}
    held_out = {"held_out_accuracy": 0.625, "held_out_loss": 0.6, "true_accuracy": 0.875}
    return changed(point(step), train_loss=None, val_loss=None, series={**series, **held_out})


def _judge(desk: Desk, run: RunInfo) -> None:
    _listed(desk, CHAT)
    desk.panel.work.setup.set_stage("reward")
    job = desk.start()
    desk.tell(started(job, changed(run, step=0, status="running")))
    for step in (1, 2):
        desk.tell(StepDone(job=job, point=_judging(step), eta_s=1.0))
    desk.drawn()


def test_a_reward_models_curves_and_tiles(desk: Desk) -> None:
    _judge(desk, JUDGE)
    work = desk.panel.work
    assert work.curves.legend.text() == (
        "step 2; in the update 75.0 %; held-out 62.5 %; by the rule, held-out 87.5 %"
    )
    assert work.tiles.text("preference_loss") == "0.500" and work.tiles.text("true_accuracy") == "87.5%"
    assert not work.tiles._tiles["train_loss"].isVisible()
    assert not work.side.tabs.isVisible()
    work.curves.tabs.setCurrentIndex(1)
    assert work.curves.title() == "Loss (nats per pair)"
    reference = work.curves.plot._reference
    assert reference is not None and reference.label == "knows nothing: ln 2 = 0.69"
