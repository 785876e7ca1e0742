"""Attempts as the rows that a model learns from: prompt and answer in one row, padded at its end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from explorer.core.model import Transformer

Floats = npt.NDArray[np.float64]
_ROWS_ALIKE = 8
_LENGTHS_ALIKE = 16
"""Rows come in such numbers and lengths, so that arrays of a few shapes serve for all updates."""
_ROWS_AT_ONCE = 32


@dataclass(frozen=True)
class Sequences:
    """Prompts with their answers, as ids."""

    prompts: Sequence[Sequence[int]]
    answers: Sequence[Sequence[int]]

    @property
    def tokens(self) -> int:
        """Of all answers."""
        return sum(map(len, self.answers))


@dataclass(frozen=True)
class Part:
    """Rows of about one length. Beyond a row's end stand zeros of no weight."""

    numbers: list[int]
    """Which sequences these are; there may be more rows than that, all of no weight."""
    inputs: Tensor
    """(B, T)."""
    targets: Tensor
    """(B, T): what comes after each input."""


def parts_of(sequences: Sequences, context: int) -> Iterator[Part]:
    """All of them, the short ones first, a few rows at a time, none longer than the model's `context`."""
    lengths = [
        len(prompt) + len(answer) for prompt, answer in zip(sequences.prompts, sequences.answers, strict=True)
    ]
    order = sorted(range(len(lengths)), key=lengths.__getitem__)
    for start in range(0, len(order), _ROWS_AT_ONCE):
        numbers = order[start : start + _ROWS_AT_ONCE]
        rows = -(-len(numbers) // _ROWS_ALIKE) * _ROWS_ALIKE
        longest = lengths[numbers[-1]] - 1
        T = max(longest, min(-(-longest // _LENGTHS_ALIKE) * _LENGTHS_ALIKE, context))
        ids = torch.zeros(rows, T + 1, dtype=torch.int64)
        for row, number in enumerate(numbers):
            ids[row, : lengths[number]] = torch.tensor(
                [*sequences.prompts[number], *sequences.answers[number]]
            )
        yield Part(numbers, ids[:, :-1], ids[:, 1:])


def weights_of(part: Part, sequences: Sequences, weights: Sequence[Floats]) -> Tensor:
    """(B, T) fp32: each answer's weights, one a token, where its tokens are the targets; else 0."""
    placed = torch.zeros(part.targets.shape)
    for row, number in enumerate(part.numbers):
        start = len(sequences.prompts[number]) - 1
        own = torch.from_numpy(weights[number].astype(np.float32))
        placed[row, start : start + len(own)] = own
    return placed


@torch.inference_mode()
def logprobs_of(model: Transformer, sequences: Sequences, temperature: float = 1.0) -> list[Floats]:
    """Nats, of each answer's tokens under the model at `temperature`."""
    found: list[Floats] = [np.empty(0)] * len(sequences.answers)
    for part in parts_of(sequences, model.config.max_position_embeddings):
        targets = part.targets.to(model.device)
        logits = model(part.inputs.to(model.device)).float() / (temperature or 1.0)
        right = torch.log_softmax(logits, -1).gather(-1, targets[..., None])[..., 0]
        for row, number in enumerate(part.numbers):
            start = len(sequences.prompts[number]) - 1
            end = start + len(sequences.answers[number])
            found[number] = right[row, start:end].cpu().numpy().astype(np.float64)
    return found


def split_like(flat: Floats, answers: Sequence[Sequence[int]]) -> list[Floats]:
    """One array for each answer, of an array of all answers' tokens."""
    return np.split(flat, np.cumsum([len(answer) for answer in answers])[:-1])
