"""The models panel over its stores, fed with events; what a person reads and clicks."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QLocale, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from explorer.protocol import (
    DeleteModel,
    DownloadProgress,
    Failed,
    FileChoice,
    ForgetModel,
    LimitCopies,
    MemoryEstimate,
    ModelDescribed,
    ModelShape,
    OpenModel,
    RepoSurveyed,
    ScoredToken,
    Sentence,
    ServerEnded,
    ServerInfo,
    ServerProbed,
    ServerSaid,
    TidyCopies,
    UnfinishedDownload,
    UnpackedCopy,
)
from explorer.ui.panels.models import DOWNLOAD, ModelsPanel
from explorer.ui.settings import Settings
from explorer.ui.stores.downloads import DownloadsStore
from explorer.ui.stores.engine import EngineStore
from explorer.ui.stores.model_stores import ModelStores
from explorer.ui.stores.models import ModelsStore
from explorer.ui.stores.servers import ServersStore
from explorer.ui.theme import Theme
from tests.ui.test_models_stores import listed, model

SHAPE = ModelShape(
    layers=30, width=576, inner_width=1536, heads=9, kv_heads=3, head_dim=64, vocab_size=49152,
    context=8192, activation="silu", positions="rope", rope_theta=100_000.0, tied=True,
)  # fmt: skip
MEMORY = MemoryEstimate(
    float32_bytes=538_000_000, bfloat16_bytes=269_000_000, int8_bytes=191_000_000, kv_bytes_per_token=23_040
)
DAMAGED = Sentence(template="{path} is damaged. Use another copy of the model.", values={"path": "/m/bad"})


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Numbers with group marks, as the window has them."""
    before = QLocale()
    QLocale.setDefault(QLocale("en"))
    yield
    QLocale.setDefault(before)


class Rig:
    def __init__(self, qtbot: QtBot, theme: Theme, settings: Settings, place: str = "") -> None:
        self.qtbot = qtbot
        self.stores = ModelStores(ModelsStore(), DownloadsStore(), ServersStore())
        self.engine = EngineStore(place=place)
        self.sent: list[Any] = []
        for store in (self.stores.models, self.stores.downloads, self.stores.servers):
            store.command.connect(self.sent.append)
        self.panel = ModelsPanel(theme, settings, self.stores, self.engine)
        qtbot.addWidget(self.panel)
        self.panel.resize(1300, 820)
        self.panel.show()
        self.panel.setFocus()

    def tell(self, event: Any) -> None:
        for store in (self.stores.models, self.stores.downloads, self.stores.servers):
            store.apply(event)

    def click(self, button: Any) -> None:
        self.qtbot.waitUntil(lambda: button.isVisible() and button.isEnabled())
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def last(self, kind: type) -> Any:
        return [one for one in self.sent if isinstance(one, kind)][-1]

    def notice_button(self, text: str) -> QPushButton:
        return next(one for one in self.panel.findChildren(QPushButton) if one.text() == text)


@pytest.fixture
def rig(qtbot: QtBot, theme: Theme, settings: Settings) -> Rig:
    rig = Rig(qtbot, theme, settings)
    rig.tell(
        listed(
            model("mine", family="llama", parameters=134_515_008, context=8192, packing="BF16", terms="mit"),
            model("bad", problem=DAMAGED),
            model("fetched", origin="hub", size_bytes=4_500_000_000),
            model("server:box#m", origin="server"),
            servers=[ServerInfo(name="box", url="http://x/v1", models=["m"])],
        )
    )
    return rig


def test_while_there_is_nothing_it_says_what_to_do(qtbot: QtBot, theme: Theme, settings: Settings) -> None:
    rig = Rig(qtbot, theme, settings)
    assert rig.panel.empty.text() == "Looking for models …" and not rig.panel.train.isVisible()
    rig.tell(listed())
    assert "No model yet" in rig.panel.empty.text()
    with qtbot.waitSignal(rig.panel.training_requested):
        rig.click(rig.panel.train)


def test_models_stand_in_groups_with_their_facts(rig: Rig) -> None:
    assert rig.panel.list.keys() == ["mine", "bad", "fetched", "server:box#m"]
    mine, bad = rig.panel.list.row_of("mine"), rig.panel.list.row_of("bad")
    assert mine is not None and mine.facts == "llama · 135M parameters · 8,192 tokens · BF16 · mit"
    assert bad is not None and bad.problem == "bad is damaged. Use another copy of the model."
    assert rig.panel.list.hasFocus()


def test_the_selected_model_in_detail(rig: Rig, settings: Settings) -> None:
    assert not rig.panel.is_idle()
    rig.tell(
        ModelDescribed(
            job="model-details",
            key="mine",
            shape=SHAPE,
            memory=MEMORY,
            tokenizer="byte-level BPE",
            template="{{ messages }}",
            card="Made by somebody.",
        )
    )
    details = rig.panel.details
    facts = dict(details.facts.lines)
    assert facts["Heads"] == "9, sharing 3 pairs of keys and values" and facts["Layers"] == "30"
    assert facts["Positions"] == "rotary, base 100,000" and "Window" not in facts
    assert dict(details.memory.lines)["Keys and values, 1,000 tokens"] == "23.0 MB"
    assert details.template.text.toPlainText() == "{{ messages }}" and not details.template.text.isVisible()
    rig.click(details.template.button)
    assert details.template.text.isVisible() and rig.panel.is_idle()
    rig.qtbot.keyClick(rig.panel.list, Qt.Key.Key_Down)
    assert rig.stores.models.selected == "bad" and settings.text("models/selected") == "bad"
    assert "damaged" in details.problem.text() and not details.use.isEnabled()
    assert not details.template.isVisible()


def test_a_model_is_used_by_its_button_or_enter(rig: Rig) -> None:
    with rig.qtbot.waitSignal(rig.panel.use_requested) as used:
        rig.click(rig.panel.details.use)
    assert used.args == ["mine"]
    with rig.qtbot.waitSignal(rig.panel.use_requested):
        rig.qtbot.keyClick(rig.panel.list, Qt.Key.Key_Return)
    rig.click(rig.panel.details.copy)
    assert QGuiApplication.clipboard().text() == "/m/mine"


def test_an_opened_model_goes_off_the_list_and_comes_back(rig: Rig) -> None:
    rig.qtbot.keyClick(rig.panel.list, Qt.Key.Key_Delete)
    assert rig.last(ForgetModel).key == "mine"
    rig.click(rig.notice_button("Undo"))
    assert rig.last(OpenModel).path == "mine"


def test_a_download_is_deleted_only_after_a_question(rig: Rig) -> None:
    rig.panel.list.choose("fetched")
    rig.stores.models.select("fetched")
    rig.click(rig.panel.details.delete)
    assert not any(isinstance(one, DeleteModel) for one in rig.sent)
    rig.click(rig.notice_button("Delete 4.5 GB"))
    assert rig.last(DeleteModel).key == "fetched"


def test_a_dropped_folder_is_opened(rig: Rig) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/m/new")])
    keys, button = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    drop = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, button, keys)
    rig.panel.dropEvent(drop)
    assert rig.last(OpenModel).path == "/m/new"
    rig.tell(Failed(job="models-open", template="There is no model in {path}.", values={"path": "/m/new"}))
    assert rig.panel._notice.text() == "There is no model in /m/new."


def test_elsewhere_paths_are_typed_and_no_folder_is_shown(
    qtbot: QtBot, theme: Theme, settings: Settings
) -> None:
    rig = Rig(qtbot, theme, settings, "ssh gpubox python -m explorer")
    rig.engine.found_at("gpubox", "")
    rig.tell(listed(model("mine")))
    assert not rig.panel.open_folder.isVisible() and not rig.panel.details.reveal.isVisible()
    assert "(on gpubox)" in rig.panel.details.place.text()
    rig.panel.path.setText("/data/model")
    rig.click(rig.panel.open_path)
    assert rig.last(OpenModel).path == "/data/model"
    assert "gpubox" in rig.panel.servers.where.text()


# ---------------------------------------------------------------- downloads


def test_a_download_as_a_person_sees_it(rig: Rig) -> None:
    panel, page = rig.panel, rig.panel.download
    rig.click(panel.tabs.button(DOWNLOAD))
    assert not any(type(one).__name__ == "SurveyRepo" for one in rig.sent)
    rig.qtbot.keyClicks(page.repo, "owner/quants")
    rig.qtbot.keyClick(page.repo, Qt.Key.Key_Return)
    assert page.words.text() == "Asking the hub about owner/quants …"
    choices = [
        FileChoice(name=name, include=[name], files=[name], size_bytes=size)
        for name, size in (("a.gguf", 1_000_000), ("b.gguf", 9_000_000_000))
    ]
    job = rig.sent[-1].job
    rig.tell(
        RepoSurveyed(
            job=job,
            repo="owner/quants",
            folder="/m/x",
            terms="mit",
            choices=choices,
            free_bytes=5_000_000_000,
        )
    )
    assert "1 files, 1.0 MB to fetch; the disk has 5.0 GB free" in page.amount.text()
    page.choice.setCurrentIndex(1)
    assert "no room" in page.amount.text() and not page.fetch.isEnabled()
    page.choice.setCurrentIndex(0)
    rig.click(page.fetch)
    command = rig.sent[-1]
    assert command.include == ["a.gguf"] and not page.fetch.isEnabled()
    rig.tell(
        DownloadProgress(
            job=command.job,
            repo="owner/quants",
            phase="fetching",
            file="a.gguf",
            have_bytes=250_000,
            total_bytes=1_000_000,
            bytes_per_s=50_000.0,
        )
    )
    row = page.row("owner/quants")
    assert row is not None and row.words.text() == "250.0 kB of 1.0 MB · 50.0 kB/s · 0:15 left"
    assert row.bar.value() == 250
    rig.click(row.stop)
    assert not row.stop.isEnabled()


def test_what_an_earlier_sitting_left_can_go_on_or_go_away(rig: Rig) -> None:
    left = UnfinishedDownload(repo="o/n", include=["x"], have_bytes=300, total_bytes=1000)
    rig.tell(listed(unfinished=[left]))
    rig.panel.show_page(DOWNLOAD)
    row = rig.panel.download.row("o/n")
    assert row is not None and row.words.text() == "Stopped: 300 bytes of 1.0 kB are kept."
    rig.click(row.go_on)
    assert rig.sent[-1].repo == "o/n" and rig.sent[-1].include == ["x"]
    gone = Failed(job=rig.sent[-1].job, template="The hub is gone ({reason}).", values={"reason": "x"})
    rig.tell(gone)
    assert row.words.text() == "✕ The hub is gone (x)."
    rig.click(row.discard)
    assert type(rig.sent[-1]).__name__ in ("DiscardDownload", "ListModels")


def test_without_the_package_the_sentence_stands_under_the_field(rig: Rig) -> None:
    rig.panel.show_page(DOWNLOAD)
    rig.panel.download.repo.setText("o/n")
    rig.click(rig.panel.download.look)
    rig.tell(Failed(job=rig.sent[-1].job, template="Downloads need the package huggingface_hub."))
    assert rig.panel.download.words.text() == "✕ Downloads need the package huggingface_hub."


# ---------------------------------------------------------------- servers and copies


def test_a_server_is_added_and_its_model_answers(rig: Rig) -> None:
    page = rig.panel.servers
    rig.panel.show_page(2)
    rig.qtbot.keyClicks(page.url, "http://localhost:11434")
    rig.qtbot.keyClicks(page.key, "secret")
    rig.click(page.add)
    command = rig.sent[-1]
    assert (command.name, command.key) == ("localhost-11434", "secret") and page.key.text() == ""
    rig.tell(ServerProbed(job=command.job, name="localhost-11434", models=["a"], unprotected_key=True))
    assert "answers and has 1 models" in page.result.text() and "in the open" in page.result.text()

    rig.panel.list.setFocus()
    rig.stores.models.select("server:box#m")
    rig.panel.show_page(0)
    try_it = rig.panel.details.try_it
    rig.qtbot.keyClicks(try_it.message, "Hello?")
    rig.click(try_it.ask)
    job = rig.sent[-1].job
    assert try_it.ask.text() == "Stop" and "Waiting" in try_it.note.text()
    rig.tell(ServerSaid(job=job, channel="reasoning", text="Hm."))
    token = ScoredToken(text="Hi", logprob=-0.5)
    rig.tell(ServerSaid(job=job, channel="answer", text="Hi", tokens=[token]))
    rig.tell(ServerSaid(job=job, channel="answer", text=" you"))
    assert try_it.text.toPlainText() == "Hm.\n\nHi you"
    rig.tell(ServerEnded(job=job, stop_reason="end_token", tokens=4, elapsed_s=2.0))
    assert "4 tokens · 2.0 tokens/s · mean probability 60.65" in try_it.note.text()
    rig.qtbot.keyClick(try_it.message, Qt.Key.Key_Return)
    assert try_it.text.toPlainText() == ""
    rig.stores.models.select("mine")
    assert not try_it.isVisible()


def test_copies_are_shown_limited_and_tidied(rig: Rig) -> None:
    copies = [
        UnpackedCopy(folder="/o/a", name="a", size_bytes=2_000_000_000, used_s=1e9, in_use=False),
        UnpackedCopy(folder="/o/b", name="b", size_bytes=1_000_000_000, used_s=2e9, in_use=True),
    ]
    rig.tell(listed(copies=copies, copies_limit_bytes=10_000_000_000))
    rig.panel.show_page(3)
    page = rig.panel.copies
    assert page.total.text() == "2 copies, 3.0 GB together" and page.limit.value() == 10.0
    assert "in use" in page.rows[1].facts.text() and not page.rows[1].delete.isEnabled()
    rig.click(page.rows[0].delete)
    assert rig.last(TidyCopies).folder == "/o/a"
    rig.click(page.tidy)
    assert rig.last(TidyCopies).folder == ""
    page.limit.setValue(2.5)
    page.limit.editingFinished.emit()
    assert rig.last(LimitCopies).limit_bytes == 2_500_000_000


@pytest.mark.parametrize("scale", [1.0, 2.5])
def test_it_holds_in_a_small_window(rig: Rig, scale: float) -> None:
    rig.panel.theme.set_scale(scale)
    rig.panel.resize(950, 620)
    assert rig.panel.width() == 950
    for page in range(4):
        rig.panel.show_page(page)
        assert rig.panel.minimumSizeHint().width() <= 950, page
