"""The loop that all stages share, as a generator of facts: updates, logs, pauses, samples, checkpoints.

A fact is one of the protocol's events. A checkpoint holds all that the next step needs, so a run that was
killed goes on with the very numbers that it would have had. (With another number of steps it learns at other
rates from there on: the cooldown moves.)
"""

import math
from collections.abc import Callable, Generator, Iterator
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import Any, NoReturn

import msgspec
import torch

from explorer.core import checkpoints
from explorer.core.model import Transformer
from explorer.core.runs import (
    METRICS_FILE,
    ROLLOUTS_FILE,
    SAMPLES_FILE,
    RunFolder,
    RunLog,
    RunRecord,
    metric_line,
    sample_line,
)
from explorer.core.training.distributed import ProcessLostError, World
from explorer.core.training.folder import position_of, recipe_of, tokenizer_of, trainer_state
from explorer.core.training.gradients import memory_errors
from explorer.core.training.learner import NotANumberError
from explorer.core.training.pace import Pace
from explorer.core.training.stage import Evaluated, Measured, Opening, Stage
from explorer.errors import DamagedFileError, InputError, StorageError, TrainingError
from explorer.protocol import (
    CheckpointSaved,
    Event,
    MetricPoint,
    RunStarted,
    Sampled,
    StepDone,
    TrainingContinued,
    TrainingEnded,
    TrainingPaused,
)
from explorer.text.tokenizer_files import huggingface_tokenizer

_KEEP_CHECKPOINTS = 3


@dataclass
class Control:
    """What a person wants of a run that is under way; read between two steps."""

    pause: bool = False
    stop: bool = False
    sample: bool = False


class Trainer:
    """One sitting of a run: from its newest good checkpoint (or the start) to its end, a pause or a stop.

    Use as a context manager: it holds the folder's lock and its logs.
    """

    def __init__(
        self,
        folder: RunFolder,
        device: torch.device,
        control: Control,
        open_stage: Callable[[Opening], Stage],
        steps: int | None = None,
        world: World | None = None,
    ) -> None:
        """`steps`: a new goal for a run that shall go on. `world`: the processes that do it together.

        Raises: InputError, DamagedFileError, StorageError.
        """
        self.folder, self.control, self._device, self._world = folder, control, device, world
        self.waiting = False
        """Whether the run is held and nothing will come until `control` changes."""
        self.folder.__enter__()
        try:
            self._open(open_stage, steps)
        except BaseException:
            self.folder.__exit__()
            raise

    def _open(self, open_stage: Callable[[Opening], Stage], steps: int | None) -> None:
        record = self.folder.record()
        if steps is not None and steps < 1:
            raise InputError("A run needs at least one step. Choose a larger number.")
        self.recipe = recipe_of(self.folder, record)
        if record.failure:
            # At the rates that broke it, the same step would break again.
            self.recipe = self.recipe.calmer()
            record = msgspec.structs.replace(record, recipe=asdict(self.recipe))
        self.record = msgspec.structs.replace(record, steps=steps or record.steps)
        tokenizer = tokenizer_of(self.folder, record)
        self._hf_tokenizer = huggingface_tokenizer(tokenizer)
        position = position_of(self.folder, record, self._device)
        self.learner, self.step, self.elapsed_s = position.learner, position.step, position.elapsed_s
        self._saved_step = position.saved_step
        self._check_goal(record)
        self._milestones = self.recipe.milestone_steps(self.record.steps)
        if self._world is not None:
            self.learner.join(self._world)
        self.stage = open_stage(
            Opening(self.folder, self.record, tokenizer, self.learner, position.stage_state)
        )
        self.folder.set_aside_checkpoints_after(self.step)
        self._note(steps=self.record.steps, recipe=self.record.recipe, finished=False, failure="")
        self._open_logs()

    def _check_goal(self, record: RunRecord) -> None:
        if self.step < self.record.steps:
            return
        # Its process may have died between the last checkpoint and the note that all is done.
        if self.step >= record.steps:
            self._note(steps=record.steps, finished=True)
        raise InputError(
            "All {steps} steps of this run are done. Give a larger number of steps to go on.",
            steps=self.record.steps,
        )

    def _open_logs(self) -> None:
        self._logs: dict[str, RunLog] = {}
        try:
            for name in (METRICS_FILE, SAMPLES_FILE):
                self._logs[name] = RunLog(self.folder.path / name, self.step)
            if (self.folder.path / ROLLOUTS_FILE).exists():
                self._logs[ROLLOUTS_FILE] = RunLog(self.folder.path / ROLLOUTS_FILE, self.step)
        except BaseException:
            self._close_logs()
            raise

    def _close_logs(self) -> None:
        for log in self._logs.values():
            log.close()

    def __enter__(self) -> "Trainer":
        return self

    def __exit__(self, *_: object) -> None:
        self._close_logs()
        self.folder.__exit__()

    @property
    def model(self) -> Transformer:
        """As it is now."""
        return self.learner.model

    # ------------------------------------------------------------ the loop

    def run(self) -> Iterator[Event | None]:
        """Facts until the last step, or until `control.stop`; None while there is nothing to tell.

        Raises: TrainingError when the loss is no number; StorageError. The last good checkpoint stands.
        """
        yield self._started()
        pace = Pace()
        sampled_at = -math.inf
        saved_at = perf_counter()
        while self.step < self.record.steps and not self.control.stop:
            if self.control.pause:
                yield from self._hold()
                continue
            with memory_errors():
                point = yield from self._advance(pace)
            left = pace.left_s(self.record.steps - self.step, self.recipe)
            yield StepDone(point=point, eta_s=left)
            last = self.step == self.record.steps
            if self.control.sample or last or self.elapsed_s - sampled_at >= pace.sample_every_s(self.recipe):
                yield from self._sample(pace)
                sampled_at = self.elapsed_s
            due = perf_counter() - saved_at >= self.recipe.checkpoint_every_s
            if due or self.step in self._milestones:
                yield self.save()
                saved_at = perf_counter()
        finished = self.step >= self.record.steps
        if self.unsaved:
            yield self.save()
        self._note(finished=finished)
        yield TrainingEnded(
            step=self.step, finished=finished, checkpoint=str(self.folder.checkpoint_path(self.step))
        )

    def _started(self) -> RunStarted:
        sizes = self.stage.sizes
        return RunStarted(
            info=msgspec.structs.replace(self.folder.info(), step=self.step, status="running"),
            device=str(self._device),
            vocab_size=self.record.vocab_size,
            train_tokens=sizes.train_tokens,
            val_tokens=sizes.val_tokens,
            tokens_per_step=sizes.tokens_per_step,
            uniform_loss=math.log(self.record.vocab_size),
        )

    def _advance(self, pace: Pace) -> Generator[Event | None, None, MetricPoint]:
        """One update, and its lines in the logs."""
        began = perf_counter()
        step = self.step + 1
        try:
            if self._world is not None:
                self._world.announce_step(step, self.record.steps)
            measured = yield from self.stage.advance(step, self.record.steps)
        except NotANumberError:
            self._fail(step)
        except ProcessLostError as error:
            if self.unsaved:
                self.save()
            raise TrainingError(
                "Another process of this run ended while step {step} was done, so the run was stopped; the "
                "checkpoint of step {good} is kept. Start it again with --resume.",
                step=step,
                good=self.step,
            ) from error
        self.step = step
        update_s = perf_counter() - began
        pace.updates_s.append(update_s)
        scores = Evaluated()
        if step == 1 or step % self.recipe.evaluate_every == 0 or step == self.record.steps:
            scores = yield from self.stage.evaluate()
            pace.evaluation_s = perf_counter() - began - update_s
            if scores.loss is not None and not math.isfinite(scores.loss):
                self._fail(step)
        self.elapsed_s += perf_counter() - began
        point = self._point(measured, scores, update_s)
        self._log_rollouts(measured)
        self._logs[METRICS_FILE].append(metric_line(point))
        return point

    def _point(self, measured: Measured, scores: Evaluated, update_s: float) -> MetricPoint:
        return MetricPoint(
            step=self.step,
            train_loss=measured.train_loss,
            val_loss=scores.loss,
            val_bpb=scores.bits_per_byte,
            learning_rate=measured.learning_rate,
            grad_norm=measured.grad_norm,
            tokens_per_s=measured.tokens / update_s,
            elapsed_s=self.elapsed_s,
            series={**measured.series, **scores.series},
        )

    def _log_rollouts(self, measured: Measured) -> None:
        if not measured.rollouts:
            return
        if ROLLOUTS_FILE not in self._logs:
            self._logs[ROLLOUTS_FILE] = RunLog(self.folder.path / ROLLOUTS_FILE, self.step)
        for rollout in measured.rollouts:
            self._logs[ROLLOUTS_FILE].append({"step": self.step, **rollout})

    def _fail(self, step: int) -> NoReturn:
        if self._saved_step is None:
            error = TrainingError(
                "The loss was no number any more at step {step}, so the run was stopped, before its first "
                "checkpoint. Go on: it begins again at half the learning rate. Or choose another seed.",
                step=step,
            )
        else:
            error = TrainingError(
                "The loss was no number any more at step {step}, so the run was stopped; its checkpoint of "
                "step {good} is good. Go on: it learns from there at half the learning rate. Or start again "
                "with another seed.",
                step=step,
                good=self._saved_step,
            )
        self._note(failure=str(error))
        raise error

    def _note(self, **changes: Any) -> None:
        """Change run.json. What it says now counts: the run may have got another name meanwhile."""
        self.record = msgspec.structs.replace(self._record_now(), **changes)
        self.folder.write_record(self.record)

    def _record_now(self) -> RunRecord:
        """run.json with the steps of this sitting. Raises: StorageError if the folder was taken away."""
        try:
            return msgspec.structs.replace(self.folder.record(), steps=self.record.steps)
        except InputError as error:
            raise StorageError(
                "The run's folder {path} is gone or damaged, so nothing more can be saved. Start a new run.",
                path=str(self.folder.path),
            ) from error

    def _hold(self) -> Iterator[Event | None]:
        """Saved, and nothing done until the person wants it."""
        if self.unsaved:
            yield self.save()
        yield TrainingPaused(step=self.step)
        while self.control.pause and not self.control.stop:
            if self.control.sample:
                yield from self._sample(Pace())
            else:
                self.waiting = True
                yield None
                self.waiting = False
        if not self.control.stop:
            yield TrainingContinued(step=self.step)

    def _sample(self, pace: Pace) -> Iterator[Event | None]:
        """What the model writes now, as the stage lets it: it changes nothing in the run."""
        self.control.sample = False
        began = perf_counter()
        try:
            sample = yield from self.stage.sample(self.step)
        except DamagedFileError:  # the last update was the one that broke the weights
            self._fail(self.step)
        self._logs[SAMPLES_FILE].append(sample_line(sample))
        pace.sample_s = perf_counter() - began
        self.elapsed_s += pace.sample_s
        yield Sampled(sample=sample)

    # ------------------------------------------------------------ checkpoints

    def save(self) -> CheckpointSaved:
        """Write a checkpoint of now. Raises: StorageError, TrainingError; the one before still stands."""
        self.record = self._record_now()
        if not all(bool(parameter.isfinite().all()) for parameter in self.model.parameters()):
            self._fail(self.step)
        for name, log in self._logs.items():
            if name != SAMPLES_FILE:
                log.sync()
        path = self.folder.checkpoint_path(self.step)
        checkpoints.save(
            path,
            self.model,
            self._hf_tokenizer,
            name=self.record.name,
            step=self.step,
            card=self.stage.card(self.record, self.step),
            trainer=trainer_state(self.learner, self.step, self.elapsed_s, self.stage.state()),
        )
        self._saved_step = self.step
        self.folder.prune_checkpoints(_KEEP_CHECKPOINTS, self._milestones)
        return CheckpointSaved(step=self.step, path=str(path))

    @property
    def unsaved(self) -> bool:
        """Whether there is something that no checkpoint has."""
        return self._saved_step != self.step
