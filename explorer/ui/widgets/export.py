"""Every picture can be saved, every table copied: the one place that does it.

Panels add it to their "⋯" menu:
`ask_and_save_picture(self, self.picture_widget(), "loss", self.message.emit)`.
"""

import csv
import io
import json
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QCoreApplication, QIODevice, QPoint, QRect, QSaveFile, QSize, QStandardPaths
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter, QRegion
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog, QGraphicsItem, QGraphicsView, QWidget

Cell = str | int | float | bool | None
Row = Mapping[str, Cell]
"""One line of a table: column name -> value. All rows of a table have the same names, in the same order."""

_PIXEL_RATIO = 2
"""Pictures go on slides: twice the window's pixels."""
_MARGIN = 12
_RENDER = QWidget.RenderFlag.DrawChildren


def save_picture(widget: QWidget, path: str) -> None:
    """Save what `widget` shows, as SVG if the name ends so, else as PNG at twice its size.

    Raises: OSError with the system's reason; then nothing new stands at `path`.
    """
    file = QSaveFile(path)
    if not file.open(QIODevice.OpenModeFlag.WriteOnly):
        raise OSError(file.errorString())
    with _drawn_afresh(widget):
        if Path(path).suffix.lower() == ".svg":
            _paint_svg(widget, file)
        else:
            _image_of(widget).save(file, "PNG")  # type: ignore[call-overload]  # stubs know bytes only
    if not file.commit():
        raise OSError(file.errorString())


@contextmanager
def _drawn_afresh(widget: QWidget) -> Generator[None]:
    """Plots keep pictures of what seldom changes, as coarse as the screen: let them draw everything."""
    plots: list[QGraphicsView] = [
        view for view in [widget, *widget.findChildren(QGraphicsView)] if isinstance(view, QGraphicsView)
    ]
    items = [item for plot in plots for item in plot.items()]
    modes = [item.cacheMode() for item in items]
    grounds = [plot.cacheMode() for plot in plots]
    exporting: list[Any] = [item for item in items if hasattr(item, "setExportMode")]
    for item in items:
        item.setCacheMode(QGraphicsItem.CacheMode.NoCache)
    for plot in plots:
        plot.setCacheMode(QGraphicsView.CacheModeFlag.CacheNone)
    for item in exporting:
        item.setExportMode(True, {})
    try:
        yield
    finally:
        for item in exporting:
            item.setExportMode(False)
        for item, mode in zip(items, modes, strict=True):
            item.setCacheMode(mode)
        for plot, ground in zip(plots, grounds, strict=True):
            plot.setCacheMode(ground)


def _image_of(widget: QWidget) -> QImage:
    image = QImage(_size_of(widget) * _PIXEL_RATIO, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(_PIXEL_RATIO)
    image.fill(_ground_of(widget))
    widget.render(image, QPoint(_MARGIN, _MARGIN), QRegion(), _RENDER)
    return image


def _paint_svg(widget: QWidget, device: QIODevice) -> None:
    generator = QSvgGenerator()
    generator.setOutputDevice(device)
    whole = QRect(QPoint(), _size_of(widget))
    generator.setSize(whole.size())
    generator.setViewBox(whole)
    painter = QPainter(generator)
    painter.fillRect(whole, _ground_of(widget))
    widget.render(painter, QPoint(_MARGIN, _MARGIN), QRegion(), _RENDER)
    painter.end()


def _size_of(widget: QWidget) -> QSize:
    return widget.size() + QSize(2 * _MARGIN, 2 * _MARGIN)


def _ground_of(widget: QWidget) -> QColor:
    """What `widget` stands on: a style sheet's colours are in no palette, so one pixel is painted."""
    ground = widget
    while ground.objectName() != "ground" and (above := ground.parentWidget()) is not None:
        ground = above
    pixel = QImage(1, 1, QImage.Format.Format_RGB32)
    pixel.fill(widget.palette().window().color())
    middle = ground.rect().center()
    ground.render(
        pixel, QPoint(), QRegion(QRect(middle, QSize(1, 1))), QWidget.RenderFlag.DrawWindowBackground
    )
    return pixel.pixelColor(0, 0)


def ask_and_save_picture(
    parent: QWidget, widget: QWidget, name: str, say: Callable[[str], object] | None = None
) -> QFileDialog:
    """Ask where (not blocking), then save. `name` is offered, without suffix; `say` gets what came of it."""
    dialog = QFileDialog(parent, QCoreApplication.translate("export", "Save the picture"))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters([QCoreApplication.translate("export", "Picture (*.png)"), "SVG (*.svg)"])
    dialog.setDefaultSuffix("png")
    pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    if Path(pictures).is_dir():
        dialog.setDirectory(pictures)
    dialog.selectFile(f"{name}.png")

    def choose_suffix(chosen: str) -> None:
        dialog.setDefaultSuffix("svg" if "svg" in chosen else "png")

    def save(path: str) -> None:
        said = save_and_tell(widget, path)
        if say is not None:
            say(said)

    dialog.filterSelected.connect(choose_suffix)
    dialog.fileSelected.connect(save)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


def save_and_tell(widget: QWidget, path: str) -> str:
    """Save the picture; a sentence says where, or why not."""
    try:
        save_picture(widget, path)
    except OSError as error:
        return QCoreApplication.translate(
            "export", "The picture could not be saved ({reason}). Choose another folder."
        ).format(reason=error)
    return QCoreApplication.translate("export", "Saved as {path}").format(path=path)


def ask_and_save_text(
    parent: QWidget, text: str, name: str, say: Callable[[str], object] | None = None
) -> QFileDialog:
    """Ask where (not blocking), then save `text` in UTF-8. `name` is offered, with its suffix."""
    dialog = QFileDialog(parent, QCoreApplication.translate("export", "Save as a file"))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(name.rpartition(".")[2])
    dialog.selectFile(name)

    def save(path: str) -> None:
        said = save_text_and_tell(text, path)
        if say is not None:
            say(said)

    dialog.fileSelected.connect(save)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


def save_text_and_tell(text: str, path: str) -> str:
    """Save the text; a sentence says where, or why not."""
    file = QSaveFile(path)
    if file.open(QIODevice.OpenModeFlag.WriteOnly) and file.write(text.encode()) >= 0 and file.commit():
        return QCoreApplication.translate("export", "Saved as {path}").format(path=path)
    return QCoreApplication.translate(
        "export", "The file could not be saved ({reason}). Choose another folder."
    ).format(reason=file.errorString())


def rows_as_text(rows: Sequence[Row], form: Literal["csv", "json"]) -> str:
    """A table as CSV with a header line (an absent value is an empty cell), or as a JSON list of objects."""
    if form == "json":
        return json.dumps([dict(row) for row in rows], ensure_ascii=False, indent=1)
    if not rows:
        return ""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def copy_rows(rows: Sequence[Row], form: Literal["csv", "json"]) -> None:
    """Put a table on the clipboard, see `rows_as_text`."""
    QGuiApplication.clipboard().setText(rows_as_text(rows, form))
