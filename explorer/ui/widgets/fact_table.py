"""Names and values, one pair a line: plain, selectable, no wider than its place."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from explorer.ui.theme import Theme


class FactTable(QWidget):
    """Values wrap; names do not."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._lines: Sequence[tuple[str, str]] = ()
        self._labels: list[tuple[QLabel, QLabel]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(1, 1)
        theme.changed.connect(self._space)
        self._space()

    @property
    def lines(self) -> Sequence[tuple[str, str]]:
        """What is shown."""
        return self._lines

    def show_lines(self, lines: Sequence[tuple[str, str]]) -> None:
        """Show these, none of them empty."""
        if lines == self._lines:
            return
        self._lines = lines
        while len(self._labels) < len(lines):
            self._add_line()
        for place, (name, value) in enumerate(self._labels):
            shown = place < len(lines)
            if shown:
                name.setText(lines[place][0])
                value.setText(lines[place][1])
            name.setVisible(shown)
            value.setVisible(shown)

    def _add_line(self) -> None:
        name, value = QLabel(), QLabel()
        name.setProperty("role", "muted")
        name.setAlignment(Qt.AlignmentFlag.AlignTop)
        value.setTextFormat(Qt.TextFormat.PlainText)
        value.setWordWrap(True)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        value.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        place = len(self._labels)
        self._grid.addWidget(name, place, 0)
        self._grid.addWidget(value, place, 1)
        self._labels.append((name, value))

    def _space(self) -> None:
        self._grid.setHorizontalSpacing(self._theme.px(16))
        self._grid.setVerticalSpacing(self._theme.px(3))
