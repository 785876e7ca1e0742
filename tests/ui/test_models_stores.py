"""Stores of models, downloads and servers: intents out, events in."""

from typing import Any

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from explorer.protocol import (
    AddServer,
    AskServer,
    Cancel,
    DescribeModel,
    DiscardDownload,
    Download,
    DownloadEnded,
    DownloadProgress,
    Failed,
    JobCancelled,
    ListModels,
    ModelDescribed,
    ModelInfo,
    ModelsListed,
    OpenModel,
    RepoSurveyed,
    ScoredToken,
    ServerEnded,
    ServerProbed,
    ServerSaid,
    SurveyRepo,
    UnfinishedDownload,
)
from explorer.ui.stores.downloads import DownloadsStore
from explorer.ui.stores.models import ModelsStore
from explorer.ui.stores.servers import ServersStore


def model(key: str, **facts: Any) -> ModelInfo:
    return ModelInfo(
        key=key, path=key, origin=facts.pop("origin", "opened"), name=key, place=f"/m/{key}", **facts
    )


def listed(*models: ModelInfo, **facts: Any) -> ModelsListed:
    usual: dict[str, Any] = {
        "copies": [],
        "copies_limit_bytes": 0,
        "unfinished": [],
        "servers": [],
        "done": len(models),
        "total": len(models),
    }
    return ModelsListed(job="models", models=list(models), **(usual | facts))


def sent(store: Any) -> list[Any]:
    commands: list[Any] = []
    store.command.connect(commands.append)
    return commands


@pytest.fixture
def models(qapp: object) -> ModelsStore:
    return ModelsStore()


@pytest.fixture
def downloads(qapp: object) -> DownloadsStore:
    return DownloadsStore()


@pytest.fixture
def servers(qapp: object) -> ServersStore:
    return ServersStore()


# ---------------------------------------------------------------- models


def test_the_list_is_asked_for_once_and_grows_while_it_is_read(models: ModelsStore) -> None:
    commands = sent(models)
    models.open()
    models.open()
    assert [type(one) for one in commands] == [ListModels] and models.reading
    models.apply(listed(model("a"), done=1, total=2))
    assert len(models.models) == 1 and models.reading and not models.listed
    models.apply(listed(model("a"), model("b")))
    assert len(models.models) == 2 and models.listed and not models.reading


def test_a_list_that_is_read_again_does_not_shrink_meanwhile(models: ModelsStore) -> None:
    models.apply(listed(model("a"), model("b")))
    models.refresh()
    models.apply(listed(model("a"), done=1, total=2))
    assert len(models.models) == 2 and models.reading
    models.apply(listed(model("b")))
    assert [one.key for one in models.models] == ["b"]


def test_details_are_of_the_selected_model_only(models: ModelsStore) -> None:
    models.apply(listed(model("a"), model("b"), model("c", origin="server")))
    commands = sent(models)
    models.select("a")
    models.select("b")
    assert [one.key for one in commands if isinstance(one, DescribeModel)] == ["a", "b"]
    models.apply(ModelDescribed(job="model-details", key="a", card="of a"))
    assert models.details is None
    models.apply(ModelDescribed(job="model-details", key="b", card="of b"))
    assert models.details is not None and models.details.card == "of b"
    models.select("c")
    assert len(commands) == 2 and models.details is None and models.current is not None
    models.apply(
        Failed(job="model-details", template="There is no model {name} any more.", values={"name": "x"})
    )
    assert models.details_failure is not None


def test_what_was_opened_is_told_and_a_refusal_too(models: ModelsStore, qtbot: QtBot) -> None:
    models.apply(listed(model("a")))
    commands = sent(models)
    models.add("/m/b")
    assert isinstance(commands[0], OpenModel) and commands[0].path == "/m/b"
    with qtbot.assertNotEmitted(models.opened):  # a list that was asked for before
        models.apply(listed(model("a")))
    with qtbot.waitSignal(models.opened) as told:
        models.apply(msgspec.structs.replace(listed(model("a"), model("b")), job=commands[0].job))
    assert told.args == ["/m/b"]
    with qtbot.waitSignal(models.failed):
        models.apply(Failed(job="models", template="There is no model in {path}.", values={"path": "/"}))


def test_a_death_is_said_and_the_next_intent_asks_again(models: ModelsStore, qtbot: QtBot) -> None:
    models.open()
    with qtbot.waitSignal(models.failed):
        models.engine_lost("killed")
    commands = sent(models)
    models.open()
    assert len(commands) == 1


# ---------------------------------------------------------------- downloads


def survey(job: str, repo: str = "o/n") -> RepoSurveyed:
    return RepoSurveyed(job=job, repo=repo, folder="/m", terms="mit", choices=[], free_bytes=9)


def test_only_the_last_repository_that_was_looked_up_counts(downloads: DownloadsStore) -> None:
    commands = sent(downloads)
    downloads.look_up("o/old")
    downloads.look_up(" o/n ")
    old, cancel, new = commands
    assert isinstance(old, SurveyRepo) and isinstance(cancel, Cancel) and cancel.job == old.job
    downloads.apply(survey(old.job, "o/old"))
    assert downloads.survey is None and downloads.surveying
    downloads.apply(survey(new.job))
    assert downloads.survey is not None and downloads.survey.repo == "o/n" and not downloads.surveying
    downloads.look_up("o/none")
    downloads.apply(
        Failed(job=commands[-1].job, template="The hub has no {repo}.", values={"repo": "o/none"})
    )
    assert downloads.survey_failure is not None and not downloads.surveying


def test_a_download_from_start_to_end(downloads: DownloadsStore, qtbot: QtBot) -> None:
    commands = sent(downloads)
    downloads.fetch("o/n", ["*.gguf"])
    downloads.fetch("o/n", ["*.gguf"])  # impatient
    (command,) = commands
    assert isinstance(command, Download) and command.include == ["*.gguf"]
    downloads.apply(
        DownloadProgress(
            job=command.job, repo="o/n", phase="fetching", have_bytes=25, total_bytes=100, bytes_per_s=5.0
        )
    )
    assert downloads.active[0].left_s == 15.0
    with qtbot.waitSignal(downloads.finished) as told:
        downloads.apply(DownloadEnded(job=command.job, repo="o/n", folder="/m/o--n"))
    assert told.args == ["o/n", "/m/o--n"] and downloads.active == []


def test_a_download_is_stopped_and_goes_on_or_is_thrown_away(downloads: DownloadsStore, qtbot: QtBot) -> None:
    commands = sent(downloads)
    downloads.resume(UnfinishedDownload(repo="o/n", include=["x"], have_bytes=1, total_bytes=2))
    downloads.stop("o/n")
    assert isinstance(commands[-1], Cancel) and downloads.active[0].state == "stopping"
    downloads.discard("o/n")  # not before it has stopped
    assert isinstance(commands[-1], Cancel)
    with qtbot.waitSignal(downloads.list_changed):
        downloads.apply(JobCancelled(job=commands[0].job))
    assert downloads.active[0].state == "stopped"
    downloads.fetch("o/n", downloads.active[0].include)
    assert isinstance(commands[-1], Download) and commands[-1].include == ["x"]
    assert len(downloads.active) == 1 and downloads.active[0].state == "running"
    downloads.apply(Failed(job=commands[-1].job, template="The connection breaks."))
    assert downloads.active[0].state == "failed"
    downloads.discard("o/n")
    assert isinstance(commands[-1], DiscardDownload) and downloads.active == []


def test_downloads_survive_the_death_of_their_worker(downloads: DownloadsStore) -> None:
    downloads.fetch("o/n", [])
    downloads.engine_lost("killed")
    (one,) = downloads.active
    assert one.state == "failed" and one.failure is not None and one.left_s is None
    commands = sent(downloads)
    downloads.fetch("o/n", [])
    assert isinstance(commands[0], Download)


# ---------------------------------------------------------------- servers


def test_a_server_is_added_and_tested(servers: ServersStore) -> None:
    commands = sent(servers)
    servers.add(" box ", " http://x/v1 ", " key ")
    (command,) = commands
    assert isinstance(command, AddServer)
    assert (command.name, command.url, command.key) == ("box", "http://x/v1", "key")
    assert servers.testing == "box" and "key" not in repr(servers.__dict__.get("failure"))
    servers.apply(ServerProbed(job=command.job, name="box", models=["m"]))
    assert servers.testing == "" and servers.probed is not None
    servers.test("box")
    assert servers.probed is None
    servers.apply(Failed(job=commands[-1].job, template="The server refuses the key."))
    assert servers.failure is not None and servers.testing == ""
    servers.test("box")
    servers.engine_lost("killed")
    assert servers.testing == "" and servers.failure is not None


def test_an_answer_comes_in_pieces_and_only_the_last_question_counts(servers: ServersStore) -> None:
    commands = sent(servers)
    servers.ask("server:box#m", "first")
    servers.ask("server:box#m", "second")
    first, hang_up, second = commands
    assert isinstance(hang_up, Cancel) and hang_up.job == first.job and isinstance(second, AskServer)
    servers.apply(ServerSaid(job=first.job, channel="answer", text="late"))
    servers.apply(ServerSaid(job=second.job, channel="reasoning", text="Hm. "))
    token = ScoredToken(text="Hi", logprob=-1.0)
    servers.apply(ServerSaid(job=second.job, channel="answer", text="Hi", tokens=[token]))
    answer = servers.answer
    assert answer is not None and (answer.reasoning, answer.text) == ("Hm. ", "Hi") and answer.running
    servers.apply(ServerEnded(job=second.job, stop_reason="end_token", tokens=1, elapsed_s=0.5))
    assert not answer.running and answer.least_likely == token
    assert answer.mean_probability == pytest.approx(0.3679, abs=1e-4)


def test_what_had_come_stays_when_it_is_stopped_or_breaks(servers: ServersStore) -> None:
    servers.ask("server:box#m", "x")
    answer = servers.answer
    assert answer is not None
    servers.apply(ServerSaid(job=answer.job, channel="answer", text="Hel"))
    servers.hang_up()
    servers.apply(JobCancelled(job=answer.job))
    assert answer.text == "Hel" and answer.stopped and not answer.running
    servers.ask("server:box#m", "x")
    servers.engine_lost("killed")
    assert servers.answer is not None and servers.answer.failure is not None
