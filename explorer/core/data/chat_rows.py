"""Conversations as token ids on disk, with what is learned from them; the batches of every step. No torch.

    tokens.bin   all conversations' ids, one after the other
    learned.bin  a byte for each id: 1 where it is learned (what the assistant says), 0 elsewhere; a row that
                 begins with 1 is no conversation but a document, all of which is learned
    ends.bin     where each conversation ends, int64

Memory-mapped, as a text's tokens are. A batch is a pure function of (seed, step).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.core.runs import TOKENS_FILE
from explorer.errors import InputError
from explorer.text.chat import encode_chat
from explorer.text.chatml import TEMPLATE
from explorer.text.templates import ChatMessage, TemplateRenderer
from explorer.text.tokenizer import Tokenizer

_LEARNED_FILE, _ENDS_FILE = "learned.bin", "ends.bin"
_HELD_OUT_EVERY = 20
_SORTED_AT_ONCE = 8
"""Batches whose rows are sorted by length together, so that little is padding."""


@dataclass(frozen=True)
class Written:
    """The last fact of `write_chats`."""

    conversations: int
    skipped: int
    """Damaged ones, and those in which the assistant says nothing (within the context)."""
    cut: int
    """Longer than the context: their ends are left out."""
    tokens: int
    token_bytes: int
    fingerprint: str


def write_chats(
    conversations: Iterable[Sequence[ChatMessage] | str | None],
    tokenizer: Tokenizer,
    context: int,
    folder: Path,
) -> Iterator[int | Written]:
    """Write the three files; None among the conversations is one that could not be read, a text a document.

    Yields how many have been written, at last `Written`. Raises: InputError (fewer than two remain); OSError.
    """
    kind = np.dtype("<u2") if tokenizer.n_vocab <= 0x10000 else np.dtype("<u4")
    digest, ends, skipped, cut = sha256(), [0], 0, 0
    with (
        TemplateRenderer() as renderer,
        (folder / TOKENS_FILE).open("wb") as tokens,
        (folder / _LEARNED_FILE).open("wb") as learned,
    ):
        for messages in conversations:
            if isinstance(messages, str):
                said = _document(tokenizer, messages)
            else:
                said = None if messages is None else _encoded(renderer, tokenizer, messages)
            if said is None or not any(said[1][: context + 1]):
                skipped += 1
                yield len(ends) - 1
                continue
            cut += len(said[0]) > context + 1
            ids = np.array(said[0][: context + 1], kind)
            tokens.write(ids.tobytes())
            learned.write(bytes(said[1][: context + 1]))
            digest.update(ids.tobytes())
            ends.append(ends[-1] + len(ids))
            yield len(ends) - 1
    count = len(ends) - 1
    if count < 2:
        raise InputError(
            "There are only {count} conversations to learn from, {skipped} could not be used. Choose a file "
            'with more, one {{"messages": [...]}} a line.',
            count=count,
            skipped=skipped,
        )
    (folder / _ENDS_FILE).write_bytes(np.array(ends[1:], "<i8").tobytes())
    yield Written(count, skipped, cut, ends[-1], kind.itemsize, digest.hexdigest())


def _document(tokenizer: Tokenizer, text: str) -> tuple[list[int], list[bool]]:
    ids = [*tokenizer.encode(text), tokenizer.end_of_text]
    return ids, [True] * len(ids)


def _encoded(
    renderer: TemplateRenderer, tokenizer: Tokenizer, messages: Sequence[ChatMessage]
) -> tuple[list[int], list[bool]] | None:
    try:
        chat = encode_chat(renderer, tokenizer, TEMPLATE, messages, {}, add_generation_prompt=False)
    except InputError:  # a message that could be taken for a special token: one bad line is not fatal
        return None
    return chat.ids, chat.loss


@dataclass(frozen=True)
class ChatRow:
    """One conversation."""

    ids: list[int]
    weights: list[float]
    """1.0 for an id that is learned, else 0.0."""


class ChatRows:
    """The rows of a run, split into what is learned from and what is held out: every 20th conversation."""

    def __init__(self, folder: Path, token_bytes: int, tokens: int) -> None:
        """Raises: OSError, ValueError if the files are not those that were written."""
        self._ids = np.memmap(folder / TOKENS_FILE, np.dtype(f"<u{token_bytes}"), "r")
        self._learned = np.memmap(folder / _LEARNED_FILE, np.uint8, "r")
        self._ends = np.fromfile(folder / _ENDS_FILE, "<i8")
        if not len(self._ids) == len(self._learned) == self._ends[-1] == tokens:
            raise ValueError("not as written")
        starts = np.append(0, self._ends[:-1])
        is_chat = self._learned[starts] == 0
        number, chats = np.cumsum(is_chat) - 1, int(is_chat.sum())
        is_held_out = is_chat & (number % _HELD_OUT_EVERY == min(_HELD_OUT_EVERY, chats) // 2)
        self.held_out: list[int] = np.flatnonzero(is_held_out).tolist()
        self._train = np.flatnonzero(~is_held_out)
        self._lengths = np.diff(self._ends, prepend=0)
        self._epoch: tuple[tuple[int, int, int], list[NDArray[np.intp]]] | None = None

    @property
    def train_tokens(self) -> int:
        """In the conversations that are learned from, padding left out."""
        return int(self._lengths[self._train].sum())

    @property
    def val_tokens(self) -> int:
        """In those held out."""
        return int(self._lengths[self.held_out].sum())

    def row(self, index: int) -> ChatRow:
        """A conversation by its number."""
        part = slice(int(self._ends[index] - self._lengths[index]), int(self._ends[index]))
        return ChatRow(self._ids[part].tolist(), self._learned[part].astype(float).tolist())

    def steps_in_epoch(self, rows: int) -> int:
        """Batches until each conversation has come once."""
        return -(-len(self._train) // rows)

    def batch(self, seed: int, step: int, rows: int) -> list[ChatRow]:
        """The conversations of a step (from 1): each comes once an epoch, beside others of its length."""
        epoch, place = divmod(step - 1, self.steps_in_epoch(rows))
        return [self.row(int(index)) for index in self._batches(seed, epoch, rows)[place]]

    def _batches(self, seed: int, epoch: int, rows: int) -> list[NDArray[np.intp]]:
        key = (seed, epoch, rows)
        if self._epoch is None or self._epoch[0] != key:
            generator = np.random.Generator(
                np.random.Philox(key=np.array([seed & (2**64 - 1), epoch], np.uint64))
            )
            order = generator.permutation(self._train)
            batches: list[NDArray[np.intp]] = []
            for start in range(0, len(order), rows * _SORTED_AT_ONCE):
                part = order[start : start + rows * _SORTED_AT_ONCE]
                part = part[np.argsort(self._lengths[part], kind="stable")]
                batches += [part[at : at + rows] for at in range(0, len(part), rows)]
            self._epoch = (key, [batches[place] for place in generator.permutation(len(batches))])
        return self._epoch[1]
