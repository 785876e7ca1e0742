"""A remote model that writes: the counterpart of `explorer.core.generate`, facts and all."""

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import msgspec

from explorer.core.pump import pump, pump_one
from explorer.core.remote import sentences
from explorer.core.remote.address import Server
from explorer.core.remote.chunks import ChunkReader, NotChunkError, ServerSaidError
from explorer.core.remote.facts import Fact
from explorer.core.remote.http import get_json, post
from explorer.core.remote.sse import EventReader, NotEventsError
from explorer.errors import InputError, RemoteError
from explorer.protocol import SamplerSettings

_END = "[DONE]"
_MAX_BYTES = 64 << 20
"""Of one answer: a stream that never ends must not take all memory."""
_GRACE_S = 3.0
"""For what may follow the last row's end: the usage."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What to write, besides the prompt."""

    sampler: SamplerSettings = field(default_factory=SamplerSettings)
    max_tokens: int = 200
    rows: int = 1
    """Answers to the same prompt, side by side."""
    stop_strings: Sequence[str] = ()
    top_logprobs: int | None = None
    """Alternatives for each token; 0: log-probabilities without alternatives; None: neither."""
    ignore_end: bool = False
    """Go on after the end token, where the server can."""


@dataclass(frozen=True, slots=True)
class RemoteModel:
    """A model's name at a server."""

    server: Server
    name: str

    def chat(self, messages: Sequence[Mapping[str, str]], wish: Wish) -> Generator[Fact | None]:
        """Answer the conversation: messages with `role` and `content`.

        None stands for "nothing yet"; close the generator to close the connection. Raises: RemoteError, in
        one sentence, after everything that had arrived; InputError for settings without sense.
        """
        body = self._body(wish) | {"messages": [dict(message) for message in messages]}
        if wish.top_logprobs is not None:
            body["logprobs"] = True
            if wish.top_logprobs:
                body["top_logprobs"] = wish.top_logprobs
        return pump(_facts(self.server, "/chat/completions", body, self.name, wish))

    def complete(self, prompt: str | Sequence[int], wish: Wish) -> Generator[Fact | None]:
        """Go on from `prompt`, text or token ids, without a template. As `chat` otherwise."""
        body = self._body(wish) | {"prompt": prompt}
        if wish.top_logprobs is not None:
            body["logprobs"] = wish.top_logprobs
        return pump(_facts(self.server, "/completions", body, self.name, wish))

    def _body(self, wish: Wish) -> dict[str, Any]:
        if wish.max_tokens < 1:
            raise InputError(
                "{tokens} tokens cannot be generated. Give a number above 0.", tokens=wish.max_tokens
            )
        body: dict[str, Any] = {
            "model": self.name,
            "max_tokens": wish.max_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if wish.rows > 1:
            body["n"] = wish.rows
        if wish.stop_strings:
            body["stop"] = list(wish.stop_strings)
        if wish.ignore_end:
            body["ignore_eos"] = True
        return body | sampler_fields(wish.sampler)


def sampler_fields(settings: SamplerSettings) -> dict[str, Any]:
    """The chain as a server's parameters: neutral steps are left out, for not every server knows them all.

    OpenAI's own names, and llama.cpp's and vLLM's for the rest. The order of the steps is the server's.
    """
    used = set(settings.samplers)
    given: list[tuple[str, Any, Any]] = [
        ("top_k", settings.top_k, 0),
        ("top_p", settings.top_p, 1.0),
        ("min_p", settings.min_p, 0.0),
        ("typical_p", settings.typical_p, 1.0),
        ("repeat_penalty", settings.repeat_penalty, 1.0),
        ("frequency_penalty", settings.frequency_penalty, 0.0),
        ("presence_penalty", settings.presence_penalty, 0.0),
    ]
    fields = {name: value for name, value, neutral in given if name in used and value != neutral}
    if "repeat_penalty" in fields:
        fields["repetition_penalty"] = fields["repeat_penalty"]  # vLLM's name for it
    if settings.logit_bias and "logit_bias" in used:
        fields["logit_bias"] = {str(token): bias for token, bias in settings.logit_bias.items()}
    # Always said: a server's own default is not ours.
    fields["temperature"] = settings.temperature if "temperature" in used else 1.0
    return fields | {"seed": settings.seed}


async def _facts(
    server: Server, path: str, body: dict[str, Any], model: str, wish: Wish
) -> AsyncGenerator[Fact]:
    reader = ChunkReader(wish.rows, wish.max_tokens)

    def between_s() -> float:
        return _GRACE_S if reader.complete else server.timeouts.between_s

    try:
        async with aclosing(post(server, path, body, model, between_s)) as chunks:
            async for data in _events(chunks):
                for fact in reader.read(data):
                    yield fact
    except (NotEventsError, NotChunkError) as error:
        raise sentences.nonsense(server, str(error)) from None
    except ServerSaidError as error:
        raise sentences.said_in_the_middle(server, str(error)) from None
    except RemoteError:
        if not reader.complete:
            raise
    if not reader.complete:
        raise sentences.broken(server)
    for fact in reader.finish():
        yield fact


async def _events(chunks: AsyncIterator[tuple[bool, bytes]]) -> AsyncGenerator[str | bytes]:
    """JSON texts, up to the word that ends a stream."""
    events, room = EventReader(), _MAX_BYTES
    async for streamed, chunk in chunks:
        room -= len(chunk)
        if room < 0:
            raise NotEventsError("an answer that has no end")
        if not streamed:
            yield chunk
            continue
        for data in events.feed(chunk):
            if data == _END:
                return
            yield data


class _Model(msgspec.Struct):
    id: str


class _Models(msgspec.Struct):
    data: list[_Model] | None


def list_models(server: Server) -> Generator[list[str] | None]:
    """Names of the models that the server has: None until they are there, then the list, last.

    Raises: RemoteError.
    """

    async def ask() -> list[str]:
        body = await get_json(server, "/models")
        try:
            models = msgspec.json.decode(body, type=_Models)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise sentences.nonsense(server, str(error)) from None
        return [model.id for model in models.data or ()]

    return pump_one(ask())
