"""The client against a fake worker that floods, crashes, tears its lines and talks nonsense."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from explorer.protocol import DraftLoaded, Event, LoadDraft, Ready
from explorer.ui.engine_client import EngineClient, engine_command

FAKE = str(Path(__file__).parent / "fake_worker.py")


@pytest.fixture
def connect(qtbot: QtBot) -> Iterator[Callable[[str], tuple[EngineClient, list[Event]]]]:
    made: list[EngineClient] = []

    def start(mode: str) -> tuple[EngineClient, list[Event]]:
        client = EngineClient([sys.executable, FAKE, mode])
        made.append(client)
        events: list[Event] = []
        client.received.connect(events.append)
        client.start()
        return client, events

    yield start
    for client in made:
        client.stop()
        client.wait_for_end(5000)


def test_a_flood_arrives_whole_and_in_order(qtbot: QtBot, connect: Callable) -> None:
    _, events = connect("flood")
    qtbot.waitUntil(lambda: len(events) == 5001, timeout=10_000)
    assert isinstance(events[0], Ready)
    assert [e.text for e in events[1:]] == [str(i) for i in range(5000)]


def test_half_a_line_waits_for_its_other_half_and_a_torn_one_is_dropped(
    qtbot: QtBot, connect: Callable
) -> None:
    client, events = connect("torn-lines")
    with qtbot.waitSignal(client.ended, timeout=10_000) as ended:
        pass
    assert ended.args[0] is False
    assert [e.text for e in events if isinstance(e, DraftLoaded)] == ["1", "2"]


def test_a_crash_is_said_with_the_end_of_its_log(qtbot: QtBot, connect: Callable) -> None:
    client, _ = connect("crash")
    with qtbot.waitSignal(client.ended, timeout=10_000) as ended:
        pass
    expected, words = ended.args
    assert not expected
    assert "something broke in here" in words
    client.send(LoadDraft(name="n"))  # to a dead engine: dropped, no error
    assert not client.running


def test_nonsense_is_kept_in_the_log_and_the_next_event_still_arrives(
    qtbot: QtBot, connect: Callable
) -> None:
    client, events = connect("nonsense")
    qtbot.waitUntil(lambda: len(events) == 2, timeout=10_000)
    assert events[1].text == "7"
    assert "not json" in client.log


def test_a_program_that_is_not_there_is_said_too(qtbot: QtBot) -> None:
    client = EngineClient(["/no/such/program"])
    with qtbot.waitSignal(client.ended, timeout=10_000) as ended:
        client.start()
    assert ended.args[0] is False and ended.args[1]


def test_a_worker_that_hangs_is_killed_in_the_end(qtbot: QtBot, connect: Callable) -> None:
    client, _ = connect("never-speaks")
    client.stop()  # this one ends at the end of its input
    assert client.wait_for_end(5000)


def test_the_real_text_worker_answers_and_ends_with_its_pipe(qtbot: QtBot, tmp_path: Path) -> None:
    client = EngineClient(engine_command("text", str(tmp_path)))
    events: list[Event] = []
    client.received.connect(events.append)
    with qtbot.waitSignal(client.ready, timeout=20_000):
        client.start()
    client.send(LoadDraft(job="j", name="never-written"))
    qtbot.waitUntil(lambda: len(events) == 2, timeout=10_000)
    assert events[1] == DraftLoaded(job="j", name="never-written", text="")
    with qtbot.waitSignal(client.ended, timeout=10_000) as ended:
        client.stop()
    assert ended.args[0] is True
