"""Search over documents held in memory.

Source: Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond", with the usual
k1 = 1.5 and b = 0.75. Chinese is searched by pairs of characters.
"""

import heapq
import math
import re
from collections import Counter, defaultdict
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

_K1, _B = 1.5, 0.75
_TERM = re.compile(r"[^\W_\u4e00-\u9fff]+|[\u4e00-\u9fff]+")
_SENTENCE = re.compile(r"[^.!?。！？\n]+[.!?。！？]*")
_SNIPPET_SENTENCES = 2


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that was found."""

    document: int
    """Its number in the index."""
    score: float
    snippet: str
    """Its sentences that have most of the query's words."""


class SearchIndex:
    """Which words stand in which documents. Building takes about a second for five megabytes."""

    def __init__(self, documents: Iterable[str]) -> None:
        self.documents: Sequence[str] = list(documents)
        self._places: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._norms: list[float] = []
        for _ in self._built():
            pass

    @classmethod
    def building(cls, documents: Iterable[str]) -> Generator[None, None, "SearchIndex"]:
        """Returns the index; yields after each document, so that other work can go on."""
        index = cls(())
        index.documents = list(documents)
        yield from index._built()
        return index

    def _built(self) -> Iterator[None]:
        lengths: list[int] = []
        for number, document in enumerate(self.documents):
            terms = terms_of(document)
            lengths.append(len(terms))
            for term, count in Counter(terms).items():
                self._places[term].append((number, count))
            yield
        mean = sum(lengths) / max(1, len(lengths)) or 1.0
        self._norms = [_K1 * (1 - _B + _B * length / mean) for length in lengths]

    def search(self, query: str, count: int = 3) -> list[Hit]:
        """The best documents that share a word with the query, the best first; of equal ones the earlier."""
        scores: dict[int, float] = defaultdict(float)
        wanted = dict.fromkeys(terms_of(query))
        for term in wanted:
            places = self._places.get(term, ())
            rarity = self._rarity(term)
            for number, often in places:
                scores[number] += rarity * often * (_K1 + 1) / (often + self._norms[number])
        best = heapq.nsmallest(count, scores.items(), key=lambda found: (-found[1], found[0]))
        return [Hit(number, score, self._snippet(number, wanted)) for number, score in best]

    def _rarity(self, term: str) -> float:
        found = len(self._places.get(term, ()))
        return math.log(1 + (len(self.documents) - found + 0.5) / (found + 0.5))

    def _snippet(self, number: int, wanted: Iterable[str]) -> str:
        """Its two best sentences, in the document's order; a rare word counts for more."""
        weights = {term: self._rarity(term) for term in wanted}
        sentences = [found.group().strip() for found in _SENTENCE.finditer(self.documents[number])]
        sentences = [sentence for sentence in sentences if sentence]

        def worth(place: int) -> float:
            return sum(weights.get(term, 0.0) for term in set(terms_of(sentences[place])))

        best = heapq.nsmallest(_SNIPPET_SENTENCES, range(len(sentences)), key=lambda at: (-worth(at), at))
        return " ".join(sentences[place] for place in sorted(best) if worth(place) > 0)


def terms_of(text: str) -> list[str]:
    """A text's words in lower case; a run of Chinese as pairs of neighbours, or the one character."""
    terms: list[str] = []
    for found in _TERM.findall(text.lower()):
        if "\u4e00" <= found[0] <= "\u9fff" and len(found) > 1:
            terms += [a + b for a, b in pairwise(found)]
        else:
            terms.append(found)
    return terms
