"""Boxes with their name before them."""

from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QHBoxLayout, QLabel, QWidget


def labelled(text: str, tip: str, box: QAbstractSpinBox | QComboBox, *more: QWidget) -> QWidget:
    """The box (and what belongs to it) behind its name, which is also its accessible name."""
    pair = QWidget()
    row = QHBoxLayout(pair)
    row.setContentsMargins(0, 0, 0, 0)
    label = QLabel(text)
    label.setBuddy(box)
    box.setAccessibleName(text)
    for widget in (label, box):
        widget.setToolTip(tip)
    for widget in (label, box, *more):
        row.addWidget(widget)
    return pair
