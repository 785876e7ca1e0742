"""The window's command line, and a refusal in words before Qt would abort."""

import argparse
import sys
from pathlib import Path

from explorer import __version__
from explorer.commands import SUBCOMMANDS
from explorer.display import why_no_window
from explorer.heap import give_back_large_blocks
from explorer.paths import default_data_dir

PANELS = ("tokenizer", "context", "training", "sampling", "compare", "thinking", "models")


def parse_arguments(argv: list[str]) -> argparse.Namespace:
    """The window's own options."""
    parser = argparse.ArgumentParser(
        prog="llm-explorer",
        description="See, show and teach how language models work.",
        epilog=f"Without a window: llm-explorer {' | '.join(SUBCOMMANDS)} --help",
    )
    parser.add_argument("--version", action="version", version=f"LLM Explorer {__version__}")
    parser.add_argument("--panel", choices=PANELS, help="the panel to open with")
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=default_data_dir(),
        metavar="DIR",
        help="where runs and settings are kept",
    )
    parser.add_argument(
        "--device", choices=("auto", "cpu", "cuda", "mps"), default="auto", help="what the engine computes on"
    )
    parser.add_argument(
        "--engine",
        metavar="COMMAND",
        help="compute on another machine, for this time only: 'ssh gpubox python -m explorer' "
        "(an empty one computes here)",
    )
    parser.add_argument(
        "--lang",
        choices=("en", "zh_CN"),
        help="the window's language (default: as chosen last, or the system's)",
    )
    parser.add_argument(
        "--screenshot",
        type=Path,
        metavar="FILE",
        help="save what the window shows as PNG when it is idle, and exit",
    )
    parser.add_argument("--look", choices=("system", "light", "dark"), help="colours, for this time only")
    parser.add_argument("--scale", type=float, metavar="X", help="font scale, 0.8 to 2.5, for this time only")
    parser.add_argument("--size", type=_size, metavar="WxH", help="the window's size, for this time only")
    return parser.parse_args(argv)


def _size(text: str) -> tuple[int, int]:
    try:
        width, height = (int(part) for part in text.lower().split("x"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size: write it as 1440x900") from None
    return width, height


def main(argv: list[str]) -> int:
    """Open the window and run until it is closed. Returns the exit code."""
    arguments = parse_arguments(argv)
    trouble = why_no_window()
    if not trouble:
        trouble = _unusable_folder(arguments.data_dir)
    if trouble:
        print(trouble, file=sys.stderr)
        return 1
    give_back_large_blocks()
    from explorer.app import App

    return App(arguments).run()


def _unusable_folder(data_dir: Path) -> str:
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        probe = data_dir / ".probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        why = error.strerror
        return f"The data folder {data_dir} cannot be written ({why}): choose another with --data-dir."
    return ""
