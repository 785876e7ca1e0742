"""The engine processes of one window: who runs, where, who is asked what, and what happens when one dies."""

from functools import partial
from time import monotonic

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from explorer import __version__
from explorer.protocol import (
    BinRun,
    Cancel,
    Command,
    EmptyBin,
    FindDevice,
    ListRuns,
    OpenRun,
    ReadRollouts,
    RenameRun,
    RestoreRun,
    ResumeTraining,
    StartTraining,
)
from explorer.ui.engine_client import EngineClient, engine_command

RESIDENT: tuple[str, ...] = ("text", "inference")
RUNS = "runs"
"""The role of a text worker on the computer that trains: it knows the runs there."""
_ABOUT_RUNS = (ListRuns, RenameRun, BinRun, RestoreRun, EmptyBin, OpenRun, ReadRollouts)
_RESTARTS = 5
_STEADY_S = 60.0
"""A worker that lived so long has earned all its restarts again."""


class Engines(QObject):
    """Two resident workers (text, inference) and one per training run.

    `elsewhere` is a command that starts the program on another computer (`ssh gpubox python -m explorer`).
    Then models and runs are there: inference and training run there, and one more text worker, "runs", which
    is asked for what is on that disk. Documents and drafts stay here, so that typing waits for no network.

    Signals: `received(Event)` from any worker; `resident_ready(role)` each time a resident worker is up, the
    first time and after a restart; `resident_lost(role, words, again)`: `again` whether it will be started
    by itself; `training_lost(job, words)` when the worker of a run died unasked; `models_lost(words)` when
    the one for models did: it runs from its first command on, and the next one starts it again. A resident
    worker that dies is started again, a few times at most: here at once, elsewhere after longer and longer
    pauses.
    """

    received = Signal(object)
    resident_ready = Signal(str)
    resident_lost = Signal(str, str, bool)
    training_lost = Signal(str, str)
    models_lost = Signal(str)

    def __init__(
        self, data_dir: str, device: str, elsewhere: str = "", parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._data_dir = data_dir
        self._device = device
        self._elsewhere = elsewhere.strip()
        self.roles = (*RESIDENT, RUNS) if self._elsewhere else RESIDENT
        self.first_pause_s = 1.0
        """Before the connection is tried again; twice as long each time."""
        self._resident = {role: self._client(role) for role in self.roles}
        self._restarts_left = dict.fromkeys(self.roles, _RESTARTS)
        self._up_since: dict[str, float] = {}
        self._training: dict[str, EngineClient] = {}
        self._spare: EngineClient | None = None
        self._models: EngineClient | None = None
        self._waiting: dict[str, list[Command]] = {}
        """For another computer's training workers that have not spoken yet, by job."""
        self._closing = False
        for role, client in self._resident.items():
            client.ready.connect(partial(self._resident_up, role))
            client.ended.connect(partial(self._resident_down, role))

    def start(self) -> None:
        """Start the resident workers."""
        self._closing = False
        for client in self._resident.values():
            client.start()

    @property
    def machine(self) -> str:
        """The name of the other computer that computes; empty if it is this one, or has not spoken yet."""
        greeting = self._resident["inference"].greeting
        return greeting.machine if self._elsewhere and greeting is not None else ""

    @property
    def other_version(self) -> str:
        """The version of the program on the other computer, if it is not ours."""
        greeting = self._resident["inference"].greeting
        return greeting.version if greeting is not None and greeting.version != __version__ else ""

    def send_text(self, command: Command) -> None:
        """To the worker that holds documents, or to the one that knows the runs: they may be two."""
        runs = self._resident.get(RUNS)
        if runs is not None and isinstance(command, _ABOUT_RUNS):
            runs.send(command)
            return
        self._resident["text"].send(command)
        if runs is not None and isinstance(command, Cancel):
            runs.send(command)  # its job may be in either

    def send_inference(self, command: Command) -> None:
        """To the worker that holds a model."""
        self._resident["inference"].send(command)

    def send_models(self, command: Command) -> None:
        """To the worker that lists and fetches models where the engine is, started by its first command.

        A hub or a server that is slow keeps nobody else waiting.
        """
        if self._models is None:
            self._models = self._client("models")
            self._models.ended.connect(self._models_down)
        if not self._models.running and not self._closing and not isinstance(command, Cancel):
            self._models.start()
        self._models.send(command)

    def send_training(self, command: Command) -> None:
        """To the worker of the command's job; starting or resuming a run makes the worker."""
        client = self._training.get(command.job)
        if client is None and isinstance(command, StartTraining | ResumeTraining):
            self.warm_training()
            assert self._spare is not None
            client, self._spare = self._spare, None
            self._training[command.job] = client
            client.ended.connect(partial(self._training_down, command.job))
            if self._elsewhere and client.greeting is None:
                self._waiting[command.job] = []
                client.ready.connect(partial(self._training_up, command.job))
        if command.job in self._waiting:
            self._waiting[command.job].append(command)
        elif client is not None:
            client.send(self._placed(command, client))

    def warm_training(self) -> None:
        """Have a worker with torch loaded at hand, so that Start shows a curve at once."""
        if self._spare is not None and self._spare.running:
            return
        self._spare = self._client("training")
        self._spare.start()

    def end_training(self, job: str) -> None:
        """The run is over: let its worker go."""
        client = self._training.get(job)
        if client is not None:
            client.stop()

    def pids(self) -> dict[str, int]:
        """Process ids by role or training job."""
        models = {} if self._models is None else {"models": self._models}
        everyone = {**self._resident, **models, **self._training}
        return {name: client.pid for name, client in everyone.items()}

    def restart(self, role: str) -> None:
        """Start a resident worker again because the person asked."""
        self._restarts_left[role] = _RESTARTS
        self._start_again(role)

    def restart_all(self) -> None:
        """Start every resident worker again that does not run."""
        for role in self.roles:
            if not self._resident[role].running:
                self.restart(role)

    def close(self, timeout_ms: int = 10_000) -> None:
        """The window closes: every worker saves and ends."""
        self._closing = True
        others = [client for client in (self._spare, self._models) if client is not None]
        everyone = [*self._resident.values(), *self._training.values(), *others]
        for client in everyone:
            client.stop()
        for client in everyone:
            client.wait_for_end(timeout_ms)

    def _client(self, role: str) -> EngineClient:
        if role == RUNS:
            command = engine_command("text", self._data_dir, self._elsewhere)
        elif role == "text":
            command = engine_command(role, self._data_dir)
        else:
            command = engine_command(role, self._data_dir, self._elsewhere)
        client = EngineClient(command, self)
        client.received.connect(self.received)
        return client

    def _resident_up(self, role: str) -> None:
        self._up_since[role] = monotonic()
        if role == "inference":
            self.send_inference(FindDevice(job="device", device=self._device))  # type: ignore[arg-type]
        self.resident_ready.emit(role)

    def _resident_down(self, role: str, expected: bool, words: str) -> None:
        if self._closing or expected:
            return
        up_since = self._up_since.pop(role, None)
        if up_since is not None and monotonic() - up_since > _STEADY_S:
            self._restarts_left[role] = _RESTARTS
        left = self._restarts_left[role]
        self.resident_lost.emit(role, words, left > 0)
        if left == 0:
            return
        self._restarts_left[role] = left - 1
        if self._elsewhere and role != "text":
            pause_s = self.first_pause_s * 2 ** (_RESTARTS - left)
            QTimer.singleShot(round(pause_s * 1000), self, partial(self._start_again, role))
        else:
            self._start_again(role)

    def _models_down(self, expected: bool, words: str) -> None:
        if not expected and not self._closing:
            self.models_lost.emit(words)

    def _start_again(self, role: str) -> None:
        if not self._closing and not self._resident[role].running:
            self._resident[role].start()

    def _training_up(self, job: str) -> None:
        """Another computer's worker has said where its data is: only now a run can be placed there."""
        client = self._training[job]
        for command in self._waiting.pop(job, []):
            client.send(self._placed(command, client))

    def _placed(self, command: Command, client: EngineClient) -> Command:
        """A run that starts elsewhere goes to the data folder there."""
        if not (self._elsewhere and isinstance(command, StartTraining)):
            return command
        assert client.greeting is not None
        return msgspec.structs.replace(command, runs_dir=f"{client.greeting.data_dir}/runs")

    def _training_down(self, job: str, expected: bool, words: str) -> None:
        client = self._training.pop(job)
        self._waiting.pop(job, None)
        client.deleteLater()
        if self._closing:
            return
        self.warm_training()
        if not expected:
            self.training_lost.emit(job, words)
