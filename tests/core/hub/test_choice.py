"""Which files of a repository are fetched."""

import pytest

from explorer.core.hub.choice import choose_files
from explorer.errors import DamagedFileError, InputError

SMALL = ["config.json", "tokenizer.json", "merges.txt", "tokenizer.model", "LICENSE", "README.md"]


def test_a_model_with_all_that_belongs_to_it() -> None:
    names = [*SMALL, "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    assert choose_files("a/b", names, []) == names


def test_programs_and_other_formats_stay_where_they_are() -> None:
    names = [
        *SMALL,
        ".gitattributes",
        "model.safetensors",
        "pytorch_model.bin",
        "training_args.bin",
        "consolidated.safetensors",
        "flax_model.msgpack",
        "modeling_odd.py",
        "onnx/model.onnx",
        "original/params.json",
        "model-Q8_0.gguf",
    ]
    assert choose_files("a/b", names, []) == [*SMALL, "model.safetensors"]


def test_of_many_quantisations_one_must_be_chosen() -> None:
    names = ["m-Q4_K_M.gguf", "m-Q8_0-00001-of-00002.gguf", "m-Q8_0-00002-of-00002.gguf", "README.md"]
    with pytest.raises(InputError, match=r"has 2 models in GGUF: m-Q4_K_M.gguf, m-Q8_0.gguf"):
        choose_files("a/b", names, [])
    assert choose_files("a/b", names, ["*Q8_0*"]) == names[1:3]
    assert choose_files("a/b", names[1:], []) == names[1:]


def test_a_pattern_never_brings_a_pickle() -> None:
    assert choose_files("a/b", ["m.bin", "m.safetensors"], ["m.*"]) == ["m.safetensors"]
    with pytest.raises(InputError, match="may hold programs"):
        choose_files("a/b", ["m.bin"], ["*.bin"])


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["config.json", "pytorch_model.bin"], "can hold programs (pytorch_model.bin)"),
        (["config.json", "sub/model.safetensors"], "has no safetensors or GGUF files at its top"),
        ([], "It has: –"),
    ],
)
def test_nothing_to_fetch_is_said(names: list[str], words: str) -> None:
    with pytest.raises(InputError) as refused:
        choose_files("a/b", names, [])
    assert words in str(refused.value)


def test_a_pattern_that_fits_nothing() -> None:
    with pytest.raises(InputError, match=r"Nothing in a/b fits \*.gguf, x. It has: model.safetensors"):
        choose_files("a/b", ["model.safetensors"], ["*.gguf", "x"])


@pytest.mark.parametrize(
    "name",
    [
        "../x.json",
        "/etc/x.json",
        "a/../../x.json",
        "a//x.json",
        "./x.json",
        "a\\x.json",
        "C:x.json",
        "x.json\n",
        "nul.json",
        "sub/COM1",
        "trailing./x.json",
        "x.json ",
        "x" * 600 + ".json",
        "\ud800.json",
        "",
    ],
)
def test_a_name_that_leads_elsewhere_condemns_the_repository(name: str) -> None:
    with pytest.raises(DamagedFileError, match="leads elsewhere"):
        choose_files("a/b", ["model.safetensors", name], [])
