"""What a panel shows while there is no model: one line, and the ways to one."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from explorer.ui.widgets.model_files import ask_for_file, ask_for_folder


class NoModel(QWidget):
    """Signals: `training_requested`; `opened(path)`, a folder or a GGUF file was chosen."""

    training_requested = Signal()
    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.words = QLabel()
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setWordWrap(True)
        self.train = QPushButton(self.tr("Train one in 60 seconds"))
        self.train.setProperty("kind", "primary")
        self.folder = QPushButton(self.tr("Open a folder…"))
        self.file = QPushButton(self.tr("Open a GGUF file…"))
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button in (self.train, self.folder, self.file):
            button.hide()
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.addStretch(1)
        column.addWidget(self.words)
        column.addLayout(buttons)
        column.addStretch(1)
        self.train.clicked.connect(self.training_requested)
        self.folder.clicked.connect(lambda: ask_for_folder(self, self.opened.emit))
        self.file.clicked.connect(lambda: ask_for_file(self, self.opened.emit))

    def show_known(self, known: bool) -> None:
        """`known`: whether it is certain that there is none."""
        self.words.setText(
            self.tr("There is no model yet: train one, or open one that you have.")
            if known
            else self.tr("Looking for models …")
        )
        for button in (self.train, self.folder, self.file):
            button.setVisible(known)
