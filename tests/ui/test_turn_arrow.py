import pytest
from PySide6.QtCore import QAbstractAnimation

from explorer.ui.widgets.turn_arrow import TurnArrow


@pytest.fixture
def arrow(qtbot, theme):
    widget = TurnArrow(theme)
    qtbot.addWidget(widget)
    widget.resize(widget.sizeHint())
    widget.show()
    return widget


def test_it_says_whose_turn_it_is(arrow):
    said = set()
    for writer in ("user", "assistant", "tool", "nobody"):
        arrow.show_turn(writer, "handed back by <|im_end|>")
        assert arrow.accessibleName() == arrow.said and "<|im_end|>" in arrow.toolTip()
        said.add(arrow.said)
    assert len(said) == 4


def test_it_slides_over_and_arrives(arrow, qtbot):
    arrow.set_animated(False)
    arrow.show_turn("user")
    there = arrow.grab().toImage()
    arrow.set_animated(True)
    with qtbot.waitSignal(arrow._slide.finished):
        arrow.show_turn("assistant")
        assert arrow._slide.state() == QAbstractAnimation.State.Running
    assert arrow._place == 1 and arrow.grab().toImage() != there
    arrow.set_animated(False)
    arrow.show_turn("user")
    assert arrow.grab().toImage() == there


@pytest.mark.parametrize("stacked", [False, True])
def test_it_is_painted_at_every_size(arrow, theme, stacked):
    arrow.set_stacked(stacked)
    for scale in (0.8, 2.5):
        theme.set_scale(scale)
        arrow.resize(arrow.sizeHint())
        arrow.show_turn("assistant" if scale < 1 else "user", "")
        assert not arrow.grab().isNull()
