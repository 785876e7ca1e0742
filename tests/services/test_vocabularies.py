"""Looking tokens up and searching vocabularies, through the service's jobs."""

import pytest

from explorer.errors import InputError
from explorer.protocol import (
    DescribeToken,
    Event,
    ReadVocabulary,
    SearchVocabulary,
    TokenDescribed,
    VocabularyFound,
    VocabularyRows,
)
from explorer.services import Wait
from explorer.services.vocabularies import VocabularyService
from explorer.text.encodings import load_tokenizer

ENCODING = "cl100k_base"


@pytest.fixture(scope="module")
def service() -> VocabularyService:
    known = {ENCODING: load_tokenizer(ENCODING)}
    return VocabularyService(known.__getitem__)


def events(job: object) -> list[Event]:
    return [event for event in job if event is not None and not isinstance(event, Wait)]  # type: ignore[attr-defined]


def described(service: VocabularyService, token: int) -> TokenDescribed:
    (event,) = events(service.run(DescribeToken(job="card", encoding=ENCODING, token=token)))
    assert isinstance(event, TokenDescribed)
    return event


def test_a_token_with_its_tree_and_neighbours(service: VocabularyService) -> None:
    (token,) = load_tokenizer(ENCODING).encode(" token")
    told = described(service, token)
    assert bytes.fromhex(told.entry.data) == b" token" and not told.entry.special
    assert [entry.id for entry in told.before] == [token - 4, token - 3, token - 2, token - 1]
    assert [entry.id for entry in told.after] == [token + 1, token + 2, token + 3, token + 4]
    assert told.how == "ranks" and told.rank == token
    assert told.nodes[told.roots[0]].token == token


def test_at_the_ends_of_a_vocabulary_and_across_its_gaps(service: VocabularyService) -> None:
    assert described(service, 0).before == []
    last = described(service, 100_276)
    assert last.entry.special and last.how == "special" and last.after == []
    assert [entry.id for entry in last.before] == [100_257, 100_258, 100_259, 100_260]
    with pytest.raises(InputError):
        described(service, 100_261)


def test_a_search_tells_its_count_and_then_its_rows(service: VocabularyService) -> None:
    told = events(service.run(SearchVocabulary(job="1", encoding=ENCODING, query="token", order="longest")))
    last = told[-1]
    assert isinstance(last, VocabularyFound) and last.done and last.entries == 100_261
    assert all(isinstance(one, VocabularyFound) and not one.done for one in told[:-1])
    rows = events(service.run(ReadVocabulary(job="1", first=1, count=2)))
    assert len(rows) == 1 and isinstance(rows[0], VocabularyRows) and rows[0].first == 1
    assert all(b"token" in bytes.fromhex(row.data) for row in rows[0].rows)
    everything = events(service.run(ReadVocabulary(job="1", first=0, count=1 << 30)))
    lengths = [len(row.data) for one in everything if isinstance(one, VocabularyRows) for row in one.rows]
    assert len(lengths) == last.count and lengths == sorted(lengths, reverse=True)


def test_results_of_an_earlier_search_are_gone(service: VocabularyService) -> None:
    events(service.run(SearchVocabulary(job="2", encoding=ENCODING, query="")))
    pieces = events(service.run(ReadVocabulary(job="2", first=0, count=2_500)))
    assert [len(one.rows) for one in pieces if isinstance(one, VocabularyRows)] == [1000, 1000, 500]
    service.run(SearchVocabulary(job="3", encoding=ENCODING, query="x"))
    with pytest.raises(InputError):
        events(service.run(SearchVocabulary(job="3", encoding=ENCODING, query="(", way="regex")))
    assert events(service.run(ReadVocabulary(job="2", first=0, count=1))) == []
