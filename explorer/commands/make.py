"""`llm-explorer make`: the models that travel with the program, from a seed. Stops and goes on."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.commands.train import Progress, stop_on_interrupt
from explorer.core.threads import wait_without_spinning
from explorer.errors import InputError

if TYPE_CHECKING:
    import torch

    from explorer.core.evaluation import Shares
    from explorer.core.runs import RunFolder

_INTERRUPTED = 130


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:  # pyright: ignore[reportPrivateUsage]
    """Describe the sub-command's arguments."""
    parser = subparsers.add_parser(
        "make",
        help="make the shipped models from a seed",
        description="Train, measure and write explorer-base, explorer-chat and explorer-think. Ctrl+C "
        "saves; the same command goes on.",
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="(default: 1)")
    parser.add_argument("--work", required=True, metavar="DIR", help="where the runs are kept, to go on with")
    parser.add_argument(
        "--out", default="models", metavar="DIR", help="where the models go (default: models)"
    )
    parser.add_argument(
        "--scale", type=float, default=1.0, metavar="X", help="share of the steps, for a trial (default: 1)"
    )
    parser.add_argument(
        "--count", type=int, default=200, metavar="N", help="questions a measurement (default: 200)"
    )
    parser.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto")


def run(arguments: argparse.Namespace) -> int:
    """Train what is not trained, then measure and publish. Raises: ExplorerError."""
    if not 0 < arguments.scale <= 1:
        raise InputError(
            "The scale cannot be {scale}. Choose a number above 0, up to 1.", scale=arguments.scale
        )
    work, out = _folder(arguments.work), _folder(arguments.out)
    wait_without_spinning()

    from explorer.core.devices import choose
    from explorer.core.shipping.courses import COURSES
    from explorer.core.shipping.make import attend, finished
    from explorer.core.training.loop import Control

    device = choose(arguments.device)
    show, control = Progress(sys.stderr), Control()
    try:
        with stop_on_interrupt(control, show) as interrupts:
            for course in COURSES:
                show.say(course.title)
                interrupts.at_once = not (work / course.name).exists()
                for fact in attend(course, work, arguments.seed, device, control, arguments.scale):
                    interrupts.at_once = False
                    if fact is not None:
                        show.take(fact)
                if not finished(course, work):
                    show.say("Saved. The same command goes on.")
                    return _INTERRUPTED
            _publish(work, out, arguments, device, show)
    except KeyboardInterrupt:
        show.say("Stopped. The same command goes on.")
        return _INTERRUPTED
    return 0


def _publish(
    work: Path, out: Path, arguments: argparse.Namespace, device: "torch.device", show: Progress
) -> None:
    from explorer.core.evaluation import as_json
    from explorer.core.runs import RunFolder
    from explorer.core.shipping.card import card_of
    from explorer.core.shipping.courses import COURSES
    from explorer.core.shipping.publish import halved, publish

    measured: dict[str, Shares] = {}
    for course in COURSES:
        run = RunFolder(work / course.name)
        with halved(run) as model:
            measured[course.name] = _measure(model, arguments, device, show)
    for course in COURSES:
        if not course.ships:
            continue
        run, shares = RunFolder(work / course.name), measured[course.name]
        if course.name == "chat":  # what honesty costs and brings is seen beside the one without
            shares = shares | {
                f"{name} (without such training)": share
                for name, share in measured["invents"].items()
                if name.startswith(("unknown", "facts"))
            }
        start = None if course.parent is None else measured[course.parent]
        card = card_of(course, run.record(), arguments.seed, _seconds(run), shares, start)
        publish(run, out / course.title, card, as_json(measured[course.name]))
        show.say(f"wrote {out / course.title}")


def _measure(model: Path, arguments: argparse.Namespace, device: "torch.device", show: Progress) -> "Shares":
    from explorer.core.evaluation import Speaker, evaluate
    from explorer.core.loading import load_model
    from explorer.text.templates import TemplateRenderer

    shares: Shares = {}
    with TemplateRenderer() as renderer:
        speaker = Speaker.of(load_model(str(model), device, cache_dir=model.parent), renderer)
        for found in evaluate(speaker, arguments.seed, arguments.count):
            if found is not None:
                shares |= found
                show.say("  " + ", ".join(f"{name} {share.value:.3f}" for name, share in found.items()))
    return shares


def _seconds(run: "RunFolder") -> float:
    """Of training, over all sittings."""
    from explorer.core.runs import METRICS_FILE, metric_point, read_log

    points = (metric_point(line) for line in read_log(run.path / METRICS_FILE))
    return max((point.elapsed_s for point in points if point is not None), default=0.0)


def _folder(typed: str) -> Path:
    return Path(os.path.expanduser(typed)).absolute()  # noqa: PTH111  (Path's own fails for "~nobody")
