"""An engine of scripted answers, for panels that ask: jobs side by side, a token a turn, no torch."""

from collections import deque
from collections.abc import Callable, Iterator

from explorer.protocol import (
    Cancel,
    CloseSession,
    Command,
    Distribution,
    Event,
    Failed,
    Generate,
    GenerationEnded,
    LoadModel,
    ModelLoaded,
    PromptSet,
    SamplerSettings,
    SetChat,
    SetPrompt,
    StopGenerating,
    StreamToken,
    TokenSampled,
    TokensWritten,
    WriteTokens,
)
from explorer.text.chatml import SPECIAL_TOKENS

END = "<|im_end|>"


def tokens_of(text: str, role: str = "", turn: int | None = None) -> list[StreamToken]:
    """Words with the space before them, and special tokens by their names."""
    pieces, rest = list[str](), text
    while rest:
        special = next((name for name in SPECIAL_TOKENS if rest.startswith(name)), None)
        cut = len(special) if special else rest.find(" ", 1)
        cut = cut if cut > 0 else len(rest)
        marks = [place for name in SPECIAL_TOKENS if (place := rest.find(name, 1)) > 0]
        cut = cut if special else min([cut, *marks])
        pieces.append(rest[:cut])
        rest = rest[cut:]
    return [
        StreamToken(
            id=sum(map(ord, piece)) % 1000, text=piece, special=piece in SPECIAL_TOKENS, role=role, turn=turn
        )
        for piece in pieces
    ]


class TalkingEngine:
    """`answers(path, prompt, seed)` gives what a model writes; models named "base" have no template."""

    def __init__(self, answers: Callable[[str, str, int], str]) -> None:
        self.answers = answers
        self.commands: list[Command] = []
        self.events: deque[Event] = deque()
        self.more: Callable[[Command], Iterator[Event]] | None = None
        """Answers the commands that this engine does not know."""
        self._paths: dict[str, str] = {}
        self._prompts: dict[str, str] = {}
        self._jobs: deque[tuple[str, Iterator[Event]]] = deque()
        self._stopped: set[str] = set()

    @property
    def busy(self) -> bool:
        return bool(self._jobs or self.events)

    def take(self, command: Command) -> None:
        self.commands.append(command)
        if isinstance(command, Cancel):
            self._jobs = deque(job for job in self._jobs if job[0] != command.job)
            return
        if isinstance(command, StopGenerating):
            self._stopped.add(command.job)
            return
        self._jobs.append((command.job, self._run(command)))

    def advance(self) -> None:
        """One event of the next job in turn."""
        if self._jobs:
            name, job = self._jobs.popleft()
            event = next(job, None)
            if event is not None:
                self.events.append(event)
                self._jobs.append((name, job))

    def _run(self, command: Command) -> Iterator[Event]:
        job = command.job
        match command:
            case LoadModel(path=path):
                if "broken" in path:
                    yield Failed(job=job, template="There is no model at {path}.", values={"path": path})
                    return
                self._paths[job] = path
                chat = "base" not in path
                yield ModelLoaded(
                    job=job, path=path, name=path.rpartition("/")[2], step=40, parameters=1_050_000,
                    vocab_size=1024, context=256, weights_hash="0123456789ab", device="cpu",
                    has_template=chat, template_name="ChatML" if chat else "",
                    special_tokens=list(SPECIAL_TOKENS) if chat else [],
                )  # fmt: skip
            case CloseSession():
                self._paths.pop(job, None)
            case SetPrompt(text=text):
                self._prompts[job] = text
                yield PromptSet(job=job, tokens=tokens_of(text), truncated=0)
                yield self._distribution(job)
            case SetChat(messages=messages):
                if "base" in self._paths[job]:
                    yield Failed(job=job, template="{name} has no chat template.", values={"name": "base"})
                    return
                self._prompts[job] = "\n".join(f"{turn.role}: {turn.content}" for turn in messages)
                tokens: list[StreamToken] = []
                for number, turn in enumerate(messages):
                    tokens += tokens_of("<|im_start|>", "template")
                    tokens += tokens_of(f"{turn.role}\n", "template")
                    tokens += tokens_of(turn.content, turn.role, number)
                    tokens += tokens_of(END, "template")
                tokens += tokens_of("<|im_start|>assistant\n", "template")
                yield PromptSet(job=job, tokens=tokens, truncated=0)
                yield self._distribution(job)
            case WriteTokens(parts=parts):
                written = [token for part in parts for token in tokens_of(part.text, part.role)]
                yield TokensWritten(job=job, position=0, tokens=written, left_out=0)
            case Generate():
                yield from self._generate(command)
            case _:
                assert self.more is not None, command
                yield from self.more(command)

    def _generate(self, command: Generate) -> Iterator[Event]:
        job = command.job
        self._stopped.discard(job)
        text = self.answers(self._paths[job], self._prompts[job], command.sampler.seed)
        number = 0
        for token in tokens_of(text, "assistant", 1):
            if number >= command.max_tokens or job in self._stopped:
                reason = "stopped" if job in self._stopped else "max_tokens"
                yield GenerationEnded(job=job, stop_reason=reason, tokens=number)
                return
            number += 1
            yield TokenSampled(
                job=job, position=number, token=token, uniform=0.5, cumulative_before=0.4, probability=0.2,
                tokens_per_s=120.0,
            )  # fmt: skip
        reason = "end_token" if text.endswith(END) else "max_tokens"
        yield GenerationEnded(job=job, stop_reason=reason, tokens=number)

    def _distribution(self, job: str) -> Distribution:
        return Distribution(
            job=job, position=0, sampler=SamplerSettings(), candidates=[], rest_count=0, rest_probability=0.0,
            entropy_bits=0.0, model_entropy_bits=0.0,
        )  # fmt: skip
