"""What the loop gives every stage: its own numbers, tries, state and steps that take long."""

import os
import shutil
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch

from explorer.core.runs import METRICS_FILE, ROLLOUTS_FILE, RunFolder, RunRecord, read_log
from explorer.core.training.learner import NotANumberError
from explorer.core.training.loop import Control, Trainer
from explorer.core.training.stage import Evaluated, Measured, Opening, Sizes
from explorer.errors import InputError, TrainingError
from explorer.protocol import Event, Sample, Sampled, StepDone
from tests.core.training.small_runs import STEPS, make_run, train, trainer_of


class Trying:
    """Learns the token that follows its own count, and says of each step what it tried."""

    def __init__(self, opening: Opening) -> None:
        self._learner = opening.learner
        self.count = int(opening.state.get("count", 0))
        self.breaks_at: int | None = None

    @property
    def sizes(self) -> Sizes:
        return Sizes(0, 0, 8)

    def advance(self, step: int, steps: int) -> Generator[Event | None, None, Measured]:
        for _ in range(3):
            yield None
        ids = torch.full((1, 8), 10 + self.count)
        if step == self.breaks_at:
            raise NotANumberError
        loss = self._learner.compute(ids, ids + 1, torch.full((1, 8), 0.5))
        done = self._learner.update(step, steps, loss)
        self.count += 1
        return Measured(
            learning_rate=done.learning_rate,
            grad_norm=done.grad_norm,
            tokens=8,
            series={"reward": self.count / 10, "objective": loss},
            rollouts=[{"text": f"try {self.count}", "reward": 1.0}] * 2,
        )

    def evaluate(self) -> Generator[Event | None, None, Evaluated]:
        yield None
        return Evaluated(series={"pass_at_1": 0.5})

    def sample(self, step: int) -> Generator[Event | None, None, Sample]:
        yield None
        return Sample(step=step, text="tried", temperature=1.0, prompt="Try")

    def state(self) -> Mapping[str, Any]:
        return {"count": self.count}

    def card(self, record: RunRecord, step: int) -> str:
        return f"# Tried {self.count} times"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return make_run(tmp_path_factory.mktemp("prepared") / "run")


@pytest.fixture
def run(tmp_path: Path, prepared: RunFolder) -> RunFolder:
    shutil.copytree(prepared.path, tmp_path / "run")
    return RunFolder(tmp_path / "run")


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)


def trying(run: RunFolder, control: Control | None = None) -> Trainer:
    return Trainer(RunFolder(run.path), torch.device("cpu"), control or Control(), Trying)


def numbers(run: RunFolder) -> list[dict[str, Any]]:
    unsteady = ("elapsed_s", "tokens_per_s")
    return [
        {k: v for k, v in line.items() if k not in unsteady} for line in read_log(run.path / METRICS_FILE)
    ]


def test_a_stage_has_numbers_tries_and_a_sample_of_its_own(run: RunFolder) -> None:
    with trying(run) as trainer:
        said = [fact for fact in trainer.run() if fact is not None]
    points = [fact.point for fact in said if isinstance(fact, StepDone)]
    assert [point.series["reward"] for point in points] == [n / 10 for n in range(1, STEPS + 1)]
    assert [point.step for point in points if "pass_at_1" in point.series] == [1, 5, 10, STEPS]
    assert points[0].train_loss is None and points[-1].series["objective"] < points[0].series["objective"]
    tried = list(read_log(run.path / ROLLOUTS_FILE))
    assert [line["step"] for line in tried] == [step for step in range(1, STEPS + 1) for _ in range(2)]
    assert tried[-1] == {"step": STEPS, "text": f"try {STEPS}", "reward": 1.0}
    assert any(isinstance(fact, Sampled) and fact.sample.prompt == "Try" for fact in said)
    card = (run.checkpoint_path(STEPS) / "README.md").read_text(encoding="utf-8")
    assert card == f"# Tried {STEPS} times"


def test_a_stages_state_and_tries_go_on_exactly(run: RunFolder, tmp_path: Path) -> None:
    shutil.copytree(run.path, tmp_path / "whole")
    whole = RunFolder(tmp_path / "whole")
    with trying(whole) as trainer:
        for _ in trainer.run():
            pass
    with trying(run) as trainer:
        for fact in trainer.run():
            if isinstance(fact, StepDone) and fact.point.step == 4:
                trainer.save()
            if isinstance(fact, StepDone) and fact.point.step == 6:
                break
    assert len(list(read_log(run.path / ROLLOUTS_FILE))) == 12
    with trying(run) as trainer:
        assert (trainer.step, trainer.stage.state()) == (4, {"count": 4})
        for _ in trainer.run():
            pass
    assert numbers(run) == numbers(whole)
    assert list(read_log(run.path / ROLLOUTS_FILE)) == list(read_log(whole.path / ROLLOUTS_FILE))


def test_closed_within_a_step_nothing_of_it_is_kept(run: RunFolder, tmp_path: Path) -> None:
    with trying(run) as trainer:
        facts = trainer.run()
        for fact in facts:
            if isinstance(fact, StepDone) and fact.point.step == 3:
                break
        while next(facts) is not None:
            pass  # what comes between two steps
        before = trainer.model.embedding.weight.clone()
        facts.close()
        assert trainer.step == 3 and torch.equal(trainer.model.embedding.weight, before)
        trainer.save()
    assert len(list(read_log(run.path / ROLLOUTS_FILE))) == 6


def test_no_number_ends_any_stage_in_words(run: RunFolder) -> None:
    with trying(run) as trainer, pytest.raises(TrainingError, match="at step 5"):
        trainer.stage.breaks_at = 5
        for _ in trainer.run():
            pass
    assert run.info().status == "failed"


def test_a_stage_that_there_is_not_is_said(run: RunFolder) -> None:
    train(run, until=1)
    (run.path / "run.json").write_text(
        (run.path / "run.json").read_text(encoding="utf-8").replace('"pretrain"', '"dreaming"'),
        encoding="utf-8",
    )
    with pytest.raises(InputError, match="There is no stage dreaming"):
        trainer_of(run)
    assert run.writer() is None
