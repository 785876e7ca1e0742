"""Sizes that suit two CPU cores (nano for minutes, micro for an hour), a laptop's GPU, and a large GPU."""

from dataclasses import dataclass, replace
from typing import Literal

from explorer.errors import InputError


@dataclass(frozen=True)
class Recipe:
    """How long and how fast to learn. Names as the field has them."""

    context: int
    """Tokens."""
    batch: int
    """Rows of `context` tokens a step."""
    steps: int
    learning_rate: float
    """AdamW's, at its height; see `optimizer.learning_rate`."""
    optimizer: Literal["adamw", "muon"] = "adamw"
    """What changes the matrices within the layers; AdamW changes all else."""
    matrix_rate: float = 0.05
    """Muon's rate when AdamW's is at its height."""
    momentum: float = 0.95
    """Muon's."""
    beta2: float = 0.95
    """AdamW's."""
    warmup: float = 0.03
    """Share of the steps."""
    cooldown: float = 0.4
    """Share of the steps, at the end."""
    weight_decay: float = 0.1
    gradient_clip: float = 1.0
    evaluate_every: int = 50
    """Steps."""
    evaluate_tokens: int = 16_384
    """Held-out tokens looked at, at most."""
    sample_every_s: float = 8.0
    sample_tokens: int = 160
    checkpoint_every_s: float = 20.0
    milestones: int = 0
    """Checkpoints of the way that are kept for good, the first ones close together."""

    def calmer(self) -> "Recipe":
        """At half the rates, for a run whose loss was no number any more."""
        return replace(self, learning_rate=self.learning_rate / 2, matrix_rate=self.matrix_rate / 2)

    def milestone_steps(self, steps: int) -> frozenset[int]:
        """After which of `steps` updates a checkpoint stays: at equal distances of their square roots."""
        return frozenset(
            max(1, round(steps * (number / self.milestones) ** 2)) for number in range(1, self.milestones + 1)
        )


@dataclass(frozen=True)
class Preset:
    """A model's shape with the recipe that suits it."""

    name: str
    width: int
    layers: int
    heads: int
    key_value_heads: int
    inner: int
    """Width inside the feed-forward part."""
    vocab_size: int
    recipe: Recipe


PRESETS = {
    preset.name: preset
    for preset in (
        Preset("nano", 128, 4, 4, 4, 344, 1024, Recipe(context=256, batch=8, steps=1500, learning_rate=8e-3)),
        Preset(
            "micro",
            128,
            5,
            4,
            4,
            384,
            1536,
            Recipe(context=512, batch=8, steps=5600, learning_rate=8e-3, evaluate_every=100),
        ),
        Preset(
            "small", 384, 6, 6, 6, 1024, 4096, Recipe(context=256, batch=32, steps=4000, learning_rate=2e-3)
        ),
        Preset(
            "medium",
            768,
            12,
            12,
            4,
            2048,
            8192,
            Recipe(context=1024, batch=32, steps=10_000, learning_rate=1e-3, evaluate_every=100),
        ),
    )
}


def find_preset(name: str) -> Preset:
    """Raises: InputError, which names those that there are."""
    if name not in PRESETS:
        raise InputError(
            "There is no preset {name}. Choose one of: {known}.", name=name, known=", ".join(PRESETS)
        )
    return PRESETS[name]
