"""Making the shipped models: run after run, each in its folder, so that a sitting can end anywhere."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import torch

from explorer.core.runs import RunFolder
from explorer.core.shipping.courses import Course, plan_of
from explorer.core.training.loop import Control
from explorer.core.training.stages import open_trainer, prepare
from explorer.protocol import Event, TrainingStage


def finished(course: Course, work: Path) -> bool:
    """Whether nothing of it is left to do."""
    run = RunFolder(work / course.name)
    return run.exists and run.record().finished


def attend(
    course: Course, work: Path, seed: int, device: torch.device, control: Control, scale: float = 1.0
) -> Iterator[Event | None]:
    """Begin the course, or go on where it was left; ends at once where it is finished.

    Raises: what preparing and training raise; all that was learned is in `work`.
    """
    if finished(course, work):
        return
    folder = work / course.name
    if not RunFolder(folder).exists:
        with closing(prepare(plan_of(course, seed, work, scale), folder)) as facts:
            for fact in facts:
                if control.stop:
                    return
                yield fact if isinstance(fact, TrainingStage) else None
    with open_trainer(RunFolder(folder), device, control) as trainer:
        yield from trainer.run()
