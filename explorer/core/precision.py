"""What a model's numbers are kept in: chosen by a person, or for them."""

from typing import cast

import torch

from explorer.errors import InputError
from explorer.protocol import Precision, WantedPrecision

EXACT_UP_TO = 50_000_000
"""Parameters. Models of this size answer quickly enough in float32, as they were trained here."""
TORCH = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def choose(wanted: WantedPrecision, device: torch.device | str, parameters: int) -> Precision:
    """What to load a model in; "auto" is float32 for small ones, else what the device is quick with.

    Raises: InputError for 8 bits anywhere but on a processor.
    """
    kind = torch.device(device).type
    if wanted == "int8" and kind != "cpu":
        raise InputError(
            "Weights in 8 bits are for processors. Choose the device cpu, or bfloat16 on {device}.",
            device=kind,
        )
    if wanted != "auto":
        return wanted
    if parameters <= EXACT_UP_TO:
        return "float32"
    return cast(Precision, {"cpu": "int8", "cuda": "bfloat16"}.get(kind, "float32"))
