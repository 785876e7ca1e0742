"""Memory that a long text needed for a moment goes back to the system (glibc; elsewhere nothing is done)."""

import ctypes
import sys
from functools import cache
from typing import Any

_M_MMAP_THRESHOLD = -3
"""Of <malloc.h>."""
_LARGE = 256 * 1024


def give_back_large_blocks() -> None:
    """From now on, have blocks of 256 kB and more returned as soon as they are free.

    By itself glibc raises the size from which it does so each time such a block is freed, up to 32 MB, and
    what is smaller stays with the process in pieces. Not for processes that compute with torch: each of their
    arrays would be made of new pages.
    """
    mallopt = _of_glibc("mallopt")
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _LARGE)


def give_back_what_is_free() -> None:
    """Return the small blocks too, now. Milliseconds: not for the window's process."""
    trim = _of_glibc("malloc_trim")
    if trim is not None:
        trim(0)


@cache
def _of_glibc(function: str) -> Any:
    return getattr(ctypes.CDLL(None), function, None) if sys.platform == "linux" else None  # musl has none
