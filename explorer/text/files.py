"""Reading a text file of a person's own, with a sentence for everything that it may be instead."""

import codecs
import os
from collections.abc import Iterator
from pathlib import Path

from explorer.errors import InputError

_BLOCK_BYTES = 1 << 20
_OTHER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""UTF-32's little-endian one begins with UTF-16's."""


def text_blocks(path: Path, limit_bytes: int | None = None) -> Iterator[str]:
    """The file's text, block by block, without a byte order mark; line ends as they are.

    Raises: InputError, maybe after some blocks, if the file is missing, a folder or device, larger than
    `limit_bytes`, not readable, binary (it has zero bytes) or not UTF-8.
    """
    if path.is_dir():
        raise InputError("{path} is a folder. Choose a text file.", path=str(path))
    if not path.exists():
        raise InputError("There is no file {path}. Choose another one.", path=str(path))
    if not path.is_file():
        raise InputError("{path} is not a file that can be read. Choose a text file.", path=str(path))
    try:
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            if limit_bytes is not None and size > limit_bytes:
                raise InputError(
                    "{path} has {size} MB, and at most {limit} MB can be shown. Choose a smaller file.",
                    path=str(path),
                    size=-(-size // 1_000_000),
                    limit=limit_bytes // 1_000_000,
                )
            yield from _decoded(str(path), iter(lambda: stream.read(_BLOCK_BYTES), b""))
    except OSError as error:
        raise InputError(
            "{path} could not be read ({reason}). Choose another file.",
            path=str(path),
            reason=error.strerror or str(error),
        ) from error


def decoded(data: bytes, name: str) -> str:
    """UTF-8 from elsewhere (a pipe), called `name`. Raises: InputError as `text_blocks` does."""
    return "".join(_decoded(name, iter([data])))


def _decoded(path: str, blocks: Iterator[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    first = True
    try:
        for block in blocks:
            if first and block.startswith(_OTHER_MARKS):
                raise _not_utf8(path)
            if b"\0" in block:
                raise InputError("{path} is not a text but binary data. Choose a text file.", path=path)
            text = decoder.decode(block)
            yield text.removeprefix("\ufeff") if first else text
            first = False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise _not_utf8(path) from error


def _not_utf8(path: str) -> InputError:
    return InputError("{path} is not encoded in UTF-8. Save it as UTF-8 and try again.", path=path)
