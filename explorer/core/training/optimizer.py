"""What turns gradients into learning: AdamW, and how fast at which step."""

from collections.abc import Mapping

import torch
from torch import Tensor

from explorer.core.model import Transformer
from explorer.core.training.presets import Recipe

_BETAS = (0.9, 0.95)
_LOWEST_SHARE = 0.02


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


def make_optimizer(model: Transformer, recipe: Recipe) -> torch.optim.AdamW:
    """AdamW; matrices decay, norms' weights do not. Betas as nanoGPT has them."""
    named = dict(model.named_parameters())
    groups = [
        {"params": [p for p in named.values() if p.ndim >= 2], "weight_decay": recipe.weight_decay},
        {"params": [p for p in named.values() if p.ndim < 2], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=recipe.learning_rate, betas=_BETAS, fused=True)


def set_learning_rate(optimizer: torch.optim.AdamW, rate: float) -> None:
    """For the next update."""
    for group in optimizer.param_groups:
        group["lr"] = rate


def optimizer_tensors(model: Transformer, optimizer: torch.optim.AdamW) -> dict[str, Tensor]:
    """AdamW's memory by the parameters' names, for safetensors."""
    return {
        f"{name}/{kind}": value.detach().cpu().contiguous()
        for name, parameter in model.named_parameters()
        for kind, value in optimizer.state[parameter].items()
    }


def restore_optimizer(
    model: Transformer, optimizer: torch.optim.AdamW, tensors: Mapping[str, Tensor]
) -> None:
    """Put back what `optimizer_tensors` gave. Raises: KeyError if it is of another model."""
    for name, parameter in model.named_parameters():
        state = {kind: tensors[f"{name}/{kind}"] for kind in ("exp_avg", "exp_avg_sq", "step")}
        optimizer.state[parameter] = {
            kind: value.clone().to(parameter.device) for kind, value in state.items()
        }
