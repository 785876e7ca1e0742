"""The header of a safetensors file, checked by us before any library maps the file.

The format: eight bytes with the header's length, JSON with every tensor's dtype, shape and place, the data.
A header that lies about a length must not cost the memory that it claims. No torch.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from explorer.errors import DamagedFileError

MAX_HEADER_BYTES = 100_000_000
"""As the format's own library has it."""
_ITEM_BITS = {
    "BOOL": 8, "U8": 8, "I8": 8, "U16": 16, "I16": 16, "U32": 32, "I32": 32, "U64": 64, "I64": 64,
    "F8_E4M3": 8, "F8_E5M2": 8, "F16": 16, "BF16": 16, "F32": 32, "F64": 64,
}  # fmt: skip
FLOATS = ("F64", "F32", "F16", "BF16")


@dataclass(frozen=True)
class StoredTensor:
    """One tensor of a file; `start` and `end` count bytes from the end of the header."""

    dtype: str
    shape: tuple[int, ...]
    start: int
    end: int


class _Entry(msgspec.Struct):
    dtype: str
    shape: list[int]
    data_offsets: tuple[int, int]


def read_header(file: Path) -> dict[str, StoredTensor]:
    """Every tensor of `file`, each in a place of its own. Raises: DamagedFileError."""
    with file.open("rb") as stream:
        size = file.stat().st_size
        length = int.from_bytes(stream.read(8), "little")
        if size < 8 or length > min(size - 8, MAX_HEADER_BYTES):
            raise _damaged(file)
        header = stream.read(length)
    try:
        entries = msgspec.json.decode(header, type=dict[str, Any])
        entries.pop("__metadata__", None)
        tensors = {name: _tensor(msgspec.convert(entry, type=_Entry)) for name, entry in entries.items()}
    except (msgspec.DecodeError, RecursionError, UnicodeError, ValueError) as error:
        raise _damaged(file) from error
    end = 0
    for tensor in sorted(tensors.values(), key=lambda tensor: (tensor.start, tensor.end)):
        if tensor.start != end:  # a gap or an overlap
            raise _damaged(file)
        end = tensor.end
    if end != size - 8 - length:
        raise _damaged(file)
    return tensors


def _tensor(entry: _Entry) -> StoredTensor:
    """Raises: ValueError if the entry contradicts itself."""
    start, end = entry.data_offsets
    if start < 0 or any(size < 0 for size in entry.shape) or len(entry.shape) > 8:
        raise ValueError("negative or too many sizes")
    bits = math.prod(entry.shape) * _ITEM_BITS.get(entry.dtype, 0)
    if entry.dtype not in _ITEM_BITS or end - start != bits // 8:
        raise ValueError("the size does not follow from the shape")
    return StoredTensor(entry.dtype, tuple(entry.shape), start, end)


def _damaged(file: Path) -> DamagedFileError:
    return DamagedFileError(
        "{path} is damaged or not a safetensors file. Use another copy of the model.", path=str(file)
    )
