"""How curves tell runs apart: colour, dash and mark by the run's slot, never colour alone."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from explorer.ui.theme import Theme

DASHES: tuple[tuple[int, ...], ...] = ((), (9, 5), (3, 4), (10, 4, 3, 4), (18, 6))
"""Pixels on and off in turn, by slot."""
MARKS = ("o", "s", "t1", "d", "p", "star")
"""Symbols of measured points, by slot (pyqtgraph's names)."""


def screen_pen(colour: QColor, width: int, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """A pen whose width is in pixels, whatever the plot's scale."""
    pen = QPen(colour, width, style)
    pen.setCosmetic(True)
    return pen


def slot_colour(theme: Theme, slot: int) -> QColor:
    """The colour of a run's lines."""
    series = theme.colours.series
    return QColor(series[slot % len(series)])


def dash_of(slot: int) -> tuple[int, ...]:
    """The dash of a run's lines; () is a whole line."""
    return DASHES[slot % len(DASHES)]


def mark_of(slot: int) -> str:
    """The symbol of a run's measured points."""
    return MARKS[slot % len(MARKS)]


def dash_mask(pixels: NDArray[np.int32], dash: tuple[int, ...], scale: float) -> NDArray[np.int32]:
    """1 where a line goes on to the next point, 0 where it breaks; `pixels` are the points' columns.

    Qt's own dashes cost many times more on long lines, and vanish where points are dense.
    """
    if not dash:
        return np.ones(len(pixels), np.int32)
    lengths = np.maximum(1, np.round(np.array(dash) * scale)).astype(np.int32)
    pattern = np.repeat(np.arange(len(lengths)) % 2 == 0, lengths)
    return pattern[pixels % len(pattern)].astype(np.int32)


def paint_swatch(
    painter: QPainter, rect: QRectF, theme: Theme, slot: int, marked: bool, colour: QColor
) -> None:
    """A sample of a line for a legend."""
    painter.save()
    pen = QPen(colour, theme.px(2))
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if dash := dash_of(slot):
        pen.setDashPattern([length * theme.scale / pen.widthF() for length in dash])
    painter.setPen(pen)
    middle = rect.center()
    painter.drawLine(QPointF(rect.left(), middle.y()), QPointF(rect.right(), middle.y()))
    if marked:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPath(mark_path(mark_of(slot), middle, theme.px(4)))
    painter.restore()


def mark_path(mark: str, middle: QPointF, radius: float) -> QPainterPath:
    """A small symbol around `middle`, for a legend; looks like pyqtgraph's symbol of that name."""
    path = QPainterPath()
    if mark == "o":
        path.addEllipse(middle, radius, radius)
    elif mark == "s":
        path.addRect(QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius))
    else:
        turns = {"t1": (3, 1.0), "d": (4, 1.0), "p": (5, 1.0), "star": (10, 0.45)}
        corners, inner = turns.get(mark, (4, 1.0))
        angles = np.arange(corners) * 2 * np.pi / corners
        reach = np.where(np.arange(corners) % 2, inner, 1.0) * radius * 1.2
        points = [
            QPointF(middle.x() + r * np.sin(a), middle.y() - r * np.cos(a))
            for a, r in zip(angles, reach, strict=True)
        ]
        path.addPolygon(QPolygonF(points))
        path.closeSubpath()
    return path
