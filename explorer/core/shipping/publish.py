"""From a finished run to a folder that travels: weights in half precision, the way there, and a card.

model.safetensors ...   as every checkpoint: Hugging Face's layout
evaluation.json         what `llm-explorer evaluate` measured on these very weights
way/                    the run as the Training panel opens it: curves, samples, checkpoints of the way
"""

import os
import shutil
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from explorer.core import checkpoints
from explorer.core.runs import METRICS_FILE, ROLLOUTS_FILE, SAMPLES_FILE, RunFolder
from explorer.core.storage import atomic_folder, storage_errors
from explorer.core.training.presets import Recipe
from explorer.errors import InputError
from explorer.text.tokenizer_files import TOKENIZER_FILE

WAY = "way"
EVALUATION = "evaluation.json"
_LOGS_AT_MOST = 2_000_000
"""Bytes of a log that travel: its end is cut off, in whole lines."""
_WAY_AT_MOST = 20_000_000
"""Bytes of weights along the way; a whole model shall stay below 24 MB."""
_BYTES_A_WEIGHT = 2


def publish(run: RunFolder, folder: Path, card: str, evaluation: Mapping[str, Any]) -> Path:
    """Write the run's last checkpoint as a model that ships, in place of what was there.

    Raises: InputError if the run has no checkpoint; DamagedFileError, StorageError.
    """
    newest = _newest(run)
    with atomic_folder(folder) as partial:
        model = partial / "model"
        _halve(newest, model, card)
        for file in model.iterdir():
            file.rename(partial / file.name)
        model.rmdir()
        with storage_errors(folder):
            (partial / EVALUATION).write_bytes(msgspec.json.format(msgspec.json.encode(evaluation), indent=2))
        _copy_way(run, partial / WAY)
    return folder


@contextmanager
def halved(run: RunFolder) -> Generator[Path]:
    """The very weights that will ship, in a folder that goes again: what is measured is what travels.

    Raises: InputError if the run has no checkpoint; DamagedFileError, StorageError.
    """
    with TemporaryDirectory(prefix="llm-explorer-") as folder:
        model = Path(folder) / run.path.name
        _halve(_newest(run), model, "")
        yield model


def _newest(run: RunFolder) -> Path:
    newest = run.newest_checkpoint()
    if newest is None:
        raise InputError("The run {path} has no checkpoint yet. Train it first.", path=str(run.path))
    return newest


def _halve(checkpoint: Path, folder: Path, card: str) -> None:
    """The same model in half precision, without its trainer."""
    model, tokenizer, info = checkpoints.load(checkpoint)
    checkpoints.save(folder, model, tokenizer, name=info.name, step=info.step or 0, card=card, half=True)


def _copy_way(run: RunFolder, way: Path) -> None:
    """What the Training panel needs of a run. Where its texts lay is nobody's business elsewhere."""
    way.mkdir()
    record = run.record()
    shown = msgspec.structs.replace(record, text_path="", parent=Path(record.parent).name)
    RunFolder(way).write_record(shown)
    shutil.copyfile(run.path / TOKENIZER_FILE, way / TOKENIZER_FILE)
    for name in (METRICS_FILE, SAMPLES_FILE, ROLLOUTS_FILE):
        if (run.path / name).is_file():
            (way / name).write_bytes(_beginning(run.path / name))
    for checkpoint in _milestones(run):
        card = (checkpoint / "README.md").read_text(encoding="utf-8")
        card = card.replace(f"{run.path.parent}{os.sep}", "")
        _halve(checkpoint, way / checkpoint.relative_to(run.path), card)


def _milestones(run: RunFolder) -> list[Path]:
    """The checkpoints of the way; those that a run keeps only to go on from stay at home.

    Where they are too many to travel, those in the middle stay too: a beginning and an end tell most.
    """
    record = run.record()
    recipe = msgspec.convert(record.recipe, Recipe)
    if not recipe.milestones:
        return []
    steps = recipe.milestone_steps(record.steps)
    kept = [path for path in run.checkpoints() if int(path.name.removeprefix("step-")) in steps]
    while len(kept) > 2 and len(kept) * _BYTES_A_WEIGHT * record.parameters > _WAY_AT_MOST:
        del kept[len(kept) // 2]
    return kept


def _beginning(log: Path) -> bytes:
    with log.open("rb") as stream:
        start = stream.read(_LOGS_AT_MOST)
    return start[: start.rfind(b"\n") + 1]
