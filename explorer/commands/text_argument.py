"""A text for a sub-command: on the command line, in a file, or from standard input."""

import argparse
import os
import sys
from pathlib import Path

from explorer.errors import InputError
from explorer.text.files import decoded, text_blocks


def add_to(group: "argparse._MutuallyExclusiveGroup") -> None:  # pyright: ignore[reportPrivateUsage]
    """TEXT or --file."""
    group.add_argument(
        "text", nargs="?", metavar="TEXT", help='the text; from standard input if missing or "-"'
    )
    group.add_argument("--file", type=Path, metavar="PATH", help="read the text from this UTF-8 file")


def text_of(arguments: argparse.Namespace) -> str:
    """Raises: InputError."""
    if arguments.file is not None:
        return "".join(text_blocks(arguments.file))
    if arguments.text is None or arguments.text == "-":
        if sys.stdin is None:
            raise InputError("There is no standard input to read from. Give the text on the command line.")
        return decoded(sys.stdin.buffer.read(), "Standard input")
    # Bytes that the locale could not read stand in argv as surrogates: take them as the UTF-8 that they are.
    return os.fsencode(arguments.text).decode("utf-8", "replace")
