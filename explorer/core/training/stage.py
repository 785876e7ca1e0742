"""What one kind of training gives the loop (`explorer.core.training.loop`): a stage.

A stage prepares its data, does one update at a time, and knows how it is looked at: its own evaluation, its
own sample, its own numbers. Everything else is the loop's: lock, logs, pauses, checkpoints, going on.

To be resumed exactly, whatever a stage draws is a function of (seed, step), or part of its `state`.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from explorer.core.runs import RunFolder, RunRecord
from explorer.core.training.learner import Learner
from explorer.protocol import Event, Sample
from explorer.text.tokenizer import Tokenizer


@dataclass(frozen=True)
class Sizes:
    """How much there is to learn from, as `RunStarted` tells it."""

    train_tokens: int
    """0 where a stage draws its own data as it goes."""
    val_tokens: int
    tokens_per_step: int
    """About."""


@dataclass(frozen=True)
class Measured:
    """What one update was like."""

    learning_rate: float
    grad_norm: float
    """Before clipping."""
    tokens: int
    """Learned from, and drawn for it."""
    train_loss: float | None = None
    """Nats per token that was learned from, before the update; None where that says nothing."""
    series: Mapping[str, float] = field(default_factory=dict[str, float])
    """The stage's own numbers by name: reward, share_right, response_length ..."""
    rollouts: Sequence[Mapping[str, Any]] = ()
    """Lines for rollouts.jsonl, of what JSON can hold. The step is added."""


@dataclass(frozen=True)
class Evaluated:
    """How well the model does on what it has not learned from."""

    loss: float | None = None
    """Nats per token."""
    bits_per_byte: float | None = None
    series: Mapping[str, float] = field(default_factory=dict[str, float])


@dataclass(frozen=True)
class Opening:
    """What a stage is opened with, at the beginning of each sitting."""

    folder: RunFolder
    record: RunRecord
    tokenizer: Tokenizer
    learner: Learner
    """With the model as the newest good checkpoint has it, or as the run began."""
    state: Mapping[str, Any]
    """What `Stage.state` gave at that checkpoint; empty at the beginning."""


class Stage(Protocol):
    """One kind of training, opened for a sitting."""

    @property
    def sizes(self) -> Sizes:
        """For the window's first line."""
        ...

    def advance(self, step: int, steps: int) -> Generator[Event | None, None, Measured]:
        """Do update `step` (from 1) of `steps`: draw what is needed, `learner.compute`, `learner.update`.

        Yields None now and then while it takes long (commands are looked for then), or an event for the
        window. It may be closed at a yield, so nothing may have changed in model, optimizer or state before
        the last one. Raises: NotANumberError.
        """
        ...

    def evaluate(self) -> Generator[Event | None, None, Evaluated]:
        """Look at what was held out; changes nothing. Yields as `advance` does."""
        ...

    def sample(self, step: int) -> Generator[Event | None, None, Sample]:
        """Let the model write for a person; changes nothing. Yields at each token.

        Raises: DamagedFileError if the weights give no numbers any more.
        """
        ...

    def state(self) -> Mapping[str, Any]:
        """What else the next step needs, as JSON."""
        ...

    def card(self, record: RunRecord, step: int) -> str:
        """The README.md of a checkpoint: what this model is, for whoever finds the folder."""
        ...
