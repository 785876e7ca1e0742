"""Where to compute: here, or on another computer by a command such as ssh. Kept for the next opening."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from explorer.ui.settings import Settings
from explorer.ui.theme import Theme

KEY = "engine/command"
"""The setting: a command, or empty for this computer."""
_EXAMPLE = "ssh gpubox python -m explorer"


class EnginePlaceDialog(QDialog):
    """One line: the command that starts this program elsewhere."""

    def __init__(self, theme: Theme, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Compute on another machine"))
        self._settings = settings
        what = QLabel(
            self.tr(
                "A command that starts LLM Explorer there. Models, training and runs are then on that "
                "machine, and paths are its paths; texts stay here. Leave it empty to compute here."
            )
        )
        what.setWordWrap(True)
        self.command = QLineEdit(settings.text(KEY))
        self.command.setPlaceholderText(_EXAMPLE)
        self.command.setAccessibleName(self.tr("Command"))
        self.command.setFont(theme.font("mono"))
        when = QLabel(
            self.tr("It must work without asking for a password. It counts from the next opening on.")
        )
        when.setWordWrap(True)
        when.setProperty("role", "muted")
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(self._keep)
        buttons.rejected.connect(self.close)
        column = QVBoxLayout(self)
        for widget in (what, self.command, when, buttons):
            column.addWidget(widget)
        self.setMinimumWidth(theme.px(520))

    def _keep(self) -> None:
        self._settings.set(KEY, self.command.text().strip())
        self.accept()
