"""The status bar: the engine's state, the device in use, and the runs that train now."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStatusBar, QToolButton, QWidget

from explorer import __version__
from explorer.ui import words
from explorer.ui.stores.engine import EngineStore
from explorer.ui.stores.training import TrainingStore
from explorer.ui.theme import Theme


class StatusBar(QStatusBar):
    """Renders the engine's and the training store; its buttons are intents of the training store."""

    def __init__(self, theme: Theme, engine: EngineStore, training: TrainingStore) -> None:
        super().__init__()
        self._theme, self._engine, self._training = theme, engine, training
        self.setSizeGripEnabled(False)
        self._engine_label = _Elided()
        self._engine_label.setAccessibleName(self.tr("Engine and device"))
        self._try_again = QToolButton()
        self._try_again.setText(self.tr("Try again"))
        self._try_again.setAccessibleName(self.tr("Start the engine again"))
        self._try_again.clicked.connect(engine.try_again)
        self._jobs = QWidget()
        self._jobs_row = QHBoxLayout(self._jobs)
        self._jobs_row.setContentsMargins(0, 0, 0, 0)
        self._job_widgets: dict[str, _JobRow] = {}
        self.addWidget(self._engine_label, 1)
        self.addWidget(self._try_again)
        self.addPermanentWidget(self._jobs)
        engine.changed.connect(self._render_engine)
        training.changed.connect(self._render_jobs)
        self._render_engine()
        self._render_jobs()

    def text(self) -> str:
        """What is said of engine and device."""
        return self._engine_label.full_text()

    def _render_engine(self) -> None:
        parts = [
            self._here_words() if self._trouble_is_here() else self._elsewhere_words(),
            self._version_words(),
            self._engine.model_in_front or self._engine.model,
            self._device_words(),
        ]
        self._engine_label.set_full_text("  ·  ".join(part for part in parts if part))
        self._engine_label.setToolTip(self._engine.words)
        self._try_again.setVisible("gone" in self._engine.states.values())

    def _trouble_is_here(self) -> bool:
        """Whether all is here, or the one worker that always is here has stopped."""
        return not self._engine.place or self._engine.states["text"] in ("lost", "gone")

    def _here_words(self) -> str:
        states = self._engine.states.values()
        if "gone" in states:
            return self.tr("engine stopped")
        if "lost" in states:
            return self.tr("engine stopped, starting again …")
        if "starting" in states or self._engine.device is None:
            return self.tr("engine starting …")
        return self.tr("engine ready")

    def _elsewhere_words(self) -> str:
        """Which machine computes; when there is trouble, the last line of what its command said."""
        engine, states = self._engine, self._engine.states.values()
        trouble = engine.words.strip().rsplit("\n", 1)[-1]
        if "gone" in states:
            said = self.tr("no engine from “{command}”").format(command=engine.place)
            return f"{said}: {trouble}" if trouble else said
        if "lost" in states:
            said = self.tr("connection lost, trying again: “{command}”").format(command=engine.place)
            return f"{said}: {trouble}" if trouble else said
        if "starting" in states or engine.device is None:
            return self.tr("engine starting by “{command}” …").format(command=engine.place)
        return self.tr("engine ready on {machine}").format(machine=engine.machine or engine.place)

    def _version_words(self) -> str:
        other = self._engine.other_version
        if not other:
            return ""
        return self.tr("version {there} there, {here} here: install the same").format(
            there=other, here=__version__
        )

    def _device_words(self) -> str:
        device = self._engine.device
        if device is None:
            return ""
        if device.kind == "cpu":
            return self.tr("CPU, {count} threads").format(count=device.threads)
        if device.memory_free_bytes is None:
            return device.name
        free = words.size(device.memory_free_bytes)
        return self.tr("{device}, {free} free").format(device=device.name, free=free)

    def _render_jobs(self) -> None:
        jobs = {job.job: job for job in self._training.running_jobs()}
        for gone in self._job_widgets.keys() - jobs.keys():
            widget = self._job_widgets.pop(gone)
            self._jobs_row.removeWidget(widget)
            widget.deleteLater()
        for job, summary in jobs.items():
            row = self._job_widgets.get(job)
            if row is None:
                row = self._job_widgets[job] = _JobRow(self._training, job)
                self._jobs_row.addWidget(row)
            row.show_summary(summary.name, summary.step, summary.steps, summary.eta_s, summary.paused)


class _Elided(QLabel):
    """A label that gives way when the window is small: cut with an ellipsis, whole in the tooltip."""

    def __init__(self) -> None:
        super().__init__()
        self._full = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def full_text(self) -> str:
        return self._full

    def set_full_text(self, text: str) -> None:
        self._full = text
        self._elide()

    def resizeEvent(self, event: object) -> None:
        self._elide()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def _elide(self) -> None:
        room = self.contentsRect().width() - 2 * self.fontMetrics().horizontalAdvance(" ") * 4
        self.setText(self.fontMetrics().elidedText(self._full, Qt.TextElideMode.ElideRight, max(room, 0)))


class _JobRow(QWidget):
    """One training run: name, steps, time left, pause and stop."""

    def __init__(self, training: TrainingStore, job: str) -> None:
        super().__init__()
        self._paused = False
        self._label = QLabel()
        self._pause = QToolButton()
        self._stop = QToolButton()
        self._stop.setText(self.tr("Stop"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (self._label, self._pause, self._stop):
            row.addWidget(widget)
        self._pause.clicked.connect(lambda: training.continue_(job) if self._paused else training.pause(job))
        self._stop.clicked.connect(lambda: training.stop(job))

    def show_summary(self, name: str, step: int, steps: int, eta_s: float | None, paused: bool) -> None:
        """Numbers as the training store has them."""
        self._paused = paused
        short = name if len(name) <= 24 else name[:23] + "…"
        left = "" if eta_s is None else "  ·  " + self.tr("{time} left").format(time=words.duration(eta_s))
        if paused:
            left = "  ·  " + self.tr("paused")
        self._label.setText(f"{short}  {words.count(step)}/{words.count(steps)}{left}")
        self._pause.setText(self.tr("Go on") if paused else self.tr("Pause"))
