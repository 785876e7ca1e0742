"""Thinking traces: a problem, a model that thinks, the same one made to answer at once, many attempts."""

from collections.abc import Callable
from itertools import count
from time import perf_counter
from typing import Literal

import msgspec

from explorer.protocol import (
    CheckedSum,
    Device,
    DraftLoaded,
    DrawProblem,
    Event,
    Failed,
    GradedProblem,
    Judgement,
    JudgeText,
    ProblemDrawn,
    ProblemKind,
    Ready,
    SamplerSettings,
    StopGenerating,
    TextJudged,
    TryManyTimes,
)
from explorer.ui.stores.answering import Answering
from explorer.ui.stores.attempts import Attempts
from explorer.ui.stores.base import Store
from explorer.ui.stores.kept_notes import KeptNotes, Note
from explorer.ui.stores.known_models import KnownModels
from explorer.ui.stores.run_data import Failure
from explorer.ui.stores.thinking_ways import at_once, thinking_first, way_of

DRAFT = "thinking"
MOST_ATTEMPTS = 64
_JOB = "thinking"
Step = Literal["trace", "direct", "attempts"]


class _Kept(msgspec.Struct):
    """What outlives a restart."""

    path: str = ""
    question: str = ""
    answer: str = ""
    kind: ProblemKind = "words"
    steps: int = 3
    number: int = 1
    """Of the drawn problem."""
    drawn: bool = True
    """Whether the question is that problem's."""
    temperature: float = 0.7
    seed: int = 1
    max_tokens: int = 200
    attempts: int = 15


class ThinkingStore(Store):
    """`command` goes to the inference worker; `text_command` to the one that draws and judges problems."""

    def __init__(
        self, known: KnownModels, device: Device = "auto", clock: Callable[[], float] = perf_counter
    ) -> None:
        super().__init__()
        self.known = known
        self.kept = _Kept()
        """What the person chose and typed."""
        self.drawn: GradedProblem | None = None
        self.trace = Answering("", self.command.emit, clock)
        self.direct = Answering("", self.command.emit, clock)
        self.attempts = Attempts()
        self.sums: list[CheckedSum] = []
        """In the trace."""
        self.trace_judged: Judgement | None = None
        self.direct_judged: Judgement | None = None
        self.selected: int | None = None
        """The attempt that is read; None: the trace."""
        self.failure: Failure | None = None
        """Of drawing or judging, or of the attempts."""
        self.lost: str | None = None
        self._device: Device = device
        self._steps: list[Step] = []
        self._asked: GradedProblem | None = None
        """What the present answers answer."""
        self._judging = False
        self._judged_length = -1
        self._alive = self._opened = False
        self._drawing = False
        self._numbers = count(1)
        self._round = 0
        self._notes = KeptNotes(self, _JOB, Note(DRAFT, self._take_draft, self._draft))
        known.changed.connect(self._choose_first)

    # ------------------------------------------------------------ what is known

    @property
    def problem(self) -> GradedProblem | None:
        """The problem as it stands; None if nobody knows what is right."""
        kept, drawn = self.kept, self.drawn
        if drawn is not None and (kept.question, kept.answer) == (drawn.question, drawn.answer):
            return drawn
        if not kept.answer.strip():
            return None
        return GradedProblem(kind="words", question=kept.question, answer=kept.answer.strip())

    @property
    def has_model(self) -> bool:
        """Whether one is chosen."""
        return bool(self.trace.path)

    @property
    def can_think(self) -> bool:
        """Whether asking makes sense."""
        model = self.trace.model
        speaks = model is not None and self.direct.model is not None and way_of(model) != "none"
        return speaks and self._alive and bool(self.kept.question.strip())

    @property
    def busy(self) -> bool:
        """Whether the model works on a problem."""
        return bool(self._steps) or self.attempts.running

    @property
    def step(self) -> Step | None:
        """What goes on now."""
        return self._steps[0] if self._steps else None

    @property
    def is_idle(self) -> bool:
        """Whether nothing is on its way."""
        if not self._opened or not self._alive:
            return True
        started = self._notes.known and (self.has_model or self.known.known)
        on_its_way = self._drawing or self._judging or self.trace.busy or self.direct.busy or self.busy
        return started and not on_its_way

    @property
    def sampler(self) -> SamplerSettings:
        """For trace and attempts."""
        return SamplerSettings(temperature=self.kept.temperature, seed=self.kept.seed)

    # ------------------------------------------------------------ intents

    def open(self) -> None:
        """Somebody looks: bring back what was there last time."""
        if not self._opened:
            self._opened = True
            self._read_notes()
            self._choose_first()

    def choose_model(self, path: str) -> None:
        """Another model."""
        if path and path != self.trace.path:
            self._forget()
            self._load(path)
            self._changed()

    def set(self, **changes: object) -> None:
        """New values for fields of `kept`. Another kind, steps or number draws that problem."""
        self.kept = msgspec.structs.replace(self.kept, **changes)
        if changes.keys() & {"kind", "steps", "number"}:
            self._draw()
        self._changed()

    def think(self) -> None:
        """A trace, and the answer at once."""
        self._start(["trace", "direct"])

    def try_many_times(self) -> None:
        """Many attempts; a trace and an answer at once come first, if there are none to this problem."""
        if self.trace.question is not None and self._asked == self._as_asked() and not self.busy:
            self._start(["attempts"])
        else:
            self._start(["trace", "direct", "attempts"])

    def stop(self) -> None:
        """End where it is."""
        running, self._steps = self.attempts.running, []
        self.trace.stop()
        self.direct.stop()
        if running:
            self.command.emit(StopGenerating(job=self.trace.job))
        self.changed.emit()

    def select(self, attempt: int | None) -> None:
        """Read an attempt; None: the trace again."""
        self.selected = attempt
        self.changed.emit()

    def retry(self) -> None:
        """What failed once more."""
        self.failure = None
        if self.trace.model is None or self.direct.model is None:
            self._load(self.trace.path)
        elif self.trace.failure or self.direct.failure:
            self.think()
        self.changed.emit()

    # ------------------------------------------------------------ one step after the other

    def _start(self, steps: list[Step]) -> None:
        if not self.can_think:
            return
        if self.busy:
            self.stop()
        self.failure = None
        self._asked = self._as_asked()
        self._steps = steps
        self._begin()
        self.changed.emit()

    def _begin(self) -> None:
        """Start the first of the steps that are left."""
        model = self.trace.model
        assert model is not None and self._asked is not None
        question = self._asked.question
        match self.step:
            case "trace":
                self._forget()
                self.trace.ask(thinking_first(model, question, self.sampler, self.kept.max_tokens))
            case "direct":
                self.direct.ask(at_once(model, question, self.sampler))
            case "attempts":
                self.selected = None
                self.attempts = Attempts(self.kept.attempts, self.kept.temperature, self.kept.seed)
                self.command.emit(
                    TryManyTimes(
                        job=self.trace.job,
                        attempts=self.kept.attempts,
                        sampler=self.sampler,
                        max_tokens=self.kept.max_tokens,
                        problem=self.problem if self._asked == self._as_asked() else None,
                    )
                )
            case None:
                pass

    def _step_over(self) -> None:
        if self._steps:
            self._steps = self._steps[1:]
            self._begin()

    def _as_asked(self) -> GradedProblem:
        known = self.problem
        return known or GradedProblem(kind="words", question=self.kept.question, answer="")

    def _forget(self) -> None:
        self._round += 1
        self.trace.clear()
        self.direct.clear()
        self.attempts = Attempts()
        self.sums, self.trace_judged, self.direct_judged = [], None, None
        self.selected = None
        self._judging, self._judged_length = False, -1

    # ------------------------------------------------------------ the engines

    def apply(self, event: Event) -> None:
        """Answers of the two sessions, problems, verdicts, and what was kept."""
        match event:
            case Ready():
                self._read_notes()
            case DraftLoaded():
                if not self._notes.take(event):
                    return
            case ProblemDrawn(job=job) if job == _JOB:
                self._take_problem(event)
            case TextJudged(job=job) if job == self._judge_job("trace"):
                self._take_trace_judged(event)
            case TextJudged(job=job) if job == self._judge_job("direct"):
                self.direct_judged = event.judgement
            case Failed(job=job) if job in (_JOB, self._judge_job("trace"), self._judge_job("direct")):
                self.failure = Failure(event.template, event.values, event.details)
                self._judging = self._drawing = False
            case _ if event.job and event.job in (self.trace.job, self.direct.job):
                self._take_answer(event)
            case _:
                return
        self.changed.emit()

    def _take_answer(self, event: Event) -> None:
        if isinstance(event, Failed) and self.attempts.running and event.job == self.trace.job:
            self.failure = Failure(event.template, event.values, event.details)
            self.attempts.running, self._steps = False, []
            return
        if event.job == self.trace.job and self.attempts.running:
            self.attempts.apply(event)
            if not self.attempts.running:
                self._step_over()
            return
        answering = self.trace if event.job == self.trace.job else self.direct
        was_busy = answering.phase in ("reading", "writing")
        answering.apply(event)
        self._judge()
        if isinstance(event, Failed):
            self._steps = []
        elif was_busy and answering.phase == "idle":
            if answering is self.direct:
                self._judge_direct()
            self._step_over()

    def engine_ready(self) -> None:
        """Load what was chosen; after a death too."""
        self._alive, self.lost = True, None
        if self.has_model:
            self._load(self.trace.path)
        self.changed.emit()

    def engine_lost(self, words: str) -> None:
        """What was written stays."""
        self._alive, self.lost = False, words
        self._steps = []
        self.attempts.running = False
        self.trace.abandon()
        self.direct.abandon()
        self.changed.emit()

    def _load(self, path: str) -> None:
        self.kept = msgspec.structs.replace(self.kept, path=path)
        for answering in (self.trace, self.direct):
            if self._alive:
                answering.load(f"{_JOB}-{next(self._numbers)}", path, self._device)
            else:
                answering.path = path

    # ------------------------------------------------------------ problems and verdicts

    def _draw(self) -> None:
        kept, self._drawing, self.failure = self.kept, True, None
        self.text_command.emit(DrawProblem(job=_JOB, kind=kept.kind, steps=kept.steps, seed=kept.number))

    def _take_problem(self, event: ProblemDrawn) -> None:
        kept = self.kept
        if (event.kind, event.steps, event.seed) != (kept.kind, kept.steps, kept.number):
            return  # another one has been asked for since
        self._drawing = False
        self.drawn = event.problem
        self.kept = msgspec.structs.replace(
            kept, question=event.problem.question, answer=event.problem.answer, drawn=True
        )
        self._notes.save_soon()

    def _judge_job(self, which: str) -> str:
        return f"{_JOB}-{which}-{self._round}"

    def _judge(self) -> None:
        """The trace as it is now, unless one is being judged."""
        answering = self.trace
        complete = answering.phase in ("idle", "lost") and answering.stop_reason is not None
        length = len(answering.tokens) + complete
        if self._judging or not answering.tokens or length == self._judged_length:
            return
        self._judging, self._judged_length = True, length
        self.text_command.emit(
            JudgeText(
                job=self._judge_job("trace"),
                text=answering.text_with_specials,
                complete=complete,
                problem=self._known_problem(),
            )
        )

    def _judge_direct(self) -> None:
        self.text_command.emit(
            JudgeText(
                job=self._judge_job("direct"),
                text=self.direct.text_with_specials,
                complete=True,
                problem=self._known_problem(),
            )
        )

    def _known_problem(self) -> GradedProblem | None:
        return self._asked if self._asked is not None and self._asked.answer else None

    def _take_trace_judged(self, event: TextJudged) -> None:
        self._judging = False
        self.sums = event.sums
        if event.judgement is not None:
            self.trace_judged = event.judgement
        self._judge()

    # ------------------------------------------------------------ what is kept

    def _read_notes(self) -> None:
        if self._opened:
            self._notes.read()

    def _take_draft(self, text: str) -> None:
        try:
            kept = msgspec.json.decode(text or "{}", type=_Kept)
        except msgspec.DecodeError:
            kept = _Kept()
        kept.temperature = min(max(kept.temperature, 0.0), 2.0)
        kept.attempts = min(max(kept.attempts, 1), MOST_ATTEMPTS)
        kept.steps = min(max(kept.steps, 1), 5)
        kept.seed, kept.number = max(kept.seed, 0), max(kept.number, 1)
        kept.max_tokens = max(kept.max_tokens, 1)
        self.kept = kept
        if kept.drawn:
            self._draw()
        if kept.path:
            self._load(kept.path)
        self._choose_first()

    def _choose_first(self) -> None:
        """A model that has learned to think, if there is one; else one that can be spoken with."""
        if not self._opened or not self._notes.known or self.has_model or not self.known.known:
            return
        model = self.known.first("explorer-think", chat=True)
        if model is not None:
            self._load(model.path)
        self._changed()

    def _changed(self) -> None:
        self._notes.save_soon()
        self.changed.emit()

    def _draft(self) -> str:
        return msgspec.json.encode(self.kept).decode()
