"""Folders to models."""

import subprocess
import sys
from pathlib import Path

import pytest

from explorer.core.loading import checkpoint_of, model_folder
from explorer.core.tokenizer_source import source_of
from explorer.paths import models_dir
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


def test_a_model_that_travels_with_the_program_is_found_by_its_bare_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = models_dir() / "explorer-chat"
    assert model_folder("explorer-chat", tmp_path) == folder
    assert checkpoint_of(Path("explorer-chat")) == folder
    assert source_of("explorer-chat").parent == folder
    own = save_small_model(tmp_path / "explorer-chat")
    assert model_folder("explorer-chat", tmp_path).resolve() == own.resolve(), "what is here goes first"
    assert model_folder("../explorer-think", tmp_path) == Path("../explorer-think"), "a path is a path"
