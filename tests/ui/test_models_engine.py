"""The models panel with its real worker and a small hub: a download seen, killed, gone on with, and used."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.ui.engines import Engines
from explorer.ui.panels.models import DOWNLOAD, ModelsPanel
from explorer.ui.settings import Settings
from explorer.ui.stores.downloads import DownloadsStore
from explorer.ui.stores.engine import EngineStore
from explorer.ui.stores.model_stores import ModelStores
from explorer.ui.stores.models import ModelsStore
from explorer.ui.stores.servers import ServersStore
from explorer.ui.theme import Theme
from tests.hub_at_home import BIG, Hub, running_hub
from tests.models_on_disk import write_gguf_file

PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with running_hub(tmp_path_factory.mktemp("hub")) as hub:
        yield hub


@pytest.fixture
def engines(qtbot: QtBot, hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engines]:
    hub.arm({})
    monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
    monkeypatch.setenv("HF_HUB_DISABLE_TELEMETRY", "1")
    engines = Engines(str(tmp_path / "data"), "cpu")  # only the worker for models is ever started
    yield engines
    engines.close()


@pytest.fixture
def stores(engines: Engines) -> ModelStores:
    stores = ModelStores(ModelsStore(), DownloadsStore(), ServersStore())
    for store in (stores.models, stores.downloads, stores.servers):
        store.command.connect(engines.send_models)
        engines.received.connect(store.apply)
        engines.models_lost.connect(store.engine_lost)
    stores.downloads.list_changed.connect(stores.models.refresh)
    return stores


@pytest.fixture
def panel(qtbot: QtBot, theme: Theme, settings: Settings, stores: ModelStores) -> ModelsPanel:
    panel = ModelsPanel(theme, settings, stores, EngineStore())
    qtbot.addWidget(panel)
    panel.resize(1200, 800)
    panel.show()
    return panel


def test_a_download_is_killed_goes_on_and_stands_in_the_list(
    qtbot: QtBot, hub: Hub, engines: Engines, stores: ModelStores, panel: ModelsPanel
) -> None:
    page = panel.download
    panel.show_page(DOWNLOAD)
    page.repo.setText("owner/tiny")
    qtbot.keyClick(page.repo, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.fetch.isVisible() and page.fetch.isEnabled(), timeout=PATIENCE_MS)
    assert "apache-2.0" in page.amount.text()

    hub.arm({"tokenizer.json": "hang"})  # it sends half of it
    qtbot.mouseClick(page.fetch, Qt.MouseButton.LeftButton)

    def half_is_here() -> bool:
        one = stores.downloads.find("owner/tiny")
        return one is not None and one.progress is not None and one.progress.have_bytes > BIG // 3

    qtbot.waitUntil(half_is_here, timeout=PATIENCE_MS)
    os.kill(engines.pids()["models"], signal.SIGKILL)
    qtbot.waitUntil(lambda: stores.downloads.active[0].state == "failed", timeout=PATIENCE_MS)
    row = page.row("owner/tiny")
    assert row is not None and "What had come is kept" in row.words.text()

    hub.arm({})
    qtbot.waitUntil(row.go_on.isVisible)
    qtbot.mouseClick(row.go_on, Qt.MouseButton.LeftButton)

    def stands_in_the_list() -> bool:
        model = stores.models.current
        return model is not None and model.name == "owner/tiny" and model.problem is None

    qtbot.waitUntil(stands_in_the_list, timeout=PATIENCE_MS)
    assert not any(request.endswith("model.safetensors") for request in hub.seen())  # it had been fetched
    assert stores.downloads.active == [] and page.row("owner/tiny") is None
    qtbot.waitUntil(panel.is_idle, timeout=PATIENCE_MS)
    assert "Layers" in dict(panel.details.facts.lines)


def test_a_file_is_opened_damaged_and_taken_off(
    qtbot: QtBot, tmp_path: Path, stores: ModelStores, panel: ModelsPanel, engines: Engines
) -> None:
    stores.models.add(str(write_gguf_file(tmp_path / "tiny.gguf")))
    qtbot.waitUntil(lambda: stores.models.selected.endswith("tiny.gguf"), timeout=PATIENCE_MS)
    assert panel.details.use.isEnabled()
    (tmp_path / "tiny.gguf").write_bytes((tmp_path / "tiny.gguf").read_bytes()[:-100])
    stores.models.refresh()
    qtbot.waitUntil(lambda: not panel.details.use.isEnabled(), timeout=PATIENCE_MS)
    assert "damaged or not complete" in panel.details.problem.text()
    stores.models.add(str(tmp_path / "nothing"))
    qtbot.waitUntil(lambda: "There is no" in panel._notice.text(), timeout=PATIENCE_MS)
    qtbot.mouseClick(panel.details.forget, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: stores.models.find(str(tmp_path / "tiny.gguf")) is None, timeout=PATIENCE_MS)
