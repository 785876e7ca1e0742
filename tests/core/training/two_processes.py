"""Run by torchrun: gradients that two processes work out together, written down by the first one."""

import sys

import torch
from safetensors.torch import save_file

from explorer.core.training.distributed import SharedGradients, joined
from tests.core.training.test_distributed import batch, model

with joined() as world:
    shared, losses = SharedGradients(model(), world), []
    for weighted in (True, False, True):
        losses.append(shared.compute(*batch(weighted)))
        for parameter in shared._model.parameters():
            assert parameter.grad is not None
    if world.rank == 0:
        named = {name: parameter.grad for name, parameter in shared._model.named_parameters()}
        save_file({**named, "losses": torch.tensor(losses)}, sys.argv[1])
