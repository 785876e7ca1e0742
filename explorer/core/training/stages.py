"""The kinds of training that there are: how a run of each is prepared, and how it is opened."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import torch

from explorer.core.runs import RunFolder, RunRecord
from explorer.core.training.loop import Control, Trainer
from explorer.core.training.prepare import Plan, prepare_pretraining
from explorer.core.training.pretrain import Pretraining
from explorer.core.training.stage import Opening, Stage
from explorer.errors import InputError
from explorer.protocol import TrainingStage


@dataclass(frozen=True)
class StageKind:
    """One row of the table of stages."""

    prepare: Callable[[Plan, Path], Generator[TrainingStage | RunRecord | None]]
    """Makes the run's folder, or leaves nothing behind. See `prepare.prepare_pretraining`."""
    open: Callable[[Opening], Stage]


STAGES = {
    "pretrain": StageKind(prepare_pretraining, Pretraining),
}


def find_stage(name: str) -> StageKind:
    """Raises: InputError, which names those that there are."""
    if name not in STAGES:
        raise InputError(
            "There is no stage {name}. Choose one of: {known}.", name=name, known=", ".join(STAGES)
        )
    return STAGES[name]


def prepare(plan: Plan, folder: Path) -> Generator[TrainingStage | RunRecord | None]:
    """Make the run folder. Yields progress (None: nothing new to tell), at last the record.

    Raises: InputError (what cannot be used), DamagedFileError, StorageError. Closed or failed, it leaves
    nothing behind.
    """
    return find_stage(plan.stage).prepare(plan, folder)


def open_trainer(
    folder: RunFolder, device: torch.device, control: Control, steps: int | None = None
) -> Trainer:
    """A sitting of the run in `folder`. Raises: as `Trainer`."""
    return Trainer(folder, device, control, find_stage(folder.record().stage).open, steps)
