"""A run that trains in a blink: a tiny model on a few kilobytes of text."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import torch

from explorer.core.runs import METRICS_FILE, RunFolder, RunRecord, read_log
from explorer.core.training.loop import Control, Trainer
from explorer.core.training.prepare import Plan
from explorer.core.training.presets import PRESETS, Preset, Recipe
from explorer.core.training.stages import open_trainer, prepare
from explorer.protocol import Event, StepDone

STEPS = 12
TINY = Preset(
    "tiny",
    width=32,
    layers=2,
    heads=2,
    key_value_heads=1,
    inner=48,
    vocab_size=300,
    recipe=Recipe(
        context=16,
        batch=4,
        steps=STEPS,
        learning_rate=5e-3,
        evaluate_every=5,
        evaluate_tokens=128,
        sample_tokens=8,
        sample_every_s=1e9,
        checkpoint_every_s=1e9,
    ),
)
TEXT = "\n".join(f"The {word} cat number {n} sat on the mat." for n in range(40) for word in ("black", "old"))


@contextmanager
def tiny_preset(**changes: Any) -> Iterator[None]:
    """`tiny` is a preset's name inside."""
    torch.set_num_threads(1)
    PRESETS["tiny"] = replace(TINY, recipe=replace(TINY.recipe, **changes))
    try:
        yield
    finally:
        del PRESETS["tiny"]


def make_run(folder: Path, text: str = TEXT, plan: Plan | None = None, **changes: Any) -> RunFolder:
    """A prepared run; `changes` are of the recipe."""
    file = folder.with_name(folder.name + "-text.txt")
    file.write_text(text, encoding="utf-8")
    with tiny_preset(**changes):
        for _ in prepare(replace(plan or Plan(text=""), text=str(file), preset="tiny"), folder):
            pass
    return RunFolder(folder)


def trainer_of(run: RunFolder, control: Control | None = None, steps: int | None = None) -> Trainer:
    return open_trainer(RunFolder(run.path), torch.device("cpu"), control or Control(), steps)


def train(run: RunFolder, until: int | None = None, steps: int | None = None) -> list[Event]:
    """One sitting; with `until`, it is dropped right after that step, unsaved."""
    said: list[Event] = []
    with trainer_of(run, steps=steps) as trainer:
        for fact in trainer.run():
            if fact is not None:
                said.append(fact)
            if isinstance(fact, StepDone) and fact.point.step == until:
                break
    return said


def saving_every_step(run: RunFolder, **changes: Any) -> RunFolder:
    """Change its recipe so."""
    record = run.record()
    recipe = record.recipe | {"checkpoint_every_s": 0.0} | changes
    run.write_record(msgspec.structs.replace(record, recipe=recipe))
    return run


def losses(run: RunFolder) -> list[tuple[int, float, float | None]]:
    """(step, training loss, held-out loss) of all steps, as metrics.jsonl has them."""
    return [
        (line["step"], line["train/loss"], line.get("val/loss")) for line in read_log(run.path / METRICS_FILE)
    ]


def record_of(**changes: Any) -> RunRecord:
    """A run.json that nothing stands behind."""
    known = RunRecord(
        name="A run",
        preset="tiny",
        text="A text",
        text_path="/text",
        created_s=1e9,
        seed=1,
        steps=100,
        tokenizer="bpe",
        vocab_size=300,
        parameters=1234,
        model={},
        recipe={},
        tokens=1000,
        token_bytes=2,
        fingerprint="0" * 64,
        versions={},
    )
    return msgspec.structs.replace(known, **changes)
