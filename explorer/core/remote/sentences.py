"""What can go wrong with a server, each said in one sentence that tells what to do."""

import math
import os
import socket
import ssl
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2
import msgspec

from explorer.core.remote.address import Server, host_of
from explorer.errors import RemoteError

_REASON_LENGTH = 300


def refusal(server: Server, status: int, headers: Mapping[str, str], body: bytes, model: str) -> RemoteError:
    """The sentence for an answer that is not 200."""
    url, reason = server.url, reason_of(body, server.key)
    if status in (401, 403):
        if server.key is None:
            return RemoteError(
                "{server} wants a key. Keep one for it with `llm-explorer server set-key`, or name the "
                "environment variable that holds it.",
                server=url,
            )
        return RemoteError(
            "{server} does not accept the key, or it does not allow this ({reason}). Set the right one with "
            "`llm-explorer server set-key`.",
            server=url,
            reason=reason or status,
        )
    if status == 404:
        return _not_found(url, model, reason)
    if status == 413 or (status in (400, 422, 500) and "context" in reason.lower()):
        return RemoteError(
            "The text is too long for the model at {server} ({reason}). Shorten it.",
            server=url,
            reason=reason or status,
        )
    if status in (400, 405, 415, 422):
        return RemoteError(
            "{server} does not accept the request ({reason}). Change the model or the settings that it "
            "names.",
            server=url,
            reason=reason or status,
        )
    if status == 429:
        return _too_many(url, reason, headers)
    if 300 <= status < 400:
        return RemoteError(
            "{server} sends us on to {location}. If you trust that address, give it instead.",
            server=url,
            location=plain(headers.get("location", ""), server.key) or "?",
        )
    if status == 503:
        return RemoteError(
            "{server} is not ready ({reason}): it may still be loading its model. Try again in a minute.",
            server=url,
            reason=reason or status,
        )
    if status >= 500 or status == 408:
        return RemoteError(
            "{server} has a problem of its own ({status}: {reason}). Look at its log, or try again later.",
            server=url,
            status=status,
            reason=reason or "?",
        )
    return RemoteError(
        "{server} answers with {status} ({reason}), which we cannot use. Check its address.",
        server=url,
        status=status,
        reason=reason or "?",
    )


def _not_found(url: str, model: str, reason: str) -> RemoteError:
    if model:
        return RemoteError(
            "{server} has no model {model} ({reason}). `llm-explorer server models` lists what it has; if it "
            "lists nothing, check the address, which mostly ends in /v1.",
            server=url,
            model=model,
            reason=reason or 404,
        )
    return RemoteError(
        "There is no OpenAI-compatible server at {server}. Check the address, which mostly ends in /v1.",
        server=url,
    )


def _too_many(url: str, reason: str, headers: Mapping[str, str]) -> RemoteError:
    wait = retry_after_s(headers)
    if wait is not None:
        return RemoteError(
            "{server} has had enough requests for now ({reason}). Try again in {seconds} seconds.",
            server=url,
            reason=reason or 429,
            seconds=wait,
        )
    return RemoteError(
        "{server} has had enough requests for now ({reason}). Try again later.",
        server=url,
        reason=reason or 429,
    )


def retry_after_s(headers: Mapping[str, str]) -> int | None:
    """Seconds of a Retry-After header, which may also be a date."""
    given = headers.get("retry-after", "")
    if given.isascii() and given.isdigit() and len(given) < 7:
        return int(given)
    try:
        at = parsedate_to_datetime(given)
        now = parsedate_to_datetime(headers.get("date", ""))
        return max(0, math.ceil((at - now).total_seconds()))
    except (TypeError, ValueError):
        return None


def no_connection(server: Server, error: httpx2.TransportError) -> RemoteError:
    """The sentence for a request that got no answer at all."""
    url = server.url
    causes = list(_causes(error))
    if isinstance(error, httpx2.ConnectTimeout):
        return RemoteError(
            "{server} did not answer within {seconds} seconds. Check the address, and that no firewall is "
            "in between.",
            server=url,
            seconds=round(server.timeouts.connect_s),
        )
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return RemoteError(
                "The certificate of {server} is not trusted ({reason}). If it is your own, add it to this "
                "system's certificates.",
                server=url,
                reason=cause.verify_message,
            )
        if isinstance(cause, ssl.SSLError):
            return RemoteError(
                "No secure connection to {server} ({reason}). If it has no TLS, write http:// instead of "
                "https://.",
                server=url,
                reason=cause.reason or str(cause),
            )
        if isinstance(cause, socket.gaierror):
            return RemoteError(
                "There is no machine called {host} to be found. Check the address and the network.",
                host=host_of(url),
            )
    if isinstance(error, httpx2.ProxyError):
        return RemoteError(
            "The proxy on the way to {server} refuses ({reason}). Check the proxy settings of this system.",
            server=url,
            reason=plain(str(error), server.key),
        )
    if isinstance(error, httpx2.ConnectError):
        return RemoteError(
            "Nothing answers at {server} ({reason}). Start the server there, or check the address.",
            server=url,
            reason=_system_reason(causes) or plain(str(error), server.key),
        )
    return RemoteError(
        "{server} took the request and broke off before it answered. Check that it is an OpenAI-compatible "
        "server, look at its log, and try again.",
        server=url,
    )


def silent(server: Server, seconds: float) -> RemoteError:
    """Connected, asked, and then nothing."""
    return RemoteError(
        "{server} has said nothing for {seconds} seconds. Look whether it is still working, and try again.",
        server=server.url,
        seconds=round(seconds),
    )


def broken(server: Server) -> RemoteError:
    """The answer has no end."""
    return RemoteError(
        "{server} broke off in the middle of the answer; what had come is kept. Try again.", server=server.url
    )


def nonsense(server: Server, reason: str) -> RemoteError:
    """Not the protocol."""
    return RemoteError(
        "{server} does not keep to the OpenAI protocol ({reason}). Check that the address is right and the "
        "server is up to date.",
        server=server.url,
        reason=plain(reason, server.key),
    )


def not_a_stream(server: Server, kind: str) -> RemoteError:
    """Another content type: mostly a web page."""
    return RemoteError(
        "{server} answers with {kind} instead of a model's words. Check the address, which mostly ends "
        "in /v1.",
        server=server.url,
        kind=plain(kind, server.key) or "?",
    )


def said_in_the_middle(server: Server, body: str) -> RemoteError:
    """An error event in the stream."""
    return RemoteError(
        "{server} gave up in the middle of the answer ({reason}); what had come is kept.",
        server=server.url,
        reason=reason_of(body.encode(), server.key) or "?",
    )


def reason_of(body: bytes, key: str | None) -> str:
    """What the server gives as the reason, fit for one line; empty if it gives none."""
    try:
        content: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        text = body.decode("utf-8", "replace").strip()
        return "" if text.startswith("<") else plain(text, key)
    for name in ("error", "message", "detail"):
        while isinstance(content, dict) and content.get(name):
            content = content[name]
    if isinstance(content, list):
        content = msgspec.json.encode(content).decode("utf-8", "replace")
    return plain(content if isinstance(content, str) else "", key)


def plain(text: str, key: str | None) -> str:
    """A stranger's words for our sentence: one line, no control characters, never the key."""
    if key:
        text = text.replace(key, "…")
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    line = line.rstrip(".")
    return line if len(line) <= _REASON_LENGTH else line[: _REASON_LENGTH - 1] + "…"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [one.__cause__, one.__context__]
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions


def _system_reason(causes: list[BaseException]) -> str:
    for cause in causes:
        if isinstance(cause, OSError) and cause.errno:
            return os.strerror(cause.errno)  # its own strerror is the event loop's, for programmers
    return ""
