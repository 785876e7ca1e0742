"""Checkpoints: whole or not there, opened by others, and never believed when damaged."""

import json
import random
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from explorer.core import checkpoints, storage
from explorer.core.model import ModelConfig, Transformer, initialize
from explorer.errors import DamagedFileError, InputError, StorageError
from explorer.text.tokenizer_files import huggingface_tokenizer
from tests.core.small import save_small_model, small_model, small_tokenizer

IDS = torch.randint(0, 200, (2, 30), generator=torch.Generator().manual_seed(1))


@torch.no_grad()
def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    path = save_small_model(tmp_path / "step-000040")
    model, tokenizer, info = checkpoints.load(path)
    assert (info.name, info.step, info.parameters) == ("small", 40, small_model().parameter_count())
    assert info.weights_hash == checkpoints.sha256_of(path / "model.safetensors")[:12]
    assert torch.equal(model(IDS), small_model()(IDS))
    assert tokenizer.get_vocab_size() == small_tokenizer().n_vocab


@pytest.mark.parametrize(("groups", "tied"), [(4, True), (2, True), (1, False)])
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@torch.no_grad()
def test_transformers_computes_the_same(tmp_path: Path, groups: int, tied: bool) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = small_tokenizer()
    config = ModelConfig(
        vocab_size=tokenizer.n_vocab,
        hidden_size=32,
        intermediate_size=40,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=groups,
        head_dim=16,
        max_position_embeddings=64,
        rope_theta=1234.0,
        tie_word_embeddings=tied,
    )
    model = Transformer(config)
    initialize(model, 1)
    generator = torch.Generator().manual_seed(2)
    for parameter in model.parameters():
        parameter += 0.2 * torch.randn(parameter.shape, generator=generator)
    path = tmp_path / "step-000001"
    checkpoints.save(path, model, huggingface_tokenizer(tokenizer), name="x", step=1, card="# x\n")
    theirs = AutoModelForCausalLM.from_pretrained(path)
    assert type(theirs).__name__ == "Qwen3ForCausalLM"
    torch.testing.assert_close(theirs(IDS).logits, model(IDS), rtol=0, atol=1e-4)
    text = "The theatre, 中文 and 😀 <|endoftext|> there"
    their_tokenizer = AutoTokenizer.from_pretrained(path)
    assert their_tokenizer(text).input_ids == huggingface_tokenizer(tokenizer).encode(text).ids
    assert their_tokenizer.eos_token_id == tokenizer.end_of_text


def test_the_trainers_state_comes_back(tmp_path: Path) -> None:
    state = checkpoints.TrainerState({"a/exp_avg": torch.arange(4.0)}, {"step": 7, "elapsed_s": 1.5})
    path = tmp_path / "step-000007"
    tokenizer = huggingface_tokenizer(small_tokenizer())
    checkpoints.save(path, small_model(), tokenizer, name="x", step=7, card="# x\n", trainer=state)
    found = checkpoints.load_trainer(path)
    assert found.counters == state.counters
    assert torch.equal(found.optimizer["a/exp_avg"], state.optimizer["a/exp_avg"])
    with pytest.raises(InputError, match="cannot be trained on"):
        checkpoints.load_trainer(save_small_model(tmp_path / "finished"))


def test_any_changed_byte_is_noticed(tmp_path: Path) -> None:
    whole = save_small_model(tmp_path / "whole")
    chance = random.Random(4)
    names = sorted(file.name for file in whole.iterdir() if file.name != checkpoints.MANIFEST)
    for name in names * 4:
        broken = tmp_path / "broken"
        shutil.copytree(whole, broken)
        content = bytearray((broken / name).read_bytes())
        place = chance.randrange(len(content))
        content[place] ^= 1 << chance.randrange(8)
        (broken / name).write_bytes(content)
        with pytest.raises(DamagedFileError, match=name):
            checkpoints.load(broken)
        shutil.rmtree(broken)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.999])
def test_a_file_cut_short_is_noticed(tmp_path: Path, share: float) -> None:
    for name in sorted(file.name for file in save_small_model(tmp_path / "whole").iterdir()):
        broken = tmp_path / "broken"
        shutil.copytree(tmp_path / "whole", broken)
        content = (broken / name).read_bytes()
        (broken / name).write_bytes(content[: int(share * len(content))])
        with pytest.raises(DamagedFileError):
            checkpoints.load(broken)
        shutil.rmtree(broken)


def test_other_peoples_folders_are_read_without_a_manifest(tmp_path: Path) -> None:
    path = save_small_model(tmp_path / "theirs")
    (path / checkpoints.MANIFEST).unlink()
    model, _, info = checkpoints.load(path)
    assert torch.equal(model.embedding.weight, small_model().embedding.weight)
    assert (info.name, info.step) == ("theirs", None)


def change_tensors(path: Path, change: dict[str, torch.Tensor | None]) -> None:
    """Rewrite the weights; None takes a tensor away. Without a manifest, only the content can tell."""
    tensors = {**load_file(path / checkpoints.WEIGHTS), **change}
    save_file({k: v for k, v in tensors.items() if v is not None}, path / checkpoints.WEIGHTS)
    (path / checkpoints.MANIFEST).unlink()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model.norm.weight": torch.full((32,), float("nan"))}, "not finite"),
        ({"model.norm.weight": torch.ones(31)}, "not as it must be"),
        ({"model.layers.1.mlp.up_proj.weight": None}, "up_proj"),
    ],
)
def test_wrong_tensors_are_named(tmp_path: Path, change: dict[str, torch.Tensor | None], words: str) -> None:
    path = save_small_model(tmp_path / "model")
    change_tensors(path, change)
    with pytest.raises(DamagedFileError, match=words):
        checkpoints.load(path)


@pytest.mark.parametrize(
    "garbage", [b"", b"{}", b"[1]", b"\x00" * 100, b"\xff" * 2000, b'{"model_type":"qwen3"}']
)
@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_garbage_without_a_manifest_is_refused_in_words(tmp_path: Path, name: str, garbage: bytes) -> None:
    path = save_small_model(tmp_path / "model")
    (path / checkpoints.MANIFEST).unlink()
    (path / name).write_bytes(garbage)
    with pytest.raises((DamagedFileError, InputError)) as caught:
        checkpoints.load(path)
    assert str(path) in str(caught.value)


def test_sizes_that_cannot_be_are_refused(tmp_path: Path) -> None:
    path = save_small_model(tmp_path / "model")
    (path / checkpoints.MANIFEST).unlink()
    good = json.loads((path / "config.json").read_text())
    for name, value in (("hidden_size", 0), ("head_dim", -8), ("num_attention_heads", 3), ("head_dim", 7)):
        (path / "config.json").write_text(json.dumps({**good, name: value}))
        with pytest.raises(DamagedFileError):
            checkpoints.load(path)


def test_no_model_there(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing", tmp_path):
        with pytest.raises(InputError, match="Choose a checkpoint's folder"):
            checkpoints.load(path)


def test_another_architecture_is_named(tmp_path: Path) -> None:
    path = save_small_model(tmp_path / "model")
    (path / checkpoints.MANIFEST).unlink()
    (path / "config.json").write_text('{"model_type": "mamba"}')
    with pytest.raises(InputError, match="mamba"):
        checkpoints.load(path)


def test_a_full_disk_leaves_the_old_checkpoint_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_small_model(tmp_path / "step-000040")

    def no_room(path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage, "_sync", no_room)
    for name in ("step-000040", "step-000080"):
        with pytest.raises(StorageError, match="full"):
            save_small_model(tmp_path / name, seed=4)
    assert [file.name for file in tmp_path.iterdir()] == ["step-000040"]
    model, _, _ = checkpoints.load(tmp_path / "step-000040")
    assert torch.equal(model.embedding.weight, small_model(seed=3).embedding.weight)


def test_half_precision_keeps_the_weights_to_eight_bits(tmp_path: Path) -> None:
    model = small_model()
    tokenizer = huggingface_tokenizer(small_tokenizer())
    checkpoints.save(tmp_path / "half", model, tokenizer, name="h", step=1, card="", half=True)
    loaded, _, _ = checkpoints.load(tmp_path / "half")
    for ours, theirs in zip(model.parameters(), loaded.parameters(), strict=True):
        assert torch.equal(ours.bfloat16().float(), theirs)
    assert json.loads((tmp_path / "half" / "config.json").read_text())["torch_dtype"] == "bfloat16"
