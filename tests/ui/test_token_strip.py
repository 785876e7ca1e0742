from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from explorer.protocol import StreamToken
from explorer.ui.widgets.token_strip import TokenStrip

PROMPT = [StreamToken(id=i, text=text) for i, text in enumerate(["The", " for", " statement", "\n"])]
WRITTEN = [StreamToken(id=i, text=text) for i, text in enumerate([" is", " used", "<end>"], 10)]


@pytest.fixture
def strip(qtbot, theme):
    widget = TokenStrip(theme)
    qtbot.addWidget(widget)
    widget.resize(400, 200)
    widget.show()
    widget.show_tokens(PROMPT, WRITTEN, faded=False)
    return widget


def centre(strip, index) -> QPoint:
    return strip.chip_rect(index).center().toPoint()


def test_chips_stand_in_order_without_overlap_and_break_after_a_newline(strip):
    rects = [strip.chip_rect(index) for index in range(7)]
    assert len({rect.top() for rect in rects[:4]}) == 1
    assert rects[4].top() > rects[3].top() and rects[4].left() == rects[0].left()
    for before, after in pairwise(rects):
        assert not before.intersects(after)


def test_narrow_and_wide(strip):
    strip.resize(90, 200)
    assert all(strip.chip_rect(index).right() <= strip.viewport().width() for index in range(7))
    assert len({strip.chip_rect(index).top() for index in range(3)}) > 1


def test_growing_lays_out_like_starting_anew(strip, theme, qtbot):
    tokens = list(WRITTEN)
    for number in range(60):
        tokens = [*tokens, StreamToken(id=number, text=f" w{number % 7}" if number % 9 else "\n")]
        strip.show_tokens(PROMPT, tokens, faded=False)
    other = TokenStrip(theme)
    qtbot.addWidget(other)
    other.resize(strip.size())
    other.show()
    other.show_tokens(PROMPT, tokens, faded=False)
    assert [strip.chip_rect(i) for i in range(67)] == [other.chip_rect(i) for i in range(67)]
    strip.show_tokens(PROMPT, tokens[:20], faded=False)
    other.show_tokens(PROMPT[:1], [], faded=False)
    other.show_tokens(PROMPT, tokens[:20], faded=False)
    assert [strip.chip_rect(i) for i in range(24)] == [other.chip_rect(i) for i in range(24)]


def test_the_end_stays_in_sight_unless_one_scrolled_away(strip):
    many = [StreamToken(id=1, text=" word") for _ in range(300)]
    strip.show_tokens(PROMPT, many, faded=False)
    bar = strip.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    bar.setValue(0)
    strip.show_tokens(PROMPT, [*many, *many], faded=False)
    assert bar.value() == 0


def test_clicking_a_written_chip_chooses_it(strip, qtbot):
    with qtbot.waitSignal(strip.chosen) as chosen:
        qtbot.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=centre(strip, 5))
    assert chosen.args == [5]


def test_clicking_the_prompt_chooses_nothing(strip, qtbot):
    with qtbot.assertNotEmitted(strip.chosen):
        qtbot.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=centre(strip, 1))
        qtbot.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(390, 190))


def test_pointing_with_mouse_and_keys(strip, qtbot):
    qtbot.mouseMove(strip.viewport(), centre(strip, 2))
    assert strip.pointed_chip == 2
    qtbot.keyClick(strip, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(strip, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert strip.pointed_chip == 4
    with qtbot.waitSignal(strip.chosen) as chosen:
        qtbot.keyClick(strip, Qt.Key.Key_Return)
    assert chosen.args == [4]


def test_other_keys_are_left_to_the_panel(theme, qtbot):
    class Panel(QWidget):
        def __init__(self) -> None:
            super().__init__()
            self.keys = []

        def keyPressEvent(self, event) -> None:
            self.keys.append(Qt.Key(event.key()))

    panel = Panel()
    qtbot.addWidget(panel)
    strip = TokenStrip(theme)
    strip.setParent(panel)
    strip.show_tokens(PROMPT, WRITTEN, faded=False)
    keys = [Qt.Key.Key_Space, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Backspace, Qt.Key.Key_Escape]
    for key in [*keys, Qt.Key.Key_Up]:
        qtbot.keyClick(strip, key)
    assert panel.keys == keys


def test_two_thousand_chips_and_every_kind_are_painted(strip, theme):
    odd = ["", "\n\n", "�", "中", "👨‍👩‍👧", "x" * 300, "\t", "<|end|>"]
    tokens = [StreamToken(id=i, text=odd[i % 8], special=i % 8 == 7) for i in range(2000)]
    for mode, scale in (("light", 1.0), ("dark", 2.5)):
        theme.set_mode(mode)
        theme.set_scale(scale)
        strip.show_tokens(tokens[:1000], tokens[1000:], faded=False)
        assert not strip.grab().isNull()
        assert strip.chip_rect(1999).bottom() <= strip.viewport().height()
