"""A long text behind a fold: a button that says what it is, and the text under it when it is open."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from explorer.ui.theme import FontRole, Theme

_LINES = 14


class Fold(QWidget):
    """Hidden while its text is empty."""

    def __init__(self, theme: Theme, title: str, role: FontRole) -> None:
        super().__init__()
        self._theme, self._title = theme, title
        self._role: FontRole = role
        self.button = QToolButton()
        self.button.setCheckable(True)
        # A long title must not widen what holds it.
        self.button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(title)
        self.text.setTabChangesFocus(True)
        self.text.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.text)
        self.button.toggled.connect(self._toggled)
        theme.changed.connect(self._restyle)
        self._restyle()
        self._toggled(False)
        self.hide()

    def show_text(self, text: str) -> None:
        """Say something else behind the fold, open or not."""
        if text != self.text.toPlainText():
            self.text.setPlainText(text)
        self.setVisible(bool(text))

    def set_title(self, title: str) -> None:
        """Say something else on the button."""
        self._title = title
        self.text.setAccessibleName(title)
        self.button.setToolTip(title)
        self._toggled(self.button.isChecked())

    def _toggled(self, on: bool) -> None:
        self.button.setText(f"{'▾' if on else '▸'} {self._title}")
        self.text.setVisible(on)

    def _restyle(self) -> None:
        self.text.setFont(self._theme.font(self._role))
        self.text.setFixedHeight(self.text.fontMetrics().lineSpacing() * _LINES)
