"""Finetuning on conversations: what is learned, from which files, and that no interruption changes it."""

import json
import math
import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.core import checkpoints
from explorer.core.data.chat_rows import ChatRows
from explorer.core.runs import SAMPLES_FILE, RunFolder, read_log
from explorer.core.training.gradients import weighted_loss
from explorer.core.training.parent import padded
from explorer.core.training.prepare import Plan
from explorer.core.training.stages import prepare
from explorer.errors import InputError
from explorer.protocol import BUILT_IN_TEXT, StepDone, TextRead
from tests.core.training.small_runs import TEXT, losses, make_run, saving_every_step, train, trainer_of

COLOURS = ("red", "blue", "green", "black")
CHATS = [
    {
        "messages": [
            {"role": "user", "content": f"Cat {n}?"},
            {"role": "assistant", "content": f"It is {COLOURS[n % 4]}."},
        ]
    }
    for n in range(48)
]


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = make_run(tmp_path_factory.mktemp("base") / "run", TEXT, Plan(text="", context=64), steps=4)
    train(run)
    path = run.newest_checkpoint()
    assert path is not None
    return path


@pytest.fixture(scope="module")
def chats(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("chats") / "chats.jsonl"
    file.write_text("".join(json.dumps(chat) + "\n" for chat in CHATS), encoding="utf-8")
    return file


def prepared(base: Path, chats: Path, folder: Path, **changes: object) -> RunFolder:
    plan = Plan(text=str(chats), stage="sft", parent=str(base), batch=4, steps=8, learning_rate=2e-2)
    for _ in prepare(replace(plan, **changes), folder):  # type: ignore[arg-type]
        pass
    return RunFolder(folder)


@pytest.fixture(scope="module")
def whole(base: Path, chats: Path, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    run = prepared(base, chats, tmp_path_factory.mktemp("sft") / "run", steps=90)
    train(run)
    return run


def test_it_learns_to_answer_and_to_end_its_turn(whole: RunFolder, base: Path) -> None:
    record = whole.record()
    assert (record.stage, record.parent, record.text) == ("sft", str(base), "chats.jsonl")
    assert whole.info().parent == str(base)
    values = [line[2] for line in losses(whole) if line[2] is not None]
    assert values[-1] < 0.25 * values[0]
    *_, last = read_log(whole.path / SAMPLES_FILE)
    assert last["prompt"].endswith("<|im_start|>assistant\n") and last["text"].startswith("It is ")
    assert last["text"].endswith(".")  # and the turn was ended after it
    card = (whole.checkpoint_path(90) / "README.md").read_text(encoding="utf-8")
    assert str(base) in card and "what the\nassistant says" in card


def test_only_what_the_assistant_says_counts(base: Path, chats: Path, tmp_path: Path) -> None:
    run = prepared(base, chats, tmp_path / "run")
    with trainer_of(run) as trainer:
        row = trainer.stage.rows.row(0)
        tokenizer = trainer.stage._tokenizer
        learned = [token for token, weight in zip(row.ids, row.weights, strict=True) if weight]
        assert tokenizer.decode(learned) == "It is red.<|im_end|>"
        batch = trainer.stage.rows.batch(1, 1, 4)
        expected = weighted_loss(trainer.model, *padded([r.ids for r in batch], [r.weights for r in batch]))
        total = sum(sum(r.weights[1:]) for r in batch)
        T = padded([r.ids for r in batch], [r.weights for r in batch])[0].numel()
        first = next(fact for fact in trainer.run() if isinstance(fact, StepDone))
    assert first.point.train_loss == pytest.approx(expected.item() * T / total, rel=1e-5)
    assert first.point.val_loss is not None and math.isfinite(first.point.val_loss)


def test_each_conversation_comes_once_an_epoch(whole: RunFolder) -> None:
    record = whole.record()
    rows = ChatRows(whole.path, record.token_bytes, record.tokens)
    assert rows.steps_in_epoch(4) == 12 and rows.held_out == [10, 30]
    for epoch in range(2):
        steps = range(1 + 12 * epoch, 13 + 12 * epoch)
        seen = sorted(tuple(row.ids) for step in steps for row in rows.batch(3, step, 4))
        wanted = sorted(tuple(rows.row(n).ids) for n in range(48) if n not in rows.held_out)
        assert seen == wanted
    assert [r.ids for r in rows.batch(3, 1, 4)] != [r.ids for r in rows.batch(3, 13, 4)]


def test_a_killed_run_goes_on_with_the_same_losses(base: Path, chats: Path, tmp_path: Path) -> None:
    run = prepared(base, chats, tmp_path / "run")
    shutil.copytree(run.path, tmp_path / "other")
    other = RunFolder(tmp_path / "other")
    train(run)
    train(other, until=2)  # without a checkpoint: it begins again from its own copy of the parent
    train(saving_every_step(other), until=5)
    train(other)
    assert losses(run) == losses(other)
    mine, theirs = (checkpoints.load(each.checkpoint_path(8))[0] for each in (run, other))
    assert torch.equal(mine.embedding.weight, theirs.embedding.weight)


def test_what_cannot_be_learned_from_is_counted(base: Path, tmp_path: Path) -> None:
    file = tmp_path / "chats.jsonl"
    good = [json.dumps(chat) for chat in CHATS[:6]]
    long = {"messages": [{"role": "user", "content": "?"}, {"role": "assistant", "content": "so " * 500}]}
    silent = {"messages": [{"role": "user", "content": "Hello?"}]}
    lines = [*good, "rubbish", "{}", json.dumps(silent), json.dumps(long)]
    file.write_text("\n".join(lines), encoding="utf-8")
    run = prepared(base, file, tmp_path / "run")
    record = run.record()
    assert record.files_skipped == 3
    rows = ChatRows(run.path, record.token_bytes, record.tokens)
    assert len(rows.row(6).ids) == 65
    train(run)
    file.write_text("\n".join(["rubbish"] * 5 + good[:1]), encoding="utf-8")
    with pytest.raises(InputError, match="only 1 conversations"):
        prepared(base, file, tmp_path / "none")
    assert not (tmp_path / "none").exists() and not list(tmp_path.glob(".partial*"))


def test_settings_are_checked(base: Path, chats: Path, tmp_path: Path) -> None:
    run = prepared(base, chats, tmp_path / "run", steps=None, options={"epochs": "3"})
    assert run.record().steps == 36 and run.record().options["epochs"] == 3.0
    with pytest.raises(InputError, match="has no setting colour"):
        prepared(base, chats, tmp_path / "no", options={"colour": "3"})
    with pytest.raises(InputError, match="has a value that it cannot have"):
        prepared(base, chats, tmp_path / "no", options={"epochs": "many"})


def test_bad_lines_are_told(base: Path, chats: Path, tmp_path: Path) -> None:
    file = tmp_path / "mixed.jsonl"
    file.write_text("rubbish\n" + chats.read_text("utf-8"), encoding="utf-8")
    plan = Plan(text=str(file), stage="sft", parent=str(base), batch=4, steps=8)
    told = [fact for fact in prepare(plan, tmp_path / "run") if isinstance(fact, TextRead)]
    assert [(fact.documents, fact.lines_skipped, fact.examples) for fact in told] == [
        (48, 1, ("mixed.jsonl, line 1: no conversation",))
    ]


def test_documents_are_replayed_between_conversations(base: Path, tmp_path: Path) -> None:
    options = {"conversations": "60", "replay": "0.5"}
    plan = Plan(text=BUILT_IN_TEXT, stage="sft", parent=str(base), batch=4, steps=2, options=options)
    for _ in prepare(plan, tmp_path / "run"):
        pass
    run = RunFolder(tmp_path / "run")
    rows = ChatRows(run.path, run.record().token_bytes, run.record().tokens)
    count = len(np.fromfile(run.path / "ends.bin", "<i8"))
    documents = [number for number in range(count) if rows.row(number).weights[0] == 1]
    assert len(documents) == 60 < count
    assert all(set(rows.row(number).weights) == {1.0} for number in documents)
    assert rows.held_out and not {*rows.held_out} & {*documents}
    train(run)
    assert run.record().finished
