"""The reward model: a transformer with one number for an answer in the place of logits for a token.

Source: "Training language models to follow instructions with human feedback" (Ouyang et al. 2022), section
3.4: the score is read at the answer's last token, and the preferred answer of a pair shall have more of it.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor

from explorer.core import checkpoints
from explorer.core.model import Transformer
from explorer.errors import DamagedFileError, InputError

Floats = npt.NDArray[np.float64]
HEAD = "head"
"""The head's name in a stage's state."""
_ROWS_AT_ONCE = 32


class RewardModel:
    """A transformer and the direction (C,) in which its last state is measured."""

    def __init__(self, model: Transformer, head: Tensor | None = None) -> None:
        """Without `head` every answer scores 0 at first."""
        self.model = model
        if head is None:
            head = torch.zeros(model.config.hidden_size)
        self.head = head.to(model.device).requires_grad_()

    def scores(self, rows: Sequence[Sequence[int]]) -> Tensor:
        """One number (B,) for each row: a prompt with its answer, to the end of the answer's turn."""
        ids = torch.zeros(len(rows), max(map(len, rows)), dtype=torch.int64)
        for place, row in enumerate(rows):
            ids[place, : len(row)] = torch.tensor(row)
        last = torch.tensor([len(row) - 1 for row in rows], device=self.model.device)
        hidden = self.model.hidden(ids.to(self.model.device))
        ends = hidden[torch.arange(len(rows), device=self.model.device), last].float()
        return ends @ self.head * self.model.config.hidden_size**-0.5

    @torch.no_grad()
    def judged(self, rows: Sequence[Sequence[int]]) -> Floats:
        """The same as numbers, a few rows at a time, those of one length together."""
        order = sorted(range(len(rows)), key=lambda number: len(rows[number]))
        found = np.empty(len(rows))
        for start in range(0, len(order), _ROWS_AT_ONCE):
            numbers = order[start : start + _ROWS_AT_ONCE]
            found[numbers] = self.scores([rows[number] for number in numbers]).cpu().numpy()
        return found


def preference_loss(preferred: Tensor, other: Tensor) -> Tensor:
    """Mean nats of the choices: -log sigmoid of the difference of scores (B,). ln 2 for who knows nothing.

    Source: Bradley and Terry (1952), "Rank analysis of incomplete block designs".
    """
    return -F.logsigmoid(preferred - other).mean()


def load_reward_model(checkpoint: Path, device: torch.device) -> RewardModel:
    """As the stage `reward` saved it. Raises: InputError if it is another kind of model; DamagedFileError."""
    model, _, _ = checkpoints.load(checkpoint, device)
    state = checkpoints.load_trainer(checkpoint).counters.get("stage", {})
    if HEAD not in state:
        raise InputError("{path} is no reward model. Choose a run of the stage reward.", path=str(checkpoint))
    head = torch.tensor(state[HEAD], dtype=torch.float32)
    if head.shape != (model.config.hidden_size,) or not bool(head.isfinite().all()):
        raise DamagedFileError("{path} is damaged. Use another checkpoint.", path=str(checkpoint))
    return RewardModel(model, head)
