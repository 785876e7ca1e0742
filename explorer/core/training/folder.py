"""Where a sitting begins: the newest checkpoint of a run that is whole, or the run's beginning."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import torch

from explorer.core import checkpoints
from explorer.core.families import qwen3
from explorer.core.model import Transformer, initialize
from explorer.core.runs import RUN_FILE, START, RunFolder, RunRecord
from explorer.core.training.learner import Learner
from explorer.core.training.presets import Recipe
from explorer.errors import DamagedFileError, InputError
from explorer.text.encodings import load_tokenizer
from explorer.text.tokenizer import Tokenizer
from explorer.text.tokenizer_files import TOKENIZER_FILE


@dataclass(frozen=True)
class Position:
    """How far a run is, and all that the next step needs."""

    learner: Learner
    step: int = 0
    elapsed_s: float = 0.0
    saved_step: int | None = None
    """The checkpoint that it comes from, if any."""
    stage_state: Mapping[str, Any] = field(default_factory=dict[str, Any])


def not_as_begun(path: Path) -> DamagedFileError:
    """What to raise if `path` is not what the run's first sitting left."""
    return DamagedFileError(
        "{path} is not what this run was begun with, so the run cannot go on. Start a new one.",
        path=str(path),
    )


def recipe_of(folder: RunFolder, record: RunRecord) -> Recipe:
    """Raises: DamagedFileError."""
    try:
        return msgspec.convert(record.recipe, Recipe)
    except msgspec.ValidationError as error:
        raise not_as_begun(folder.path / RUN_FILE) from error


def tokenizer_of(folder: RunFolder, record: RunRecord) -> Tokenizer:
    """Raises: InputError, DamagedFileError."""
    tokenizer = load_tokenizer(str(folder.path))
    if tokenizer.n_vocab != record.vocab_size:
        raise not_as_begun(folder.path / TOKENIZER_FILE)
    return tokenizer


def position_of(folder: RunFolder, record: RunRecord, device: torch.device) -> Position:
    """Where the next sitting begins. Raises: DamagedFileError, InputError (the run's start is gone)."""
    recipe = recipe_of(folder, record)
    for path in reversed(folder.checkpoints()):
        try:
            model, _, _ = checkpoints.load(path, device)
            state = checkpoints.load_trainer(path)
            learner = Learner(model, recipe)
            learner.optimizer.restore(state.optimizer)
            step, elapsed_s = int(state.counters["step"]), float(state.counters["elapsed_s"])
            stage_state = dict(state.counters.get("stage", {}))
        except (DamagedFileError, InputError, KeyError, TypeError, ValueError):
            continue  # an older one serves; if none does, the run begins again, with the same losses
        return Position(learner, step, elapsed_s, step, stage_state)
    return Position(Learner(_first_model(folder, record, device), recipe))


def trainer_state(
    learner: Learner, step: int, elapsed_s: float, stage: Mapping[str, Any]
) -> checkpoints.TrainerState:
    """What `position_of` needs besides the weights."""
    counters: dict[str, Any] = {"step": step, "elapsed_s": elapsed_s}
    if stage:
        counters["stage"] = dict(stage)
    return checkpoints.TrainerState(learner.optimizer.tensors(), counters)


def _first_model(folder: RunFolder, record: RunRecord, device: torch.device) -> Transformer:
    """The model that the run began from, or a new one by its seed."""
    if record.parent:
        return checkpoints.load(folder.path / START, device)[0]
    try:
        config = qwen3.config_from_json(msgspec.json.encode(record.model))
    except msgspec.DecodeError as error:
        raise not_as_begun(folder.path / RUN_FILE) from error
    model = Transformer(config)
    initialize(model, record.seed)
    return model.to(device)
