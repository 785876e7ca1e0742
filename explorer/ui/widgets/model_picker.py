"""Which model: a list of those that are known, and two ways to open another."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox

from explorer.ui.theme import Theme
from explorer.ui.widgets.model_files import ask_for_file, ask_for_folder

_FOLDER, _FILE = "\0folder", "\0file"
"""No path holds such a character."""


@dataclass(frozen=True)
class Choice:
    """A line of the list."""

    path: str
    label: str


class ModelPicker(QComboBox):
    """Signals: `chosen(path)`, from the list; `opened(path)`, of a folder or file from elsewhere."""

    chosen = Signal(str)
    opened = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._choices: list[Choice] = []
        self._path = ""
        self.setAccessibleName(self.tr("Model"))
        self.setToolTip(self.tr("Which model answers"))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)
        self.activated.connect(self._activated)
        theme.changed.connect(self._space)
        self._space()

    def show_choices(self, choices: Sequence[Choice], path: str, label: str) -> None:
        """`path` is the one that is chosen, and is called `label` if it is none of them."""
        wanted = list(choices)
        if path and path not in (choice.path for choice in wanted):
            wanted.insert(0, Choice(path, label))
        self._path = path
        with QSignalBlocker(self):
            if wanted != self._choices or not self.count():
                self._choices = wanted
                self._fill()
            self.setCurrentIndex(self.findData(path) if path else -1)
        self.setPlaceholderText(self.tr("Choose a model"))

    def _fill(self) -> None:
        self.clear()
        for choice in self._choices:
            self.addItem(choice.label, choice.path)
        if self._choices:
            self.insertSeparator(self.count())
        self.addItem(self.tr("Open a folder…"), _FOLDER)
        self.addItem(self.tr("Open a GGUF file…"), _FILE)

    def _activated(self, index: int) -> None:
        path = self.itemData(index)
        with QSignalBlocker(self):
            self.setCurrentIndex(self.findData(self._path) if self._path else -1)
        if path == _FOLDER:
            ask_for_folder(self, self.opened.emit)
        elif path == _FILE:
            ask_for_file(self, self.opened.emit)
        elif path:
            self.chosen.emit(path)

    def _space(self) -> None:
        self.setMinimumWidth(self._theme.px(90))
