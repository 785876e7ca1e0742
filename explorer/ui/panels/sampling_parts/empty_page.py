"""What Sampling shows while no model answers: why, and the ways to one."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from explorer.protocol import ModelInfo


class EmptyPage(QWidget):
    """Signals: `training_requested`, `models_requested`; `chosen(path)` of a model that is there."""

    training_requested = Signal()
    models_requested = Signal()
    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._path = ""
        self._words = QLabel()
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words.setWordWrap(True)
        self._found = QPushButton()
        self.train = QPushButton(self.tr("Train one in 60 seconds"))
        self.train.setProperty("kind", "primary")
        self._others = QPushButton(self.tr("Look for one under Models"))
        self._others.setProperty("kind", "link")
        column = QVBoxLayout(self)
        column.addStretch(1)
        column.addWidget(self._words)
        for button in (self.train, self._found, self._others):
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            button.hide()
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self.train.clicked.connect(self.training_requested)
        self._found.clicked.connect(lambda: self.chosen.emit(self._path))
        self._others.clicked.connect(self.models_requested)

    def show_state(self, known: bool, found: ModelInfo | None) -> bool:
        """`known`: the runs were looked for, there is none; `found`: a model that is no run.

        Returns whether the buttons have just come.
        """
        come = known and self.train.isHidden()
        if come:
            self.train.show()
            self._others.show()
        self._found.setVisible(known and found is not None)
        if found is not None:
            self._path = found.path
            self._found.setText(self.tr("Let {name} answer").format(name=found.name))
        if not known:
            self._words.setText(self.tr("Looking for models …"))
        elif found is None:
            self._words.setText(self.tr("There is no model yet: one has to learn from a text first."))
        else:
            self._words.setText(self.tr("No model was trained here yet."))
        return come
