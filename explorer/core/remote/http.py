"""One request to a server, its trouble in sentences. Everything that touches the network is here."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx2
import msgspec

from explorer import __version__
from explorer.core.remote import sentences
from explorer.core.remote.address import Server, is_loopback
from explorer.errors import InputError

_MAX_ERROR_BODY = 64 << 10
_MAX_BODY = 16 << 20
_READ_SIZE = 64 << 10


def check_key(key: str) -> str:
    """The key as a header can carry it. Raises: InputError; the sentence does not repeat the key."""
    key = key.strip()
    if not key or not key.isascii() or not key.isprintable():
        raise InputError("This is not a key: it is empty, or has characters that no key has. Copy it again.")
    return key


@asynccontextmanager
async def _client(server: Server) -> AsyncGenerator[httpx2.AsyncClient]:
    """Headers and patience for one server. No redirect is followed: the key must not go elsewhere."""
    headers = {
        "User-Agent": f"llm-explorer/{__version__}",
        "Accept-Encoding": "identity",  # what is small here must not become large in memory
    }
    if server.key is not None:
        headers["Authorization"] = f"Bearer {check_key(server.key)}"
    timeout = httpx2.Timeout(None, connect=server.timeouts.connect_s, write=30.0)
    # This machine's own servers are reached directly, whatever proxy the system has for the world.
    direct = is_loopback(server.url)
    async with httpx2.AsyncClient(
        headers=headers, timeout=timeout, trust_env=not direct, follow_redirects=False
    ) as client:
        yield client


@contextmanager
def _patience(server: Server, seconds: float) -> Generator[None]:
    """Turn the end of our patience into a sentence; the waiting itself is in `_wait`."""
    try:
        yield
    except TimeoutError:
        raise sentences.silent(server, seconds) from None


@asynccontextmanager
async def _answer(
    server: Server, method: str, path: str, content: Any, model: str, patience_s: float
) -> AsyncGenerator[httpx2.Response]:
    """The answer to one request, body not yet read. Raises: RemoteError for anything but a 200."""
    body = None if content is None else msgspec.json.encode(content)
    headers = {} if content is None else {"Content-Type": "application/json"}
    async with _client(server) as client:
        request = client.build_request(method, server.url + path, content=body, headers=headers)
        try:
            with _patience(server, patience_s):
                async with asyncio.timeout(patience_s):
                    response = await client.send(request, stream=True)
        except httpx2.TransportError as error:
            raise sentences.no_connection(server, error) from error
        try:
            if response.status_code != 200:
                error_body = await _error_body(response)
                raise sentences.refusal(server, response.status_code, response.headers, error_body, model)
            if response.headers.get("content-encoding", "identity").lower() != "identity":
                raise sentences.nonsense(server, "a compressed answer, which was not asked for")
            yield response
        finally:
            await response.aclose()


async def _error_body(response: httpx2.Response) -> bytes:
    """The beginning of a refusal's body; nothing of it is worth a long wait."""
    body = b""
    try:
        async with asyncio.timeout(5):
            async for chunk in response.aiter_raw(_READ_SIZE):
                body += chunk
                if len(body) >= _MAX_ERROR_BODY:
                    break
    except (TimeoutError, httpx2.TransportError, httpx2.StreamError):
        pass
    return body[:_MAX_ERROR_BODY]


async def get_json(server: Server, path: str) -> bytes:
    """The body of a GET that should be JSON. Raises: RemoteError."""
    patience_s = server.timeouts.list_s
    with _patience(server, patience_s):
        async with asyncio.timeout(patience_s):
            async with _answer(server, "GET", path, None, "", patience_s + 1) as response:
                kind = _kind(response)
                if kind != "application/json":
                    raise sentences.not_a_stream(server, kind)
                return await _whole(server, response)


async def _whole(server: Server, response: httpx2.Response) -> bytes:
    body = bytearray()
    try:
        async for chunk in response.aiter_raw(_READ_SIZE):
            body += chunk
            if len(body) > _MAX_BODY:
                raise sentences.nonsense(server, "an answer that has no end")
    except httpx2.TransportError as error:
        raise sentences.broken(server) from error
    return bytes(body)


def _kind(response: httpx2.Response) -> str:
    return response.headers.get("content-type", "").partition(";")[0].strip().lower()


async def post(
    server: Server, path: str, content: Any, model: str, between_s: Callable[[], float]
) -> AsyncGenerator[tuple[bool, bytes]]:
    """The body of an answer as it arrives: (whether it is an event stream, bytes).

    `between_s` tells before each wait how long it may be, the first one aside. A server
    that does not stream answers with JSON: that comes in one piece, at the end.
    Raises: RemoteError; what was given before counts.
    """
    first_s = server.timeouts.first_s
    async with _answer(server, "POST", path, content, model, first_s) as response:
        kind = _kind(response)
        if kind == "application/json":
            with _patience(server, first_s):
                async with asyncio.timeout(first_s):
                    whole = await _whole(server, response)
            yield False, whole
            return
        if kind != "text/event-stream":
            raise sentences.not_a_stream(server, kind)
        chunks = response.aiter_raw()
        patience_s = first_s
        while True:
            try:
                with _patience(server, patience_s):
                    async with asyncio.timeout(patience_s):
                        chunk = await anext(chunks, None)
            except httpx2.TransportError as error:
                raise sentences.broken(server) from error
            if chunk is None:
                return
            yield True, chunk
            patience_s = between_s()
