"""The Sampling panel with its real engine process: a checkpoint on disk, and a text that survives a kill."""

from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import Qt

from explorer.protocol import DraftLoaded, RunsListed
from explorer.ui.engine_client import EngineClient, engine_command
from explorer.ui.panels.sampling import SamplingPanel
from explorer.ui.stores.sampling import DRAFT, SamplingStore
from tests.core.small import CONTEXT, save_small_model

PATIENCE_MS = 60_000
"""Loading torch on a machine that does other things, too."""


@pytest.fixture
def client(tmp_path: Path, qtbot):
    client = EngineClient(engine_command("inference", str(tmp_path)))
    yield client
    client.stop()
    client.wait_for_end(10_000)


@pytest.fixture
def store(client):
    store = SamplingStore("cpu")
    store.command.connect(client.send)
    client.received.connect(store.apply)
    client.ready.connect(store.engine_ready)
    client.ended.connect(lambda expected, words: store.engine_lost(words))
    return store


def test_from_a_checkpoint_to_a_text_that_survives_a_kill(qtbot, tmp_path, theme, settings, client, store):
    folder = save_small_model(tmp_path / "model")
    panel = SamplingPanel(theme, settings, store)
    qtbot.addWidget(panel)
    panel.resize(1200, 800)
    panel.show()
    panel.setFocus()
    store.apply(RunsListed(runs=[], binned=[]))
    store.apply(DraftLoaded(name=DRAFT, text="the 中"))
    panel.show_checkpoint(str(tmp_path / "nowhere"))
    client.start()
    qtbot.waitUntil(lambda: "There is no model at" in panel._notice.text(), timeout=PATIENCE_MS)
    assert panel.is_idle()
    panel.show_checkpoint(str(folder))

    def settle() -> None:
        qtbot.waitUntil(
            lambda: store.lost is None and store.model is not None and panel.is_idle(), timeout=PATIENCE_MS
        )

    settle()
    assert panel._notice.text() == ""
    assert "small · step 40" in panel.model.weights.text()
    bars = panel.next.bars.bars
    assert len(bars) == 21 and sum(bar.probability for bar in bars) == pytest.approx(1, abs=1e-5)
    assert sum(bar.model_probability for bar in bars) == pytest.approx(1, abs=1e-5)

    panel.controls.temperature.setValue(8)
    settle()
    assert store.distribution.sampler.temperature == pytest.approx(0.4)
    assert panel.next.bars.bars[0].probability > bars[0].probability

    panel.controls.max_tokens.setValue(12)
    qtbot.keyClick(panel.writing.strip, Qt.Key.Key_Space)
    settle()
    draw = store.stream.drawn[0]
    assert draw.cumulative_before <= draw.uniform < draw.cumulative_before + draw.probability
    qtbot.keyClick(panel.writing.prompt, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle()
    written = store.stream.generated_ids
    assert len(written) == 13

    psutil.Process(client.pid).kill()
    qtbot.waitUntil(lambda: "engine that runs the model stopped" in panel._notice.text(), timeout=PATIENCE_MS)
    assert store.stream.generated_ids == written
    client.start()
    settle()
    assert panel._notice.text() == "" and store.stream.generated_ids == written

    panel.writing.again.click()
    settle()
    assert store.stream.generated_ids == written
    assert "✓" in panel.writing.status

    store.set_max_tokens(1000)
    store.run()
    settle()
    assert store.stop_reason in ("context_full", "end_token") and len(store.stream) <= CONTEXT
