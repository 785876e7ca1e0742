from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication

from explorer.protocol import (
    AttemptDone,
    AttemptPiece,
    AttemptsEnded,
    AttemptsGrew,
    Command,
    Event,
    Generate,
    SetChat,
    StopGenerating,
    TryManyTimes,
    WriteTokens,
)
from explorer.services.judging import Judge, checked_sums
from explorer.text.chatml import DIRECT_LINE, THINK_LINE
from explorer.ui.panels.thinking import ThinkingPanel
from explorer.ui.stores.thinking import ThinkingStore
from tests.ui.talking_rig import SHIPPED, Rig, model_info

TRACE = "<think> Oranges: 2 x 2 = 4. Left: 13 - 4 = 9. Each: 9 / 3 = 4. </think> The answer is 3<|im_end|>"
PROBLEM = "Emily buys 3 apples."


def _answers(path: str, prompt: str, seed: int) -> str:
    return TRACE if THINK_LINE in prompt else "It is 7.<|im_end|>"


def _attempts(command: Command) -> Iterator[Event]:
    """Every third is wrong, the last has no answer."""
    assert isinstance(command, TryManyTimes)
    judge, verdicts = Judge(command.problem), []
    for number in range(command.attempts):
        text = f"<think> 1 + 1 = 2. </think> {4 if number % 3 == 2 else 3}"
        text = "<think> hm" if number == command.attempts - 1 else text
        pieces = [AttemptPiece(attempt=number, tokens=4, text="<think>")]
        yield AttemptsGrew(job=command.job, pieces=pieces)
        verdicts.append(judge.verdict(text))
        yield AttemptDone(
            job=command.job, attempt=number, tokens=10 + number, text=text, ids=[1, 2], ended=True,
            judgement=judge.judgement(text), sums=checked_sums(text, complete=True),
        )  # fmt: skip
        yield judge.counted(command.job, verdicts)
    yield AttemptsEnded(job=command.job, stopped=False, elapsed_s=1.5, tokens=99)


def _rig(qtbot, theme, **options) -> Rig:
    rig = Rig(qtbot, options.pop("answers", _answers), **options)
    rig.engine.more = _attempts
    store = ThinkingStore(rig.known, "cpu", rig.clock)
    rig.wire(store)
    rig.add(store, ThinkingPanel(theme, store))
    store.engine_ready()
    rig.settle()
    return rig


@pytest.fixture
def rig(qtbot, theme) -> Rig:
    return _rig(qtbot, theme)


def _type(rig: Rig, answer: str = "3") -> None:
    rig.panel.problem.question.setPlainText(PROBLEM)
    rig.panel.problem.answer.setText(answer)
    rig.panel.problem.answer.textEdited.emit(answer)
    rig.settle()


def test_a_problem_is_there_at_once_and_the_next_one_is_another(rig):
    box = rig.panel.problem
    first = box.question.toPlainText()
    assert first and box.answer.text().isdigit() and not box.previous.isEnabled()
    rig.qtbot.mouseClick(box.next, Qt.MouseButton.LeftButton)
    rig.settle()
    assert box.question.toPlainText() != first and box.number.value() == 2
    rig.qtbot.keyClick(rig.panel, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    rig.settle()
    assert box.question.toPlainText() == first


def test_thinking_and_answer_are_told_apart_with_a_mark_behind_each_sum(rig):
    _type(rig)
    rig.panel.problem.think.click()
    rig.settle()
    trace = rig.panel.trace
    said = trace.text.toPlainText()
    assert "2 x 2 = 4 ✓" in said and "13 - 4 = 9 ✓" in said and "9 / 3 = 4 ✗" in said
    assert trace.parts.text().startswith("thinking: ") and "answer: " in trace.parts.text()
    assert trace.verdict.text() == "✓ right: 3"
    assert trace.direct.toPlainText() == "It is 7." and trace.direct_verdict.text() == "✗ wrong: 7"
    asked = [one.messages[0].content for one in rig.engine.commands if isinstance(one, SetChat)]
    assert asked == [THINK_LINE, DIRECT_LINE]


def test_the_parts_are_known_while_it_streams(rig):
    _type(rig)
    rig.store.think()
    rig.until(lambda: len(rig.store.trace.tokens) == 8)
    assert [part.kind for part in rig.store.trace.parts] == ["thinking"]
    rig.until(lambda: rig.store.sums)
    assert rig.store.trace.phase == "writing" and rig.store.trace_judged is None
    rig.settle()
    assert rig.store.trace.parts[0].seconds > rig.store.trace.parts[1].seconds > 0


def test_attempts_are_marked_and_the_majority_is_named(rig):
    _type(rig)
    rig.panel.problem.attempts.setValue(7)
    rig.panel.problem.many.click()
    rig.settle()
    view = rig.panel.attempts
    assert view.share.text() == "4 of 7 right (57 %) · 99 tokens in 1.5 s"
    assert view.vote.text() == "Majority vote: 3 ✓"
    assert "█ 4 × 3 ✓" in view.counts.text() and "1 × no answer" in view.counts.text()
    assert [card.right for card in view.grid.cards] == [True, True, False, True, True, False, False]
    assert view.grid.words_of(2) == "attempt 3, 12 tokens, answer 4, wrong"


def test_a_card_shows_its_trace_and_escape_goes_back(rig):
    _type(rig)
    rig.store.set(attempts=5)
    rig.store.try_many_times()
    rig.settle()
    grid, trace = rig.panel.attempts.grid, rig.panel.trace
    rig.qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.card_rect(2).center().toPoint())
    rig.settle()
    assert trace.title.text() == "Attempt 3 of 5" and "1 + 1 = 2 ✓" in trace.text.toPlainText()
    assert trace.verdict.text() == "✗ wrong: 4"
    rig.qtbot.keyClick(grid, Qt.Key.Key_Left)
    rig.qtbot.keyClick(grid, Qt.Key.Key_Return)
    rig.settle()
    assert trace.title.text() == "Attempt 2 of 5"
    rig.qtbot.keyClick(rig.panel, Qt.Key.Key_Escape)
    rig.settle()
    assert trace.title.text() == "The trace" and "Oranges" in trace.text.toPlainText()
    rig.qtbot.mouseMove(grid, QPoint(5, 5))


def test_more_attempts_at_the_same_problem_ask_for_no_new_trace(rig):
    _type(rig)
    rig.store.think()
    rig.settle()
    before = sum(isinstance(one, Generate) for one in rig.engine.commands)
    rig.store.try_many_times()
    rig.settle()
    assert sum(isinstance(one, Generate) for one in rig.engine.commands) == before
    assert len(rig.store.attempts.list) == 15


def test_without_a_right_answer_there_is_only_the_vote(rig):
    _type(rig, answer="")
    rig.store.try_many_times()
    rig.settle()
    assert rig.panel.trace.verdict.text() == "answer 3; nobody knows what is right"
    assert {card.right for card in rig.panel.attempts.grid.cards} == {None}
    assert "without a right answer there are no marks" in rig.panel.attempts.vote.text()
    assert rig.panel.attempts.share.text().startswith("15 of 15 attempts have ended")


def test_a_right_answer_that_is_no_number_is_said(rig):
    _type(rig, answer="three")
    rig.store.think()
    rig.settle()
    assert "must be a number, but three is none" in rig.panel._notice.text()


def test_escape_stops_and_keeps_what_is_written(rig):
    _type(rig)
    rig.store.try_many_times()
    rig.until(lambda: len(rig.store.trace.tokens) == 5)
    rig.qtbot.keyClick(rig.panel, Qt.Key.Key_Escape)
    rig.settle()
    assert rig.store.trace.stop_reason == "stopped" and not rig.store.busy
    assert not rig.store.attempts.list and "Oranges" in rig.panel.trace.text.toPlainText()
    rig.store.try_many_times()
    rig.until(lambda: rig.store.attempts.running)
    rig.qtbot.keyClick(rig.panel, Qt.Key.Key_Escape)
    assert any(isinstance(one, StopGenerating) for one in [*rig.pipe, *rig.engine.commands])
    rig.settle()


def test_when_the_engine_dies_what_was_written_stays(rig):
    _type(rig)
    rig.store.try_many_times()
    rig.until(lambda: rig.store.attempts.counted)
    rig.store.engine_lost("killed")
    rig.engine._jobs.clear()
    rig.settle()
    assert "engine that runs the model stopped" in rig.panel._notice.text()
    assert "Oranges" in rig.panel.trace.text.toPlainText() and rig.store.attempts.list[0].done
    with rig.qtbot.waitSignal(rig.panel.restart_requested):
        rig.panel._notice._action.click()
    rig.store.engine_ready()
    rig.settle()
    assert rig.panel.problem.think.isEnabled()


def test_a_model_without_a_chat_format_cannot_think(rig):
    rig.panel.picker.chosen.emit("/models/explorer-base")
    rig.settle()
    assert "no chat format" in rig.panel.problem.note.text() and not rig.panel.problem.think.isEnabled()


def test_thinking_is_cut_short_by_an_empty_block_where_the_model_has_no_line_for_it(rig, monkeypatch):
    monkeypatch.setattr(
        "tests.ui.talking_engine.SPECIAL_TOKENS", ("<|im_start|>", "<|im_end|>", "<think>", "</think>")
    )
    rig.panel.picker.chosen.emit("/models/someone")
    rig.settle()
    _type(rig)
    rig.store.think()
    rig.settle()
    (written,) = [one for one in rig.engine.commands if isinstance(one, WriteTokens)]
    assert [part.text for part in written.parts if part.special] == ["<think>", "</think>"]
    options = [one.options for one in rig.engine.commands if isinstance(one, SetChat)]
    assert options == [{"enable_thinking": True}, {"enable_thinking": False}]
    assert "It is 7." in rig.panel.trace.direct.toPlainText()


def test_what_was_typed_outlives_a_restart(rig, qtbot, theme):
    _type(rig)
    rig.store.set(seed=9, attempts=20)
    qtbot.waitUntil(lambda: rig.work() or '"attempts":20' in rig.draft)
    again = _rig(qtbot, theme, draft=rig.draft)
    box = again.panel.problem
    assert (box.question.toPlainText(), box.answer.text()) == (PROBLEM, "3")
    assert (box.seed.value(), box.attempts.value()) == (9, 20)


@pytest.mark.parametrize("draft", ["[", '{"kind": "poem"}', '{"attempts": 9999, "steps": -3, "seed": -1}'])
def test_a_damaged_draft_does_no_harm(qtbot, theme, draft):
    rig = _rig(qtbot, theme, draft=draft)
    assert rig.panel.problem.question.toPlainText() and 1 <= rig.store.kept.attempts <= 64


def test_without_a_model_there_are_ways_to_one(qtbot, theme):
    rig = _rig(qtbot, theme, models=())
    assert rig.panel.no_model.train.isVisible() and not rig.panel.problem.isVisible()
    rig.panel.no_model.opened.emit("/elsewhere/chat")
    rig.settle()
    assert rig.panel.problem.isVisible() and rig.store.trace.path == "/elsewhere/chat"


def test_the_thinking_model_is_chosen_before_others(qtbot, theme):
    rig = _rig(qtbot, theme, models=(model_info("other", True, "package"), *SHIPPED))
    assert rig.store.trace.path == "/models/explorer-think"


def test_the_attempts_can_be_copied(rig):
    _type(rig)
    rig.store.set(attempts=3)
    rig.store.try_many_times()
    rig.settle()
    rig.panel._copy_rows("csv")
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].startswith("attempt,seed,tokens,answer,right") and len(lines) == 4
    rig.panel._copy_trace()
    assert "<think>" in QGuiApplication.clipboard().text()
