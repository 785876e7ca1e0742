import pytest
from PySide6.QtCore import Qt

from explorer.ui.widgets.attention_picker import AttentionPicker


@pytest.fixture
def picker(qtbot, theme):
    widget = AttentionPicker(theme)
    qtbot.addWidget(widget)
    widget.resize(400, 200)
    widget.show_model(6, 8)
    widget.show()
    widget.told = []
    widget.picked.connect(lambda layer, head: widget.told.append((layer, head)))
    return widget


def test_it_begins_with_the_average(picker):
    assert picker.choice == (None, None) and picker.average.isChecked()


def test_boxes_pick_from_one_on(picker):
    picker._layer_box.setValue(3)
    picker._head_box.setValue(8)
    assert picker.told == [(2, None), (2, 7)]
    assert not picker.average.isChecked()
    picker._layer_box.setValue(0)
    assert picker.told[-1] == (None, 7)


def test_the_grid_picks_a_head(picker, qtbot):
    qtbot.mouseClick(picker._grid, Qt.MouseButton.LeftButton, pos=picker._grid.cell_rect(4, 5).center())
    assert picker.told == [(4, 5)] and picker._layer_box.value() == 5
    qtbot.mouseClick(picker._grid, Qt.MouseButton.LeftButton, pos=picker._grid.rect().bottomRight())
    assert picker.told == [(4, 5)]
    qtbot.keyClick(picker._grid, Qt.Key.Key_Down)
    qtbot.keyClick(picker._grid, Qt.Key.Key_Right)
    qtbot.keyClick(picker._grid, Qt.Key.Key_Right)
    assert picker.told[1:] == [(4, 6), (5, 6)]  # the last layer is the last
    qtbot.keyClick(picker._grid, Qt.Key.Key_Escape)
    assert picker.choice == (None, None)


def test_showing_tells_nobody(picker):
    picker.show_choice(1, 2)
    assert picker.choice == (1, 2) and picker.told == []
    assert "Layer 2, head 3" in picker._grid.accessibleDescription()


def test_another_model_may_have_fewer(picker):
    picker.show_choice(5, 2)
    picker.show_model(2, 4)
    assert picker.choice == (None, 2) and picker._layer_box.maximum() == 2
    picker.show_model(2, 2)
    assert picker.choice == (None, None), "there is no third head"
    picker.show_model(0, 0)
    assert not picker.isEnabled() and picker.choice == (None, None)


def test_a_large_model_fits_its_width(picker, theme):
    theme.set_scale(2.5)
    picker.show_model(48, 64)
    picker.resize(700, 900)
    assert picker._grid.cell_rect(47, 63).right() <= picker._grid.width()
    theme.set_scale(1)
    picker.show_model(30, 9)
    assert picker._grid.heightForWidth(400) <= 110
    assert not picker.grab().isNull()
