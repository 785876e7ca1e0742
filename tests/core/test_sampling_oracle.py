"""The steps against those of transformers, on logits without ties; and greedy generation against its."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM
from transformers.generation.logits_process import (
    LogitsProcessor,
    MinPLogitsWarper,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
    TypicalLogitsWarper,
)

from explorer.core.generate import TokenDrawn, generate
from explorer.core.loading import load_model
from explorer.core.sampling import History, MinP, RepeatPenalty, Step, Temperature, TopK, TopP, TypicalP
from explorer.protocol import SamplerSettings
from tests.core.small import save_small_model

PAIRS: list[tuple[Callable[[float], Step], Callable[[float], LogitsProcessor], tuple[float, ...]]] = [
    (Temperature, TemperatureLogitsWarper, (0.3, 0.9, 2.5)),
    (lambda value: TopK(int(value)), lambda value: TopKLogitsWarper(int(value)), (1, 7, 300)),
    (TopP, TopPLogitsWarper, (0.1, 0.5, 0.95)),
    (MinP, MinPLogitsWarper, (0.01, 0.1, 0.5)),
    (TypicalP, TypicalLogitsWarper, (0.1, 0.5, 0.95)),
    (RepeatPenalty, RepetitionPenaltyLogitsProcessor, (0.7, 1.3)),
]


@pytest.mark.parametrize(("ours", "theirs", "values"), PAIRS)
def test_steps_are_those_of_transformers(
    ours: Callable[[float], Step], theirs: Callable[[float], LogitsProcessor], values: tuple[float, ...]
) -> None:
    random = np.random.default_rng(7)
    for spread in (0.5, 2.0, 6.0):
        logits = (random.standard_normal((3, 800)) * spread).astype(np.float32)
        past = random.integers(0, 800, (3, 40))
        histories = [History(row[:20].tolist(), row[20:].tolist()) for row in past]
        for value in values:
            after = theirs(value)(torch.tensor(past), torch.tensor(logits)).numpy()
            assert ours(value)(logits, histories) == pytest.approx(after, rel=1e-6)


def test_greedy_text_is_that_of_transformers(tmp_path: Path) -> None:
    loaded = load_model(save_small_model(tmp_path / "small"), "cpu")
    prompt = loaded.tokenizer.encode("once upon")
    facts = generate(
        loaded.model,
        loaded.tokenizer,
        [prompt],
        SamplerSettings(temperature=0.0),
        max_tokens=30,
        end_tokens=(),
    )
    theirs = AutoModelForCausalLM.from_pretrained(tmp_path / "small")
    out = theirs.generate(
        torch.tensor([prompt]), do_sample=False, max_new_tokens=30, eos_token_id=None, pad_token_id=0
    )
    assert [fact.id for fact in facts if isinstance(fact, TokenDrawn)] == out[0, len(prompt) :].tolist()
