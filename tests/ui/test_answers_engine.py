"""The two panels that ask, with their real engine processes and a tiny model that can be spoken with."""

from pathlib import Path

import psutil
import pytest

from explorer.protocol import RunsListed
from explorer.ui.engine_client import EngineClient, engine_command
from explorer.ui.panels.compare import ComparePanel
from explorer.ui.panels.thinking import ThinkingPanel
from explorer.ui.stores.compare import CompareStore
from explorer.ui.stores.known_models import KnownModels
from explorer.ui.stores.sampling_stream import joined
from explorer.ui.stores.thinking import ThinkingStore
from tests.services.chat_model import save_chat_model

PATIENCE_MS = 100_000
"""Loading torch on a machine that does other things, too."""


@pytest.fixture
def clients(tmp_path: Path, qtbot):
    clients = [EngineClient(engine_command(role, str(tmp_path))) for role in ("text", "inference")]
    yield clients
    for client in clients:
        client.stop()
        client.wait_for_end(10_000)


def _wire(clients, known, store) -> None:
    text, inference = clients
    store.command.connect(inference.send)
    for one in (store, known):
        one.text_command.connect(text.send)
        text.received.connect(one.apply)
    inference.received.connect(store.apply)
    inference.ready.connect(store.engine_ready)
    inference.ended.connect(lambda expected, words: store.engine_lost(words))
    for client in clients:
        client.start()


def test_two_models_side_by_side_and_one_problem_many_times(qtbot, tmp_path, theme, clients):
    folder = str(save_chat_model(tmp_path / "model"))
    known = KnownModels()
    compare = CompareStore(known, "cpu")
    panel = ComparePanel(theme, compare)
    qtbot.addWidget(panel)
    panel.show()
    for place in range(2):
        compare.choose(place, folder)
    compare.set_mode(0, "document")
    compare.set_max_tokens(8)
    compare.set_prompt("hello 中")
    _wire(clients, known, compare)
    known.apply(RunsListed(runs=[], binned=[]))

    def settle() -> None:
        qtbot.waitUntil(
            lambda: compare.lost is None and compare.can_ask and panel.is_idle(), timeout=PATIENCE_MS
        )

    settle()
    compare.ask()
    settle()
    left, right = panel._columns
    assert "chatty · step 7 · weights" in left.weights.text()
    assert (left.badge.text(), right.badge.text()) == ("document: the text as it is", "chat: ChatML")
    written = [[token.id for token in one.answering.tokens] for one in compare.columns]
    assert all(written) and all(len(ids) <= 8 for ids in written)
    assert joined(compare.columns[0].answering.prompt) == "hello 中"

    psutil.Process(clients[1].pid).kill()
    qtbot.waitUntil(lambda: "stopped" in left.notice.text(), timeout=PATIENCE_MS)
    assert [[token.id for token in one.answering.tokens] for one in compare.columns] == written
    clients[1].start()
    settle()
    compare.ask()
    settle()
    assert [[token.id for token in one.answering.tokens] for one in compare.columns] == written

    thinking = ThinkingStore(known, "cpu")
    traces = ThinkingPanel(theme, thinking)
    qtbot.addWidget(traces)
    text, inference = clients
    thinking.command.connect(inference.send)
    thinking.text_command.connect(text.send)
    for client in clients:
        client.received.connect(thinking.apply)
    thinking.choose_model(folder)
    thinking.engine_ready()
    thinking._read_notes()
    qtbot.waitUntil(lambda: thinking.drawn is not None and thinking.can_think, timeout=PATIENCE_MS)
    thinking.set(question="3 + 4?", answer="7", max_tokens=6, attempts=3, drawn=False)
    thinking.try_many_times()
    qtbot.waitUntil(lambda: not thinking.busy and traces.is_idle(), timeout=PATIENCE_MS)
    first = thinking.attempts.list[0]
    assert all(one.done for one in thinking.attempts.list) and thinking.attempts.counted.done == 3
    assert first.tokens == len(thinking.trace.tokens), "the first attempt is the trace, drawn again"
    assert first.text == thinking.trace.text_with_specials
    assert thinking.trace_judged is not None and thinking.direct_judged is not None
