"""Data-parallel training: several processes, on one machine or more, do one run together.

Started by `torchrun`, each takes its share of the very batch that one process would take, so that the curve
is that of one process. Gradients meet in PyTorch's own DistributedDataParallel: over gloo on processors, over
NCCL on CUDA cards. On a processor the gradients are made by hand; `_HandMade` gives them to autograd as those
of one operation, so that DDP's hooks see every parameter's gradient come and exchange it as they always do.

Process 0 is the run's one writer and decides; the others follow what it announces. All must see the run's
folder: on several machines it lies on a file system that they share.
"""

import os
import platform
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.autograd.function import FunctionCtx
from torch.nn.parallel import DistributedDataParallel

from explorer.core.model import Transformer
from explorer.core.training.by_hand import ByHand
from explorer.core.training.gradients import weighted_loss
from explorer.errors import InputError

_END, _OPEN = 0, -1
_LOST_WORDS = ("gloo", "nccl", "connection", "peer", "timed out", "timeout")


class ProcessLostError(Exception):
    """Another process of the run is gone, or cannot be reached. Nothing has been changed by it."""


@contextmanager
def lost_processes() -> Generator[None]:
    """Torch says in several ways that another process is gone. Raises: ProcessLostError then."""
    try:
        yield
    except RuntimeError as error:
        said = str(error).lower()
        if isinstance(error, dist.DistError) or any(word in said for word in _LOST_WORDS):
            raise ProcessLostError(str(error)) from error
        raise


@dataclass(frozen=True)
class World:
    """The processes of a run, as one of them sees it."""

    rank: int
    size: int
    local_rank: int
    """Among those of this machine: which of its cards to take."""

    def announce_open(self) -> None:
        """Process 0: the run's folder is ready."""
        self._tell(_OPEN, 0)

    def announce_step(self, step: int, steps: int) -> None:
        """Process 0: all do this step now. Raises: ProcessLostError."""
        with lost_processes():
            self._tell(step, steps)

    def announce_end(self) -> None:
        """Process 0: there is nothing more to do. One that is gone need not hear it."""
        with suppress(RuntimeError):
            self._tell(_END, 0)

    def wait_for_open(self) -> bool:
        """Others: whether there is a run to take part in. Raises: ProcessLostError."""
        with lost_processes():
            return self._hear()[0] == _OPEN

    def wait_for_step(self) -> tuple[int, int] | None:
        """Others: the next step, and how many there are; None at the end. Raises: ProcessLostError."""
        with lost_processes():
            step, steps = self._hear()
        return None if step == _END else (step, steps)

    def share(self, rows: Tensor) -> Tensor:
        """The part that falls to this process of a batch's rows (B, T), B divisible by `size`."""
        return rows.tensor_split(self.size)[self.rank]

    def summed(self, value: float) -> float:
        """Over all processes. Raises: ProcessLostError."""
        total = torch.tensor(value, dtype=torch.float64)
        with lost_processes():
            dist.all_reduce(total)
        return float(total)

    def device(self, chosen: torch.device) -> torch.device:
        """Each process of a machine takes a card of its own."""
        if chosen.type != "cuda":
            return chosen
        device = torch.device("cuda", self.local_rank)
        torch.cuda.set_device(device)
        return device

    def check_folder(self, folder: Path) -> None:
        """Raises: InputError if this machine does not see the run."""
        if not folder.is_dir():
            raise InputError(
                "{machine} does not see the run's folder {path}. Put it where all machines find it.",
                machine=platform.node(),
                path=str(folder),
            )

    def _tell(self, first: int, second: int) -> None:
        dist.broadcast(torch.tensor([first, second]), src=0)

    def _hear(self) -> tuple[int, int]:
        heard = torch.zeros(2, dtype=torch.int64)
        dist.broadcast(heard, src=0)
        first, second = heard.tolist()
        return first, second


def started_by_torchrun() -> bool:
    """Whether this process is one of several."""
    return int(os.environ.get("WORLD_SIZE", "1")) > 1 and "RANK" in os.environ


@contextmanager
def joined() -> Generator[World]:
    """Meet the other processes. Raises: InputError if they cannot be met."""
    environment = os.environ
    world = World(
        int(environment["RANK"]), int(environment["WORLD_SIZE"]), int(environment.get("LOCAL_RANK", "0"))
    )
    cuda = torch.cuda.is_available() and dist.is_nccl_available()
    try:
        dist.init_process_group("cpu:gloo,cuda:nccl" if cuda else "gloo")
    except (RuntimeError, ValueError) as error:
        raise InputError(
            "The processes of this run do not find each other ({reason}). Start all of them by torchrun.",
            reason=str(error).splitlines()[0],
        ) from error
    try:
        yield world
    finally:
        with suppress(RuntimeError):
            dist.destroy_process_group()


class SharedGradients:
    """A batch's loss and gradients, worked out by all processes together. As `Gradients`, for the same."""

    def __init__(self, model: Transformer, world: World) -> None:
        self._model, self._world = model, world
        self._shared: DistributedDataParallel | None = None

    def compute(
        self,
        inputs: Tensor,
        targets: Tensor,
        weights: Tensor | None = None,
        total: float | None = None,
        temperature: float = 1.0,
    ) -> float:
        """As `Gradients.compute`; each process is given the whole batch. Raises: ProcessLostError."""
        total = total or float(targets.numel())
        if weights is None:
            weights = torch.ones_like(targets, dtype=torch.float32)
        parts = (self._world.share(_filled(rows, self._world.size)) for rows in (inputs, targets, weights))
        # DDP takes the mean over the processes: of sums over a total that is as many times smaller.
        own_total = total / self._world.size
        self._model.zero_grad(set_to_none=True)
        with lost_processes():
            if self._shared is None:  # here, for all processes come here at once
                self._shared = DistributedDataParallel(_Loss(self._model), broadcast_buffers=False)
            loss: Tensor = self._shared(*parts, own_total, temperature)
            loss.backward()
        return self._world.summed(loss.item()) / self._world.size


def _filled(rows: Tensor, size: int) -> Tensor:
    """Rows that can be shared out: more of zeros, whose weights are zeros too."""
    missing = -len(rows) % size
    return torch.cat([rows, rows.new_zeros(missing, rows.shape[1])]) if missing else rows


class _Loss(nn.Module):
    """What DDP wraps: it takes a module that is called, and hooks its parameters."""

    def __init__(self, model: Transformer) -> None:
        super().__init__()
        self.model = model
        self._by_hand = ByHand(model) if model.device.type == "cpu" else None

    def forward(
        self, inputs: Tensor, targets: Tensor, weights: Tensor, total: float, temperature: float
    ) -> Tensor:
        if self._by_hand is not None:
            parameters = tuple(self.model.parameters())
            made = _HandMade.apply(self._by_hand, (inputs, targets, weights, total, temperature), *parameters)
            return cast(Tensor, made)
        device = self.model.device
        with torch.autocast(device.type, torch.bfloat16):
            return weighted_loss(
                self.model, inputs.to(device), targets.to(device), weights.to(device), total, temperature
            )


class _HandMade(torch.autograd.Function):
    """The loss as one operation of all parameters, its gradients made by hand on the way there."""

    @staticmethod
    def forward(  # pyright: ignore[reportIncompatibleMethodOverride]  (each operation has its own)
        ctx: Any, by_hand: ByHand, batch: tuple[Any, ...], *parameters: nn.Parameter
    ) -> Tensor:
        loss = by_hand.loss_and_gradients(*batch)
        ctx.gradients = [parameter.grad for parameter in parameters]
        for parameter in parameters:
            parameter.grad = None  # it comes again, by way of DDP
        return loss

    @staticmethod
    def backward(ctx: FunctionCtx, *grad_outputs: Tensor) -> tuple[Any, ...]:
        return (None, None, *cast(Any, ctx).gradients)
