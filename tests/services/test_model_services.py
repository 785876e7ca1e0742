"""The worker's services for models: the list, downloads from a small hub, and servers."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from explorer.core.catalogue import memory
from explorer.core.hub import fetch
from explorer.core.remote.known import add_server, read_servers
from explorer.errors import ExplorerError, InputError, RemoteError
from explorer.protocol import (
    AddServer,
    AskServer,
    Command,
    DeleteModel,
    DescribeModel,
    DiscardDownload,
    Download,
    DownloadEnded,
    DownloadProgress,
    Event,
    ForgetModel,
    LimitCopies,
    ListModels,
    ModelDescribed,
    ModelsListed,
    OpenModel,
    ProbeServer,
    RemoveServer,
    RepoSurveyed,
    ServerEnded,
    ServerProbed,
    ServerSaid,
    SurveyRepo,
    TidyCopies,
)
from explorer.services import Service, Wait
from explorer.services.downloads import DownloadService
from explorer.services.models import ModelService
from explorer.services.servers import ServerService
from tests.hub_at_home import BIG, Hub, running_hub
from tests.models_on_disk import TEMPLATE, write_folder, write_gguf_file

JOB = "models"
HOSTILE = str(Path(__file__).parents[1] / "core" / "remote" / "hostile_server.py")
Kind = TypeVar("Kind", bound=Event)


@pytest.fixture(autouse=True)
def no_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.core.catalogue.listing.installed_models", list)


@pytest.fixture
def models(tmp_path: Path) -> ModelService:
    return ModelService(str(tmp_path / "data"), tmp_path / "none")


def events(service: Service, command: Command) -> list[Event]:
    assert isinstance(command, service.commands)
    return [event for event in service.run(command) if event is not None and not isinstance(event, Wait)]


def last(service: Service, command: Command, kind: type[Kind]) -> Kind:
    found = [event for event in events(service, command) if isinstance(event, kind)]
    assert found and all(event.job == command.job for event in found)
    return found[-1]


# ---------------------------------------------------------------- the list


def test_a_model_is_opened_described_and_taken_off_again(models: ModelService, tmp_path: Path) -> None:
    assert last(models, ListModels(job=JOB), ModelsListed).models == []
    folder = write_folder(tmp_path / "mine")
    listed = last(models, OpenModel(job=JOB, path=str(folder)), ModelsListed)
    (model,) = listed.models
    assert (model.key, model.origin, listed.done, listed.total) == (str(folder), "opened", 1, 1)
    described = last(models, DescribeModel(job=JOB, key=model.key), ModelDescribed)
    assert described.template == TEMPLATE and described.shape is not None
    assert last(models, ForgetModel(job=JOB, key=model.key), ModelsListed).models == []
    assert folder.is_dir()
    with pytest.raises(InputError, match="not on the list"):
        events(models, ForgetModel(job=JOB, key=model.key))
    with pytest.raises(InputError, match="any more"):
        events(models, DescribeModel(job=JOB, key=model.key))


def test_a_weight_file_means_its_folder(models: ModelService, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "mine")
    listed = last(models, OpenModel(job=JOB, path=str(folder / "model.safetensors")), ModelsListed)
    assert [one.key for one in listed.models] == [str(folder)]


def test_forgetting_one_of_a_folder_forgets_the_folder(models: ModelService, tmp_path: Path) -> None:
    write_folder(tmp_path / "all" / "a")
    write_gguf_file(tmp_path / "all" / "b" / "x.gguf")
    listed = last(models, OpenModel(job=JOB, path=str(tmp_path / "all")), ModelsListed)
    assert [one.name for one in listed.models] == ["a", "Tiny of somebody"]
    assert last(models, ForgetModel(job=JOB, key=listed.models[1].key), ModelsListed).models == []


@pytest.mark.parametrize(
    ("name", "words"),
    [("nowhere", "There is no"), ("empty", "no model in"), ("text.txt", "no model that can be opened")],
)
def test_what_is_no_model_is_refused(models: ModelService, tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.txt").write_text("x")
    with pytest.raises(InputError, match=words):
        events(models, OpenModel(job=JOB, path=str(tmp_path / name)))


def test_only_a_downloaded_model_is_deleted(models: ModelService, tmp_path: Path) -> None:
    mine = write_folder(tmp_path / "mine")
    memory.remember_opened(tmp_path / "data", mine)
    fetched = write_folder(tmp_path / "data" / "models" / "owner--name")
    with pytest.raises(InputError, match="not downloaded"):
        events(models, DeleteModel(job=JOB, key=str(mine)))
    listed = last(models, DeleteModel(job=JOB, key=str(fetched)), ModelsListed)
    assert [one.key for one in listed.models] == [str(mine)]
    assert not list((tmp_path / "data" / "models").iterdir())


def test_copies_are_listed_limited_and_tidied(models: ModelService, tmp_path: Path) -> None:
    for name in ("a", "b"):
        folder = tmp_path / "data" / "opened" / name
        folder.mkdir(parents=True)
        (folder / "source.json").write_text("{}")
        (folder / "model.safetensors").write_bytes(bytes(1000))
    listed = last(models, ListModels(job=JOB), ModelsListed)
    assert len(listed.copies) == 2 and listed.copies_limit_bytes == 10_000_000_000
    assert len(last(models, LimitCopies(job=JOB, limit_bytes=1500), ModelsListed).copies) == 1
    assert last(models, TidyCopies(job=JOB), ModelsListed).copies == []


# ---------------------------------------------------------------- downloads


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with running_hub(tmp_path_factory.mktemp("hub")) as hub:
        yield hub


@pytest.fixture
def hub(running: Hub, monkeypatch: pytest.MonkeyPatch) -> Hub:
    running.arm({})
    monkeypatch.setattr(fetch, "PAUSE_S", 0.0)
    return running


@pytest.fixture
def downloads(models: ModelService, running: Hub, tmp_path: Path) -> DownloadService:
    return DownloadService(str(tmp_path / "data"), models.run, running.endpoint)


def test_a_repository_is_surveyed_and_fetched(downloads: DownloadService, hub: Hub, tmp_path: Path) -> None:
    survey = last(downloads, SurveyRepo(job=JOB, repo=" owner/tiny "), RepoSurveyed)
    (choice,) = survey.choices
    assert choice.name == "safetensors" and choice.include == [] and choice.size_bytes > BIG
    assert survey.terms == "apache-2.0" and survey.free_bytes > 0
    said = events(downloads, Download(job="d", repo=survey.repo))
    progress = [one for one in said if isinstance(one, DownloadProgress)]
    assert progress[0].phase == "asking" and progress[-1].have_bytes == choice.size_bytes
    listed, ended = said[-2:]
    assert isinstance(listed, ModelsListed) and isinstance(ended, DownloadEnded)
    (model,) = listed.models
    assert model.name == "owner/tiny" and model.origin == "hub" and model.path == ended.folder
    assert listed.unfinished == []
    again = last(downloads, SurveyRepo(job=JOB, repo="owner/tiny"), RepoSurveyed)
    assert again.choices[0].size_bytes == 0


def test_of_several_models_one_is_chosen(downloads: DownloadService, hub: Hub) -> None:
    survey = last(downloads, SurveyRepo(job=JOB, repo="owner/quants"), RepoSurveyed)
    assert [choice.name for choice in survey.choices] == ["tiny-Q4.gguf", "tiny-Q8.gguf"]
    chosen = survey.choices[1]
    assert chosen.files == ["README.md", "tiny-Q8.gguf"]
    said = events(downloads, Download(job="d", repo="owner/quants", include=chosen.include))
    (model,) = next(one for one in said if isinstance(one, ModelsListed)).models
    assert model.name == "owner/quants · tiny-Q8" and model.problem is None


def test_a_closed_download_is_kept_listed_and_goes_on(
    downloads: DownloadService, models: ModelService, hub: Hub
) -> None:
    hub.arm({"tokenizer.json": "hang"})
    job = downloads.run(Download(job="d", repo="owner/tiny"))
    for event in job:
        if isinstance(event, DownloadProgress) and event.have_bytes > BIG // 3:
            break
    job.close()  # type: ignore[attr-defined]  # a generator
    (left,) = last(models, ListModels(job=JOB), ModelsListed).unfinished
    assert left.repo == "owner/tiny" and left.have_bytes > BIG // 3
    assert left.total_bytes is not None and left.total_bytes > BIG
    hub.arm({})
    said = events(downloads, Download(job="d", repo=left.repo, include=left.include))
    assert isinstance(said[-1], DownloadEnded)
    planned = next(one for one in said if isinstance(one, DownloadProgress) and one.phase == "fetching")
    assert planned.have_bytes > BIG // 3


def test_what_is_left_can_be_thrown_away(downloads: DownloadService, hub: Hub, tmp_path: Path) -> None:
    hub.arm({"tokenizer.json": "error"})
    with pytest.raises(ExplorerError):
        events(downloads, Download(job="d", repo="owner/tiny"))
    listed = last(downloads, DiscardDownload(job=JOB, repo="owner/tiny"), ModelsListed)
    assert listed.unfinished == []
    with pytest.raises(InputError, match="Nothing is left"):
        events(downloads, DiscardDownload(job=JOB, repo="owner/tiny"))


@pytest.mark.parametrize(
    ("repo", "words"),
    [
        ("../..", "not a repository's name"),
        ("owner/none", "has no owner/none"),
        ("owner/pickles", "files that can hold programs"),
        ("owner/gated", "accept its terms"),
    ],
)
def test_what_cannot_be_had_is_said(downloads: DownloadService, hub: Hub, repo: str, words: str) -> None:
    with pytest.raises(ExplorerError, match=words):
        events(downloads, SurveyRepo(job=JOB, repo=repo))


def test_without_the_package_the_sentence_says_which(
    downloads: DownloadService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.core.hub.repository.huggingface_hub", None)
    with pytest.raises(InputError, match="pip install"):
        events(downloads, SurveyRepo(job=JOB, repo="owner/tiny"))


# ---------------------------------------------------------------- servers


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with subprocess.Popen(
        [sys.executable, HOSTILE], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline())
        process.communicate(timeout=10)


@pytest.fixture
def servers(models: ModelService, tmp_path: Path) -> ServerService:
    return ServerService(str(tmp_path / "data"), models.run)


def test_a_server_is_added_tested_and_forgotten(servers: ServerService, port: int, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{port}/models/v1"
    said = events(servers, AddServer(job=JOB, name="box", url=url))
    probed = next(one for one in said if isinstance(one, ServerProbed))
    assert probed.models == ["a", "b/c:7b"] and not probed.unprotected_key
    listed = [one for one in said if isinstance(one, ModelsListed)][-1]
    assert [one.path for one in listed.models] == ["server:box#a", "server:box#b/c:7b"]
    assert last(servers, ProbeServer(job=JOB, name="box"), ServerProbed).models == ["a", "b/c:7b"]
    assert last(servers, RemoveServer(job=JOB, name="box"), ModelsListed).servers == []
    with pytest.raises(InputError, match="no server called box"):
        events(servers, ProbeServer(job=JOB, name="box"))


def test_one_that_does_not_answer_is_kept_and_said(servers: ServerService, port: int, tmp_path: Path) -> None:
    job = servers.run(AddServer(job=JOB, name="box", url=f"http://127.0.0.1:{port}/401/v1"))
    with pytest.raises(RemoteError):
        list(job)
    assert [one.name for one in read_servers(tmp_path / "data")] == ["box"]


def test_an_answer_streams_with_what_the_server_tells(
    servers: ServerService, port: int, tmp_path: Path
) -> None:
    for fault in ("logprobs", "reasoning", "break"):
        add_server(tmp_path / "data", fault, f"http://127.0.0.1:{port}/{fault}/v1")
    said = events(servers, AskServer(job=JOB, path="server:logprobs#m", text="Say hello."))
    answer, ended = said
    assert isinstance(answer, ServerSaid) and answer.text == "Hello" and answer.tokens[0].logprob == -0.5
    assert isinstance(ended, ServerEnded) and ended.stop_reason == "end_token" and ended.elapsed_s > 0
    said = events(servers, AskServer(job=JOB, path="server:reasoning#m", text="Say hello."))
    assert [one.channel for one in said if isinstance(one, ServerSaid)] == ["reasoning", "answer", "answer"]
    job = servers.run(AskServer(job=JOB, path="server:break#m", text="Say hello."))
    heard = []
    with pytest.raises(RemoteError):
        for event in job:
            heard += [event.text] if isinstance(event, ServerSaid) else []
    assert heard == ["Hel"]
    with pytest.raises(InputError, match="nothing to answer"):
        events(servers, AskServer(job=JOB, path="server:break#m", text=" "))
