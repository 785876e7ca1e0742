"""Whatever a person points at: the tokenizer in it, or a sentence."""

import shutil
from base64 import b64encode
from pathlib import Path

import gguf
import pytest

from explorer.core.tokenizer_source import open_tokenizer
from explorer.errors import DamagedFileError, ExplorerError, InputError
from explorer.paths import resources_dir
from explorer.text.bpe import trained_bpe
from explorer.text.encodings import load_published
from explorer.text.tokenizer_files import merges_of, save_tokenizer, spell
from tests.text.foreign_kinds import foreign

TEXT = "The cat's mat, 12345 中文 😀\n\n"
RANK_FILES = resources_dir() / "encodings"


def gguf_file(path: Path, **changed: object) -> Path:
    """A vocabulary as GPT-2's, and a chat template."""
    ranks = trained_bpe(TEXT * 3, 270).ranks
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(str(changed.get("pre", "qwen2")))
    tokens = [spell(token) for token in ranks] + ["<|im_end|>"]
    writer.add_token_list(tokens)
    writer.add_token_types([1] * len(ranks) + [3])
    writer.add_token_merges([f"{spell(left)} {spell(right)}" for left, right in merges_of(ranks)])
    writer.add_eos_token_id(len(ranks))
    writer.add_chat_template("{{ messages[0].content }}{{ eos_token }}")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.mark.parametrize("name", ["r50k_base", "p50k_base", "cl100k_base", "o200k_base", "qwen"])
def test_a_rank_file_is_the_encoding_that_it_was_published_as(name: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.tiktoken"
    shutil.copy(RANK_FILES / f"{name}.tiktoken", file)
    opened = open_tokenizer(str(file)).tokenizer
    assert opened.encode(TEXT) == load_published(name).encode(TEXT)
    assert opened.name == "mine"


def test_a_tokenizer_json_and_its_folder_are_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "some-model"
    folder.mkdir()
    foreign("qwen").save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text('{"chat_template": "hello", "eos_token": "<|end|>"}')
    for path in (folder, folder / "tokenizer.json"):
        opened = open_tokenizer(str(path))
        assert opened.tokenizer.encode(TEXT) == foreign("qwen").encode(TEXT, add_special_tokens=False).ids
        assert opened.template == "hello" and opened.named_tokens == {"eos_token": "<|end|>"}
        assert opened.tokenizer.name == "some-model"


def test_what_was_trained_here_is_read_as_our_own(tmp_path: Path) -> None:
    ours = trained_bpe(TEXT * 3, 270)
    save_tokenizer(ours, tmp_path)
    assert type(open_tokenizer(str(tmp_path)).tokenizer) is type(ours)


def test_a_gguf_file_brings_its_vocabulary_and_its_template(tmp_path: Path) -> None:
    file = gguf_file(tmp_path / "tiny.gguf")
    for path in (file, tmp_path):
        opened = open_tokenizer(str(path))
        assert opened.tokenizer.encode(TEXT) == trained_bpe(TEXT * 3, 270).encode(TEXT)
        assert opened.template == "{{ messages[0].content }}{{ eos_token }}"
        assert opened.named_tokens["eos_token"] == "<|im_end|>"


def refusal(path: Path | str) -> ExplorerError:
    with pytest.raises((InputError, DamagedFileError)) as caught:
        open_tokenizer(str(path))
    return caught.value


def test_what_is_none_is_refused_in_words(tmp_path: Path) -> None:
    few = tmp_path / "few.tiktoken"
    few.write_bytes(b"\n".join(b64encode(bytes([byte])) + b" %d" % byte for byte in range(256)))
    assert "256 ranks" in str(refusal(few))
    text = tmp_path / "notes.txt"
    text.write_text("hello")
    assert "is no tokenizer" in str(refusal(text))
    (tmp_path / "empty").mkdir()
    assert "no tokenizer in" in str(refusal(tmp_path / "empty"))
    assert "There is no encoding" in str(refusal(tmp_path / "nothing.json"))
    assert "in a way called" in str(refusal(gguf_file(tmp_path / "strange.gguf", pre="strange")))


def test_damaged_files_are_refused_in_words(tmp_path: Path) -> None:
    for name, content in {
        "tokenizer.json": b"{",
        "other.json": b'{"model": {"type": "BPE"}}',
        "x.gguf": b"GGUF\x03\0\0\0" + b"\xff" * 40,
        "y.tiktoken": b"!!! 1\n",
        "z.tiktoken": b"",
    }.items():
        file = tmp_path / name
        file.write_bytes(content)
        assert isinstance(refusal(file), DamagedFileError), name
    half = tmp_path / "half.gguf"
    half.write_bytes(gguf_file(tmp_path / "whole.gguf").read_bytes()[:3_000])
    assert isinstance(refusal(half), DamagedFileError)
