"""The processes of a data-parallel run that do not write: they do the steps that process 0 announces."""

from collections.abc import Callable

import torch

from explorer.core.runs import RunFolder
from explorer.core.training.distributed import ProcessLostError, World
from explorer.core.training.folder import position_of, tokenizer_of
from explorer.core.training.learner import NotANumberError
from explorer.core.training.stage import Opening, Stage


def follow(
    folder: RunFolder, device: torch.device, world: World, open_stage: Callable[[str, Opening], Stage]
) -> None:
    """Take part until process 0 announces the end, or is gone. It, or torchrun, says what there is to say.

    `open_stage` takes the stage's name too: the run's folder is there only when process 0 has said so.
    Raises: InputError, DamagedFileError (what this machine cannot read).
    """
    try:
        if not world.wait_for_open():
            return
        world.check_folder(folder.path)
        record = folder.record()
        learner = (position := position_of(folder, record, device)).learner
        learner.join(world)
        opening = Opening(folder, record, tokenizer_of(folder, record), learner, position.stage_state)
        stage = open_stage(record.stage, opening)
        while (order := world.wait_for_step()) is not None:
            for _ in stage.advance(*order):
                pass
    except (ProcessLostError, NotANumberError):
        return
