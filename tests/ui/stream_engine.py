"""An engine of scripted answers that keeps a stream as a session does: read on, cut, written into, slid."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from msgspec.structs import replace

from explorer.protocol import (
    AttentionSeen,
    Cancel,
    CloseSession,
    Command,
    ContextMeasured,
    DropTokens,
    Event,
    Failed,
    Generate,
    GenerationEnded,
    JobCancelled,
    LoadModel,
    LookBack,
    MeasureContext,
    ModelLoaded,
    PromptSet,
    RemoveLast,
    SetChat,
    SetPrompt,
    StopGenerating,
    StreamToken,
    TokenSampled,
    TokensDropped,
    TokensRemoved,
    TokensWritten,
    WriteTokens,
)
from explorer.text.chatml import SPECIAL_TOKENS
from tests.ui.talking_engine import END, tokens_of


@dataclass
class _Stream:
    path: str = ""
    tokens: list[StreamToken] = field(default_factory=list)
    prompt: int = 0
    turn: int = 0
    queue: deque = field(default_factory=deque)
    stopped: bool = False


class StreamEngine:
    """`answers(path, stream, seed)` gives how the model goes on; models named "base" have no template."""

    def __init__(self, answers: Callable[[str, str, int], str], context: int = 256) -> None:
        self.answers, self.context = answers, context
        self.commands: list[Command] = []
        self.events: deque[Event] = deque()
        self.streams: dict[str, _Stream] = {}
        self.vocabulary: list[StreamToken] = []

    @property
    def busy(self) -> bool:
        return bool(self.events or any(stream.queue for stream in self.streams.values()))

    def sent(self, kind: type) -> list:
        return [command for command in self.commands if isinstance(command, kind)]

    def text(self, job: str) -> str:
        return "".join(token.text for token in self.streams[job].tokens)

    def take(self, command: Command) -> None:
        self.commands.append(command)
        stream = self.streams.setdefault(command.job, _Stream())
        if isinstance(command, Cancel):
            stream.queue.clear()
            self.events.append(JobCancelled(job=command.job))
            return
        if not isinstance(command, LookBack | MeasureContext):
            stream.stopped = True
        if isinstance(command, Generate):
            stream.stopped = False
        if not isinstance(command, StopGenerating):
            stream.queue.append(self._run(command, stream))

    def advance(self) -> None:
        for stream in self.streams.values():
            if stream.queue:
                event = next(stream.queue[0], None)
                if event is None:
                    stream.queue.popleft()
                else:
                    self.events.append(event)
                return

    def _known(self, tokens: list[StreamToken]) -> list[StreamToken]:
        """With ids of their own, so that a stream comes back from them."""
        found: list[StreamToken] = []
        for token in tokens:
            known = [one.text for one in self.vocabulary]
            if token.text not in known:
                self.vocabulary.append(token)
            number = known.index(token.text) if token.text in known else len(known)
            found.append(replace(token, id=number, logprob=-1.0))
        return found

    def _run(self, command: Command, stream: _Stream) -> Iterator[Event]:
        job = command.job
        match command:
            case LoadModel(path=path):
                if "broken" in path:
                    yield Failed(job=job, template="There is no model at {path}.", values={"path": path})
                    return
                stream.path, chat = path, "base" not in path
                yield ModelLoaded(
                    job=job, path=path, name=path.rpartition("/")[2], step=40, parameters=1_050_000,
                    vocab_size=1024, context=self.context, weights_hash="0123456789ab", device="cpu",
                    has_template=chat, template_name="ChatML" if chat else "",
                    special_tokens=list(SPECIAL_TOKENS) if chat else [],
                )  # fmt: skip
            case CloseSession():
                stream.tokens, stream.prompt = [], 0
            case SetPrompt():
                yield self._prompt(
                    job, stream, tokens_of(command.text) or tokens_of(" "), command.continuation
                )
            case SetChat():
                if any("{{" in turn.content for turn in command.messages):
                    yield Failed(job=job, template="The template refuses.")
                    return
                yield self._prompt(job, stream, _chat(command), command.continuation)
            case WriteTokens():
                written = self._known(
                    [
                        token
                        for part in command.parts
                        for token in tokens_of(part.text, part.role, stream.turn)
                    ]
                )
                at = len(stream.tokens)
                stream.tokens += written
                yield TokensWritten(job=job, position=at, tokens=written, left_out=0)
            case RemoveLast():
                del stream.tokens[max(stream.prompt, len(stream.tokens) - command.count) :]
                yield TokensRemoved(job=job, length=len(stream.tokens))
            case DropTokens(first=first, count=count):
                del stream.tokens[first : first + count]
                stream.prompt -= max(0, min(first + count, stream.prompt) - first)
                yield TokensDropped(job=job, first=first, count=count)
            case Generate():
                yield from self._generate(command, stream)
            case MeasureContext(lengths=lengths):
                for tokens in (0, *lengths):
                    yield ContextMeasured(
                        job=job, tokens=tokens, kv_bytes=tokens * 100, kv_bytes_per_token=100,
                        kv_visible_bytes=tokens * 100, sliding_layers=0, window=None,
                        seconds_per_token=0.01 if tokens else None,
                    )  # fmt: skip
            case LookBack(position=position):
                yield AttentionSeen(
                    job=job, position=position, layer=command.layer, head=command.head, layers=2, heads=4,
                    weights=[1.0 / (position + 1)] * (position + 1), slides=False,
                )  # fmt: skip
            case _:
                raise AssertionError(command)

    def _prompt(self, job: str, stream: _Stream, tokens: list[StreamToken], ids: list[int]) -> PromptSet:
        tokens = self._known(tokens)
        cut = max(0, len(tokens) - (self.context - 1))
        stream.tokens = tokens[cut:]
        stream.prompt = len(stream.tokens)
        stream.turn = max((token.turn for token in tokens if token.turn is not None), default=-1) + 1
        again = [replace(self.vocabulary[one], id=one, role="assistant", turn=stream.turn) for one in ids]
        stream.tokens += again
        return PromptSet(job=job, tokens=stream.tokens[: stream.prompt], truncated=cut, continuation=again)

    def _generate(self, command: Generate, stream: _Stream) -> Iterator[Event]:
        job, number, reason, met = command.job, 0, "max_tokens", ""
        text = self.answers(stream.path, self.text(job), command.sampler.seed)
        for token in self._known(tokens_of(text, "assistant", stream.turn)):
            if stream.stopped:
                reason = "stopped"
                break
            if number >= command.max_tokens:
                break
            if len(stream.tokens) >= self.context:
                reason = "context_full"
                break
            number += 1
            stream.tokens.append(token)
            yield TokenSampled(
                job=job, position=len(stream.tokens) - 1, token=token, uniform=0.5, cumulative_before=0.4,
                probability=0.2, tokens_per_s=120.0, model_s=0.01,
            )  # fmt: skip
            if token.text == END:
                reason = "end_token"
                break
            if token.text in command.stop_texts:
                reason, met = "stop_text", token.text
                break
        yield GenerationEnded(job=job, stop_reason=reason, tokens=number, stop_text=met)


def _chat(command: SetChat) -> list[StreamToken]:
    tokens: list[StreamToken] = []
    before = ""
    for number, turn in enumerate(command.messages):
        if turn.role == "tool":
            tokens += tokens_of("<|result_start|>", "template")
            tokens += tokens_of(turn.content, "tool", number)
            tokens += tokens_of("<|result_end|>", "template")
        else:
            if before != "tool":
                tokens += tokens_of("<|im_start|>", "template") + tokens_of(f"{turn.role}\n", "template")
            content = tokens_of(turn.content, turn.role, number)
            tokens += (
                [replace(one, special=False) for one in content] if turn.role != "assistant" else content
            )
            after = command.messages[number + 1].role if number + 1 < len(command.messages) else ""
            if after != "tool":
                tokens += tokens_of(END, "template") + tokens_of("\n", "template")
        before = turn.role
    if command.add_generation_prompt and before != "tool":
        tokens += tokens_of("<|im_start|>", "template") + tokens_of("assistant\n", "template")
    return tokens
