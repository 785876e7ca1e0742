"""C sources to a library: compiled once on each machine by its own compiler, kept in the cache folder."""

import hashlib
import os
import platform
import shutil
import subprocess
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import platformdirs

from explorer.core.storage import write_atomically

_COMPILERS = ("cc", "gcc", "clang")
_FLAGS = (
    "-O3", "-march=native", "-fopenmp-simd", "-fno-math-errno", "-fno-trapping-math", "-fPIC", "-shared",
    "-pthread",
)  # fmt: skip
_TIMEOUT_S = 60

FAILURES = (OSError, AttributeError, subprocess.SubprocessError)
"""What `library` and loading its result raise, besides StorageError, where there is no working compiler."""


def compiler() -> str | None:
    """The path of this machine's C compiler."""
    return next(filter(None, map(shutil.which, _COMPILERS)), None)


def library(name: str, sources: Sequence[tuple[str, str]], command: str) -> Path:
    """The compiled library: from the cache folder, or made now by the compiler `command`, in a second or two.

    `sources`: pairs of a package and a file in it, which are compiled as if they were one file.
    Raises: OSError, StorageError, subprocess.SubprocessError.
    """
    source = b"\n".join((files(package) / file).read_bytes() for package, file in sources)
    known = (source, " ".join((command, *_FLAGS)).encode(), _processor())
    key = _digest(b"\0".join(known))
    folder = Path(platformdirs.user_cache_dir("llm-explorer", appauthor=False))
    for made in folder.glob(f"{name}-{key}-*.so"):
        # Loading a damaged one would end the process.
        if made.stem.endswith(_digest(made.read_bytes())):
            return made
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"making-{key}-{os.getpid()}.so"
    try:
        arguments = [command, *_FLAGS, "-x", "c", "-", "-o", str(partial), "-lm"]
        subprocess.run(arguments, input=source, capture_output=True, check=True, timeout=_TIMEOUT_S)
        content = partial.read_bytes()
    finally:
        partial.unlink(missing_ok=True)
    made = folder / f"{name}-{key}-{_digest(content)}.so"
    write_atomically(made, content)
    return made


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _processor() -> bytes:
    """What tells processors apart that take different instructions: homes may be shared between machines."""
    try:
        lines = Path("/proc/cpuinfo").read_bytes().splitlines()
    except OSError:
        lines = []
    flags = next((line for line in lines if line.startswith((b"flags", b"Features"))), b"")
    return flags + platform.machine().encode() + platform.processor().encode()
