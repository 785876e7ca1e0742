"""The service as the worker drives it: jobs side by side, one yield each; and once through a real process."""

import math
import os
import subprocess
import sys
from pathlib import Path
from shutil import copytree

import numpy as np
import psutil
import pytest
import torch

from explorer.core.draw import uniforms
from explorer.core.generate import TokenDrawn, generate, start_ids
from explorer.errors import DamagedFileError, InputError
from explorer.protocol import (
    Cancel,
    CloseSession,
    Command,
    DeviceFound,
    Distribution,
    Event,
    FindDevice,
    Generate,
    GenerationEnded,
    LoadModel,
    ModelLoaded,
    PromptSet,
    Ready,
    RemoveLast,
    Reshape,
    SamplerSettings,
    SetPrompt,
    StepToken,
    StopGenerating,
    StreamToken,
    TokenSampled,
    TokensRemoved,
    decode_event,
    encode,
)
from explorer.services.inference import InferenceService
from tests.core.small import CONTEXT, save_small_model, small_model, small_tokenizer
from tests.services.inference_engine import Engine, drawn, kinds

TOKENIZER = small_tokenizer()
SAMPLER = SamplerSettings(temperature=0.9, top_k=80, seed=17)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_small_model(tmp_path_factory.mktemp("models") / "small")


@pytest.fixture
def engine(folder: Path) -> Engine:
    made = Engine()
    made.ask(LoadModel(job="a", path=str(folder), device="cpu"))
    return made


def without_bars(events: list[Event]) -> list[Event]:
    """How often bars come while text is generated depends on the clock."""
    return [event for event in events if not isinstance(event, Distribution)]


def expected(prompt: str, count: int, settings: SamplerSettings = SAMPLER) -> list[int]:
    facts = generate(
        small_model(), TOKENIZER, [start_ids(TOKENIZER, prompt)], settings, max_tokens=count, end_tokens=()
    )
    return [fact.id for fact in facts if isinstance(fact, TokenDrawn)]


def joined(tokens: list[StreamToken]) -> str:
    text = ""
    for token in tokens:
        text = (text[:-1] if token.resumes else text) + token.text
    return text


# ---------------------------------------------------------------- devices and models


def test_the_device_is_described() -> None:
    (found,) = Engine().ask(FindDevice(job="device", device="cpu"))
    assert isinstance(found, DeviceFound)
    assert (found.job, found.kind, found.threads) == ("device", "cpu", torch.get_num_threads())
    assert found.name
    assert found.torch_version == torch.__version__
    assert found.memory_total_bytes == psutil.virtual_memory().total
    assert 0 < (found.memory_free_bytes or 0) <= (found.memory_total_bytes or 0)


def test_waiting_threads_sleep_unless_the_person_has_said_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    for said, expected in ((None, "PASSIVE"), ("ACTIVE", "ACTIVE")):
        monkeypatch.setenv("OMP_WAIT_POLICY", said or "")
        if said is None:
            monkeypatch.delenv("OMP_WAIT_POLICY")
        InferenceService()
        assert os.environ["OMP_WAIT_POLICY"] == expected


def test_a_device_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    engine = Engine()
    assert engine.ask(FindDevice(device="cuda")) == []
    assert "no CUDA card" in str(engine.errors[0])


def test_a_loaded_model_tells_what_it_is(folder: Path) -> None:
    (loaded,) = Engine().ask(LoadModel(job="a", path=str(folder), device="cpu"))
    assert isinstance(loaded, ModelLoaded)
    assert (loaded.job, loaded.path, loaded.name, loaded.step) == ("a", str(folder), "small", 40)
    assert (loaded.vocab_size, loaded.context, loaded.device) == (TOKENIZER.n_vocab, CONTEXT, "cpu")
    assert loaded.parameters == small_model().parameter_count()
    assert len(loaded.weights_hash) == 12


def test_a_run_answers_with_its_newest_checkpoint(tmp_path: Path) -> None:
    for step, seed in ((9, 1), (100, 2), (20, 3)):
        save_small_model(tmp_path / "run" / "checkpoints" / f"step-{step:06}", seed, step)
    (loaded,) = Engine().ask(LoadModel(path=str(tmp_path / "run"), device="cpu"))
    assert isinstance(loaded, ModelLoaded)
    assert loaded.step == 100


def test_what_is_no_model_is_said_in_words(folder: Path, tmp_path: Path) -> None:
    run, empty = tmp_path / "run", tmp_path / "empty"
    for made in (run, empty):
        made.mkdir()
    (run / "run.json").write_text("{}")
    engine = Engine()
    for path in (tmp_path / "nowhere", empty, run):
        assert engine.ask(LoadModel(job="a", path=str(path), device="cpu")) == []
    assert all(isinstance(error, InputError) for error in engine.errors)
    assert "There is no model at" in str(engine.errors[0])
    assert "does not hold a model" in str(engine.errors[1])
    assert "has not saved a checkpoint yet" in str(engine.errors[2])


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "tokenizer.json"])
def test_a_damaged_checkpoint_is_said_and_the_old_model_stays(
    engine: Engine, folder: Path, tmp_path: Path, name: str
) -> None:
    damaged = Path(copytree(folder, tmp_path / "damaged"))
    content = (damaged / name).read_bytes()
    (damaged / name).write_bytes(content[: len(content) // 2])
    assert engine.ask(LoadModel(job="a", path=str(damaged), device="cpu")) == []
    assert isinstance(engine.errors[0], DamagedFileError)
    assert kinds(engine.ask(SetPrompt(job="a", text="the", sampler=SAMPLER))) == [PromptSet, Distribution]


def test_two_sessions_hold_one_models_weights_once(engine: Engine, folder: Path) -> None:
    engine.ask(LoadModel(job="b", path=str(folder), device="cpu"))
    sessions = [talk.session for talk in engine.service._talks.values()]
    assert sessions[0] is not None
    assert sessions[1] is not None
    assert sessions[0].model is sessions[1].model
    save_small_model(folder, seed=3)  # the same weights, written anew
    engine.ask(LoadModel(job="c", path=str(folder), device="cpu"))
    third = engine.service._talks["c"].session
    assert third is not None
    assert third.model is not sessions[0].model


@pytest.mark.parametrize(
    "command",
    [
        SetPrompt(job="x", text="a", sampler=SAMPLER),
        Reshape(job="x", sampler=SAMPLER),
        StepToken(job="x", sampler=SAMPLER),
        Generate(job="x", sampler=SAMPLER),
        RemoveLast(job="x", sampler=SAMPLER),
    ],
)
def test_without_a_model_there_is_a_sentence(command: Command) -> None:
    engine = Engine()
    assert engine.ask(command) == []
    assert "No model is loaded" in str(engine.errors[0])


# ---------------------------------------------------------------- prompt and distribution


def test_a_prompt_comes_back_as_the_model_sees_it(engine: Engine) -> None:
    prompt, bars = engine.ask(SetPrompt(job="a", text="the 中😀", sampler=SAMPLER))
    assert isinstance(prompt, PromptSet)
    assert [token.id for token in prompt.tokens] == TOKENIZER.encode("the 中😀")
    assert joined(prompt.tokens) == "the 中😀"
    assert prompt.truncated == 0
    assert prompt.tokens[0].logprob is None
    assert all(token.logprob is not None and token.logprob < 0 for token in prompt.tokens[1:])
    assert isinstance(bars, Distribution)
    assert bars.position == len(prompt.tokens)


def test_an_empty_prompt_is_the_end_of_text_and_special(engine: Engine) -> None:
    prompt, _ = engine.ask(SetPrompt(job="a", text="", sampler=SAMPLER))
    assert isinstance(prompt, PromptSet)
    assert [(token.id, token.special) for token in prompt.tokens] == [(TOKENIZER.end_of_text, True)]


def test_a_long_prompt_is_cut_and_said(engine: Engine) -> None:
    prompt, _ = engine.ask(SetPrompt(job="a", text="xy" * 60, sampler=SAMPLER))
    assert isinstance(prompt, PromptSet)
    assert prompt.truncated + len(prompt.tokens) == 120
    assert len(prompt.tokens) < CONTEXT


def test_the_distribution_is_the_softmax(engine: Engine) -> None:
    _, bars = engine.ask(SetPrompt(job="a", text="once", sampler=SamplerSettings(temperature=2.0)))
    assert isinstance(bars, Distribution)
    with torch.no_grad():
        logits = small_model()(torch.tensor([TOKENIZER.encode("once")]))[0, -1].double()
    plain, hot = torch.softmax(logits, 0), torch.softmax(logits / 2, 0)
    order = hot.argsort(descending=True).tolist()[:20]
    assert [candidate.id for candidate in bars.candidates] == order
    assert [candidate.probability for candidate in bars.candidates] == pytest.approx(
        hot[order].tolist(), abs=1e-5
    )
    assert [one.model_probability for one in bars.candidates] == pytest.approx(
        plain[order].tolist(), abs=1e-5
    )
    assert bars.rest_count == TOKENIZER.n_vocab - 20
    assert bars.rest_probability == pytest.approx(1 - float(hot[order].sum()), abs=1e-5)
    assert bars.entropy_bits == pytest.approx(float(-(hot * hot.log2()).sum()), abs=1e-4)
    assert bars.model_entropy_bits == pytest.approx(float(-(plain * plain.log2()).sum()), abs=1e-4)


@pytest.mark.parametrize(
    "sampler", [SamplerSettings(top_k=3), SamplerSettings(temperature=0.0), SamplerSettings(min_p=1.0)]
)
def test_what_is_cut_is_shown_after_what_is_left(engine: Engine, sampler: SamplerSettings) -> None:
    engine.ask(SetPrompt(job="a", text="once", sampler=SAMPLER))
    (bars,) = engine.ask(Reshape(job="a", sampler=sampler))
    assert isinstance(bars, Distribution)
    left = 3 if sampler.top_k else 1
    assert len(bars.candidates) == 20
    assert sum(candidate.probability > 0 for candidate in bars.candidates) == left
    assert sum(candidate.probability for candidate in bars.candidates) == pytest.approx(1, abs=1e-6)
    plain = [candidate.model_probability for candidate in bars.candidates]
    assert plain == sorted(plain, reverse=True)
    assert (bars.rest_count, bars.rest_probability) == (0, 0.0)
    assert bars.entropy_bits == pytest.approx(0 if left == 1 else bars.entropy_bits)


def test_settings_without_sense_are_said_and_the_session_lives(engine: Engine) -> None:
    assert engine.ask(Reshape(job="a", sampler=SamplerSettings(temperature=-1.0))) == []
    assert "temperature" in str(engine.errors[0])
    assert kinds(engine.ask(Reshape(job="a", sampler=SAMPLER))) == [Distribution]


# ---------------------------------------------------------------- drawing


def test_stepping_running_and_the_core_agree(engine: Engine) -> None:
    engine.ask(SetPrompt(job="a", text="once", sampler=SAMPLER))
    stepped: list[Event] = []
    for _ in range(8):
        events = engine.ask(StepToken(job="a", sampler=SAMPLER))
        assert kinds(events) == [TokenSampled, Distribution]
        stepped += events
    engine.ask(SetPrompt(job="a", text="once", sampler=SAMPLER))
    ran = engine.ask(Generate(job="a", sampler=SAMPLER, max_tokens=8))
    assert drawn(stepped) == drawn(ran) == expected("once", 8)
    assert kinds(ran)[-2:] == [Distribution, GenerationEnded]
    end = ran[-1]
    assert isinstance(end, GenerationEnded)
    assert (end.stop_reason, end.tokens) == ("max_tokens", 8)


def test_the_draw_can_be_checked_by_hand(engine: Engine) -> None:
    _, before = engine.ask(SetPrompt(job="a", text="once", sampler=SamplerSettings(temperature=0.3, seed=5)))
    sampled, after = engine.ask(StepToken(job="a", sampler=SamplerSettings(temperature=0.3, seed=5)))
    assert isinstance(before, Distribution)
    assert isinstance(sampled, TokenSampled)
    assert isinstance(after, Distribution)
    assert sampled.uniform == uniforms([5], [before.position])[0]
    sums = np.cumsum([candidate.probability for candidate in before.candidates])
    place = int(np.searchsorted(sums, sampled.uniform, side="right"))
    assert sampled.token.id == before.candidates[place].id
    assert sampled.token.text == before.candidates[place].text
    assert sampled.probability == pytest.approx(before.candidates[place].probability)
    assert sampled.cumulative_before == pytest.approx(sums[place - 1] if place else 0.0, abs=1e-6)
    assert sampled.token.logprob == pytest.approx(
        math.log(before.candidates[place].model_probability), abs=1e-4
    )
    assert (sampled.position, after.position) == (before.position, before.position + 1)


def test_at_temperature_0_no_number_was_needed(engine: Engine) -> None:
    cold = SamplerSettings(temperature=0.0)
    engine.ask(SetPrompt(job="a", text="once", sampler=cold))
    sampled = engine.ask(StepToken(job="a", sampler=cold))[0]
    assert isinstance(sampled, TokenSampled)
    assert (sampled.uniform, sampled.probability, sampled.cumulative_before) == (None, 1.0, 0.0)


def test_taking_back_and_going_on_gives_the_same(engine: Engine) -> None:
    engine.ask(SetPrompt(job="a", text="once", sampler=SAMPLER))
    first = drawn(engine.ask(Generate(job="a", sampler=SAMPLER, max_tokens=6)))
    removed, bars = engine.ask(RemoveLast(job="a", count=2, sampler=SAMPLER))
    assert isinstance(removed, TokensRemoved)
    assert isinstance(bars, Distribution)
    assert removed.length == bars.position == len(TOKENIZER.encode("once")) + 4
    assert drawn(engine.ask(Generate(job="a", sampler=SAMPLER, max_tokens=2))) == first[4:]


def test_a_continuation_stands_as_if_it_had_been_generated(engine: Engine, folder: Path) -> None:
    engine.ask(SetPrompt(job="a", text="the 中", sampler=SAMPLER))
    before = engine.ask(Generate(job="a", sampler=SAMPLER, max_tokens=6))
    tokens = [event.token for event in before if isinstance(event, TokenSampled)]
    engine.ask(LoadModel(job="b", path=str(folder), device="cpu"))
    ids = [token.id for token in tokens]
    prompt, bars = engine.ask(SetPrompt(job="b", text="the 中", sampler=SAMPLER, continuation=ids))
    assert isinstance(prompt, PromptSet) and isinstance(bars, Distribution)
    assert [(token.id, token.text, token.resumes) for token in prompt.continuation] == [
        (token.id, token.text, token.resumes) for token in tokens
    ]
    assert [token.logprob for token in prompt.continuation] == pytest.approx(
        [token.logprob for token in tokens], abs=1e-4
    )
    assert bars.position == len(prompt.tokens) + 6
    ask = RemoveLast(job="b", count=99, sampler=SAMPLER)
    removed = engine.ask(ask)[0]
    assert isinstance(removed, TokensRemoved) and removed.length == len(prompt.tokens)
    assert drawn(engine.ask(Generate(job="b", sampler=SAMPLER, max_tokens=6))) == ids


def test_a_continuation_of_another_vocabulary_is_refused(engine: Engine) -> None:
    assert engine.ask(SetPrompt(job="a", text="a", sampler=SAMPLER, continuation=[TOKENIZER.n_vocab])) == []
    assert isinstance(engine.errors[0], InputError)


def test_a_continuation_ends_where_the_context_does(engine: Engine) -> None:
    (prompt, _) = engine.ask(SetPrompt(job="a", text="a", sampler=SAMPLER, continuation=[97] * 500))
    assert isinstance(prompt, PromptSet)
    assert len(prompt.tokens) + len(prompt.continuation) == CONTEXT


def test_a_full_context_ends_it(engine: Engine) -> None:
    engine.ask(SetPrompt(job="a", text="once", sampler=SAMPLER))
    events = engine.ask(Generate(job="a", sampler=SAMPLER, max_tokens=1000))
    start = len(TOKENIZER.encode("once"))
    assert events[-1] == GenerationEnded(job="a", stop_reason="context_full", tokens=CONTEXT - start)
    assert kinds(events)[-2] is Distribution, "what would have come next can still be shown"
    assert engine.ask(StepToken(job="a", sampler=SAMPLER)) == [
        GenerationEnded(job="a", stop_reason="context_full", tokens=0)
    ]


def test_an_end_token_ends_it_and_stands_in_the_stream(engine: Engine) -> None:
    wish = SamplerSettings(logit_bias={TOKENIZER.end_of_text: 100.0})
    engine.ask(SetPrompt(job="a", text="once", sampler=wish))
    sampled, *_, end = engine.ask(Generate(job="a", sampler=wish))
    assert isinstance(sampled, TokenSampled)
    assert sampled.token.special
    assert end == GenerationEnded(job="a", stop_reason="end_token", tokens=1)


# ---------------------------------------------------------------- while text is generated


def running(engine: Engine, tokens: int = 5) -> list[Event]:
    """A run that has drawn so many tokens."""
    engine.ask(SetPrompt(job="a", text="once", sampler=SAMPLER))
    engine.take(Generate(job="a", sampler=SAMPLER, max_tokens=30))
    while len(drawn(engine.events)) < tokens:
        engine.advance()
    events, engine.events = engine.events, []
    return events


def test_stopping_ends_it_after_the_present_token(engine: Engine) -> None:
    before = running(engine)
    events = engine.ask(StopGenerating(job="a"))
    assert without_bars(events) == [GenerationEnded(job="a", stop_reason="stopped", tokens=5)]
    assert drawn(before) == expected("once", 5)
    assert drawn(engine.ask(Generate(job="a", sampler=SAMPLER, max_tokens=3))) == expected("once", 8)[5:]


def test_stopping_one_that_waits_ends_it_before_it_begins(engine: Engine, folder: Path) -> None:
    engine.take(
        LoadModel(job="b", path=str(folder), device="cpu"),
        SetPrompt(job="b", text="once", sampler=SAMPLER),
        Generate(job="b", sampler=SAMPLER),
        StopGenerating(job="b"),
    )
    assert kinds(without_bars(engine.finish())) == [ModelLoaded, PromptSet, GenerationEnded]


def test_stopping_when_nothing_runs_says_nothing(engine: Engine) -> None:
    assert engine.ask(StopGenerating(job="a")) == []


def test_a_new_prompt_ends_it_first(engine: Engine) -> None:
    running(engine)
    events = engine.ask(SetPrompt(job="a", text="the", sampler=SAMPLER))
    assert kinds(without_bars(events)) == [GenerationEnded, PromptSet]
    assert isinstance(events[-1], Distribution)
    assert events[-1].position == len(TOKENIZER.encode("the"))


def test_a_step_ends_it_and_draws_one_more(engine: Engine) -> None:
    running(engine)
    events = engine.ask(StepToken(job="a", sampler=SAMPLER))
    assert kinds(without_bars(events)) == [GenerationEnded, TokenSampled]
    assert drawn(events) == expected("once", 6)[5:]


def test_another_run_ends_the_first(engine: Engine) -> None:
    running(engine)
    events = engine.ask(Generate(job="a", sampler=SAMPLER, max_tokens=2))
    assert kinds(without_bars(events)) == [GenerationEnded, TokenSampled, TokenSampled, GenerationEnded]
    assert drawn(events) == expected("once", 7)[5:]


def test_other_settings_steer_it_from_the_next_token_on(engine: Engine) -> None:
    running(engine)
    cold = SamplerSettings(temperature=0.0)
    events = engine.ask(Reshape(job="a", sampler=cold))
    assert isinstance(events[0], Distribution)
    assert events[0].sampler == cold
    later = [event for event in events if isinstance(event, TokenSampled)]
    assert len(later) == 25
    assert all(event.uniform is None for event in later)
    assert isinstance(events[-1], GenerationEnded)


def test_other_sessions_go_on_beside_it(engine: Engine, folder: Path) -> None:
    engine.ask(LoadModel(job="b", path=str(folder), device="cpu"))
    running(engine)
    engine.take(
        SetPrompt(job="b", text="the", sampler=SAMPLER), Generate(job="b", sampler=SAMPLER, max_tokens=6)
    )
    events = engine.finish()
    assert drawn([event for event in events if event.job == "b"]) == expected("the", 6)
    assert drawn([event for event in events if event.job == "a"]) == expected("once", 30)[5:]
    order = [event.job for event in events if isinstance(event, TokenSampled)][:6]
    assert set(order) == {"a", "b"}, "side by side"


def test_a_cancelled_run_leaves_a_session_that_answers(engine: Engine) -> None:
    running(engine)
    engine.cancel("a")
    events = engine.ask(StepToken(job="a", sampler=SAMPLER))
    assert drawn(events) == expected("once", 6)[5:]


def test_a_closed_session_is_forgotten(engine: Engine) -> None:
    running(engine)
    assert kinds(without_bars(engine.ask(CloseSession(job="a")))) == [GenerationEnded]
    assert engine.service._talks == {}
    assert len(engine.service._models) == 0, "its weights are gone from memory"
    engine.ask(Reshape(job="a", sampler=SAMPLER))
    assert "No model is loaded" in str(engine.errors[0])


# ---------------------------------------------------------------- through the pipe


def test_the_real_worker_answers_the_same(folder: Path, tmp_path: Path) -> None:
    commands: list[Command] = [
        FindDevice(job="device", device="cpu"),
        LoadModel(job="a", path=str(folder), device="cpu"),
        SetPrompt(job="a", text="once", sampler=SAMPLER),
        StepToken(job="a", sampler=SAMPLER),
        Generate(job="a", sampler=SAMPLER, max_tokens=7),
        Cancel(job="nobody"),
    ]
    worker = subprocess.Popen(
        [sys.executable, "-m", "explorer", "worker", "inference", str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert worker.stdin is not None
    assert worker.stdout is not None
    events: list[Event] = []
    worker.stdin.write(b"".join(map(encode, commands)))
    worker.stdin.flush()
    while not events or not isinstance(events[-1], GenerationEnded):
        line = worker.stdout.readline()
        assert line, worker.stderr and worker.stderr.read()
        events.append(decode_event(line))
    _, said = worker.communicate(timeout=20)
    assert worker.returncode == 0
    assert said == b""
    assert isinstance(events[0], Ready)
    assert drawn(events) == expected("once", 8)
