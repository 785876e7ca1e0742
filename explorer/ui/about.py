"""About: versions and device, to be read aloud or copied into a report."""

import platform
import sys

import PySide6
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPushButton, QVBoxLayout, QWidget

from explorer import __version__
from explorer.ui import words
from explorer.ui.stores.engine import EngineStore


class AboutDialog(QDialog):
    """Facts of this program on this machine; the device is said by the engine."""

    def __init__(self, engine: EngineStore, data_dir: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("About LLM Explorer"))
        self._engine, self._data_dir = engine, data_dir
        name = QLabel(f"LLM Explorer {__version__}")
        name.setProperty("role", "title")
        purpose = QLabel(self.tr("See, show and teach how language models work, on your own machine."))
        self._facts = QLabel()
        self._facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = QPushButton(self.tr("Copy"))
        buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._facts.text()))
        buttons.rejected.connect(self.close)
        column = QVBoxLayout(self)
        for widget in (name, purpose, self._facts, buttons):
            column.addWidget(widget)
        engine.changed.connect(self._render)
        self._render()

    def _render(self) -> None:
        device = self._engine.device
        rows = [
            f"Python {sys.version.split()[0]}",
            f"PySide6 {PySide6.__version__}",
            f"torch {device.torch_version}" if device else self.tr("torch: the engine is not ready yet"),
            self._device_line(),
            f"{platform.system()} {platform.release()} ({platform.machine()})",
            self.tr("Data: {folder}").format(folder=self._data_dir),
            self.tr("MIT License"),
        ]
        self._facts.setText("\n".join(row for row in rows if row))

    def _device_line(self) -> str:
        device = self._engine.device
        if device is None:
            return ""
        line = self.tr("Device: {kind}, {name}, {threads} threads").format(
            kind=device.kind, name=device.name, threads=device.threads
        )
        if device.memory_free_bytes is None or device.memory_total_bytes is None:
            return line
        free, total = words.size(device.memory_free_bytes), words.size(device.memory_total_bytes)
        return line + self.tr(", {free} of {total} free").format(free=free, total=total)
