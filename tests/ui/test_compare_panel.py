import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from explorer.protocol import LoadModel, SetChat, SetPrompt
from explorer.ui.panels.compare import ComparePanel
from explorer.ui.stores.compare import CompareStore
from explorer.ui.widgets.export import save_text_and_tell
from tests.ui.talking_rig import SHIPPED, Rig, model_info
from tests.ui.toy_engine import run_info

DOCUMENT = " and then it goes on"
ANSWER = "I am <think> who? </think> a model.<|im_end|>"


def _answers(path: str, prompt: str, seed: int) -> str:
    return f"{DOCUMENT} {seed}" if "base" in path else ANSWER


def _rig(qtbot, theme, **options) -> Rig:
    rig = Rig(qtbot, options.pop("answers", _answers), **options)
    store = CompareStore(rig.known, "cpu", rig.clock)
    rig.wire(store)
    rig.add(store, ComparePanel(theme, store))
    store.engine_ready()
    rig.settle()
    return rig


@pytest.fixture
def rig(qtbot, theme) -> Rig:
    return _rig(qtbot, theme)


def _shown(rig: Rig) -> list[str]:
    return [column.text.toPlainText() for column in rig.panel._columns]


def test_the_base_goes_on_and_the_assistant_answers(rig):
    left, right = rig.panel._columns
    assert (
        left.weights.text()
        == "explorer-base · step 40 · weights 0123456789ab · 1.05M parameters · float32 · CPU"
    )
    rig.panel.prompt.setPlainText("Who are you?")
    rig.settle()  # the button may be pressed from the next frame on
    rig.qtbot.mouseClick(rig.panel.ask, Qt.MouseButton.LeftButton)
    rig.settle()
    assert _shown(rig) == ["Who are you? and then it goes on 1", "I am  who?  a model."]
    assert (left.badge.text(), right.badge.text()) == ("document: the text as it is", "chat: ChatML")
    kinds = [piece.kind for piece in right.text.pieces]
    assert kinds == ["answer", "thinking", "answer"]
    assert "6 tokens · 120 tokens/s · first after" in left.status.text()
    assert "ended by itself" in right.status.text()


def test_both_are_asked_with_the_same_seed_and_stream_side_by_side(rig):
    rig.store.set_prompt("hello")
    rig.store.set_seed(7)
    rig.store.ask()
    rig.until(lambda: all(len(column.answering.tokens) > 1 for column in rig.store.columns))
    assert all(column.answering.phase == "writing" for column in rig.store.columns)
    rig.settle()
    asked = [one for one in rig.engine.commands if isinstance(one, SetPrompt | SetChat)]
    assert {one.sampler.seed for one in asked} == {7} and len(asked) == 2


def test_another_seed_and_back_gives_the_same_text_again(rig):
    rig.store.set_prompt("hello")
    rig.store.ask()
    rig.settle()
    first = _shown(rig)
    rig.qtbot.mouseClick(rig.panel.other_seed, Qt.MouseButton.LeftButton)
    rig.settle()
    assert _shown(rig) != first and rig.panel.seed.value() == 2
    rig.qtbot.mouseClick(rig.panel.seed_back, Qt.MouseButton.LeftButton)
    rig.settle()
    assert _shown(rig) == first and not rig.panel.seed_back.isEnabled()


def test_escape_stops_and_keeps_what_is_written(rig):
    rig.store.set_prompt("hello")
    rig.store.ask()
    rig.until(lambda: len(rig.store.columns[0].answering.tokens) == 2)
    rig.qtbot.keyClick(rig.panel, Qt.Key.Key_Escape)
    rig.settle()
    assert rig.store.columns[0].answering.stop_reason == "stopped"
    assert _shown(rig)[0].startswith("hello and then")


def test_tokens_show_the_template_and_who_wrote_what(rig):
    rig.store.set_prompt("hello")
    rig.store.ask()
    rig.panel.raw.click()
    rig.settle()
    strip = rig.panel._columns[1].strip
    assert strip.isVisible() and strip.tokens[0].text == "<|im_start|>"
    assert strip.tokens[0].role == "template" and strip.tokens[-1].role == "assistant"
    first = next(i for i, token in enumerate(strip.tokens) if token.text == "<think>")
    assert [*strip._thinking] == [range(first, first + 4)], "tags and what is between them"
    assert not strip.grab().isNull()


def test_a_chat_model_may_be_given_the_prompt_as_a_document(rig):
    rig.store.set_prompt("hello")
    column = rig.panel._columns[1]
    column.mode.setCurrentIndex(1)
    column.mode.activated.emit(1)
    rig.store.ask()
    rig.settle()
    assert column.badge.text() == "document: the text as it is"


def test_a_model_without_a_chat_format_says_so_in_its_column_and_tries_again(rig):
    rig.store.set_prompt("hello")
    rig.store.set_mode(0, "chat")
    rig.store.ask()
    rig.settle()
    left, right = rig.panel._columns
    assert left.notice.text() == "base has no chat template." and right.notice.text() == ""
    rig.store.set_mode(0, "document")
    left.notice._action.click()
    rig.settle()
    assert left.notice.text() == "" and "goes on" in left.text.toPlainText()


def test_a_model_that_cannot_be_loaded_leaves_the_other_alone(rig):
    rig.panel._columns[0].picker.opened.emit("/elsewhere/broken")
    rig.settle()
    assert rig.panel._columns[0].notice.text() == "There is no model at /elsewhere/broken."
    assert rig.opened == ["/elsewhere/broken"]
    rig.store.set_prompt("hello")
    rig.store.ask()
    rig.settle()
    assert "I am" in _shown(rig)[1]
    rig.panel._columns[0].picker.chosen.emit("/models/explorer-base")
    rig.settle()
    assert rig.panel._columns[0].notice.text() == ""


def test_asked_while_it_loads_it_answers_when_it_is_there(rig):
    rig.store.set_prompt("hello")
    rig.store.choose(0, "/models/explorer-think")
    rig.store.ask()
    rig.settle()
    assert "I am" in _shown(rig)[0]


def test_when_the_engine_dies_the_text_stays_and_it_is_said(rig):
    rig.store.set_prompt("hello")
    rig.store.ask()
    rig.settle()
    before = _shown(rig)
    rig.store.engine_lost("out of memory")
    rig.settle()
    assert _shown(rig) == before
    assert all("engine that runs the model stopped" in one.notice.text() for one in rig.panel._columns)
    with rig.qtbot.waitSignal(rig.panel.restart_requested):
        rig.panel._columns[0].notice._action.click()
    rig.store.engine_ready()
    rig.settle()
    assert _shown(rig) == before and all(one.notice.text() == "" for one in rig.panel._columns)
    rig.store.ask()
    rig.settle()
    assert _shown(rig) == before


def test_columns_come_and_go(rig):
    for _ in range(4):
        rig.panel.add.click()
    rig.settle()
    assert len(rig.panel._columns) == 4 and not rig.panel.add.isEnabled()
    rig.panel._columns[1].remove.click()
    rig.settle()
    assert [column.path for column in rig.store.columns] == ["/models/explorer-base"] * 3
    for _ in range(3):
        rig.store.remove_column(0)
    assert len(rig.store.columns) == 1


def test_what_was_chosen_and_typed_outlives_a_restart(rig, qtbot, theme):
    rig.panel.prompt.setPlainText("an old prompt")
    rig.store.choose(1, "/models/explorer-think")
    rig.store.set_mode(0, "document")
    rig.store.set_temperature(0.0)
    qtbot.waitUntil(lambda: rig.work() or "explorer-think" in rig.draft)
    again = _rig(qtbot, theme, draft=rig.draft)
    assert again.panel.prompt.toPlainText() == "an old prompt"
    assert [one.path for one in again.store.columns] == ["/models/explorer-base", "/models/explorer-think"]
    assert again.store.columns[0].mode == "document" and again.panel.temperature.value() == 0.0


@pytest.mark.parametrize("draft", ["{", '{"columns": 3}', "null", '{"seed": -4, "max_tokens": -1}'])
def test_a_damaged_draft_counts_as_none(qtbot, theme, draft):
    rig = _rig(qtbot, theme, draft=draft)
    assert len(rig.store.columns) == 2 and rig.store.has_models and rig.store.max_tokens >= 1


def test_without_a_model_there_are_ways_to_one(qtbot, theme):
    rig = _rig(qtbot, theme, models=[model_info("gated", True, free=False)])
    assert rig.panel.no_model.train.isVisible() and not rig.panel.ask.isVisible()
    with qtbot.waitSignal(rig.panel.training_requested):
        rig.panel.no_model.train.click()
    rig.panel.no_model.opened.emit("/elsewhere/chat")
    rig.settle()
    assert rig.panel.ask.isVisible() and rig.store.columns[0].path == "/elsewhere/chat"


def test_every_kept_step_of_a_run_can_be_chosen(qtbot, theme):
    run = run_info("old")
    kept = [(20, "/runs/old/checkpoints/step-000020"), (40, run.checkpoint)]
    rig = _rig(qtbot, theme, models=(), runs=(type(run)(**{**_fields(run), "kept": kept}),))
    picker = rig.panel._columns[0].picker
    assert [picker.itemText(place) for place in range(2)] == ["Old · step 40", "Old · step 20"]
    picker.setCurrentIndex(1)
    picker.activated.emit(1)
    rig.settle()
    loaded = [one.path for one in rig.engine.commands if isinstance(one, LoadModel)]
    assert loaded[-1] == kept[0][1]


def _fields(run) -> dict:
    return {name: getattr(run, name) for name in run.__struct_fields__}


def test_one_model_alone_is_asked_in_two_ways(qtbot, theme):
    rig = _rig(qtbot, theme, models=SHIPPED[1:2])
    assert [one.mode for one in rig.store.columns] == ["document", "auto"]


def test_the_record_has_every_token(rig, tmp_path):
    rig.store.set_prompt("中文 😀")
    rig.store.ask()
    rig.settle()
    rig.panel._copy_everything()
    record = json.loads(QGuiApplication.clipboard().text())
    assert record["prompt"] == "中文 😀" and record["answers"][1]["format"] == "chat ChatML"
    assert record["answers"][0]["answer_tokens"][0]["text"] == " and"
    rig.panel._copy_rows("csv")
    assert "explorer-base" in QGuiApplication.clipboard().text()
    assert save_text_and_tell("{}", str(tmp_path / "a.json")).startswith("Saved")
    assert "could not be saved" in save_text_and_tell("{}", str(tmp_path / "no" / "a.json"))


def test_starters_set_it_up_in_one_click(rig):
    buttons = [one for one in rig.panel.findChildren(QPushButton) if one.property("kind") == "starter"]
    assert len(buttons) == 4
    buttons[2].click()
    rig.settle()
    assert rig.panel.prompt.toPlainText() == "Who are you?" and "I am" in _shown(rig)[1]
