"""Several processes, one run: real torchrun, two processes, the curve of one."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
import torch
from safetensors.torch import load_file

from explorer.core import checkpoints
from explorer.core.model import Transformer
from explorer.core.runs import METRICS_FILE, RunFolder, read_log
from explorer.core.training.distributed import World
from explorer.core.training.gradients import Gradients
from explorer.core.training.loop import Control
from explorer.core.training.prepare import Plan
from explorer.core.training.stages import open_trainer
from explorer.errors import InputError
from explorer.protocol import StepDone
from tests.core.small import small_model
from tests.core.training.small_runs import STEPS, losses, make_run, train, trainer_of

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="torchrun is for Linux and macOS"),
    pytest.mark.timeout(300),  # several processes, each of which loads torch
]
ROOT = Path(__file__).parents[3]
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
TRAIN = [
    "-m",
    "explorer",
    "train",
    "--device",
    "cpu",
    "--context",
    "16",
    "--batch",
    "4",
    "--vocab-size",
    "300",
]
TEXT = "The cat sat on the mat. A dog ran over the hill, and nobody knew why.\n" * 60


def torchrun(*options: str) -> list[str]:
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    return [*launcher, *options]


def run_together(*options: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(torchrun(*options), env=ENVIRONMENT, cwd=ROOT, capture_output=True, text=True)


def model() -> Transformer:
    return small_model()


def batch(weighted: bool) -> tuple[torch.Tensor, ...]:
    """With weights, of a number of rows that two processes cannot halve."""
    generator = torch.Generator().manual_seed(3)
    ids = torch.randint(0, 200, (5 if weighted else 4, 13), generator=generator)
    if not weighted:
        return ids[:, :-1], ids[:, 1:]
    return ids[:, :-1], ids[:, 1:], torch.randn(5, 12, generator=generator)


@pytest.fixture
def text(tmp_path: Path) -> Path:
    file = tmp_path / "text.txt"
    file.write_text(TEXT, encoding="utf-8")
    return file


@pytest.mark.slow
def test_gradients_are_those_of_one_process(tmp_path: Path) -> None:
    out = tmp_path / "gradients.safetensors"
    done = run_together(str(Path(__file__).with_name("two_processes.py")), str(out))
    assert done.returncode == 0, done.stderr
    found, alone = load_file(out), Gradients(model())
    expected = [alone.compute(*batch(weighted)) for weighted in (True, False, True)]
    torch.testing.assert_close(found.pop("losses"), torch.tensor(expected), rtol=1e-5, atol=1e-6)
    for name, parameter in alone._model.named_parameters():
        torch.testing.assert_close(found[name], parameter.grad, rtol=1e-4, atol=1e-6)


def test_the_curve_is_that_of_one_process_and_goes_on_with_another_number(tmp_path: Path) -> None:
    whole = make_run(tmp_path / "whole")
    shutil.copytree(whole.path, tmp_path / "run")
    train(whole)
    run = RunFolder(tmp_path / "run")
    with trainer_of(run, control := Control()) as trainer:  # begun by one process ...
        for fact in trainer.run():
            control.stop |= isinstance(fact, StepDone) and fact.point.step == 4
    done = run_together("-m", "explorer", "train", "--device", "cpu", "--out", str(run.path), "--resume")
    assert done.returncode == 0, done.stderr  # ... gone on with by two
    assert done.stderr.count(f"Step {STEPS}: saved") == 1  # one of them talks
    assert run.info().status == "finished"
    for mine, theirs in zip(losses(run), losses(whole), strict=True):
        assert mine[:2] == pytest.approx(theirs[:2], rel=2e-4)
    train(run, steps=STEPS + 1)
    assert [line["step"] for line in read_log(run.path / METRICS_FILE)] == list(range(1, STEPS + 2))


def test_a_batch_that_cannot_be_shared_is_said(text: Path, tmp_path: Path) -> None:
    words = "A batch of 5 rows cannot be shared out evenly among 2 processes"
    with pytest.raises(InputError, match=words):
        make_run(tmp_path / "run", plan=Plan(text="", batch=5, processes=2))
    assert not (tmp_path / "run").exists()
    run = make_run(tmp_path / "run", plan=Plan(text="", batch=5))
    with pytest.raises(InputError, match=words):
        open_trainer(run, torch.device("cpu"), Control(), world=World(0, 2, 0))
    assert run.writer() is None


@pytest.mark.parametrize("how", ["killed", pytest.param("interrupted", marks=pytest.mark.slow)])
def test_the_end_of_one_ends_all_with_the_checkpoint_kept(text: Path, tmp_path: Path, how: str) -> None:
    out = tmp_path / "run"
    line = torchrun(*TRAIN, "--text", str(text), "--out", str(out), "--steps", "100000")
    with subprocess.Popen(line, env=ENVIRONMENT, cwd=ROOT, stderr=subprocess.PIPE, text=True) as launcher:
        assert launcher.stderr is not None
        said = ""
        for words in launcher.stderr:
            said += words
            if "50/" in words:
                break
        writer = RunFolder(out).writer()
        children = psutil.Process(launcher.pid).children(recursive=True)
        if how == "killed":
            (follower,) = [c for c in children if c.pid != writer and "train" in c.cmdline()]
            follower.kill()
        else:
            launcher.send_signal(signal.SIGINT)
        said += launcher.stderr.read()
        assert launcher.wait() != 0
    ours = [each for each in said.splitlines() if "Another process" in each or "Saved. Go on" in each]
    assert len(ours) == 1 and ("Another" in ours[0]) is (how == "killed"), said
    run = RunFolder(out)
    assert run.info().status == "interrupted" and run.writer() is None
    newest = run.newest_checkpoint()
    assert newest is not None and newest == run.checkpoint_path(run.info().step)
    checkpoints.load(newest)
    assert not psutil.pid_exists(writer or 0)
