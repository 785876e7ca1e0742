"""The training panel: a stage is chosen and what it learns from, a model learns live, its runs are listed."""

from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QScrollArea, QWidget

from explorer.protocol import WORLD_TEXT, RunInfo, StartTraining
from explorer.ui import words
from explorer.ui.panels.base import Panel
from explorer.ui.panels.training_parts.beginnings import beginnings_of, judges_of
from explorer.ui.panels.training_parts.choice import Choice
from explorer.ui.panels.training_parts.choosing import Choosing
from explorer.ui.panels.training_parts.copies import points_table, sayings_table
from explorer.ui.panels.training_parts.looking_back import LookingBack
from explorer.ui.panels.training_parts.reopening import remember_opened, remembered_opened
from explorer.ui.panels.training_parts.run_views import RunView, bin_rows, rows_of, view_of
from explorer.ui.panels.training_parts.subjects import PRACTICE_STAGES
from explorer.ui.panels.training_parts.work_area import WorkArea
from explorer.ui.settings import Settings
from explorer.ui.stores.engine import EngineStore
from explorer.ui.stores.known_models import KnownModels
from explorer.ui.stores.preferences import PreferencesStore
from explorer.ui.stores.rollouts import RolloutsStore
from explorer.ui.stores.run_data import Failure
from explorer.ui.stores.runs import RunsStore
from explorer.ui.stores.training import TrainingStore
from explorer.ui.theme import Theme
from explorer.ui.widgets.curves import REDRAW_EVERY_MS
from explorer.ui.widgets.export import ask_and_save_picture, copy_rows

_LIST_EVERY_MS = 150


class TrainingPanel(Panel):
    """Signals: `sample_requested(checkpoint_path)`: let the sampling panel use this model."""

    sample_requested = Signal(str)

    def __init__(
        self,
        theme: Theme,
        settings: Settings,
        training: TrainingStore,
        runs: RunsStore,
        engine: EngineStore,
        known: KnownModels,
        rollouts: RolloutsStore,
        preferences: PreferencesStore,
    ) -> None:
        super().__init__(
            theme,
            self.tr("Training"),
            self.tr(
                "A model that knows nothing reads a text and learns to guess what comes next, step by step."
            ),
        )
        self._settings, self._training, self._runs, self._engine = settings, training, runs, engine
        self._known, self._rollouts, self._preferences = known, rollouts, preferences
        self._back = LookingBack()
        self._selected = ""
        """The run that the list's selection was put on when it became the current one."""
        self._drawing = self._timer(REDRAW_EVERY_MS, self._render_if_seen)
        self._listing = self._timer(_LIST_EVERY_MS, self._render_list)
        self._build()
        self._connect()
        self._adopt_folders()
        self._render_list()
        self._render()

    def _timer(self, interval_ms: int, call: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval_ms)
        timer.timeout.connect(call)  # type: ignore[arg-type]
        return timer

    def _build(self) -> None:
        self.work = WorkArea(self.theme, self._settings)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self.work)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.body.addWidget(scroll)
        self.setAcceptDrops(True)
        self.setFocusProxy(self.work.setup.start_button)
        self.set_starters(
            [
                (self.tr("Learn the Python manual in 3 minutes"), lambda: self._set_up(Choice())),
                (self.tr("The small world"), lambda: self._set_up(Choice(text=WORLD_TEXT))),
                (
                    self.tr("Letters instead of byte pairs"),
                    lambda: self._set_up(Choice(tokenizer="characters", vocab_size=None)),
                ),
                (self.tr("Another seed"), self._set_up_other_seed),
                (self.tr("Teach it to chat"), lambda: self._set_up(Choice(stage="sft"))),
                (self.tr("Let it practise"), lambda: self._set_up(Choice(stage="grpo"))),
                (
                    self.tr("You be the judge"),
                    lambda: self._set_up(Choice(stage="reward", labeller="person")),
                ),
                (
                    self.tr("Please a judge, no leash"),
                    lambda: self._set_up(Choice(stage="rlhf", updates=100, leash=0.0)),
                ),
                (self.tr("A text of your own…"), self.work.setup.ask_for_file),
            ]
        )
        self._fill_menu()

    def _fill_menu(self) -> None:
        self.add_menu_action(self.tr("Save the curves as a picture…"), self._save_picture, "Ctrl+S")
        self.add_menu_action(self.tr("Copy the points (CSV)"), lambda: self._copy_points("csv"))
        self.add_menu_action(self.tr("Copy the points (JSON)"), lambda: self._copy_points("json"))
        self.add_menu_action(self.tr("Copy the sayings (CSV)"), lambda: self._copy_sayings("csv"))
        self.add_menu_action(self.tr("Copy the sayings (JSON)"), lambda: self._copy_sayings("json"))
        self.add_menu_action(self.tr("Watch a run folder…"), self._ask_for_run_folder)

    def _connect(self) -> None:
        work = self.work
        self._training.changed.connect(self._training_changed)
        self._runs.changed.connect(self._runs_changed)
        self._runs.failed.connect(self._show_failure)
        self._engine.changed.connect(self._device_changed)
        self._rollouts.changed.connect(self._soon)
        self._known.changed.connect(self._render_beginnings)
        work.setup.beginnings_requested.connect(self._known.refresh)
        work.setup.start_requested.connect(self._start)
        work.empty_button.clicked.connect(self._start_manual)
        work.bar.pause_requested.connect(lambda: self._with_job(self._training.pause))
        work.bar.continue_requested.connect(lambda: self._with_job(self._training.continue_))
        work.bar.stop_requested.connect(lambda: self._with_job(self._training.stop))
        work.bar.go_on_requested.connect(lambda: self._go_on(self._runs.current))
        work.bar.longer_requested.connect(self._train_longer)
        work.curves.cursor_moved.connect(self._go_back_to)
        work.curves.walked.connect(self._walk)
        work.curves.options_changed.connect(self._render)
        work.sayings.chosen.connect(self._choose_saying)
        work.sayings.newest_requested.connect(lambda: self._go_back_to(None))
        work.sayings.sample_requested.connect(lambda: self._with_job(self._training.sample_now))
        work.list.opened.connect(self.open_run)
        work.list.shown.connect(self._show_curves)
        work.list.renamed.connect(self._rename)
        work.list.resume_requested.connect(self._go_on)
        work.list.sample_requested.connect(self._try_in_sampling)
        work.list.reveal_requested.connect(lambda key: QDesktopServices.openUrl(QUrl.fromLocalFile(key)))
        work.list.bin_requested.connect(self._move_to_bin)
        work.list.restore_requested.connect(self._runs.restore)
        work.list.empty_requested.connect(self._runs.empty_bin)
        self._choosing = Choosing(self, work, self._preferences)
        self._choosing.train_requested.connect(self._train_on_choices)
        self._choosing.turned.connect(lambda on: self.show_starters(not on))
        if self._preferences.open:  # since before this panel was built
            self.show_starters(False)
        self._device_changed()
        self._render_beginnings()
        if work.setup.stage != "pretrain":
            self._known.refresh()

    # ------------------------------------------------------------ rendering

    def is_idle(self) -> bool:
        """Whether the list and every opened run are on the screen."""
        loading = any(
            (opened := self._runs.opened(key)) is not None
            and opened.failure is None
            and (opened.info is None or (opened.info.step > 0 and not len(opened.data)))
            for key in self._runs.shown
        )
        return self._runs.listed and not loading and self._preferences.state != "drawing"

    def escape_is_ours(self) -> bool:
        """It ends the choosing between answers."""
        return self._preferences.open

    def picture_widget(self) -> QWidget:
        """The curves with their legend."""
        return self.work.curves.picture if self.work.shows_work else self

    def showEvent(self, event: QShowEvent) -> None:
        """What happened while the panel was hidden was kept, not drawn."""
        super().showEvent(event)
        self._drawing.start()
        self._listing.start()

    def _training_changed(self) -> None:
        self._adopt_folders()
        self._soon()

    def _runs_changed(self) -> None:
        if self._runs.listed and not self._runs.reopened:
            self._runs.reopened = True
            self._reopen_remembered()
        remember_opened(self._settings, self._runs)
        self._render_beginnings()
        self._soon()

    def _soon(self) -> None:
        """Many changes share one drawing."""
        for timer in (self._drawing, self._listing):
            if not timer.isActive():
                timer.start()

    def _current(self) -> RunView | None:
        return view_of(self._runs.current, self._training, self._runs) if self._runs.current else None

    def _shown(self) -> list[RunView]:
        views = (view_of(key, self._training, self._runs) for key in self._runs.shown)
        return [view for view in views if view is not None]

    def _render_if_seen(self) -> None:
        if self.isVisible():
            self._render()

    def _render(self) -> None:
        current = self._current()
        self.work.show_work(current is not None)
        self.work.bar.show_run(current)
        if current is None:
            self.work.empty_words.setText(
                self.tr("Open a run from the list, or let a new model learn.")
                if self._runs.runs or self._runs.recorded
                else self.tr("No model yet: let one learn the Python manual, here and now.")
            )
            return
        self._back.of(current.key)
        cursor = current.data.last_step if self._back.step is None else self._back.step
        self.work.curves.show_runs(self._shown(), current, None if cursor is None else float(cursor))
        self.work.tiles.show_run(current)
        self._render_sayings(current)
        practises = current.stage in PRACTICE_STAGES
        self.work.side.show_practice(practises)
        if practises:
            self.work.side.show_tries(current, self._back.step, self._rollouts)

    def _render_sayings(self, current: RunView) -> None:
        samples, index = current.data.samples, self._back.saying(current.data)
        active = current.live is not None and current.live.active
        may_sample = current.live is not None and current.live.state in ("running", "pausing", "paused")
        waiting = (
            self.tr("Here stands what the model writes, from its first steps on.")
            if active
            else self.tr("This run has no sayings.")
        )
        self.work.sayings.show_samples(samples, index, self._back.step is None, may_sample, waiting)

    def _render_list(self) -> None:
        self.work.list.set_rows(rows_of(self._training, self._runs), bin_rows(self._runs))
        if self._runs.current != self._selected and self.work.list.select(self._runs.current):
            self._selected = self._runs.current

    def _show_failure(self, failure: Failure) -> None:
        self.show_notice(
            words.engine_sentence(failure.template, failure.values), "error", details=failure.details
        )

    def _render_beginnings(self) -> None:
        known = self._runs.listed and self._known.known
        runs = self._runs.runs
        self.work.setup.reading.show_tokenizers(self._runs.tokenizers)
        self.work.setup.show_beginnings(beginnings_of(runs, self._known), judges_of(runs), known)

    def _device_changed(self) -> None:
        device = self._engine.device
        self.work.setup.set_device(device.kind if device is not None else "")

    # ------------------------------------------------------------ starting and going on

    def _start(self) -> None:
        self._begin(self.work.setup.choice(), self.work.setup.run_name())

    def _train_on_choices(self) -> None:
        name = self.work.setup.child_name(self._preferences.name, "reward")
        self._begin(self._choosing.learned(), name)

    def _begin(self, choice: Choice, name: str) -> None:
        wish = StartTraining(
            runs_dir="",
            name=self._new_name(name),
            text=choice.learned_text,
            preset=choice.preset,
            tokenizer=choice.tokenizer,
            vocab_size=choice.vocab_size if choice.stage == "pretrain" else None,
            steps=choice.planned,
            seed=choice.seed,
            stage=choice.stage,
            parent="" if choice.stage == "pretrain" else choice.parent,
            options=choice.options,
        )
        self._preferences.end()
        job = self._training.start(wish)
        self._runs.select(job, is_live=True)

    def _start_manual(self) -> None:
        self.work.setup.set_choice(Choice())
        self._start()

    def _new_name(self, base: str) -> str:
        """A name that no run has: "Python manual", "Python manual 2" ..."""
        taken = {row.name for row in rows_of(self._training, self._runs)}
        numbered = (base if number == 1 else f"{base} {number}" for number in range(1, len(taken) + 2))
        return next(name for name in numbered if name not in taken)

    def _set_up(self, choice: Choice) -> None:
        """Fill in the sentence; Start has the focus then, so that Space or Return goes."""
        setup = self.work.setup
        setup.set_choice(choice)
        ready = setup.start_button.isEnabled()
        button = setup.start_button if ready else setup.offer_button
        button.setFocus(Qt.FocusReason.OtherFocusReason)
        self.message.emit(self.tr("Set up: press Start.") if ready else self.work.setup.hint())

    def _set_up_other_seed(self) -> None:
        choice = self.work.setup.choice()
        self._set_up(replace(choice, seed=choice.seed + 1))

    def _with_job(self, call: object) -> None:
        current = self._current()
        if current is not None and current.live is not None:
            call(current.live.job)  # type: ignore[operator]  # one of the store's intents

    def _go_on(self, key: str) -> None:
        """After a death or a failure, or a run of another day: from its last checkpoint."""
        view = view_of(key, self._training, self._runs)
        if view is None or view.held or view.status == "recorded":
            return
        if view.live is not None and view.live.state in ("failed", "lost"):
            job = self._training.go_on(view.live.job)
        elif view.info is not None:
            job = self._training.resume(view.info, view.data)
        else:
            return
        run = self._training.find(job)
        self._runs.select(run.key if run is not None else job, is_live=True)

    def _train_longer(self) -> None:
        """A finished run learns on, for as many steps as the sentence says."""
        view = self._current()
        if view is not None and view.info is not None and not view.held:
            more = self.work.setup.choice().planned or view.steps
            self._training.resume(view.info, view.data, view.steps + more)
            self._runs.select(view.key, is_live=True)

    def _adopt_folders(self) -> None:
        """Runs that were known by their job get their folder's name; what is gone is not drawn."""
        for run in self._training.runs:
            if run.info is not None and (run.job in self._runs.shown or run.job == self._runs.current):
                self._runs.adopt(run.job, run.key)
        for key in self._runs.shown:
            if view_of(key, self._training, self._runs) is None:
                self._runs.show(key, False)

    # ------------------------------------------------------------ looking back

    def _go_back_to(self, step: float | None) -> None:
        current = self._current()
        if current is not None:
            self._back.go_to(step, current.data)
        self._render()

    def _choose_saying(self, index: int) -> None:
        current = self._current()
        if current is not None:
            self._back.go_to_saying(index, current.data)
            self._render()

    def _walk(self, direction: int) -> None:
        current = self._current()
        if current is not None:
            self._back.walk(direction, current.data)
            self._render()

    # ------------------------------------------------------------ the list

    def open_run(self, key: str) -> None:
        """Look at a run: its curves, tiles and sayings."""
        self._preferences.end()
        self._runs.select(key, is_live=self._training.find(key) is not None)

    def _show_curves(self, key: str, on: bool) -> None:
        self._runs.show(key, on, is_live=self._training.find(key) is not None)

    def _rename(self, key: str, name: str) -> None:
        info = self._runs.info(key)
        if info is not None:
            self._training.rename(key, name)
            self._runs.rename(info.run, name)

    def _try_in_sampling(self, key: str) -> None:
        view = view_of(key, self._training, self._runs)
        if view is not None and view.checkpoint:
            self.sample_requested.emit(view.checkpoint)

    def _move_to_bin(self, key: str) -> None:
        info = self._runs.info(key)
        if info is None:
            return
        self._runs.move_to_bin(info)
        self._training.forget(key)
        self.show_notice(
            self.tr("“{name}” is in the bin.").format(name=info.name),
            action=self.tr("Undo"),
            call=lambda: self._restore_and_open(info),
        )

    def _restore_and_open(self, info: RunInfo) -> None:
        self._runs.restore(info.run)
        self.open_run(info.path)

    def _reopen_remembered(self) -> None:
        """What was on the screen yesterday is there today."""
        beside, current = remembered_opened(self._settings, self._runs)
        for key in beside:
            self._show_curves(key, True)
        if current:
            self.open_run(current)

    # ------------------------------------------------------------ files

    def _save_picture(self) -> None:
        ask_and_save_picture(self, self.picture_widget(), self.work.curves.title(), self.message.emit)

    def _copy_points(self, form: str) -> None:
        copy_rows(points_table(self._shown()), "csv" if form == "csv" else "json")
        self.message.emit(self.tr("The points are on the clipboard."))

    def _copy_sayings(self, form: str) -> None:
        current = self._current()
        copy_rows(sayings_table(current) if current is not None else [], "csv" if form == "csv" else "json")
        self.message.emit(self.tr("The sayings are on the clipboard."))

    def _ask_for_run_folder(self) -> None:
        dialog = QFileDialog(self, self.tr("Watch a run folder"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self._runs.watch)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A text file or a folder may be dropped anywhere."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """It becomes the text to learn."""
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            self.work.setup.set_text(files[0])
            event.acceptProposedAction()
