"""A row of numbers, each with its name: what a run measures now."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QVBoxLayout, QWidget

from explorer.ui.theme import Theme
from explorer.ui.widgets.flow_layout import FlowLayout
from explorer.ui.widgets.steady_text import SteadyText

NOTHING = "–"
"""What stands where nothing was measured."""


@dataclass(frozen=True)
class TileSpec:
    """One number. `widest` is the longest text that it will show: the tile keeps room for it."""

    key: str
    name: str
    hint: str
    widest: str


class Tiles(QWidget):
    """Numbers side by side, on a next line where the width ends. Nothing moves when a number changes."""

    def __init__(self, theme: Theme, specs: Sequence[TileSpec]) -> None:
        super().__init__()
        self._theme = theme
        self._row = FlowLayout(self)
        self._tiles = {spec.key: _Tile(theme, spec) for spec in specs}
        for tile in self._tiles.values():
            self._row.addWidget(tile)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self._space)
        self._space()

    def set_value(self, key: str, text: str | None) -> None:
        """Show a number as text; None: it was not measured."""
        self._tiles[key].set_value(text)

    def show_only(self, keys: Collection[str]) -> None:
        """Hide the others."""
        for key, tile in self._tiles.items():
            tile.setVisible(key in keys)

    def text(self, key: str) -> str:
        """What a tile shows."""
        return self._tiles[key].value.text()

    def _space(self) -> None:
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(self._theme.px(8))


class _Tile(QFrame):
    def __init__(self, theme: Theme, spec: TileSpec) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName("surface")
        self.setToolTip(spec.hint)
        self.name = QLabel(spec.name)
        self.name.setProperty("role", "caption")
        self.value = SteadyText(theme, "number", widest=spec.widest)
        self.value.setAccessibleName(spec.name)
        self.value.set_text(NOTHING)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.name)
        self._column.addWidget(self.value)
        theme.changed.connect(self._space)
        self._space()

    def set_value(self, text: str | None) -> None:
        self.value.set_text(NOTHING if text is None else text)

    def _space(self) -> None:
        px = self._theme.px
        self._column.setContentsMargins(px(10), px(4), px(10), px(4))
        self._column.setSpacing(0)
