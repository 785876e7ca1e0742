"""Downloads from a small hub of our own: whole, cut, resumed, damaged, refused."""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from explorer.core.hub import fetch, repository
from explorer.core.hub.download import download
from explorer.core.hub.facts import (
    ConnectionLost,
    DownloadDone,
    DownloadPlanned,
    Fact,
    FileDone,
    FileProgress,
)
from explorer.errors import DamagedFileError, ExplorerError, InputError, RemoteError, StorageError

PROGRAM = str(Path(__file__).parent / "hub_server.py")
REPO = "owner/model"
FILES = {
    "config.json": b'{"model_type": "toy"}',
    "empty.txt": b"",
    "model.safetensors": random.Random(1).randbytes(3_000_000),
    "pytorch_model.bin": b"a pickle",
}
WANTED = sorted(FILES.keys() - {"pytorch_model.bin"})


class Hub:
    """The server's address, and a hand on its faults."""

    def __init__(self, port: int) -> None:
        self.endpoint = f"http://127.0.0.1:{port}"

    def arm(self, **faults: str) -> None:
        """By the path's end, `_` for `.`; what was seen so far is forgotten."""
        body = json.dumps({path.replace("_", "."): fault for path, fault in faults.items()})
        httpx2.post(f"{self.endpoint}/arm", content=body, trust_env=False)

    def seen(self, part: str) -> list[dict[str, Any]]:
        every = json.loads(httpx2.get(f"{self.endpoint}/seen", trust_env=False).content)
        return [entry for entry in every if part in entry["request"]]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    root = tmp_path_factory.mktemp("hub")
    for name, content in FILES.items():
        path = root / REPO / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (root / "owner" / "pickles").mkdir()
    (root / "owner" / "pickles" / "pytorch_model.bin").write_bytes(b"a pickle")
    with subprocess.Popen(
        [sys.executable, PROGRAM, str(root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        yield Hub(int(process.stdout.readline()))
        process.communicate(timeout=10)


@pytest.fixture
def hub(running: Hub, monkeypatch: pytest.MonkeyPatch) -> Hub:
    running.arm()
    monkeypatch.setattr(fetch, "PAUSE_S", 0.0)
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    return running


@pytest.fixture
def get(hub: Hub, tmp_path: Path) -> Callable[..., list[Fact]]:
    def run(repo: str = REPO, **options: Any) -> list[Fact]:
        facts = download(repo, tmp_path / "models", endpoint=hub.endpoint, **options)
        return [fact for fact in facts if fact is not None]

    return run


def folder(tmp_path: Path) -> Path:
    return tmp_path / "models" / "owner--model"


def files_in(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.iterdir() if not file.name.startswith(".")}


def only(facts: list[Fact], kind: type) -> list[Any]:
    return [fact for fact in facts if isinstance(fact, kind)]


def test_a_model_arrives_whole_without_its_pickle(
    hub: Hub, get: Callable[..., list[Fact]], tmp_path: Path
) -> None:
    facts = get()
    assert files_in(folder(tmp_path)) == {name: FILES[name] for name in WANTED}
    (plan,) = only(facts, DownloadPlanned)
    assert [file.path for file in plan.files] == WANTED and plan.have_bytes == 0
    assert plan.total_bytes == sum(len(FILES[name]) for name in WANTED)
    assert only(facts, FileProgress)[-1].total_have_bytes == plan.total_bytes
    assert [fact.path for fact in only(facts, FileDone)] == WANTED
    assert facts[-1] == DownloadDone(folder(tmp_path))
    (storage,) = hub.seen("GET /owner/model/model.safetensors")
    assert storage["authorization"] is None, "the token went to somebody else"
    assert all(entry["authorization"] == "Bearer hf_secret" for entry in hub.seen("/resolve/"))


def test_what_is_here_is_not_fetched_again(hub: Hub, get: Callable[..., list[Fact]], tmp_path: Path) -> None:
    get()
    (folder(tmp_path) / "config.json").write_bytes(b"changed")  # not as large as the hub says any more
    hub.arm()
    facts = get()
    assert [file.path for file in only(facts, DownloadPlanned)[0].files] == ["config.json"]
    assert (folder(tmp_path) / "config.json").read_bytes() == FILES["config.json"]
    assert not hub.seen("GET /owner/model/model.safetensors")


def test_a_pattern_adds_to_the_folder(get: Callable[..., list[Fact]], tmp_path: Path) -> None:
    get(include=["*.json"])
    assert list(files_in(folder(tmp_path))) == ["config.json"]
    get(include=["*.safetensors"], revision="main")
    assert sorted(files_in(folder(tmp_path))) == ["config.json", "model.safetensors"]
    assert [path.name for path in (tmp_path / "models").iterdir() if path.is_dir()] == ["owner--model"]


def test_a_cut_connection_is_taken_up_where_it_was(
    hub: Hub, get: Callable[..., list[Fact]], tmp_path: Path
) -> None:
    hub.arm(model_safetensors="once-cut")
    facts = get()
    assert only(facts, ConnectionLost) == [ConnectionLost("model.safetensors", 1_500_000, 5)]
    assert files_in(folder(tmp_path))["model.safetensors"] == FILES["model.safetensors"]
    assert [entry["range"] for entry in hub.seen("GET /owner/model/model.safetensors")] == [
        None,
        "bytes=1500000-",
    ]


def test_a_hub_that_fails_again_and_again_is_given_up(
    hub: Hub, get: Callable[..., list[Fact]], tmp_path: Path
) -> None:
    hub.arm(model_safetensors="error")
    with pytest.raises(
        RemoteError, match=r"again and again. 0 of 3000000 bytes of model.safetensors are kept"
    ):
        get()
    assert not folder(tmp_path).exists()
    hub.arm()
    get()
    assert folder(tmp_path).exists()


def test_a_download_can_be_closed_and_goes_on_later(
    hub: Hub, get: Callable[..., list[Fact]], tmp_path: Path
) -> None:
    hub.arm(model_safetensors="hang")
    facts = download(REPO, tmp_path / "models", endpoint=hub.endpoint)
    for fact in facts:
        if isinstance(fact, FileProgress) and fact.have_bytes == 1_500_000:
            break
    facts.close()
    assert not folder(tmp_path).exists(), "half a model under its final name"
    hub.arm()
    again = get()
    plan = only(again, DownloadPlanned)[0]
    assert (len(plan.files), plan.have_bytes) == (1, 1_500_000), "config.json was whole already"
    assert hub.seen("GET /owner/model/model.safetensors")[0]["range"] == "bytes=1500000-"
    assert files_in(folder(tmp_path))["model.safetensors"] == FILES["model.safetensors"]


@pytest.mark.parametrize("fault", ["no-range", "wrong-range"])
def test_a_server_that_cannot_go_on_begins_again(
    hub: Hub, get: Callable[..., list[Fact]], tmp_path: Path, fault: str
) -> None:
    hub.arm(model_safetensors="cut")
    facts = download(REPO, tmp_path / "models", endpoint=hub.endpoint)
    next(fact for fact in facts if isinstance(fact, ConnectionLost))
    facts.close()
    hub.arm(model_safetensors=fault)
    get()
    assert files_in(folder(tmp_path))["model.safetensors"] == FILES["model.safetensors"]


def test_a_part_that_is_too_long_is_no_beginning(
    hub: Hub, get: Callable[..., list[Fact]], tmp_path: Path
) -> None:
    hub.arm(model_safetensors="error")
    with pytest.raises(RemoteError):
        get()
    (part,) = tmp_path.rglob("*.part")
    part.write_bytes(b"x" * 3_000_001)
    hub.arm()
    with pytest.raises(DamagedFileError, match="arrived damaged and was deleted"):
        get()
    get()
    assert files_in(folder(tmp_path))["model.safetensors"] == FILES["model.safetensors"]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("longer", "is not as large as the hub says (3000000 bytes)"),
        ("longer-unannounced", "is not as large as the hub says (3000000 bytes)"),
        ("damaged", "arrived damaged and was deleted"),
    ],
)
def test_a_file_that_is_not_what_was_announced_never_gets_its_name(
    hub: Hub, get: Callable[..., list[Fact]], tmp_path: Path, fault: str, words: str
) -> None:
    hub.arm(model_safetensors=fault)
    with pytest.raises(DamagedFileError) as refused:
        get()
    assert words in str(refused.value)
    assert not list(tmp_path.rglob("model.safetensors"))


def test_a_small_file_is_checked_too(hub: Hub, get: Callable[..., list[Fact]]) -> None:
    hub.arm(config_json="damaged")
    with pytest.raises(DamagedFileError, match=r"config.json arrived damaged"):
        get()


def test_a_mirror_that_lists_no_sizes_is_asked_file_by_file(
    hub: Hub, get: Callable[..., list[Fact]], tmp_path: Path
) -> None:
    hub.arm(**{"owner/model": "no-sizes"})
    get()
    assert len(hub.seen("HEAD ")) == len(WANTED)
    assert files_in(folder(tmp_path)) == {name: FILES[name] for name in WANTED}


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("repo", "kind", "words"),
    [
        ("owner/nothing", RemoteError, "has no owner/nothing, or only for people with access"),
        ("owner/gated", RemoteError, "accept its terms first"),
        ("owner/odd", DamagedFileError, "makes no sense"),
        ("owner/not-json", DamagedFileError, "makes no sense"),
        ("owner/evil", DamagedFileError, "leads elsewhere"),
        ("owner/huge", StorageError, "Make room"),
        ("owner/pickles", InputError, "can hold programs"),
        ("a/b/c", InputError, "not a repository's name"),
        ("../model", InputError, "not a repository's name"),
        ("owner/..", InputError, "not a repository's name"),
        ("owner\\model", InputError, "not a repository's name"),
        ("", InputError, "not a repository's name"),
        ("owner/mo del", InputError, "not a repository's name"),
    ],
)
def test_what_cannot_be_had_is_said(
    get: Callable[..., list[Fact]], tmp_path: Path, repo: str, kind: type[ExplorerError], words: str
) -> None:
    with pytest.raises(kind) as refused:
        get(repo)
    assert words in str(refused.value) and "hf_secret" not in str(refused.value)
    assert not list(tmp_path.rglob("*.json"))


def test_no_such_revision(get: Callable[..., list[Fact]]) -> None:
    with pytest.raises(InputError, match="has no revision v9"):
        get(revision="v9")


def test_a_file_that_is_gone_meanwhile(hub: Hub, get: Callable[..., list[Fact]]) -> None:
    hub.arm(config_json="gone")
    with pytest.raises(InputError, match=r"has no owner/model/config.json"):
        get()


def test_no_network(tmp_path: Path) -> None:
    with pytest.raises(RemoteError, match="cannot be reached"):
        list(download(REPO, tmp_path, endpoint="http://127.0.0.1:1"))


def test_the_environment_may_forbid_the_network(
    get: Callable[..., list[Fact]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(RemoteError, match="HF_HUB_OFFLINE forbids"):
        get()


def test_without_the_package(get: Callable[..., list[Fact]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repository, "huggingface_hub", None)
    with pytest.raises(InputError, match=r"pip install 'llm-explorer\[hub\]'"):
        get()


def test_two_at_once_would_spoil_each_other(hub: Hub, get: Callable[..., list[Fact]], tmp_path: Path) -> None:
    hub.arm(model_safetensors="hang")
    first = download(REPO, tmp_path / "models", endpoint=hub.endpoint)
    next(fact for fact in first if isinstance(fact, FileProgress))
    with pytest.raises(InputError, match="is being downloaded already"):
        get()
    first.close()
    hub.arm()
    get()


# ---------------------------------------------------------------- the command


def start(hub: Hub, data_dir: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "explorer", "download", REPO, "--data-dir", str(data_dir), "--json"]
    environment = os.environ | {"HF_ENDPOINT": hub.endpoint, "HF_HOME": str(data_dir / "hf")}
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def wait_for_half(process: subprocess.Popen[str], data_dir: Path) -> None:
    while not any(part.stat().st_size == 1_500_000 for part in data_dir.rglob("*.safetensors.*.part")):
        assert process.poll() is None, process.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C is a signal to a group there")
def test_ctrl_c_keeps_what_came_and_says_how_to_go_on(hub: Hub, tmp_path: Path) -> None:
    hub.arm(model_safetensors="hang")
    process = start(hub, tmp_path)
    wait_for_half(process, tmp_path)
    process.send_signal(signal.SIGINT)
    said, words = process.communicate(timeout=30)
    assert (process.returncode, said) == (130, "")
    assert "Kept 1.5 MB of 3.0 MB. Run the same command again to go on." in words


def test_a_killed_download_goes_on(hub: Hub, tmp_path: Path) -> None:
    hub.arm(model_safetensors="hang")
    process = start(hub, tmp_path)
    wait_for_half(process, tmp_path)
    process.kill()
    process.communicate(timeout=30)
    hub.arm()
    process = start(hub, tmp_path)
    said, words = process.communicate(timeout=60)
    assert process.returncode == 0, words
    result = json.loads(said)
    assert result["folder"] == str(folder(tmp_path)) and result["bytes"] == 3_000_000
    assert "1.5 MB of it kept from before" in words
    assert files_in(folder(tmp_path))["model.safetensors"] == FILES["model.safetensors"]
