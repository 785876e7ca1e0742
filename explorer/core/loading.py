"""A folder that a person chose, to a model that can speak."""

import re
from dataclasses import dataclass
from pathlib import Path

import torch

from explorer.core import checkpoints
from explorer.core.checkpoints import CheckpointInfo
from explorer.core.model import Transformer
from explorer.errors import InputError
from explorer.text.encodings import load_tokenizer
from explorer.text.tokenizer import Tokenizer

_CHECKPOINT = re.compile(r"step-(\d+)")


@dataclass(frozen=True)
class LoadedModel:
    """Weights, their tokenizer, and what the checkpoint says of itself."""

    model: Transformer
    tokenizer: Tokenizer
    info: CheckpointInfo


def checkpoint_of(path: Path) -> Path:
    """The checkpoint that `path` means: itself, or the newest one of the run in that folder.

    Raises: InputError if it is a run without any.
    """
    folders = [
        (int(match[1]), folder)
        for folder in (path / "checkpoints").glob("step-*")
        if (match := _CHECKPOINT.fullmatch(folder.name))
    ]
    if folders:
        return max(folders)[1]
    if (path / "run.json").is_file():
        raise InputError(
            "The run {path} has not saved a checkpoint yet. Wait for its first one, or choose another run.",
            path=str(path),
        )
    return path


def load_model(path: Path | str, device: torch.device | str) -> LoadedModel:
    """Load a checkpoint's or a run's folder. Raises: InputError, DamagedFileError."""
    model, _, info = checkpoints.load(checkpoint_of(Path(path)), device)
    return LoadedModel(model, load_tokenizer(str(info.path)), info)
