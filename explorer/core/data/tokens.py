"""A text as token ids on disk, which of them are held out, and the batches of every step. No torch.

The ids live in a file that is memory-mapped, so a text of many gigabytes takes no memory. A batch is a pure
function of (seed, step): a run that was killed draws the same ones again.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.core.data.files import Report
from explorer.core.data.texts import TextSource, documents, size_bytes
from explorer.errors import InputError
from explorer.text.tokenizer import Tokenizer, encode_long

Ids = NDArray[np.int64]

_HELD_OUT_EVERY = 20
_LARGEST_BLOCK = 4096


@dataclass(frozen=True)
class Encoded:
    """The last fact of `encode_to_file`."""

    tokens: int
    token_bytes: int
    fingerprint: str
    report: Report
    """What was read, and what was passed over."""


def encode_to_file(source: TextSource, tokenizer: Tokenizer, path: Path) -> Iterator[float | Encoded]:
    """Write all ids, documents ended by `<|endoftext|>`. Yields the share done, at last `Encoded`.

    Empty documents leave no trace: a folder of empty files would teach nothing but their ends.
    Raises: InputError (a file that turns out not to be text), OSError.
    """
    kind = np.dtype("<u2") if tokenizer.n_vocab <= 0x10000 else np.dtype("<u4")
    total, done, tokens = max(1, size_bytes(source)), 0, 0
    digest, report = hashlib.sha256(), Report()
    with path.open("wb") as stream:
        for document in documents(source, report):
            before = tokens
            for block in document:
                for chunk in encode_long(tokenizer, block):
                    stream.write(chunk.ids.astype(kind).tobytes())
                    tokens += len(chunk.ids)
                    yield min(1.0, done / total)
                digest.update(block.encode("utf-8", "surrogatepass"))
                done += len(block)
            if tokens > before:
                stream.write(np.array([tokenizer.end_of_text], kind).tobytes())
                tokens += 1
    yield Encoded(tokens, kind.itemsize, digest.hexdigest(), report)


class TokenData:
    """The ids of a run, split into what is learned from and what is held out.

    The text is cut into blocks; every 20th (the middle one of a short text) is held out, so that both
    parts come from all over it.
    """

    def __init__(self, path: Path, token_bytes: int, context: int) -> None:
        """Raises: InputError if the text is too short to hold anything out; OSError, ValueError."""
        self._ids = np.memmap(path, np.dtype(f"<u{token_bytes}"), "r")
        self._context = context
        window = context + 1
        block = max(window, min(_LARGEST_BLOCK, len(self._ids) // _HELD_OUT_EVERY))
        count = len(self._ids) // block
        if count < 2:
            raise InputError(
                "The text has only {tokens} tokens; to learn and to be tested it needs at least {needed}. "
                "Choose a longer text.",
                tokens=len(self._ids),
                needed=2 * window,
            )
        held_out = np.arange(count) % _HELD_OUT_EVERY == min(_HELD_OUT_EVERY, count) // 2
        self._held_out = np.flatnonzero(held_out) * block
        self._block = block
        edges = np.flatnonzero(np.diff(np.concatenate(([True], held_out, [True])).astype(np.int8)))
        # Stretches between held-out blocks, the rest after the last whole block included.
        starts, ends = edges[0::2] * block, edges[1::2] * block
        if not held_out[-1]:
            ends[-1] = len(self._ids)
        self._starts = starts
        self._room = np.cumsum(ends - starts - window + 1)
        self.val_tokens = int(len(self._held_out) * block)
        self.train_tokens = int(np.sum(ends - starts))

    def batch(self, seed: int, step: int, rows: int) -> tuple[Ids, Ids]:
        """Inputs and targets (B, T) of a step: windows drawn evenly from all that is learned from."""
        generator = np.random.Generator(np.random.Philox(key=np.array([seed & (2**64 - 1), step], np.uint64)))
        places = generator.integers(0, self._room[-1], rows)
        stretch = np.searchsorted(self._room, places, side="right")
        before = np.concatenate(([0], self._room))[stretch]
        return self._windows(self._starts[stretch] + places - before)

    def held_out_windows(self, most_tokens: int) -> tuple[Ids, Ids]:
        """Inputs and targets (N, T) of the held-out part, evenly spread if it has more than `most_tokens`."""
        inside = np.arange(0, self._block - self._context, self._context)
        starts = (self._held_out[:, None] + inside).ravel()
        most = max(1, most_tokens // self._context)
        if len(starts) > most:
            starts = starts[np.linspace(0, len(starts) - 1, most).round().astype(int)]
        return self._windows(starts)

    def _windows(self, starts: NDArray[np.int64]) -> tuple[Ids, Ids]:
        rows = np.stack([self._ids[start : start + self._context + 1] for start in starts]).astype(np.int64)
        return rows[:, :-1], rows[:, 1:]
