"""The real program on a real X screen, driven by real keys and clicks; judged by what is painted."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.ui.theme import LIGHT
from tests.ui.x_screen import NEEDS, Screen, wait_until

pytestmark = pytest.mark.skipif(bool(NEEDS), reason=f"not installed here: {', '.join(NEEDS)}")
WIDTH, HEIGHT = 1280, 800
WORK = (slice(80, HEIGHT - 80), slice(90, WIDTH))


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    folder = tmp_path / "screen"
    folder.mkdir()
    with Screen(folder, f"{WIDTH}x{HEIGHT}") as screen:
        yield screen


@pytest.fixture
def program(screen: Screen, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "explorer", "--data-dir", str(tmp_path / "data"), "--look", "light"]
    command += ["--panel", "tokenizer", "--size", f"{WIDTH}x{HEIGHT}", "--lang", "en", "--device", "cpu"]
    environment = os.environ | {"DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb"}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
    yield process
    process.terminate()
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors.decode()
    assert b"Traceback" not in errors


def painted_tokens(screen: Screen) -> int:
    return sum(screen.count(fill, WORK) for fill in LIGHT.tokens)


def test_typing_shows_tokens_and_the_rail_changes_the_panel(
    screen: Screen, program: subprocess.Popen[bytes]
) -> None:
    window = screen.do("search", "--sync", "--onlyvisible", "--name", "LLM Explorer").split()[0]
    screen.do("windowfocus", "--sync", window)
    assert wait_until(lambda: painted_tokens(screen) > 2000, program), "the first text never got its tokens"

    # Empty the editor with the keyboard: no token is left on the screen.
    screen.do("mousemove", 300, 300, "click", 1)
    screen.do("key", "ctrl+a", "BackSpace")
    screen.do("mousemove", 640, 790)
    assert wait_until(lambda: painted_tokens(screen) < 200, program), "an empty text shows tokens"

    # Two words: two colours, in the editor and beside it.
    screen.do("type", "--delay", "5", "Hello strawberry")
    first, second = LIGHT.tokens[:2]
    both = lambda: min(screen.count(first, WORK), screen.count(second, WORK)) > 300  # noqa: E731
    assert wait_until(both, program), "two words typed, but their tokens are not painted"

    # Hovering a word lights it up.
    screen.do("mousemove", 150, 210)
    hovered = lambda: screen.count(LIGHT.token_hover, WORK) > 100  # noqa: E731
    for y in range(140, 320, 12):
        screen.do("mousemove", 150, y)
        if wait_until(hovered, program, 0.4):  # some frames for the window to follow the mouse
            break
    assert hovered(), "nothing lights up under the mouse"

    # The keyboard brings another panel: the tokens are gone; and back.
    screen.do("key", "ctrl+2")
    assert wait_until(lambda: painted_tokens(screen) < 100, program)
    screen.do("key", "ctrl+1")
    assert wait_until(both, program)
