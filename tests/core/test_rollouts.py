"""Many attempts at once against what the model says one row at a time."""

from collections.abc import Generator
from typing import TypeVar

import numpy as np
import pytest
import torch

from explorer.core import rollouts
from explorer.core.generate import RowEnded, TokenDrawn, generate
from explorer.core.rollouts import Attempt, Limits, attempt, attempt_seeds
from explorer.errors import DamagedFileError, InputError
from explorer.protocol import SamplerSettings
from tests.core.small import CONTEXT, small_model, small_tokenizer

Found = TypeVar("Found")
V = small_tokenizer().n_vocab
END = V - 1
PROMPTS = [[84, 104, 101], [65, 32, 99, 97, 116, 32, 115], [50], [1, 2, 3, 4, 5]]


def finished(steps: Generator[int, None, Found]) -> Found:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def limits(temperature: float = 1.0, max_tokens: int = 12, ends: range | None = None) -> Limits:
    return Limits(temperature, max_tokens, set(ends or [END]), V)


def seeds_of(count: int, seed: int = 1, update: int = 1) -> list[list[int]]:
    return [attempt_seeds(seed, update, prompt, count) for prompt in range(len(PROMPTS))]


def ids_of(groups: list[list[Attempt]]) -> list[list[list[int]]]:
    return [[one.ids for one in group] for group in groups]


@torch.no_grad()
def true_logprobs(prompt: list[int], one: Attempt, temperature: float = 1.0) -> np.ndarray:
    model = small_model()
    ids = torch.tensor([[*prompt, *one.ids]])
    logits = model(ids)[0, len(prompt) - 1 : -1, :V] / temperature
    every = torch.log_softmax(logits, -1)
    return every.numpy()


@pytest.mark.parametrize("at_once", [256, 6, 1])
def test_without_chance_it_is_what_generation_writes(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollouts, "_ROWS_AT_ONCE", at_once)
    model, tokenizer = small_model(), small_tokenizer()
    ends = set(range(0, V, 9))
    found = finished(attempt(model, PROMPTS, seeds_of(2), Limits(0.0, 12, ends, V)))
    wanted: dict[int, list[int]] = {row: [] for row in range(len(PROMPTS))}
    reasons: dict[int, str] = {}
    for fact in generate(
        model, tokenizer, PROMPTS, SamplerSettings(temperature=0.0), max_tokens=12, end_tokens=ends
    ):
        if isinstance(fact, TokenDrawn):
            wanted[fact.row].append(fact.id)
        elif isinstance(fact, RowEnded):
            reasons[fact.row] = fact.stop_reason
    assert ids_of(found) == [[wanted[row]] * 2 for row in wanted]
    assert [group[0].ended for group in found] == [reasons[row] == "end_token" for row in wanted]


@pytest.mark.parametrize("temperature", [1.0, 0.6])
def test_logprobs_and_entropies_are_those_of_what_was_drawn_from(temperature: float) -> None:
    found = finished(attempt(small_model(), PROMPTS, seeds_of(3), limits(temperature, ends=range(0, V, 30))))
    lengths: set[int] = set()
    for prompt, group in zip(PROMPTS, found, strict=True):
        for one in group:
            every = true_logprobs(prompt, one, temperature)
            np.testing.assert_allclose(one.logprobs, every[range(len(one.ids)), one.ids], atol=2e-5)
            np.testing.assert_allclose(one.entropies, -(np.exp(every) * every).sum(-1), atol=2e-5)
            assert all(token % 30 for token in one.ids[:-1])
            assert one.ended == (one.ids[-1] % 30 == 0)
            lengths.add(len(one.ids))
    assert len(lengths) > 2  # rows have left the batch at different times


def test_the_same_seeds_give_the_same_and_others_others() -> None:
    model = small_model()
    first = ids_of(finished(attempt(model, PROMPTS, seeds_of(4), limits())))
    assert ids_of(finished(attempt(model, PROMPTS, seeds_of(4), limits()))) == first
    assert ids_of(finished(attempt(model, PROMPTS, seeds_of(4, update=2), limits()))) != first
    every = [tuple(ids) for group in first for ids in group]
    assert len(set(every)) == len(every)


def test_one_attempt_alone_is_the_one_that_it_was_among_others() -> None:
    model = small_model()
    together = finished(attempt(model, PROMPTS, seeds_of(4), limits()))
    alone = finished(attempt(model, [PROMPTS[1]], [[seeds_of(4)[1][2]]], limits()))
    assert alone[0][0].ids == together[1][2].ids


def test_tokens_come_as_often_as_they_are_likely() -> None:
    model = small_model()
    N = 4000
    found = finished(attempt(model, [[84]], [attempt_seeds(5, 1, 0, N)], limits(max_tokens=1)))
    counts = np.bincount([one.ids[0] for one in found[0]], minlength=V) / N
    with torch.no_grad():
        wanted = torch.softmax(model(torch.tensor([[84]]))[0, -1, :V], -1).numpy()
    assert np.abs(counts - wanted).max() < 4 * np.sqrt(wanted.max() / N)
    assert 0.5 * np.abs(counts - wanted).sum() < 0.15


def test_progress_counts_tokens_over_all_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollouts, "_ROWS_AT_ONCE", 4)
    said = list(attempt(small_model(), PROMPTS, seeds_of(2), limits(max_tokens=5)))
    assert said == sorted(said) and said[-1] <= 4 * 2 * 5
    assert said[-1] >= 28


def test_the_context_ends_an_attempt() -> None:
    found = finished(attempt(small_model(), [[7] * (CONTEXT - 3)], [[1]], Limits(1.0, 50, set(), V)))
    assert len(found[0][0].ids) == 3 and not found[0][0].ended


def test_what_cannot_be_drawn() -> None:
    with pytest.raises(InputError, match="leaves no room"):
        finished(attempt(small_model(), [[7] * CONTEXT], [[1]], limits()))
    for unfit in (limits(max_tokens=0), limits(-1.0), limits(float("nan"))):
        with pytest.raises(InputError, match="at least one token"):
            finished(attempt(small_model(), PROMPTS, seeds_of(1), unfit))


def test_weights_that_are_no_numbers_are_said() -> None:
    model = small_model()
    with torch.no_grad():
        model.norm.weight[0] = float("nan")
    with pytest.raises(DamagedFileError, match="not a number"):
        finished(attempt(model, PROMPTS, seeds_of(1), limits()))


def test_all_rows_may_end_at_once() -> None:
    found = finished(attempt(small_model(), PROMPTS, seeds_of(2), Limits(1.0, 9, set(range(V)), V)))
    assert [[len(one.ids) for one in group] for group in found] == [[1, 1]] * len(PROMPTS)
    assert all(one.ended for group in found for one in group)
