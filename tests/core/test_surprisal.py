"""Surprisal of a text against whole forward passes, one for each token; against transformers; in windows."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
import transformers

from explorer.core.families.huggingface import load_transformer
from explorer.core.sampling import History, chain_of, run_chain
from explorer.core.session import Session
from explorer.core.surprisal import ScoredToken, Total, Windows, score_text, total_of, windows_for
from explorer.errors import DamagedFileError, InputError
from explorer.protocol import SamplerSettings
from explorer.text.foreign import IdsOnly
from tests.benchmarks.parity import SHAPES, make
from tests.core.small import CONTEXT, small_model, small_tokenizer

MODEL = small_model()
TOKENIZER = small_tokenizer()
TEXT = TOKENIZER.encode("the cat sat on the 中文 piano")
LONG = [(7 * place * place + 3 * place) % TOKENIZER.n_vocab for place in range(3 * CONTEXT + 5)]
SHAPED = SamplerSettings(temperature=0.7, top_k=30, top_p=0.9, repeat_penalty=1.3)


def scored(
    ids: list[int], settings: SamplerSettings | None = None, top: int = 0, windows: Windows | None = None
) -> list[ScoredToken]:
    return [
        token
        for some in score_text(MODEL, TOKENIZER, ids, settings, top=top, windows=windows)
        for token in some
    ]


def naive(seen: list[int], settings: SamplerSettings) -> tuple[torch.Tensor, torch.Tensor]:
    """Logprobs of what comes after `seen`, before and after the chain, (V,) each."""
    with torch.no_grad():
        logits = MODEL(torch.tensor([seen]))[0, -1]
    final = run_chain(chain_of(settings), logits.numpy(), History(seen))
    return torch.log_softmax(logits, -1).double(), torch.log_softmax(torch.from_numpy(final), -1).double()


@pytest.mark.parametrize("settings", [SamplerSettings(), SHAPED, SamplerSettings(temperature=0.0)])
def test_each_token_is_as_likely_as_a_whole_forward_pass_says(settings: SamplerSettings) -> None:
    found = scored(TEXT, settings, top=3)
    assert [token.id for token in found] == TEXT
    assert (found[0].before, found[0].after, found[0].context) == (None, None, 0)
    for place, token in enumerate(found[1:], start=1):
        assert (token.position, token.context) == (place, place)
        for score, expected in zip((token.before, token.after), naive(TEXT[:place], settings), strict=True):
            assert score is not None
            assert score.logprob == pytest.approx(float(expected[token.id]), abs=1e-4)
            alive = expected[expected > -torch.inf]
            assert score.entropy == pytest.approx(float(-(alive.exp() * alive).sum()), abs=1e-4)
            best = expected.topk(min(3, len(alive)))
            assert [other for other, _ in score.top] == best.indices.tolist()
            assert [logprob for _, logprob in score.top] == pytest.approx(best.values.tolist(), abs=1e-4)


def test_without_a_chain_before_is_after() -> None:
    assert all(token.before == token.after for token in scored(TEXT, top=2))


@pytest.mark.parametrize(("length", "stride"), [(CONTEXT, CONTEXT // 2), (20, 1), (20, 19), (2, 1), (33, 7)])
def test_a_long_text_is_read_in_windows(length: int, stride: int) -> None:
    ids = LONG if length > 20 else LONG[: 3 * 20]
    found = scored(ids, SHAPED, windows=Windows(length, stride))
    assert [token.id for token in found] == ids
    for place, token in enumerate(found[1:], start=1):
        windows_before = max(0, -(-(place + 1 - length) // stride))
        seen = ids[windows_before * stride : place]
        assert token.context == len(seen)
        assert token.context >= min(place, length - stride)
        before, after = naive(seen, SHAPED)
        assert token.before is not None and token.after is not None
        assert token.before.logprob == pytest.approx(float(before[token.id]), abs=1e-4)
        if not np.isclose(float(after[token.id]), token.after.logprob, atol=1e-4):
            assert -np.inf in (float(after[token.id]), token.after.logprob), "at an edge, rounding decides"


def test_how_it_is_cut_up_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = scored(LONG)
    monkeypatch.setattr("explorer.core.surprisal.CHUNK", 5)
    monkeypatch.setattr("explorer.core.scores.SCORES_AT_ONCE", 3 * TOKENIZER.n_vocab)
    pieces = list(score_text(MODEL, TOKENIZER, LONG))
    assert max(len(some) for some in pieces) <= 3, "no more rows of logits than that were in memory"
    found = [token for some in pieces for token in some]
    assert [(token.id, token.context) for token in found] == [(token.id, token.context) for token in whole]
    for one, other in zip(found[1:], whole[1:], strict=True):
        assert one.before is not None and other.before is not None
        assert one.before.logprob == pytest.approx(other.before.logprob, abs=1e-4)


def test_a_prompt_in_a_session_has_the_same_numbers() -> None:
    session = Session(MODEL, TOKENIZER)
    session.set_prompt_ids(TEXT)
    session.logits()
    logprobs = [None if token.before is None else token.before.logprob for token in scored(TEXT)]
    assert logprobs[0] is session.logprobs[0] is None
    assert logprobs[1:] == pytest.approx(session.logprobs[1:], abs=1e-5)


def test_the_numbers_are_those_of_transformers(tmp_path: Path) -> None:
    transformers.logging.disable_progress_bar()
    theirs = make(next(shape for shape in SHAPES if shape.family == "llama"), tmp_path)
    ids = torch.randint(0, 101, (40,), generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        logprobs = torch.log_softmax(theirs(ids[None]).logits[0, :-1].double(), -1)
    expected = logprobs.gather(1, ids[1:, None])[:, 0].tolist()
    tokenizer = IdsOnly(101)
    found = [
        token for some in score_text(load_transformer(tmp_path), tokenizer, ids.tolist()) for token in some
    ]
    ours = [token.before.logprob for token in found if token.before is not None]
    assert ours == pytest.approx(expected, abs=1e-4)
    assert total_of(tokenizer, found).nats == pytest.approx(-sum(expected), abs=1e-3)


def test_the_total_leaves_out_the_first_token_and_special_ones_bytes() -> None:
    found = scored([*TEXT, TOKENIZER.end_of_text, 65])
    total = total_of(TOKENIZER, found)
    nats = -sum(token.before.logprob for token in found if token.before is not None)
    size = len("the cat sat on the 中文 piano".encode()) - len("the") + 1
    assert (total.tokens, total.size_bytes) == (len(TEXT) + 1, size)
    assert total.nats == pytest.approx(nats)
    assert total.bits_per_byte == pytest.approx(nats / size / math.log(2))
    assert total.perplexity == pytest.approx(math.exp(nats / (len(TEXT) + 1)))
    assert Total(1, 800.0, 0).perplexity == math.inf
    assert Total(1, 800.0, 0).bits_per_byte is None


def test_it_can_be_left_in_the_middle() -> None:
    steps = score_text(MODEL, TOKENIZER, LONG, windows=Windows(20, 1))
    assert len(next(steps)) == 1
    next(steps)
    steps.close()  # type: ignore[attr-defined]
    assert next(steps, None) is None


@pytest.mark.parametrize(
    ("ids", "options", "words"),
    [
        ([], {}, "nothing to score"),
        ([65], {}, "nothing to score"),
        ([65, TOKENIZER.n_vocab], {}, "no token 263"),
        ([65, 66], {"top": -1}, "alternatives"),
        ([65, 66], {"settings": SamplerSettings(top_p=2.0)}, "Top-p"),
    ],
)
def test_what_cannot_be_scored_is_said(ids: list[int], options: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        scored(ids, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("length", "stride"), [(1, None), (CONTEXT + 1, None), (10, 0), (10, 10), (0, 0), (-3, 2)]
)
def test_windows_without_sense_are_said(length: int, stride: int | None) -> None:
    with pytest.raises(InputError, match="Give a number from"):
        windows_for(CONTEXT, length, stride)
    assert windows_for(CONTEXT) == Windows(CONTEXT, CONTEXT // 2)


def test_damaged_weights_are_said() -> None:
    model = small_model()
    with torch.no_grad():
        model.norm.weight.fill_(torch.nan)
    with pytest.raises(DamagedFileError):
        list(score_text(model, TOKENIZER, TEXT))
