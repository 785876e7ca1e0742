"""The list of models: every source, in words where something is wrong, and figures that hold."""

import json
from pathlib import Path

import pytest
import torch

from explorer.core.catalogue import memory
from explorer.core.catalogue.describing import describe
from explorer.core.catalogue.listing import Catalogue, models_in
from explorer.core.catalogue.reading import one_line, read_facts, terms_of_card
from explorer.core.catalogue.shapes import KNOWN_FAMILIES, estimate, shape_of_config
from explorer.core.families.layout import FAMILIES
from explorer.core.int8_model import int8_of
from explorer.core.model import KVCache
from explorer.core.remote.known import add_server, remember_models
from explorer.errors import DamagedFileError, InputError
from explorer.protocol import ModelInfo
from tests.core.small import save_small_model, small_model
from tests.models_on_disk import CARD, CONFIG, TEMPLATE, write_folder, write_gguf_file


@pytest.fixture(autouse=True)
def no_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.core.catalogue.listing.installed_models", list)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


def listed(data_dir: Path, shipped: Path | None = None) -> dict[str, ModelInfo]:
    catalogue = Catalogue(data_dir, shipped or data_dir / "no models")
    found = [catalogue.read(one) for one in catalogue.candidates()] + catalogue.remote()
    return {one.name: one for one in found}


def test_the_families_are_those_that_can_be_computed() -> None:
    assert set(KNOWN_FAMILIES) == set(FAMILIES)


def test_every_source_is_listed_with_what_its_files_say(data_dir: Path, tmp_path: Path) -> None:
    run = data_dir / "runs" / "20260101-run"
    save_small_model(run / "checkpoints" / "step-000040")
    write_folder(data_dir / "models" / "owner--name")
    write_folder(tmp_path / "mine")
    file = write_gguf_file(tmp_path / "file.gguf")
    shipped = write_folder(tmp_path / "shipped" / "chat").parent
    memory.remember_opened(data_dir, tmp_path / "mine")
    memory.remember_opened(data_dir, file)
    add_server(data_dir, "box", "http://localhost:1/v1")
    remember_models(data_dir, "box", ["qwen:7b"])

    models = listed(data_dir, shipped)
    assert {name: one.origin for name, one in models.items()} == {
        "20260101-run": "run",
        "mine": "opened",
        "Tiny of somebody": "opened",
        "owner/name": "hub",
        "chat": "shipped",
        "qwen:7b": "server",
    }
    trained, mine, gguf = models["20260101-run"], models["mine"], models["Tiny of somebody"]
    assert trained.key == str(run) and trained.path.endswith("step-000040") and trained.step == 40
    assert trained.parameters == small_model().parameter_count() and trained.packing == "F32"
    assert (mine.family, mine.context, mine.packing, mine.terms) == ("llama", 64, "F16", "apache-2.0")
    assert mine.chat and mine.problem is None and mine.parameters == 32 * 16
    assert (gguf.family, gguf.context, gguf.packing, gguf.terms) == ("llama", 128, "F16", "mit")
    assert gguf.size_bytes == file.stat().st_size and gguf.chat
    assert models["qwen:7b"].path == "server:box#qwen:7b"


def test_a_folder_of_models_is_all_of_them(tmp_path: Path) -> None:
    write_folder(tmp_path / "all" / "b")
    write_folder(tmp_path / "all" / "a")
    write_gguf_file(tmp_path / "all" / "c" / "x.gguf")
    assert [path.name for path in models_in(tmp_path / "all")] == ["a", "b", "x.gguf"]
    assert models_in(tmp_path / "all" / "c") == [tmp_path / "all" / "c" / "x.gguf"]


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda folder: (folder / "config.json").write_text("{"), "config.json is damaged"),
        (lambda folder: (folder / "model.safetensors").unlink(), "does not hold a model"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"\xff" * 99), "is damaged"),
        (lambda folder: (folder / "config.json").write_text('{"model_type": "mamba"}'), "kind mamba"),
        (
            lambda folder: (folder / "model.safetensors").rename(folder / "pytorch_model.bin"),
            "could run any program",
        ),
        (
            lambda folder: (folder / "model.safetensors").write_bytes(
                (folder / "model.safetensors").read_bytes()[:-1]
            ),
            "is damaged",
        ),
    ],
)
def test_what_is_missing_or_damaged_is_said(tmp_path: Path, harm: object, words: str) -> None:
    folder = write_folder(tmp_path / "model")
    harm(folder)  # type: ignore[operator]
    problem = read_facts(folder).problem
    assert problem is not None and words in problem.template.format(**problem.values)


def test_a_damaged_gguf_file_is_said(tmp_path: Path) -> None:
    file = write_gguf_file(tmp_path / "model.gguf")
    file.write_bytes(file.read_bytes()[:-100])
    problem = read_facts(file).problem
    assert problem is not None and "damaged or not complete" in problem.template
    piece = write_gguf_file(tmp_path / "model-00001-of-00003.gguf")
    problem = read_facts(piece).problem
    assert problem is not None and "one of 3 pieces" in problem.template.format(**problem.values)


def test_a_file_that_went_away_stays_on_the_list_with_a_word(data_dir: Path, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "mine")
    memory.remember_opened(data_dir, folder)
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    (model,) = listed(data_dir).values()
    assert model.problem is not None and "nothing at" in model.problem.template


def test_files_are_read_again_only_when_they_changed(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_folder(tmp_path / "mine")
    memory.remember_opened(data_dir, folder)
    catalogue = Catalogue(data_dir, tmp_path / "none")
    (candidate,) = catalogue.candidates()
    assert catalogue.read(candidate).context == 64
    monkeypatch.setattr("explorer.core.catalogue.listing.read_facts", lambda *_: pytest.fail("read again"))
    assert catalogue.read(candidate).context == 64
    monkeypatch.undo()
    write_folder(folder, max_position_embeddings=4096)
    assert catalogue.read(candidate).context == 4096


def test_the_estimate_is_what_the_model_really_takes(tmp_path: Path) -> None:
    folder = save_small_model(tmp_path / "model")
    facts = read_facts(folder)
    model = small_model()
    assert facts.shape is not None and facts.parameters == model.parameter_count()
    found = estimate(facts.shape, facts.parameters)
    weights = sum(weight.numel() * weight.element_size() for weight in model.parameters())
    assert found.float32_bytes == weights and found.bfloat16_bytes == weights // 2
    cache = KVCache(model.config, 1, 1000, dtype=torch.bfloat16)
    assert found.kv_bytes_per_token * 1000 == cache.size_bytes()
    packed = int8_of(model)
    kept = {tensor.data_ptr(): tensor for tensor in [*packed.parameters(), *packed.buffers()]}
    tables = {"cos", "sin", "sliding_cos", "sliding_sin"}  # angles, in every precision
    angles = sum(t.numel() * t.element_size() for name, t in packed.named_buffers() if name in tables)
    really = sum(tensor.numel() * tensor.element_size() for tensor in kept.values()) - angles
    assert found.int8_bytes == pytest.approx(really, rel=0.02)


def test_sizes_of_families_with_names_of_their_own() -> None:
    gpt2 = {"model_type": "gpt2", "n_embd": 8, "n_layer": 2, "n_head": 2, "n_positions": 32, "vocab_size": 9}
    shape = shape_of_config(gpt2)
    assert shape is not None and (shape.layers, shape.width, shape.positions) == (2, 8, "learned")
    assert shape.tied and shape.inner_width == 32 and shape.rope_theta is None
    gemma = CONFIG | {"model_type": "gemma3_text", "sliding_window": 8, "num_hidden_layers": 12}
    shape = shape_of_config(gemma)
    assert shape is not None and (shape.window, shape.window_layers, shape.head_dim) == (8, 10, 256)
    llama3 = CONFIG | {"rope_scaling": {"rope_type": "llama3", "factor": 8.0}}
    shape = shape_of_config(llama3)
    assert shape is not None and shape.rope_scaling == "llama3" and shape.rope_theta == 5000.0
    assert shape_of_config({"model_type": "llama"}) is None
    assert shape_of_config(CONFIG | {"hidden_size": "many", "rope_scaling": 3}) is None


def test_a_model_in_detail(data_dir: Path, tmp_path: Path) -> None:
    memory.remember_opened(data_dir, write_folder(tmp_path / "mine"))
    memory.remember_opened(data_dir, write_gguf_file(tmp_path / "file.gguf"))
    catalogue = Catalogue(data_dir, tmp_path / "none")
    folder, file = (describe("d", one, catalogue.facts(one)) for one in catalogue.candidates())
    assert folder.template == TEMPLATE and folder.tokenizer == "byte-level BPE"
    assert folder.card == "# A tiny model\n\nMade for a test." and folder.terms == "apache-2.0"
    assert file.template == TEMPLATE and file.tokenizer == "BPE (smollm)" and "license: mit" in file.card
    assert file.shape is not None and file.shape.kv_heads == 2 and file.memory is not None


def test_strangers_words_cannot_disturb_the_screen() -> None:
    assert one_line("a\x1b[31m\n b\u202e") == "a [31m b" and one_line(7) == ""
    assert len(one_line("x" * 10_000)) == 200
    assert terms_of_card(CARD) == "apache-2.0"
    assert terms_of_card("---\nlicense: other\nlicense_name: gemma\n---\n") == "gemma"
    assert terms_of_card("license: mit") == ""


def test_what_was_opened_is_remembered(data_dir: Path) -> None:
    memory.remember_opened(data_dir, Path("/a"))
    memory.remember_opened(data_dir, Path("/b"))
    memory.remember_opened(data_dir, Path("/a"))
    memory.limit_copies(data_dir, 5)
    assert memory.read_memory(data_dir) == memory.Memory(opened=["/a", "/b"], copies_limit_bytes=5)
    memory.forget_opened(data_dir, "/a")
    assert memory.read_memory(data_dir).opened == ["/b"]
    with pytest.raises(InputError, match="not on the list"):
        memory.forget_opened(data_dir, "/a")
    with pytest.raises(InputError, match="no limit"):
        memory.limit_copies(data_dir, -1)
    (data_dir / memory.FILE).write_text(json.dumps({"opened": 7}))
    with pytest.raises(DamagedFileError, match="cannot be read"):
        memory.read_memory(data_dir)
