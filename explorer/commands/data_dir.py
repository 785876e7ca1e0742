"""`--data-dir` of the sub-commands that keep a list; it may stand before an action or after it."""

import argparse
from pathlib import Path

from explorer.paths import default_data_dir


def add_data_dir(parser: argparse.ArgumentParser, default: str | None = None) -> None:
    """To an action's parser with `argparse.SUPPRESS`: what stood before the action then counts."""
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=default_data_dir() if default is None else default,
        metavar="DIR",
        help="where the list is kept",
    )
