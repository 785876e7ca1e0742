"""One of two answers to choose between: its letter, its text, its button."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QTextEdit, QVBoxLayout

from explorer.ui.theme import Theme


class AnswerCard(QFrame):
    """Signals: `chosen`, by its button. A long answer scrolls inside of it."""

    chosen = Signal()

    def __init__(self, theme: Theme, letter: str) -> None:
        super().__init__()
        self.setObjectName("surface")
        self._theme = theme
        self._waiting = False
        self._name = QLabel(letter)
        self._name.setProperty("role", "title")
        self.text = QTextEdit()  # unlike a QPlainTextEdit, it aligns what is read from the right
        self.text.setAcceptRichText(False)
        self.text.setReadOnly(True)
        self.text.setUndoRedoEnabled(False)
        self.text.setTabChangesFocus(True)
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.setAccessibleName(self.tr("Answer {letter}").format(letter=letter))
        self.button = QPushButton(self.tr("{letter} is better").format(letter=letter))
        self.button.setToolTip(self.tr("Key {key}").format(key=letter))
        self.button.clicked.connect(self.chosen)
        self._column = QVBoxLayout(self)
        self._row = QHBoxLayout()
        self._row.addWidget(self._name)
        self._row.addStretch(1)
        self._row.addWidget(self.button)
        self._column.addLayout(self._row)
        self._column.addWidget(self.text, 1)
        theme.changed.connect(self._apply_theme)
        self._apply_theme()

    def show_answer(self, answer: str | None, waiting: bool) -> None:
        """None: there is none yet. `waiting`: it is of a pair that has been chosen between."""
        said = answer or ""
        self.text.setPlaceholderText("" if answer is None else self.tr("(it says nothing)"))
        if said != self.text.toPlainText():
            self.text.setPlainText(said)
        if waiting != self._waiting:
            self._waiting = waiting
            self._paint_text()

    def _paint_text(self) -> None:
        # A font or a colour set here would lose against the application's style sheet.
        colour = self._theme.colour("muted" if self._waiting else "text").name()
        self.text.setStyleSheet(
            f"QTextEdit {{ font-size: {self._theme.px(17)}px; color: {colour}; padding: 0; "
            f"border: 1px solid transparent; background: transparent; }} "
            f"QTextEdit:focus {{ border-color: {self._theme.colour('accent').name()}; }}"
        )

    def _apply_theme(self) -> None:
        px = self._theme.px
        self._column.setContentsMargins(px(12), px(8), px(12), px(12))
        self._column.setSpacing(px(8))
        self.text.setMinimumHeight(px(96))
        self._name.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        self._paint_text()
