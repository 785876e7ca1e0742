"""GGUF files, opened by way of a Hugging Face folder that is made once and kept.

Quantised numbers are unpacked to bf16; F32, F16 and BF16 stay what they are. One tensor is in memory at a
time. The folder is named after the file's SHA-256, so a changed file is never taken for the old one.
"""

import json
import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import numpy as np
import torch
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType
from gguf.quants import dequantize
from numpy.typing import NDArray
from torch import Tensor

from explorer.core.catalogue.copies import make_room, mark_used
from explorer.core.digests import remembered_sha256
from explorer.core.families.folder_files import CONFIG, WEIGHTS
from explorer.core.families.gguf_file import GgufFile, GgufTensor, QuantKind, read_gguf
from explorer.core.families.gguf_names import ARCHITECTURES, architecture_of, config_of, rope_factors_of
from explorer.core.families.hub_config import parse_config
from explorer.core.families.layout import Family, Part, parts
from explorer.core.model import ModelConfig
from explorer.core.storage import atomic_folder, clear_partials
from explorer.errors import DamagedFileError, InputError
from explorer.text.gguf_vocabulary import vocabulary_files

CACHE_VERSION = 1
"""Raised when what stands in a kept folder changes."""
SOURCE = "source.json"
"""In a kept folder: what the model's makers say of it."""
_SLAB = 1 << 24
"""Numbers unpacked at once."""
_AS_THEY_ARE = {
    "F32": ("F32", torch.float32),
    "F16": ("F16", torch.float16),
    "BF16": ("BF16", torch.bfloat16),
}


def readable_kinds() -> dict[int, QuantKind]:
    """Those that the package can unpack: tried on one block of zeros."""
    kinds: dict[int, QuantKind] = {}
    for kind, (block, size_bytes) in GGML_QUANT_SIZES.items():
        with suppress(NotImplementedError), np.errstate(all="ignore"):
            dequantize(np.zeros((1, size_bytes), np.uint8), kind)
            kinds[int(kind)] = QuantKind(kind.name, block, size_bytes)
    return kinds


def convert(path: Path, cache_dir: Path) -> Path:
    """The Hugging Face folder of the GGUF file `path`, made under `cache_dir` unless it is there.

    Raises: InputError (another kind of file or model), DamagedFileError, StorageError.
    """
    if not path.is_file():
        raise InputError("There is no file {path}. Choose another one.", path=str(path))
    folder = cache_dir / f"{remembered_sha256(path, cache_dir)[:24]}-{CACHE_VERSION}"
    if (folder / CONFIG).is_file():
        mark_used(folder)
        return folder
    file = read_gguf(path, readable_kinds())
    plan = _plan(file)
    vocabulary = vocabulary_files(file.metadata, str(path))
    cache_dir.mkdir(parents=True, exist_ok=True)
    clear_partials(cache_dir)
    with path.open("rb") as source, atomic_folder(folder) as partial:
        _write_weights(partial / WEIGHTS, plan, source)
        if vocabulary is not None:
            _write_json(partial / "tokenizer.json", vocabulary.tokenizer)
            _write_json(partial / "tokenizer_config.json", vocabulary.config)
            _write_json(partial / "generation_config.json", vocabulary.generation)
        _write_json(partial / SOURCE, _source(file))
        _write_json(partial / CONFIG, plan.config)
    mark_used(folder)
    make_room(cache_dir, keep=folder)
    return folder


def _source(file: GgufFile) -> dict[str, Any]:
    """What the model's makers say of it."""
    words = {
        key.removeprefix("general."): value
        for key, value in file.metadata.items()
        if key.startswith("general.") and isinstance(value, str)
    }
    return {"file": file.path.name, **words}


@dataclass(frozen=True)
class _Step:
    """One tensor to write."""

    name: str
    """In the safetensors file."""
    stored: GgufTensor
    part: Part
    shift: float
    """Added to its numbers."""
    heads: int
    """Llama's queries and keys: how many heads' rows lie in the order of pairs; else 0."""

    @property
    def shape(self) -> tuple[int, ...]:
        return self.stored.shape[::-1] if self.part.transposed else self.stored.shape

    @property
    def dtype(self) -> tuple[str, torch.dtype]:
        kind = GGMLQuantizationType(self.stored.kind).name
        return _AS_THEY_ARE.get(kind, ("BF16", torch.bfloat16))


@dataclass(frozen=True)
class _Plan:
    config: dict[str, Any]
    steps: list[_Step]


def _plan(file: GgufFile) -> _Plan:
    """Which tensor becomes which; every one is there in its shape. Raises: InputError, DamagedFileError."""
    source_family, target_family = ARCHITECTURES[architecture_of(file)]
    content = config_of(file, _rope_factors(file))
    family, config = parse_config(msgspec.json.encode(content), str(file.path))
    if len(file.tensors) < config.num_hidden_layers:
        raise _not_whole(file, "blk.0")
    steps = list(_steps(file, source_family, target_family, config))
    assert family is target_family
    return _Plan(content, steps)


def _steps(file: GgufFile, source: Family, target: Family, config: ModelConfig) -> Iterator[_Step]:
    for theirs, ours in zip(parts(source, config), parts(target, config), strict=True):
        for from_name, to_name, shape in zip(theirs.theirs, ours.theirs, theirs.shapes, strict=True):
            stored = file.tensors.get(from_name)
            if stored is None or _squeezed(stored.shape) != _squeezed(shape):
                raise _not_whole(file, from_name)
            heads = 0
            if target.name == "llama":
                by_name = {"attn_q": config.num_attention_heads, "attn_k": config.num_key_value_heads}
                heads = by_name.get(from_name.split(".")[-2], 0)
            yield _Step(to_name, stored, ours, theirs.offset - ours.offset, heads)


def _squeezed(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(size for size in shape if size != 1)


def _rope_factors(file: GgufFile) -> list[float] | None:
    name = rope_factors_of(file)
    if name is None:
        return None
    stored = file.tensors[name]
    if stored.shape[-1] > 1 << 14 or len(stored.shape) != 1:
        raise _not_whole(file, name)
    with file.path.open("rb") as source:
        return torch.cat(list(slabs(stored, source))).tolist()


def _not_whole(file: GgufFile, name: str) -> DamagedFileError:
    return DamagedFileError(
        "{path} is not whole: {tensor} is missing or not as it must be. Use another copy of the model.",
        path=str(file.path),
        tensor=name,
    )


def _write_weights(target: Path, plan: _Plan, source: BinaryIO) -> None:
    """A safetensors file, tensor by tensor."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    for step in plan.steps:
        name, dtype = step.dtype
        start, end = end, end + math.prod(step.shape) * dtype.itemsize
        header[step.name] = {"dtype": name, "shape": list(step.shape), "data_offsets": [start, end]}
    encoded = json.dumps(header).encode()
    encoded += b" " * (-len(encoded) % 8)
    with target.open("wb") as sink:
        sink.write(len(encoded).to_bytes(8, "little") + encoded)
        for step in plan.steps:
            for slab in _converted(step, source):
                sink.write(slab.contiguous().view(torch.uint8).numpy().data)


def _converted(step: _Step, source: BinaryIO) -> Iterator[Tensor]:
    """The tensor as the new file has it, in pieces."""
    pieces = slabs(step.stored, source)
    if step.heads or step.part.transposed:
        whole = torch.cat(list(pieces)).view(step.stored.shape)
        if step.heads:
            whole = _halves_from_pairs(whole, step.heads)
        pieces = iter([whole.T if step.part.transposed else whole])
    for slab in pieces:
        yield ((slab + step.shift) if step.shift else slab).to(step.dtype[1])


def _halves_from_pairs(rows: Tensor, heads: int) -> Tensor:
    """llama.cpp turns neighbours (2i, 2i + 1) where Hugging Face's files turn (i, i + D/2): back to that."""
    by_pair = rows.view(heads, rows.shape[0] // heads // 2, 2, *rows.shape[1:])
    return by_pair.transpose(1, 2).reshape(rows.shape)


def slabs(stored: GgufTensor, source: BinaryIO) -> Iterator[Tensor]:
    """The numbers in order, flat, in float32 (or as stored, if they are floats), some millions at a time."""
    kind = GGMLQuantizationType(stored.kind)
    block, block_bytes = GGML_QUANT_SIZES[kind]
    source.seek(stored.start)
    row_blocks = stored.shape[-1] // block
    left = stored.size_bytes // block_bytes
    step = max(_SLAB // stored.shape[-1], 1) * row_blocks
    while left:
        count = min(step, left)
        left -= count
        raw = np.fromfile(source, np.uint8, count * block_bytes)
        if kind.name in _AS_THEY_ARE:
            yield torch.from_numpy(raw).view(_AS_THEY_ARE[kind.name][1])
        else:
            yield torch.from_numpy(_unpacked(raw, kind, row_blocks * block_bytes))


def _unpacked(raw: NDArray[np.uint8], kind: GGMLQuantizationType, row_bytes: int) -> NDArray[np.float32]:
    with np.errstate(all="ignore"):  # what is not finite is found when the weights are read
        return dequantize(raw.reshape(-1, row_bytes), kind).reshape(-1)


def _write_json(file: Path, content: Any) -> None:
    file.write_bytes(msgspec.json.encode(content))
