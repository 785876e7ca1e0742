"""Sampling: one model, one prompt, the text that grows after it, and what may come next.

Every loaded model is a session with a job id of its own, so that answers of an earlier model are told
from those of now; what may be asked when is the session's business.
"""

from itertools import count

import msgspec
from PySide6.QtCore import QTimer

from explorer.protocol import (
    Cancel,
    CloseSession,
    Device,
    Distribution,
    DraftLoaded,
    Event,
    GenerationEnded,
    ListRuns,
    LoadDraft,
    LoadModel,
    ModelLoaded,
    Ready,
    RunInfo,
    RunsListed,
    SamplerSettings,
    SaveDraft,
)
from explorer.ui.stores.base import Store
from explorer.ui.stores.sampling_session import CutLast, CutTo, Problem, Run, Session, Step
from explorer.ui.stores.sampling_stream import Repeat, Stream

DRAFT = "sampling-prompt"
TYPING_PAUSE_MS = 120
_JOB = "sampling"


class SamplingStore(Store):
    """`command` goes to the inference worker. Nothing is asked for before `open`: a model takes memory."""

    def __init__(self, device: Device = "auto") -> None:
        super().__init__()
        self.path = ""
        """The chosen checkpoint; empty if there is none."""
        self.prompt = ""
        self.sampler = SamplerSettings()
        self.max_tokens = 200
        self.runs: list[RunInfo] = []
        """Runs with a checkpoint, newest first."""
        self.runs_known = False
        self.repeat: Repeat | None = None
        """The text that is being written once more."""
        self.lost: str | None = None
        """The dead engine's last words; None while it lives."""
        self._device: Device = device
        self._alive = False
        self._opened = False
        self._remembered = ""
        self._default_prompt = ""
        self._draft_known = False
        self._typed = False
        self._twice = False
        self._numbers = count(1)
        self._session = Session("", self.command.emit)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._pause_over)

    # ------------------------------------------------------------ what is known

    @property
    def opened(self) -> bool:
        """Whether somebody looks."""
        return self._opened

    @property
    def model(self) -> ModelLoaded | None:
        """Which weights answer."""
        return self._session.model

    @property
    def loading(self) -> bool:
        """Whether a model is on its way."""
        return isinstance(self._session.request, LoadModel)

    @property
    def stream(self) -> Stream:
        """The text so far."""
        return self._session.stream

    @property
    def distribution(self) -> Distribution | None:
        """What may come next, as last told."""
        return self._session.distribution

    @property
    def is_current(self) -> bool:
        """Whether `distribution` is for the text and the settings that are shown."""
        return self._session.is_current and not self._typed

    @property
    def running(self) -> bool:
        """Whether tokens come by themselves."""
        return self._session.running

    @property
    def can_draw(self) -> bool:
        """Whether stepping and running make sense."""
        return self._session.can_draw

    @property
    def stop_reason(self) -> str | None:
        """Why the last run ended, see `GenerationEnded`; None while it is of no interest."""
        return self._session.stop_reason

    @property
    def tokens_per_s(self) -> float | None:
        """As the engine measured it with the last token."""
        return self._session.tokens_per_s

    @property
    def problem(self) -> Problem | None:
        """What the engine could not do."""
        return self._session.problem

    @property
    def newer(self) -> RunInfo | None:
        """The run of the chosen checkpoint, if it has learned on since."""
        run = self.run_of(self.path)
        return run if run is not None and run.checkpoint != self.path else None

    def run_of(self, path: str) -> RunInfo | None:
        """The run in whose folder the checkpoint at `path` lies."""
        inside = ((run, (f"{run.path}/", f"{run.path}\\")) for run in self.runs)
        return next(
            (run for run, starts in inside if path == run.checkpoint or path.startswith(starts)), None
        )

    @property
    def is_idle(self) -> bool:
        """Whether nothing is asked for, and nothing about to be."""
        if not self._opened or not self._alive:
            return True
        return self.runs_known and self._draft_known and not self._typed and self._session.request is None

    # ------------------------------------------------------------ intents

    def open(
        self,
        remembered: str,
        sampler: SamplerSettings,
        max_tokens: int,
        prompt: str,
        foreign: bool = False,
    ) -> None:
        """Somebody looks: get the kept prompt (`prompt` if there is none) and the `remembered` model.

        Without it, or if it is a run's that is gone, the newest run answers; a `foreign` one, of no run, is
        loaded in any case. Later calls change nothing.
        """
        if self._opened:
            return
        self._opened = True
        self._remembered, self._default_prompt = remembered, prompt
        self.sampler, self.max_tokens = sampler, max_tokens
        self._ask_for_texts()
        if foreign and remembered:
            self.choose_model(remembered)
        elif self.runs_known:
            self._choose_first()

    def refresh_runs(self) -> None:
        """Look for runs again."""
        self.text_command.emit(ListRuns(job=_JOB))

    def choose_model(self, path: str) -> None:
        """Answer with the weights at `path` from now on."""
        if path != self.path:
            self.path = path
            self._forget_repeat()
            self.reload()

    def reload(self) -> None:
        """Load the chosen model, also after a failure."""
        if self._alive and self.path:
            self._start_session()
        self.changed.emit()

    def set_prompt(self, text: str) -> None:
        """The prompt as typed: sent at once after a pause, then at most every `TYPING_PAUSE_MS`."""
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        if text == self.prompt:
            return
        self.prompt, self._typed = text, True
        self._forget_repeat()
        if not self._pause.isActive():
            self._flush()
            self._pause.start()
        self.changed.emit()

    def set_sampler(self, **changes: float) -> None:
        """Other settings, by their names in `SamplerSettings`."""
        self.sampler = msgspec.structs.replace(self.sampler, **changes)
        self._wish()
        self.changed.emit()

    def set_max_tokens(self, tokens: int) -> None:
        """How long a run may be."""
        self.max_tokens = tokens

    def step(self) -> None:
        """Draw one token."""
        if self.can_draw and not self.running:
            self._forget_repeat()
            self._flush()
            self._session.move(Step())
            self.changed.emit()

    def run(self) -> None:
        """Draw `max_tokens`, or until something ends it."""
        if self.can_draw and not self.running:
            self._forget_repeat()
            self._flush()
            self._session.move(Run(self.max_tokens))
            self.changed.emit()

    def stop(self) -> None:
        """Stop drawing."""
        self._session.stop()
        self.changed.emit()

    def take_back(self) -> None:
        """Take back the last drawn token."""
        if self.stream.drawn:
            self._forget_repeat()
            self._session.move(CutLast())
            self.changed.emit()

    def go_back_to(self, position: int) -> None:
        """Take back the drawn token at `position` of the stream, and all after it."""
        if len(self.stream.prompt) <= position < len(self.stream):
            self._forget_repeat()
            self._session.move(CutTo(position))
            self.changed.emit()

    def write(self, tokens: int) -> None:
        """Take everything back and write `tokens`, whatever goes on now."""
        if self.can_draw:
            self._forget_repeat()
            self._flush()
            self._session.stop()
            self._session.move(CutTo(len(self.stream.prompt)), Run(tokens))
            self.changed.emit()

    def start_again(self) -> None:
        """Take everything back and write as much again: the same text, if the settings are the same."""
        before = self.stream.generated_ids
        if before and self.can_draw:
            self.write(len(before))
            self.repeat = Repeat(before)
            self.changed.emit()

    def write_twice(self, tokens: int) -> None:
        """`write`, and when it has ended by itself, `start_again`."""
        self.write(tokens)
        self._twice = self.can_draw

    def clear(self) -> None:
        """Back to the prompt alone."""
        self.go_back_to(len(self.stream.prompt))

    def _forget_repeat(self) -> None:
        self.repeat, self._twice = None, False

    # ------------------------------------------------------------ the engine

    def apply(self, event: Event) -> None:
        """Answers of the present session, the kept prompt, the runs on disk."""
        match event:
            case Ready():
                self._ask_for_texts()
                return
            case RunsListed():
                self._take_runs(event.runs)
            case DraftLoaded(name=name) if name == DRAFT:
                self._take_draft(event.text)
            case _ if event.job and event.job == self._session.job:
                self._session.apply(event)
                self._go_on_after(event)
            case _:
                return
        self.changed.emit()

    def _go_on_after(self, event: Event) -> None:
        if self._twice and isinstance(event, GenerationEnded) and not self.running:
            self._twice = False
            if event.stop_reason != "stopped":
                self.start_again()

    def engine_ready(self) -> None:
        """Load what was chosen; after a death too."""
        self._alive, self.lost = True, None
        self.reload()

    def engine_lost(self, words: str) -> None:
        """Text and bars stay on the screen."""
        self._alive, self.lost = False, words
        self._twice = False
        self._session.abandon()
        self.changed.emit()

    def _start_session(self) -> None:
        before = self._session
        if before.job and not before.over:
            if before.request is not None:
                self.command.emit(Cancel(job=before.job))
            self.command.emit(CloseSession(job=before.job))
        self._session = Session(f"{_JOB}-{next(self._numbers)}", self.command.emit, before)
        self._session.load(self.path, self._device)
        self._wish()

    def _wish(self) -> None:
        if not self._typed:
            self._session.want(self.prompt, self.sampler)

    # ------------------------------------------------------------ the prompt

    def _pause_over(self) -> None:
        if self._typed:
            self._flush()
            self._pause.start()
            self.changed.emit()

    def _flush(self) -> None:
        if self._typed:
            self._typed = False
            self._wish()
            self.text_command.emit(SaveDraft(job=_JOB, name=DRAFT, text=self.prompt))

    def _take_draft(self, text: str) -> None:
        first, self._draft_known = not self._draft_known, True
        if first and not self.prompt and not self._typed:
            self.prompt = text or self._default_prompt
            self._wish()

    # ------------------------------------------------------------ runs on disk

    def _ask_for_texts(self) -> None:
        if self._opened and not self._draft_known:
            self.text_command.emit(LoadDraft(job=_JOB, name=DRAFT))
        if self._opened and not self.runs_known:
            self.refresh_runs()

    def _take_runs(self, runs: list[RunInfo]) -> None:
        self.runs = [run for run in runs if run.checkpoint]
        self.runs_known = True
        if self._opened and not self.path:
            self._choose_first()

    def _choose_first(self) -> None:
        remembered = self.run_of(self._remembered)
        run = remembered or (self.runs[0] if self.runs else None)
        if run is not None and not self.path:
            self.choose_model(run.checkpoint)
