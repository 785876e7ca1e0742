"""What there is in a vocabulary: one token in all detail, and a search through every entry."""

from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass

from explorer.errors import InputError
from explorer.protocol import (
    Command,
    DescribeToken,
    Encoding,
    ReadVocabulary,
    SearchVocabulary,
    TokenDescribed,
    TokenEntry,
    TreeNode,
    VocabularyFound,
    VocabularyRows,
)
from explorer.services import Job
from explorer.text.chat_templates import CHAT_SPECIALS, chat_vocabulary
from explorer.text.merge_tree import WrittenMerges, merge_tree, written_merges
from explorer.text.tokenizer import Tokenizer
from explorer.text.vocabulary import Places, Vocabulary, read_vocabulary, search

NEIGHBOURS = 4
"""Before a token, and after it."""
_ROWS = 1_000
"""In one message."""


@dataclass(frozen=True)
class _Found:
    """A search's results, in order."""

    job: str
    vocabulary: Vocabulary
    places: Places

    def entries(self, first: int, stop: int) -> list[TokenEntry]:
        """Results `first : stop`."""
        ids, data, special = self.vocabulary.ids, self.vocabulary.data, self.vocabulary.special
        return [
            TokenEntry(ids[place], data[place].hex(), ids[place] in special)
            for place in self.places[first:stop].tolist()
        ]


class VocabularyService:
    """`tokenizer_of` gives the tokenizer of an encoding; those of open documents at once."""

    commands: tuple[type[Command], ...] = (DescribeToken, SearchVocabulary, ReadVocabulary)

    def __init__(self, tokenizer_of: Callable[[Encoding], Tokenizer]) -> None:
        self._tokenizer_of = tokenizer_of
        self._vocabulary: tuple[Tokenizer, Vocabulary] | None = None
        self._merges: tuple[Tokenizer, WrittenMerges | None] | None = None
        self._found: _Found | None = None

    def run(self, command: Command) -> Job:
        """As `Service.run`."""
        match command:
            case DescribeToken():
                return self._describe(command)
            case SearchVocabulary():
                return self._search(command)
            case ReadVocabulary():
                return self._read(command)
            case _:
                raise AssertionError(f"not ours: {command}")

    def close(self) -> None:
        """Nothing of it is on the disk."""

    def _describe(self, command: DescribeToken) -> Job:
        tokenizer = self._tokenizer_of(command.encoding)
        if command.token in CHAT_SPECIALS.get(command.encoding, {}).values():
            tokenizer = chat_vocabulary(command.encoding, tokenizer)
        tree = yield from merge_tree(tokenizer, command.token, self._merges_of(tokenizer))
        yield TokenDescribed(
            job=command.job,
            encoding=command.encoding,
            entry=_entry(tokenizer, command.token),
            before=_neighbours(tokenizer, command.token, -1)[::-1],
            after=_neighbours(tokenizer, command.token, 1),
            how=tree.how,
            nodes=[TreeNode(node.data.hex(), node.token, node.left, node.right) for node in tree.nodes],
            roots=list(tree.roots),
            rank=tree.rank,
        )

    def _search(self, command: SearchVocabulary) -> Job:
        self._found = None
        tokenizer = self._tokenizer_of(command.encoding)
        vocabulary = yield from self._read_all(tokenizer)
        looking = search(vocabulary, command.query, command.way)
        while True:
            try:
                so_far = next(looking)
            except StopIteration as end:
                places = vocabulary.ordered(end.value, command.order)
                break
            yield (
                VocabularyFound(job=command.job, count=len(so_far), entries=len(vocabulary), done=False)
                if len(so_far)
                else None
            )
        self._found = _Found(command.job, vocabulary, places)
        yield VocabularyFound(job=command.job, count=len(places), entries=len(vocabulary), done=True)

    def _read(self, command: ReadVocabulary) -> Job:
        found = self._found
        if found is None or found.job != command.job:
            return
        entries = found.entries
        stop = min(command.first + command.count, len(found.places))
        for first in range(command.first, stop, _ROWS):
            yield VocabularyRows(
                job=command.job,
                first=first,
                purpose=command.purpose,
                rows=entries(first, min(first + _ROWS, stop)),
            )

    def _read_all(self, tokenizer: Tokenizer) -> Generator[None, None, Vocabulary]:
        if self._vocabulary is None or self._vocabulary[0] is not tokenizer:
            self._vocabulary = tokenizer, (yield from read_vocabulary(tokenizer))
        return self._vocabulary[1]

    def _merges_of(self, tokenizer: Tokenizer) -> WrittenMerges | None:
        if self._merges is None or self._merges[0] is not tokenizer:
            self._merges = tokenizer, written_merges(tokenizer)
        return self._merges[1]


def _entry(tokenizer: Tokenizer, token: int) -> TokenEntry:
    """Raises: InputError."""
    return TokenEntry(token, tokenizer.token_bytes(token).hex(), token in tokenizer.special_tokens.values())


def _neighbours(tokenizer: Tokenizer, token: int, step: int) -> list[TokenEntry]:
    """The nearest entries with smaller ids (`step` -1) or larger ones (1), gaps passed over."""
    found: list[TokenEntry] = []
    at = token + step
    while 0 <= at < tokenizer.n_vocab and len(found) < NEIGHBOURS:
        with suppress(InputError):  # a gap in the numbers
            entry = _entry(tokenizer, at)
            if entry.data:
                found.append(entry)
        at += step
    return found
