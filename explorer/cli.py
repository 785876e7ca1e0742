"""The sub-commands' dispatcher: parse, run, and say what went wrong in one sentence.

Exit codes: 0 done, 1 a sentence on stderr says what cannot be done, 2 the command line was not understood,
130 interrupted.
"""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import NoReturn

from explorer import __version__
from explorer.commands import SUBCOMMANDS
from explorer.errors import ExplorerError


class _Parser(argparse.ArgumentParser):
    """Says a usage error in one line; argparse's own prints the usage too."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}. See {self.prog} --help.\n")


def _parser(chosen: str) -> argparse.ArgumentParser:
    """The parser with the chosen sub-command only, or with all of them for the overview."""
    parser = _Parser(
        prog="llm-explorer", description="Language models, seen from inside; here without a window."
    )
    parser.add_argument("--version", action="version", version=f"llm-explorer {__version__}")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in (chosen,) if chosen in SUBCOMMANDS else SUBCOMMANDS:
        import_module(f"explorer.commands.{name}").add_parser(subparsers)
    return parser


def main(argv: Sequence[str]) -> int:
    """Run the sub-command named by `argv[0]` and return the exit code; never a traceback for bad input."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal that cannot show a character shows its escape instead of ending the program.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        arguments = _parser(argv[0] if argv else "").parse_args(argv)
    except SystemExit as leaving:  # argparse has said why
        return leaving.code if isinstance(leaving.code, int) else 2
    try:
        code: int = import_module(f"explorer.commands.{arguments.command}").run(arguments)
        sys.stdout.flush()
    except ExplorerError as error:
        _say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        _drop_output()  # the reader (`| head`) has left
        return 1
    except OSError as error:
        _drop_output()
        reason = error.strerror or str(error)
        _say(f"The system refused: {reason}. Free some space or choose another place, and try again.")
        return 1
    except MemoryError:
        _say("There is not enough memory for this. Choose something smaller and try again.")
        return 1
    return code


def _drop_output() -> None:
    """Give the interpreter's last flush of what could not be written somewhere to go."""
    with suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)


def _say(sentence: str) -> None:
    """One line on stderr. Lone surrogates (bytes of a file name that are not UTF-8) become escapes."""
    line = " ".join(sentence.split())
    print(line.encode("utf-8", "backslashreplace").decode("utf-8"), file=sys.stderr)
