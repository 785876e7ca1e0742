"""How long things take in a run, for the time left and the rhythm of samples."""

from collections import deque
from dataclasses import dataclass, field

from explorer.core.training.presets import Recipe

_SAMPLE_SHARE = 0.15
"""Of the time at most goes into samples, however slow the model writes."""


@dataclass
class Pace:
    """Of one sitting."""

    updates_s: deque[float] = field(default_factory=lambda: deque(maxlen=50))
    """Of the last updates."""
    evaluation_s: float = 0.0
    sample_s: float = 0.0

    def sample_every_s(self, recipe: Recipe) -> float:
        """Seconds of training between two samples."""
        return max(recipe.sample_every_s, self.sample_s / _SAMPLE_SHARE)

    def left_s(self, steps: int, recipe: Recipe) -> float:
        """Seconds that `steps` more steps take, with what comes between them."""
        settled = list(self.updates_s)[1:] or list(self.updates_s)  # the very first one also warms up
        training_s = steps * sum(settled) / len(settled)
        training_s += steps / recipe.evaluate_every * self.evaluation_s
        return training_s * (1 + self.sample_s / max(self.sample_every_s(recipe), 1e-6))
