"""Folders to models."""

import subprocess
import sys
from pathlib import Path

from tests.core.small import save_small_model

_LOAD = """
import sys
from explorer.core.loading import load_model
load_model(sys.argv[1], "cpu")
print("sympy" in sys.modules)
"""


def test_loading_wakes_nothing_of_torch_that_takes_a_second(tmp_path: Path) -> None:
    """Sympy comes with the modules that torch loads for random numbers on its "meta" device."""
    folder = save_small_model(tmp_path / "small")
    done = subprocess.run(
        [sys.executable, "-c", _LOAD, str(folder)], capture_output=True, text=True, check=True, timeout=100
    )
    assert done.stdout == "False\n"
