"""The engine process: command in, advance a job, event out.

The window starts it as `python -m explorer worker` and talks over stdin and stdout. End of input means
that the window is gone: services put the disk in order and the process ends.
"""

import io
import math
import os
import platform
import signal
import sys
import traceback
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread  # noqa: TID251  (the one reader of the pipe)
from time import monotonic
from typing import BinaryIO

import psutil

from explorer import __version__
from explorer.errors import ExplorerError
from explorer.heap import give_back_large_blocks
from explorer.paths import OWN_DATA_DIR, default_data_dir, models_dir
from explorer.protocol import Cancel, Command, Event, Failed, JobCancelled, Ready, decode_command, encode
from explorer.services import Job, Service, Wait

_END = object()


class Worker:
    """Runs jobs in turn, one yield each, and looks for commands in between.

    Commands are taken in order; the jobs that they start run side by side. A command that belongs to a
    job is a short job of its own with the same job id. `send` writes one event to the window.
    """

    def __init__(
        self, services: Iterable[Service], send: Callable[[Event], None], data_dir: str = ""
    ) -> None:
        self._services = tuple(services)
        self._by_command = {kind: service for service in self._services for kind in service.commands}
        self._send = send
        self._data_dir = data_dir
        self._inbox: SimpleQueue[bytes | object] = SimpleQueue()
        self._jobs: deque[_Running] = deque()

    def feed(self, stream: BinaryIO) -> None:
        """Put every line of `stream` into the inbox until it ends. Runs in the reader's thread."""
        for line in stream:
            self._inbox.put(line)
        self._inbox.put(_END)

    def serve(self) -> None:
        """Until the input ends."""
        self._send(
            Ready(pid=os.getpid(), version=__version__, machine=platform.node(), data_dir=self._data_dir)
        )
        try:
            while self._take_commands():
                self._advance_one()
        finally:
            for running in self._jobs:
                # Nobody is there to read it, but one job that cannot save must not keep the others from it.
                with suppress(BrokenPipeError):
                    self._close(running)
            for service in self._services:
                service.close()

    def end(self) -> None:
        """Serve no more, as if the input had ended. May be called by a signal's handler."""
        self._inbox.put(_END)

    def _take_commands(self) -> bool:
        """All that are there; if every job waits, wait for one too. False at the end of input."""
        try:
            line = self._next_line()
            while line is not _END:
                self._take(line)  # type: ignore[arg-type]
                for running in self._jobs:
                    running.wake_at = 0.0  # the command may be what it waits for
                line = self._inbox.get(block=False)
        except Empty:
            return True
        return False

    def _next_line(self) -> bytes | object:
        """Raises: Empty, when a job's turn has come first."""
        wake_at = min((running.wake_at for running in self._jobs), default=math.inf)
        if wake_at == math.inf:
            return self._inbox.get()
        left_s = wake_at - monotonic()
        return self._inbox.get(timeout=left_s) if left_s > 0 else self._inbox.get(block=False)

    def _take(self, line: bytes) -> None:
        try:
            command = decode_command(line)
        except ValueError as error:  # what is no message, or no UTF-8
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
        running = _Running(command.job, service.run(command))
        self._jobs.append(running)
        if not self._step(running):
            self._jobs.remove(running)

    def _cancel(self, command: Cancel) -> None:
        doomed = [running for running in self._jobs if running.name == command.job]
        self._jobs = deque(running for running in self._jobs if running.name != command.job)
        closed = [self._close(running) for running in doomed]
        if all(closed):
            self._send(JobCancelled(job=command.job))

    def _close(self, running: "_Running") -> bool:
        """Let a job clean up. False if it failed in that, which has been said then."""
        try:
            running.close()
        except Exception as error:
            self._send(_failure(running.name, error))
            return False
        return True

    def _advance_one(self) -> None:
        """The next job in turn whose time has come."""
        for _ in range(len(self._jobs)):
            running = self._jobs[0]
            self._jobs.rotate(-1)
            if running.wake_at <= monotonic():
                if not self._step(running):
                    self._jobs.remove(running)
                return

    def _step(self, running: "_Running") -> bool:
        """Advance once and send what comes. False when the job is over."""
        try:
            fact = next(running.job)
        except StopIteration:
            return False
        except Exception as error:
            self._send(_failure(running.name, error))
            return False
        running.wake_at = 0.0
        if isinstance(fact, Wait):
            running.wake_at = math.inf if fact.seconds is None else monotonic() + fact.seconds
        elif fact is not None:
            self._send(fact)
        return True


def _failure(job: str, error: Exception) -> Failed:
    """The sentence for what a job raised."""
    if isinstance(error, ExplorerError):
        return Failed(job=job, template=error.template, values=error.values)
    if isinstance(error, MemoryError):
        return Failed(
            job=job, template="There is not enough memory for this. Choose something smaller and try again."
        )
    return Failed(
        job=job,
        template="The engine met an error of its own: {error}",
        values={"error": f"{type(error).__name__}: {error}"},
        details="".join(traceback.format_exception(error)),
    )


@dataclass(eq=False)
class _Running:
    """A job under way. `wake_at`: on the monotonic clock, when it wants its next turn at the latest."""

    name: str
    job: Job
    wake_at: float = 0.0

    def close(self) -> None:
        """Cancel it: the generator's `finally` runs."""
        self.job.close()  # type: ignore[attr-defined]  # every job is a generator


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
    """Serve one window until its pipe closes. `role`: "text", "models" (no torch), "inference", "training".

    `data_dir` may be `paths.OWN_DATA_DIR`: a window on another computer does not know ours.
    """
    if data_dir == OWN_DATA_DIR:
        data_dir = str(default_data_dir())
        Path(data_dir).mkdir(parents=True, exist_ok=True)
    source, sink = _own_the_pipes()
    if role == "training":
        lower_priority()
    elif role == "text":
        give_back_large_blocks()

    def send(event: Event) -> None:
        sink.write(encode(event))
        sink.flush()

    worker = Worker(_services(role, data_dir), send, data_dir)
    # Ctrl+C in the terminal is meant for the window, which says what becomes of its engines.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda number, frame: worker.end())
    Thread(target=worker.feed, args=(source,), daemon=True).start()
    with suppress(BrokenPipeError):  # the window is gone; jobs and services are closed on the way out
        worker.serve()
    return 0


def _services(role: str, data_dir: str) -> list[Service]:
    if role == "text":
        from explorer.services.chat_view import ChatViewService
        from explorer.services.comparing import ComparingService
        from explorer.services.conversations import ConversationService
        from explorer.services.documents import DocumentService
        from explorer.services.merges import MergeService
        from explorer.services.problems import ProblemService
        from explorer.services.rollouts import RolloutService
        from explorer.services.runs import RunService
        from explorer.services.tools import ToolService
        from explorer.services.vocabularies import VocabularyService

        documents = DocumentService(data_dir)
        return [
            documents,
            VocabularyService(documents.tokenizer_of),
            ComparingService(documents.text_of, documents.tokenizer_of),
            ChatViewService(documents.shelf.opened),
            MergeService(data_dir, documents.text_of),
            RunService(data_dir, models_dir()),
            ProblemService(),
            RolloutService(),
            ConversationService(data_dir),
            ToolService(),
        ]
    if role == "models":
        from explorer.services.downloads import DownloadService
        from explorer.services.models import ModelService
        from explorer.services.servers import ServerService

        models = ModelService(data_dir)
        return [models, DownloadService(data_dir, models.run), ServerService(data_dir, models.run)]
    if role == "training":
        from explorer.core.threads import wait_without_spinning
        from explorer.services.training import TrainingService

        wait_without_spinning()
        import_module("explorer.core.training.stages")  # before anybody asks: such a worker is kept at hand

        return [TrainingService()]
    from explorer.services.inference import InferenceService
    from explorer.services.preferences import PreferenceService

    return [InferenceService(data_dir), PreferenceService(data_dir)]


__all__ = ["Command", "Worker", "main"]
