from collections import deque

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from PySide6.QtCore import QTimer

from explorer.protocol import (
    Cancel,
    CloseSession,
    DraftLoaded,
    Generate,
    GenerationEnded,
    LoadModel,
    Ready,
    Reshape,
    RunsListed,
    SamplerSettings,
    SaveDraft,
    SetPrompt,
    StopGenerating,
)
from explorer.ui.stores.sampling import DRAFT, SamplingStore
from tests.ui.toy_engine import CONTEXT, ToyEngine, distribution, run_info

pytestmark = pytest.mark.usefixtures("qapp")


class Rig:
    """A store with a toy engine at the other end of two pipes."""

    def __init__(self, failing: frozenset[str] = frozenset()) -> None:
        self.engine = ToyEngine(failing)
        self.pipe: deque = deque()
        self.texts: list = []
        self.store = SamplingStore()
        self.store.command.connect(self.pipe.append)
        self.store.text_command.connect(self.texts.append)

    def open(self, runs=("new", "old"), draft="abc", remembered="") -> None:
        self.store.engine_ready()
        self.store.open(remembered, SamplerSettings(), 8, "default")
        self.store.apply(RunsListed(job="runs", runs=[run_info(name) for name in runs], binned=[]))
        self.store.apply(DraftLoaded(job="sampling", name=DRAFT, text=draft))

    def engine_reads(self) -> None:
        if self.pipe:
            self.engine.take(self.pipe.popleft())

    def event_arrives(self) -> None:
        if self.engine.events:
            self.store.apply(self.engine.events.popleft())

    def end_pause(self) -> None:
        timer = self.store.findChild(QTimer)
        if timer.isActive():
            timer.stop()
            timer.timeout.emit()

    def settle(self) -> None:
        for _ in range(100_000):
            self.end_pause()
            self.engine_reads()
            self.engine.advance()
            self.event_arrives()
            if not (self.pipe or self.engine.events or self.engine.busy) and self.store.is_idle:
                return
        raise AssertionError("the store and its engine never came to rest")

    @property
    def session(self):
        return list(self.engine.sessions.values())[-1]

    def sent(self, kind) -> list:
        return [command for command in [*self.engine.commands, *self.pipe] if isinstance(command, kind)]

    def check_agreement(self) -> None:
        """What is shown is what the engine has."""
        store, session = self.store, self.session
        assert [token.id for token in store.stream.tokens] == list(session.ids)
        assert store.stream.generated_ids == tuple(session.generated)
        assert store.is_current
        shown = store.distribution
        order, shaped, _ = distribution(session.path, session.ids, store.sampler)
        assert [c.id for c in shown.candidates] == order[:4]
        assert [c.probability for c in shown.candidates] == [shaped[i] for i in order[:4]]
        assert not store.running


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    rig.open()
    rig.settle()
    return rig


def test_opens_the_newest_run_with_the_kept_prompt(rig):
    assert rig.store.path == run_info("new").checkpoint == rig.store.model.path
    assert rig.store.prompt == "abc"
    rig.check_agreement()


def test_nothing_is_asked_for_before_somebody_looks():
    rig = Rig()
    rig.store.engine_ready()
    rig.store.apply(Ready(pid=1, version="1"))
    rig.store.apply(RunsListed(job="runs", runs=[run_info("new")], binned=[]))
    assert not rig.pipe and not rig.texts and rig.store.is_idle


def test_the_remembered_run_answers_with_its_newest_checkpoint():
    rig = Rig()
    rig.open(remembered="/runs/old/checkpoints/step-000010")
    rig.settle()
    assert rig.store.path == run_info("old").checkpoint


def test_a_remembered_run_that_is_gone_gives_way_to_the_newest():
    rig = Rig()
    rig.open(remembered="/runs/older/checkpoints/step-000010")
    rig.settle()
    assert rig.store.path == run_info("new").checkpoint


def test_runs_without_a_checkpoint_are_left_out():
    rig = Rig()
    rig.store.open("", SamplerSettings(), 8, "")
    rig.store.apply(RunsListed(job="runs", runs=[run_info("new", checkpoint=False)], binned=[]))
    assert rig.store.runs == [] and rig.store.path == ""


def test_first_run_ever_is_taken_when_it_appears():
    rig = Rig()
    rig.open(runs=())
    assert rig.store.path == "" and rig.store.is_idle
    rig.store.apply(RunsListed(job="runs", runs=[run_info("first")], binned=[]))
    rig.settle()
    assert rig.store.model is not None


def test_opened_before_the_engines_are_up():
    rig = Rig()
    rig.store.open("", SamplerSettings(), 8, "abc")
    assert not rig.pipe
    asked = [type(command).__name__ for command in rig.texts]
    rig.store.apply(Ready(pid=1, version="1"))  # the text worker was not there before: ask again
    assert [type(command).__name__ for command in rig.texts] == asked * 2 == ["LoadDraft", "ListRuns"] * 2
    rig.store.apply(RunsListed(job="runs", runs=[run_info("new")], binned=[]))
    rig.store.apply(DraftLoaded(job="sampling", name=DRAFT, text=""))
    rig.store.engine_ready()
    rig.settle()
    assert rig.store.prompt == "abc"
    rig.check_agreement()


def test_a_draft_does_not_overwrite_what_was_typed():
    rig = Rig()
    rig.store.open("", SamplerSettings(), 8, "")
    rig.store.set_prompt("bad")
    rig.store.apply(DraftLoaded(job="sampling", name=DRAFT, text="abc"))
    assert rig.store.prompt == "bad"


def test_typing_sends_the_first_letter_at_once_and_then_the_newest_text(rig):
    before = len(rig.sent(SetPrompt))
    for text in ("a", "ab", "aba", "abad"):
        rig.store.set_prompt(text)
    assert not rig.store.is_idle
    assert [command.text for command in rig.sent(SetPrompt)[before:]] == ["a"]
    rig.settle()
    assert [command.text for command in rig.sent(SetPrompt)[before:]] == ["a", "abad"]
    assert [command.text for command in rig.texts if isinstance(command, SaveDraft)] == ["a", "abad"]
    rig.check_agreement()


def test_the_pause_ends_by_itself(rig, qtbot):
    rig.store.set_prompt("a")
    with qtbot.waitSignal(rig.store.text_command, timeout=2000) as saved:
        rig.store.set_prompt("ab")
    assert saved.args[0].text == "ab"


def test_lone_surrogates_do_not_reach_the_pipe(rig):
    rig.store.set_prompt("a\ud800b")
    assert rig.store.prompt == "a\ufffdb"


def test_a_dragged_slider_has_one_reshape_out_and_the_newest_wins(rig):
    for hundredths in range(100):
        rig.store.set_sampler(temperature=hundredths / 100)
    assert len(rig.sent(Reshape)) == 1
    rig.settle()
    assert [command.sampler.temperature for command in rig.sent(Reshape)] == [0.0, 0.99]
    rig.check_agreement()


def test_stepping_keeps_how_each_token_was_drawn(rig):
    before = rig.store.distribution
    rig.store.step()
    rig.settle()
    (draw,) = rig.store.stream.drawn
    assert draw.distribution == before and draw.position == 3
    assert draw.cumulative_before <= draw.uniform < draw.cumulative_before + draw.probability
    rig.check_agreement()


def test_run_to_the_end_and_the_distribution_after_it(rig):
    rig.store.run()
    assert rig.store.running
    rig.settle()
    assert len(rig.store.stream.drawn) == 8
    assert rig.store.stop_reason == "max_tokens"
    assert rig.store.tokens_per_s == 120
    rig.check_agreement()


def test_stop(rig):
    rig.store.run()
    rig.engine_reads()
    rig.event_arrives()
    rig.store.stop()
    rig.store.stop()
    rig.settle()
    assert 1 <= len(rig.store.stream.drawn) < 8
    assert rig.store.stop_reason == "stopped"
    assert len(rig.sent(StopGenerating)) == 1
    rig.check_agreement()


def test_other_settings_while_running_go_on_with_the_rest(rig):
    rig.store.run()
    rig.engine_reads()
    rig.event_arrives()
    rig.store.set_sampler(temperature=0)
    assert rig.store.running
    rig.settle()
    first, second = rig.sent(Generate)
    assert first.max_tokens == 8 and second.sampler.temperature == 0
    assert len(rig.store.stream.drawn) == 8
    assert rig.store.stream.drawn[-1].uniform is None
    assert rig.store.stop_reason == "max_tokens"


def test_typing_while_running_stops_and_takes_the_new_prompt(rig):
    rig.store.run()
    rig.engine_reads()
    rig.event_arrives()
    rig.store.set_prompt("cab")
    rig.settle()
    assert rig.store.stream.drawn == [] and rig.store.stop_reason is None
    rig.check_agreement()


def test_run_straight_after_typing_runs_from_the_new_prompt(rig):
    rig.store.set_prompt("c")
    rig.store.set_prompt("ca")
    rig.store.run()
    rig.settle()
    assert len(rig.store.stream.prompt) == 2 and len(rig.store.stream.drawn) == 8


def test_key_presses_for_the_text_before_are_forgotten(rig):
    for _ in range(4):
        rig.store.step()
    rig.store.set_prompt("cab")
    rig.settle()
    assert rig.store.stream.drawn == []


def test_after_a_refused_prompt_nothing_is_drawn_from_the_one_before(rig):
    rig.engine._failing = frozenset({"SetPrompt"})
    rig.store.set_prompt("cab")
    rig.settle()
    assert rig.store.problem.asked is SetPrompt and not rig.store.can_draw
    rig.store.set_sampler(temperature=0.3)
    rig.settle()
    assert rig.sent(Reshape) == []


def test_take_back_and_draw_again_gives_the_same(rig):
    rig.store.run()
    rig.settle()
    ids = rig.store.stream.generated_ids
    rig.store.take_back()
    rig.store.take_back()
    rig.settle()
    assert rig.store.stream.generated_ids == ids[:-2]
    assert rig.store.stream.taken_back.token.id == ids[-2]
    rig.check_agreement()
    rig.store.step()
    rig.store.step()
    rig.settle()
    assert rig.store.stream.generated_ids == ids
    assert rig.store.stream.taken_back is None


def test_take_back_of_nothing_asks_for_nothing(rig):
    commands = len(rig.engine.commands)
    rig.store.take_back()
    rig.store.go_back_to(1)
    assert len(rig.engine.commands) == commands and not rig.pipe


def test_go_back_while_running(rig):
    rig.store.run()
    for _ in range(3):
        rig.engine_reads()
        rig.engine.advance()
        rig.event_arrives()
    rig.store.go_back_to(4)
    rig.settle()
    assert len(rig.store.stream) == 4
    rig.check_agreement()


def test_start_again_gives_the_same_text(rig):
    rig.store.run()
    rig.settle()
    ids = rig.store.stream.generated_ids
    rig.store.start_again()
    rig.settle()
    assert rig.store.stream.generated_ids == ids
    assert rig.store.repeat.same(rig.store.stream.generated_ids) == len(ids)


def test_start_again_with_another_seed_differs(rig):
    rig.store.run()
    rig.settle()
    rig.store.set_sampler(seed=7)
    rig.store.start_again()
    rig.settle()
    assert len(rig.store.stream.drawn) == 8
    assert rig.store.repeat.same(rig.store.stream.generated_ids) < 8


def test_write_begins_anew_in_the_middle_of_a_run(rig):
    rig.store.run()
    rig.engine_reads()
    rig.event_arrives()
    rig.store.set_sampler(temperature=0)
    rig.store.write(5)
    rig.settle()
    assert len(rig.store.stream.drawn) == 5
    assert all(draw.uniform is None for draw in rig.store.stream.drawn)
    rig.check_agreement()


def test_writing_twice_ends_with_the_comparison(rig):
    rig.store.write_twice(6)
    rig.settle()
    assert len(rig.sent(Generate)) == 2
    assert rig.store.repeat.before == rig.store.stream.generated_ids


def test_writing_twice_can_be_stopped(rig):
    rig.store.write_twice(6)
    rig.engine_reads()
    rig.event_arrives()
    rig.store.stop()
    rig.settle()
    assert len(rig.sent(Generate)) == 1 and rig.store.repeat is None


def test_full_context_is_said(rig):
    rig.store.set_max_tokens(1000)
    rig.store.run()
    rig.settle()
    assert rig.store.stop_reason == "context_full" and len(rig.store.stream) == CONTEXT
    rig.store.step()
    rig.settle()
    assert rig.store.stop_reason == "context_full"


def test_waiting_key_presses_are_few(rig):
    for _ in range(500):
        rig.store.step()
    rig.settle()
    assert len(rig.store.stream.drawn) <= 10


def test_another_model_begins_a_session_of_its_own(rig):
    old_job = rig.store.distribution.job
    rig.store.step()
    rig.settle()
    stale = rig.store.distribution
    rig.store.choose_model(run_info("old").checkpoint)
    assert rig.store.loading and not rig.store.can_draw
    shown = rig.store.distribution
    rig.store.apply(stale)  # of the session before
    assert rig.store.distribution is shown and not rig.store.is_current
    rig.settle()
    assert rig.sent(CloseSession)[0].job == old_job
    assert rig.store.model.path == run_info("old").checkpoint
    rig.check_agreement()


def test_choosing_twice_quickly_ends_with_the_second(rig):
    rig.store.choose_model(run_info("old").checkpoint)
    rig.store.choose_model(run_info("new").checkpoint)
    rig.settle()
    assert len(rig.sent(Cancel)) == 1
    assert rig.store.model.path == run_info("new").checkpoint and len(rig.engine.sessions) == 1
    rig.check_agreement()


def test_a_run_that_learned_on_is_offered(rig):
    assert rig.store.newer is None
    rig.store.apply(RunsListed(job="runs", runs=[run_info("new", step=90)], binned=[]))
    assert rig.store.newer.step == 90
    rig.store.choose_model(rig.store.newer.checkpoint)
    rig.settle()
    assert rig.store.newer is None


@pytest.mark.parametrize(
    "failing", ["SetPrompt", "Reshape", "StepToken", "Generate", "RemoveLast", "LoadModel"]
)
def test_a_failure_is_told_once_and_nothing_is_asked_in_circles(failing):
    rig = Rig()
    if failing in ("SetPrompt", "LoadModel"):
        rig.engine = ToyEngine(frozenset({failing}))
    rig.open()
    rig.settle()
    if failing not in ("SetPrompt", "LoadModel"):
        rig.store.step()
        rig.settle()
        rig.engine._failing = frozenset({failing})
        rig.store.set_sampler(temperature=0.5)
        rig.settle()
        rig.store.step()
        rig.store.run()
        rig.settle()
        rig.store.take_back()
        rig.settle()
        rig.store.step() if failing == "StepToken" else rig.store.run() if failing == "Generate" else None
        rig.settle()
    commands = len(rig.engine.commands)
    assert commands < 20
    if failing != "Reshape":
        assert rig.store.problem.asked.__name__ == failing
        assert rig.store.problem.values == {"place": "toy"}
    rig.engine._failing = frozenset()
    rig.store.reload()
    rig.settle()
    assert rig.store.problem is None
    rig.check_agreement()


def test_a_damaged_model_leaves_the_choice(rig):
    bad = run_info("old").checkpoint
    rig.engine._failing = frozenset({bad})
    rig.store.choose_model(bad)
    rig.settle()
    assert rig.store.problem.asked is LoadModel and rig.store.model is None and not rig.store.can_draw
    rig.store.choose_model(run_info("new").checkpoint)
    rig.settle()
    assert rig.store.problem is None
    rig.check_agreement()


def test_a_dead_engine_leaves_everything_on_the_screen(rig):
    rig.store.run()
    rig.engine_reads()
    rig.event_arrives()
    ids = [token.id for token in rig.store.stream.tokens]
    rig.store.engine_lost("killed")
    assert rig.store.lost == "killed" and not rig.store.can_draw and not rig.store.running
    assert [token.id for token in rig.store.stream.tokens] == ids
    assert rig.store.distribution is not None and rig.store.is_idle
    rig.store.step()
    rig.pipe.clear()
    rig.engine = ToyEngine()
    rig.store.engine_ready()
    rig.settle()
    assert rig.store.lost is None and not rig.sent(CloseSession)
    assert [token.id for token in rig.store.stream.tokens] == ids
    assert rig.store.stream.drawn[0].uniform is not None
    rig.check_agreement()


def test_a_text_that_cannot_be_restored_leaves_its_prompt(rig):
    rig.store.run()
    rig.settle()
    rig.store.engine_lost("killed")
    rig.pipe.clear()
    rig.engine = ToyEngine(frozenset({"continuation"}))
    rig.store.engine_ready()
    rig.settle()
    assert rig.store.stream.drawn == [] and rig.store.problem is None
    rig.check_agreement()


def test_a_prompt_typed_while_the_engine_was_dead_counts(rig):
    rig.store.run()
    rig.settle()
    rig.store.engine_lost("killed")
    rig.store.set_prompt("ac")
    rig.pipe.clear()
    rig.engine = ToyEngine()
    rig.store.engine_ready()
    rig.settle()
    assert rig.store.prompt == "ac" and rig.store.stream.drawn == []
    rig.check_agreement()


def test_another_model_does_not_get_the_text_of_the_one_before(rig):
    rig.store.run()
    rig.settle()
    rig.store.choose_model(run_info("old").checkpoint)
    rig.settle()
    assert rig.store.stream.drawn == []


def test_drafts_of_others_are_not_ours(rig):
    rig.store.apply(DraftLoaded(job="x", name="something", text="zzz"))
    assert rig.store.prompt == "abc"


def test_events_nobody_asked_for_change_nothing(rig):
    job = rig.store.distribution.job
    rig.store.apply(GenerationEnded(job="other", stop_reason="stopped", tokens=1))
    assert rig.store.stop_reason is None
    rig.store.apply(DraftLoaded(job=job, name="x", text="y"))
    rig.check_agreement()


class Interleavings(RuleBasedStateMachine):
    """Intents, the two pipes and the engine's work in any order: at rest, window and engine agree."""

    @initialize()
    def begin(self):
        self.rig = Rig()
        self.rig.open()

    @rule(text=st.sampled_from(["", "a", "ab", "cab", "bad face", "x"]))
    def types(self, text):
        self.rig.store.set_prompt(text)

    @rule(temperature=st.sampled_from([0.0, 0.5, 1.0, 1.8]), top_k=st.sampled_from([0, 3]))
    def reshapes(self, temperature, top_k):
        self.rig.store.set_sampler(temperature=temperature, top_k=top_k)

    @rule(
        name=st.sampled_from(["step", "run", "stop", "take_back", "start_again", "clear", "reload", "twice"])
    )
    def presses(self, name):
        self.rig.store.write_twice(4) if name == "twice" else getattr(self.rig.store, name)()

    @rule(position=st.integers(0, 8))
    def clicks_a_chip(self, position):
        self.rig.store.go_back_to(position)

    @rule(name=st.sampled_from(["new", "old"]))
    def chooses(self, name):
        self.rig.store.choose_model(run_info(name).checkpoint)

    @rule()
    def engine_dies(self):
        self.rig.store.engine_lost("")
        self.rig.pipe.clear()
        self.rig.engine = ToyEngine()
        self.rig.store.engine_ready()

    @rule(times=st.integers(1, 3))
    def engine_reads(self, times):
        for _ in range(times):
            self.rig.engine_reads()

    @rule(times=st.integers(1, 4))
    def engine_works(self, times):
        for _ in range(times):
            self.rig.engine.advance()

    @rule(times=st.integers(1, 4))
    def events_arrive(self, times):
        for _ in range(times):
            self.rig.event_arrives()

    @rule()
    def pause_ends(self):
        self.rig.end_pause()

    @rule()
    def comes_to_rest(self):
        self.rig.settle()
        self.rig.check_agreement()
        assert self.rig.session.path == self.rig.store.path
        assert len(self.rig.engine.sessions) == 1

    @invariant()
    def one_command_at_most_is_out(self):
        if not hasattr(self, "rig"):
            return
        job = self.rig.store._session.job
        out = [c for c in self.rig.pipe if c.job == job and not isinstance(c, StopGenerating)]
        assert len(out) <= 1

    def teardown(self):
        if hasattr(self, "rig"):
            self.comes_to_rest()


def test_interleavings():
    run_state_machine_as_test(
        Interleavings, settings=hypothesis_settings(max_examples=150, stateful_step_count=40, deadline=None)
    )
