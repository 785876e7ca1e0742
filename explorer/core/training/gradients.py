"""A batch's loss and gradients, in the way that is fastest where the model is."""

from collections.abc import Generator
from contextlib import contextmanager

import torch
import torch.nn.functional as F
from torch import Tensor

from explorer.core.model import Transformer
from explorer.core.training.by_hand import ByHand


@contextmanager
def memory_errors() -> Generator[None]:
    """Torch says on each device in another way that there is no memory left. Raises: MemoryError then."""
    try:
        yield
    except RuntimeError as error:
        if isinstance(error, torch.OutOfMemoryError) or "allocate memory" in str(error):
            raise MemoryError from error
        raise


class Gradients:
    """On a processor by hand-derived formulas, on a GPU by autograd in bfloat16."""

    def __init__(self, model: Transformer) -> None:
        self._model = model
        self._by_hand = ByHand(model) if model.device.type == "cpu" else None

    def compute(
        self,
        inputs: Tensor,
        targets: Tensor,
        weights: Tensor | None = None,
        total: float | None = None,
        temperature: float = 1.0,
    ) -> float:
        """Mean nats per token for ids and targets (B, T); every parameter's `.grad` is replaced.

        With `weights` (B, T): the sum of weight x nats over `total`, see `ByHand.loss_and_gradients`.
        """
        if self._by_hand is not None:
            return float(self._by_hand.loss_and_gradients(inputs, targets, weights, total, temperature))
        device = self._model.device
        self._model.zero_grad(set_to_none=True)
        with torch.autocast(device.type, torch.bfloat16):
            loss = weighted_loss(
                self._model,
                inputs.to(device),
                targets.to(device),
                None if weights is None else weights.to(device),
                total,
                temperature,
            )
        loss.backward()
        return float(loss)


def weighted_loss(
    model: Transformer,
    inputs: Tensor,
    targets: Tensor,
    weights: Tensor | None = None,
    total: float | None = None,
    temperature: float = 1.0,
) -> Tensor:
    """What `Gradients.compute` says, by the model's own operations: a scalar that autograd can go back on."""
    logits = model.logits(model.hidden(inputs)).flatten(0, 1) / temperature
    losses = F.cross_entropy(logits, targets.flatten(), reduction="none")
    if weights is not None:
        losses = losses * weights.flatten()
    return losses.sum() / (total or targets.numel())
