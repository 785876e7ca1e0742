"""A wheel that scrolls the panel does not turn the choices that it passes over."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QWidget


class CalmWheel(QObject):
    """Combo and spin boxes inside of `parent` take the wheel only while they have the focus."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        for box in [*parent.findChildren(QComboBox), *parent.findChildren(QAbstractSpinBox)]:
            box.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave the wheel to whatever scrolls."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False
