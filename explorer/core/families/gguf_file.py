"""A GGUF file's metadata and the places of its tensors, every claim checked against the file's real size.

The format (version 2 and 3, little-endian): magic, counts, key-value pairs, tensor infos, then the data, each
tensor at a multiple of the alignment. Source: docs/gguf.md of ggml. A count or a length that the file is too
short for is refused before anything is taken for it. No torch.
"""

import math
import mmap
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from explorer.errors import DamagedFileError, InputError

MAGIC = b"GGUF"
MAX_ELEMENTS = 1 << 24
"""Of an array in the metadata: no vocabulary comes near."""
_SCALARS = {
    0: "<u1", 1: "<i1", 2: "<u2", 3: "<i2", 4: "<u4", 5: "<i4",
    6: "<f4", 7: "?", 10: "<u8", 11: "<i8", 12: "<f8",
}  # fmt: skip
_STRING, _ARRAY = 8, 9


@dataclass(frozen=True)
class QuantKind:
    """A way of packing numbers: `block` of them in `size_bytes`."""

    name: str
    block: int
    size_bytes: int


@dataclass(frozen=True)
class GgufTensor:
    """Where a tensor is. `shape` in torch's order (the file has it reversed); `start` from the file's."""

    kind: int
    shape: tuple[int, ...]
    start: int
    size_bytes: int


@dataclass(frozen=True)
class GgufFile:
    """What a file says; nothing of its data is read."""

    path: Path
    metadata: dict[str, Any]
    """Numbers and strings; arrays of numbers are numpy's, arrays of strings lists."""
    tensors: dict[str, GgufTensor]


def read_gguf(path: Path, kinds: dict[int, QuantKind], whole_bytes: int | None = None) -> GgufFile:
    """Read and check the header. Raises: DamagedFileError; InputError for packings not among `kinds`.

    `whole_bytes`: the size that counts, where `path` is the first of several parts.
    """
    size = path.stat().st_size if whole_bytes is None else whole_bytes
    if path.stat().st_size < 24:
        raise _damaged(path)
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        try:
            return _Reader(path, mapped, size, kinds).read()
        except (struct.error, ValueError, UnicodeDecodeError, OverflowError) as error:
            raise _damaged(path) from error


class _Reader:
    """Walks through the header; `at` is where it stands. Running over the end raises ValueError."""

    def __init__(self, path: Path, mapped: mmap.mmap, size: int, kinds: dict[int, QuantKind]) -> None:
        self.path, self.mapped, self.size, self.kinds = path, mapped, size, kinds
        self.at = 0

    def read(self) -> GgufFile:
        if self._bytes(4) != MAGIC:
            raise InputError("{path} is not a GGUF file. Choose another file.", path=str(self.path))
        version = self._number("<I")
        if version not in (2, 3):
            raise InputError(
                "{path} is a GGUF file of version {version}; versions 2 and 3 can be read. Convert it anew.",
                path=str(self.path),
                version=version,
            )
        tensor_count, pair_count = self._number("<Q"), self._number("<Q")
        metadata: dict[str, Any] = {}
        for _ in range(pair_count):
            key = self._string()
            if key in metadata:
                raise ValueError("a key stands twice")
            metadata[key] = self._value(self._number("<I"))
        alignment = metadata.get("general.alignment", 32)
        if not isinstance(alignment, int) or not 1 <= alignment <= 1 << 20 or alignment & (alignment - 1):
            raise ValueError("no alignment")
        infos: dict[str, tuple[int, tuple[int, ...], int]] = {}
        for _ in range(tensor_count):
            name, info = self._string(), self._tensor_info()
            if name in infos:
                raise ValueError("a tensor stands twice")
            infos[name] = info
        data = -(-self.at // alignment) * alignment
        return GgufFile(self.path, metadata, self._placed(infos, data, alignment))

    def _placed(
        self, infos: dict[str, tuple[int, tuple[int, ...], int]], data: int, alignment: int
    ) -> dict[str, GgufTensor]:
        """Each tensor inside the file and in nobody else's place."""
        tensors: dict[str, GgufTensor] = {}
        for name, (kind, shape, offset) in infos.items():
            if kind not in self.kinds:
                raise InputError(
                    "{path} packs {tensor} in a way (number {kind}) that cannot be read. "
                    "Choose a file with another quantisation.",
                    path=str(self.path),
                    tensor=name,
                    kind=kind,
                )
            packing = self.kinds[kind]
            if shape[-1] % packing.block or offset % alignment:
                raise ValueError("a tensor does not fit its blocks or its alignment")
            length = math.prod(shape) // packing.block * packing.size_bytes
            tensors[name] = GgufTensor(kind, shape, data + offset, length)
        end = data
        for tensor in sorted(tensors.values(), key=lambda tensor: tensor.start):
            if tensor.start < end:
                raise ValueError("tensors overlap")
            end = tensor.start + tensor.size_bytes
            if end > self.size:
                raise ValueError("a tensor ends after the file")
        return tensors

    def _tensor_info(self) -> tuple[int, tuple[int, ...], int]:
        count = self._number("<I")
        if not 1 <= count <= 4:
            raise ValueError("too many dimensions")
        shape = tuple(self._number("<Q") for _ in range(count))[::-1]
        if min(shape) < 1 or math.prod(shape) > 1 << 48:
            raise ValueError("no such shape")
        kind, offset = self._number("<I"), self._number("<Q")
        return kind, shape, offset

    def _value(self, kind: int) -> Any:
        if kind == _STRING:
            return self._string()
        if kind in _SCALARS:
            return np.frombuffer(self._bytes(np.dtype(_SCALARS[kind]).itemsize), _SCALARS[kind])[0].item()
        if kind != _ARRAY:
            raise ValueError("no such type")
        element, count = self._number("<I"), self._number("<Q")
        if count > MAX_ELEMENTS:
            raise ValueError("too many elements")
        if element in _SCALARS:
            return np.frombuffer(self._bytes(count * np.dtype(_SCALARS[element]).itemsize), _SCALARS[element])
        if element != _STRING or 8 * count > self.size - self.at:
            raise ValueError("no such array")
        return [self._string() for _ in range(count)]

    def _string(self) -> str:
        length = self._number("<Q")
        # Tokens of a vocabulary may hold parts of characters.
        return self._bytes(length).decode("utf-8", "replace")

    def _number(self, code: str) -> int:
        return struct.unpack(code, self._bytes(struct.calcsize(code)))[0]

    def _bytes(self, count: int) -> bytes:
        if not 0 <= count <= self.size - self.at:
            raise ValueError("longer than the file")
        self.at += count
        return self.mapped[self.at - count : self.at]


def _damaged(path: Path) -> DamagedFileError:
    return DamagedFileError(
        "{path} is damaged or not complete. Use another copy of the model.", path=str(path)
    )
