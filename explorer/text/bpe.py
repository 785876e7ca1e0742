"""Learning a byte-level byte-pair encoding from a text, merge by merge.

Source: Sennrich, Haddow and Birch 2016, "Neural Machine Translation of Rare Words with Subword Units"; on
bytes as in Radford et al. 2019 (GPT-2). The text is split into pieces by `patterns.TRAINED`; each piece is
a row of bytes (ids 0-255); again and again, the pair of neighbours that occurs most often in the text
becomes a new token everywhere. Pairs never reach across pieces.

- A pair's count is the number of places where the two stand side by side ("aaa" holds "aa" twice).
- Of pairs with equal counts the one with the smaller left id is taken, then with the smaller right id.
- It ends before `vocab_size` when no pair occurs twice: the text cannot fill so large a vocabulary.
- Pieces of more than 1,000 characters are learned from in parts of 1,000, so that a text without blanks does
  not take for ever.
"""

from collections import Counter, defaultdict
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import pairwise

from tokenizers import Regex
from tokenizers.pre_tokenizers import Split

from explorer.errors import InputError
from explorer.text import patterns
from explorer.text.cuts import chunk_end
from explorer.text.tokenizer import END_OF_TEXT, BytePairTokenizer
from explorer.text.units import from_units, to_units

SMALLEST_VOCABULARY = 257
"""All bytes, and `<|endoftext|>`."""
_CHUNK = 65_536
_LONGEST_PIECE = 1_000
_COUNTED_AT_ONCE = 4_096
"""Different pieces: some milliseconds."""

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class PiecesCounted:
    """The text is being split into pieces; `share` of it is done."""

    share: float


@dataclass(frozen=True, slots=True)
class Merged:
    """One merge: the pair became token `token` everywhere."""

    pair: Pair
    token: int
    token_bytes: bytes
    count: int
    """How often the pair stood in the text."""
    length: int
    """Tokens that the text has now."""
    share: float
    """Of the merges that were asked for, how many are done."""


@dataclass(frozen=True, slots=True)
class Trained:
    """The last fact. `ended_early`: the vocabulary is smaller than asked, as no pair occurred twice."""

    tokenizer: BytePairTokenizer
    ended_early: bool


def train_bpe(text: str, vocab_size: int) -> Iterator[PiecesCounted | Merged | Trained]:
    """Learn `vocab_size` tokens: 256 bytes, merges, and `<|endoftext|>` with the last id.

    Yields facts as it goes, `Trained` at the end. Raises: InputError for an empty text or too small a
    vocabulary.
    """
    if vocab_size < SMALLEST_VOCABULARY:
        raise InputError(
            "A vocabulary needs at least {smallest} entries. Choose a larger one.",
            smallest=SMALLEST_VOCABULARY,
        )
    if not text:
        raise InputError("The text is empty. Choose one with something to learn from.")
    pieces: Counter[bytes] = Counter()
    for share, part in _split(text):
        pieces.update(part)
        yield PiecesCounted(share)
    tokens = [bytes([byte]) for byte in range(256)]
    pairs: list[Pair] = []
    wanted = vocab_size - SMALLEST_VOCABULARY
    for merge in _merges(pieces, wanted):
        if merge is None:
            yield PiecesCounted(1.0)
            continue
        pair, count, length = merge
        tokens.append(tokens[pair[0]] + tokens[pair[1]])
        pairs.append(pair)
        yield Merged(pair, len(tokens) - 1, tokens[-1], count, length, len(pairs) / wanted)
    tokenizer = tokenizer_of_merges(pairs)
    yield Trained(tokenizer, ended_early=tokenizer.n_vocab < vocab_size)


def tokenizer_of_merges(pairs: Iterable[Pair]) -> BytePairTokenizer:
    """The tokenizer of these merges, in the order in which they were learned.

    Raises: ValueError if a pair's tokens are not there yet, or spell a token that is.
    """
    tokens = [bytes([byte]) for byte in range(256)]
    ranks = {token: rank for rank, token in enumerate(tokens)}
    for left, right in pairs:
        if not (0 <= left < len(tokens) and 0 <= right < len(tokens)):
            raise ValueError(f"({left}, {right}) cannot be merged when there are {len(tokens)} tokens")
        token = tokens[left] + tokens[right]
        if ranks.setdefault(token, len(tokens)) != len(tokens):
            raise ValueError(f"{token!r} is token {ranks[token]} already")
        tokens.append(token)
    return BytePairTokenizer("bpe", patterns.TRAINED, ranks, {END_OF_TEXT: len(ranks)})


def trained_bpe(text: str, vocab_size: int) -> BytePairTokenizer:
    """`train_bpe` for those who do not watch. Raises: as there."""
    for fact in train_bpe(text, vocab_size):
        if isinstance(fact, Trained):
            return fact.tokenizer
    raise AssertionError("training ends with Trained")


def pieces_of(text: str) -> list[bytes]:
    """The pieces that pairs are counted in, in their order; put together they are the text."""
    return [piece for _, part in _split(text) for piece in part]


def _split(text: str) -> Iterator[tuple[float, Iterator[bytes]]]:
    """The text's pieces in UTF-8, chunk by chunk, with the share of the text that is done."""
    splitter = Split(Regex(patterns.TRAINED), "isolated")
    units = to_units(text)
    start = 0
    while start < len(units):
        end = chunk_end(units, start, len(units), _CHUNK)
        pieces = splitter.pre_tokenize_str(from_units(units[start:end]))
        yield end / len(units), (part.encode() for piece, _ in pieces for part in _parts(piece))
        start = end


def _parts(piece: str) -> Iterator[str]:
    for start in range(0, len(piece), _LONGEST_PIECE):
        yield piece[start : start + _LONGEST_PIECE]


def _merges(pieces: Counter[bytes], wanted: int) -> Generator[tuple[Pair, int, int] | None]:
    """Up to `wanted` merges: the pair, how often it stood, and the text's length in tokens after it.

    None now and then while all pairs are counted.
    """
    words = [list(piece) for piece in pieces]
    times = list(pieces.values())
    length = sum(len(word) * count for word, count in zip(words, times, strict=True))
    counts: defaultdict[Pair, int] = defaultdict(int)
    places: defaultdict[Pair, set[int]] = defaultdict(set)
    for index, word in enumerate(words):
        for pair in pairwise(word):
            counts[pair] += times[index]
            places[pair].add(index)
        if index % _COUNTED_AT_ONCE == _COUNTED_AT_ONCE - 1:
            yield None
    # Entries may be stale: too high a count is put right when it comes up, a risen one was pushed again.
    heap = [(-count, pair) for pair, count in counts.items()]
    heapify(heap)
    for token in range(256, 256 + wanted):
        best = _pop_best(heap, counts)
        if best is None:
            return
        count = counts[best]
        risen: set[Pair] = set()
        for index in places.pop(best):
            before = words[index]
            after = _replace(before, best, token)
            for pair in pairwise(before):
                counts[pair] -= times[index]
            for pair in pairwise(after):
                counts[pair] += times[index]
                if token in pair:
                    places[pair].add(index)
                    risen.add(pair)
            words[index] = after
            length -= (len(before) - len(after)) * times[index]
        for pair in risen:
            heappush(heap, (-counts[pair], pair))
        yield best, count, length


def _pop_best(heap: list[tuple[int, Pair]], counts: dict[Pair, int]) -> Pair | None:
    """The most frequent pair, the smaller ids first; None if none occurs twice."""
    while heap:
        claimed, pair = heappop(heap)
        count = counts[pair]
        if count == -claimed and count > 1:
            return pair
        if 1 < count < -claimed:
            heappush(heap, (-count, pair))
    return None


def _replace(word: list[int], pair: Pair, token: int) -> list[int]:
    """The word with the pair replaced, from the left."""
    left, right = pair
    result: list[int] = []
    position, last = 0, len(word) - 1
    while position <= last:
        if word[position] == left and position < last and word[position + 1] == right:
            result.append(token)
            position += 2
        else:
            result.append(word[position])
            position += 1
    return result
