"""Processes of their own for what strangers wrote: a template, a PDF. They may hang or fill the memory."""

import os
import select
import subprocess
import sys
from collections.abc import Generator, Sequence

SLICE_S = 0.02
"""How long one step may wait for such a process."""
MEMORY_LIMIT_BYTES = 1 << 30


def start(module: str, arguments: Sequence[str]) -> "subprocess.Popen[bytes]":
    """Run one of our modules with pipes, and this process's paths."""
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )


def readable(child: "subprocess.Popen[bytes]") -> Generator[None]:
    """Until there is something to read, or it has ended."""
    assert child.stdout is not None
    try:
        while not select.select([child.stdout], [], [], SLICE_S)[0]:
            yield
    except OSError:
        return  # Windows cannot look at a pipe: there the reader waits


def end(child: "subprocess.Popen[bytes]") -> None:
    """Whatever it does."""
    child.kill()
    child.communicate()


def limit_memory() -> None:
    """To be called by the process itself: what takes more than `MEMORY_LIMIT_BYTES` fails."""
    try:
        import resource
    except ImportError:  # Windows has no such limits; time and output are limited there too
        return
    try:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ValueError, OSError):
        pass  # a stricter limit is set already, or this system has none
