"""Waiting work as a generator: in order, interleaved, closed at any moment."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from explorer.core.pump import pump, pump_one, wait_for


async def counting(to: int, log: list[str], fail: bool = False) -> AsyncGenerator[int]:
    try:
        for number in range(to):
            await asyncio.sleep(0)
            yield number
        if fail:
            raise ValueError("at the end")
    finally:
        await asyncio.sleep(0)  # what cleans up may wait, too
        log.append("closed")


async def silent(log: list[str]) -> AsyncGenerator[int]:
    try:
        await asyncio.Event().wait()
        yield 0
    finally:
        log.append("closed")


def items(generator: object) -> list[int]:
    return [item for item in generator if item is not None]  # type: ignore[attr-defined]


def test_items_come_in_order_and_the_work_is_closed() -> None:
    log: list[str] = []
    assert items(pump(counting(100, log))) == list(range(100))
    assert log == ["closed"]


def test_an_error_comes_after_everything_that_was_given() -> None:
    seen: list[int] = []
    with pytest.raises(ValueError, match="at the end"):
        seen += (item for item in pump(counting(3, [], fail=True)) if item is not None)
    got, generator = [], pump(counting(3, [], fail=True))
    with pytest.raises(ValueError, match="at the end"):
        while True:
            got.append(next(generator))
    assert [item for item in got if item is not None] == [0, 1, 2]


def test_nothing_happens_before_it_is_asked_for() -> None:
    log: list[str] = []
    pump(counting(3, log)).close()
    assert log == []


def test_closing_cancels_the_work_where_it_waits() -> None:
    log: list[str] = []
    generator = pump(silent(log), slice_s=0.001)
    assert [next(generator) for _ in range(3)] == [None, None, None]
    generator.close()
    assert log == ["closed"]


def test_closing_between_two_items() -> None:
    log: list[str] = []
    generator = pump(counting(10**9, log))
    assert next(item for item in generator if item is not None) == 0
    generator.close()
    assert log == ["closed"]


def test_two_can_run_side_by_side() -> None:
    one, two = pump(counting(50, [])), pump(counting(50, []))
    both = [item for pair in zip(one, two, strict=False) for item in pair if item is not None]
    assert both[:4] == [0, 0, 1, 1]


def test_an_interrupt_passes_through_and_cleans_up(monkeypatch: pytest.MonkeyPatch) -> None:
    log: list[str] = []

    async def interrupted() -> AsyncGenerator[int]:
        try:
            yield 1
            raise KeyboardInterrupt
        finally:
            log.append("closed")

    with pytest.raises(KeyboardInterrupt):
        items(pump(interrupted()))
    assert log == ["closed"]


def test_the_result_of_one_piece_of_work() -> None:
    async def work() -> list[str]:
        await asyncio.sleep(0.01)
        return []

    assert wait_for(pump_one(work())) == []
