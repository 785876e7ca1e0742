"""Where the engines run: here, or on another computer by a command in ssh's place."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from explorer.protocol import (
    Cancel,
    DeviceFound,
    DraftLoaded,
    Event,
    Failed,
    ListRuns,
    LoadDraft,
    OpenRun,
    PauseTraining,
    Ready,
    ResumeTraining,
    RunsListed,
    RunStarted,
    StartTraining,
    TrainingEnded,
)
from explorer.ui import engines as engines_module
from explorer.ui.engine_client import engine_command
from explorer.ui.engine_place import EnginePlaceDialog
from explorer.ui.engines import RUNS, Engines
from explorer.ui.settings import Settings
from explorer.ui.status import StatusBar
from explorer.ui.stores.engine import EngineStore
from explorer.ui.stores.training import TrainingStore
from explorer.ui.theme import Theme

HERE = Path(__file__).parent
SSH = f"{sys.executable} {HERE / 'fake_ssh.py'}"
FAKE = f"{sys.executable} {HERE / 'fake_engine.py'}"
ROOT = str(HERE.parents[1])

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the command in ssh's place needs a shell")


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The other computer's home."""
    home = tmp_path / "server"
    home.mkdir()
    monkeypatch.setenv("FAKE_SSH_HOME", str(home))
    monkeypatch.setenv("PYTHONPATH", ROOT)
    return home


@pytest.fixture
def make(qtbot: QtBot, server: Path, tmp_path: Path) -> Iterator[Callable[..., tuple[Engines, list[Event]]]]:
    made: list[Engines] = []

    def start(elsewhere: str) -> tuple[Engines, list[Event]]:
        engines = Engines(str(tmp_path / "here"), "cpu", elsewhere)
        engines.first_pause_s = 0.01
        made.append(engines)
        events: list[Event] = []
        engines.received.connect(events.append)
        return engines, events

    yield start
    for engines in made:
        engines.close()


@pytest.fixture
def all_fake(monkeypatch: pytest.MonkeyPatch) -> None:
    """The local worker is small, too."""

    def command(role: str, data_dir: str, elsewhere: str = "") -> list[str]:
        if elsewhere:
            return engine_command(role, data_dir, elsewhere)
        return [*FAKE.split(), "worker", role, data_dir]

    monkeypatch.setattr(engines_module, "engine_command", command)


def answers(events: list[Event]) -> dict[str, str]:
    """Where each command was answered, by role and command."""
    return {event.name: event.text for event in events if isinstance(event, DraftLoaded)}


def test_the_command_is_split_as_a_shell_would() -> None:
    command = engine_command("text", "/here", "ssh -o 'A B=c' gpubox python -m explorer")
    assert command == ["ssh", "-o", "A B=c", "gpubox", "python", "-m", "explorer", "worker", "text", "-"]
    assert engine_command("text", "/here", "ssh 'open")[0] == "ssh 'open"
    assert engine_command("text", "/a b")[-2:] == ["text", "/a b"]


def test_models_and_runs_are_there_and_documents_here(
    qtbot: QtBot, make: Callable, server: Path, all_fake: None
) -> None:
    engines, events = make(f"{SSH} gpubox {FAKE}")
    ready: list[str] = []
    engines.resident_ready.connect(ready.append)
    engines.start()
    qtbot.waitUntil(lambda: len(ready) == 3, timeout=20_000)
    assert engines.machine == "gpubox" and engines.other_version == "9.9"
    engines.send_text(LoadDraft(job="d", name="x"))
    engines.send_text(ListRuns(job="r"))
    engines.send_text(OpenRun(job="o", path="/there"))
    engines.send_text(Cancel(job="o"))
    there, here = str(server), str(Path.cwd())
    qtbot.waitUntil(lambda: len(answers(events)) == 4, timeout=20_000)
    assert answers(events) == {
        "inference FindDevice": there,
        "text LoadDraft": here,
        "text ListRuns": there,
        "text OpenRun": there,
    }


def test_a_run_is_put_into_the_other_computers_data_folder(
    qtbot: QtBot, make: Callable, server: Path, all_fake: None
) -> None:
    engines, events = make(f"{SSH} gpubox {FAKE}")
    engines.send_training(StartTraining(job="new", runs_dir="/home/me/here/runs"))
    engines.send_training(PauseTraining(job="new"))
    engines.send_training(ResumeTraining(job="old", path="/there/runs/a"))
    qtbot.waitUntil(lambda: len(answers(events)) == 3, timeout=20_000)
    assert answers(events)["training StartTraining"] == str(server / "data" / "llm-explorer" / "runs")
    names = [event.name for event in events if isinstance(event, DraftLoaded) and event.job == "new"]
    assert names == ["training StartTraining", "training PauseTraining"], "the order changed"


def test_a_worker_in_waiting_there_takes_the_run(
    qtbot: QtBot, make: Callable, server: Path, all_fake: None
) -> None:
    engines, events = make(f"{SSH} gpubox {FAKE}")
    engines.warm_training()
    qtbot.waitUntil(lambda: any(isinstance(event, Ready) for event in events), timeout=20_000)
    engines.send_training(StartTraining(job="new", runs_dir="/home/me/here/runs"))
    qtbot.waitUntil(lambda: len(answers(events)) == 1, timeout=20_000)
    assert answers(events)["training StartTraining"] == str(server / "data" / "llm-explorer" / "runs")


def test_here_one_worker_holds_documents_and_runs(qtbot: QtBot, make: Callable, all_fake: None) -> None:
    engines, events = make("")
    assert RUNS not in engines.roles
    ready: list[str] = []
    engines.resident_ready.connect(ready.append)
    engines.start()
    qtbot.waitUntil(lambda: len(ready) == 2, timeout=20_000)
    assert engines.machine == ""
    engines.send_text(ListRuns(job="r"))
    qtbot.waitUntil(lambda: "text ListRuns" in answers(events), timeout=20_000)


def test_an_unreachable_computer_is_tried_some_times_and_then_waits_for_the_person(
    qtbot: QtBot, make: Callable, all_fake: None
) -> None:
    engines, _ = make(f"{SSH} nowhere {FAKE}")
    lost: list[tuple[str, str, bool]] = []
    engines.resident_lost.connect(lambda *what: lost.append(what))
    engines.start()
    qtbot.waitUntil(lambda: sum(not again for _, _, again in lost) == 2, timeout=30_000)
    assert [again for role, _, again in lost if role == "inference"] == [True] * 5 + [False]
    assert all("Could not resolve hostname" in words for _, words, _ in lost)
    assert {role for role, _, _ in lost} == {"inference", RUNS}, "the local worker needs no network"
    engines.restart_all()
    before = len(lost)
    qtbot.waitUntil(lambda: len(lost) > before, timeout=20_000)


def test_a_broken_connection_is_said_and_taken_up_again(qtbot: QtBot, make: Callable, all_fake: None) -> None:
    engines, _ = make(f"{SSH} breaks {FAKE}")
    lost: list[tuple[str, str, bool]] = []
    ready: list[str] = []
    engines.resident_lost.connect(lambda *what: lost.append(what))
    engines.resident_ready.connect(ready.append)
    engines.start()
    qtbot.waitUntil(lambda: ready.count("inference") >= 2, timeout=20_000)
    assert "Broken pipe" in lost[0][1] and lost[0][2]


def test_a_run_whose_connection_breaks_is_said(qtbot: QtBot, make: Callable, all_fake: None) -> None:
    engines, _ = make(f"{SSH} nowhere {FAKE}")
    with qtbot.waitSignal(engines.training_lost, timeout=20_000) as lost:
        engines.send_training(StartTraining(job="new", runs_dir="x"))
    assert lost.args[0] == "new" and "Could not resolve" in lost.args[1]


def test_a_command_that_cannot_be_started(qtbot: QtBot, make: Callable, all_fake: None) -> None:
    engines, _ = make("/no/such/program python -m explorer")
    with qtbot.waitSignal(engines.resident_lost, timeout=20_000) as lost:
        engines.start()
    assert lost.args[1]


def test_the_real_engine_computes_there(qtbot: QtBot, make: Callable, server: Path) -> None:
    engines, events = make(f"{SSH} gpubox {sys.executable} -m explorer")
    engines._resident["inference"].start()  # the one that computes; the others have their own tests
    qtbot.waitUntil(lambda: any(isinstance(event, DeviceFound) for event in events), timeout=60_000)
    assert engines.machine and engines.other_version == ""
    greeting = engines._resident["inference"].greeting
    assert greeting is not None and greeting.data_dir == str(server / "data" / "llm-explorer")
    assert Path(greeting.data_dir).is_dir()


@pytest.mark.slow
def test_a_real_run_trains_there_and_is_listed_from_there(
    qtbot: QtBot, make: Callable, server: Path, tmp_path: Path
) -> None:
    text = server / "notes.txt"
    text.write_text("Once upon a time there was a model that lived on another machine.\n" * 200)
    engines, events = make(f"{SSH} gpubox {sys.executable} -m explorer")
    engines._resident[RUNS].start()
    engines.send_training(
        StartTraining(
            job="run",
            runs_dir=str(tmp_path / "here" / "runs"),
            text=str(text),
            tokenizer="characters",
            steps=2,
        )
    )
    over = (TrainingEnded, Failed)
    qtbot.waitUntil(lambda: any(isinstance(event, over) for event in events), timeout=100_000)
    (started,) = [event for event in events if isinstance(event, RunStarted)]
    runs = server / "data" / "llm-explorer" / "runs"
    assert Path(started.info.path).parent == runs
    engines.send_text(ListRuns(job="list"))
    qtbot.waitUntil(lambda: any(isinstance(event, RunsListed) for event in events), timeout=20_000)
    (listed,) = [event for event in events if isinstance(event, RunsListed)]
    assert [run.path for run in listed.runs] == [started.info.path]
    assert not (tmp_path / "here").exists()


# ---------------------------------------------------------------- what the window says

CPU = DeviceFound(
    kind="cpu",
    name="CPU",
    threads=64,
    memory_free_bytes=None,
    memory_total_bytes=None,
    torch_version="2",
)


@pytest.fixture
def store() -> EngineStore:
    return EngineStore(("text", "inference", RUNS), "ssh gpubox python -m explorer")


@pytest.fixture
def bar(qtbot: QtBot, theme: Theme, store: EngineStore) -> StatusBar:
    bar = StatusBar(theme, store, TrainingStore("/data/runs"))
    qtbot.addWidget(bar)
    bar.show()
    return bar


def button(bar: StatusBar) -> QToolButton:
    (found,) = [b for b in bar.findChildren(QToolButton) if b.text() == "Try again"]
    return found


def test_the_status_bar_says_which_machine_computes(bar: StatusBar, store: EngineStore) -> None:
    assert bar.text() == "engine starting by “ssh gpubox python -m explorer” …"
    for role in store.states:
        store.role_ready(role)
    store.found_at("gpubox", "")
    store.apply(CPU)
    assert bar.text() == "engine ready on gpubox  ·  CPU, 64 threads"
    store.found_at("gpubox", "9.9")
    assert "version 9.9 there" in bar.text()
    store.role_lost("text", "local trouble", True)
    assert bar.text().startswith("engine stopped, starting again")


def test_a_lost_connection_is_in_words_with_a_way_out(
    qtbot: QtBot, bar: StatusBar, store: EngineStore
) -> None:
    store.role_ready("text")
    store.role_lost("inference", "noise\nssh: connect to host gpubox: Network is unreachable\n", True)
    assert "trying again" in bar.text() and bar.text().endswith("Network is unreachable")
    assert not button(bar).isVisible()
    store.role_lost("inference", "ssh: connect to host gpubox: No route to host", False)
    assert "no engine from “ssh gpubox" in bar.text() and bar.text().endswith("No route to host")
    with qtbot.waitSignal(store.restart_requested):
        button(bar).click()
    assert "starting" in bar.text() and not button(bar).isVisible()


@pytest.mark.parametrize("scale", [1.0, 2.5])
def test_the_place_is_kept_for_the_next_opening(
    qtbot: QtBot, theme: Theme, settings: Settings, scale: float
) -> None:
    theme.set_scale(scale)
    dialog = EnginePlaceDialog(theme, settings)
    dialog.open()
    qtbot.keyClicks(dialog.command, " ssh gpubox python -m explorer ")
    qtbot.keyClick(dialog.command, Qt.Key.Key_Return)
    assert settings.text("engine/command") == "ssh gpubox python -m explorer"
    dialog = EnginePlaceDialog(theme, settings)
    dialog.open()
    assert dialog.command.text() == "ssh gpubox python -m explorer"
    dialog.command.clear()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert settings.text("engine/command") == "ssh gpubox python -m explorer", "Escape changes nothing"


def test_an_engine_here_that_is_given_up_can_be_started_again(qtbot: QtBot, theme: Theme) -> None:
    store = EngineStore()
    bar = StatusBar(theme, store, TrainingStore("/data/runs"))
    qtbot.addWidget(bar)
    bar.show()
    store.role_lost("inference", "out of memory", False)
    assert bar.text() == "engine stopped" and button(bar).isVisible()
