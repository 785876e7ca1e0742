"""The steered stream against `generate` and a fresh session: however it came about, it is the same."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.core.detokenize import joined
from explorer.core.generate import TokenDrawn, generate
from explorer.core.session import Session
from explorer.errors import InputError
from explorer.protocol import SamplerSettings
from tests.core.small import CONTEXT, small_model, small_tokenizer

MODEL = small_model()
TOKENIZER = small_tokenizer()
SAMPLER = SamplerSettings(temperature=0.9, top_p=0.95, presence_penalty=0.3, seed=21)


class CountingModel:
    """The model, with a count of the tokens that it has read."""

    def __init__(self) -> None:
        self.model, self.read = MODEL, 0
        self.config, self.device, self.norm, self.logits = (
            MODEL.config,
            MODEL.device,
            MODEL.norm,
            MODEL.logits,
        )

    def hidden(self, ids: torch.Tensor, cache: object) -> torch.Tensor:
        self.read += ids.numel()
        return self.model.hidden(ids, cache)  # type: ignore[arg-type]


def session(text: str = "") -> Session:
    made = Session(MODEL, TOKENIZER)
    made.set_prompt(text)
    return made


def fresh_logits(ids: list[int]) -> np.ndarray:
    with torch.no_grad():
        return MODEL(torch.tensor([ids]))[0].numpy()


def check(made: Session) -> None:
    """All that a session knows, against one forward pass over its ids."""
    logits = fresh_logits(made.ids)
    assert made.logits()[0] == pytest.approx(logits[-1], abs=1e-4)
    scores = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    expected = [scores[place - 1, token] for place, token in enumerate(made.ids) if place]
    assert made.logprobs[0] is None
    assert made.logprobs[1:] == pytest.approx(expected, abs=1e-4)
    assert joined(made.pieces) == TOKENIZER.decode(made.ids)


def test_stepping_is_running() -> None:
    made = session("once upon")
    stepped = [made.step(SAMPLER) for _ in range(10)]
    ran = generate(MODEL, TOKENIZER, [TOKENIZER.encode("once upon")], SAMPLER, max_tokens=10, end_tokens=())
    for ours, theirs in zip(stepped, (fact for fact in ran if isinstance(fact, TokenDrawn)), strict=True):
        assert (ours.id, ours.position, ours.piece, ours.uniform) == (
            theirs.id,
            theirs.position,
            theirs.piece,
            theirs.uniform,
        )
        assert ours.probability == pytest.approx(theirs.probability, abs=1e-5)
        assert ours.cumulative_before == pytest.approx(theirs.cumulative_before, abs=1e-5)
        assert ours.logprob == pytest.approx(theirs.logprob, abs=1e-4)
    check(made)


def test_taking_back_and_drawing_again_gives_the_same() -> None:
    made = session("the")
    first = [made.step(SAMPLER).id for _ in range(9)]
    assert made.remove_last(4) == 4
    check(made)
    assert [made.step(SAMPLER).id for _ in range(4)] == first[5:]
    assert made.remove_last(100) == 9, "the prompt stays"
    assert made.ids == TOKENIZER.encode("the")
    assert [made.step(SAMPLER).id for _ in range(9)] == first


@settings(deadline=None, max_examples=40)
@given(
    actions=st.lists(
        st.tuples(st.just("prompt"), st.text("the 中x", max_size=70))
        | st.tuples(st.just("step"), st.integers(1, 4))
        | st.tuples(st.just("place"), st.integers(0, TOKENIZER.n_vocab - 1))
        | st.tuples(st.just("remove"), st.integers(0, 5))
        | st.tuples(st.just("look"), st.none()),
        max_size=12,
    )
)
def test_whatever_was_done_the_session_is_as_good_as_fresh(actions: list[tuple[str, object]]) -> None:
    made = session()
    for kind, value in actions:
        if kind == "prompt":
            made.set_prompt(str(value))
        elif kind == "remove":
            made.remove_last(int(str(value)))
        elif kind == "look":
            made.logits()
        elif not made.is_full:
            if kind == "place":
                made.place(int(str(value)))
            else:
                made.step(SamplerSettings(seed=int(str(value))))
    check(made)


@settings(deadline=None, max_examples=25)
@given(
    text=st.text("the 中x", max_size=40),
    steps=st.integers(0, 6),
    first=st.integers(0, 50),
    count=st.integers(-1, 60),
)
def test_what_stands_after_dropped_tokens_is_read_in_its_new_places(
    text: str, steps: int, first: int, count: int
) -> None:
    made = session(text)
    for _ in range(steps):
        made.step(SAMPLER)
    before, authors, prompt = list(made.ids), list(made.authors), made.prompt_length
    dropped = made.drop(first, count)
    gone = range(first, first + dropped)
    assert made.ids == [token for place, token in enumerate(before) if place not in gone]
    assert made.authors == [author for place, author in enumerate(authors) if place not in gone]
    assert made.prompt_length == prompt - sum(place < prompt for place in gone)
    assert made.ids and dropped <= max(0, count)
    assert made.logits()[0] == pytest.approx(fresh_logits(made.ids)[-1], abs=1e-4), "cached is uncached"
    assert joined(made.pieces) == TOKENIZER.decode(made.ids)


def test_a_prompt_that_grows_is_read_from_where_it_grows() -> None:
    counting = CountingModel()
    made = Session(counting, TOKENIZER)  # type: ignore[arg-type]
    made.set_prompt("a" * 30)
    made.logits()
    counting.read = 0
    made.set_prompt("a" * 30 + "bc")
    made.logits()
    assert counting.read == 2
    made.set_prompt("a" * 30 + "b")
    made.logits()
    assert counting.read == 3, "the last common token is read again: its scores were not kept"
    check(made)


def test_other_settings_need_no_model() -> None:
    counting = CountingModel()
    made = Session(counting, TOKENIZER)  # type: ignore[arg-type]
    made.set_prompt("the")
    plain = made.next_token(SamplerSettings())
    counting.read = 0
    assert made.next_token(SamplerSettings()) is plain
    hot = made.next_token(SamplerSettings(temperature=2.0))
    assert hot.final.entropies()[0] > plain.final.entropies()[0]
    assert hot.model is plain.model
    assert counting.read == 0
    made.step(SamplerSettings(temperature=2.0))
    assert counting.read == 0, "a step draws from what is known; what follows is read when it is asked for"


def test_penalties_tell_the_prompt_from_what_was_generated() -> None:
    made = session("the")
    token = made.step(SAMPLER).id
    with_penalty = SamplerSettings(presence_penalty=5.0)
    before = made.next_token(with_penalty).final.logits[0, token]
    made.set_prompt_ids(made.ids)
    assert made.next_token(with_penalty).final.logits[0, token] == pytest.approx(before + 5.0, abs=1e-4)


def test_an_empty_prompt_starts_from_the_end_of_text() -> None:
    made = session("")
    assert made.ids == [TOKENIZER.end_of_text]
    assert made.prompt_length == 1
    check(made)


def test_a_long_prompt_is_cut_and_the_context_fills() -> None:
    made = session("ab" * 100)
    assert made.truncated == 200 - len(made.ids) > 0
    assert not made.is_full
    while not made.is_full:
        made.step(SAMPLER)
    assert made.position == CONTEXT
    check(made)


def test_the_cache_grows_with_the_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.core.session._FIRST_CAPACITY", 4)
    monkeypatch.setattr("explorer.core.session._CHUNK", 5)
    made = session("the the the")
    for _ in range(20):
        made.step(SAMPLER)
    check(made)


def test_long_prompts_are_read_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.core.session._CHUNK", 10)
    monkeypatch.setattr("explorer.core.scores.SCORES_AT_ONCE", 3 * TOKENIZER.n_vocab)
    made = session("x" * 35)
    assert len(list(made.catch_up())) == 4
    check(made)


def test_what_cannot_be_used_is_said_in_words() -> None:
    made = session("the")
    with pytest.raises(InputError, match="no token -1"):
        made.set_prompt_ids([-1])
    with pytest.raises(InputError, match="no token 5000"):
        made.place(5000)
    with pytest.raises(InputError, match="temperature"):
        made.step(SamplerSettings(temperature=-1))
    assert made.ids == TOKENIZER.encode("the"), "nothing has changed"
