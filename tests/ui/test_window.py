"""The frame: rail, menus, status bar, what is remembered."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot

from explorer.protocol import DeviceFound, ModelLoaded
from explorer.ui.about import AboutDialog
from explorer.ui.panels.base import Panel, PanelSpec
from explorer.ui.settings import Settings
from explorer.ui.status import StatusBar
from explorer.ui.stores.engine import EngineStore
from explorer.ui.stores.training import TrainingStore
from explorer.ui.theme import Theme
from explorer.ui.window import Frame, MainWindow

CPU = DeviceFound(
    kind="cpu",
    name="CPU",
    threads=2,
    memory_free_bytes=8_000_000_000,
    memory_total_bytes=16_000_000_000,
    torch_version="2",
)


@pytest.fixture
def frame(theme: Theme, settings: Settings, tmp_path: Path) -> Frame:
    return Frame(theme, settings, EngineStore(), TrainingStore(str(tmp_path)), str(tmp_path))


@pytest.fixture
def open_window(qtbot: QtBot, frame: Frame) -> Callable[[], MainWindow]:
    def make(name: str) -> Panel:
        panel = Panel(frame.theme, name.title(), "What one sees here.")
        panel.set_starters([("one", lambda: None)])
        return panel

    def open_one() -> MainWindow:
        specs = [
            PanelSpec(name, lambda name=name: name.title(), lambda name=name: make(name))
            for name in ("tokenizer", "training", "sampling")
        ]
        window = MainWindow(frame, specs, "en")
        qtbot.addWidget(window)
        window.show_panel("tokenizer")
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        return window

    return open_one


def action(window: MainWindow, text: str) -> QAction:
    (found,) = [a for a in window.menuBar().findChildren(QAction) if a.text().replace("&", "") == text]
    return found


def test_rail_menu_and_keys_lead_to_the_same_panels(qtbot: QtBot, open_window: Callable) -> None:
    window = open_window()
    buttons = [
        b for b in window.findChildren(QToolButton) if b.text() in ("Tokenizer", "Training", "Sampling")
    ]
    qtbot.mouseClick(buttons[1], Qt.MouseButton.LeftButton)
    assert window.current == "training" and buttons[1].isChecked()
    action(window, "Sampling").trigger()
    assert window.current == "sampling" and buttons[2].isChecked() and not buttons[1].isChecked()
    qtbot.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert window.current == "tokenizer"


def test_size_panel_scale_and_look_are_remembered(
    open_window: Callable, frame: Frame, tmp_path: Path
) -> None:
    window = open_window()
    window.resize(761, 703)
    window.show_panel("sampling")
    action(window, "Larger").trigger()
    action(window, "Dark").trigger()
    window.close()
    again = Settings(tmp_path)
    assert again.text("window/panel") == "sampling"
    assert again.number("window/scale", 0) == frame.theme.scale > 1
    assert again.text("window/look") == "dark"
    assert (open_window().width(), open_window().height()) == (761, 703)


def test_the_scale_reaches_widgets_that_exist_already(
    qtbot: QtBot, open_window: Callable, frame: Frame
) -> None:
    window = open_window()
    label = next(w for w in window.panel("tokenizer").findChildren(QLabel) if w.property("role") == "title")
    before = label.fontMetrics().height()
    qtbot.keyClick(window, Qt.Key.Key_Equal, Qt.KeyboardModifier.ControlModifier)
    assert frame.theme.scale == 1.1
    frame.theme.set_scale(2.0)
    assert label.fontMetrics().height() > 1.8 * before
    qtbot.keyClick(window, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert frame.theme.scale == 1.0 and label.fontMetrics().height() == before


def test_presenter_mode_goes_back_to_what_was(
    open_window: Callable, frame: Frame, settings: Settings
) -> None:
    window = open_window()
    frame.theme.set_scale(1.25)
    action(window, "Presenter mode").trigger()
    assert window.isFullScreen() and frame.theme.scale == 1.5
    assert settings.number("window/scale", 0) == 1.25, "a talk's size is not the size of every day"
    action(window, "Presenter mode").trigger()
    assert not window.isFullScreen() and frame.theme.scale == 1.25


def test_another_language_builds_everything_again(qtbot: QtBot, open_window: Callable, frame: Frame) -> None:
    window = open_window()
    window.show_panel("training")
    old = window.panel("training")
    with qtbot.waitSignal(window.language_requested) as asked:
        action(window, "简体中文").trigger()
    assert asked.args == ["zh_CN"]
    with qtbot.waitSignal(old.destroyed):
        window.set_language("zh_CN")
    assert window.current == "training" and window.panel("training") is not old
    frame.theme.set_scale(2.0)  # reaches the new widgets; the old ones are gone
    qtbot.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert window.current == "tokenizer", "shortcuts are not ambiguous with those of the old menus"


def test_the_status_bar_says_engine_model_and_device(open_window: Callable, frame: Frame) -> None:
    bar = open_window().statusBar()
    assert isinstance(bar, StatusBar)
    assert bar.text() == "engine starting …"
    frame.engine.role_ready("text")
    frame.engine.role_ready("inference")
    frame.engine.apply(CPU)
    assert bar.text() == "engine ready  ·  CPU, 2 threads"
    frame.engine.apply(
        ModelLoaded(
            path="p",
            name="manual",
            step=3,
            parameters=1,
            vocab_size=1,
            context=1,
            weights_hash="0",
            device="cpu",
        )
    )
    assert "manual" in bar.text()
    frame.engine.role_lost("inference", "it broke")
    assert bar.text() == "engine stopped, starting again …"


def test_about_says_versions_and_device_once_they_are_known(
    qtbot: QtBot, open_window: Callable, frame: Frame
) -> None:
    window = open_window()
    action(window, "About LLM Explorer").trigger()
    (dialog,) = window.findChildren(AboutDialog)
    said = lambda: "\n".join(label.text() for label in dialog.findChildren(QLabel))  # noqa: E731
    assert "the engine is not ready yet" in said()
    frame.engine.apply(CPU)
    assert "torch 2" in said() and "2 threads" in said() and "PySide6" in said()
    dialog.close()


def test_a_notice_says_what_to_do_and_folds_its_details(qtbot: QtBot, open_window: Callable) -> None:
    panel = open_window().panel("tokenizer")
    acted = []
    panel.show_notice("The engine stopped.", "error", "Start again", lambda: acted.append(1), "Traceback …")
    buttons = {b.text(): b for b in panel.findChildren(QToolButton)}
    details = next(label for label in panel.findChildren(QLabel) if label.text() == "Traceback …")
    assert not details.isVisible()
    qtbot.mouseClick(buttons["Details"], Qt.MouseButton.LeftButton)
    assert details.isVisible()
    from PySide6.QtWidgets import QPushButton

    button = next(b for b in panel.findChildren(QPushButton) if b.text() == "Start again")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert acted == [1] and not details.isVisible()


def test_the_status_bar_names_the_model_of_the_panel_in_front(open_window: Callable, frame: Frame) -> None:
    window = open_window()
    frame.engine.apply(ModelLoaded(**_loaded("the last one")))
    assert "the last one" in _status(window)
    sampling = window.panel("sampling")
    sampling.model_name = lambda: "mine"
    sampling.model_changed.emit()
    assert "mine" not in _status(window)  # it is not in front
    window.show_panel("sampling")
    assert "mine" in _status(window) and "the last one" not in _status(window)
    sampling.model_name = lambda: "another"
    sampling.model_changed.emit()
    assert "another" in _status(window)
    window.show_panel("training")
    assert "the last one" in _status(window)


def _status(window: MainWindow) -> str:
    bar = window.statusBar()
    assert isinstance(bar, StatusBar)
    return bar.text()


def _loaded(name: str) -> dict[str, object]:
    sizes = {"step": None, "parameters": 1, "vocab_size": 2, "context": 3}
    return {"path": "/p", "name": name, "weights_hash": "0" * 12, "device": "cpu"} | sizes
