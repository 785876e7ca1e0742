"""Damaged and hostile model files: refused in a sentence, at once, without the memory that they claim."""

import json
import random
import struct
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

from explorer.core.families.gguf import readable_kinds
from explorer.core.families.gguf_file import read_gguf
from explorer.core.families.huggingface import load_transformer
from explorer.core.families.safetensors_file import read_header
from explorer.core.loading import load_model
from explorer.errors import DamagedFileError, InputError
from tests.benchmarks import fuzz
from tests.benchmarks.parity import SHAPES, make

TEN_GIGABYTES = 10_000_000_000


@contextmanager
def little_memory() -> Iterator[None]:
    """A refusal takes no more than a small file is worth."""
    tracemalloc.start()
    try:
        yield
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make(SHAPES[3], tmp_path)
    return tmp_path


# ---------------------------------------------------------------- safetensors


def header(entries: object, data: bytes = b"") -> bytes:
    text = entries if isinstance(entries, bytes) else json.dumps(entries).encode()
    return struct.pack("<Q", len(text)) + text + data


def tensor(shape: list[int], start: int, end: int, dtype: str = "F32") -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}


BAD_SAFETENSORS = {
    "empty": b"",
    "header of 10 GB": struct.pack("<Q", TEN_GIGABYTES) + b"{}",
    "header longer than any number": b"\xff" * 16,
    "truncated": header({"a": tensor([4], 0, 16)}, bytes(8)),
    "more data than tensors": header({"a": tensor([2], 0, 8)}, bytes(16)),
    "wrong size": header({"a": tensor([4], 0, 8)}, bytes(8)),
    "overlap": header({"a": tensor([2], 0, 8), "b": tensor([2], 4, 12)}, bytes(12)),
    "gap": header({"a": tensor([1], 0, 4), "b": tensor([1], 8, 12)}, bytes(12)),
    "negative size": header({"a": tensor([-2, -2], 0, 16)}, bytes(16)),
    "negative place": header({"a": tensor([2], -8, 0)}, b""),
    "huge shape": header({"a": tensor([1 << 62, 1 << 62], 0, 16)}, bytes(16)),
    "unknown numbers": header({"a": tensor([2], 0, 8, "F99")}, bytes(8)),
    "no object": header([1, 2]),
    "deep": header(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "pickle": b"\x80\x04\x95" + bytes(40),
    "zip": b"PK\x03\x04" + bytes(40),
}


@pytest.mark.parametrize("content", BAD_SAFETENSORS.values(), ids=BAD_SAFETENSORS)
def test_a_header_that_lies_is_refused(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "model.safetensors"
    file.write_bytes(content)
    with little_memory(), pytest.raises(DamagedFileError, match="not a safetensors file"):
        read_header(file)


def test_numbers_that_are_not_finite_are_refused(folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    for poison in (float("nan"), float("inf"), float("-inf")):
        weights["model.layers.1.mlp.up_proj.weight"][3, 5] = poison
        save_file(weights, folder / "model.safetensors")
        with pytest.raises(DamagedFileError, match="up_proj"):
            load_transformer(folder)


def config(folder: Path, **changed: object) -> None:
    said = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(said | changed))


@pytest.mark.parametrize(
    "changed",
    [
        {"vocab_size": 10**15},
        {"num_hidden_layers": 10**9},
        {"num_hidden_layers": 900},
        {"hidden_size": -48},
        {"head_dim": 7},
        {"num_key_value_heads": 3},
        {"intermediate_size": 81},
        {"vocab_size": "many"},
        {"rope_theta": -1.0, "rope_parameters": None},
    ],
    ids=str,
)
def test_sizes_that_do_not_fit_are_refused(changed: dict[str, object], folder: Path) -> None:
    config(folder, **changed)
    with pytest.raises(DamagedFileError):
        load_transformer(folder)


def test_a_context_without_end_takes_no_memory(folder: Path) -> None:
    config(folder, max_position_embeddings=1 << 30)
    assert load_transformer(folder).cos.shape[0] < 10_000


@pytest.mark.parametrize(
    "changed",
    [
        {"model_type": "mamba"},
        {"model_type": ["llama"]},
        {"hidden_act": "relu6"},
        {"quantization_config": {"quant_method": "gptq"}},
        {"partial_rotary_factor": 0.5},
        {"rope_parameters": {"rope_type": "su", "rope_theta": 1e4}},
    ],
    ids=str,
)
def test_what_we_cannot_compute_is_refused_by_name(changed: dict[str, object], folder: Path) -> None:
    config(folder, **changed)
    with pytest.raises(InputError):
        load_transformer(folder)


def test_a_pickle_is_never_read(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    for where in (folder, folder / "pytorch_model.bin"):
        with pytest.raises(InputError, match="pickle"):
            load_model(where, "cpu", cache_dir=folder / "kept")


@pytest.mark.parametrize("name", ["../outside.safetensors", "/etc/passwd", "a\\b.safetensors", "model.bin"])
def test_an_index_does_not_lead_out_of_its_folder(name: str, folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"a": name}}))
    with pytest.raises(DamagedFileError):
        load_transformer(folder)


def test_a_missing_shard_is_named(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    index = {"weight_map": {"a": "model-00001-of-00002.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(DamagedFileError, match="model-00001-of-00002"):
        load_transformer(folder)


# ---------------------------------------------------------------- GGUF


def text(words: str) -> bytes:
    return struct.pack("<Q", len(words)) + words.encode()


def pair(key: str, kind: int, value: bytes) -> bytes:
    return text(key) + struct.pack("<I", kind) + value


def info(name: str, sizes: list[int], kind: int = 0, offset: int = 0) -> bytes:
    return (
        text(name) + struct.pack("<I", len(sizes)) + struct.pack(f"<{len(sizes)}Q", *sizes)
        + struct.pack("<IQ", kind, offset)
    )  # fmt: skip


def gguf(tensors: list[bytes] = [], pairs: list[bytes] = [], data: int = 0, **counts: int) -> bytes:  # noqa: B006
    start = b"GGUF" + struct.pack(
        "<IQQ", 3, counts.get("tensors_said", len(tensors)), counts.get("pairs_said", len(pairs))
    )
    content = start + b"".join(pairs) + b"".join(tensors)
    return content + bytes(-len(content) % 32) + bytes(data)


BAD_GGUF = {
    "empty": b"",
    "only magic": b"GGUF",
    "counts of everything": gguf(tensors_said=2**63, pairs_said=2**64 - 1),
    "many tensors said": gguf(tensors_said=2**62, data=100),
    "string of 10 GB": gguf(pairs=[struct.pack("<Q", TEN_GIGABYTES)]),
    "negative length": gguf(pairs=[struct.pack("<q", -5)]),
    "array of 10 G": gguf(pairs=[pair("a", 9, struct.pack("<IQ", 4, TEN_GIGABYTES))]),
    "strings that are not there": gguf(pairs=[pair("a", 9, struct.pack("<IQ", 8, 1 << 20))]),
    "arrays in arrays": gguf(pairs=[pair("a", 9, struct.pack("<IQ", 9, 1) * 9)]),
    "unknown type": gguf(pairs=[pair("a", 77, b"")]),
    "key twice": gguf(pairs=[pair("a", 4, bytes(4)), pair("a", 4, bytes(4))]),
    "alignment 3": gguf(pairs=[pair("general.alignment", 4, struct.pack("<I", 3))]),
    "alignment 0": gguf(pairs=[pair("general.alignment", 4, bytes(4))]),
    "alignment as text": gguf(pairs=[pair("general.alignment", 8, text("32"))]),
    "truncated data": gguf([info("a", [64])], data=128),
    "overlap": gguf([info("a", [32]), info("b", [32], offset=64)], data=256),
    "tensor twice": gguf([info("a", [8]), info("a", [8], offset=32)], data=256),
    "offset out of line": gguf([info("a", [8], offset=4)], data=256),
    "offset beyond": gguf([info("a", [8], offset=2**63)], data=256),
    "no dimensions": gguf([info("a", [])], data=256),
    "nine dimensions": gguf([info("a", [1] * 9)], data=256),
    "size of nothing": gguf([info("a", [0, 4])], data=256),
    "product beyond numbers": gguf([info("a", [2**33, 2**33])], data=256),
    "half a block": gguf([info("a", [33], kind=8)], data=256),
}


@pytest.mark.parametrize("content", BAD_GGUF.values(), ids=BAD_GGUF)
def test_a_gguf_that_lies_is_refused(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "model.gguf"
    file.write_bytes(content)
    kinds = readable_kinds()
    with little_memory(), pytest.raises(DamagedFileError):
        read_gguf(file, kinds)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04" + bytes(60), "not a GGUF file"),
        (b"GGUF" + struct.pack("<IQQ", 1, 0, 0) + bytes(60), "version 1"),
        (gguf([info("a", [32], kind=999)], data=256), "number 999"),
        (gguf(), "kind None"),
    ],
    ids=["zip", "old", "unknown packing", "no architecture"],
)
def test_another_kind_of_file_is_named(content: bytes, words: str, tmp_path: Path) -> None:
    file = tmp_path / "model.gguf"
    file.write_bytes(content)
    with pytest.raises(InputError, match=words):
        load_model(file, "cpu", cache_dir=tmp_path / "kept")
    assert not [path for path in (tmp_path / "kept").glob("*") if path.is_dir()]


def test_nothing_is_kept_of_a_file_that_could_not_be_read(tmp_path: Path) -> None:
    bad = fuzz.Fuzz(tmp_path).good / "llama.gguf"
    content = bad.read_bytes().replace(b"blk.0.ffn_up", b"blk.0.ffn_xx")
    bad.write_bytes(content)
    with pytest.raises(DamagedFileError, match=r"blk\.0\.ffn_up"):
        load_model(bad, "cpu", cache_dir=tmp_path / "kept")
    assert not [path for path in (tmp_path / "kept").glob("*") if path.is_dir()]


# ---------------------------------------------------------------- any damage


def test_random_damage_opens_or_is_refused(tmp_path: Path) -> None:
    """150 of them here; `python -m tests.benchmarks.fuzz --count 20000` for as many as you have time."""
    outcomes, findings = fuzz.run(0, 150, tmp_path)
    assert findings == []
    assert sum(outcomes.values()) == 150
    assert len(outcomes) > 4


def test_the_fuzzer_would_tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("not a sentence")

    monkeypatch.setattr(fuzz.Fuzz, "attempt", broken)
    _, findings = fuzz.run(0, 1, tmp_path)
    assert findings == ["0: RuntimeError: not a sentence"]


@pytest.mark.parametrize("damage", [fuzz.damaged, fuzz.damaged_json])
def test_damage_is_done(damage: Callable[..., bytes]) -> None:
    good = b'{"a": 1, "b": [2, 3], "c": "words"}' * 20
    assert sum(damage(good, random.Random(seed)) != good for seed in range(50)) > 40
