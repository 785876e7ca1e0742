"""One loaded model's exchange with the engine: one command at most waits for its answer.

What the person wants meanwhile is kept as wishes: the newest prompt, the newest settings, and a queue of
moves. So an answer always belongs to the one command that is out, and a slider that is dragged over a
hundred values sends as many of them as the engine can answer. Free of Qt.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from explorer.protocol import (
    Command,
    Device,
    Distribution,
    Event,
    Failed,
    Generate,
    GenerationEnded,
    LoadModel,
    ModelLoaded,
    PromptSet,
    RemoveLast,
    Reshape,
    SamplerSettings,
    SetPrompt,
    StepToken,
    StopGenerating,
    TokenSampled,
    TokensRemoved,
)
from explorer.ui.stores.sampling_stream import Stream

Request = LoadModel | SetPrompt | Reshape | StepToken | Generate | RemoveLast
_MOVES_AT_MOST = 8
"""Key presses that may wait for a slow engine."""


@dataclass(frozen=True)
class Step:
    """Draw one token."""


@dataclass(frozen=True)
class Run:
    """Draw up to `tokens`."""

    tokens: int


@dataclass(frozen=True)
class CutTo:
    """Take back everything from stream position `length` on; the prompt stays."""

    length: int


@dataclass(frozen=True)
class CutLast:
    """Take back one token."""


Move = Step | Run | CutTo | CutLast


@dataclass(frozen=True)
class Problem:
    """A `Failed` event, and what was asked for when it came."""

    asked: type[Request]
    template: str
    values: dict[str, str]
    details: str


class Session:
    """Wishes in, commands out through `send`; `apply` takes the answers and knows what is next."""

    def __init__(self, job: str, send: Callable[[Command], object], before: "Session | None" = None) -> None:
        """`before`: what an earlier session showed stays on the screen until the engine has answered."""
        self.job = job
        self.path = ""
        """The checkpoint."""
        self.model: ModelLoaded | None = None
        self.stream = before.stream if before else Stream()
        self.distribution = before.distribution if before else None
        self.problem: Problem | None = None
        self.stop_reason: str | None = None
        self.tokens_per_s: float | None = None
        self._send = send
        self._request: Request | None = None
        self._moves: deque[Move] = deque()
        self._prompt: str | None = None
        self._sampler = SamplerSettings()
        self._sent_prompt: str | None = None
        self._stream_of = before._stream_of if before else None
        """Checkpoint and prompt of what `stream` shows."""
        self._in_step = False
        """Whether the engine's stream is the one shown here."""
        self._shaped: tuple[int, SamplerSettings] | None = None
        """Stream length and settings that the engine has answered for."""
        self._failed: tuple[int, SamplerSettings] | None = None
        """The same of what it could not answer: not asked again before the person changes something."""
        self._acted = False
        """Whether the command that is out has had its effect, and only the distribution is to come."""
        self._drawn = 0
        self._stopping = False
        self._stop_wanted = False
        self._over = False

    # ------------------------------------------------------------ what is known

    @property
    def request(self) -> Request | None:
        """The command that waits for its answer."""
        return self._request

    @property
    def running(self) -> bool:
        """Whether tokens come by themselves, or will again after a change of the settings."""
        return isinstance(self._request, Generate) or any(isinstance(move, Run) for move in self._moves)

    @property
    def can_draw(self) -> bool:
        """Whether a step would be understood, now or when the prompt has been taken."""
        return self.model is not None and not self._over and (self._in_step or self._request is not None)

    @property
    def over(self) -> bool:
        """Whether the engine died under this session."""
        return self._over

    @property
    def is_current(self) -> bool:
        """Whether `distribution` is for the stream and the settings of now."""
        return self._shaped == (len(self.stream), self._sampler) and self.distribution is not None

    # ------------------------------------------------------------ wishes

    def load(self, path: str, device: Device) -> None:
        """The first command."""
        self.path = path
        self._ask(LoadModel(job=self.job, path=path, device=device))

    def want(self, prompt: str, sampler: SamplerSettings) -> None:
        """The prompt and the settings as they shall be from now on."""
        if prompt != self._prompt:
            self._moves.clear()  # they were meant for the text before
        self._prompt, self._sampler = prompt, sampler
        self._advance()

    def move(self, *moves: Move) -> None:
        """Do these next, in order."""
        self.problem = self.stop_reason = None
        if len(self._moves) < _MOVES_AT_MOST:
            self._moves.extend(moves)
        self._advance()

    def stop(self) -> None:
        """End what runs, and forget what waits."""
        self._moves.clear()
        if isinstance(self._request, Generate):
            self._stop_wanted = True
            self._interrupt()

    def abandon(self) -> None:
        """The engine is gone: no answer will come."""
        self._over = True
        self._request = None
        self._in_step = False
        self._moves.clear()

    # ------------------------------------------------------------ answers

    def apply(self, event: Event) -> None:
        """Take an event of this session's job."""
        match event:
            case ModelLoaded():
                self.model = event
                self._answered()
            case PromptSet():
                self._take_prompt(event)
            case Distribution():
                self._take_distribution(event)
            case TokenSampled():
                self._take_token(event)
            case TokensRemoved():
                self.stream.cut(event.length)
                self._acted = True
            case GenerationEnded():
                self._take_end(event)
            case Failed():
                self._take_failure(event)
            case _:
                return
        self._advance()

    def _take_prompt(self, event: PromptSet) -> None:
        draws = self.stream.drawn if event.continuation else []
        self.stream.begin(event.tokens, event.truncated, event.continuation, draws)
        self._stream_of = (self.path, self._sent_prompt or "")
        self._in_step = self._acted = True

    def _take_distribution(self, event: Distribution) -> None:
        self.distribution = event
        self._shaped = (event.position, event.sampler)
        match self._request:
            case Reshape(sampler=sampler):
                answered = sampler == event.sampler
                if answered and event.position != len(self.stream):
                    self._failed = (len(self.stream), sampler)  # not asked in circles
            case SetPrompt() | StepToken() | RemoveLast():
                answered = self._acted
            case _:
                answered = False  # beside generated text: only its end answers `Generate`
        if answered:
            self._answered()

    def _take_token(self, event: TokenSampled) -> None:
        sampler = self._request.sampler if isinstance(self._request, StepToken | Generate) else self._sampler
        known = self._shaped == (len(self.stream), sampler)
        self.stream.append(event, sampler, self.distribution if known else None)
        self.tokens_per_s = event.tokens_per_s
        self._drawn += 1
        self._acted = True

    def _take_end(self, event: GenerationEnded) -> None:
        request, asked_to_stop = self._request, self._stop_wanted
        interrupted = self._stopping and not asked_to_stop and event.stop_reason == "stopped"
        self._answered()
        if not interrupted:
            self.stop_reason = event.stop_reason
        elif isinstance(request, Generate) and self._prompt == self._sent_prompt and not self._moves:
            # Only the settings changed: go on with the new ones.
            self._moves.append(Run(request.max_tokens - self._drawn))

    def _take_failure(self, event: Failed) -> None:
        if self._request is None:
            return
        if isinstance(self._request, SetPrompt) and self._request.continuation:
            # The checkpoint may be another one by now: the prompt alone must do.
            self._stream_of = self._sent_prompt = None
        self.problem = Problem(type(self._request), event.template, event.values, event.details)
        self._failed = (len(self.stream), self._sampler)
        self._moves.clear()
        self._answered()

    # ------------------------------------------------------------ one command at a time

    def _answered(self) -> None:
        self._request = None
        self._stopping = self._stop_wanted = False

    def _ask(self, request: Request) -> None:
        self._request = request
        self._drawn, self._acted = 0, False
        if isinstance(request, StepToken | Generate):
            self.stop_reason = None
        self._send(request)

    def _advance(self) -> None:
        if self._over:
            return
        if self._request is None:
            command = self._next() if self.model else None
            if command is not None:
                self._ask(command)
        elif isinstance(self._request, Generate) and self._is_outdated(self._request):
            self._interrupt()

    def _next(self) -> Request | None:
        if self._prompt is None:
            return None
        if self._prompt != self._sent_prompt:
            self._sent_prompt, self._in_step = self._prompt, False
            self.problem = self.stop_reason = None
            # A text whose engine died, or whose change was refused, gets back what was drawn after it.
            same = self._stream_of == (self.path, self._prompt)
            ids = list(self.stream.generated_ids) if same else []
            return SetPrompt(job=self.job, text=self._prompt, sampler=self._sampler, continuation=ids)
        while self._moves:
            command = self._command_of(self._moves.popleft())
            if command is not None and self._in_step:
                return command
        if self._in_step and (len(self.stream), self._sampler) not in (self._shaped, self._failed):
            return Reshape(job=self.job, sampler=self._sampler)
        return None

    def _command_of(self, move: Move) -> Request | None:
        match move:
            case Step():
                return StepToken(job=self.job, sampler=self._sampler)
            case Run(tokens):
                return (
                    Generate(job=self.job, sampler=self._sampler, max_tokens=tokens) if tokens > 0 else None
                )
            case CutTo(length):
                return self._remove(len(self.stream) - length)
            case CutLast():
                return self._remove(1)

    def _remove(self, tokens: int) -> RemoveLast | None:
        tokens = min(tokens, len(self.stream.drawn))
        return RemoveLast(job=self.job, count=tokens, sampler=self._sampler) if tokens > 0 else None

    def _is_outdated(self, request: Generate) -> bool:
        return bool(self._moves) or self._prompt != self._sent_prompt or request.sampler != self._sampler

    def _interrupt(self) -> None:
        if not self._stopping:
            self._stopping = True
            self._send(StopGenerating(job=self.job))
