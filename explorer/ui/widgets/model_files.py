"""Asking for a model that is on no list: a folder, or a GGUF file. Nothing waits for the answer."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QWidget


def ask_for_folder(parent: QWidget, opened: Callable[[str], object]) -> QFileDialog:
    """`opened` gets the path of the folder."""
    dialog = QFileDialog(parent, QCoreApplication.translate("ModelFiles", "A folder with a model"))
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    return _open(dialog, opened)


def ask_for_file(parent: QWidget, opened: Callable[[str], object]) -> QFileDialog:
    """`opened` gets the path of the file."""
    dialog = QFileDialog(parent, QCoreApplication.translate("ModelFiles", "A GGUF file"))
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters(["GGUF (*.gguf)"])
    return _open(dialog, opened)


def _open(dialog: QFileDialog, opened: Callable[[str], object]) -> QFileDialog:
    dialog.fileSelected.connect(opened)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog
