"""nanoGPT's .bin files: GPT-2's token ids, two bytes each, nothing else; read through a memory map.

Source: nanoGPT's data/*/prepare.py. They have no header, so a file is taken for one if it is of even size and
its first half million numbers are all ids of GPT-2's.
"""

import codecs
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from explorer.text.encodings import load_tokenizer

_CHECKED = 500_000
_AT_ONCE = 65_536


def is_gpt2_tokens(path: Path) -> bool:
    """Whether the file looks like one. A text does not: it has no zero bytes, as common ids have."""
    size = path.stat().st_size
    if size == 0 or size % 2:
        return False
    first = np.fromfile(path, "<u2", _CHECKED)
    return bool((first <= load_tokenizer("gpt2").end_of_text).all()) and b"\0" in first.tobytes()


def gpt2_documents(path: Path) -> Iterator[Iterator[str]]:
    """The documents between `<|endoftext|>`, as blocks of text."""
    ids = np.memmap(path, np.dtype("<u2"), "r")
    end = load_tokenizer("gpt2").end_of_text
    start = 0
    while start < len(ids):
        stop = _next(ids, start, end)
        if stop > start:
            yield _blocks(ids, start, stop)
        start = stop + 1


def _next(ids: np.memmap, start: int, wanted: int) -> int:
    """The next place of an id, or the end."""
    for at in range(start, len(ids), _AT_ONCE):
        found = np.flatnonzero(ids[at : at + _AT_ONCE] == wanted)
        if len(found):
            return at + int(found[0])
    return len(ids)


def _blocks(ids: np.memmap, start: int, stop: int) -> Iterator[str]:
    """A token may end inside a character, so the bytes go through one decoder."""
    tokenizer = load_tokenizer("gpt2")
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    for at in range(start, stop, _AT_ONCE):
        part = ids[at : min(at + _AT_ONCE, stop)].tolist()
        yield decoder.decode(b"".join(map(tokenizer.token_bytes, part)))
    if rest := decoder.decode(b"", final=True):
        yield rest
