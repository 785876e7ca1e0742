"""Pretraining: learning to foresee the next token of a text."""

from collections.abc import Generator, Mapping
from typing import Any

import torch

from explorer.core.data.tokens import TokenData
from explorer.core.runs import TOKENS_FILE, RunRecord
from explorer.core.training.evaluate import HeldOut
from explorer.core.training.folder import not_as_begun
from explorer.core.training.samples import write_sample
from explorer.core.training.stage import Evaluated, Measured, Opening, Sizes
from explorer.protocol import Event, Sample


class Pretraining:
    """The stage `pretrain`. Batches are drawn by (seed, step)."""

    def __init__(self, opening: Opening) -> None:
        """Raises: DamagedFileError if the tokens are not those that the run was begun with."""
        self._learner, self._tokenizer = opening.learner, opening.tokenizer
        self._recipe, self._seed = opening.learner.recipe, opening.record.seed
        self.data = _tokens(opening)
        self._held_out = HeldOut(self.data, self._tokenizer, self._recipe.evaluate_tokens)

    @property
    def sizes(self) -> Sizes:
        """Of the text."""
        return Sizes(self.data.train_tokens, self.data.val_tokens, self._recipe.batch * self._recipe.context)

    def advance(self, step: int, steps: int) -> Generator[Event | None, None, Measured]:
        """Learn from the step's windows of the text."""
        yield from ()
        inputs, targets = self.data.batch(self._seed, step, self._recipe.batch)
        loss = self._learner.compute(torch.from_numpy(inputs), torch.from_numpy(targets))
        done = self._learner.update(step, steps, loss)
        return Measured(
            learning_rate=done.learning_rate, grad_norm=done.grad_norm, tokens=inputs.size, train_loss=loss
        )

    def evaluate(self) -> Generator[Event | None, None, Evaluated]:
        """How well the held-out text is foreseen."""
        yield from ()
        score = self._held_out.score(self._learner.model)
        return Evaluated(loss=score.loss, bits_per_byte=score.bits_per_byte)

    def sample(self, step: int) -> Generator[Event | None, None, Sample]:
        """What the model writes from nothing."""
        return (yield from write_sample(self._learner, self._tokenizer, self._seed, step))

    def state(self) -> Mapping[str, Any]:
        """Nothing: all is a function of (seed, step)."""
        return {}

    def card(self, record: RunRecord, step: int) -> str:
        """Which text, how long."""
        return "\n".join(
            (
                f"# {record.name}",
                "",
                f"A language model of {record.parameters:,} parameters, pretrained with LLM Explorer for",
                f"{step:,} of {record.steps:,} steps on: {record.text} ({record.tokens:,} tokens,",
                f"SHA-256 {record.fingerprint[:12]}). Vocabulary: {record.vocab_size:,} entries",
                f"({record.tokenizer}). Seed {record.seed}. It continues text; it does not answer questions.",
                "",
                "Architecture: Qwen3 (opens in transformers). Weights: fp32 safetensors.",
                "",
            )
        )


def _tokens(opening: Opening) -> TokenData:
    record, path = opening.record, opening.folder.path / TOKENS_FILE
    try:
        if path.stat().st_size != record.tokens * record.token_bytes:
            raise not_as_begun(path)
        return TokenData(path, record.token_bytes, opening.learner.recipe.context)
    except (OSError, ValueError, TypeError) as error:
        raise not_as_begun(path) from error
