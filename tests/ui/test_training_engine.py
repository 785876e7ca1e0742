"""The Training panel with its real engine processes: Start to curves, a kill -9, the same losses again."""

import os
import random
import signal
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from explorer.protocol import Event, RunInfo
from explorer.ui.engines import Engines
from explorer.ui.panels.training import TrainingPanel
from explorer.ui.panels.training_parts.choice import Choice
from explorer.ui.settings import Settings
from explorer.ui.stores.engine import EngineStore
from explorer.ui.stores.known_models import KnownModels
from explorer.ui.stores.preferences import PreferencesStore
from explorer.ui.stores.rollouts import RolloutsStore
from explorer.ui.stores.runs import RunsStore
from explorer.ui.stores.training import LiveRun, TrainingStore
from explorer.ui.theme import Theme
from tests.core.training.reinforcement.small_policy import save_chatting_model

PATIENCE_MS = 60_000
"""Loading torch on a machine that does other things, too."""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="kill -9 is a signal of Unix")


class Workshop:
    """The stores and the panel, wired as the app wires them, in front of real workers."""

    def __init__(self, qtbot: QtBot, theme: Theme, settings: Settings, data_dir: Path) -> None:
        self.qtbot = qtbot
        self.engines = Engines(str(data_dir), "cpu")
        self.training = TrainingStore(str(data_dir / "runs"), "cpu")
        self.runs = RunsStore()
        self.training.command.connect(self.engines.send_training)
        self.training.text_command.connect(self.engines.send_text)
        self.training.worker_released.connect(self.engines.end_training)
        self.runs.command.connect(self.engines.send_text)
        self.rollouts = RolloutsStore()
        self.rollouts.command.connect(self.engines.send_text)
        self.preferences = PreferencesStore()
        self.preferences.command.connect(self.engines.send_inference)
        self.engines.received.connect(self._received)
        self.engines.training_lost.connect(self.training.worker_lost)
        self.engines.resident_ready.connect(self._ready)
        self.engines.resident_lost.connect(lambda _role, words, _again: self.preferences.engine_lost(words))
        self.panel = TrainingPanel(
            theme,
            settings,
            self.training,
            self.runs,
            EngineStore(),
            KnownModels(),
            self.rollouts,
            self.preferences,
        )
        qtbot.addWidget(self.panel)
        self.panel.resize(1200, 860)
        self.panel.show()
        self.engines.restart("text")  # inference only where answers are chosen between

    def _ready(self, role: str) -> None:
        (self.runs if role == "text" else self.preferences).engine_ready()

    def _received(self, event: Event) -> None:
        self.training.apply(event)
        self.runs.apply(event)
        self.rollouts.apply(event)
        self.preferences.apply(event)

    @property
    def run(self) -> LiveRun:
        return self.training.runs[-1]

    @property
    def listed(self) -> RunInfo:
        return self.runs.runs[0]

    def until(self, condition: object) -> None:
        self.qtbot.waitUntil(condition, timeout=PATIENCE_MS)  # type: ignore[arg-type]

    def press(self, text: str) -> None:
        """A button as soon as it is there: what the stores know is drawn a little later."""

        def there() -> list[QPushButton]:
            buttons = self.panel.findChildren(QPushButton)
            return [b for b in buttons if b.text() == text and b.isVisible() and b.isEnabled()]

        self.until(lambda: there() != [])
        self.qtbot.mouseClick(there()[0], Qt.MouseButton.LeftButton)

    def choose(self, key: str, kept: int) -> None:
        """As soon as a pair is there, with so many choices before it."""
        sitting = self.preferences
        self.until(lambda: sitting.state == "choosing" and sitting.kept and sitting.kept.count == kept)
        self.qtbot.keyClick(self.panel.work.choosing, Qt.Key[f"Key_{key}"])

    def losses(self) -> dict[int, float]:
        steps, losses = self.run.data.steps, self.run.data.column("train_loss")
        return {int(step): float(loss) for step, loss in zip(steps, losses, strict=True)}


@pytest.fixture
def text(tmp_path: Path) -> Path:
    words = ["the", "cat", "sat", "on", "a", "mat", "and", "saw", "two", "birds", "there.\n"]
    path = tmp_path / "tale.txt"
    chooser = random.Random(1)
    path.write_text(" ".join(chooser.choice(words) for _ in range(4000)), encoding="utf-8")
    return path


@pytest.mark.slow
def test_a_model_that_chats_practises_and_each_update_can_be_looked_at(
    qtbot: QtBot, theme: Theme, settings: Settings, tmp_path: Path
) -> None:
    shop = Workshop(qtbot, theme, settings, tmp_path / "data")
    try:
        setup, group = shop.panel.work.setup, shop.panel.work.group
        setup.set_choice(Choice(stage="grpo", problems=2, group=4, updates=3))
        setup.set_parent(str(save_chatting_model(tmp_path / "chatting")))
        shop.press("Start")
        shop.until(lambda: shop.run.state == "finished")
        shop.until(lambda: group.where().startswith("Update 3  ·"))
        assert shop.run.data.column("share_right").shape == (3,)
        assert shop.panel.work.tiles.text("pass_at_1").endswith("%")
        shop.panel.work.curves.plot.cursor_moved.emit(1.0)
        shop.until(lambda: group.where().startswith("Update 1  ·"))
        assert group._table.rowCount() == 4
        assert group.answer() != ""
    finally:
        shop.engines.close()


@pytest.mark.slow
def test_a_reward_model_by_a_rule_is_pleased_and_the_rule_is_drawn_beside_it(
    qtbot: QtBot, theme: Theme, settings: Settings, tmp_path: Path
) -> None:
    shop = Workshop(qtbot, theme, settings, tmp_path / "data")
    try:
        setup, work = shop.panel.work.setup, shop.panel.work
        setup.set_choice(Choice(stage="reward", labeller="rich", pairs=50))
        setup.set_parent(str(save_chatting_model(tmp_path / "chatting")))
        shop.press("Start")
        shop.until(lambda: shop.run.state == "finished")
        judge = shop.run.key
        shop.until(lambda: shop.runs.info(judge) is not None)
        setup.set_choice(Choice(stage="rlhf", leash=0.0, problems=2, group=4, updates=2))
        setup.set_parent(str(tmp_path / "chatting"))
        shop.until(lambda: setup.choice().judge == judge)
        shop.press("Start")
        shop.until(lambda: shop.run.state == "finished")
        assert {"reward", "true_score", "kl", "held_out_true_score"} <= set(shop.run.data.series)
        shop.until(lambda: work.curves.under.isVisible() and "by the rule" in work.curves.legend.text())
        shop.until(lambda: work.group.where().startswith("Update 2  ·  question"))
        assert not work.group._table.isColumnHidden(2)
    finally:
        shop.engines.close()


def test_a_person_chooses_through_a_kill_and_a_reward_model_learns_from_it(
    qtbot: QtBot, theme: Theme, settings: Settings, tmp_path: Path
) -> None:
    shop = Workshop(qtbot, theme, settings, tmp_path / "data")
    try:
        shop.engines.restart("inference")
        setup, view = shop.panel.work.setup, shop.panel.work.choosing
        setup.set_choice(Choice(stage="reward", labeller="person"))
        setup.set_parent(str(save_chatting_model(tmp_path / "chatting")))
        shop.until(lambda: "chosen 0 times" in setup.hint())
        shop.press("Choose between answers…")
        for kept in range(5):
            shop.choose("A" if kept % 2 else "B", kept)
        shop.until(lambda: view.count().startswith("5 choices"))
        os.kill(shop.engines.pids()["inference"], signal.SIGKILL)
        shop.until(lambda: "The engine has died" in view.notice())
        shop.until(lambda: view.notice() == "")  # it is started again, and counts
        shop.choose("A", 5)
        shop.until(lambda: view.count().startswith("6 choices"))
        qtbot.keyClick(view, Qt.Key.Key_U)
        for kept in range(5, 9):
            shop.choose("B", kept)
        shop.press("Train a reward model on my 9 choices")
        shop.until(lambda: shop.run.state == "finished")
        assert not view.isVisible()
        assert shop.run.data.has("held_out_accuracy") and not shop.run.data.has("true_accuracy")
        (file,) = (tmp_path / "data" / "preferences").iterdir()
        assert len(file.read_bytes().splitlines()) == 9
        shop.until(lambda: shop.panel.work.curves.legend.text().count("held-out") == 1)
    finally:
        shop.engines.close()


def test_start_kill_go_on_stop_and_find_it_again(
    qtbot: QtBot, theme: Theme, settings: Settings, tmp_path: Path, text: Path
) -> None:
    shop = Workshop(qtbot, theme, settings, tmp_path / "data")
    try:
        _train_kill_and_resume(shop, text)
        _find_it_again(shop)
    finally:
        shop.engines.close()


def _train_kill_and_resume(shop: Workshop, text: Path) -> None:
    setup = shop.panel.work.setup
    setup.set_choice(Choice(text=str(text), tokenizer="characters", vocab_size=None, steps=400))
    shop.press("Start")
    shop.until(lambda: shop.run.step >= 3)
    shop.press("Pause")  # which saves
    shop.until(lambda: shop.run.state == "paused")
    saved = shop.run.checkpoint_step
    assert saved == shop.run.step
    shop.until(lambda: shop.panel.work.sayings.text() != "")
    shop.press("Continue")
    shop.until(lambda: shop.run.step >= saved + 3)

    before = shop.losses()
    os.kill(shop.engines.pids()[shop.run.job], signal.SIGKILL)
    shop.until(lambda: "has died" in shop.panel.work.bar.trouble())
    assert shop.losses().items() >= before.items()
    assert len(shop.panel.work.curves.plot.lines[0].x) == len(shop.losses())

    before = shop.losses()
    shop.press(f"Go on from step {saved}")
    shop.until(lambda: shop.run.started and shop.run.step > max(before))
    assert shop.run.first_step == saved
    assert {step: loss for step, loss in shop.losses().items() if step in before} == before


def _find_it_again(shop: Workshop) -> None:
    worker = psutil.Process(shop.engines.pids()[shop.run.job])
    shop.press("Stop")
    shop.until(lambda: shop.run.state == "interrupted")
    shop.until(lambda: not worker.is_running())
    shop.until(lambda: shop.runs.runs != [] and shop.listed.status == "interrupted")
    assert shop.listed.name == "tale" and shop.listed.step == shop.run.step
    live = shop.losses()
    key = shop.run.key
    shop.training.forget(key)
    shop.panel.open_run(key)
    shop.until(shop.panel.is_idle)
    opened = shop.runs.opened(key)
    assert opened is not None
    from_disk = dict(zip(opened.data.steps.tolist(), opened.data.column("train_loss").tolist(), strict=True))
    assert from_disk == live

    shop.panel.work.list.select(key)
    shop.press("Delete")
    shop.until(lambda: shop.runs.runs == [] and len(shop.runs.binned) == 1)
    shop.press("Undo")
    shop.until(lambda: len(shop.runs.runs) == 1 and shop.runs.binned == [])


def test_a_text_that_cannot_be_used_is_said_at_the_run(
    qtbot: QtBot, theme: Theme, settings: Settings, tmp_path: Path
) -> None:
    shop = Workshop(qtbot, theme, settings, tmp_path / "data")
    try:
        shop.panel.work.setup.set_choice(Choice(text=str(tmp_path / "nowhere.txt"), steps=5))
        shop.press("Start")
        shop.until(lambda: "nowhere.txt" in shop.panel.work.bar.trouble())
        assert shop.training.running_jobs() == []
        assert not list((tmp_path / "data" / "runs").glob("*"))
    finally:
        shop.engines.close()
