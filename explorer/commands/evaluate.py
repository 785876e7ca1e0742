"""`llm-explorer evaluate`: what a model can do, as shares with their errors, or as JSON."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.core.threads import wait_without_spinning
from explorer.errors import InputError
from explorer.paths import default_data_dir

if TYPE_CHECKING:
    from explorer.core.evaluation import Shares

_INTERRUPTED = 130
_COUNT = 200
_LARGEST_SEED = 2**31 - 1


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:  # pyright: ignore[reportPrivateUsage]
    """Describe the sub-command's arguments."""
    parser = subparsers.add_parser(
        "evaluate",
        help="measure what a model can do",
        description="Measure what a model can do, on what it has not learned from.",
    )
    parser.add_argument(
        "--model",
        required=True,
        metavar="WHERE",
        help="a checkpoint's or a run's folder, a Hugging Face folder, a GGUF file, a name (explorer-chat)",
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another one asks other things")
    parser.add_argument(
        "--count", type=int, default=_COUNT, metavar="N", help=f"questions a task (default: {_COUNT})"
    )
    parser.add_argument(
        "--only",
        default="",
        metavar="NAME,...",
        help="some tasks, by name; bits_per_byte is one (default: all)",
    )
    parser.add_argument("--json", action="store_true", help='print shares by name, with "n" and "se"')
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=default_data_dir(),
        metavar="DIR",
        help="where unpacked files are kept",
    )
    parser.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto")


def run(arguments: argparse.Namespace) -> int:
    """Measure. Raises: InputError, DamagedFileError."""
    if not 0 <= arguments.seed <= _LARGEST_SEED:
        raise InputError("The seed cannot be {seed}. Choose a number from 0 on.", seed=arguments.seed)
    wait_without_spinning()

    from explorer.core import devices
    from explorer.core.evaluation import ALL, Speaker, evaluate
    from explorer.core.loading import load_model, opened_dir
    from explorer.text.templates import TemplateRenderer

    loaded = load_model(
        arguments.model, devices.choose(arguments.device), cache_dir=opened_dir(arguments.data_dir)
    )
    if loaded.terms:
        print(loaded.terms, file=sys.stderr)
    with TemplateRenderer() as renderer:
        speaker = Speaker.of(loaded, renderer)
        way = "in conversations" if speaker.chats else "as documents: it has no chat template"
        print(f"{loaded.info.name} ({loaded.info.parameters:,} parameters), asked {way}", file=sys.stderr)
        show = _Progress()
        shares: Shares = {}
        names = [name for name in arguments.only.split(",") if name] or ALL
        try:
            for found in evaluate(speaker, arguments.seed, arguments.count, names):
                if found is None:
                    show.tick()
                    continue
                shares |= found
                show.say(", ".join(f"{name} {share.value:.3f}" for name, share in found.items()))
        except KeyboardInterrupt:
            show.say("Stopped: what was measured so far follows.")
            _print(shares, arguments.json)
            return _INTERRUPTED
    _print(shares, arguments.json)
    return 0


def _print(shares: "Shares", wants_json: bool) -> None:
    if wants_json:
        from explorer.core.evaluation import as_json

        print(json.dumps(as_json(shares)), flush=True)
        return
    width = max(map(len, shares), default=0)
    for name, share in shares.items():
        print(f"{name:<{width}}  {share.value:.3f}  ± {share.se:.3f}  ({share.n})")


class _Progress:
    """One moving sign on a terminal; only the lines elsewhere."""

    def __init__(self) -> None:
        self._moving = sys.stderr.isatty()
        self._ticks = 0

    def tick(self) -> None:
        """Something was done."""
        self._ticks += 1
        if self._moving and self._ticks % 20 == 0:
            sys.stderr.write("\r" + "|/-\\"[self._ticks // 20 % 4])
            sys.stderr.flush()

    def say(self, line: str) -> None:
        """A line that stays."""
        sys.stderr.write(("\r" if self._moving else "") + line + "\n")
        sys.stderr.flush()
