"""A real X screen for tests: Xvfb, real key and mouse events (xdotool), and what is painted.

Xvfb keeps its picture in a memory-mapped file of the XWD format, so a look costs no more programs.
"""

import os
import shutil
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

NEEDS = [program for program in ("Xvfb", "xdotool") if shutil.which(program) is None]


class Screen:
    """A display of its own. Use as a context manager."""

    def __init__(self, folder: Path, size: str = "1280x800") -> None:
        self._folder = folder
        reader, writer = os.pipe()
        command = [
            "Xvfb",
            "-displayfd",
            str(writer),
            "-screen",
            "0",
            f"{size}x24",
            "-fbdir",
            str(folder),
            "-nolisten",
            "tcp",
        ]
        self._server = subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL)
        os.close(writer)
        with os.fdopen(reader) as answer:
            self.display = f":{int(answer.readline())}"

    def __enter__(self) -> "Screen":
        return self

    def __exit__(self, *_: object) -> None:
        self._server.terminate()
        self._server.wait(10)

    def do(self, *arguments: str | int) -> str:
        """One xdotool command: keys and clicks go through the X server like a person's."""
        command = ["xdotool", *(str(argument) for argument in arguments)]
        environment = os.environ | {"DISPLAY": self.display}
        return subprocess.run(
            command, env=environment, check=True, capture_output=True, text=True, timeout=60
        ).stdout

    def picture(self) -> npt.NDArray[np.uint8]:
        """What is on the screen: (height, width, 3) as RGB."""
        data = (self._folder / "Xvfb_screen0").read_bytes()
        header = struct.unpack(">25I", data[:100])
        header_size, width, height, bits, line_bytes, colours = (header[i] for i in (0, 4, 5, 11, 12, 19))
        assert bits == 32
        start = header_size + 12 * colours
        pixels = np.frombuffer(data, np.uint8, height * line_bytes, start).reshape(height, line_bytes // 4, 4)
        return pixels[:, :width, 2::-1]

    def count(self, colour: str, region: tuple[slice, slice] = (slice(None), slice(None))) -> int:
        """Pixels of exactly this colour ("#RRGGBB") in a region (rows, columns)."""
        wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], np.uint8)
        return int((self.picture()[region] == wanted).all(axis=2).sum())


def wait_until(condition: Callable[[], bool], alive: subprocess.Popen[bytes], seconds: float = 60) -> bool:
    """Look about 20 times a second while the program lives; False when it never came true."""
    for _ in range(round(20 * seconds)):
        if condition():
            return True
        try:
            alive.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
        return condition()
    return False
