"""`llm-explorer train`: every stage of training without a window. Ctrl+C saves and says how to go on.

Under torchrun, several processes do one run together: see `explorer.core.training.distributed`.
"""

import argparse
import os
import shlex
import signal
import sys
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from explorer.core.threads import wait_without_spinning
from explorer.errors import InputError
from explorer.protocol import (
    BUILT_IN_TEXT,
    PRACTICE_TEXT,
    WORLD_TEXT,
    CheckpointSaved,
    Event,
    RunStarted,
    Sampled,
    StepDone,
    TextRead,
    TrainingEnded,
    TrainingStage,
)

if TYPE_CHECKING:
    from explorer.core.training.distributed import World
    from explorer.core.training.loop import Control

_INTERRUPTED = 130
_BAR_WIDTH = 24
_PLAIN_EVERY = 50
"""Steps between two lines where there is no terminal."""
_STAGES = {
    "reading": "reading the text",
    "tokenizer": "learning the vocabulary",
    "tokens": "turning the text into tokens",
    "pairs": "drawing pairs of answers",
    "model": "making the model",
    "compiling": "compiling",
}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:  # pyright: ignore[reportPrivateUsage]
    """Describe the sub-command's arguments."""
    parser = subparsers.add_parser(
        "train",
        help="train a model on a text, or on from a checkpoint",
        description="Train a model on a text, from nothing; or, in a later stage, on from a checkpoint.",
    )
    parser.add_argument(
        "--text",
        default=BUILT_IN_TEXT,
        metavar="PATH",
        help="a text, .jsonl, .csv, .parquet or nanoGPT .bin, a folder of such files, "
        f"{WORLD_TEXT} (of any size: {WORLD_TEXT}:24M), {PRACTICE_TEXT} (the same with more problems), or "
        f"{BUILT_IN_TEXT} (default)",
    )
    parser.add_argument(
        "--preset", default="nano", metavar="NAME", help="nano (default), micro, small or medium"
    )
    parser.add_argument("--out", required=True, metavar="DIR", help="the run's folder")
    parser.add_argument("--resume", action="store_true", help="go on from the newest checkpoint in DIR")
    parser.add_argument("--steps", type=int, metavar="N", help="(default: the preset's)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="(default: 1)")
    parser.add_argument(
        "--tokenizer",
        default="bpe",
        metavar="KIND",
        help="bpe (default) or characters, learned from the text; or the folder of a tokenizer made here",
    )
    parser.add_argument("--vocab-size", type=int, metavar="N", help="entries at most (default: the preset's)")
    parser.add_argument("--context", type=int, metavar="N", help="tokens (default: the preset's)")
    parser.add_argument("--batch", type=int, metavar="N", help="rows a step (default: the preset's)")
    parser.add_argument(
        "--learning-rate", type=float, metavar="X", help="at its height (default: the preset's)"
    )
    parser.add_argument(
        "--optimizer", choices=("adamw", "muon"), help="what changes the matrices (default: the preset's)"
    )
    parser.add_argument(
        "--stage",
        default="pretrain",
        metavar="NAME",
        help="pretrain (default), sft, rejection, grpo, reward or rlhf",
    )
    parser.add_argument(
        "--from",
        dest="parent",
        default="",
        metavar="DIR",
        help="the checkpoint, or the run, to begin from; with pretrain: to go on learning from another text",
    )
    parser.add_argument(
        "--set",
        dest="options",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="something that only this stage knows; may be given more than once",
    )
    parser.add_argument(
        "--milestones", type=int, metavar="N", help="keep N checkpoints of the way for good (default: none)"
    )
    parser.add_argument("--name", default="", metavar="NAME", help="what to call the run")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto")


def run(arguments: argparse.Namespace) -> int:
    """Train until the end or Ctrl+C. Raises: ExplorerError."""
    folder = Path(os.path.expanduser(arguments.out))  # noqa: PTH111  (Path's own fails for "~nobody")
    wait_without_spinning()

    from explorer.core.training.distributed import joined, started_by_torchrun

    if not started_by_torchrun():
        return _lead(arguments, folder, None)
    with joined() as world:
        if world.rank > 0:
            return _follow(arguments, folder, world)
        try:
            return _lead(arguments, folder, world)
        finally:
            world.announce_end()


def _follow(arguments: argparse.Namespace, folder: Path, world: "World") -> int:
    """One of the processes that do what process 0 announces; it says what there is to say."""
    from explorer.core.devices import choose
    from explorer.core.runs import RunFolder
    from explorer.core.training.follow import follow
    from explorer.core.training.stages import open_stage

    for number in (signal.SIGINT, signal.SIGTERM):  # process 0 hears it too, and announces the end
        signal.signal(number, signal.SIG_IGN)
    follow(RunFolder(folder), world.device(choose(arguments.device)), world, open_stage)
    return 0


def _lead(arguments: argparse.Namespace, folder: Path, world: "World | None") -> int:
    """The one process that prepares, writes and talks."""
    if arguments.resume and not (folder / "run.json").is_file():
        raise InputError("There is no run in {folder} to go on with. Leave --resume out.", folder=str(folder))

    from explorer.core.devices import choose
    from explorer.core.runs import RunFolder
    from explorer.core.training.loop import Control
    from explorer.core.training.stages import open_trainer

    device = choose(arguments.device)
    if world is not None:
        device = world.device(device)
    show = Progress(sys.stderr)
    control = Control()
    steps = arguments.steps if arguments.resume else None
    go_on = f"Go on with: llm-explorer train --out {shlex.quote(str(folder))} --resume"
    try:
        with stop_on_interrupt(control, show) as interrupts:
            if not arguments.resume:
                with closing(_preparation(arguments, folder, world)) as facts:
                    for fact in facts:
                        show.take(fact)
            with open_trainer(RunFolder(folder), device, control, steps, world) as trainer:
                if world is not None:
                    world.announce_open()
                interrupts.at_once = False
                for fact in trainer.run():
                    if fact is not None:
                        show.take(fact)
    except KeyboardInterrupt:
        show.say(f"Stopped. {go_on}" if RunFolder(folder).exists else "Stopped: nothing was written.")
        return _INTERRUPTED
    if not show.finished:
        show.say(f"Saved. {go_on}")
        return _INTERRUPTED
    return 0


def _preparation(arguments: argparse.Namespace, folder: Path, world: "World | None") -> Generator[Event]:
    from explorer.core.training.prepare import Plan
    from explorer.core.training.stages import prepare

    plan = Plan(
        text=arguments.text,
        preset=arguments.preset,
        tokenizer=arguments.tokenizer,
        vocab_size=arguments.vocab_size,
        steps=arguments.steps,
        seed=arguments.seed,
        name=arguments.name,
        context=arguments.context,
        batch=arguments.batch,
        learning_rate=arguments.learning_rate,
        optimizer=arguments.optimizer,
        milestones=arguments.milestones,
        stage=arguments.stage,
        parent=arguments.parent,
        options=_options(arguments.options),
        processes=1 if world is None else world.size,
    )
    with closing(prepare(plan, folder)) as facts:
        yield from (fact for fact in facts if isinstance(fact, TrainingStage | TextRead))


def _options(typed: list[str]) -> dict[str, str]:
    """Raises: InputError."""
    for pair in typed:
        if "=" not in pair:
            raise InputError("--set takes NAME=VALUE, but {given} has no =. Write it again.", given=pair)
    return {name: value for name, _, value in (pair.partition("=") for pair in typed)}


@dataclass
class Interrupts:
    """How the first Ctrl+C is taken."""

    at_once: bool = True
    """Whether it ends what is under way, rather than to let it save."""


@contextmanager
def stop_on_interrupt(control: "Control", show: "Progress") -> Generator["Interrupts"]:
    """The first Ctrl+C (or SIGTERM) ends the run after its step, saved; a second one ends it at once.

    While `at_once` of what is given is set, and so at the beginning, the first one does.
    """
    interrupts = Interrupts()

    def stop(number: int, frame: object) -> None:
        if control.stop or interrupts.at_once:
            raise KeyboardInterrupt
        control.stop = True
        show.say("Stopping after this step and saving …")

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interrupts
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Progress:
    """What is under way: one line that moves on a terminal, a line now and then elsewhere."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._moving = stream.isatty()
        self._drawn = 0
        self._steps = 1
        self._stage = ""
        self._val_loss: float | None = None
        self.finished = False

    def take(self, fact: Event) -> None:
        """Show a fact of the run."""
        match fact:
            case TrainingStage():
                self._take_stage(fact)
            case TextRead():
                self._take_text(fact)
            case RunStarted():
                self._steps = fact.info.steps
                self.say(
                    f"{fact.info.name}: {fact.info.parameters:,} parameters, {fact.vocab_size:,} in the "
                    f"vocabulary, {fact.train_tokens:,} tokens to learn from, {fact.val_tokens:,} held out, "
                    f"on {fact.device}"
                )
            case StepDone():
                self._take_step(fact)
            case Sampled() if self._moving:
                text = " ".join(fact.sample.text.split())
                self.say(f"  step {fact.sample.step:,} says: {text[:160]}")
            case CheckpointSaved() if not self._moving:
                self.say(f"saved {fact.path}")
            case TrainingEnded():
                self.finished = fact.finished
                self.say(f"Step {fact.step:,}: saved as {fact.checkpoint}")
            case _:
                pass

    def say(self, line: str) -> None:
        """A line that stays."""
        self._clear()
        print(line, file=self._stream, flush=True)

    def _take_stage(self, fact: TrainingStage) -> None:
        words = _STAGES[fact.stage]
        if self._moving:
            self._draw(f"{words} {fact.share:4.0%}")
        elif words != self._stage:
            self.say(words)
        self._stage = words

    def _take_text(self, fact: TextRead) -> None:
        left_out = f", {fact.files_skipped:,} files without text left out" if fact.files_skipped else ""
        self.say(f"{fact.documents:,} documents{left_out}")
        if fact.lines_skipped:
            self.say(f"{fact.lines_skipped:,} lines could not be used and were left out:")
            for example in fact.examples:
                self.say(f"  {example}")
        if fact.vocab_size < fact.vocab_wanted:
            self.say(
                f"The text fills only {fact.vocab_size:,} of the {fact.vocab_wanted:,} entries of a "
                "vocabulary: no other pair of tokens occurs twice"
            )

    def _take_step(self, fact: StepDone) -> None:
        point = fact.point
        if point.val_loss is not None:
            self._val_loss = point.val_loss
        held_out = "" if self._val_loss is None else f"  held out {self._val_loss:.3f}"
        loss = "" if point.train_loss is None else f"  loss {point.train_loss:.3f}"
        own = "".join(f"  {name} {value:.3g}" for name, value in point.series.items())
        numbers = f"{point.step:,}/{self._steps:,}{loss}{held_out}{own}"
        if self._moving:
            done = round(_BAR_WIDTH * point.step / self._steps)
            left = f"  {point.tokens_per_s:,.0f} tok/s  {_clock(fact.eta_s)} left"
            self._draw(f"[{'#' * done}{'.' * (_BAR_WIDTH - done)}] {numbers}{left}")
        elif point.step == 1 or point.step % _PLAIN_EVERY == 0 or point.step == self._steps:
            self.say(f"{numbers}  {point.tokens_per_s:,.0f} tok/s")

    def _draw(self, line: str) -> None:
        self._stream.write("\r" + line.ljust(self._drawn))
        self._stream.flush()
        self._drawn = len(line)

    def _clear(self) -> None:
        if self._drawn:
            self._stream.write("\r" + " " * self._drawn + "\r")
            self._drawn = 0


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"
