"""The worker's loop, with small honest services and real lines."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread  # noqa: TID251  (the reader of the pipe, as in the worker)

import psutil

from explorer.errors import InputError
from explorer.protocol import (
    Cancel,
    Command,
    DraftLoaded,
    Event,
    Failed,
    JobCancelled,
    ListRuns,
    LoadDraft,
    Message,
    Ready,
    SaveDraft,
    decode_event,
    encode,
)
from explorer.services import Job
from explorer.worker import Worker


class Counting:
    """LoadDraft counts to the number in its name; SaveDraft fails in the way that its text says."""

    commands: tuple[type[Command], ...] = (LoadDraft, SaveDraft)

    def __init__(self) -> None:
        self.closed_jobs: list[str] = []
        self.closed = False

    def run(self, command: Command) -> Job:
        return self._count(command) if isinstance(command, LoadDraft) else self._fail(command)

    def _count(self, command: LoadDraft) -> Job:
        try:
            for i in range(int(command.name)):
                yield DraftLoaded(job=command.job, name=command.name, text=str(i))
        finally:
            self.closed_jobs.append(command.job)

    def _fail(self, command: Command) -> Iterator[Event | None]:
        assert isinstance(command, SaveDraft)
        yield None
        if command.text == "ours":
            raise InputError("There is no {thing}. Take another.", thing="spoon")
        if command.text == "memory":
            raise MemoryError
        raise KeyError("not foreseen")

    def close(self) -> None:
        self.closed = True


def serve(*messages: Message | bytes, until: type[Event] | None = None) -> tuple[list[Event], Counting]:
    """Feed the messages; the input ends at once, or when the first event of type `until` was said."""
    service, said = Counting(), list[Event]()
    reader, writer = os.pipe()

    def send(event: Event) -> None:
        said.append(event)
        if until is not None and isinstance(event, until):
            os.close(writer)

    worker = Worker([service], send)
    os.write(writer, b"".join(m if isinstance(m, bytes) else encode(m) for m in messages))
    if until is None:
        os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        feeder = Thread(target=worker.feed, args=(stream,))
        feeder.start()
        worker.serve()
        feeder.join()
    return said, service


def test_the_first_word_is_ready_and_the_end_of_input_closes_the_services() -> None:
    said, service = serve()
    assert said == [Ready(pid=os.getpid(), version=said[0].version)]
    assert service.closed


def test_a_failure_of_ours_goes_as_template_and_values() -> None:
    said, service = serve(
        SaveDraft(job="a", name="n", text="ours"), LoadDraft(job="wait", name="99999"), until=Failed
    )
    failed = next(event for event in said if isinstance(event, Failed))
    assert failed == Failed(job="a", template="There is no {thing}. Take another.", values={"thing": "spoon"})
    assert service.closed_jobs == ["wait"]


def test_an_unforeseen_error_ends_its_job_alone_and_keeps_its_traceback() -> None:
    said, _ = serve(SaveDraft(job="a", name="n", text="?"), LoadDraft(job="b", name="3"), until=Failed)
    failed = next(event for event in said if isinstance(event, Failed))
    assert failed.job == "a" and "KeyError" in failed.values["error"] and "Traceback" in failed.details


def test_jobs_run_side_by_side_and_cancel_ends_one() -> None:
    said, service = serve(
        LoadDraft(job="a", name="1000"),
        LoadDraft(job="b", name="1000"),
        Cancel(job="a"),
        LoadDraft(job="c", name="1"),
    )
    assert JobCancelled(job="a") in said
    assert not any(
        isinstance(e, DraftLoaded) and e.job == "a" for e in said[said.index(JobCancelled(job="a")) :]
    )
    assert service.closed_jobs[0] == "a" and set(service.closed_jobs) == {"a", "b", "c"}


def test_what_it_does_not_understand_is_refused_in_words_and_the_next_line_still_counts() -> None:
    said, _ = serve(b"{]\n", b'{"type":"LoadDraft"}\n', ListRuns(job="x"), LoadDraft(job="b", name="1"))
    failures = [event for event in said if isinstance(event, Failed)]
    assert len(failures) == 3
    assert "{]" in failures[0].details and "name" in failures[1].details and failures[2].job == "x"
    assert DraftLoaded(job="b", name="1", text="0") in said


def test_a_stray_print_of_a_library_does_not_break_the_stream(tmp_path: Path) -> None:
    code = f"""
import os, sys
import explorer.worker as worker
def services(role, data_dir):
    print("a library says hello")
    os.write(1, b"even from C\\n")
    return []
worker._services = services
sys.exit(worker.main("text", {str(tmp_path)!r}))
"""
    done = subprocess.run([sys.executable, "-c", code], input=b"", capture_output=True, timeout=60)
    assert done.returncode == 0
    (line,) = done.stdout.splitlines()
    assert isinstance(decode_event(line), Ready)
    assert b"hello" in done.stderr and b"even from C" in done.stderr


def test_a_training_worker_lets_the_window_go_first(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "explorer", "worker", "training", str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdin is not None
        process.stdout.readline()
        nice = psutil.Process(process.pid).nice()
        process.stdin.close()
    assert nice == (psutil.IDLE_PRIORITY_CLASS if psutil.WINDOWS else 19)
