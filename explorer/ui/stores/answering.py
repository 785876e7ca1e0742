"""One model that is asked and answers: loaded, prompted as a text or in its chat format, written from.

One job id a model, so that answers of an earlier one are told from those of now. Free of Qt.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from explorer.protocol import (
    Cancel,
    ChatTurn,
    CloseSession,
    Command,
    Device,
    DropTokens,
    Event,
    Failed,
    Generate,
    GenerationEnded,
    JobCancelled,
    LoadModel,
    ModelLoaded,
    PromptSet,
    RemoveLast,
    SamplerSettings,
    SetChat,
    SetPrompt,
    StopGenerating,
    StreamToken,
    TokenSampled,
    TokensDropped,
    TokensRemoved,
    TokensWritten,
    WriteTokens,
    WrittenPart,
)
from explorer.protocol.chat import TemplateValue
from explorer.text.chatml import THINK_CLOSE, THINK_OPEN
from explorer.text.spans import Span, SpanSplitter
from explorer.ui.stores.run_data import Failure
from explorer.ui.stores.sampling_stream import joined

Phase = Literal["empty", "loading", "idle", "reading", "writing", "lost"]


@dataclass(frozen=True)
class Question:
    """What a model is given, and how it shall go on."""

    text: str = ""
    """The beginning of a document; of no meaning where there are `messages`."""
    messages: tuple[ChatTurn, ...] = ()
    sampler: SamplerSettings = field(default_factory=SamplerSettings)
    max_tokens: int = 200
    """0: the model reads, and writes when `go_on` says so."""
    options: dict[str, TemplateValue] = field(default_factory=dict[str, TemplateValue])
    """For the template, see `SetChat`."""
    forced: tuple[WrittenPart, ...] = ()
    """What stands at the front of the answer, whatever the model wants ..."""
    forced_unless: str = ""
    """... if the template has not ended its prompt with this already."""
    opens_answer: bool = True
    """Whether the template opens the assistant's turn."""
    continuation: tuple[int, ...] = ()
    """Tokens that have been written before: the answer goes on after them."""
    stop_texts: tuple[str, ...] = ()
    """It pauses behind one of these: the end of a tool's call."""


@dataclass(frozen=True)
class Part:
    """A stretch of an answer."""

    kind: str
    """As `explorer.text.spans`: "answer", "thinking", "tool", "result"."""
    text: str
    first_token: int
    tokens: int
    seconds: float
    opening: str = ""
    """The tag that opened it: which tool is called."""
    closed: bool = False
    """Whether its closing tag has come."""


class Answering:
    """Intents in, commands out through `send`; `apply` takes what the engine says of this job.

    Seconds are those of `clock`, from when the window asked to when it heard: what a person waits.
    """

    def __init__(self, job: str, send: Callable[[Command], object], clock: Callable[[], float]) -> None:
        self.job = job
        self.path = ""
        self.model: ModelLoaded | None = None
        self.phase: Phase = "empty"
        self.question: Question | None = None
        """What the answer answers."""
        self.prompt: list[StreamToken] = []
        self.tokens: list[StreamToken] = []
        """The answer, with what was forced."""
        self.fallen = 0
        """How many of its first tokens the stream no longer has."""
        self.truncated = 0
        self.failure: Failure | None = None
        self.stop_reason: str | None = None
        self.tokens_per_s: float | None = None
        self.first_token_s: float | None = None
        self._send, self._clock = send, clock
        self._stop = False
        self._most = 0
        """How many tokens may still be drawn."""
        self._awaited = 0
        """How many prompts are on their way: all but the last were overtaken."""
        self._cancels = 0
        """How many have not been confirmed: what comes before that is about what was cancelled."""
        self._writes = False
        """Whether it goes on by itself behind what is written into its stream."""
        self._asked_at = self._began_at = 0.0
        self._times: list[float] = []
        self._splitter = SpanSplitter()
        self._inside = False
        """Whether the template has opened the thinking."""

    # ------------------------------------------------------------ what is known

    @property
    def busy(self) -> bool:
        """Whether something is to come."""
        return self.phase in ("loading", "reading", "writing")

    @property
    def overtaken(self) -> bool:
        """Whether what the engine says now is still about what was asked before."""
        return self._awaited > 0

    @property
    def in_chat_format(self) -> bool | None:
        """Whether the prompt went through a template, as its tokens tell; None before there is one."""
        if not self.prompt:
            return None
        return any(token.role == "template" or token.turn is not None for token in self.prompt)

    @property
    def text(self) -> str:
        """The answer as it is read, tags and all, special tokens left out."""
        return joined(self.tokens)

    @property
    def text_with_specials(self) -> str:
        """The answer as a verifier reads it: special tokens by their names, but for the one that ends it.

        A tag with which the template opened the answer stands at its front.
        """
        ended = self.stop_reason == "end_token"
        plain = [
            StreamToken(id=token.id, text=token.text, resumes=token.resumes)
            for token in (self.tokens[:-1] if ended else self.tokens)
        ]
        return (THINK_OPEN if self._inside else "") + joined(plain)

    @property
    def parts(self) -> list[Part]:
        """The answer split into thinking, tool calls, results and the answer proper."""
        return [
            Part(
                span.kind,
                span.text,
                span.first_token,
                span.tokens,
                self._seconds(span),
                span.opening,
                span.closed,
            )
            for span in self._splitter.spans
        ]

    def _seconds(self, span: Span) -> float:
        if not span.tokens or not self._times:
            return 0.0
        before = self._times[span.first_token - 1] if span.first_token else self._began_at
        return self._times[min(span.first_token + span.tokens, len(self._times)) - 1] - before

    # ------------------------------------------------------------ intents

    def load(self, job: str, path: str, device: Device) -> None:
        """Answer with the weights at `path` from now on, as job `job`; what was said stays."""
        self.close()
        self.job, self.path, self.model = job, path, None
        self.phase, self.failure = "loading", None
        self._awaited = self._cancels = 0
        self._send(LoadModel(job=job, path=path, device=device))

    def close(self) -> None:
        """Let the engine forget this session."""
        if self.job and self.phase not in ("empty", "lost"):
            if self.busy:
                self._send(Cancel(job=self.job))
            self._send(CloseSession(job=self.job))
        self.phase = "empty"

    def ask(self, question: Question) -> None:
        """Drop the present answer and write another. There must be a model."""
        if self.model is None or self.phase == "lost":
            return
        self.clear()
        self.question, self.failure = question, None
        self.phase, self._stop = "reading", False
        self._awaited += 1
        self._asked_at = self._clock()
        self._most, self._writes = question.max_tokens, question.max_tokens > 0
        continuation = list(question.continuation)
        if question.messages:
            self._send(
                SetChat(
                    job=self.job,
                    messages=list(question.messages),
                    sampler=question.sampler,
                    options=question.options,
                    add_generation_prompt=question.opens_answer,
                    continuation=continuation,
                )
            )
        else:
            self._send(
                SetPrompt(
                    job=self.job, text=question.text, sampler=question.sampler, continuation=continuation
                )
            )

    def go_on(self, max_tokens: int) -> None:
        """Write on from where the stream ends."""
        if self.phase == "idle" and self.question is not None:
            self._most, self._stop, self.stop_reason = max_tokens, False, None
            self._began_at = self._clock() if not self._times else self._began_at
            self._generate()

    def write(self, parts: Sequence[WrittenPart], take_back: int = 0) -> None:
        """Put what somebody else says behind the answer, in the place of its last `take_back` tokens."""
        if self.phase == "idle" and self.question is not None:
            self.phase, self._stop, self._writes = "reading", False, False
            sampler = self.question.sampler
            if take_back:
                self._send(RemoveLast(job=self.job, count=take_back, sampler=sampler))
            self._send(WriteTokens(job=self.job, parts=list(parts), sampler=sampler))

    def drop(self, first: int, count: int) -> None:
        """Let tokens fall out of the stream, from position `first` on: in the prompt, or just behind it."""
        if self.phase == "idle" and self.question is not None:
            self.phase, self._stop, self._writes = "reading", False, False
            self._send(DropTokens(job=self.job, first=first, count=count, sampler=self.question.sampler))

    def stop(self) -> None:
        """End after the present token; what is written stays."""
        if self.phase == "writing":
            self._send(StopGenerating(job=self.job))
        elif self.phase == "reading":
            self._stop = True

    def break_off(self) -> None:
        """As `stop`, and a prompt that is being read is not read to its end."""
        if self.phase == "reading":
            self._send(Cancel(job=self.job))
            self._cancels += 1
            self._awaited = 0
            self.phase, self.stop_reason = "idle", "stopped"
        else:
            self.stop()

    def clear(self) -> None:
        """Nothing has been asked."""
        self.question = None
        self.prompt, self.tokens, self._times = [], [], []
        self.stop_reason = self.tokens_per_s = self.first_token_s = None
        self.truncated = self.fallen = 0
        self._splitter, self._inside = SpanSplitter(), False

    def abandon(self) -> None:
        """The engine is gone: what was written stays."""
        self._awaited = self._cancels = 0
        if self.phase != "empty":
            self.phase = "lost"

    # ------------------------------------------------------------ answers

    def apply(self, event: Event) -> None:
        """Take an event of this job."""
        if self._cancels:
            self._cancels -= isinstance(event, JobCancelled)
            return
        match event:
            case ModelLoaded():
                self.model, self.phase = event, "idle"
            case PromptSet():
                self._awaited = max(0, self._awaited - 1)
                if self.phase == "reading" and not self.overtaken:
                    self._take_prompt(event)
            case TokensWritten() if self.phase == "reading" and not self.overtaken:
                for token in event.tokens:
                    self._take(token)
                self._read()
            case TokensRemoved() if self.phase == "reading" and not self.overtaken:
                self._cut(event.length - len(self.prompt) + self.fallen)
            case TokensDropped() if self.phase == "reading" and not self.overtaken:
                self._drop(event.first, event.count)
                self._read()
            case TokenSampled() if self.phase == "writing":
                if self.first_token_s is None:
                    self.first_token_s = self._clock() - self._asked_at
                self.tokens_per_s = event.tokens_per_s
                self._take(event.token)
            case GenerationEnded() if self.phase == "writing":
                self.phase, self.stop_reason = "idle", event.stop_reason
                self._splitter.finish()
            case Failed():
                self._awaited = max(0, self._awaited - 1)
                self.failure = Failure(event.template, event.values, event.details)
                self.phase = "empty" if self.phase == "loading" else "idle"
            case _:
                pass

    def _take_prompt(self, event: PromptSet) -> None:
        assert self.model is not None and self.question is not None
        self.prompt, self.truncated = list(event.tokens), event.truncated
        self._inside = _opens_thinking(event.tokens)
        self._splitter = self._new_splitter()
        self._began_at = self._clock()
        for token in event.continuation:
            self._take(token)
        unless = self.question.forced_unless
        already = bool(unless) and unless in "".join(token.text for token in event.tokens[-4:])
        if self.question.forced and not already:
            parts = list(self.question.forced)
            self._send(WriteTokens(job=self.job, parts=parts, sampler=self.question.sampler))
        else:
            self._read()

    def _new_splitter(self) -> SpanSplitter:
        special = self.model.special_tokens if self.model is not None else ()
        return SpanSplitter(special=special, inside="thinking" if self._inside else None)

    def _read(self) -> None:
        """The stream is read: write, if that was asked for."""
        if self._writes or self._stop:
            self._generate()
        else:
            self.phase = "idle"

    def _generate(self) -> None:
        assert self.question is not None
        if self._stop:
            self.phase, self.stop_reason = "idle", "stopped"
            return
        self.phase = "writing"
        self._send(
            Generate(
                job=self.job,
                sampler=self.question.sampler,
                max_tokens=self._most,
                stop_texts=list(self.question.stop_texts),
            )
        )

    def _cut(self, length: int) -> None:
        """Only so many tokens of the answer stay."""
        kept, times = self.tokens[:length], self._times[:length]
        self.tokens, self._times, self._splitter = [], [], self._new_splitter()
        for token in kept:
            self._take(token)
        self._times = times

    def _drop(self, first: int, count: int) -> None:
        end, prompt = first + count, len(self.prompt)
        self.fallen += max(0, end - max(first, prompt))
        del self.prompt[first:end]

    def _take(self, token: StreamToken) -> None:
        self.tokens.append(token)
        self._times.append(self._clock())
        self._splitter.push(token.text, special=token.special, resumes=token.resumes)


def _opens_thinking(prompt: Sequence[StreamToken]) -> bool:
    """Whether a template has written the tag that opens thinking, and not the one that closes it."""
    end = "".join(token.text for token in prompt[-4:])
    return THINK_OPEN in end and THINK_CLOSE not in end
