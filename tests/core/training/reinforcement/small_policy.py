"""A tiny model that can be asked, and a task that it can learn in a blink."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import torch

from explorer.core import checkpoints
from explorer.core.runs import METRICS_FILE, ROLLOUTS_FILE, RunFolder, read_log
from explorer.core.training.loop import Control, Trainer
from explorer.core.training.parent import grown
from explorer.core.training.prepare import Plan
from explorer.core.training.reinforcement.task import Answer, Question, Reward
from explorer.core.training.stages import open_trainer, prepare
from explorer.protocol import BUILT_IN_TEXT, Event, StepDone
from explorer.text.chatml import SPECIAL_TOKENS
from explorer.text.specials import with_special_tokens
from explorer.text.tokenizer_files import huggingface_tokenizer
from tests.core.small import small_model, small_tokenizer

CONTEXT = 384
QUICK = {"problems": "3", "group": "4", "max_tokens": "6", "held_out": "4", "kinds": "arithmetic"}
LIKES_E = "def verify(problem, text):\n    return 'e' in text\n"


def save_chatting_model(folder: Path) -> Path:
    """A checkpoint whose vocabulary has a chat's tokens; it knows nothing."""
    tokenizer = with_special_tokens(small_tokenizer(), SPECIAL_TOKENS)
    model = grown(small_model(context=CONTEXT), tokenizer.n_vocab, 1)
    with torch.no_grad():
        model.embedding.weight.mul_(0.3)  # not too sure of anything
    checkpoints.save(
        folder, model, huggingface_tokenizer(tokenizer), name="small chat", step=0, card="# A test's model"
    )
    return folder


def make_policy_run(
    folder: Path, stage: str = "grpo", steps: int = 4, recipe: Mapping[str, Any] | None = None, **options: str
) -> RunFolder:
    """A prepared run of `stage` from a model that knows nothing, saved only at its end."""
    parent = folder.with_name(folder.name + "-parent")
    if not parent.exists():
        save_chatting_model(parent)
    plan = Plan(
        text=BUILT_IN_TEXT, stage=stage, parent=str(parent), steps=steps, options={**QUICK, **options}
    )
    for _ in prepare(plan, folder):
        pass
    run = RunFolder(folder)
    record = run.record()
    changes = {"checkpoint_every_s": 1e9, "sample_every_s": 1e9, "evaluate_every": 2, **(recipe or {})}
    run.write_record(msgspec.structs.replace(record, recipe=record.recipe | changes))
    return run


def trainer_of(run: RunFolder, control: Control | None = None) -> Trainer:
    return open_trainer(RunFolder(run.path), torch.device("cpu"), control or Control())


def train(run: RunFolder, until: int | None = None) -> list[Event]:
    """One sitting; with `until`, it is dropped right after that step, unsaved."""
    said: list[Event] = []
    with trainer_of(run) as trainer:
        for fact in trainer.run():
            if fact is not None:
                said.append(fact)
            if isinstance(fact, StepDone) and fact.point.step == until:
                break
    return said


def numbers(run: RunFolder) -> list[dict[str, Any]]:
    """All of metrics.jsonl that does not depend on the clock."""
    unsteady = ("elapsed_s", "tokens_per_s")
    return [
        {name: value for name, value in line.items() if name not in unsteady}
        for line in read_log(run.path / METRICS_FILE)
    ]


def rollouts(run: RunFolder) -> list[dict[str, Any]]:
    return list(read_log(run.path / ROLLOUTS_FILE))


class FirstToken:
    """Right is an answer that begins with the question's own token. Of a vocabulary, a bandit with arms."""

    end_tokens = frozenset({0})

    def questions(self, step: int, count: int) -> list[Question]:
        return [Question(f"{step % 2 + number}", [40 + (step + number) % 3]) for number in range(count)]

    def held_out(self, count: int) -> list[Question]:
        return [Question("held out", [40 + number % 3]) for number in range(count)]

    def judge(self, asked: Sequence[Question], answers: Sequence[Answer]) -> list[Reward]:
        right = [answer.ids[0] == question.ids[0] for question, answer in zip(asked, answers, strict=True)]
        return [Reward(float(one), {"right": float(one)}, one) for one in right]
