"""What the server says, checked and turned into facts.

Source: OpenAI's API reference (chat completions, completions, streaming), and where servers differ from it:
`reasoning_content` (DeepSeek, llama.cpp, vLLM) or `reasoning` (OpenRouter, Ollama, newer vLLM); completions
with the log-probabilities of chats (llama.cpp); `stop_reason` with the stop string (vLLM).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

import msgspec

from explorer.core.remote.facts import (
    Channel,
    Fact,
    RowEnded,
    StopReason,
    TextArrived,
    TokenScore,
    UsageCounted,
)


class NotChunkError(ValueError):
    """Valid JSON perhaps, but not what this protocol says; says why."""


class ServerSaidError(Exception):
    """The server reports an error in the middle of its answer."""


class _Alternative(msgspec.Struct):
    token: str
    logprob: float


class _Token(_Alternative):
    bytes: list[int] | None = None
    id: int | str | None = None
    top_logprobs: list[_Alternative] | None = None


class _Logprobs(msgspec.Struct):
    """Of a chat (`content`), or of a completion (three lists side by side)."""

    content: list[_Token] | None = None
    tokens: list[str] | None = None
    token_logprobs: list[float | None] | None = None
    top_logprobs: list[dict[str, float] | None] | None = None


class _Delta(msgspec.Struct):
    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None


class _Choice(msgspec.Struct):
    index: int = 0
    delta: _Delta | None = None
    message: _Delta | None = None
    text: str | None = None
    logprobs: _Logprobs | None = None
    finish_reason: str | None = None
    stop_reason: int | str | None = None


class _CompletionDetails(msgspec.Struct):
    reasoning_tokens: int | None = None


class _PromptDetails(msgspec.Struct):
    cached_tokens: int | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    completion_tokens_details: _CompletionDetails | None = None
    prompt_tokens_details: _PromptDetails | None = None


class _Chunk(msgspec.Struct):
    choices: list[_Choice] | None = None
    usage: _Usage | None = None
    error: Any = None


_decoder = msgspec.json.Decoder(_Chunk)


@dataclass
class _Row:
    scored: int = 0
    """Tokens with a log-probability so far."""
    ended: StopReason | None = None


@dataclass
class ChunkReader:
    """Facts of one answer. Rows' ends are held back until `finish`: the usage comes after them."""

    rows: int
    max_tokens: int
    anything: bool = False
    """Whether anything of an answer has come."""
    _rows: list[_Row] = field(init=False)
    _usage: UsageCounted | None = None

    def __post_init__(self) -> None:
        self._rows = [_Row() for _ in range(self.rows)]

    @property
    def complete(self) -> bool:
        """Whether every row has its end: what follows is only bookkeeping."""
        return all(row.ended for row in self._rows)

    def read(self, data: str | bytes) -> Iterator[Fact]:
        """Facts of one event. Raises: NotChunkError, ServerSaidError."""
        try:
            chunk = _decoder.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise NotChunkError(str(error)) from None
        if chunk.error is not None:
            raise ServerSaidError(data if isinstance(data, str) else data.decode("utf-8", "replace"))
        if chunk.usage is not None:
            self._usage = _usage(chunk.usage)
        for choice in chunk.choices or ():
            self.anything = True
            yield from self._choice(choice)

    def finish(self) -> Iterator[Fact]:
        """The usage, if it was given, and the end of every row."""
        if self._usage is not None:
            yield self._usage
        for number, row in enumerate(self._rows):
            assert row.ended is not None, "see `complete`"
            tokens = row.scored or None
            if self._usage is not None and self.rows == 1 and self._usage.completion_tokens is not None:
                tokens = self._usage.completion_tokens
            reason = row.ended
            if reason == "max_tokens" and tokens is not None and tokens < self.max_tokens:
                reason = "context_full"
            yield RowEnded(number, reason, tokens)

    def _choice(self, choice: _Choice) -> Iterator[Fact]:
        if not 0 <= choice.index < self.rows:
            raise NotChunkError(f"a choice numbered {choice.index}")
        row = self._rows[choice.index]
        delta = choice.delta or choice.message or _Delta(content=choice.text)
        thought = delta.reasoning_content if delta.reasoning_content is not None else delta.reasoning
        said = delta.content
        tokens = _scores(choice.logprobs) if choice.logprobs is not None else ()
        row.scored += len(tokens)
        parts: list[tuple[Channel, str]] = []
        if thought:
            parts.append(("reasoning", thought))
        if said or (tokens and not thought):
            parts.append(("answer", said or ""))
        for place, (channel, text) in enumerate(parts):
            last = place == len(parts) - 1
            yield TextArrived(choice.index, channel, text, tokens if last else ())
        if choice.finish_reason is not None and row.ended is None:
            row.ended = _stop_reason(choice)


def _stop_reason(choice: _Choice) -> StopReason:
    match choice.finish_reason:
        case "stop" | "eos" | "end_turn":
            return "stop_string" if isinstance(choice.stop_reason, str) else "end_token"
        case "length":
            return "max_tokens"
        case "tool_calls" | "function_call":
            return "tool_call"
        case "content_filter":
            return "content_filter"
        case _:
            return "unknown"


def _usage(usage: _Usage) -> UsageCounted:
    completion, prompt = usage.completion_tokens_details, usage.prompt_tokens_details
    return UsageCounted(
        usage.prompt_tokens,
        usage.completion_tokens,
        completion.reasoning_tokens if completion else None,
        prompt.cached_tokens if prompt else None,
    )


def _scores(given: _Logprobs) -> tuple[TokenScore, ...]:
    if given.content is not None:
        return tuple(_score(token) for token in given.content)
    if given.tokens is None:
        return ()
    rows = zip_longest(given.tokens, given.token_logprobs or (), given.top_logprobs or ())
    return tuple(
        TokenScore(text, logprob, top=tuple((top or {}).items()))
        for text, logprob, top in rows
        if text is not None and logprob is not None
    )


def _score(token: _Token) -> TokenScore:
    try:
        data = bytes(token.bytes) if token.bytes is not None else None
    except ValueError:
        raise NotChunkError("bytes outside 0..255") from None
    return TokenScore(
        token.token,
        token.logprob,
        data,
        token.id if isinstance(token.id, int) else None,
        tuple((top.token, top.logprob) for top in token.top_logprobs or ()),
    )
