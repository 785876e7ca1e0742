"""A process that renders one chat template after the other: strangers' programs, kept in a cage.

Jinja's immutable sandbox keeps them from our objects. What it does not keep them from is running for ever
and filling the memory, and a loop inside one library call cannot be interrupted; so the process ends itself.
It says "ready" at first; then one JSON object a line: {"template", "context"} in, {"text"} or {"raised"} or
{"broken"} out.
"""

import faulthandler
import json
import os
import sys
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from explorer.text.cage import limit_memory

MAX_CHARACTERS = 4_000_000


class _RaisedError(Exception):
    """The template itself said no."""


class _Generation(Extension):
    """`{% generation %} ... {% endgeneration %}` marks what the assistant wrote; it is only passed by."""

    tags = {"generation"}  # noqa: RUF012

    def parse(self, parser: Parser) -> list[nodes.Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def _raise_exception(message: object) -> None:
    raise _RaisedError(str(message)[:500])


def _strftime_now(layout: str) -> str:
    return datetime.now().strftime(layout)  # local time is meant: what day it is where the person is


def _tojson(
    value: Any,
    ensure_ascii: bool = False,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    """As templates expect it: no escapes for HTML."""
    return json.dumps(
        value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys
    )


@lru_cache(maxsize=8)
def _compiled(source: str) -> jinja2.Template:
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[_Generation, loopcontrols]
    )
    environment.filters["tojson"] = _tojson
    names: dict[str, Any] = environment.globals
    names |= {"raise_exception": _raise_exception, "strftime_now": _strftime_now}
    return environment.from_string(source)


def _rendered(source: str, context: dict[str, Any]) -> str:
    pieces: list[str] = []
    length = 0
    for piece in _compiled(source).generate(**context):
        pieces.append(piece)
        length += len(piece)
        if length > MAX_CHARACTERS:
            raise MemoryError
    # A template may write half a character: no text, and nothing that JSON could carry.
    return "".join(pieces).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def answer(line: bytes) -> dict[str, str]:
    """What to reply to one line."""
    try:
        question = json.loads(line)
        return {"text": _rendered(question["template"], question["context"])}
    except _RaisedError as error:
        return {"raised": str(error)}
    except MemoryError:
        return {"broken": "it writes without end"}
    except Exception as error:  # whatever a stranger's program may raise
        return {"broken": f"{type(error).__name__}: {error}"[:500]}


def main(limit_s: float) -> None:
    """Answer until the input ends; die when an answer takes too long."""
    limit_memory()
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sink.write(b"ready\n")
    sink.flush()
    with Path(os.devnull).open("w") as nowhere:
        arm: Callable[..., None] = faulthandler.dump_traceback_later
        for line in sys.stdin.buffer:
            # The library's watchdog ends the process from outside of Python, even inside one endless call.
            arm(limit_s, exit=True, file=nowhere)
            reply = json.dumps(answer(line)).encode() + b"\n"
            faulthandler.cancel_dump_traceback_later()
            sink.write(reply)
            sink.flush()


if __name__ == "__main__":
    main(float(sys.argv[1]))
