"""A process that judges answers by a person's own `verify(problem, text)`. See `person_verifier`.

It says "ready" when the file is loaded, or why it cannot be; then one JSON object a line: {"problem", "text"}
in, {"right"} or {"raised"} out. It imports nothing of ours: the person's file finds a plain Python.
"""

import faulthandler
import json
import os
import sys
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import SimpleNamespace
from typing import Any


def _load(path: str) -> Callable[[Any, str], Any]:
    loader = SourceFileLoader("persons_verifier", path)
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    verify: Any = getattr(module, "verify", None)
    if not callable(verify):
        raise AttributeError("it has no function verify(problem, text)")
    return verify


def _answer(verify: Callable[[Any, str], Any], line: bytes) -> dict[str, Any]:
    question = json.loads(line)
    try:
        return {"right": bool(verify(SimpleNamespace(**question["problem"]), question["text"]))}
    except Exception as error:  # whatever a person's program may raise
        return {"raised": f"{type(error).__name__}: {error}"[:300]}


def main(path: str, limit_s: float) -> None:
    """Answer until the input ends; die when an answer takes too long."""
    sys.dont_write_bytecode = True
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what the person's file prints is no answer

    def say(content: dict[str, Any]) -> None:
        sink.write(json.dumps(content).encode() + b"\n")
        sink.flush()

    with Path(os.devnull).open("w") as nowhere:
        arm: Callable[..., None] = faulthandler.dump_traceback_later
        arm(10 * limit_s, exit=True, file=nowhere)
        try:
            verify = _load(path)
        except Exception as error:
            say({"raised": f"{type(error).__name__}: {error}"[:300]})
            return
        faulthandler.cancel_dump_traceback_later()
        say({"ready": True})
        for line in sys.stdin.buffer:
            # The library's watchdog ends the process from outside of Python, even inside one endless call.
            arm(limit_s, exit=True, file=nowhere)
            reply = _answer(verify, line)
            faulthandler.cancel_dump_traceback_later()
            say(reply)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
