"""What a worker can do, one service a concern: command in, events out.

A service names the commands that it answers and gives, for each, a generator of events: the job. The
worker advances jobs in turn and looks for commands between two yields, so whatever a job does between
yields should take well under 100 ms (a training or decoding step is the longest). `None` is yielded
for "nothing to say, but look for commands", and a `Wait` when there is nothing to do for a while either:
a worker whose jobs all wait sleeps. Closing the generator cancels the job: clean up in `finally`.

Torch is imported inside the methods that need it, never at the top of a service's module: the worker
that serves text must start in a blink.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from explorer.protocol import Command, Event


@dataclass(frozen=True)
class Wait:
    """Nothing to do until a command comes, or until `seconds` have passed (None: only a command)."""

    seconds: float | None = None


Job = Iterator[Event | Wait | None]


class Service(Protocol):
    """One concern of a worker."""

    commands: tuple[type[Command], ...]

    def run(self, command: Command) -> Job:
        """Answer one of `commands`. Raises (while iterated): ExplorerError, shown to the person as is."""
        ...

    def close(self) -> None:
        """The window is gone or the worker ends: leave the disk in order, quickly."""
        ...
