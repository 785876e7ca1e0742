"""Learning to foresee the next token of a text: the loop, as a generator of facts.

A fact is one of the protocol's events. Everything random is a function of (seed, step), and a checkpoint
holds all that the next step needs, so a run that was killed goes on with the very losses that it would have had.
"""

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import msgspec
import torch

from explorer.core import checkpoints
from explorer.core.data.tokens import TokenData
from explorer.core.families import qwen3
from explorer.core.generate import TokenDrawn, generate, start_ids
from explorer.core.model import Transformer, initialize
from explorer.core.runs import (
    METRICS_FILE,
    SAMPLES_FILE,
    TOKENS_FILE,
    RunFolder,
    RunLog,
    RunRecord,
    metric_line,
    sample_line,
)
from explorer.core.training.evaluate import HeldOut
from explorer.core.training.gradients import Gradients
from explorer.core.training.optimizer import (
    learning_rate,
    make_optimizer,
    optimizer_tensors,
    restore_optimizer,
    set_learning_rate,
)
from explorer.core.training.presets import Recipe
from explorer.errors import DamagedFileError, InputError, TrainingError
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
from explorer.text.tokenizer_files import huggingface_tokenizer

_KEEP_CHECKPOINTS = 3
_RATE_STEPS = 50
"""The time left is told from the pace of so many last steps."""
_SAMPLE_TEMPERATURE = 0.8
_SAMPLE_SHARE = 0.15
"""Of the time at most goes into samples, however slow the model writes."""


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
        self, folder: RunFolder, device: torch.device, control: Control, steps: int | None = None
    ) -> None:
        """`steps`: a new goal for a run that shall go on.

        Raises: InputError, DamagedFileError, StorageError.
        """
        self.folder, self.control, self._device = folder, control, device
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
        self.recipe = Recipe(**self.record.recipe)
        self.tokenizer: Tokenizer = load_tokenizer(str(self.folder.path))
        self._hf_tokenizer = huggingface_tokenizer(self.tokenizer)
        self.data = TokenData(self.folder.path / TOKENS_FILE, record.token_bytes, self.recipe.context)
        self._held_out = HeldOut(self.data, self.tokenizer, self.recipe.evaluate_tokens)
        self.step, self.elapsed_s = 0, 0.0
        self.model, self.optimizer = self._newest_state()
        if self.step >= self.record.steps:
            raise InputError(
                "All {steps} steps of this run are done. Give a larger number of steps to go on.",
                steps=self.record.steps,
            )
        self._gradients = Gradients(self.model)
        self._note(steps=self.record.steps, finished=False, failure="")
        self._metrics = RunLog(self.folder.path / METRICS_FILE, self.step)
        self._samples = RunLog(self.folder.path / SAMPLES_FILE, self.step)
        self._saved_step = self.step

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
        paces: deque[float] = deque(maxlen=_RATE_STEPS)
        sampled_at, sample_cost_s = -math.inf, 0.0
        saved_at = perf_counter()
        while self.step < self.record.steps and not self.control.stop:
            if self.control.pause:
                yield from self._hold()
                continue
            began = perf_counter()
            point = self._advance(began)
            yield StepDone(point=point, eta_s=0.0 if not paces else self._left_s(paces))
            rhythm = max(self.recipe.sample_every_s, sample_cost_s / _SAMPLE_SHARE)
            if self.control.sample or self.elapsed_s - sampled_at >= rhythm or self.step == self.record.steps:
                self.control.sample = False
                before = perf_counter()
                yield from self._sample()
                sample_cost_s = perf_counter() - before
                sampled_at = self.elapsed_s = self.elapsed_s + sample_cost_s
            if perf_counter() - saved_at >= self.recipe.checkpoint_every_s:
                yield self.save()
                saved_at = perf_counter()
            paces.append(perf_counter() - began)
        finished = self.step >= self.record.steps
        if self._saved_step != self.step:
            yield self.save()
        self._note(finished=finished)
        yield TrainingEnded(
            step=self.step, finished=finished, checkpoint=str(self.folder.checkpoint_path(self.step))
        )

    def _started(self) -> RunStarted:
        return RunStarted(
            info=self.folder.info(),
            device=str(self._device),
            vocab_size=self.record.vocab_size,
            train_tokens=self.data.train_tokens,
            val_tokens=self.data.val_tokens,
            tokens_per_step=self.recipe.batch * self.recipe.context,
            uniform_loss=math.log(self.record.vocab_size),
        )

    def _advance(self, began: float) -> MetricPoint:
        """One update, and its line in the log."""
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
        score = None
        if step == 1 or step % recipe.evaluate_every == 0 or step == self.record.steps:
            score = self._held_out.score(self.model)
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

    def _fail(self, step: int) -> None:
        error = TrainingError(
            "The loss was no number any more at step {step}, so the run was stopped; its checkpoint of step "
            "{good} is good. Start again with a lower learning rate or another seed.",
            step=step,
            good=self._saved_step,
        )
        self._note(failure=str(error))
        raise error

    def _note(self, **changes: Any) -> None:
        """Change run.json. What it says now counts: the run may have got another name meanwhile."""
        self.record = msgspec.structs.replace(self.folder.record(), **changes)
        self.folder.write_record(self.record)

    def _left_s(self, paces: deque[float]) -> float:
        return (self.record.steps - self.step) * sum(paces) / len(paces)

    def _hold(self) -> Iterator[Event | None]:
        """Saved, and nothing done until the person wants it."""
        if self._saved_step != self.step:
            yield self.save()
        yield TrainingPaused(step=self.step)
        while self.control.pause and not self.control.stop:
            yield None
        if not self.control.stop:
            yield TrainingContinued(step=self.step)

    def _sample(self) -> Iterator[Event | None]:
        """What the model writes from nothing, drawn with the run's seed: it changes nothing in the run."""
        parts: list[str] = []
        settings = SamplerSettings(temperature=_SAMPLE_TEMPERATURE, seed=self.record.seed)
        prompt = start_ids(self.tokenizer, "")
        length = min(self.recipe.sample_tokens, self.recipe.context - len(prompt))
        with torch.no_grad():
            for fact in generate(self.model, self.tokenizer, [prompt], settings, max_tokens=max(1, length)):
                parts.append(fact.text)
                if isinstance(fact, TokenDrawn):
                    yield None
        sample = Sample(step=self.step, text="".join(parts), temperature=_SAMPLE_TEMPERATURE)
        self._samples.append(sample_line(sample))
        yield Sampled(sample=sample)

    # ------------------------------------------------------------ checkpoints

    def save(self) -> CheckpointSaved:
        """Write a checkpoint of now. Raises: StorageError; then the one before still stands."""
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
                self.step, self.elapsed_s = int(state.counters["step"]), float(state.counters["elapsed_s"])
            except (DamagedFileError, InputError, KeyError):
                continue  # an older one serves; if none does, the run begins again, with the same losses
            return model, optimizer
        model = Transformer(qwen3.config_from_json(msgspec.json.encode(self.record.model)))
        initialize(model, self.record.seed)
        model.to(self._device)
        return model, make_optimizer(model, self.recipe)


def _card(record: RunRecord, step: int) -> str:
    """The checkpoint's README.md: what this model is, for whoever finds the folder."""
    return "\n".join(
        (
            f"# {record.name}",
            "",
            f"A language model of {record.parameters:,} parameters, pretrained with LLM Explorer for",
            f"{step:,} of {record.steps:,} steps on: {record.text} ({record.tokens:,} tokens,",
            f"SHA-256 {record.fingerprint[:12]}). Vocabulary: {record.vocab_size:,} entries ({record.tokenizer}).",
            f"Seed {record.seed}. It continues text; it does not answer questions.",
            "",
            "Architecture: Qwen3 (opens in transformers). Weights: fp32 safetensors.",
            "",
        )
    )
