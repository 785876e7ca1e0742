"""A model with what changes it: gradients, clipping, the optimizer at the step's rate. For all stages."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.core.model import Transformer
from explorer.core.training.distributed import SharedGradients, World
from explorer.core.training.gradients import Gradients
from explorer.core.training.optimizer import Optimizer, learning_rate
from explorer.core.training.presets import Recipe
from explorer.errors import InputError


class NotANumberError(Exception):
    """The loss or a gradient is no number any more. Nothing has been changed by it; the loop says it."""


@dataclass(frozen=True)
class Update:
    """What was done to the weights."""

    learning_rate: float
    grad_norm: float
    """Before clipping."""


def uneven_batch(batch: int, processes: int) -> InputError:
    """What to raise if a batch cannot be shared out."""
    return InputError(
        "A batch of {batch} rows cannot be shared out evenly among {processes} processes. Choose a --batch "
        "that {processes} divides, or another number of processes.",
        batch=batch,
        processes=processes,
    )


class Learner:
    """Computes gradients of weighted next-token losses and takes optimizer steps."""

    def __init__(self, model: Transformer, recipe: Recipe) -> None:
        self.model, self.recipe = model, recipe
        self.optimizer = Optimizer(model, recipe)
        self._gradients: Gradients | SharedGradients = Gradients(model)

    def join(self, world: World) -> None:
        """Be one of several processes that learn together. Raises: InputError: they cannot share a batch."""
        if self.recipe.batch % world.size:
            raise uneven_batch(self.recipe.batch, world.size)
        self._gradients = SharedGradients(self.model, world)

    def compute(
        self,
        inputs: Tensor,
        targets: Tensor,
        weights: Tensor | None = None,
        total: float | None = None,
        temperature: float = 1.0,
    ) -> float:
        """Loss of ids and targets (B, T); every parameter's `.grad` becomes that of this loss.

        Without `weights` the mean of nats per token. With `weights` (B, T, fp32): the sum of weight x nats
        over `total`, by default the number of positions whose weight is not 0. A weight of 0 leaves a
        position out (padding, what the assistant did not say); a policy gradient's weights are advantages,
        negative ones too, under the model at `temperature`. Rows end in padding, never begin with it.
        """
        if weights is not None and total is None:
            total = max(1, int(weights.count_nonzero()))
        return self._gradients.compute(inputs, targets, weights, total, temperature)

    def update(self, step: int, steps: int, loss: float) -> Update:
        """Take the optimizer's step by the gradients that are there. Raises: NotANumberError before it."""
        rate = learning_rate(self.recipe, step, steps)
        self.optimizer.set_rate(rate)
        norm = float(torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.recipe.gradient_clip))
        if not math.isfinite(loss) or not math.isfinite(norm):
            raise NotANumberError
        self.optimizer.step()
        return Update(rate, norm)
