"""Pictures saved and tables copied."""

import json
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from explorer.ui.widgets.export import (
    ask_and_save_picture,
    copy_rows,
    rows_as_text,
    save_and_tell,
    save_picture,
)


@pytest.fixture
def label(qtbot: QtBot) -> QLabel:
    label = QLabel("loss 2.31")
    label.setStyleSheet("background: white; color: black")
    label.resize(120, 40)
    qtbot.addWidget(label)
    return label


def _ink(image: QImage) -> int:
    """How many pixels are dark."""
    return sum(
        image.pixelColor(x, y).lightness() < 100 for x in range(image.width()) for y in range(image.height())
    )


def test_png_holds_what_the_widget_shows_at_twice_its_size(label: QLabel, tmp_path: Path) -> None:
    save_picture(label, str(tmp_path / "a.png"))
    image = QImage(str(tmp_path / "a.png"))
    assert (image.width(), image.height()) == (2 * (120 + 24), 2 * (40 + 24))
    assert _ink(image) > 50


def test_the_picture_stands_on_the_ground_of_the_panel(qtbot: QtBot, tmp_path: Path) -> None:
    panel = QWidget()
    panel.setObjectName("ground")
    panel.setStyleSheet("QWidget#ground { background: #14171C }")
    inside = QLabel("loss", panel)
    panel.resize(200, 100)
    qtbot.addWidget(panel)
    save_picture(inside, str(tmp_path / "a.png"))
    assert QImage(str(tmp_path / "a.png")).pixelColor(3, 3).name() == "#14171c"


def test_svg_is_a_drawing_not_an_embedded_picture(label: QLabel, tmp_path: Path) -> None:
    save_picture(label, str(tmp_path / "a.svg"))
    text = (tmp_path / "a.svg").read_text("utf-8")
    assert QSvgRenderer(text.encode()).isValid()
    assert "loss 2.31" in text or "<path" in text
    assert "<image" not in text


def test_a_folder_that_is_not_there_is_said_in_a_sentence(label: QLabel, tmp_path: Path) -> None:
    said = save_and_tell(label, str(tmp_path / "missing" / "a.png"))
    assert "could not be saved" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.qt_log_ignore("propagateSizeHints")  # what the offscreen platform says of any dialog
def test_the_dialog_saves_and_tells_without_blocking(qtbot: QtBot, label: QLabel, tmp_path: Path) -> None:
    said: list[str] = []
    dialog = ask_and_save_picture(label, label, "curves", said.append)
    dialog.fileSelected.emit(str(tmp_path / "b.png"))
    dialog.reject()
    qtbot.waitUntil(lambda: not shiboken6.isValid(dialog))
    assert said == [f"Saved as {tmp_path / 'b.png'}"]
    assert (tmp_path / "b.png").exists()


def test_rows_as_csv_quote_and_leave_absent_values_empty() -> None:
    rows = [{"step": 1, "text": 'a "b",\nc', "loss": None}, {"step": 2, "text": "中", "loss": 0.5}]
    assert rows_as_text(rows, "csv") == 'step,text,loss\n1,"a ""b"",\nc",\n2,中,0.5\n'
    assert json.loads(rows_as_text(rows, "json")) == rows
    assert rows_as_text([], "csv") == ""


def test_rows_go_to_the_clipboard(qtbot: QtBot) -> None:
    copy_rows([{"step": 1}], "csv")
    assert QGuiApplication.clipboard().text() == "step\n1\n"
