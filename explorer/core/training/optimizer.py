"""What turns gradients into learning: AdamW, or Muon with AdamW beside it, and how fast at which step."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explorer.core.model import Transformer
from explorer.core.training.presets import Recipe

_LOWEST_SHARE = 0.02
_ENDS = ("embedding.weight", "head.weight")
"""What reads and what says tokens: rows that few batches touch, which Muon is not made for."""


def learning_rate(recipe: Recipe, step: int, steps: int) -> float:
    """The rate of update `step` (from 1): linear warm-up, a plateau, linear cooldown to 2 %.

    Source: "warm-up, stable, decay" (Hu et al. 2024, MiniCPM). A pure function, so a run that goes on after a
    kill learns at the same rates.
    """
    warmup = max(10, round(recipe.warmup * steps))
    cooldown = max(1, round(recipe.cooldown * steps))
    rising = min(1.0, step / warmup)
    falling = min(1.0, (steps - step + 1) / cooldown)
    return recipe.learning_rate * min(rising, max(falling, _LOWEST_SHARE))


@dataclass(frozen=True)
class _Part:
    """One of torch's optimizers, and how many times the run's rate it learns at."""

    torch_optimizer: torch.optim.Optimizer
    times: float = 1.0


class Optimizer:
    """Steps all parameters of a model; its memory goes to disk by their names."""

    def __init__(self, model: Transformer, recipe: Recipe) -> None:
        """Matrices decay, norms' weights do not. With "muon", the matrices within the layers are Muon's.

        Source: Jordan et al. (2024), Muon: momentum whose singular values are all made about 1.
        """
        self._named = dict(model.named_parameters())
        muons = [
            parameter
            for name, parameter in self._named.items()
            if recipe.optimizer == "muon" and parameter.ndim == 2 and name not in _ENDS
        ]
        known = set(map(id, muons))
        rest = [parameter for parameter in self._named.values() if id(parameter) not in known]
        self._parts = [_Part(_adamw(rest, recipe))]
        if muons:
            decay = recipe.weight_decay
            muon = torch.optim.Muon(
                muons, lr=recipe.matrix_rate, weight_decay=decay, momentum=recipe.momentum
            )
            self._parts.append(_Part(muon, recipe.matrix_rate / recipe.learning_rate))

    @property
    def groups(self) -> list[dict[str, object]]:
        """What torch's optimizers call `param_groups`, of all of them."""
        return [group for part in self._parts for group in part.torch_optimizer.param_groups]

    def set_rate(self, rate: float) -> None:
        """For the next update: AdamW's; Muon's keeps its proportion to it."""
        for part in self._parts:
            for group in part.torch_optimizer.param_groups:
                group["lr"] = rate * part.times

    def step(self) -> None:
        """Change the parameters by the gradients that are there."""
        for part in self._parts:
            part.torch_optimizer.step()

    def tensors(self) -> dict[str, Tensor]:
        """Its memory by the parameters' names, for safetensors."""
        return {
            f"{name}/{kind}": value.detach().cpu().contiguous()
            for name, parameter in self._named.items()
            for part in self._parts
            for kind, value in part.torch_optimizer.state.get(parameter, {}).items()
        }

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Put back what `tensors` gave. Raises: KeyError if it is of another model or another optimizer."""
        for part in self._parts:
            is_muon = isinstance(part.torch_optimizer, torch.optim.Muon)
            kinds = ("momentum_buffer",) if is_muon else ("exp_avg", "exp_avg_sq", "step")
            names = {id(parameter): name for name, parameter in self._named.items()}
            for group in part.torch_optimizer.param_groups:
                for parameter in group["params"]:
                    state = {kind: tensors[f"{names[id(parameter)]}/{kind}"] for kind in kinds}
                    part.torch_optimizer.state[parameter] = {
                        kind: value.clone().to(parameter.device) for kind, value in state.items()
                    }


def _adamw(parameters: list[nn.Parameter], recipe: Recipe) -> torch.optim.AdamW:
    groups = [
        {"params": [p for p in parameters if p.ndim >= 2], "weight_decay": recipe.weight_decay},
        {"params": [p for p in parameters if p.ndim < 2], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=recipe.learning_rate, betas=(0.9, recipe.beta2), fused=True)
