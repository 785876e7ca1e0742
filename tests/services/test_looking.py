"""Looking into a session's model, beside what the session does."""

import math
from itertools import pairwise
from pathlib import Path

import pytest
import torch

from explorer.core.surprisal import Windows, score_text
from explorer.protocol import (
    AttentionSeen,
    Command,
    ContextMeasured,
    Generate,
    GenerationEnded,
    LoadModel,
    LookBack,
    MeasureContext,
    PromptSet,
    RemoveLast,
    SamplerSettings,
    ScoredText,
    ScoreText,
    SetPrompt,
    TextScored,
    TextScoreEnded,
    TokenSampled,
)
from tests.core.small import CONTEXT, save_small_model, small_model, small_tokenizer
from tests.services.inference_engine import Engine, drawn, kinds

TOKENIZER = small_tokenizer()
SAMPLER = SamplerSettings(seed=17)
COLD = SamplerSettings(temperature=0.0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_small_model(tmp_path_factory.mktemp("models") / "small")


@pytest.fixture
def engine(folder: Path) -> Engine:
    made = Engine()
    made.ask(
        LoadModel(job="a", path=str(folder), device="cpu"),
        SetPrompt(job="a", text="the cat 中", sampler=SAMPLER),
    )
    return made


@pytest.mark.parametrize(
    "command", [LookBack(job="x", position=0), ScoreText(job="x", text="a b"), MeasureContext(job="x")]
)
def test_without_a_model_there_is_a_sentence(command: Command) -> None:
    engine = Engine()
    assert engine.ask(command) == []
    assert "No model is loaded" in str(engine.errors[0])


# ---------------------------------------------------------------- attention


def test_what_a_token_looked_at_by_layer_and_head_or_averaged(engine: Engine) -> None:
    session = engine.service._talks["a"].session
    assert session is not None
    full = session.look_back(4)
    for layer, head in ((None, None), (1, None), (None, 3), (1, 3)):
        (seen,) = engine.ask(LookBack(job="a", position=4, layer=layer, head=head))
        assert isinstance(seen, AttentionSeen)
        assert (seen.position, seen.layer, seen.head) == (4, layer, head)
        assert (seen.layers, seen.heads, seen.slides) == (2, 4, False)
        chosen = full[slice(None) if layer is None else [layer]][:, slice(None) if head is None else [head]]
        assert seen.weights == pytest.approx(chosen.mean(dim=(0, 1)).tolist(), abs=1e-4)
        assert sum(seen.weights) == pytest.approx(1, abs=1e-3)


def test_it_is_of_the_stream_as_it_is_now(engine: Engine) -> None:
    first = engine.ask(LookBack(job="a", position=3))
    assert engine.ask(LookBack(job="a", position=3)) == first
    engine.ask(SetPrompt(job="a", text="a dog so", sampler=SAMPLER))
    assert engine.ask(LookBack(job="a", position=3)) != first


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (LookBack(job="a", position=99), "no token at position 99"),
        (LookBack(job="a", position=0, layer=2), "no layer 2"),
        (LookBack(job="a", position=0, head=-1), "no head -1"),
    ],
)
def test_what_is_not_there_is_said(engine: Engine, command: Command, words: str) -> None:
    assert engine.ask(command) == []
    assert words in str(engine.errors[0])


def test_looking_does_not_disturb_what_is_written(engine: Engine) -> None:
    alone = drawn(engine.ask(Generate(job="a", sampler=SAMPLER, max_tokens=12)))
    engine.ask(RemoveLast(job="a", count=99, sampler=SAMPLER))
    engine.take(Generate(job="a", sampler=SAMPLER, max_tokens=12))
    events = []
    for _ in range(8):
        engine.advance()
        engine.take(LookBack(job="a", position=2), ScoreText(job="a", text="xyz"))
    events = engine.finish()
    assert drawn(events) == alone
    seen = [event for event in events if isinstance(event, AttentionSeen)]
    assert len(seen) == 8
    assert all(one == seen[0] for one in seen)
    assert sum(isinstance(event, TextScoreEnded) for event in events) == 8
    assert isinstance(events[-1], GenerationEnded) or events.index(seen[-1]) < len(events)


def test_it_waits_for_the_prompt_before_it(engine: Engine) -> None:
    engine.take(SetPrompt(job="a", text="x" * 30, sampler=SAMPLER), LookBack(job="a", position=29))
    assert [kind for kind in kinds(engine.finish()) if kind in (PromptSet, AttentionSeen)] == [
        PromptSet,
        AttentionSeen,
    ]


# ---------------------------------------------------------------- surprisal


def test_a_text_is_scored_and_the_stream_stays(engine: Engine) -> None:
    text = "the 中 and the cat" * 6
    session = engine.service._talks["a"].session
    assert session is not None
    before = list(session.ids)
    command = ScoreText(job="a", text=text, sampler=COLD, top=3, window=30, stride=10)
    *events, end = engine.ask(command)
    assert session.ids == before
    assert isinstance(end, TextScoreEnded)
    ids = TOKENIZER.encode(text)
    expected = [
        token
        for some in score_text(small_model(), TOKENIZER, ids, COLD, top=3, windows=Windows(30, 10))
        for token in some
    ]
    found: list[ScoredText] = []
    for event in events:
        assert isinstance(event, TextScored)
        assert (event.position, event.total) == (len(found), len(ids))
        found += event.tokens
    assert [one.token.id for one in found] == ids
    shown = ""
    for one, other in zip(found, expected, strict=True):
        shown = (shown[:-1] if one.token.resumes else shown) + one.token.text
        assert one.context == other.context
        if other.before is None or other.after is None:
            assert (one.before, one.after, one.token.logprob) == (None, None, None)
            continue
        assert one.before is not None and one.after is not None
        assert one.before.logprob == one.token.logprob == pytest.approx(other.before.logprob)
        assert one.before.entropy == pytest.approx(other.before.entropy)
        assert [(top.id, top.logprob) for top in one.before.top] == list(other.before.top)
        assert one.after.logprob == (None if other.after.logprob == -math.inf else 0.0)
        assert len(one.after.top) == 1
    assert shown == text
    assert (end.tokens, end.window, end.stride) == (len(ids) - 1, 30, 10)
    assert end.bits_per_byte == pytest.approx(end.nats / end.size_bytes / math.log(2))
    assert end.perplexity == pytest.approx(math.exp(end.nats / end.tokens))


def test_ids_can_be_scored_too_and_scoring_can_be_given_up(engine: Engine) -> None:
    ids = [1, 2, 3, TOKENIZER.end_of_text]
    *_, scored, _ = engine.ask(ScoreText(job="a", ids=ids))
    assert isinstance(scored, TextScored)
    assert scored.tokens[-1].token.special
    engine.take(ScoreText(job="a", text="xy" * 300, window=4, stride=1))
    engine.advance(3)
    engine.cancel("a")
    assert TextScoreEnded not in kinds(engine.finish())
    assert kinds(engine.ask(LookBack(job="a", position=0))) == [AttentionSeen]


@pytest.mark.parametrize(
    "command",
    [
        ScoreText(job="a", text=""),
        ScoreText(job="a", text="a b", window=1000),
        ScoreText(job="a", ids=[1, 99999]),
        ScoreText(job="a", text="a b", sampler=SamplerSettings(top_p=7.0)),
    ],
)
def test_a_text_that_cannot_be_scored_is_said(engine: Engine, command: Command) -> None:
    assert not any(isinstance(event, TextScoreEnded) for event in engine.ask(command))
    assert len(engine.errors) == 1


# ---------------------------------------------------------------- what a context costs


def test_a_contexts_bytes_and_seconds(engine: Engine) -> None:
    now, *lengths = engine.ask(MeasureContext(job="a", lengths=[1, 20, CONTEXT - 1, CONTEXT, 10**9, -1]))
    session = engine.service._talks["a"].session
    assert isinstance(now, ContextMeasured) and session is not None
    assert (now.tokens, now.seconds_per_token) == (session.position, None)
    assert now.kv_bytes == now.kv_visible_bytes == session.position * now.kv_bytes_per_token
    assert (now.kv_bytes_per_token, now.sliding_layers, now.window) == (2 * 2 * 2 * 8 * 4, 0, None)
    measured = [event for event in lengths if isinstance(event, ContextMeasured)]
    assert [event.tokens for event in measured] == [1, 20, CONTEXT - 1]
    assert all((event.seconds_per_token or 0) > 0 for event in measured)
    assert all(one.kv_bytes < other.kv_bytes for one, other in pairwise(measured))


def test_lengths_that_would_fill_the_memory_are_left_out(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.core.step_time.LARGEST_BYTES", 256 * 21)
    events = engine.ask(MeasureContext(job="a", lengths=[20, 21]))
    assert [event.tokens for event in events if isinstance(event, ContextMeasured)][1:] == [20]


def test_each_drawn_token_says_how_long_the_model_took(engine: Engine) -> None:
    torch.set_num_threads(1)
    events = engine.ask(Generate(job="a", sampler=SAMPLER, max_tokens=4))
    times = [event.model_s for event in events if isinstance(event, TokenSampled)]
    assert times[0] is None, "for the first one it read the prompt"
    assert all(seconds is not None and seconds > 0 for seconds in times[1:])
