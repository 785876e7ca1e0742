"""The navigation rail: a button a panel, one below the other."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout

_WITH_ICONS = Qt.ToolButtonStyle.ToolButtonTextUnderIcon
_WORDS_ONLY = Qt.ToolButtonStyle.ToolButtonTextOnly


class Rail(QFrame):
    """Where all buttons do not fit with their icons, all are without: panels stay in reach."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("rail")
        self._buttons: list[QToolButton] = []
        self._with_icons = self._words_only = 0
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addStretch(1)

    def add(self, button: QToolButton) -> None:
        """Below those that are there."""
        self._buttons.append(button)
        self._column.insertWidget(self._column.count() - 1, button)

    def measure(self) -> None:
        """To be called after fonts, icons or the style sheet changed."""
        self._words_only = self._height_with(_WORDS_ONLY)
        self._with_icons = self._height_with(_WITH_ICONS)
        self._fit()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """With icons."""
        return QSize(super().sizeHint().width(), self._with_icons)

    def minimumSizeHint(self) -> QSize:
        """Without; it does not depend on what is shown now, or the two would chase each other."""
        return QSize(super().minimumSizeHint().width(), self._words_only)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Icons as the height allows."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self._show(_WITH_ICONS if self.height() >= self._with_icons else _WORDS_ONLY)

    def _height_with(self, style: Qt.ToolButtonStyle) -> int:
        self._show(style)
        for button in self._buttons:
            button.ensurePolished()
        return sum(button.sizeHint().height() for button in self._buttons)

    def _show(self, style: Qt.ToolButtonStyle) -> None:
        for button in self._buttons:
            button.setToolButtonStyle(style)
