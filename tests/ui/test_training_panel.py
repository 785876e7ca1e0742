"""The training panel with real stores, fed with what an engine says: clicks, keys, sentences."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from explorer.core.training.presets import PRESETS as ENGINE_PRESETS
from explorer.protocol import (
    BinRun,
    CheckpointSaved,
    Command,
    ContinueTraining,
    DeviceFound,
    Event,
    Failed,
    ListRuns,
    OpenRun,
    PauseTraining,
    RenameRun,
    RestoreRun,
    ResumeTraining,
    RunInfo,
    RunMetrics,
    RunOpened,
    RunSamples,
    RunsListed,
    Sample,
    SampleNow,
    StartTraining,
    StopTraining,
    TokenizerSaved,
    TrainingEnded,
    TrainingPaused,
    TrainingStage,
)
from explorer.ui.panels.training import TrainingPanel
from explorer.ui.panels.training_parts.choice import PRESETS, Choice
from explorer.ui.settings import Settings
from explorer.ui.stores.engine import EngineStore
from explorer.ui.stores.known_models import KnownModels
from explorer.ui.stores.preferences import PreferencesStore
from explorer.ui.stores.rollouts import RolloutsStore
from explorer.ui.stores.runs import RunsStore
from explorer.ui.stores.training import TrainingStore
from explorer.ui.theme import Theme
from explorer.ui.widgets.export import save_picture
from tests.ui.training_facts import info, point, sampled, started, step_done

CHECKPOINT = "/data/runs/run-1/checkpoints/step-000400"


class Desk:
    """A panel, its stores, and what they sent."""

    def __init__(self, qtbot: QtBot, theme: Theme, settings: Settings) -> None:
        self.qtbot, self.theme, self.settings = qtbot, theme, settings
        self.training, self.runs, self.engine = TrainingStore("/data/runs"), RunsStore(), EngineStore()
        self.known, self.rollouts = KnownModels(), RolloutsStore()
        self.preferences = PreferencesStore()
        self.sent: list[Command] = []
        self.everyone = (
            self.training,
            self.runs,
            self.engine,
            self.known,
            self.rollouts,
            self.preferences,
        )
        stores = (self.training, self.runs, self.rollouts, self.known, self.preferences)
        for signal in (self.training.text_command, *(store.command for store in stores)):
            signal.connect(self.sent.append)
        self.panel = self.make_panel()

    def make_panel(self) -> TrainingPanel:
        panel = TrainingPanel(
            self.theme,
            self.settings,
            self.training,
            self.runs,
            self.engine,
            self.known,
            self.rollouts,
            self.preferences,
        )
        self.qtbot.addWidget(panel)
        panel.resize(1200, 860)
        panel.show()
        return panel

    def tell(self, *events: Event) -> None:
        """To every store, as the app does."""
        for event in events:
            for store in self.everyone:
                store.apply(event)

    def drawn(self) -> None:
        """Until the panel shows what the stores know."""
        timers = (self.panel._drawing, self.panel._listing)
        self.qtbot.waitUntil(lambda: not any(timer.isActive() for timer in timers))

    def last(self, kind: type[Command]) -> Command:
        return next(command for command in reversed(self.sent) if isinstance(command, kind))

    def start(self, steps: int = 0, run: RunInfo | None = None) -> str:
        """Press Start and let the engine train so many steps, with a saying at each fiftieth."""
        self.press(self.panel.work.setup.start_button)
        job = self.last(StartTraining).job
        if steps:
            self.tell(started(job, run or info(name="Python manual")))
        for step in range(1, steps + 1):
            self.tell(step_done(job, step))
            if step % 50 == 0 or step == 1:
                self.tell(sampled(job, step))
        self.drawn()
        return job

    def list_runs(self, *runs: RunInfo, binned: tuple[RunInfo, ...] = ()) -> None:
        self.tell(RunsListed(runs=list(runs), binned=list(binned)))
        self.drawn()

    def press(self, button: QPushButton) -> None:
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def button(self, text: str) -> QPushButton:
        return next(b for b in self.panel.findChildren(QPushButton) if b.text() == text and b.isVisible())


@pytest.fixture
def desk(qtbot: QtBot, theme: Theme, settings: Settings) -> Iterator[Desk]:
    before = QLocale()
    QLocale.setDefault(QLocale("en"))
    yield Desk(qtbot, theme, settings)
    QLocale.setDefault(before)


# ------------------------------------------------------------ the sentence and its start


def test_the_sentence_reads_as_one_and_start_sends_what_it_says(desk: Desk) -> None:
    setup = desk.panel.work.setup
    said = [label.text() for label in setup.findChildren(QLabel)]
    assert said[1:] == ["a", "model on", "with", "for", "steps, seed"]
    setup.set_choice(Choice(preset="small", tokenizer="characters", vocab_size=None, steps=700, seed=3))
    desk.press(setup.start_button)
    request = desk.last(StartTraining)
    assert isinstance(request, StartTraining)
    assert (request.preset, request.tokenizer, request.vocab_size) == ("small", "characters", None)
    assert (request.steps, request.seed, request.text) == (700, 3, "python-manual")
    assert request.name == "Python manual"


def test_control_return_starts(desk: Desk) -> None:
    desk.qtbot.keyClick(desk.panel, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert isinstance(desk.last(StartTraining), StartTraining)


def test_choices_are_remembered(desk: Desk, tmp_path: Path) -> None:
    choice = Choice(str(tmp_path / "my.txt"), "medium", "characters", None, 12_345, 9)
    desk.panel.work.setup.set_choice(choice)
    assert desk.make_panel().work.setup.choice() == choice


def test_a_kept_tokenizer_is_offered_taken_and_remembered(desk: Desk) -> None:
    kept = ("/data/tokenizers/mine", "mine")
    desk.tell(RunsListed(runs=[], binned=[], tokenizers=[kept]))
    setup = desk.panel.work.setup
    assert "mine" in setup.reading.pieces.itemText(setup.reading.pieces.count() - 1)
    assert setup.choice().tokenizer == "bpe"
    setup.reading.pieces.setCurrentIndex(setup.reading.pieces.findData(kept[0]))
    setup.reading.preset.setCurrentText("micro")  # what was chosen by hand stays
    desk.press(setup.start_button)
    request = desk.last(StartTraining)
    assert isinstance(request, StartTraining)
    assert (request.tokenizer, request.vocab_size) == (kept[0], None)
    again = desk.make_panel().work.setup
    assert again.choice().tokenizer == kept[0]
    desk.tell(RunsListed(runs=[], binned=[]))
    assert again.choice().tokenizer == "bpe" and again.choice().vocab_size == 1024


def test_a_tokenizer_that_was_just_kept_is_asked_for(desk: Desk) -> None:
    asked = sum(isinstance(one, ListRuns) for one in desk.sent)
    desk.tell(TokenizerSaved(name="mine", path="/data/tokenizers/mine"))
    assert sum(isinstance(one, ListRuns) for one in desk.sent) == asked + 1


def test_what_was_remembered_but_makes_no_sense_counts_as_never_chosen(desk: Desk) -> None:
    desk.settings.set("training/preset", "gigantic")
    desk.settings.set("training/steps", "many")
    assert desk.make_panel().work.setup.choice() == Choice()


def test_steps_follow_the_size_until_they_are_chosen_by_hand(desk: Desk) -> None:
    setup = desk.panel.work.setup
    setup.reading.preset.setCurrentText("medium")
    assert setup.choice().steps == PRESETS["medium"][0]
    setup.reading.steps.setValue(777)
    setup.reading.preset.setCurrentText("nano")
    assert setup.choice().steps == 777


def test_the_sizes_offered_are_those_of_the_engine() -> None:
    offered = {name: (preset.recipe.steps, preset.vocab_size) for name, preset in ENGINE_PRESETS.items()}
    assert offered == PRESETS


def test_a_large_model_on_a_cpu_is_called_slow(desk: Desk) -> None:
    setup = desk.panel.work.setup
    setup.reading.preset.setCurrentText("medium")
    assert "only a CPU" not in setup.hint()
    found = DeviceFound(
        kind="cpu", name="CPU", threads=2, memory_free_bytes=None, memory_total_bytes=None, torch_version="2"
    )
    desk.tell(found)
    assert "only a CPU" in setup.hint()


def test_a_text_can_be_dropped_on_the_panel(desk: Desk, tmp_path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "a tale.txt"))])
    actions, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    drop = QDropEvent(QPointF(5, 5), actions, mime, button, Qt.KeyboardModifier.NoModifier)
    desk.panel.dropEvent(drop)
    assert desk.panel.work.setup.choice().text == str(tmp_path / "a tale.txt")
    desk.start()
    request = desk.last(StartTraining)
    assert isinstance(request, StartTraining) and request.name == "a tale"


def test_each_run_gets_a_name_of_its_own(desk: Desk) -> None:
    desk.list_runs(info(name="Python manual"), info("run-2", name="Python manual 2"))
    desk.start()
    request = desk.last(StartTraining)
    assert isinstance(request, StartTraining) and request.name == "Python manual 3"


def test_the_small_world_can_be_chosen_from_the_menu(desk: Desk) -> None:
    desk.list_runs()
    setup = desk.panel.work.setup
    menu = setup.reading.text.menu()
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.text() == "the small world").trigger()
    assert setup.reading.text.name() == "the small world"
    desk.start()
    request = desk.last(StartTraining)
    assert isinstance(request, StartTraining) and (request.text, request.name) == ("world", "Small world")


def test_an_empty_panel_says_what_it_needs_and_its_button_gives_it(desk: Desk) -> None:
    desk.list_runs()
    assert not desk.panel.work.shows_work
    assert "No model yet" in desk.panel.work.empty_words.text()
    desk.panel.work.setup.set_choice(Choice(text="/else", preset="medium", steps=5))
    desk.press(desk.panel.work.empty_button)
    request = desk.last(StartTraining)
    assert isinstance(request, StartTraining)
    assert (request.text, request.preset) == ("python-manual", "nano")
    desk.drawn()
    assert desk.panel.work.shows_work


def test_starters_set_the_sentence_up(desk: Desk) -> None:
    desk.press(desk.button("Letters instead of byte pairs"))
    assert desk.panel.work.setup.choice().tokenizer == "characters"
    desk.press(desk.button("Learn the Python manual in 3 minutes"))
    assert desk.panel.work.setup.choice() == Choice()
    desk.press(desk.button("Another seed"))
    assert desk.panel.work.setup.choice() == Choice(seed=2)
    assert desk.sent == []


# ------------------------------------------------------------ live


def test_the_vocabulary_is_seen_to_be_learned(desk: Desk) -> None:
    job = desk.start()
    desk.tell(TrainingStage(job=job, stage="tokenizer", share=0.4))
    desk.drawn()
    assert desk.panel.work.bar.said() == "learning the vocabulary  40 %"


def test_tiles_show_real_numbers_and_a_dash_where_nothing_was_measured(desk: Desk) -> None:
    job = desk.start()
    tiles = desk.panel.work.tiles
    assert tiles.text("train_loss") == "–" and tiles.text("time") == "–"
    desk.tell(started(job, info()), step_done(job, 1))
    desk.drawn()
    assert tiles.text("train_loss") == f"{point(1).train_loss:.3f}"
    assert tiles.text("val_loss") == "–"  # step 1 was not evaluated
    assert tiles.text("tokens_per_s") == "17,500"
    assert tiles.text("grad_norm") == "1.25"
    assert tiles.text("learning_rate") == "4.00e-03"
    assert tiles.text("time") == "3:20"


def test_curves_bar_and_list_follow_the_run(desk: Desk) -> None:
    desk.start(100)
    work = desk.panel.work
    lines = {line.label: line for line in work.curves.plot.lines}
    assert len(lines["training"].x) == 100
    assert lines["held-out"].x.tolist() == [100]
    assert work.bar.said() == "step 100 of 2,000  ·  3:10 left"
    assert work.curves.legend.text() == (
        f"step 100; training {point(100).train_loss:.3f}; held-out {point(100).val_loss:.3f}"
    )
    row = work.list._runs[0]
    assert (row.name, row.status, row.step) == ("Python manual", "running", 100)


def test_many_events_share_few_redraws(desk: Desk) -> None:
    job = desk.start(1)
    redraws: list[int] = []
    desk.panel.work.curves.plot.read_changed.connect(lambda: redraws.append(1))
    for step in range(2, 501):
        desk.tell(step_done(job, step))
    desk.drawn()
    assert len(redraws) <= 3
    assert len(desk.panel.work.curves.plot.lines[0].x) == 500


def test_nothing_is_drawn_while_the_panel_is_hidden_and_all_of_it_afterwards(desk: Desk) -> None:
    job = desk.start(1)
    desk.panel.hide()
    desk.tell(step_done(job, 2))
    desk.drawn()
    assert len(desk.panel.work.curves.plot.lines[0].x) == 1
    desk.panel.show()
    desk.drawn()
    assert len(desk.panel.work.curves.plot.lines[0].x) == 2


def test_pause_continue_stop_and_sample_now(desk: Desk) -> None:
    job = desk.start(3)
    desk.press(desk.button("Sample now"))
    desk.press(desk.button("Pause"))
    desk.drawn()
    assert "pausing" in desk.panel.work.bar.said()
    desk.tell(TrainingPaused(job=job, step=3))
    desk.drawn()
    assert "paused" in desk.panel.work.bar.said()
    desk.press(desk.button("Continue"))
    desk.press(desk.button("Stop"))
    assert desk.sent[-4:] == [
        SampleNow(job=job),
        PauseTraining(job=job),
        ContinueTraining(job=job),
        StopTraining(job=job),
    ]


def test_other_measures_and_smoothing_are_chosen_and_remembered(desk: Desk) -> None:
    desk.start(100)
    curves = desk.panel.work.curves
    curves.subject.setCurrentIndex(curves.subject.findData("gradient"))
    assert [line.label for line in curves.plot.lines] == ["gradient norm"]
    assert curves.plot.lines[0].smoothed_at is not None
    curves.smoothing.setCurrentIndex(curves.smoothing.findData(1))
    assert curves.plot.lines[0].smoothed_at is None
    curves.log_x.click()
    again = desk.make_panel().work.curves
    assert (again.subject.currentData(), again.smoothing.currentData(), again.log_x.isChecked()) == (
        "gradient",
        1,
        True,
    )


def test_two_runs_train_at_once_and_each_keeps_its_own_view(desk: Desk) -> None:
    first = desk.start(5)
    second = desk.start(8, info("run-2", name="second"))
    assert desk.panel.work.bar.said().startswith("step 8")
    assert [line.label for line in desk.panel.work.curves.plot.lines][::2] == ["Python manual", "second"]
    desk.panel.work.list.select("/data/runs/run-1")
    desk.qtbot.keyClick(desk.panel.work.list.table, Qt.Key.Key_Return)
    desk.drawn()
    desk.press(desk.button("Pause"))
    assert desk.sent[-1] == PauseTraining(job=first)
    assert {job.job for job in desk.training.running_jobs()} == {first, second}


# ------------------------------------------------------------ looking back


def test_sayings_follow_the_newest_unless_gone_back(desk: Desk) -> None:
    job = desk.start(151)
    sayings = desk.panel.work.sayings
    assert sayings.text() == "said at 150"
    assert sayings.where() == "step 150  (4 of 4)"
    sayings._slider.setValue(1)
    assert sayings.text() == "said at 50"
    assert desk.panel.work.curves.plot.cursor_step == 50
    desk.tell(sampled(job, 151, "newer"))
    desk.drawn()
    assert sayings.text() == "said at 50"
    desk.press(desk.button("Newest"))
    assert sayings.text() == "newer"


def test_the_cursor_in_the_curve_shows_what_was_said_then(desk: Desk) -> None:
    desk.start(151)
    work = desk.panel.work
    work.curves.plot.cursor_moved.emit(120.0)
    assert work.sayings.text() == "said at 100"
    assert work.curves.legend.text().startswith("step 120; ")
    desk.qtbot.keyClick(work.curves.plot, Qt.Key.Key_Left)
    assert work.sayings.text() == "said at 50"
    desk.qtbot.keyClick(work.curves.plot, Qt.Key.Key_Home)
    assert work.sayings.text() == "said at 1"
    desk.qtbot.keyClick(work.curves.plot, Qt.Key.Key_End)
    assert work.sayings.text() == "said at 150"


# ------------------------------------------------------------ when it goes wrong


def test_a_dead_engine_is_said_in_words_and_the_run_goes_on_from_its_checkpoint(desk: Desk) -> None:
    job = desk.start(430)
    desk.tell(CheckpointSaved(job=job, step=400, path=CHECKPOINT))
    desk.training.worker_lost(job, "Killed")
    desk.drawn()
    bar = desk.panel.work.bar
    assert bar.trouble() == (
        "The engine that trained this run has died. Every point is kept, and step 400 is saved."
    )
    assert len(desk.panel.work.curves.plot.lines[0].x) == 430
    desk.press(desk.button("Go on from step 400"))
    request = desk.last(ResumeTraining)
    assert isinstance(request, ResumeTraining) and request.path == "/data/runs/run-1"
    desk.tell(started(request.job, info(name="Python manual", step=400)), step_done(request.job, 401, 2.0))
    desk.drawn()
    assert bar.trouble() == ""
    assert desk.panel.work.curves.plot.lines[0].x.tolist() == list(range(1, 402))
    desk.press(desk.button("Pause"))
    assert desk.sent[-1] == PauseTraining(job=request.job)


def test_death_before_the_first_checkpoint_offers_to_start_again(desk: Desk) -> None:
    job = desk.start(3)
    desk.training.worker_lost(job, "")
    desk.drawn()
    assert "Nothing was saved yet" in desk.panel.work.bar.trouble()
    desk.press(desk.button("Start again"))
    request = desk.last(ResumeTraining)
    assert isinstance(request, ResumeTraining) and request.path == "/data/runs/run-1"
    desk.drawn()
    assert desk.panel.work.bar.said() == "starting …"


def test_a_sentence_of_the_engine_stands_at_the_run_and_can_be_closed(desk: Desk) -> None:
    job = desk.start()
    desk.tell(
        Failed(job=job, template="There is no file {path}. Choose another one.", values={"path": "x.txt"})
    )
    desk.drawn()
    assert desk.panel.work.bar.trouble() == "There is no file x.txt. Choose another one."
    desk.panel.work.bar._notice.hide()
    desk.training.changed.emit()
    desk.drawn()
    assert desk.panel.work.bar.trouble() == ""


def test_a_failure_of_the_list_is_said_on_top(desk: Desk) -> None:
    desk.tell(Failed(job="runs", template="The disk refused {path}.", values={"path": "x"}, details="why"))
    assert desk.panel._notice.text() == "The disk refused x."


# ------------------------------------------------------------ runs on disk

YESTERDAY = info(name="yesterday", step=120, status="interrupted", checkpoint=CHECKPOINT, train_loss=3.0)
DONE = info("run-2", name="done", step=2000, status="finished", checkpoint="c2", train_loss=1.5, val_loss=1.6)


def _open(desk: Desk, run: RunInfo, points: int = 120) -> str:
    desk.panel.work.list.select(run.path)
    desk.qtbot.keyClick(desk.panel.work.list.table, Qt.Key.Key_Return)
    job = desk.last(OpenRun).job
    desk.tell(
        RunOpened(job=job, info=run),
        RunMetrics(job=job, points=[point(step) for step in range(points)]),
        RunSamples(job=job, samples=[Sample(step=50, text="once", temperature=1)]),
    )
    desk.drawn()
    return job


def test_yesterdays_run_is_listed_as_interrupted_and_resumed(desk: Desk) -> None:
    desk.list_runs(YESTERDAY, DONE)
    rows = desk.panel.work.list.table.model()
    shown = [[rows.index(line, column).data() for column in range(1, 7)] for line in range(rows.rowCount())]
    assert ["yesterday", "pretraining", "◐ interrupted", "120 / 2,000", "3.000", "–"] in shown
    assert ["done", "pretraining", "✓ finished", "2,000 / 2,000", "1.500", "1.600"] in shown
    _open(desk, YESTERDAY)
    assert len(desk.panel.work.curves.plot.lines[0].x) == 120
    assert desk.panel.work.sayings.text() == "once"
    resume = desk.panel.work.bar._resume
    assert resume.isVisible()
    desk.press(resume)
    request = desk.last(ResumeTraining)
    assert isinstance(request, ResumeTraining) and request.path == YESTERDAY.path
    assert len(desk.panel.work.curves.plot.lines[0].x) == 120  # nothing vanishes meanwhile


def test_a_finished_run_can_learn_on(desk: Desk) -> None:
    desk.list_runs(DONE)
    _open(desk, DONE)
    desk.panel.work.setup.set_choice(Choice(steps=500))
    desk.press(desk.button("Train longer"))
    request = desk.last(ResumeTraining)
    assert isinstance(request, ResumeTraining) and request.steps == 2500


def test_space_draws_a_run_beside_the_current_one(desk: Desk) -> None:
    desk.list_runs(YESTERDAY, DONE)
    _open(desk, YESTERDAY)
    runs = desk.panel.work.list
    runs.select(DONE.path)
    desk.qtbot.keyClick(runs.table, Qt.Key.Key_Space)
    job = desk.last(OpenRun).job
    desk.tell(RunOpened(job=job, info=DONE), RunMetrics(job=job, points=[point(step) for step in range(9)]))
    desk.drawn()
    lines = desk.panel.work.curves.plot.lines
    assert [line.label for line in lines] == ["yesterday", "yesterday", "done", "done"]
    assert {line.slot for line in lines} == {0, 1}
    assert [line.raw for line in lines] == [True, True, False, False]
    desk.qtbot.keyClick(runs.table, Qt.Key.Key_Space)
    desk.drawn()
    assert [line.label for line in desk.panel.work.curves.plot.lines] == ["training", "held-out"]


def test_the_list_stands_on_the_run_that_was_started(desk: Desk) -> None:
    desk.list_runs(YESTERDAY)
    desk.panel.work.list.select(YESTERDAY.path)
    desk.start(3, info("run-9", name="new"))
    selected = desk.panel.work.list.selected()
    assert selected is not None and selected.name == "new"


def test_a_wheel_over_a_choice_does_not_turn_it(desk: Desk) -> None:
    box = desk.panel.work.setup.reading.preset
    turn = QWheelEvent(
        QPointF(5, 5),
        QPointF(box.mapToGlobal(QPoint(5, 5))),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(box, turn)
    assert box.currentText() == "nano"


def test_rename_with_f2(desk: Desk) -> None:
    desk.list_runs(YESTERDAY)
    table = desk.panel.work.list.table
    desk.panel.work.list.select(YESTERDAY.path)
    desk.qtbot.keyClick(table, Qt.Key.Key_F2)
    editor = table.findChild(QLineEdit)
    assert editor is not None
    desk.qtbot.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    desk.qtbot.keyClicks(editor, "first light")
    desk.qtbot.keyClick(editor, Qt.Key.Key_Return)
    renamed = RenameRun(job="runs", run="run-1", name="first light")
    desk.qtbot.waitUntil(lambda: desk.sent == [renamed])


def test_delete_goes_to_the_bin_with_undo(desk: Desk) -> None:
    desk.list_runs(YESTERDAY)
    _open(desk, YESTERDAY)
    desk.qtbot.keyClick(desk.panel.work.list.table, Qt.Key.Key_Delete)
    assert BinRun(job="runs", run="run-1") in desk.sent
    assert desk.panel._notice.text() == "“yesterday” is in the bin."
    desk.list_runs(binned=(YESTERDAY,))
    assert not desk.panel.work.shows_work
    desk.press(desk.button("Undo"))
    assert desk.sent[-2:] == [
        RestoreRun(job="runs", run="run-1"),
        OpenRun(job=desk.last(OpenRun).job, path=YESTERDAY.path),
    ]


def test_the_bin_shows_what_can_be_restored(desk: Desk) -> None:
    desk.list_runs(DONE, binned=(YESTERDAY,))
    desk.press(desk.button("Bin (1)"))
    desk.panel.work.list.select(YESTERDAY.path)
    desk.press(desk.button("Restore"))
    assert desk.sent[-1] == RestoreRun(job="runs", run="run-1")
    desk.press(desk.button("Empty the bin"))
    assert type(desk.sent[-1]).__name__ == "EmptyBin"


def test_a_run_that_trains_is_not_deleted_nor_resumed(desk: Desk) -> None:
    desk.start(3)
    desk.list_runs(info(name="Python manual", checkpoint=CHECKPOINT))
    desk.panel.work.list.select("/data/runs/run-1")
    before = list(desk.sent)
    desk.qtbot.keyClick(desk.panel.work.list.table, Qt.Key.Key_Delete)
    assert desk.sent == before
    assert not desk.panel.work.list._resume.isEnabled()
    assert not desk.panel.work.list._delete.isEnabled()


def test_its_model_is_tried_in_sampling(desk: Desk) -> None:
    desk.list_runs(DONE)
    desk.panel.work.list.select(DONE.path)
    with desk.qtbot.waitSignal(desk.panel.sample_requested) as asked:
        desk.press(desk.button("Try it in Sampling"))
    assert asked.args == ["c2"]


def test_the_list_sorts_by_a_clicked_column_with_unmeasured_losses_last(desk: Desk) -> None:
    desk.list_runs(YESTERDAY, DONE, info("run-3", name="better", val_loss=1.2))
    table = desk.panel.work.list.table
    table.sortByColumn(6, Qt.SortOrder.AscendingOrder)
    names = [table.model().index(line, 1).data() for line in range(3)]
    assert names == ["better", "done", "yesterday"]


def test_a_run_of_another_process_is_watched_while_it_grows(desk: Desk) -> None:
    desk.runs.watch("/elsewhere/far")
    job = desk.last(OpenRun).job
    desk.tell(
        RunOpened(job=job, info=info("far", path="/elsewhere/far", name="far away", step=2)),
        RunMetrics(job=job, points=[point(0), point(1)]),
    )
    desk.drawn()
    assert "trained by another process" in desk.panel.work.bar.said()
    desk.tell(RunMetrics(job=job, points=[point(2)]))
    desk.drawn()
    assert len(desk.panel.work.curves.plot.lines[0].x) == 3
    assert desk.panel.work.list._runs[0].name == "far away"


def test_what_was_open_yesterday_is_open_today(desk: Desk, qtbot: QtBot) -> None:
    desk.list_runs(YESTERDAY, DONE)
    _open(desk, YESTERDAY)
    desk.panel.work.list.shown.emit(DONE.path, True)
    desk.panel.close()
    today = Desk(qtbot, desk.theme, desk.settings)
    assert not today.panel.is_idle()
    today.list_runs(YESTERDAY, DONE)
    assert today.runs.current == YESTERDAY.path
    assert set(today.runs.shown) == {YESTERDAY.path, DONE.path}
    assert not today.panel.is_idle()
    for key in today.runs.shown:
        opened = today.runs.opened(key)
        assert opened is not None
        today.tell(
            RunOpened(job=opened.job, info=info(step=1)), RunMetrics(job=opened.job, points=[point(0)])
        )
    assert today.panel.is_idle()


def test_the_panel_can_be_built_again_at_any_time(desk: Desk) -> None:
    desk.start(100)
    again = desk.make_panel()
    desk.panel.deleteLater()
    assert again.work.bar.said() == "step 100 of 2,000  ·  3:10 left"
    assert len(again.work.curves.plot.lines[0].x) == 100


def test_a_run_that_ended_here_is_what_the_disk_says(desk: Desk) -> None:
    job = desk.start(3)
    desk.tell(TrainingEnded(job=job, step=3, finished=False, checkpoint=CHECKPOINT))
    desk.list_runs(info(name="Python manual", step=3, status="interrupted", checkpoint=CHECKPOINT))
    assert "interrupted" in desk.panel.work.bar.said()
    assert len(desk.panel.work.list._runs) == 1


# ------------------------------------------------------------ copies and pictures


def test_points_and_sayings_are_copied(desk: Desk) -> None:
    desk.start(51)
    actions = {action.text(): action for action in desk.panel._menu.actions()}
    actions["Copy the points (JSON)"].trigger()
    rows = json.loads(QGuiApplication.clipboard().text())
    assert len(rows) == 51 and rows[6]["train_loss"] == pytest.approx(point(7).train_loss)
    assert rows[6]["val_loss"] is None and rows[6]["run"] == "Python manual"
    actions["Copy the sayings (CSV)"].trigger()
    assert QGuiApplication.clipboard().text().splitlines()[1].endswith("said at 1")


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_the_curves_are_saved_as_a_picture(desk: Desk, tmp_path: Path, suffix: str) -> None:
    desk.start(100)
    path = tmp_path / f"loss.{suffix}"
    save_picture(desk.panel.picture_widget(), str(path))
    if suffix == "png":
        assert QImage(str(path)).width() == 2 * (desk.panel.work.curves.picture.width() + 24)
    else:
        drawing = path.read_text("utf-8")
        assert "<path" in drawing and "<image" not in drawing


@pytest.mark.parametrize("scale", [1.0, 2.5])
def test_nothing_is_cut_off_in_a_small_window(desk: Desk, scale: float) -> None:
    desk.start(100)
    desk.theme.set_scale(scale)
    desk.panel.resize(940, 640)
    desk.drawn()
    desk.qtbot.waitUntil(
        lambda: desk.panel.work.height() >= desk.panel.work.heightForWidth(desk.panel.work.width())
    )
    for button in desk.panel.work.findChildren(QPushButton):
        if button.isVisible():
            assert button.geometry().right() <= button.parentWidget().width()
    for spin in desk.panel.work.findChildren(QSpinBox):
        assert spin.lineEdit().width() > 10
