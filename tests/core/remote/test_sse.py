"""Server-sent events, however the network cuts them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.remote.sse import EventReader, NotEventsError

STREAM = (
    "\ufeffdata: one\n\n"
    ": a comment\n"
    "data:two\ndata:  lines\nid: 7\n\n"
    "event: x\n\n"  # no data: no event
    "data\n\ndata:\n\n"
    "data: 水 é\n\n"
    "data: never finished\n"
)
EVENTS = ["one", "two\n lines", "", "", "水 é"]


def read(pieces: list[bytes]) -> list[str]:
    reader = EventReader()
    return [event for piece in pieces for event in reader.feed(piece)]


@given(st.lists(st.integers(0, 200)), st.sampled_from(["\n", "\r\n", "\r"]))
def test_every_cut_gives_the_same_events(cuts: list[int], end: str) -> None:
    data = STREAM.replace("\n", end).encode()
    places = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})
    pieces = [data[start:stop] for start, stop in pairwise(places)]
    assert read(pieces) == EVENTS
    assert read([bytes([byte]) for byte in data]) == EVENTS


def test_events_before_a_fault_still_come() -> None:
    events = EventReader().feed(b"data: good\n\ndata: \xff\n\n")
    assert next(events) == "good"
    with pytest.raises(NotEventsError, match="UTF-8"):
        next(events)


@pytest.mark.parametrize(
    ("piece", "words"), [(b"x" * 100, "line"), (b"data: xxxxxxxx\n", "event"), (b": xxxxxxxxx", "line")]
)
def test_what_has_no_end_is_refused(piece: bytes, words: str) -> None:
    reader = EventReader(max_line=1000)
    with pytest.raises(NotEventsError, match=words):
        for _ in range(200):
            list(reader.feed(piece))


def test_a_long_stream_of_short_lines_is_no_fault() -> None:
    reader = EventReader(max_line=1000)
    assert sum(len(list(reader.feed(b": hello\n" * 10 + b"data: x\n\n"))) for _ in range(100)) == 100
