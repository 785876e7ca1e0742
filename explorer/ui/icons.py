"""Icons from resources/icons, drawn in a colour of the theme."""

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from explorer.paths import resources_dir
from explorer.ui.theme import Theme


def _drawn(svg: str, colour: str, size: int) -> QPixmap:
    picture = QPixmap(QSize(size, size))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(svg.replace("currentColor", colour).encode())).render(painter)
    painter.end()
    return picture


def rail_icon(name: str, theme: Theme) -> QIcon:
    """The icon of a panel: muted, and in the accent when its panel is the one shown."""
    svg = (resources_dir() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    size = theme.px(48)  # twice what is shown, for screens of high density
    icon = QIcon()
    icon.addPixmap(_drawn(svg, theme.colours.muted, size), QIcon.Mode.Normal, QIcon.State.Off)
    icon.addPixmap(_drawn(svg, theme.colours.accent, size), QIcon.Mode.Normal, QIcon.State.On)
    return icon


def app_icon() -> QIcon:
    """The program's own icon."""
    return QIcon(str(resources_dir() / "icons" / "llm-explorer.svg"))
