"""`llm-explorer corpus`: the world's corpus as files, raw and cleaned, and what each step of that did."""

import argparse
import json
import os
import re
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.core.data.world.corpus import LEAST_CHARACTERS
from explorer.errors import InputError

if TYPE_CHECKING:
    from explorer.core.data.cleaning.page import Report

_UNITS = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}
_EVERY = 200
"""Documents between two redrawings of the progress."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:  # pyright: ignore[reportPrivateUsage]
    """Describe the sub-command's arguments."""
    parser = subparsers.add_parser(
        "corpus",
        help="write the small world's corpus",
        description="Write the corpus of the small world, of any size; raw as the web has it, and cleaned.",
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="(default: 1)")
    parser.add_argument(
        "--size", default="5M", metavar="N", help="characters, such as 200k, 5M, 1G (default: 5M)"
    )
    parser.add_argument("--out", required=True, metavar="DIR", help="a new folder")
    parser.add_argument(
        "--raw", action="store_true", help="also as web pages, with what each one is in truth"
    )
    parser.add_argument(
        "--clean", action="store_true", help="also cleaned from those, step by step, measured"
    )
    parser.add_argument("--format", choices=("jsonl", "txt"), default="jsonl")
    parser.add_argument("--json", action="store_true", help="print the steps as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Write the files. Raises: InputError, StorageError."""
    from explorer.core.data.corpus_files import CorpusPlan, Written, step_row, write_corpus

    size = characters(arguments.size)
    folder = Path(os.path.expanduser(arguments.out))  # noqa: PTH111  (Path's own fails for "~nobody")
    plan = CorpusPlan(arguments.seed, size, arguments.raw, arguments.clean, arguments.format)
    last, reports = Written(0, 0), ()
    moving = sys.stderr.isatty()
    with closing(write_corpus(plan, folder)) as facts:
        for fact in facts:
            if isinstance(fact, Written):
                last = fact
                if moving and last.documents % _EVERY == 0:
                    share = min(1.0, last.characters / size)
                    print(
                        f"\r{share:4.0%}  {last.documents:,} documents", end="", file=sys.stderr, flush=True
                    )
            else:
                reports = fact
    if moving:
        print("\r" + " " * 40 + "\r", end="", file=sys.stderr)
    if arguments.json:
        told = {"documents": last.documents, "characters": last.characters, "folder": str(folder)}
        print(json.dumps(told | {"steps": [step_row(report) for report in reports]}, ensure_ascii=False))
    else:
        print(f"{last.documents:,} documents, {last.characters:,} characters in {folder}")
        _print_steps(reports)
    return 0


def characters(text: str) -> int:
    """Read a size such as "5M". Raises: InputError."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([kKmMgG]?)", text.strip())
    size = int(float(match[1]) * _UNITS[match[2].lower()]) if match else 0
    if size < LEAST_CHARACTERS:
        raise InputError(
            "{text} is no size that a corpus can have. Give a number of characters from 100k on, such as 5M.",
            text=text,
        )
    return size


def _print_steps(reports: "tuple[Report, ...]") -> None:
    """A line for each step, and what it dropped."""
    if not reports:
        return
    print(f"{'step':18}{'documents':>19}{'characters':>25}{'precision':>11}{'recall':>8}")
    for report in reports:
        print(
            f"{report.step:18}{report.documents_in:>9,} ->{report.documents_out:>7,}"
            f"{report.characters_in:>13,} ->{report.characters_out:>10,}"
            f"{_share(report.precision):>10}{_share(report.recall):>8}"
        )
    for report in reports:
        for reason, beginning in report.examples:
            print(f"{report.step}: {reason}: {beginning[:70]}")


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"
