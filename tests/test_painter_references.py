"""PySide6 6.12.0 drops a reference to None with every call that returns nothing, and the process dies."""

import sys

from PySide6.QtGui import QColor, QPainter, QPixmap
from pytestqt.qtbot import QtBot


def test_a_thousand_painter_calls_keep_none_alive(qtbot: QtBot) -> None:
    picture = QPixmap(10, 10)
    painter = QPainter(picture)
    colour = QColor("red")
    before = sys.getrefcount(None)
    for _ in range(1000):
        painter.save()
        painter.setPen(colour)
        painter.drawLine(0, 0, 5, 5)
        painter.restore()
    lost = before - sys.getrefcount(None)
    painter.end()
    # Immortal since Python 3.12, where the count never moves.
    assert abs(lost) < 100
