"""The engine process: command in, advance a job, event out.

The window starts it as `python -m explorer worker` and talks over stdin and stdout. End of input means
that the window is gone: services put the disk in order and the process ends.
"""

import io
import os
import sys
import traceback
from collections import deque
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from threading import Thread  # noqa: TID251  (the one reader of the pipe)
from typing import BinaryIO

import msgspec
import psutil

from explorer import __version__
from explorer.errors import ExplorerError
from explorer.protocol import Cancel, Command, Event, Failed, JobCancelled, Ready, decode_command, encode
from explorer.services import Job, Service

_END = object()


class Worker:
    """Runs jobs in turn, one yield each, and looks for commands in between.

    Commands are taken in order; the jobs that they start run side by side. A command that belongs to a
    job is a short job of its own with the same job id. `send` writes one event to the window.
    """

    def __init__(self, services: Iterable[Service], send: Callable[[Event], None]) -> None:
        self._services = tuple(services)
        self._by_command = {kind: service for service in self._services for kind in service.commands}
        self._send = send
        self._inbox: SimpleQueue[bytes | object] = SimpleQueue()
        self._jobs: deque[tuple[str, Job]] = deque()

    def feed(self, stream: BinaryIO) -> None:
        """Put every line of `stream` into the inbox until it ends. Runs in the reader's thread."""
        for line in stream:
            self._inbox.put(line)
        self._inbox.put(_END)

    def serve(self) -> None:
        """Until the input ends."""
        self._send(Ready(pid=os.getpid(), version=__version__))
        try:
            while self._take_commands():
                self._advance_one()
        finally:
            for _, job in self._jobs:
                job.close()  # type: ignore[attr-defined]  # every job is a generator
            for service in self._services:
                service.close()

    def _take_commands(self) -> bool:
        """All that wait; if there is nothing else to do, wait for one. False at the end of input."""
        try:
            line = self._inbox.get(block=not self._jobs)
            while line is not _END:
                self._take(line)  # type: ignore[arg-type]
                line = self._inbox.get(block=False)
        except Empty:
            return True
        return False

    def _take(self, line: bytes) -> None:
        try:
            command = decode_command(line)
        except msgspec.DecodeError as error:
            self._send(
                Failed(
                    template="The engine did not understand a message.", details=f"{error}: {line[:500]!r}"
                )
            )
            return
        if isinstance(command, Cancel):
            self._cancel(command)
            return
        service = self._by_command.get(type(command))
        if service is None:
            self._send(
                Failed(job=command.job, template="This engine cannot do that.", details=str(type(command)))
            )
            return
        # A command takes effect at once up to its first yield, so that commands keep their order.
        job = service.run(command)
        if self._step(command.job, job):
            self._jobs.append((command.job, job))

    def _cancel(self, command: Cancel) -> None:
        doomed = [job for name, job in self._jobs if name == command.job]
        self._jobs = deque((name, job) for name, job in self._jobs if name != command.job)
        for job in doomed:
            job.close()  # type: ignore[attr-defined]
        self._send(JobCancelled(job=command.job))

    def _advance_one(self) -> None:
        if self._jobs:
            name, job = self._jobs.popleft()
            if self._step(name, job):
                self._jobs.append((name, job))

    def _step(self, name: str, job: Job) -> bool:
        """Advance once and send what comes. False when the job is over."""
        try:
            event = next(job)
        except StopIteration:
            return False
        except ExplorerError as error:
            self._send(Failed(job=name, template=error.template, values=error.values))
            return False
        except MemoryError:
            self._send(
                Failed(
                    job=name,
                    template="There is not enough memory for this. Choose something smaller and try again.",
                )
            )
            return False
        except Exception as error:
            self._send(
                Failed(
                    job=name,
                    template="The engine met an error of its own: {error}",
                    values={"error": f"{type(error).__name__}: {error}"},
                    details=traceback.format_exc(),
                )
            )
            return False
        if event is not None:
            self._send(event)
        return True


def _own_the_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Stdin and stdout for the protocol alone; what a library prints goes to stderr from now on."""
    source, sink = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(2, 1)
    os.close(null)
    sys.stdout = sys.stderr
    return io.open(source, "rb"), io.open(sink, "wb")  # noqa: UP020


def lower_priority() -> None:
    """Let the window go first: it shares the cores with a training run."""
    process = psutil.Process()
    if psutil.WINDOWS:
        process.nice(psutil.IDLE_PRIORITY_CLASS)  # type: ignore[attr-defined]
    else:
        process.nice(19)


def main(role: str, data_dir: str) -> int:
    """Serve one window until its pipe closes. `role`: "text" (never loads torch), "inference", "training"."""
    source, sink = _own_the_pipes()
    if role == "training":
        lower_priority()

    def send(event: Event) -> None:
        sink.write(encode(event))
        sink.flush()

    worker = Worker(_services(role, data_dir), send)
    Thread(target=worker.feed, args=(source,), daemon=True).start()
    try:
        worker.serve()
    except BrokenPipeError:
        return 0  # the window is gone; services were closed on the way out
    except KeyboardInterrupt:
        return 0
    return 0


def _services(role: str, data_dir: str) -> list[Service]:
    if role == "text":
        from explorer.services.documents import DocumentService
        from explorer.services.runs import RunService

        return [DocumentService(data_dir), RunService(data_dir)]
    if role == "training":
        from explorer.services.training import TrainingService

        return [TrainingService()]
    from explorer.services.inference import InferenceService

    return [InferenceService(data_dir)]


__all__ = ["Command", "Worker", "main"]
