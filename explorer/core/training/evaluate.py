"""How well a model foresees text that it has not learned from."""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from explorer.core.data.tokens import Ids, TokenData
from explorer.core.model import Transformer
from explorer.text.tokenizer import Tokenizer

_ROWS = 16


@dataclass(frozen=True)
class HeldOutScore:
    """Means over the held-out windows."""

    loss: float
    """Nats per token."""
    bits_per_byte: float


class HeldOut:
    """The held-out windows of a run, the same at each evaluation."""

    def __init__(self, data: TokenData, tokenizer: Tokenizer, most_tokens: int) -> None:
        self._inputs, self._targets = data.held_out_windows(most_tokens)
        lengths = {int(token): len(tokenizer.token_bytes(int(token))) for token in set(self._targets.flat)}
        # The mark between documents stands for no byte of the text.
        lengths[tokenizer.end_of_text] = 0
        self._bytes = max(1, sum(lengths[int(token)] for token in self._targets.flat))

    @torch.no_grad()
    def score(self, model: Transformer) -> HeldOutScore:
        """Evaluate now; takes about a third of the time of training on as many tokens."""
        nats = sum(
            self._nats(model, self._inputs[row : row + _ROWS], self._targets[row : row + _ROWS])
            for row in range(0, len(self._inputs), _ROWS)
        )
        return HeldOutScore(nats / self._targets.size, nats / self._bytes / math.log(2))

    def _nats(self, model: Transformer, inputs: Ids, targets: Ids) -> float:
        logits = model(torch.from_numpy(inputs).to(model.device)).float()
        right = torch.from_numpy(targets).to(model.device)
        return float(F.cross_entropy(logits.flatten(0, 1), right.flatten(), reduction="sum"))
