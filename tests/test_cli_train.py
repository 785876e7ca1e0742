"""`llm-explorer train` as a person has it: real processes, real signals, one sentence for what cannot be."""

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.cli import main
from explorer.core.runs import METRICS_FILE, RunFolder, read_log
from tests.core.training.small_runs import TEXT, losses, tiny_preset

Capture = pytest.CaptureFixture[str]
SMALL = ("--preset", "nano", "--context", "16", "--batch", "2", "--vocab-size", "280", "--device", "cpu")
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}


@pytest.fixture
def text(tmp_path: Path) -> Path:
    file = tmp_path / "text.txt"
    file.write_text(TEXT, encoding="utf-8")
    return file


@pytest.fixture
def tiny() -> Iterator[None]:
    with tiny_preset():
        yield


def command(text: Path, out: Path, *options: str) -> list[str]:
    return [
        sys.executable,
        "-m",
        "explorer",
        "train",
        "--text",
        str(text),
        "--out",
        str(out),
        *SMALL,
        *options,
    ]


def start(text: Path, out: Path, *options: str, code: str = "") -> "subprocess.Popen[str]":
    """A process; with `code`, that runs in it first."""
    line = command(text, out, *options)
    if code:
        run = "import sys; from explorer.__main__ import main; sys.exit(main(sys.argv[1:]))"
        line = [sys.executable, "-c", f"{code}\n{run}", *line[3:]]
    return subprocess.Popen(line, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)


def wait_for(process: "subprocess.Popen[str]", words: str) -> None:
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if words in line:
            return
    raise AssertionError(f"{words!r} was not said, but: {said}")


def finish(text: Path, out: Path, *options: str) -> str:
    done = subprocess.run(
        command(text, out, "--resume", *options), env=ENVIRONMENT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def train_here(text: Path, out: Path, *options: str) -> int:
    return main(["train", "--text", str(text), "--out", str(out), *SMALL, *options])


# ---------------------------------------------------------------- interrupted


KILLED_IN_A_CHECKPOINT = """
import os, signal
from explorer.core import storage
sync = storage._sync
def die(path):
    if path.name == "model.safetensors" and "step-000006" in str(path):
        os.kill(os.getpid(), signal.SIGKILL)
    sync(path)
storage._sync = die
from explorer.core.training import presets, pretrain
"""
SAVES_OFTEN = """
from dataclasses import replace
from explorer.core.training.presets import PRESETS
nano = PRESETS["nano"]
PRESETS["nano"] = replace(nano, recipe=replace(nano.recipe, checkpoint_every_s=0.0, sample_every_s=1e9))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals as Linux and macOS have them")
def test_killed_and_interrupted_it_goes_on_as_if_nothing_had_been(text: Path, tmp_path: Path) -> None:
    out, whole = tmp_path / "a run", tmp_path / "whole"
    # Killed inside the writing of a checkpoint: the one before serves.
    with start(text, out, "--steps", "40", code=SAVES_OFTEN + KILLED_IN_A_CHECKPOINT) as process:
        assert process.wait() == -signal.SIGKILL
    run = RunFolder(out)
    newest = run.newest_checkpoint()
    assert newest is not None and newest.name == "step-000005"
    assert list((out / "checkpoints").glob(".partial*")) and len(losses(run)) == 6
    # Going on is interrupted by Ctrl+C: it saves and says how to go on.
    with start(text, out, "--resume", "--steps", "1000000") as process:
        wait_for(process, "held out")
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        said = process.stderr.read()
        assert process.wait() == 130
    assert f"Go on with: llm-explorer train --out {shlex.quote(str(out))} --resume" in said
    assert "Traceback" not in said
    done = run.info().step
    assert run.newest_checkpoint() == run.checkpoint_path(done) and done >= 5
    finish(text, out, "--steps", str(done + 2))
    steps = [line["step"] for line in read_log(out / METRICS_FILE)]
    assert steps == list(range(1, done + 3))
    assert run.info().status == "finished"
    # The steps before the goal was changed are those of a run that was never interrupted.
    assert train_here(text, whole, "--steps", "40") == 0
    assert losses(run)[:6] == losses(RunFolder(whole))[:6]


@pytest.mark.skipif(sys.platform == "win32", reason="signals as Linux and macOS have them")
def test_killed_without_a_word_it_ends_with_the_same_losses(text: Path, tmp_path: Path) -> None:
    out, whole = tmp_path / "run", tmp_path / "whole"
    with start(text, out, "--steps", "60") as process:
        wait_for(process, "1/60")
        process.kill()
    assert RunFolder(out).info().status == "interrupted" and RunFolder(out).writer() is None
    finish(text, out)
    assert train_here(text, whole, "--steps", "60") == 0
    assert losses(RunFolder(out)) == losses(RunFolder(whole))
    assert len(losses(RunFolder(out))) == 60


@pytest.mark.skipif(sys.platform == "win32", reason="signals as Linux and macOS have them")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_before_the_first_step_it_leaves_nothing(
    text: Path, tmp_path: Path, number: signal.Signals
) -> None:
    text.write_text(TEXT * 3000, encoding="utf-8")
    with start(text, tmp_path / "deep" / "run") as process:
        wait_for(process, "learning the vocabulary")
        process.send_signal(number)
        assert process.stderr is not None
        assert process.stderr.read().splitlines()[-1] == "Stopped: nothing was written."
        assert process.wait() == 130
    assert [path.name for path in tmp_path.iterdir()] == ["text.txt"]


# ---------------------------------------------------------------- done


@pytest.mark.usefixtures("tiny")
def test_a_run_from_start_to_end(text: Path, tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "run"
    line = ["train", "--text", str(text), "--out", str(out), "--preset", "tiny", "--device", "cpu"]
    assert main([*line, "--steps", "3", "--seed", "7", "--name", "Cats", "--milestones", "2"]) == 0
    captured = capsys.readouterr()
    assert captured.out == "" and "Cats: " in captured.err and "3/3  loss" in captured.err
    record = RunFolder(out).record()
    assert (record.name, record.seed, record.steps, record.finished) == ("Cats", 7, 3, True)
    kept = {path.name for path in (out / "checkpoints").iterdir()}
    assert kept >= {"step-000001", "step-000003"}, "milestones of the way: 3 * (1/2)^2, and the end"
    assert main([*line, "--resume"]) == 1
    assert "All 3 steps of this run are done" in capsys.readouterr().err
    assert main([*line, "--resume", "--steps", "5"]) == 0
    assert [line["step"] for line in read_log(out / METRICS_FILE)] == [1, 2, 3, 4, 5]
    capsys.readouterr()
    assert main(line) == 1
    assert "holds a run already. Go on with it by --resume" in capsys.readouterr().err
    (out / "tokens.bin").unlink()
    assert main([*line, "--resume", "--steps", "9"]) == 1
    assert "is not what this run was begun with" in capsys.readouterr().err


@pytest.mark.usefixtures("tiny")
def test_odd_texts_are_learned_from(tmp_path: Path, capsys: Capture) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "picture.png").write_bytes(b"\x89PNG\0")
    (folder / "data").write_bytes(b"\0" * 50)
    (folder / "line.txt").write_text("abc " * 250_000)
    options = ["--preset", "tiny", "--device", "cpu", "--steps", "1", "--vocab-size", "300"]
    assert main(["train", "--text", str(folder), "--out", str(tmp_path / "run"), *options]) == 0
    record = RunFolder(tmp_path / "run").record()
    assert record.files_skipped == 2 and record.vocab_size < 300 and record.text == "texts/"
    capsys.readouterr()


# ---------------------------------------------------------------- refused


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--text", "gone.txt"], "There is no file"),
        (["--text", "binary"], "not a text but binary data"),
        (["--text", "empty"], "The text is empty"),
        (["--text", "short"], "needs at least 34. Choose a longer text"),
        (["--text", "latin"], "not encoded in UTF-8. Save it as UTF-8"),
        (["--text", "pictures"], "holds no files with text"),
        (["--text", ""], "No text was chosen"),
        (["--preset", "huge"], "There is no preset huge. Choose one of:"),
        (["--steps", "0"], "steps cannot be 0. Choose a number from 1"),
        (["--steps", "-1"], "steps cannot be -1"),
        (["--vocab-size", "10"], "A vocabulary needs at least 257"),
        (["--vocab-size", "0"], "A vocabulary needs at least 257"),
        (["--context", "0"], "context cannot be 0"),
        (["--context", "5000"], "needs at least 10002"),
        (["--learning-rate", "nan"], "learning_rate cannot be nan"),
        (["--seed", "-1"], "seed cannot be -1"),
        (["--seed", "99999999999999999999"], "seed cannot be"),
        (["--out", "pictures"], "is there already"),
        (["--out", "good.txt"], "is there already"),
        (["--out", "good.txt/run"], "could not be written"),
        (["--out", "."], "is there already"),
        (["--resume"], "There is no run in run to go on with"),
        (["--resume", "--out", "broken"], "holds no run that can be read"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, options: list[str], words: str
) -> None:
    (tmp_path / "good.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "binary").write_bytes(b"ab\0c")
    (tmp_path / "empty").write_text("")
    (tmp_path / "short").write_text("Short.")
    (tmp_path / "latin").write_bytes("Grüße".encode("latin-1") * 100)
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.png").write_bytes(b"\x89PNG\0")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "run.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    line = ["train", "--text", "good.txt", "--out", "run", "--preset", "tiny", "--device", "cpu", *options]
    assert main(line) == 1
    captured = capsys.readouterr()
    sentence = captured.err.splitlines()[-1]
    assert words in sentence and "Traceback" not in captured.err and captured.out == ""
    assert sorted(tmp_path.rglob("*")) == before


def test_the_command_line_itself_is_checked(capsys: Capture) -> None:
    assert main(["train", "--text", "x"]) == 2
    assert main(["train", "--out", "x", "--steps", "many"]) == 2
    assert capsys.readouterr().err.count("\n") == 2


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.usefixtures("tiny")
def test_a_folder_without_permission(text: Path, tmp_path: Path, capsys: Capture) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    line = ["train", "--text", str(text), "--out", str(closed / "run"), "--preset", "tiny", "--device", "cpu"]
    assert main(line) == 1
    assert "must not be written to" in capsys.readouterr().err
    closed.chmod(0o700)
