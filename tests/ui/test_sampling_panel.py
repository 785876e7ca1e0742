import json
from collections import deque

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from explorer.protocol import DraftLoaded, LoadDraft, ModelInfo, ModelsListed, RunsListed, SaveDraft, Sentence
from explorer.ui.panels.sampling import SamplingPanel
from explorer.ui.stores.models import ModelsStore
from explorer.ui.stores.sampling import DRAFT, SamplingStore
from explorer.ui.style_sheet import style_sheet
from tests.ui.toy_engine import ToyEngine, run_info


class Rig:
    """The panel with its real store, a toy engine, and drafts kept in memory."""

    def __init__(self, qtbot, theme, settings, runs=("new", "old"), draft="abc") -> None:
        self.qtbot, self.theme, self.settings = qtbot, theme, settings
        self.runs, self.draft = [run_info(name) for name in runs], draft
        self.engine = ToyEngine()
        self.pipe: deque = deque()
        self.texts: deque = deque()
        self.store = SamplingStore()
        self.store.command.connect(self.pipe.append)
        self.store.text_command.connect(self.texts.append)
        self.store.engine_ready()
        self.panel = self.make_panel()

    def make_panel(self) -> SamplingPanel:
        panel = SamplingPanel(self.theme, self.settings, self.store)
        self.qtbot.addWidget(panel)
        panel.resize(1300, 820)
        panel.show()
        panel.setFocus()
        return panel

    def work(self, times: int = 1) -> None:
        """Let the two engines answer a little."""
        for _ in range(times):
            if self.texts:
                self._answer_text(self.texts.popleft())
            if self.pipe:
                self.engine.take(self.pipe.popleft())
            self.engine.advance()
            if self.engine.events:
                self.store.apply(self.engine.events.popleft())

    def _answer_text(self, command) -> None:
        if isinstance(command, SaveDraft):
            self.draft = command.text
        elif isinstance(command, LoadDraft):
            self.store.apply(DraftLoaded(job=command.job, name=DRAFT, text=self.draft))
        else:
            self.store.apply(RunsListed(job=command.job, runs=self.runs, binned=[]))

    def settle(self) -> None:
        def still() -> bool:
            self.work(20)
            nothing_left = not (self.pipe or self.texts or self.engine.busy or self.engine.events)
            return nothing_left and self.panel.is_idle()

        self.qtbot.waitUntil(still, timeout=5000)

    def key(self, key, modifier=Qt.KeyboardModifier.NoModifier, at=None) -> None:
        self.qtbot.keyClick(at or self.panel.writing.strip, key, modifier)
        self.settle()

    @property
    def written(self) -> int:
        return len(self.store.stream.drawn)

    def button(self, text: str) -> QPushButton:
        return next(button for button in self.panel.findChildren(QPushButton) if button.text() == text)

    def click(self, text: str) -> None:
        self.qtbot.mouseClick(self.button(text), Qt.MouseButton.LeftButton)


@pytest.fixture
def rig(qtbot, theme, settings):
    rig = Rig(qtbot, theme, settings)
    rig.settle()
    return rig


# ---------------------------------------------------------------- models


def test_no_model_offers_to_train_one(qtbot, theme, settings):
    rig = Rig(qtbot, theme, settings, runs=())
    assert not rig.button("Train one in 60 seconds").isVisible(), "the disk has not answered yet"
    rig.settle()
    with qtbot.waitSignal(rig.panel.training_requested):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert not rig.button("Cold: T = 0").isVisible()
    rig.runs = [run_info("first")]
    rig.store.refresh_runs()
    rig.settle()
    assert rig.button("Cold: T = 0").isVisible() and not rig.button("Train one in 60 seconds").isVisible()
    assert rig.panel.writing.strip.hasFocus()


def test_without_a_run_a_model_that_was_found_may_answer(qtbot, theme, settings):
    rig = Rig(qtbot, theme, settings, runs=())
    models = ModelsStore()
    rig.panel = SamplingPanel(theme, settings, rig.store, models)
    qtbot.addWidget(rig.panel)
    rig.panel.show()
    rig.settle()
    assert "There is no model yet" in " ".join(label.text() for label in rig.panel.findChildren(QLabel))
    bound = ModelInfo(key="b", path="b", origin="package", name="Bound", place="/b", free=False)
    mine = ModelInfo(key="m", path="mine", origin="package", name="Mine", place="/m")
    models.apply(
        ModelsListed(
            job="",
            models=[bound, mine],
            copies=[],
            copies_limit_bytes=0,
            unfinished=[],
            servers=[],
            done=2,
            total=2,
        )
    )
    qtbot.waitUntil(rig.panel.is_idle)
    assert "There is no model yet" not in " ".join(label.text() for label in rig.panel.findChildren(QLabel))
    rig.click("Let Mine answer")
    assert rig.store.path == "mine"


def test_the_keys_belong_to_the_text_as_soon_as_there_is_a_model(rig):
    assert rig.panel.writing.strip.hasFocus()


def test_says_which_weights_answer_and_remembers_the_choice(rig, settings):
    assert rig.panel.model.weights.text() == "New · step 40 · 1.05M parameters · weights 0123456789ab · CPU"
    selector = rig.panel.model.selector
    assert [selector.itemText(i) for i in range(selector.count())] == ["New · step 40", "Old · step 40"]
    selector.setCurrentIndex(1)
    selector.activated.emit(1)
    rig.qtbot.waitUntil(lambda: rig.panel.model.weights.text() == "Loading the model …")
    rig.settle()
    assert rig.panel.model.weights.text().startswith("Old")
    assert settings.text("sampling/model") == run_info("old").checkpoint


def test_the_remembered_model_comes_back(qtbot, theme, settings):
    settings.set("sampling/model", run_info("old").checkpoint)
    settings.set("sampling/temperature", 0.5)
    settings.set("sampling/top_k", 3)
    rig = Rig(qtbot, theme, settings)
    rig.settle()
    assert rig.store.path == run_info("old").checkpoint
    assert rig.panel.controls.temperature.value() == 10 and rig.panel.controls.top_k.value() == 3


def test_show_checkpoint_of_an_earlier_step(rig):
    path = "/runs/old/checkpoints/step-000010"
    rig.panel.show_checkpoint(path)
    rig.settle()
    assert rig.store.model.path == path
    assert rig.panel.model.selector.currentText() == "Old · step-000010"
    rig.qtbot.mouseClick(rig.panel.model.newer, Qt.MouseButton.LeftButton)
    rig.settle()
    assert rig.store.path == run_info("old").checkpoint and not rig.panel.model.newer.isVisible()


# ---------------------------------------------------------------- the prompt


def test_the_kept_prompt_is_there_and_typing_reshapes_the_bars(rig):
    assert rig.panel.writing.prompt.toPlainText() == "abc"
    before = [bar.probability for bar in rig.panel.next.bars.bars]
    rig.panel.writing.prompt.setFocus()
    rig.panel.writing.prompt.selectAll()
    rig.qtbot.keyClicks(rig.panel.writing.prompt, "bad")
    rig.settle()
    assert [bar.probability for bar in rig.panel.next.bars.bars] != before
    assert [token.text for token in rig.panel.writing.strip.tokens] == list("bad")
    assert rig.draft == "bad"


def test_an_empty_draft_gives_the_first_prompt(qtbot, theme, settings):
    rig = Rig(qtbot, theme, settings, draft="")
    rig.settle()
    assert rig.panel.writing.prompt.toPlainText() == "The"


def test_keys_of_the_prompt_are_the_prompts(rig):
    prompt = rig.panel.writing.prompt
    prompt.setFocus()
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_End):
        rig.qtbot.keyClick(prompt, key)
    rig.qtbot.keyClick(prompt, Qt.Key.Key_Right)  # at the end, where the editor has no use for it
    rig.settle()
    assert rig.written == 0
    rig.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier, prompt)
    assert rig.written == CONTEXT_LEFT - 1 and "\n" not in rig.store.prompt
    rig.qtbot.keyClick(prompt, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    rig.settle()
    assert rig.store.prompt == "abc", "undo is the editor's, not a token taken back"


CONTEXT_LEFT = 24 - 3


def test_escape_leaves_the_prompt_and_tab_walks_on(rig):
    prompt = rig.panel.writing.prompt
    prompt.setFocus()
    rig.qtbot.keyClick(prompt, Qt.Key.Key_Escape)
    assert rig.panel.writing.strip.hasFocus()
    prompt.setFocus()
    rig.qtbot.keyClick(prompt, Qt.Key.Key_Tab)
    assert not prompt.hasFocus() and prompt.toPlainText() == "abc"


def test_everything_is_reached_by_tab(rig):
    reached = set()
    rig.panel.writing.prompt.setFocus()
    for _ in range(60):
        widget = QApplication.focusWidget()
        reached.add(widget)
        QApplication.sendEvent(
            widget, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Tab, Qt.KeyboardModifier.NoModifier)
        )
    writing, controls = rig.panel.writing, rig.panel.controls
    wanted = {writing.prompt, writing.strip, writing.step, writing.run, rig.panel.next.bars}
    wanted |= {controls.temperature, controls.top_k, controls.top_p, controls.min_p, controls.seed}
    wanted |= {controls.max_tokens, controls.other_seed, rig.panel.model.selector, rig.button("Hot: T = 1.8")}
    assert wanted <= reached


def test_a_prompt_that_is_cut_is_said(rig):
    rig.panel.writing.prompt.setPlainText("abc " * 20)
    rig.settle()
    assert "first 56 tokens are cut off" in rig.panel.writing.cut_note


def test_nonsense_from_the_clipboard(rig):
    QGuiApplication.clipboard().setText("a\x00b" + "c" * 300_000)
    rig.panel.writing.prompt.selectAll()
    rig.panel.writing.prompt.paste()
    rig.settle()
    assert len(rig.store.prompt) == 100_000


# ---------------------------------------------------------------- drawing


def test_step_and_take_back_by_key_show_where_the_number_fell(rig):
    rig.key(Qt.Key.Key_Space)
    assert rig.written == 1
    draw = rig.store.stream.drawn[0]
    assert rig.panel.next.draw_title == "The last draw"
    assert f"{draw.uniform:.4f}" in rig.panel.next.draw_sentence
    assert rig.panel.next.line.fallen.before <= draw.uniform
    assert rig.panel.next.bars.marked == -1
    rig.key(Qt.Key.Key_Backspace)
    assert rig.written == 0
    marked = rig.panel.next.bars.marked
    ids = [candidate.id for candidate in rig.store.distribution.candidates]
    assert (ids[marked] if marked < len(ids) else None) in (draw.token.id, None)
    rig.key(Qt.Key.Key_Right)
    assert rig.store.stream.generated_ids == (draw.token.id,)
    rig.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert rig.written == 0
    rig.key(Qt.Key.Key_Right)
    rig.key(Qt.Key.Key_Left)
    assert rig.written == 0


def test_the_same_number_falls_elsewhere_when_it_gets_cold(rig):
    rig.key(Qt.Key.Key_Space)
    rig.key(Qt.Key.Key_Backspace)
    rig.panel.controls.temperature.setValue(1)  # T = 0.05: nearly everything is the first token's
    rig.settle()
    assert rig.panel.next.bars.marked == 0
    rig.panel.controls.seed.setValue(99)
    rig.settle()
    assert rig.panel.next.bars.marked == -1, "another seed: its number is not known before the draw"


def test_space_steps_from_the_slider_and_arrows_move_it(rig):
    slider = rig.panel.controls.temperature
    slider.setFocus()
    before = slider.value()
    rig.key(Qt.Key.Key_Right, at=slider)
    assert slider.value() == before + 1 and rig.written == 0
    rig.key(Qt.Key.Key_Space, at=slider)
    assert rig.written == 1


def test_digits_and_arrows_in_a_box_are_the_boxs(rig):
    box = rig.panel.controls.seed
    box.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Space, Qt.Key.Key_Left, Qt.Key.Key_Backspace):
        rig.key(key, at=box)
    assert rig.written == 0


def test_run_stop_and_what_is_said(rig):
    rig.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert "context window of 24 tokens is full" in rig.panel.writing.status
    rig.click("Start again")
    rig.work(3)
    rig.qtbot.waitUntil(lambda: "Writing: 120 tokens/s" in rig.panel.writing.status)
    assert not rig.panel.writing.step.isEnabled() and rig.panel.writing.stop.isEnabled()
    rig.key(Qt.Key.Key_Escape)
    assert 0 < rig.written < CONTEXT_LEFT
    assert "Stopped." in rig.panel.writing.status
    assert rig.panel.writing.step.isEnabled()


def test_escape_stops_before_a_shortcut_of_the_window(rig):
    override = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    override.ignore()
    QApplication.sendEvent(rig.panel, override)
    assert not override.isAccepted()
    rig.store.run()
    QApplication.sendEvent(rig.panel, override)
    assert override.isAccepted()


def test_start_again_says_that_it_is_the_same(rig):
    rig.panel.controls.max_tokens.setValue(9)
    rig.click("Run")
    rig.settle()
    rig.key(Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert "✓ The same 9 tokens as before." in rig.panel.writing.status
    rig.panel.controls.temperature.setValue(40)
    rig.panel.controls.seed.setValue(5)
    rig.click("Start again")
    rig.settle()
    assert "✗ Other than before from token" in rig.panel.writing.status


def test_clicking_a_chip_goes_back_to_it(rig):
    rig.click("Run")
    rig.settle()
    strip = rig.panel.writing.strip
    place = strip.chip_rect(6).center().toPoint()
    rig.qtbot.mouseMove(strip.viewport(), place)
    rig.settle()
    assert "click: back to before this token" in rig.panel.writing.note
    assert rig.panel.next.draw_title == "How this token was drawn"
    rig.qtbot.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=place)
    rig.settle()
    assert len(rig.store.stream) == 6


def test_a_click_on_step_leaves_the_keys_with_the_text(rig):
    rig.panel.writing.strip.setFocus()
    rig.click("Step")
    rig.settle()
    assert rig.panel.writing.strip.hasFocus()


# ---------------------------------------------------------------- knobs and starters


def test_the_temperature_reshapes_and_tells_in_words(rig):
    rig.panel.controls.temperature.setValue(0)
    rig.settle()
    bars = rig.panel.next.bars.bars
    assert bars[0].probability == pytest.approx(1) and bars[0].model_probability < 1
    assert rig.store.sampler.temperature == 0
    assert "→ 0.00 bits" in rig.panel.next.entropy
    assert "most likely" in rig.panel.controls.temperature.accessibleDescription()


def test_all_bars_together_are_everything(rig):
    bars = rig.panel.next.bars.bars
    assert bars[-1].text == "the other 5"
    assert sum(bar.probability for bar in bars) == pytest.approx(1)
    assert sum(bar.model_probability for bar in bars) == pytest.approx(1)


def test_knobs_are_remembered(rig, settings):
    rig.panel.controls.top_p.setValue(0.9)
    rig.panel.controls.min_p.setValue(0.05)
    rig.panel.controls.other_seed.click()
    rig.settle()
    rig.qtbot.waitUntil(lambda: settings.number("sampling/top_p", 0) == 0.9)
    assert settings.number("sampling/min_p", 0) == 0.05
    assert settings.number("sampling/seed", 0) == rig.store.sampler.seed == 2


def test_starters(rig):
    rig.panel.controls.top_k.setValue(2)
    rig.click("Cold: T = 0")
    rig.settle()
    assert rig.store.sampler.temperature == 0 and rig.store.sampler.top_k == 0
    cold = rig.store.stream.generated_ids
    assert len(cold) == CONTEXT_LEFT
    rig.click("Hot: T = 1.8")
    rig.settle()
    assert rig.store.sampler.temperature == 1.8 and rig.store.stream.generated_ids != cold
    rig.click("What comes next?")
    rig.settle()
    assert rig.store.sampler.temperature == 1 and rig.written == 0
    rig.click("Same seed, same text")
    rig.settle()
    assert f"✓ The same {CONTEXT_LEFT} tokens as before." in rig.panel.writing.status
    assert rig.panel.writing.strip.hasFocus()


def test_a_starter_gives_an_empty_prompt_a_beginning(rig):
    rig.panel.writing.prompt.setPlainText(" ")
    rig.click("What comes next?")
    rig.settle()
    assert rig.panel.writing.prompt.toPlainText() == "The"


def test_copies(rig):
    rig.key(Qt.Key.Key_Space)
    clipboard = QGuiApplication.clipboard()
    rig.panel._copy_text()
    assert clipboard.text() == "abc" + rig.store.stream.drawn[0].token.text
    rig.panel._copy_table("json")
    rows = json.loads(clipboard.text())
    assert len(rows) == 5 and rows[0]["rank"] == 1
    assert sum(row["probability"] for row in rows) == pytest.approx(1)
    rig.panel._copy_table("csv")
    assert clipboard.text().startswith("rank,id,token,probability,model_probability\n1,")


# ---------------------------------------------------------------- when it goes wrong


def test_a_dead_engine_is_said_and_everything_stays(rig):
    rig.click("Run")
    rig.settle()
    chips = list(rig.panel.writing.strip.tokens)
    rig.store.engine_lost("Killed")
    rig.qtbot.waitUntil(lambda: "engine that runs the model stopped" in rig.panel._notice.text())
    assert rig.panel.writing.strip.tokens == chips and rig.panel.writing.strip.faded
    assert rig.panel.next.bars.bars and rig.panel.next.bars.faded
    assert not rig.panel.writing.step.isEnabled()
    assert rig.panel.is_idle()
    with rig.qtbot.waitSignal(rig.panel.restart_requested):
        rig.click("Start it again")
    rig.engine, rig.pipe = ToyEngine(), deque()
    rig.store.command.disconnect()
    rig.store.command.connect(rig.pipe.append)
    rig.store.engine_ready()
    rig.settle()
    assert rig.panel._notice.text() == ""
    assert [token.id for token in rig.panel.writing.strip.tokens] == [token.id for token in chips]
    assert not rig.panel.writing.strip.faded and not rig.panel.next.bars.faded


def test_a_damaged_model_is_said_with_a_way_out(rig):
    rig.engine._failing = frozenset({run_info("old").checkpoint})
    rig.store.choose_model(run_info("old").checkpoint)
    rig.settle()
    assert rig.panel._notice.text() == "It broke at toy."
    assert not rig.panel.writing.run.isEnabled()
    rig.engine._failing = frozenset()
    rig.click("Try again")
    rig.settle()
    assert rig.panel._notice.text() == "" and rig.panel.writing.run.isEnabled()


def test_a_closed_notice_stays_closed(rig):
    rig.engine._failing = frozenset({"StepToken"})
    rig.key(Qt.Key.Key_Space)
    assert rig.panel._notice.text()
    rig.panel._notice.hide()
    rig.panel.controls.temperature.setValue(7)
    rig.settle()
    assert rig.panel._notice.text() == ""


# ---------------------------------------------------------------- the look


def test_a_panel_built_anew_shows_the_same(rig):
    rig.key(Qt.Key.Key_Space)
    rig.panel.hide()
    old, rig.panel = rig.panel, rig.make_panel()
    rig.settle()
    assert rig.panel.writing.prompt.toPlainText() == "abc"
    assert rig.panel.writing.strip.tokens == old.writing.strip.tokens
    assert rig.panel.next.bars.bars == old.next.bars.bars
    old.deleteLater()


def test_numbers_that_come_soon_do_not_fade(rig):
    rig.panel.controls.temperature.setValue(3)
    assert not rig.panel.next.bars.faded
    rig.settle()
    rig.panel.controls.temperature.setValue(4)  # nobody answers
    rig.qtbot.waitUntil(lambda: rig.panel.next.bars.faded, timeout=3000)
    rig.settle()
    assert not rig.panel.next.bars.faded


@pytest.mark.parametrize(("mode", "scale"), [("light", 1.0), ("dark", 1.5), ("light", 2.5)])
@pytest.mark.parametrize("size", [(950, 600), (1368, 820)])
def test_nothing_overlaps_at_any_size(rig, theme, qapp, mode, scale, size):
    theme.set_mode(mode)
    theme.set_scale(scale)
    qapp.setStyleSheet(style_sheet(theme))
    try:
        rig.panel.resize(*size)
        rig.key(Qt.Key.Key_Space)
        content = rig.panel.picture_widget()
        writing, panel = rig.panel.writing, rig.panel
        shown = [writing.prompt, writing.strip, writing.step, writing.run, panel.controls.temperature]
        shown += [panel.controls.top_k, panel.controls.seed, panel.next.bars, panel.next.line]
        rects = [widget.rect().translated(widget.mapTo(content, widget.rect().topLeft())) for widget in shown]
        for place, rect in enumerate(rects):
            assert content.rect().contains(rect), shown[place]
            assert not any(rect.intersects(other) for other in rects[:place])
        bars = panel.next.bars
        assert bars.row_rect(len(bars.bars) - 1).bottom() < bars.height()
    finally:
        qapp.setStyleSheet("")


def test_everything_fits_without_scrolling_in_a_small_window(rig, theme, qapp):
    qapp.setStyleSheet(style_sheet(theme))
    try:
        rig.panel.resize(950, 640)
        rig.settle()
        assert rig.panel._columns.side_by_side
        assert rig.panel._columns.verticalScrollBar().maximum() == 0
    finally:
        qapp.setStyleSheet("")


# ---------------------------------------------------------------- other people's models


def test_other_models_stand_under_the_runs_in_groups(rig, settings):
    def model(path, origin, **more):
        return ModelInfo(key=path, path=path, origin=origin, name=path.upper(), place="/p", **more)

    models = [
        model("smollm2", "package"),
        model("/m/bad", "opened", problem=Sentence(template="No.")),
        model("server:box#m", "server"),
    ]
    rig.panel._models.models = models
    rig.panel._models.changed.emit()
    selector = rig.panel.model.selector
    rig.qtbot.waitUntil(lambda: selector.count() == 4)
    shown = [selector.itemText(place) for place in range(4)]
    assert shown == ["New · step 40", "Old · step 40", "Found on this computer", "SMOLLM2"]
    assert not selector.model().item(2).isEnabled()
    selector.setCurrentIndex(3)
    selector.activated.emit(3)
    rig.settle()
    assert rig.store.path == "smollm2" and settings.flag("sampling/foreign", False)
    assert rig.panel.model_name() == rig.store.model.name


def test_a_foreign_model_comes_back_without_a_run(qtbot, theme, settings):
    settings.set("sampling/model", "smollm2")
    settings.set("sampling/foreign", True)
    rig = Rig(qtbot, theme, settings)
    rig.settle()
    assert rig.store.path == "smollm2" and rig.store.model.path == "smollm2"
