"""Work that waits for a network, as a generator like all long work: advanced in short slices.

The waiting is written with asyncio; here one private event loop runs only while somebody asks for the next
item. Nothing happens between two requests, no thread is started, and closing the generator cancels the work
where it waits: a connection is closed at once.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Coroutine, Generator
from contextlib import aclosing
from typing import TypeVar

T = TypeVar("T")

SLICE_S = 0.02
"""How long one request may wait for news: short enough that other jobs of a worker do not notice."""


def pump(stream: AsyncGenerator[T], slice_s: float = SLICE_S) -> Generator[T | None]:
    """Items of `stream` in order; None for "nothing yet" after each slice without one.

    Raises: what `stream` raises, after everything that it gave before.
    """
    loop = asyncio.new_event_loop()
    inbox: deque[T] = deque()
    wake = loop.create_future()

    async def read() -> None:
        async with aclosing(stream):
            async for item in stream:
                inbox.append(item)
                if not wake.done():
                    wake.set_result(None)

    reader = loop.create_task(read())
    try:
        while not reader.done():
            loop.run_until_complete(
                asyncio.wait((reader, wake), timeout=slice_s, return_when=asyncio.FIRST_COMPLETED)
            )
            if not inbox and not reader.done():
                yield None
            while inbox:
                yield inbox.popleft()
            if wake.done():
                wake = loop.create_future()
        reader.result()
    finally:
        _end(loop, reader)


def pump_one(work: Coroutine[object, object, T]) -> Generator[T | None]:
    """None until the result of `work` is there, then the result, last."""

    async def stream() -> AsyncGenerator[T]:
        yield await work

    return pump(stream())


def last_of(items: Generator[T | None]) -> Generator[None, None, T]:
    """None for each of `items`, the last that is not None at the end: for `yield from`."""
    last: T | None = None
    try:
        for item in items:
            last = item if item is not None else last
            yield None
    finally:
        items.close()
    assert last is not None
    return last


def wait_for(items: Generator[T | None]) -> T:
    """The last item of a generator, for callers that have nothing else to do meanwhile."""
    last: T | None = None
    for item in items:
        last = item if item is not None else last
    assert last is not None
    return last


def _end(loop: asyncio.AbstractEventLoop, reader: "asyncio.Task[None]") -> None:
    reader.cancel()
    try:
        loop.run_until_complete(asyncio.gather(reader, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()
