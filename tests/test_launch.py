"""Started where no window can be: one sentence that says what to install, exit code 1, no traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.commands import SUBCOMMANDS

linux_only = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="displays and libraries of Linux"
)


def start(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    inherited = {name: value for name, value in os.environ.items() if name not in hidden}
    command = [sys.executable, "-m", "explorer", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=inherited | environment, timeout=60)


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1
    assert done.stdout == ""
    (sentence,) = done.stderr.strip().splitlines()
    return sentence


@linux_only
def test_without_a_display(tmp_path: Path) -> None:
    sentence = refusal(start("--data-dir", str(tmp_path)))
    assert "no display" in sentence and "xvfb-run llm-explorer" in sentence
    assert list(tmp_path.iterdir()) == []


@linux_only
def test_with_a_display_that_does_not_answer(tmp_path: Path) -> None:
    sentence = refusal(start("--data-dir", str(tmp_path), DISPLAY=":987"))
    assert ":987" in sentence


@linux_only
def test_with_a_system_library_missing(tmp_path: Path) -> None:
    fake = tmp_path / "site" / "PySide6"
    fake.mkdir(parents=True)
    (fake / "__init__.py").write_text("")
    (fake / "QtWidgets.py").write_text(
        'raise ImportError("libEGL.so.1: cannot open shared object file: No such file or directory")'
    )
    sentence = refusal(start("--data-dir", str(tmp_path), DISPLAY=":0", PYTHONPATH=str(fake.parent)))
    assert "libEGL.so.1" in sentence and "apt install libegl1" in sentence


def test_a_data_folder_that_cannot_be_written(tmp_path: Path) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("in the way")
    sentence = refusal(start("--data-dir", str(blocked / "data"), QT_QPA_PLATFORM="offscreen"))
    assert "--data-dir" in sentence


def test_unknown_panels_and_sizes_are_usage_errors() -> None:
    for arguments in (["--panel", "kitchen"], ["--size", "big"], ["--lang", "fr"]):
        done = start(*arguments, QT_QPA_PLATFORM="offscreen")
        assert done.returncode == 2 and "Traceback" not in done.stderr


def test_help_names_every_sub_command() -> None:
    said = " ".join(start("--help").stdout.split())
    assert all(name in said for name in SUBCOMMANDS)


def test_version() -> None:
    done = start("--version")
    assert done.returncode == 0 and done.stdout.startswith("LLM Explorer ")
