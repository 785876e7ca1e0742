import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from explorer.protocol import SamplerSettings
from explorer.ui.widgets.sampler_controls import SamplerControls


@pytest.fixture
def controls(qtbot, theme):
    widget = SamplerControls(theme)
    qtbot.addWidget(widget)
    widget.show_settings(SamplerSettings(temperature=0.7, top_p=0.9, seed=5), 50)
    widget.show()
    return widget


def test_showing_says_nothing(controls, qtbot):
    with (
        qtbot.assertNotEmitted(controls.sampler_changed),
        qtbot.assertNotEmitted(controls.max_tokens_changed),
    ):
        controls.show_settings(SamplerSettings(temperature=1.8, top_k=3, min_p=0.1), 70)
    assert controls.temperature.value() == 36 and controls.top_k.value() == 3
    assert controls.max_tokens.value() == 70


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("temperature", 0, {"temperature": 0.0}),
        ("temperature", 40, {"temperature": 2.0}),
        ("top_k", 7, {"top_k": 7}),
        ("top_p", 0.5, {"top_p": 0.5}),
        ("min_p", 0.25, {"min_p": 0.25}),
        ("seed", 9, {"seed": 9}),
    ],
)
def test_each_knob_tells_its_setting(controls, qtbot, name, value, said):
    with qtbot.waitSignal(controls.sampler_changed) as changed:
        getattr(controls, name).setValue(value)
    assert changed.args == [said]


def test_neutral_values_say_that_they_do_nothing(controls):
    controls.show_settings(SamplerSettings(), 50)
    assert controls.top_k.text() == controls.top_p.text() == controls.min_p.text() == "off"


def test_typing_over_off(controls, qtbot):
    controls.show_settings(SamplerSettings(), 50)
    controls.top_p.setFocus()
    controls.top_p.selectAll()
    qtbot.keyClicks(controls.top_p, "0.8")
    assert controls.top_p.value() == pytest.approx(0.8)
    controls.top_p.setValue(1)
    qtbot.keyClick(controls.top_p, Qt.Key.Key_Return)
    assert controls.top_p.value() == 1 and controls.top_p.text() == "off"


def test_another_seed_is_another_one(controls, qtbot):
    qtbot.mouseClick(controls.other_seed, Qt.MouseButton.LeftButton)
    assert controls.seed.value() == 6
    controls.seed.setValue(controls.seed.maximum())
    qtbot.mouseClick(controls.other_seed, Qt.MouseButton.LeftButton)
    assert controls.seed.value() == 1


def scroll(widget) -> None:
    event = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(0, 120), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def test_the_wheel_turns_only_a_knob_in_use(controls):
    controls.seed.setFocus()
    before = controls.temperature.value(), controls.seed.value()
    scroll(controls.temperature)
    assert controls.temperature.value() == before[0]
    scroll(controls.seed)
    assert controls.seed.value() == before[1] + 1
