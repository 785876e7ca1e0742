"""A server that misbehaves on purpose: `python hostile_server.py [CERT KEY]`. Prints its port.

The first part of the path names the fault: base URL http://127.0.0.1:PORT/FAULT/v1. /seen tells as JSON what
it saw: requests with their headers, and connections that the other side closed.
"""

import asyncio
import contextlib
import json
import socket
import ssl
import struct
import sys
from collections.abc import Awaitable, Callable

SEEN: list[dict[str, object]] = []


def event(content: object) -> bytes:
    return b"data: " + json.dumps(content).encode() + b"\n\n"


def said(text: str, finish: str | None = None, index: int = 0, **more: object) -> bytes:
    choice = {"index": index, "delta": {"content": text}, "finish_reason": finish} | more
    return event({"choices": [choice]})


def thought(name: str, text: str) -> bytes:
    return event({"choices": [{"index": 0, "delta": {name: text}}]})


USAGE = event(
    {
        "choices": [],
        "usage": {
            "prompt_tokens": 7,
            "completion_tokens": 2,
            "completion_tokens_details": {"reasoning_tokens": 1},
        },
    }
)
DONE = b"data: [DONE]\n\n"
HELLO = said("Hel") + said("lo", "stop") + USAGE + DONE
STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n"


def plain(status: str, body: bytes, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def refused(status: str, message: object, *headers: str) -> bytes:
    return plain(status, json.dumps(message).encode(), "Content-Type: application/json", *headers)


def logprobs(text: str) -> dict[str, object]:
    token = {"token": text, "logprob": -0.5, "bytes": list(text.encode())}
    return {"content": [token | {"top_logprobs": [token, {"token": "x", "logprob": -1.5}]}]}


# What is sent at once; then the connection is closed in good order.
SAYS: dict[str, bytes] = {
    "fine": STREAM + HELLO,
    "crlf": STREAM + HELLO.replace(b"\n", b"\r\n"),
    "comments": STREAM + b"\xef\xbb\xbf: hello\n\n" + b"event: message\nid: 1\nretry: 5\n" + HELLO,
    "reasoning-content": STREAM + thought("reasoning_content", "Hm. ") + HELLO,
    "reasoning": STREAM + thought("reasoning", "Hm. ") + HELLO,
    "both": STREAM
    + event({"choices": [{"delta": {"reasoning_content": "Hm.", "reasoning": "Hm.", "content": "Ha."}}]})
    + HELLO,
    "logprobs": STREAM + said("Hello", "stop", logprobs=logprobs("Hello")) + DONE,
    "old-logprobs": STREAM
    + event(
        {
            "choices": [
                {
                    "text": "Hello",
                    "finish_reason": "length",
                    "logprobs": {
                        "tokens": ["Hel", "lo"],
                        "token_logprobs": [None, -0.25],
                        "top_logprobs": [None, {"lo": -0.25, "p": -2}],
                    },
                }
            ]
        }
    )
    + DONE,
    "stop-string": STREAM + said("Hello", "stop", stop_reason="###") + DONE,
    "tool-call": STREAM + said("", "tool_calls") + DONE,
    "two-rows": STREAM + said("a", None, 0) + said("b", "stop", 1) + said("c", "length", 0) + DONE,
    "no-done": STREAM + said("Hello", "stop"),
    "not-streamed": refused(
        "200 OK",
        {
            "choices": [{"message": {"content": "Hello", "reasoning": "Hm."}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 7, "completion_tokens": 2},
        },
    ),
    "models": refused("200 OK", {"object": "list", "data": [{"id": "a"}, {"id": "b/c:7b"}]}),
    "models-null": refused("200 OK", {"data": None}),
    "models-odd": refused("200 OK", {"data": [{"id": 7}]}),
    "401": refused("401 Unauthorized", {"error": {"message": "Incorrect key sk-secret given."}}),
    "403": refused("403 Forbidden", {"detail": "not for you"}),
    "404": refused("404 Not Found", {"error": {"message": "model 'm' not found", "code": 404}}),
    "400": refused("400 Bad Request", {"error": {"message": "top_k must be positive"}}),
    "422": refused("422 Unprocessable", {"detail": [{"loc": ["body"], "msg": "field required"}]}),
    "too-long": refused("400 Bad Request", {"error": {"message": "exceeds the available context size"}}),
    "429": refused("429 Too Many", {"error": "slow down\n\x1b[31mplease"}, "Retry-After: 20"),
    "429-date": refused(
        "429 Too Many",
        {},
        "Date: Sun, 06 Nov 1994 08:49:37 GMT",
        "Retry-After: Sun, 06 Nov 1994 08:50:00 GMT",
    ),
    "429-odd": refused("429 Too Many", {}, "Retry-After: soon"),
    "500": plain("500 Oops", b"<html><h1>Oops</h1></html>", "Content-Type: text/html"),
    "500-long": plain("500 Oops", b"x" * 1_000_000),
    "503": refused("503 Unavailable", {"error": {"message": "Loading model", "code": 503}}),
    "302": plain("302 Found", b"", "Location: http://127.0.0.1:1/elsewhere"),
    "204": plain("204 No Content", b""),
    "teapot": plain("418 I'm a teapot", b"short and stout"),
    "html": plain("200 OK", b"<html>Welcome</html>", "Content-Type: text/html"),
    "no-type": plain("200 OK", b"hello"),
    "gzip": STREAM.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n") + b"\x1f\x8b\x08\x00",
    "not-http": b"SSH-2.0-OpenSSH_9.6\r\n",
    "nothing": b"",
    "half-header": b"HTTP/1.1 200 OK\r\nContent-Ty",
    "break": STREAM + said("Hel"),
    "break-chunked": STREAM.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n")
    + b"%x\r\n" % len(said("Hel"))
    + said("Hel")
    + b"\r\n50\r\ndata: {",
    "bad-chunk": STREAM.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n")
    + b"%x\r\n" % len(said("Hel"))
    + said("Hel")
    + b"\r\nzz\r\n",
    "bad-json": STREAM + said("Hel") + b"data: {]\n\n",
    "bad-shape": STREAM + said("Hel") + event({"choices": [{"delta": "lo"}]}),
    "bad-index": STREAM + said("Hel") + said("lo", None, -1),
    "bad-bytes": STREAM
    + said("Hel")
    + said("lo", logprobs={"content": [{"token": "l", "logprob": 0, "bytes": [999]}]}),
    "nan": STREAM + said("Hel") + b'data: {"choices": [{"logprobs": {"token_logprobs": [NaN]}}]}\n\n',
    "deep": STREAM + said("Hel") + b"data: " + b"[" * 100_000 + b"\n\n",
    "list": STREAM + said("Hel") + b"data: [1]\n\n",
    "bad-utf8": STREAM + said("Hel") + b'data: {"a": "\xff\xfe"}\n\n',
    "error-inside": STREAM + said("Hel") + event({"error": {"message": "CUDA out of memory sk-secret"}}),
    "error-200": refused("200 OK", {"error": "no such thing"}),
}


async def never(_: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def stall(writer: asyncio.StreamWriter) -> None:
    writer.write(STREAM + said("Hel"))
    await writer.drain()
    await asyncio.Event().wait()


async def stall_when_done(writer: asyncio.StreamWriter) -> None:
    writer.write(STREAM + said("Hello", "stop"))
    await writer.drain()
    await asyncio.Event().wait()


async def endless(writer: asyncio.StreamWriter, start: bytes, piece: bytes) -> None:
    writer.write(start)
    while True:
        writer.write(piece)
        await writer.drain()


async def drip(writer: asyncio.StreamWriter) -> None:
    """One byte at a time: every line is torn."""
    writer.write(STREAM)
    for byte in HELLO.replace(b"\n", b"\r\n"):
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0)


async def slow(writer: asyncio.StreamWriter) -> None:
    """Tokens for ever, a hundred a second."""
    writer.write(STREAM)
    while True:
        writer.write(said("la "))
        await writer.drain()
        await asyncio.sleep(0.01)


async def reset(writer: asyncio.StreamWriter) -> None:
    """Say something, then tear the connection down with a reset."""
    writer.write(STREAM + said("Hel"))
    await writer.drain()
    await asyncio.sleep(0.1)
    handle: socket.socket = writer.get_extra_info("socket")
    handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


DOES: dict[str, Callable[[asyncio.StreamWriter], Awaitable[None]]] = {
    "never": never,
    "stall": stall,
    "stall-when-done": stall_when_done,
    "drip": drip,
    "slow": slow,
    "reset": reset,
    "endless-line": lambda w: endless(w, STREAM + said("Hel") + b"data: ", b"x" * 65536),
    "endless-data": lambda w: endless(w, STREAM + said("Hel"), b"data: " + b"x" * 65536 + b"\n"),
    "endless-events": lambda w: endless(w, STREAM, said("x" * 10_000)),
    "endless-header": lambda w: endless(w, b"HTTP/1.1 200 OK\r\nX: ", b"x" * 65536),
    "endless-json": lambda w: endless(
        w, b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n", b" " * 65536
    ),
    "endless-refusal": lambda w: endless(w, b"HTTP/1.1 500 Oops\r\n\r\n", b"x" * 65536),
}


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    fault = "?"
    try:
        first = await reader.readexactly(1)
        if first == b"\x16":  # a TLS greeting: answered as web servers do
            writer.write(plain("400 Bad Request", b"This is plain HTTP."))
            return
        head = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        request, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        fault = request.split()[1].split("/")[1]
        if fault == "seen":
            writer.write(refused("200 OK", SEEN))
            return
        SEEN.append({"fault": fault, "request": request, "headers": headers, "body": body.decode()})
        if fault in SAYS:
            writer.write(SAYS[fault])
            return
        gone = asyncio.ensure_future(reader.read())
        doing = asyncio.ensure_future(DOES[fault](writer))
        await asyncio.wait((gone, doing), return_when=asyncio.FIRST_COMPLETED)
        doing.cancel()
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            if not writer.transport.is_closing():
                await writer.drain()
            writer.close()
        SEEN.append({"fault": fault, "closed": True})


async def main() -> None:
    context = None
    if len(sys.argv) == 3:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1], sys.argv[2])
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    # The one who started us closes our input when it is done, or dies.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)
    server.close()


asyncio.run(main())
