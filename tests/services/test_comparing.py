"""One text under several encodings, counted bit by bit."""

import pytest

from explorer.errors import InputError
from explorer.protocol import CompareEncodings, EncodingCounted
from explorer.services import Wait
from explorer.services.comparing import ComparingService
from explorer.text.encodings import load_published
from explorer.text.foreign import ForeignTokenizer
from explorer.text.tokenizer import Tokenizer
from explorer.text.units import from_units, to_units
from tests.text.foreign_kinds import foreign


def tokenizer_of(encoding: str) -> Tokenizer:
    if encoding == "none":
        raise InputError("There is no {name}.", name=encoding)
    return load_published("gpt2") if encoding == "gpt2" else ForeignTokenizer(encoding, foreign(encoding))


def compared(text: str, *encodings: str) -> list[EncodingCounted]:
    service = ComparingService(lambda _: to_units(text), tokenizer_of)
    found = service.run(CompareEncodings(job="j", name="d", encodings=list(encodings)))
    events = [event for event in found if event is not None and not isinstance(event, Wait)]
    assert all(isinstance(event, EncodingCounted) for event in events)
    return [event for event in events if isinstance(event, EncodingCounted)]


@pytest.mark.parametrize("text", ["", "The cat 中文 😀\n", "The cat sat on the mat, 中文 😀.\n" * 6_000])
def test_counts_are_those_of_the_whole_text(text: str) -> None:
    last = {event.encoding: event for event in compared(text, "gpt2", "gemma", "qwen")}
    for encoding, event in last.items():
        assert event.tokens == len(tokenizer_of(encoding).encode(text)), encoding
        assert event.characters == len(text)
        assert event.done == event.total == len(to_units(text))


def test_all_show_the_beginning_before_one_is_counted_to_its_end() -> None:
    text = "word 😀 " * 40_000
    events = compared(text, "gpt2", "qwen")
    assert [event.encoding for event in events[:2]] == ["gpt2", "qwen"]
    for event in events[:2]:
        assert event.done < event.total and 0 < len(event.ids) <= 400
        assert len(event.starts) == len(event.ids) + 1
        stop = event.starts[-1]
        assert event.ids == tokenizer_of(event.encoding).encode(from_units(to_units(text)[:stop]))
    emoji = events[0]
    assert emoji.pieces, "of parts of characters the bytes are told"


def test_one_that_cannot_be_had_is_told_and_the_others_are_counted() -> None:
    events = compared("abc", "none", "gpt2")
    assert events[0].problem is not None and events[0].problem.values == {"name": "none"}
    assert events[1].tokens == 1
