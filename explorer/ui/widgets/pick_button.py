"""A word in a sentence that is a choice: a few named things, or a file or folder of one's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton

_LONGEST_NAME = 28


@dataclass(frozen=True)
class Pick:
    """A named thing. An empty name is a line between two parts of the list."""

    value: str
    name: str
    detail: str = ""
    """Said beside the name in the list only."""


@dataclass(frozen=True)
class Elsewhere:
    """A way to something that is on no list."""

    label: str
    title: str
    """Of the dialog."""
    folder: bool = False


class PickButton(QToolButton):
    """Signals: `picked(value)`, by hand; `opening`, before the list is made."""

    picked = Signal(str)
    opening = Signal()

    def __init__(self, about: str, elsewhere: Sequence[Elsewhere] = ()) -> None:
        """`about`: what is chosen, with `{name}` for the choice; for screen readers and as a tool tip."""
        super().__init__()
        self._about, self._elsewhere = about, elsewhere
        self._picks: Sequence[Pick] = ()
        self._value = self._nothing = ""
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setMenu(QMenu(self))
        self.menu().aboutToShow.connect(self._fill_menu)

    @property
    def value(self) -> str:
        """What is chosen; empty if nothing is."""
        return self._value

    def name(self) -> str:
        """The choice in words."""
        named = next((pick.name for pick in self._picks if pick.value == self._value), "")
        return named or Path(self._value).name

    def show_picks(self, picks: Sequence[Pick], value: str, nothing: str = "") -> None:
        """What can be chosen, and what is. `nothing` stands there if nothing is."""
        self._picks, self._value, self._nothing = picks, value, nothing
        name = self.name() or nothing
        short = name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"
        self.setText(f"{short} ▾")
        said = self._about.format(name=name)
        self.setAccessibleName(said)
        listed = value in (pick.value for pick in picks)
        self.setToolTip(said if listed or not value else self._about.format(name=value))

    def ask(self, elsewhere: Elsewhere) -> None:
        """Let the person choose from the disk; nothing waits."""
        dialog = QFileDialog(self, elsewhere.title)
        mode = QFileDialog.FileMode.Directory if elsewhere.folder else QFileDialog.FileMode.ExistingFile
        dialog.setFileMode(mode)
        if self._value and self._value not in (pick.value for pick in self._picks):
            dialog.setDirectory(str(Path(self._value).parent))
        dialog.fileSelected.connect(self.picked)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _fill_menu(self) -> None:
        self.opening.emit()
        menu = self.menu()
        menu.clear()
        for pick in self._picks:
            if not pick.name:
                menu.addSeparator()
                continue
            action = menu.addAction(f"{pick.name}  ·  {pick.detail}" if pick.detail else pick.name)
            action.triggered.connect(lambda _=False, value=pick.value: self.picked.emit(value))
        if self._value and self._value not in (pick.value for pick in self._picks):
            menu.addAction(self.name()).setEnabled(False)
        menu.addSeparator()
        for elsewhere in self._elsewhere:
            menu.addAction(elsewhere.label).triggered.connect(lambda _=False, way=elsewhere: self.ask(way))
