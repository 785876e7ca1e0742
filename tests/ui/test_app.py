"""End to end: the real window, the real workers, a real text; only the screen is imagined."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from explorer.app import App
from explorer.core.runs import METRICS_FILE, read_log
from explorer.launch import parse_arguments
from explorer.protocol import StartTraining
from explorer.ui.panels.base import Panel
from explorer.ui.panels.training import TrainingPanel

WORKER_S = 60_000
"""Loading torch on two busy cores takes its time; a worker that never answers still fails the test."""


@pytest.fixture
def app(qtbot: QtBot, tmp_path: Path) -> Iterator[App]:
    options = ["--data-dir", str(tmp_path), "--lang", "en", "--look", "light", "--device", "cpu"]
    app = App(parse_arguments([*options, "--panel", "training"]))
    qtbot.addWidget(app.window)
    app.window.show()
    app.engines.start()
    yield app
    app.window.close()
    app.engines.close()


@pytest.fixture
def small_text(tmp_path: Path) -> Path:
    text = tmp_path / "rhyme.txt"
    text.write_text("The cat sat on the mat. The dog sat on the log. A frog sat in a bog.\n" * 400)
    return text


def buttons(panel: Panel, text: str) -> list[QPushButton]:
    return [
        b for b in panel.findChildren(QPushButton) if b.text() == text and b.isVisible() and b.isEnabled()
    ]


def click(qtbot: QtBot, panel: Panel, text: str) -> None:
    """As a person does: when the button is there."""
    qtbot.waitUntil(lambda: bool(buttons(panel, text)), timeout=WORKER_S)
    qtbot.mouseClick(buttons(panel, text)[0], Qt.MouseButton.LeftButton)


def start(app: App, text: Path, steps: int) -> str:
    return app.training.start(
        StartTraining(runs_dir="", name="rhyme", text=str(text), vocab_size=300, steps=steps)
    )


def test_a_run_is_killed_said_so_and_goes_on_as_if_nothing_had_been(
    qtbot: QtBot, app: App, small_text: Path
) -> None:
    panel = app.window.panel("training")
    assert isinstance(panel, TrainingPanel)
    job = start(app, small_text, 24)
    run = app.training.find(job)
    assert run is not None
    qtbot.waitUntil(lambda: run.step >= 3, timeout=WORKER_S)
    panel.open_run(run.key)
    app.training.pause(job)  # so that there is a checkpoint, and the kill falls into a known place
    qtbot.waitUntil(lambda: run.state == "paused", timeout=WORKER_S)
    app.training.continue_(job)
    paused_at = run.step
    qtbot.waitUntil(lambda: run.step > paused_at, timeout=WORKER_S)

    os.kill(app.engines.pids()[job], signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
    qtbot.waitUntil(lambda: run.state == "lost", timeout=1000)
    points = len(run.data)
    assert points > paused_at, "every point is kept"
    click(qtbot, panel, f"Go on from step {paused_at}")
    again = app.training.runs[-1]
    qtbot.waitUntil(lambda: again.state == "finished", timeout=WORKER_S)
    assert again.info is not None
    resumed = list(read_log(Path(again.info.path) / METRICS_FILE))
    assert [line["step"] for line in resumed] == list(range(1, 25))

    # The same run without any accident: the same losses, to the last bit.
    whole = app.training.find(start(app, small_text, 24))
    assert whole is not None
    qtbot.waitUntil(lambda: whole.state == "finished", timeout=WORKER_S)
    assert whole.info is not None
    undisturbed = list(read_log(Path(whole.info.path) / METRICS_FILE))
    assert [line["train/loss"] for line in resumed] == [line["train/loss"] for line in undisturbed]


def test_what_was_trained_is_sampled_and_speaks_the_same_twice(
    qtbot: QtBot, app: App, small_text: Path
) -> None:
    run = app.training.find(start(app, small_text, 6))
    assert run is not None
    qtbot.waitUntil(lambda: run.state == "finished", timeout=WORKER_S)
    training = app.window.panel("training")
    training.sample_requested.emit(run.checkpoint)  # type: ignore[attr-defined]
    assert app.window.current == "sampling"
    panel = app.window.panel("sampling")
    qtbot.waitUntil(lambda: app.engine.model == "rhyme" and panel.is_idle(), timeout=WORKER_S)
    assert "rhyme" in app.window.statusBar().text()  # type: ignore[attr-defined]

    texts = []
    for _ in range(2):
        click(qtbot, panel, "Run")
        qtbot.waitUntil(lambda: bool(app.sampling.stream.drawn) and panel.is_idle(), timeout=WORKER_S)
        texts.append([token.id for token in app.sampling.stream.tokens])
        app.sampling.clear()
        qtbot.waitUntil(lambda: not app.sampling.stream.drawn and panel.is_idle(), timeout=WORKER_S)
    assert texts[0] == texts[1] and len(texts[0]) > 10


def test_a_resident_engine_that_dies_is_said_and_comes_back(qtbot: QtBot, app: App) -> None:
    qtbot.waitUntil(lambda: app.engine.settled, timeout=WORKER_S)
    for role in ("text", "inference"):
        before = app.engines.pids()[role]
        psutil.Process(before).kill()
        qtbot.waitUntil(lambda role=role: app.engine.states[role] != "ready", timeout=1000)
        qtbot.waitUntil(lambda: app.engine.settled, timeout=WORKER_S)
        assert app.engines.pids()[role] != before


def test_closing_the_window_saves_a_run_and_the_list_offers_it_again(
    qtbot: QtBot, app: App, small_text: Path, tmp_path: Path
) -> None:
    run = app.training.find(start(app, small_text, 5000))
    assert run is not None
    qtbot.waitUntil(lambda: run.step >= 2, timeout=WORKER_S)
    app.window.close()
    folder = next((tmp_path / "runs").iterdir())
    steps = [line["step"] for line in read_log(folder / METRICS_FILE)]
    assert (folder / "checkpoints" / f"step-{steps[-1]:06}").is_dir(), "the last step was saved"

    app.engines.start()  # the next morning
    app.runs.refresh()
    interrupted = lambda: [run.step for run in app.runs.runs if run.status == "interrupted"]  # noqa: E731
    qtbot.waitUntil(lambda: interrupted() == steps[-1:], timeout=WORKER_S)
