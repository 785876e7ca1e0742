"""What there is to compute on: a processor, a CUDA card, Apple's GPU."""

import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

import psutil
import torch

from explorer.errors import InputError
from explorer.protocol import Device

Kind = Literal["cpu", "cuda", "mps"]

_CPU_INFO = Path("/proc/cpuinfo")


@dataclass(frozen=True)
class DeviceFacts:
    """A device, in words and numbers."""

    kind: Kind
    name: str
    threads: int
    """Of the processor, which also feeds the others."""
    memory_free_bytes: int | None
    memory_total_bytes: int | None
    """The card's own; the computer's, where it is shared."""


def choose(wanted: Device) -> torch.device:
    """The device to use; "auto" takes a GPU if there is one. Raises: InputError if it is not there."""
    cuda, mps = torch.cuda.is_available(), torch.backends.mps.is_available()
    if wanted == "cuda" and not cuda:
        raise InputError("There is no CUDA card that torch can use here. Choose auto or cpu.")
    if wanted == "mps" and not mps:
        raise InputError("Apple's GPU is not to be had here. Choose auto or cpu.")
    if wanted == "auto":
        return torch.device("cuda" if cuda else "mps" if mps else "cpu")
    return torch.device(wanted)


def describe(device: torch.device) -> DeviceFacts:
    """What the window tells of `device`; free memory is that of now."""
    memory = psutil.virtual_memory()
    free, total = memory.available, memory.total
    name = _processor()
    if device.type == "cuda":
        free, total = torch.cuda.mem_get_info(device)
        name = torch.cuda.get_device_name(device)
    return DeviceFacts(cast(Kind, device.type), name, torch.get_num_threads(), free, total)


def _processor() -> str:
    """The maker's name for it, where the system tells; else "CPU"."""
    try:
        for line in _CPU_INFO.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip() or "CPU"
    except OSError:
        pass  # not Linux
    brand = platform.processor()
    # Elsewhere this may be no name but a family: "arm", "x86_64", "Intel64 Family 6 Model 154 ...".
    return brand if " " in brand and "Family" not in brand else "CPU"
