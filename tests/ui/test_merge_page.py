"""Learning a vocabulary in the window: played, stepped through, scrubbed, kept, and refused in words."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.protocol import Cancel, LearnMerges, SteerMerges
from explorer.text.bpe import Merged, train_bpe, trained_bpe
from explorer.ui.panels.tokenizer import TokenizerPanel
from explorer.ui.settings import Settings
from explorer.ui.stores.tokenizer import TokenizerStore
from explorer.ui.theme import Theme
from tests.ui.text_engine import TextEngine, write_draft

WORDS = ("mother", "brother", "thing", "window")
TEXT = " ".join(f"the other {word} bothers others;" for word in WORDS) * 5 + " 中文中文"


class Rig:
    def __init__(self, theme: Theme, settings: Settings, folder: Path, text: str) -> None:
        settings.set("tokenizer/started", True)
        settings.set("merges/speed", 1)
        write_draft(folder, text)
        self.store = TokenizerStore(settings)
        self.panel = TokenizerPanel(theme, settings, self.store)
        self.page = self.panel.work.merging
        self.engine = TextEngine(self.store, folder)
        self.panel.resize(1000, 800)

    def learn(self, entries: int) -> None:
        self.page.setup.entries.setValue(entries)
        self.page.setup.learn.click()
        self.store.merges.pause()

    def chips(self) -> list[bytes]:
        return [chip.data for chip in self.page.text.chips]


Make = Callable[..., Rig]


@pytest.fixture
def make(qtbot: QtBot, theme: Theme, settings: Settings, tmp_path: Path) -> Iterator[Make]:
    rigs: list[Rig] = []

    def make_rig(text: str = TEXT) -> Rig:
        rig = Rig(theme, settings, tmp_path, text)
        rigs.append(rig)
        qtbot.addWidget(rig.panel)
        rig.panel.show()
        rig.store.engine_ready()
        rig.panel.work.pages.show_page("merges")
        qtbot.waitUntil(rig.panel.is_idle)
        return rig

    yield make_rig
    for rig in rigs:
        rig.engine.close()


def test_every_merge_is_shown_with_its_numbers_and_the_text_shrinks(make: Make, qtbot: QtBot) -> None:
    rig = make()
    rig.learn(275)
    page, merges = rig.page, rig.store.merges
    facts = [fact for fact in train_bpe(TEXT, 275) if isinstance(fact, Merged)]
    qtbot.waitUntil(rig.panel.is_idle)
    assert "256 bytes" in page.player.text()
    assert len(rig.chips()) == len(TEXT.encode())
    for number, fact in enumerate(facts[:6], 1):
        page.player.forward.click()
        qtbot.waitUntil(rig.panel.is_idle)
        assert merges.shown == number == page.model.rowCount()
        said = page.player.text()
        assert f"stood {fact.count} times" in said and f"{fact.length} tokens" in said
        assert len(rig.chips()) == fact.length
        fresh = [chip.data for chip in page.text.chips if chip.fresh]
        assert fresh and set(fresh) == {fact.token_bytes}
    page.player.back.click()
    qtbot.waitUntil(rig.panel.is_idle)
    assert len(rig.chips()) == facts[4].length and page.model.rowCount() == 5


def test_scrubbing_gives_the_text_as_it_was(make: Make, qtbot: QtBot) -> None:
    rig = make()
    rig.learn(290)
    qtbot.waitUntil(rig.panel.is_idle)
    for shown in (20, 3, 11):
        rig.page.player.slider.setValue(shown)
        qtbot.waitUntil(rig.panel.is_idle)
        tokenizer = trained_bpe(TEXT, 257 + shown)
        assert rig.chips() == [tokenizer.token_bytes(token) for token in tokenizer.encode(TEXT)]
    rig.page.curve.cursor_moved.emit(256.0 + 7)
    assert rig.store.merges.shown == 7
    rig.page.table.clicked.emit(rig.page.model.index(4, 1))
    assert rig.store.merges.shown == 5
    QTest.keyClick(rig.page.curve, Qt.Key.Key_End)
    assert rig.store.merges.shown == len(rig.store.merges.merges)


def test_it_plays_by_itself_and_pauses(make: Make, qtbot: QtBot) -> None:
    rig = make()
    rig.page.player.speed.setCurrentIndex(rig.page.player.speed.findData(1000))
    rig.page.player.speed.activated.emit(0)
    rig.page.setup.entries.setValue(275)
    rig.page.setup.learn.click()
    assert rig.store.merges.playing
    qtbot.waitUntil(rig.panel.is_idle)
    assert rig.store.merges.shown == len(rig.store.merges.merges) == 18
    assert not rig.store.merges.playing
    QTest.keyClick(rig.page, Qt.Key.Key_Space)  # from the beginning
    assert rig.store.merges.playing
    rig.page.player.play.click()
    assert not rig.store.merges.playing


def test_the_shown_vocabulary_is_kept_and_cuts_the_text(make: Make, qtbot: QtBot) -> None:
    rig = make()
    rig.learn(290)
    page = rig.page
    rig.store.merges.seek(12)
    assert not page.keep.isEnabled()
    QTest.keyClicks(page.name, "mine")
    qtbot.waitUntil(page.keep.isEnabled)
    assert "269" in page.keep.text()
    page.keep.click()
    qtbot.waitUntil(lambda: "Kept as mine" in page.notice.text())
    kept = next(path for path, name in rig.store.encodings if name == "mine")
    assert page.notice._action.text()
    page.notice._action.click()
    qtbot.waitUntil(rig.panel.is_idle)
    assert rig.store.spans.encoding == kept
    assert rig.store.spans.ids.tolist() == trained_bpe(TEXT, 269).encode(TEXT)
    page.name.setText("mine")
    qtbot.waitUntil(page.keep.isEnabled)
    page.keep.click()
    qtbot.waitUntil(lambda: "already" in page.notice.text())


def test_an_empty_text_one_letter_and_too_large_a_vocabulary_are_told(make: Make, qtbot: QtBot) -> None:
    rig = make("")
    rig.learn(300)
    qtbot.waitUntil(lambda: "empty" in rig.page.setup.said())
    assert rig.page._learned.isHidden()
    rig.panel.work.editor.insertPlainText("a")
    rig.learn(300)
    qtbot.waitUntil(lambda: "used up" in rig.page.setup.said())
    assert rig.chips() == [b"a"] and not rig.page.keep.isEnabled()
    rig.panel.work.editor.selectAll()
    rig.panel.work.editor.insertPlainText("aaaaaaaa")
    rig.learn(60_000)
    qtbot.waitUntil(lambda: rig.store.merges.state == "full")
    assert len(rig.store.merges.merges) == 2


def test_the_engine_rests_goes_on_and_ends_when_asked(make: Make, qtbot: QtBot) -> None:
    rig = make()
    rig.engine.live = False
    rig.learn(400)
    setup = rig.page.setup
    rig.engine.deliver()
    rig.engine.work(1)
    rig.engine.deliver()
    qtbot.waitUntil(setup.hold.isVisible)
    setup.hold.click()
    rig.engine.work(20)
    rig.engine.deliver()
    assert rig.store.merges.state == "held"
    qtbot.waitUntil(lambda: "held" in setup.said() or "Counting" in setup.said())
    before = len(rig.store.merges.merges)
    rig.engine.work(20)
    rig.engine.deliver()
    assert len(rig.store.merges.merges) == before
    setup.hold.click()
    setup.stop.click()
    rig.engine.finish()
    assert rig.store.merges.state == "done"
    steered = [one.action for one in rig.engine.commands if isinstance(one, SteerMerges)]
    assert steered == ["pause", "continue", "finish"]


def test_learning_anew_drops_what_is_under_way_and_a_dead_engine_leaves_what_there_is(
    make: Make, qtbot: QtBot
) -> None:
    rig = make()
    rig.engine.live = False
    rig.learn(400)
    rig.store.merges.learn("world", "tokenizer", 300)
    learning = [one for one in rig.engine.commands if isinstance(one, LearnMerges)]
    assert [(one.document, one.text) for one in learning] == [("tokenizer", ""), ("", "world")]
    assert [one.job for one in rig.engine.commands if isinstance(one, Cancel)] == [learning[0].job]
    rig.store.merges.stop()
    rig.engine.finish()
    rig.engine.live = True
    rig.learn(270)
    rig.store.merges.state = "learning"
    rig.store.engine_lost("gone")
    qtbot.waitUntil(lambda: "engine stopped" in rig.page.setup.said())
    assert len(rig.store.merges.merges) == 13


def test_the_merges_are_copied_as_csv(make: Make, qtbot: QtBot) -> None:
    rig = make()
    rig.learn(270)
    rig.store.merges.seek(10)
    qtbot.waitUntil(rig.page.copy.isEnabled)
    with qtbot.waitSignal(rig.panel.message):
        rig.page.copy.click()
    rows = list(csv.DictReader(io.StringIO(QGuiApplication.clipboard().text())))
    facts = [fact for fact in train_bpe(TEXT, 267) if isinstance(fact, Merged)]
    assert [(int(row["id"]), int(row["count"]), int(row["tokens_after"])) for row in rows] == [
        (fact.token, fact.count, fact.length) for fact in facts
    ]
