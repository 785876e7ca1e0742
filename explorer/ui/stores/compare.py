"""Base versus assistant: the same prompt and seed for up to four models, side by side."""

from collections.abc import Callable
from itertools import count
from time import perf_counter
from typing import Literal

import msgspec

from explorer.protocol import (
    ChatTurn,
    Device,
    DraftLoaded,
    Event,
    Ready,
    SamplerSettings,
)
from explorer.ui.stores.answering import Answering, Question
from explorer.ui.stores.base import Store
from explorer.ui.stores.kept_notes import KeptNotes, Note
from explorer.ui.stores.known_models import KnownModels

DRAFT = "compare"
MOST_COLUMNS = 4
Mode = Literal["auto", "document", "chat"]
"""How a model is given the prompt; "auto": in its chat format if it has one."""
_JOB = "compare"


class _KeptColumn(msgspec.Struct):
    path: str = ""
    mode: Mode = "auto"


class _Kept(msgspec.Struct):
    """What outlives a restart."""

    prompt: str = ""
    columns: list[_KeptColumn] = []
    temperature: float = 0.7
    seed: int = 1
    max_tokens: int = 120


class Column:
    """One model and its answer."""

    def __init__(self, answering: Answering, mode: Mode = "auto") -> None:
        self.answering = answering
        self.mode: Mode = mode
        self.waits = False
        """Whether it is asked as soon as its model is there."""

    @property
    def path(self) -> str:
        """What was chosen; empty if nothing was."""
        return self.answering.path

    @property
    def speaks(self) -> bool:
        """Whether the prompt goes through the model's chat format."""
        model = self.answering.model
        return self.mode == "chat" or (self.mode == "auto" and model is not None and model.has_template)


class CompareStore(Store):
    """`command` goes to the inference worker. Nothing is loaded before `open`."""

    def __init__(
        self, known: KnownModels, device: Device = "auto", clock: Callable[[], float] = perf_counter
    ) -> None:
        super().__init__()
        self.known = known
        self.prompt = ""
        self.temperature = 0.7
        self.seed = 1
        self.max_tokens = 120
        self.columns: list[Column] = []
        self.lost: str | None = None
        """The dead engine's last words."""
        self.seeds_before: list[int] = []
        """For the way back."""
        self._device: Device = device
        self._clock = clock
        self._alive = self._opened = self._chosen = False
        self._turned = False
        """Whether the person was quicker with a knob than the disk."""
        self._numbers = count(1)
        self._notes = KeptNotes(self, _JOB, Note(DRAFT, self._take_draft, self._draft))
        known.changed.connect(self._choose_first)

    # ------------------------------------------------------------ what is known

    @property
    def has_models(self) -> bool:
        """Whether any column has a model."""
        return any(column.path for column in self.columns)

    @property
    def busy(self) -> bool:
        """Whether some column reads or writes."""
        return any(column.answering.phase in ("reading", "writing") for column in self.columns)

    @property
    def can_ask(self) -> bool:
        """Whether asking makes sense."""
        return bool(self.prompt.strip()) and self._alive and self.has_models

    @property
    def is_idle(self) -> bool:
        """Whether nothing is on its way."""
        if not self._opened or not self._alive:
            return True
        started = self._notes.known and (self._chosen or self.known.known)
        return started and not any(column.answering.busy for column in self.columns)

    @property
    def sampler(self) -> SamplerSettings:
        """The same for all."""
        return SamplerSettings(temperature=self.temperature, seed=self.seed)

    # ------------------------------------------------------------ intents

    def open(self) -> None:
        """Somebody looks: bring back what was there last time."""
        if not self._opened:
            self._opened = True
            self.columns = [self._new_column(), self._new_column()]
            self._read_notes()
            self._choose_first()
            self.changed.emit()

    def set_prompt(self, text: str) -> None:
        """As typed."""
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        if text != self.prompt:
            self.prompt = text
            self._changed()

    def set_temperature(self, temperature: float) -> None:
        """For the next answers."""
        self.temperature, self._turned = temperature, True
        self._changed()

    def set_seed(self, seed: int) -> None:
        """For the next answers."""
        self.seed, self._turned = seed, True
        self._changed()

    def set_max_tokens(self, tokens: int) -> None:
        """For the next answers."""
        self.max_tokens, self._turned = tokens, True
        self._changed()

    def choose(self, index: int, path: str) -> None:
        """Another model for a column."""
        column = self.columns[index]
        self._chosen = True
        if path and path != column.path:
            column.answering.clear()
            self._load(column, path)
            self._changed()

    def set_mode(self, index: int, mode: Mode) -> None:
        """How a column's model is given the prompt."""
        self.columns[index].mode = mode
        self._changed()

    def add_column(self) -> None:
        """One more, of the first column's model."""
        if len(self.columns) < MOST_COLUMNS:
            column = self._new_column()
            self.columns.append(column)
            if self.columns[0].path:
                self._load(column, self.columns[0].path)
            self._changed()

    def remove_column(self, index: int) -> None:
        """Down to one."""
        if len(self.columns) > 1:
            self.columns.pop(index).answering.close()
            self._changed()

    def ask(self) -> None:
        """The prompt to all columns."""
        if self.can_ask:
            for column in self.columns:
                self._ask(column)
            self._changed()

    def retry(self, index: int) -> None:
        """What failed in this column once more: loading, or the answer."""
        column = self.columns[index]
        if column.answering.model is None:
            if self._alive and column.path:
                self._load(column, column.path)
        elif self.can_ask:
            self._ask(column)
        self.changed.emit()

    def stop(self) -> None:
        """End all answers where they are."""
        for column in self.columns:
            column.waits = False
            column.answering.stop()
        self.changed.emit()

    def another_seed(self) -> None:
        """The same once more, with other random numbers."""
        self.seeds_before.append(self.seed)
        self.seed += 1
        self._changed()
        self.ask()

    def seed_before(self) -> None:
        """Back to the seed before: the same text comes again."""
        if self.seeds_before:
            self.seed = self.seeds_before.pop()
            self._changed()
            self.ask()

    # ------------------------------------------------------------ the engine

    def apply(self, event: Event) -> None:
        """Answers of the columns' sessions, and what was kept."""
        match event:
            case Ready():
                self._read_notes()
            case DraftLoaded():
                if not self._notes.take(event):
                    return
            case _:
                column = self._column_of(event.job)
                if column is None:
                    return
                column.answering.apply(event)
                if column.waits and column.answering.model is not None:
                    self._ask(column)
        self.changed.emit()

    def engine_ready(self) -> None:
        """Load what was chosen; after a death too."""
        self._alive, self.lost = True, None
        for column in self.columns:
            if column.path:
                self._load(column, column.path)
        self.changed.emit()

    def engine_lost(self, words: str) -> None:
        """What was streamed stays."""
        self._alive, self.lost = False, words
        for column in self.columns:
            column.answering.abandon()
        self.changed.emit()

    def _column_of(self, job: str) -> Column | None:
        return next((one for one in self.columns if job and one.answering.job == job), None)

    def _new_column(self, mode: Mode = "auto") -> Column:
        return Column(Answering("", self.command.emit, self._clock), mode)

    def _load(self, column: Column, path: str) -> None:
        if self._alive:
            column.answering.load(f"{_JOB}-{next(self._numbers)}", path, self._device)
        else:
            column.answering.path = path

    def _ask(self, column: Column) -> None:
        column.waits = column.answering.phase == "loading"
        if not column.waits:
            column.answering.ask(self._question(column))

    def _question(self, column: Column) -> Question:
        if column.speaks:
            said = (ChatTurn(role="user", content=self.prompt),)
            return Question(messages=said, sampler=self.sampler, max_tokens=self.max_tokens)
        return Question(text=self.prompt, sampler=self.sampler, max_tokens=self.max_tokens)

    # ------------------------------------------------------------ what is kept

    def _read_notes(self) -> None:
        if self._opened:
            self._notes.read()

    def _take_draft(self, text: str) -> None:
        try:
            kept = msgspec.json.decode(text or "{}", type=_Kept)
        except msgspec.DecodeError:
            kept = _Kept()
        if not self.prompt:
            self.prompt = kept.prompt
        if not self._turned:
            self.temperature = min(max(kept.temperature, 0.0), 2.0)
            self.seed, self.max_tokens = max(0, kept.seed), max(1, kept.max_tokens)
        if kept.columns and not self._chosen:
            self.columns = [self._new_column(one.mode) for one in kept.columns[:MOST_COLUMNS]]
            for column, one in zip(self.columns, kept.columns, strict=False):
                if one.path:
                    self._load(column, one.path)
            self._chosen = self.has_models
        self._choose_first()

    def _choose_first(self) -> None:
        """A model that goes on with documents beside one that answers, where there are such."""
        if not self._opened or not self._notes.known or self._chosen or not self.known.known:
            return
        base = self.known.first("explorer-base", chat=False)
        chat = self.known.first("explorer-chat", "explorer-think", chat=True)
        left, right = base or chat, chat or base
        if left is None or right is None:
            self.changed.emit()
            return
        self._chosen = True
        if left == right and left.chat:
            self.columns[0].mode = "document"  # one model, asked in two ways
        for column, model in zip(self.columns, (left, right), strict=False):
            self._load(column, model.path)
        self._changed()

    def _changed(self) -> None:
        self._notes.save_soon()
        self.changed.emit()

    def _draft(self) -> str:
        kept = _Kept(
            self.prompt,
            [_KeptColumn(column.path, column.mode) for column in self.columns],
            self.temperature,
            self.seed,
            self.max_tokens,
        )
        return msgspec.json.encode(kept).decode()
