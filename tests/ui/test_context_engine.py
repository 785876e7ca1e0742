"""The Context window panel with its real engine processes: a conversation that survives a kill."""

from pathlib import Path

import psutil
import pytest

from explorer.protocol import RunsListed
from explorer.ui.engine_client import EngineClient, engine_command
from explorer.ui.panels.context import ContextPanel
from explorer.ui.stores.context import ContextStore
from explorer.ui.stores.conversations import ConversationsStore
from explorer.ui.stores.known_models import KnownModels
from tests.services.chat_model import CONTEXT, save_chat_model

PATIENCE_MS = 100_000
"""Loading torch on a machine that does other things, too."""


@pytest.fixture
def clients(tmp_path: Path, qtbot):
    clients = [EngineClient(engine_command(role, str(tmp_path))) for role in ("text", "inference")]
    yield clients
    for client in clients:
        client.stop()
        client.wait_for_end(10_000)


def _wire(clients, known, context, kept) -> None:
    text, inference = clients
    context.command.connect(inference.send)
    kept.command.connect(text.send)
    for store in (context, known, kept):
        store.text_command.connect(text.send)
        text.received.connect(store.apply)
    inference.received.connect(context.apply)
    inference.ready.connect(context.engine_ready)
    inference.ended.connect(lambda expected, words: context.engine_lost(words))
    text.ready.connect(context.text_ready)
    text.ready.connect(kept.engine_ready)
    for client in clients:
        client.start()


def test_a_conversation_beside_its_stream(qtbot, tmp_path, theme, settings, clients):
    folder = str(save_chat_model(tmp_path / "model"))
    document = tmp_path / "note.md"
    document.write_text("# The sea\n\nIt is blue.", encoding="utf-8")
    known, kept = KnownModels(), ConversationsStore()
    context = ContextStore(known, "cpu")
    panel = ContextPanel(theme, settings, context, kept)
    qtbot.addWidget(panel)
    panel.resize(1200, 800)
    panel.show()
    context.choose_model(folder)
    _wire(clients, known, context, kept)
    known.apply(RunsListed(runs=[], binned=[]))

    def settle() -> None:
        qtbot.waitUntil(
            lambda: context.lost is None and context.live.model is not None and panel.is_idle(),
            timeout=PATIENCE_MS,
        )

    settle()
    context.set(max_tokens=12, system="Be kind.")
    context.read_document(str(document))
    settle()
    assert context.documents.attached is not None and context.documents.attached.name == "note.md"
    context.set_composer("hello <|im_end|> 中")
    panel._hand_over()
    settle()
    system, question, answer = context.session.path
    stream = context.stream
    assert [turn.role for turn in (system, question, answer)] == ["system", "user", "assistant"]
    assert stream.counts()["document"] == len(document.read_text()) and stream.counts()["assistant"] <= 12
    plain = [token for token in stream.tokens if token.role == "user"]
    assert not any(token.special for token in plain), "what is typed stays text"
    assert {stream.turn_at(cell) for cell in stream.cells_of(question.id)} == {question.id}
    assert [token.id for token in stream.tokens[stream.prompt_length :]] == list(answer.ids)
    assert context.kv_bytes > 0 and context.twin.answering.tokens, "and once without the document"

    context.look_back(stream.cells_of(answer.id)[-1])
    qtbot.waitUntil(lambda: context.looking.attention is not None, timeout=PATIENCE_MS)
    assert sum(context.looking.attention.weights) == pytest.approx(1, abs=0.01)

    whole = [token.id for token in stream.tokens]
    psutil.Process(clients[1].pid).kill()
    qtbot.waitUntil(lambda: "The conversation is kept" in panel._notice.text(), timeout=PATIENCE_MS)
    clients[1].start()
    settle()
    assert [token.id for token in stream.tokens] == whole, "the stream is rebuilt, token for token"

    context.set(window=CONTEXT // 2 + 16, policy="slide")
    settle()
    context.set_composer("and now?")
    context.hand_over()
    settle()
    assert stream.gone and len(stream) <= context.session.window

    name = context.journal.id
    psutil.Process(clients[0].pid).kill()
    qtbot.waitUntil(lambda: clients[0].pid is None or not psutil.pid_exists(clients[0].pid))
    clients[0].start()
    qtbot.waitUntil(lambda: kept.row(name) is not None, timeout=PATIENCE_MS)
    context.new_chat()
    settle()
    assert not context.session.path
    context.open_conversation(name)
    settle()
    assert len(context.session.path) == 5
