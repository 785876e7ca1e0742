"""The kinds of training that there are: how a run of each is prepared, and how it is opened."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import torch

from explorer.core.runs import RunFolder, RunRecord
from explorer.core.training.continued import prepare_from_text
from explorer.core.training.distributed import World
from explorer.core.training.loop import Control, Trainer
from explorer.core.training.prepare import Plan
from explorer.core.training.pretrain import Pretraining
from explorer.core.training.reinforcement.preference_stages import (
    open_reward,
    open_rlhf,
    prepare_reward,
    prepare_rlhf,
)
from explorer.core.training.reinforcement.problem_stages import (
    open_grpo,
    open_rejection,
    prepare_grpo,
    prepare_rejection,
)
from explorer.core.training.sft import Finetuning, prepare_sft
from explorer.core.training.stage import Opening, Stage
from explorer.errors import InputError
from explorer.protocol import TextRead, TrainingStage


@dataclass(frozen=True)
class StageKind:
    """One row of the table of stages."""

    prepare: Callable[[Plan, Path], Generator[TrainingStage | TextRead | RunRecord | None]]
    """Makes the run's folder, or leaves nothing behind. See `prepare.prepare_pretraining`."""
    open: Callable[[Opening], Stage]
    shared: bool = False
    """Whether several processes can do it together."""


STAGES = {
    "pretrain": StageKind(prepare_from_text, Pretraining, shared=True),
    "sft": StageKind(prepare_sft, Finetuning, shared=True),
    "rejection": StageKind(prepare_rejection, open_rejection),
    "grpo": StageKind(prepare_grpo, open_grpo),
    "reward": StageKind(prepare_reward, open_reward),
    "rlhf": StageKind(prepare_rlhf, open_rlhf),
}


def find_stage(name: str) -> StageKind:
    """Raises: InputError, which names those that there are."""
    if name not in STAGES:
        raise InputError(
            "There is no stage {name}. Choose one of: {known}.", name=name, known=", ".join(STAGES)
        )
    return STAGES[name]


def prepare(plan: Plan, folder: Path) -> Generator[TrainingStage | TextRead | RunRecord | None]:
    """Make the run folder. Yields progress (None: nothing new to tell), at last the record.

    Raises: InputError (what cannot be used), DamagedFileError, StorageError. Closed or failed, it leaves
    nothing behind.
    """
    if plan.processes > 1:
        _check_shared(plan.stage)
    return find_stage(plan.stage).prepare(plan, folder)


def open_trainer(
    folder: RunFolder,
    device: torch.device,
    control: Control,
    steps: int | None = None,
    world: World | None = None,
) -> Trainer:
    """A sitting of the run in `folder`. Raises: as `Trainer`."""
    name = folder.record().stage
    if world is not None:
        _check_shared(name)
    return Trainer(folder, device, control, find_stage(name).open, steps, world)


def open_stage(name: str, opening: Opening) -> Stage:
    """The stage alone, for a process that follows another. Raises: InputError, DamagedFileError."""
    return find_stage(name).open(opening)


def _check_shared(name: str) -> None:
    if not find_stage(name).shared:
        raise InputError("The stage {stage} runs in one process. Start it without torchrun.", stage=name)
