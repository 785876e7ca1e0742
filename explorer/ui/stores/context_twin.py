"""The same question beside the conversation, from the model's parameters alone. Free of Qt."""

from collections.abc import Callable

from explorer.protocol import Command, Device, Event, ModelLoaded
from explorer.ui.stores.answering import Answering, Question


class Twin:
    """A second session of the same weights, which the engine has in memory once. Nothing of it is kept."""

    def __init__(self, send: Callable[[Command], object], clock: Callable[[], float]) -> None:
        self.answering = Answering("", send, clock)
        self.turn = 0
        """The question that it answers; 0: none."""
        self._waits: Question | None = None

    @property
    def busy(self) -> bool:
        """Whether its answer is to come."""
        return self._waits is not None or self.answering.phase in ("reading", "writing")

    def ask(self, job: str, path: str, device: Device, turn: int, question: Question) -> None:
        """Answer `question`, which is the turn `turn` without its document."""
        self.answering.clear()
        self.turn = turn
        if (
            self.answering.model is not None
            and self.answering.path == path
            and self.answering.phase == "idle"
        ):
            self.answering.ask(question)
            return
        self._waits = question
        self.answering.load(job, path, device)

    def stop(self) -> None:
        """It breaks off; what is written stays."""
        self._waits = None
        self.answering.break_off()

    def forget(self) -> None:
        """Another conversation, or another model."""
        self._waits = None
        self.answering.clear()
        self.answering.close()
        self.answering.model, self.turn = None, 0

    def abandon(self) -> None:
        """The engine is gone."""
        self._waits = None
        self.answering.abandon()
        self.answering.model = None

    def apply(self, event: Event) -> None:
        """Take an event of its job."""
        self.answering.apply(event)
        if isinstance(event, ModelLoaded) and self._waits is not None:
            question, self._waits = self._waits, None
            self.answering.ask(question)
        elif self.answering.phase == "empty":
            self._waits = None
