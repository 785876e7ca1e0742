"""Memory that goes back: measured in a process of its own, whose store nothing else has touched."""

import platform
import subprocess
import sys

import pytest

_PROGRAM = """
import sys
from explorer.heap import give_back_large_blocks
import psutil
if sys.argv[1] == "yes":
    give_back_large_blocks()
block = bytearray(20_000_000)
del block  # glibc now keeps blocks of up to 20 MB for itself
before = psutil.Process().memory_info().rss
blocks = [bytearray(b"x" * 1_000_000) for _ in range(60)]
del blocks[:-1]  # the last one stays, and with it all below it
print((psutil.Process().memory_info().rss - before) // 1_000_000)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps large blocks")
def test_large_blocks_go_back_as_soon_as_they_are_free() -> None:
    kept = {
        told: int(subprocess.check_output([sys.executable, "-c", _PROGRAM, told], text=True, timeout=60))
        for told in ("no", "yes")
    }
    assert kept["no"] > 40, "the trouble is no more: nothing needs to be told"
    assert kept["yes"] < 5
