"""The inference service, driven by hand as the worker drives it."""

from collections import deque

from explorer.errors import ExplorerError
from explorer.protocol import Command, Event, TokenSampled
from explorer.services import Job, Wait
from explorer.services.inference import InferenceService


class Engine:
    """The worker's loop, step by step."""

    def __init__(self) -> None:
        self.service = InferenceService()
        self.events: list[Event] = []
        self.errors: list[ExplorerError] = []
        self.jobs: deque[tuple[str, Job]] = deque()

    def take(self, *commands: Command) -> None:
        for command in commands:
            self._step(command.job, self.service.run(command))

    def cancel(self, name: str) -> None:
        for job in [job for other, job in self.jobs if other == name]:
            job.close()  # type: ignore[attr-defined]
        self.jobs = deque(pair for pair in self.jobs if pair[0] != name)

    def advance(self, times: int = 1) -> None:
        for _ in range(times):
            if self.jobs:
                self._step(*self.jobs.popleft())

    def finish(self) -> list[Event]:
        """Until nothing is left to do; gives the events since the last time."""
        for _ in range(5000):
            if not self.jobs:
                break
            self.advance()
        assert not self.jobs, "a job waits for ever"
        events, self.events = self.events, []
        return events

    def ask(self, *commands: Command) -> list[Event]:
        self.take(*commands)
        return self.finish()

    def _step(self, name: str, job: Job) -> None:
        try:
            event = next(job)
        except StopIteration:
            return
        except ExplorerError as error:
            self.errors.append(error)
            return
        if event is not None and not isinstance(event, Wait):
            self.events.append(event)
        self.jobs.append((name, job))


def kinds(events: list[Event]) -> list[type[Event]]:
    return [type(event) for event in events]


def drawn(events: list[Event]) -> list[int]:
    return [event.token.id for event in events if isinstance(event, TokenSampled)]
