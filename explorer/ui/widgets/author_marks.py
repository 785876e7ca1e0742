"""Who wrote a token: a colour and a sign for each author, the same wherever a stream is shown."""

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from explorer.ui.theme import Theme

AUTHOR_COLOURS = {
    "user": "person",
    "assistant": "model",
    "system": "system",
    "template": "special",
    "tool": "tool",
    "document": "document",
}
"""A colour of the theme for each author, as `StreamToken.role` names them."""

FILL_ALPHA = {False: 46, True: 84}
"""Of an author's colour over the ground, by `Theme.dark`: soft enough to read on."""


def author_of(role: str, otherwise: str = "user") -> str:
    """A role that has a colour; one that a template made up is `otherwise`'s."""
    return role if role in AUTHOR_COLOURS else otherwise


def author_name(author: str) -> str:
    """An author in the person's language."""
    translate = QCoreApplication.translate
    names = {
        "user": translate("Authors", "Person"),
        "assistant": translate("Authors", "Model"),
        "system": translate("Authors", "System"),
        "template": translate("Authors", "Template"),
        "tool": translate("Authors", "Tool"),
        "document": translate("Authors", "Document"),
        "thinking": translate("Authors", "Thinking"),
    }
    return names.get(author, author)


def paint_author_mark(painter: QPainter, corner: QPointF, size: float, colour: QColor, role: str) -> None:
    """The sign beside the colour: a square for a person, a triangle for the model, and so on."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    square = QRectF(corner.x(), corner.y(), size, size)
    right, bottom = QPointF(corner.x() + 1.4 * size, corner.y()), QPointF(corner.x(), corner.y() + 1.4 * size)
    match role:
        case "assistant":
            painter.drawPolygon(QPolygonF([corner, right, bottom]))
        case "system":
            middle, half = square.center(), size * 0.7
            away = [QPointF(half, 0), QPointF(0, half), QPointF(-half, 0), QPointF(0, -half)]
            painter.drawPolygon(QPolygonF([middle + step for step in away]))
        case "tool":
            painter.drawEllipse(square)
        case "document":
            painter.drawRect(QRectF(corner.x(), corner.y(), 2 * size, size / 2))
        case "template":
            pass  # its outline is the sign
        case _:
            painter.drawRect(square)


_EXTENTS = {"assistant": (1.0, 1.0), "document": (2.0, 0.5)}
"""Width and height of an author's sign, measured in its size, where it is no square."""


def paint_mark_in(painter: QPainter, box: QRectF, size: float, colour: QColor, role: str) -> None:
    """An author's sign in the middle of a box."""
    wide, high = _EXTENTS.get(role, (1.0, 1.0))
    corner = box.center() - QPointF(wide * size / 2, high * size / 2)
    paint_author_mark(painter, corner, size, colour, role)


def paint_swatch(painter: QPainter, theme: Theme, box: QRectF, author: str) -> None:
    """A sample of an author's cells for a legend: its colour with its sign."""
    painter.setPen(Qt.PenStyle.NoPen)
    if author == "template":
        painter.setPen(QPen(theme.colour("special"), theme.px(1)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
    elif author == "thinking":
        painter.setBrush(theme.colour("thinking"))
        thick = box.height() / 4
        for part in (0.0, 0.6):
            left = box.left() + part * box.width()
            painter.drawRect(QRectF(left, box.bottom() - thick, 0.4 * box.width(), thick))
    else:
        painter.setBrush(theme.colour(AUTHOR_COLOURS[author]))
        painter.drawRoundedRect(box, 2, 2)
        paint_mark_in(painter, box, box.width() * 0.34, theme.colour("surface"), author)
