"""The engine processes of one window: who runs, who is asked what, and what happens when one dies."""

from functools import partial

from PySide6.QtCore import QObject, Signal

from explorer.protocol import Command, FindDevice, ResumeTraining, StartTraining
from explorer.ui.engine_client import EngineClient, engine_command

RESIDENT: tuple[str, ...] = ("text", "inference")
_RESTARTS = 5


class Engines(QObject):
    """Two resident workers (text, inference) and one per training run.

    Signals: `received(Event)` from any worker; `resident_ready(role)` each time a resident worker is up, the
    first time and after a restart; `resident_lost(role, words)`; `training_lost(job, words)` when the
    worker of a run died unasked. A resident worker that dies is started again, a few times at most.
    """

    received = Signal(object)
    resident_ready = Signal(str)
    resident_lost = Signal(str, str)
    training_lost = Signal(str, str)

    def __init__(self, data_dir: str, device: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._data_dir = data_dir
        self._device = device
        self._resident = {role: self._client(role) for role in RESIDENT}
        self._restarts_left = dict.fromkeys(RESIDENT, _RESTARTS)
        self._training: dict[str, EngineClient] = {}
        self._spare: EngineClient | None = None
        self._closing = False
        for role, client in self._resident.items():
            client.ready.connect(partial(self._resident_up, role))
            client.ended.connect(partial(self._resident_down, role))

    def start(self) -> None:
        """Start the resident workers."""
        for client in self._resident.values():
            client.start()

    def send_text(self, command: Command) -> None:
        """To the worker that holds documents and knows the runs on disk."""
        self._resident["text"].send(command)

    def send_inference(self, command: Command) -> None:
        """To the worker that holds a model."""
        self._resident["inference"].send(command)

    def send_training(self, command: Command) -> None:
        """To the worker of the command's job; starting or resuming a run makes the worker."""
        client = self._training.get(command.job)
        if client is None and isinstance(command, StartTraining | ResumeTraining):
            self.warm_training()
            assert self._spare is not None
            client, self._spare = self._spare, None
            self._training[command.job] = client
            client.ended.connect(partial(self._training_down, command.job))
        if client is not None:
            client.send(command)

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
        everyone = {**self._resident, **self._training}
        return {name: client.pid for name, client in everyone.items()}

    def restart(self, role: str) -> None:
        """Start a resident worker again because the person asked."""
        self._restarts_left[role] = _RESTARTS
        if not self._resident[role].running:
            self._resident[role].start()

    def close(self, timeout_ms: int = 10_000) -> None:
        """The window closes: every worker saves and ends."""
        self._closing = True
        spare = [] if self._spare is None else [self._spare]
        everyone = [*self._resident.values(), *self._training.values(), *spare]
        for client in everyone:
            client.stop()
        for client in everyone:
            client.wait_for_end(timeout_ms)

    def _client(self, role: str) -> EngineClient:
        client = EngineClient(engine_command(role, self._data_dir), self)
        client.received.connect(self.received)
        return client

    def _resident_up(self, role: str) -> None:
        if role == "inference":
            self.send_inference(FindDevice(job="device", device=self._device))  # type: ignore[arg-type]
        self.resident_ready.emit(role)

    def _resident_down(self, role: str, expected: bool, words: str) -> None:
        if self._closing or expected:
            return
        self.resident_lost.emit(role, words)
        if self._restarts_left[role] > 0:
            self._restarts_left[role] -= 1
            self._resident[role].start()

    def _training_down(self, job: str, expected: bool, words: str) -> None:
        client = self._training.pop(job)
        client.deleteLater()
        if self._closing:
            return
        self.warm_training()
        if not expected:
            self.training_lost.emit(job, words)
