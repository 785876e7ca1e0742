"""A person's own verifier: a Python file with `def verify(problem, text) -> bool`.

It is the person's program on the person's machine and may do all that the person may: a cage that holds
cannot be promised for Python, and one's own code needs none. It runs in a process of its own all the same,
with a limit of time, so that its mistakes cost a count in the curves and not the run.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec

from explorer.core.data.problems import Problem
from explorer.errors import InputError

TIME_LIMIT_S = 2.0
_ENDLESS_AT_MOST = 3
"""After so many answers that did not come in time, the rest of an update is not asked for."""


@dataclass(frozen=True)
class Opinion:
    """What a person's verifier said of one answer."""

    right: bool
    trouble: str = ""
    """Why it said nothing: it raised, or took too long. Such an answer counts as wrong."""


class _Reply(msgspec.Struct):
    ready: bool = False
    right: bool | None = None
    raised: str | None = None


def check_verifier(path: Path, limit_s: float = TIME_LIMIT_S) -> None:
    """Load it once. Raises: InputError if there is no verifier in `path` that can be called."""
    if not path.is_file():
        raise InputError(
            "There is no file {path}. Choose a Python file with verify(problem, text).", path=str(path)
        )
    child = _Child(path, limit_s)
    try:
        if child.trouble:
            raise InputError(
                "{path} cannot be used as a verifier ({reason}). It needs a function verify(problem, text).",
                path=str(path),
                reason=child.trouble,
            )
    finally:
        child.close()


def opinions(
    path: Path, asked: Sequence[tuple[Problem, str]], limit_s: float = TIME_LIMIT_S
) -> list[Opinion]:
    """Of each text as an answer to its problem. Never raises: what goes wrong is said in the opinion."""
    found: list[Opinion] = []
    endless = 0
    child: _Child | None = None
    try:
        for problem, text in asked:
            if endless >= _ENDLESS_AT_MOST:
                found.append(Opinion(False, "not asked: it did not end in time before"))
                continue
            child = child or _Child(path, limit_s)
            reply = child.ask(problem, text)
            if reply is None:
                endless += 1
                child.close()
                child = None
                found.append(Opinion(False, f"it did not end within {limit_s:g} seconds"))
            else:
                found.append(reply)
    finally:
        if child is not None:
            child.close()
    return found


class _Child:
    """One process; it loads the file at once."""

    def __init__(self, path: Path, limit_s: float) -> None:
        program = Path(__file__).with_name("verifier_child.py")
        self._process = subprocess.Popen(
            [sys.executable, str(program), str(path.absolute()), str(limit_s)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=path.absolute().parent,
            env={**os.environ, "PYTHONSAFEPATH": "1"},  # our folder's modules are not the person's
        )
        greeting = self._read()
        self.trouble = ""
        if greeting is None:
            self.trouble = "loading it did not end in time, or ended Python"
        elif not greeting.ready:
            self.trouble = greeting.raised or "no answer"

    def ask(self, problem: Problem, text: str) -> Opinion | None:
        """None if it ended instead of answering."""
        if self.trouble:
            return Opinion(False, self.trouble)
        assert self._process.stdin is not None
        line = json.dumps({"problem": _plain(problem), "text": text}).encode() + b"\n"
        try:
            self._process.stdin.write(line)
            self._process.stdin.flush()
        except OSError:
            return None
        reply = self._read()
        if reply is None:
            return None
        return Opinion(bool(reply.right), reply.raised or "")

    def _read(self) -> _Reply | None:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        try:
            return msgspec.json.decode(line, type=_Reply)
        except msgspec.DecodeError:
            return None

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()


def _plain(problem: Problem) -> dict[str, Any]:
    return asdict(problem)
