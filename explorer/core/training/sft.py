"""Supervised finetuning: a model that continues text learns to take part in a conversation.

The loss counts on what the assistant says, and on nothing else: the model shall answer people, not speak for
them.
Conversations are rows of their own, padded to the longest of their batch: none sees another.
"""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import torch
from msgspec import Meta

from explorer.core.data.chat_rows import ChatRows, Written, write_chats
from explorer.core.data.chats import ASSISTANT, HONEST, Mixture
from explorer.core.data.conversations import (
    BUILT_IN_CHATS,
    ConversationSource,
    find_conversations,
    read_conversations,
)
from explorer.core.data.files.report import Report
from explorer.core.data.world.corpus import PRACTICE, documents
from explorer.core.runs import RunFolder, RunRecord
from explorer.core.training.folder import not_as_begun
from explorer.core.training.gradients import weighted_loss
from explorer.core.training.parent import (
    Material,
    Parent,
    child_record,
    open_parent,
    padded,
    rate_for,
    write_start,
)
from explorer.core.training.prepare import Announced, Plan, check_free, checked_recipe, new_folder, options_of
from explorer.core.training.presets import Recipe
from explorer.core.training.samples import write_sample
from explorer.core.training.stage import Evaluated, Measured, Opening, Sizes
from explorer.protocol import BUILT_IN_TEXT, Event, Sample, TextRead, TrainingStage
from explorer.text.chatml import TURN_CLOSE, TURN_OPEN
from explorer.text.templates import ChatMessage

_BATCH = 32
_REPLAY_SEED, _REPLAY_CHARACTERS = 1000, 10_000_000_000
"""Of a corpus so long that it does not end; other documents than a base of the same seed has read."""
_RATE = 1e-3
"""At width 128. At twice this, most of what a base knew was forgotten."""


@dataclass(frozen=True)
class SftOptions:
    """What only this stage knows."""

    epochs: float = 2.0
    """How often each conversation comes, if the number of steps is not given."""
    conversations: int = 4000
    """How many of the built-in ones, which have no end."""
    unknown: bool = True
    """Whether the built-in ones say "I don't know" of whom the model cannot know."""
    shown_steps: Annotated[float, Meta(ge=0, le=1)] = 1.0
    """Share of the built-in ones with thinking that think in sums; the others guess, for RL to improve on."""

    replay: Annotated[float, Meta(ge=0, lt=1)] = 0.0
    """Share of rows that are documents of the world, so that what was read there is not forgotten."""

    @property
    def mixture(self) -> Mixture:
        """Of the built-in conversations."""
        return Mixture(HONEST if self.unknown else ASSISTANT, shown_steps=self.shown_steps)


def prepare_sft(plan: Plan, folder: Path) -> Generator[TrainingStage | TextRead | RunRecord | None]:
    """Make the run folder, as `stages.prepare` says."""
    options = options_of(plan, SftOptions)
    checked_recipe(plan, Recipe(context=8, batch=1, steps=1, learning_rate=1.0))
    check_free(folder)
    yield TrainingStage(stage="model", share=0.0)
    parent = open_parent(plan)
    source = find_conversations(BUILT_IN_CHATS if plan.text == BUILT_IN_TEXT else plan.text)
    with new_folder(folder) as partial:
        write_start(parent, partial)
        report = Report()
        written = yield from _write(source, plan, options, parent, partial, report)
        yield _told(written, report, parent)
        recipe = _recipe(plan, options, parent, written, partial)
        material = Material(
            source.label,
            source.path,
            written.tokens,
            written.token_bytes,
            written.fingerprint,
            written.skipped,
        )
        record = child_record(plan, parent, recipe, material, asdict(options))
        RunFolder(partial).write_record(record)
    yield record


def _write(
    source: ConversationSource,
    plan: Plan,
    options: SftOptions,
    parent: Parent,
    partial: Path,
    report: Report,
) -> Generator[TrainingStage | None, None, Written]:
    announce = Announced("tokens")
    conversations = read_conversations(source, plan.seed, options.conversations, options.mixture, report)
    rows = _with_replay(conversations, plan.seed, options.replay)
    context = plan.context or parent.model.config.max_position_embeddings
    for fact in write_chats(rows, parent.tokenizer, context, partial):
        if isinstance(fact, Written):
            return fact
        yield announce(min(1.0, fact * (1 - options.replay) / options.conversations))
    raise AssertionError("writing ends with Written")


def _with_replay(
    conversations: Iterable[Sequence[ChatMessage] | None], seed: int, share: float
) -> Iterator[Sequence[ChatMessage] | str | None]:
    """The conversations with so many documents between them that these make up `share` of the rows."""
    told = documents(seed + _REPLAY_SEED, _REPLAY_CHARACTERS, PRACTICE)
    owed = 0.0
    for one in conversations:
        yield one
        owed += share / (1 - share)
        while owed >= 1:
            owed -= 1
            yield next(told).text


def _told(written: Written, report: Report, parent: Parent) -> TextRead:
    """What was read. Lines without anything to learn from count as left out, too."""
    return TextRead(
        documents=written.conversations,
        files_skipped=0,
        lines_skipped=written.skipped,
        examples=tuple(report.examples),
        vocab_size=parent.tokenizer.n_vocab,
        vocab_wanted=parent.tokenizer.n_vocab,
    )


def _recipe(plan: Plan, options: SftOptions, parent: Parent, written: Written, partial: Path) -> Recipe:
    rows = ChatRows(partial, written.token_bytes, written.tokens)
    batch = plan.batch or _BATCH
    own = Recipe(
        context=parent.model.config.max_position_embeddings,
        batch=batch,
        steps=max(1, round(options.epochs * rows.steps_in_epoch(batch))),
        learning_rate=rate_for(parent.model, _RATE),
        cooldown=0.6,
        evaluate_every=25,
    )
    return checked_recipe(replace(plan, context=None), own)


class Finetuning:
    """The stage `sft`. Batches are drawn by (seed, step)."""

    def __init__(self, opening: Opening) -> None:
        """Raises: DamagedFileError if the conversations are not those that the run was begun with."""
        self._learner, self._tokenizer = opening.learner, opening.tokenizer
        self._recipe, self._seed = opening.learner.recipe, opening.record.seed
        record, folder = opening.record, opening.folder.path
        try:
            self.rows = ChatRows(folder, record.token_bytes, record.tokens)
        except (OSError, ValueError, IndexError) as error:
            raise not_as_begun(folder) from error

    @property
    def sizes(self) -> Sizes:
        """Of the conversations."""
        mean = self.rows.train_tokens // max(1, self.rows.steps_in_epoch(1))
        return Sizes(self.rows.train_tokens, self.rows.val_tokens, mean * self._recipe.batch)

    def advance(self, step: int, steps: int) -> Generator[Event | None, None, Measured]:
        """Learn what the assistant says in the step's conversations."""
        yield from ()
        rows = self.rows.batch(self._seed, step, self._recipe.batch)
        loss = self._learner.compute(*padded([row.ids for row in rows], [row.weights for row in rows]))
        done = self._learner.update(step, steps, loss)
        return Measured(
            learning_rate=done.learning_rate,
            grad_norm=done.grad_norm,
            tokens=sum(len(row.ids) - 1 for row in rows),
            train_loss=loss,
        )

    def evaluate(self) -> Generator[Event | None, None, Evaluated]:
        """How well the assistant's words are foreseen in conversations that were held out."""
        nats, count, seen = 0.0, 0, 0
        for index in self.rows.held_out:
            row = self.rows.row(index)
            if seen >= self._recipe.evaluate_tokens:
                break
            seen += len(row.ids)
            inputs, targets, weights = padded([row.ids], [row.weights], multiple=1)
            nats += self._nats(inputs, targets, weights)
            count += int(weights.count_nonzero())
            yield None
        return Evaluated(loss=nats / max(1, count))

    @torch.no_grad()
    def _nats(self, inputs: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor) -> float:
        model = self._learner.model
        device = model.device
        return float(weighted_loss(model, inputs.to(device), targets.to(device), weights.to(device), 1.0))

    def sample(self, step: int) -> Generator[Event | None, None, Sample]:
        """The answer to the beginning of a conversation that was held out."""
        ids = self._opening_ids(self.rows.row(self.rows.held_out[0]).ids)
        prompt = self._tokenizer.decode(ids)
        return (
            yield from write_sample(
                self._learner, self._tokenizer, self._seed, step, ids, prompt, self._end_tokens()
            )
        )

    def _opening_ids(self, ids: list[int]) -> list[int]:
        """A conversation up to where its assistant begins to speak, at most the first half of the context."""
        opening = self._tokenizer.encode("assistant\n")
        turn = [self._tokenizer.special_tokens[TURN_OPEN], *opening]
        places = (at + len(turn) for at in range(len(ids)) if ids[at : at + len(turn)] == turn)
        return ids[: next(places, 1)]

    def _end_tokens(self) -> frozenset[int]:
        return frozenset({self._tokenizer.special_tokens[TURN_CLOSE], self._tokenizer.end_of_text})

    def state(self) -> Mapping[str, Any]:
        """Nothing: all is a function of (seed, step)."""
        return {}

    def card(self, record: RunRecord, step: int) -> str:
        """From which model, on what, how long."""
        return "\n".join(
            (
                f"# {record.name}",
                "",
                f"A chat model of {record.parameters:,} parameters: {record.parent}, finetuned with",
                f"LLM Explorer for {step:,} of {record.steps:,} steps on: {record.text}",
                f"({record.tokens:,} tokens, SHA-256 {record.fingerprint[:12]}), with the loss on what the",
                f"assistant says. Seed {record.seed}.",
                "",
                "Architecture: Qwen3 (opens in transformers, to chat as well). Weights: fp32 safetensors.",
                "",
            )
        )
