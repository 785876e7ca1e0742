"""GGUF files: unpacked once, kept, and the same numbers and tokens as where they came from."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch
import transformers
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType
from gguf.quants import dequantize, quantize
from safetensors.torch import load_file

from explorer.core.families import gguf
from explorer.core.families.gguf_file import GgufTensor
from explorer.core.loading import load_model, opened_dir
from explorer.errors import InputError
from tests.benchmarks.gguf_files import TOKENS, write_gguf
from tests.benchmarks.parity import SHAPES, Shape, make


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)
    transformers.logging.disable_progress_bar()


WIDE = Shape("llama", "wide", {"hidden_size": 256, "intermediate_size": 256, "num_hidden_layers": 1})
EIGHT_BIT = GGMLQuantizationType.Q8_0


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model whose rows suit every packing, packed in 8 bits."""
    folder = tmp_path_factory.mktemp("wide")
    write_gguf(make(WIDE, folder / "theirs"), folder / "model.gguf", EIGHT_BIT)
    return folder / "model.gguf"


def test_unpacked_numbers_are_kept_in_sixteen_bits_and_norms_in_full(wide: Path, tmp_path: Path) -> None:
    kept = load_file(gguf.convert(wide, tmp_path) / "model.safetensors")
    theirs = load_file(wide.parent / "theirs" / "model.safetensors")
    name = "model.layers.0.mlp.down_proj.weight"
    expected = torch.from_numpy(dequantize(quantize(theirs[name].numpy(), EIGHT_BIT), EIGHT_BIT))
    assert torch.equal(kept[name], expected.to(torch.bfloat16))
    assert torch.equal(kept["model.norm.weight"], theirs["model.norm.weight"])
    # Queries and keys lie in pairs in the file and in halves here.
    for part in ("q_proj", "k_proj"):
        rows = f"model.layers.0.self_attn.{part}.weight"
        assert torch.allclose(kept[rows].float(), theirs[rows], atol=0.03 * theirs[rows].abs().max())


@pytest.mark.parametrize("kind", GGMLQuantizationType, ids=lambda kind: kind.name)
def test_every_packing_of_the_package_is_unpacked(kind: GGMLQuantizationType, tmp_path: Path) -> None:
    if int(kind) not in gguf.readable_kinds():
        # Whole numbers, and packings that only llama.cpp's own code knows.
        assert kind.name[0] in "IQ" or kind.name in ("F64", "Q8_1", "Q8_K")
        return
    block, size = GGML_QUANT_SIZES[kind]
    rows, width = 3, 2 * block if block > 1 else 64
    raw = np.random.default_rng(1).integers(0, 256, (rows, width // block * size), np.uint8)
    file = tmp_path / "raw"
    file.write_bytes(bytes(7) + raw.tobytes())
    tensor = GgufTensor(int(kind), (rows, width), 7, raw.size)
    with file.open("rb") as source:
        found = torch.cat([slab.float() for slab in gguf.slabs(tensor, source)]).view(rows, width)
    with np.errstate(all="ignore"):
        expected = dequantize(raw, kind)
    assert np.array_equal(found.numpy(), expected.reshape(rows, width), equal_nan=True)


def test_a_large_tensor_is_unpacked_in_pieces(
    wide: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = load_file(gguf.convert(wide, tmp_path / "whole") / "model.safetensors")
    monkeypatch.setattr(gguf, "_SLAB", 1000)
    pieces = load_file(gguf.convert(wide, tmp_path / "pieces") / "model.safetensors")
    assert whole.keys() == pieces.keys()
    assert all(torch.equal(whole[name], pieces[name]) for name in whole)


def test_the_second_opening_unpacks_nothing(
    wide: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = load_model(wide, "cpu", cache_dir=tmp_path)
    monkeypatch.setattr(gguf, "read_gguf", None)
    second = load_model(wide, "cpu", cache_dir=tmp_path)
    ids = torch.arange(9)[None]
    assert torch.equal(first.model(ids), second.model(ids))
    assert (first.info.name, first.info.weights_hash) == (second.info.name, second.info.weights_hash)
    assert first.info.name == "A model for tests"


def test_a_file_that_changed_is_another_model(tmp_path: Path) -> None:
    file = tmp_path / "model.gguf"
    write_gguf(make(SHAPES[3], tmp_path / "one"), file)
    first = gguf.convert(file, tmp_path / "kept")
    write_gguf(make(SHAPES[4], tmp_path / "two"), file)
    os.utime(file, (1, 1))
    assert gguf.convert(file, tmp_path / "kept") != first


def test_what_was_kept_and_is_damaged_is_made_again(wide: Path, tmp_path: Path) -> None:
    kept = gguf.convert(wide, tmp_path) / "model.safetensors"
    content = kept.read_bytes()
    kept.write_bytes(content[:-100])
    load_model(wide, "cpu", cache_dir=tmp_path)
    assert kept.read_bytes() == content


def test_tokens_stops_and_template_come_from_the_metadata(wide: Path, tmp_path: Path) -> None:
    loaded = load_model(wide, "cpu", cache_dir=tmp_path)
    ids = loaded.tokenizer.encode("the thin 12 <|end|>")
    texts = [TOKENS[token] for token in ids]
    assert texts[:6] == ["the", "Ġ", "th", "in", "Ġ", "1"]
    assert TOKENS.index("<|end|>") not in ids  # a text is no special token
    assert loaded.tokenizer.decode(ids) == "the thin 12 <|end|>"
    assert loaded.end_tokens == {0}
    assert loaded.speech.template is not None
    assert loaded.speech.named_tokens["eos_token"] == "<|end|>"


def test_a_kind_that_we_do_not_have_is_named(tmp_path: Path) -> None:
    write_gguf(make(SHAPES[3], tmp_path / "theirs"), tmp_path / "model.gguf")
    content = (tmp_path / "model.gguf").read_bytes()
    renamed = content.replace(b"llama", b"mamba")
    (tmp_path / "other.gguf").write_bytes(renamed)
    with pytest.raises(InputError, match="kind mamba"):
        gguf.convert(tmp_path / "other.gguf", tmp_path / "kept")


def test_data_folder_keeps_what_was_opened(tmp_path: Path) -> None:
    assert opened_dir(tmp_path).parent == tmp_path
