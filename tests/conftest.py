"""What all tests share: Qt without a screen, the marker `gui`, and no process left behind."""

import os
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Threads of several workers that wait for each other on two cores only get in the way.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import psutil
import pytest

from explorer.ui.settings import Settings
from explorer.ui.theme import Theme


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if {"qtbot", "qapp"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.gui)


@pytest.fixture(autouse=True)
def no_process_left_behind() -> Iterator[None]:
    """A test that starts an engine must end it."""
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    yield
    left = [child for child in psutil.Process().children(recursive=True) if child.pid not in before]
    _, alive = psutil.wait_procs(left, timeout=5)
    # A resource tracker of Python's own may be started by any library and lives on: not ours to end.
    ours = [child for child in alive if "explorer" in " ".join(_command_line(child))]
    for child in ours:
        child.kill()
    assert not ours, f"processes left behind: {ours}"


def _command_line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path)


@pytest.fixture
def theme(qapp: object) -> Theme:
    """Light at 100 %."""
    return Theme("light")
