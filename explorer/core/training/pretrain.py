"""Learning to foresee the next token of a text: the loop, as a generator of facts.

A fact is one of the protocol's events. Everything random is a function of (seed, step), and a checkpoint
holds all that the next step needs, so a run that was killed goes on with the very losses that it would
have had. (With another number of steps it learns at other rates from there on: the cooldown moves.)
"""

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any, NoReturn

import msgspec
import torch

from explorer.core import checkpoints
from explorer.core.data.tokens import TokenData
from explorer.core.families import qwen3
from explorer.core.generate import TokenDrawn, generate, start_ids
from explorer.core.model import Transformer, initialize
from explorer.core.runs import (
    METRICS_FILE,
    RUN_FILE,
    SAMPLES_FILE,
    TOKENS_FILE,
    RunFolder,
    RunLog,
    RunRecord,
    metric_line,
    sample_line,
)
from explorer.core.training.evaluate import HeldOut
from explorer.core.training.gradients import Gradients, memory_errors
from explorer.core.training.optimizer import (
    learning_rate,
    make_optimizer,
    optimizer_tensors,
    restore_optimizer,
    set_learning_rate,
)
from explorer.core.training.presets import Recipe
from explorer.errors import DamagedFileError, InputError, StorageError, TrainingError
from explorer.protocol import (
    CheckpointSaved,
    Event,
    MetricPoint,
    RunStarted,
    Sample,
    Sampled,
    SamplerSettings,
    StepDone,
    TrainingContinued,
    TrainingEnded,
    TrainingPaused,
)
from explorer.text.encodings import load_tokenizer
from explorer.text.tokenizer import Tokenizer
from explorer.text.tokenizer_files import TOKENIZER_FILE, huggingface_tokenizer

_KEEP_CHECKPOINTS = 3
_SAMPLE_TEMPERATURE = 0.8
_SAMPLE_SHARE = 0.15
"""Of the time at most goes into samples, however slow the model writes."""


@dataclass
class Control:
    """What a person wants of a run that is under way; read between two steps."""

    pause: bool = False
    stop: bool = False
    sample: bool = False


@dataclass
class Pace:
    """How long things take, for the time left and the rhythm of samples."""

    updates_s: deque[float] = field(default_factory=lambda: deque(maxlen=50))
    """Of the last updates."""
    evaluation_s: float = 0.0
    sample_s: float = 0.0

    def sample_every_s(self, recipe: Recipe) -> float:
        """Seconds of training between two samples."""
        return max(recipe.sample_every_s, self.sample_s / _SAMPLE_SHARE)

    def left_s(self, steps: int, recipe: Recipe) -> float:
        """Seconds that `steps` more steps take, with what comes between them."""
        settled = list(self.updates_s)[1:] or list(self.updates_s)  # the very first one also warms up
        training_s = steps * sum(settled) / len(settled)
        training_s += steps / recipe.evaluate_every * self.evaluation_s
        return training_s * (1 + self.sample_s / max(self.sample_every_s(recipe), 1e-6))


class Trainer:
    """One sitting of a run: from its newest good checkpoint (or the start) to its end, a pause or a stop.

    Use as a context manager: it holds the folder's lock and its logs.
    """

    def __init__(
        self, folder: RunFolder, device: torch.device, control: Control, steps: int | None = None
    ) -> None:
        """`steps`: a new goal for a run that shall go on.

        Raises: InputError, DamagedFileError, StorageError.
        """
        self.folder, self.control, self._device = folder, control, device
        self.waiting = False
        """Whether the run is held and nothing will come until `control` changes."""
        self.folder.__enter__()
        try:
            self._open(steps)
        except BaseException:
            self.folder.__exit__()
            raise

    def _open(self, steps: int | None) -> None:
        record = self.folder.record()
        if steps is not None and steps < 1:
            raise InputError("A run needs at least one step. Choose a larger number.")
        self.record = msgspec.structs.replace(record, steps=steps or record.steps)
        self._read_folder()
        self.step, self.elapsed_s = 0, 0.0
        self._saved_step: int | None = None
        self.model, self.optimizer = self._newest_state()
        if self.step >= self.record.steps:
            # Its process may have died between the last checkpoint and the note that all is done.
            if self.step >= record.steps:
                self._note(steps=record.steps, finished=True)
            raise InputError(
                "All {steps} steps of this run are done. Give a larger number of steps to go on.",
                steps=self.record.steps,
            )
        self._gradients = Gradients(self.model)
        self.folder.set_aside_checkpoints_after(self.step)
        self._note(steps=self.record.steps, finished=False, failure="")
        self._metrics = RunLog(self.folder.path / METRICS_FILE, self.step)
        try:
            self._samples = RunLog(self.folder.path / SAMPLES_FILE, self.step)
        except BaseException:
            self._metrics.close()
            raise

    def _read_folder(self) -> None:
        """What stays the same over all sittings. Raises: InputError, DamagedFileError."""
        record, tokens = self.record, self.folder.path / TOKENS_FILE
        try:
            self.recipe = msgspec.convert(record.recipe, Recipe)
            self._config = qwen3.config_from_json(msgspec.json.encode(record.model))
        except msgspec.DecodeError as error:
            raise _not_as_begun(self.folder.path / RUN_FILE) from error
        self.tokenizer: Tokenizer = load_tokenizer(str(self.folder.path))
        self._hf_tokenizer = huggingface_tokenizer(self.tokenizer)
        if self.tokenizer.n_vocab != record.vocab_size:
            raise _not_as_begun(self.folder.path / TOKENIZER_FILE)
        try:
            if tokens.stat().st_size != record.tokens * record.token_bytes:
                raise _not_as_begun(tokens)
            self.data = TokenData(tokens, record.token_bytes, self.recipe.context)
        except (OSError, ValueError, TypeError) as error:
            raise _not_as_begun(tokens) from error
        self._held_out = HeldOut(self.data, self.tokenizer, self.recipe.evaluate_tokens)

    def __enter__(self) -> "Trainer":
        return self

    def __exit__(self, *_: object) -> None:
        self._metrics.close()
        self._samples.close()
        self.folder.__exit__()

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
                point = self._advance(pace)
            left = pace.left_s(self.record.steps - self.step, self.recipe)
            yield StepDone(point=point, eta_s=left)
            last = self.step == self.record.steps
            if self.control.sample or last or self.elapsed_s - sampled_at >= pace.sample_every_s(self.recipe):
                yield from self._sample(pace)
                sampled_at = self.elapsed_s
            if perf_counter() - saved_at >= self.recipe.checkpoint_every_s:
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
        return RunStarted(
            info=msgspec.structs.replace(self.folder.info(), step=self.step, status="running"),
            device=str(self._device),
            vocab_size=self.record.vocab_size,
            train_tokens=self.data.train_tokens,
            val_tokens=self.data.val_tokens,
            tokens_per_step=self.recipe.batch * self.recipe.context,
            uniform_loss=math.log(self.record.vocab_size),
        )

    def _advance(self, pace: "Pace") -> MetricPoint:
        """One update, and its line in the log."""
        began = perf_counter()
        step, recipe = self.step + 1, self.recipe
        inputs, targets = self.data.batch(self.record.seed, step, recipe.batch)
        rate = learning_rate(recipe, step, self.record.steps)
        set_learning_rate(self.optimizer, rate)
        loss = self._gradients.compute(torch.from_numpy(inputs), torch.from_numpy(targets))
        norm = float(torch.nn.utils.clip_grad_norm_(self.model.parameters(), recipe.gradient_clip))
        if not math.isfinite(loss) or not math.isfinite(norm):
            self._fail(step)
        self.optimizer.step()
        self.step = step
        update_s = perf_counter() - began
        pace.updates_s.append(update_s)
        score = None
        if step == 1 or step % recipe.evaluate_every == 0 or step == self.record.steps:
            score = self._held_out.score(self.model)
            pace.evaluation_s = perf_counter() - began - update_s
            if not math.isfinite(score.loss):
                self._fail(step)
        self.elapsed_s += perf_counter() - began
        point = MetricPoint(
            step=step,
            train_loss=loss,
            val_loss=None if score is None else score.loss,
            val_bpb=None if score is None else score.bits_per_byte,
            learning_rate=rate,
            grad_norm=norm,
            tokens_per_s=inputs.size / update_s,
            elapsed_s=self.elapsed_s,
        )
        self._metrics.append(metric_line(point))
        return point

    def _fail(self, step: int) -> NoReturn:
        if self._saved_step is None:
            error = TrainingError(
                "The loss was no number any more at step {step}, so the run was stopped, before its first "
                "checkpoint. Start again with a lower learning rate or another seed.",
                step=step,
            )
        else:
            error = TrainingError(
                "The loss was no number any more at step {step}, so the run was stopped; its checkpoint of "
                "step {good} is good. Start again with a lower learning rate or another seed.",
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

    def _sample(self, pace: "Pace") -> Iterator[Event | None]:
        """What the model writes from nothing, drawn with the run's seed: it changes nothing in the run."""
        self.control.sample = False
        began = perf_counter()
        parts: list[str] = []
        settings = SamplerSettings(temperature=_SAMPLE_TEMPERATURE, seed=self.record.seed)
        prompt = start_ids(self.tokenizer, "")
        length = min(self.recipe.sample_tokens, self.recipe.context - len(prompt))
        try:
            for fact in generate(self.model, self.tokenizer, [prompt], settings, max_tokens=max(1, length)):
                parts.append(fact.text)
                if isinstance(fact, TokenDrawn):
                    yield None
        except DamagedFileError:  # the last update was the one that broke the weights
            self._fail(self.step)
        sample = Sample(step=self.step, text="".join(parts), temperature=_SAMPLE_TEMPERATURE)
        self._samples.append(sample_line(sample))
        pace.sample_s = perf_counter() - began
        self.elapsed_s += pace.sample_s
        yield Sampled(sample=sample)

    # ------------------------------------------------------------ checkpoints

    def save(self) -> CheckpointSaved:
        """Write a checkpoint of now. Raises: StorageError, TrainingError; the one before still stands."""
        self.record = self._record_now()
        if not all(bool(parameter.isfinite().all()) for parameter in self.model.parameters()):
            self._fail(self.step)
        self._metrics.sync()
        path = self.folder.checkpoint_path(self.step)
        checkpoints.save(
            path,
            self.model,
            self._hf_tokenizer,
            name=self.record.name,
            step=self.step,
            card=_card(self.record, self.step),
            trainer=checkpoints.TrainerState(
                optimizer_tensors(self.model, self.optimizer),
                {"step": self.step, "elapsed_s": self.elapsed_s},
            ),
        )
        self._saved_step = self.step
        self.folder.prune_checkpoints(_KEEP_CHECKPOINTS)
        return CheckpointSaved(step=self.step, path=str(path))

    @property
    def unsaved(self) -> bool:
        """Whether there is something that no checkpoint has."""
        return self._saved_step != self.step

    def _newest_state(self) -> tuple[Transformer, torch.optim.AdamW]:
        """From the newest checkpoint that is whole; from the seed if there is none."""
        for path in reversed(self.folder.checkpoints()):
            try:
                model, _, _ = checkpoints.load(path, self._device)
                state = checkpoints.load_trainer(path)
                optimizer = make_optimizer(model, self.recipe)
                restore_optimizer(model, optimizer, state.optimizer)
                step, elapsed_s = int(state.counters["step"]), float(state.counters["elapsed_s"])
            except (DamagedFileError, InputError, KeyError, TypeError, ValueError):
                continue  # an older one serves; if none does, the run begins again, with the same losses
            self.step, self.elapsed_s, self._saved_step = step, elapsed_s, step
            return model, optimizer
        model = Transformer(self._config)
        initialize(model, self.record.seed)
        model.to(self._device)
        return model, make_optimizer(model, self.recipe)


def _not_as_begun(path: Path) -> DamagedFileError:
    return DamagedFileError(
        "{path} is not what this run was begun with, so the run cannot go on. Start a new one.",
        path=str(path),
    )


def _card(record: RunRecord, step: int) -> str:
    """The checkpoint's README.md: what this model is, for whoever finds the folder."""
    return "\n".join(
        (
            f"# {record.name}",
            "",
            f"A language model of {record.parameters:,} parameters, pretrained with LLM Explorer for",
            f"{step:,} of {record.steps:,} steps on: {record.text} ({record.tokens:,} tokens,",
            f"SHA-256 {record.fingerprint[:12]}). Vocabulary: {record.vocab_size:,} entries",
            f"({record.tokenizer}). Seed {record.seed}. It continues text; it does not answer questions.",
            "",
            "Architecture: Qwen3 (opens in transformers). Weights: fp32 safetensors.",
            "",
        )
    )
