"""The rows of the list of runs, as a table model."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter, QPixmap

from explorer.ui import words
from explorer.ui.theme import Theme
from explorer.ui.widgets.curve_style import paint_swatch, slot_colour
from explorer.ui.widgets.tiles import NOTHING

RowStatus = Literal[
    "starting", "running", "paused", "stopping", "finished", "interrupted", "failed", "lost", "recorded"
]
Index = QModelIndex | QPersistentModelIndex
SORT_ROLE = Qt.ItemDataRole.UserRole
SHOW, NAME, STAGE, STATUS, STEP, TRAINING, HELD_OUT, WHEN = range(8)
_MARKS: dict[RowStatus, str] = {
    "starting": "…",
    "running": "▶",
    "paused": "‖",
    "stopping": "…",
    "finished": "✓",
    "interrupted": "◐",
    "failed": "✕",
    "lost": "✕",
    "recorded": "◉",
}


@dataclass(frozen=True)
class RunRow:
    """One run as the list shows it."""

    key: str
    """The folder's path, or the job of a run without one."""
    run: str
    """The folder's name; empty if it is not in our own folder of runs."""
    name: str
    stage: str
    """In words."""
    status: RowStatus
    step: int
    steps: int
    train_loss: float | None
    val_loss: float | None
    created_s: float
    checkpoint: str
    text: str = ""
    slot: int | None = None
    """Of its line in the plot; None: not drawn."""
    current: bool = False
    held: bool = False
    """Whether some process trains it now: it can be neither resumed nor binned."""


class RunTable(QAbstractTableModel):
    """Columns: drawn or not, name, stage, status, steps, losses, when.

    Signals: `renamed(key, name)` and `shown(key, on)`, both by hand.
    """

    renamed = Signal(str, str)
    shown = Signal(str, bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rows: list[RunRow] = []
        theme.changed.connect(self._repaint)

    def set_rows(self, rows: Sequence[RunRow]) -> None:
        """Show these; where only numbers changed, only those rows are painted again."""
        if [row.key for row in rows] != [row.key for row in self._rows]:
            self.beginResetModel()
            self._rows = list(rows)
            self.endResetModel()
            return
        for number, row in enumerate(rows):
            if row != self._rows[number]:
                self._rows[number] = row
                self.dataChanged.emit(self.index(number, 0), self.index(number, WHEN))

    def row(self, number: int) -> RunRow:
        """The run in a line of the model (not of the sorted view)."""
        return self._rows[number]

    def rowCount(self, parent: Index | None = None) -> int:
        """Runs."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Always eight."""
        return WHEN + 1

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Names of the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (
            self.tr("Drawn"),
            self.tr("Run"),
            self.tr("Stage"),
            self.tr("Status"),
            self.tr("Step"),
            self.tr("Training loss"),
            self.tr("Held-out loss"),
            self.tr("When"),
        )[section]

    def flags(self, index: Index) -> Qt.ItemFlag:
        """The name can be edited, the first column checked."""
        flags = super().flags(index)
        if index.column() == NAME:
            flags |= Qt.ItemFlag.ItemIsEditable
        if index.column() == SHOW:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, sort key, swatch, check mark."""
        row, column = self._rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(row, column)
            case Qt.ItemDataRole.EditRole:
                return row.name
            case Qt.ItemDataRole.ToolTipRole:
                return self._tool_tip(row)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column)
            case Qt.ItemDataRole.CheckStateRole if column == SHOW:
                return Qt.CheckState.Unchecked if row.slot is None else Qt.CheckState.Checked
            case Qt.ItemDataRole.DecorationRole if column == SHOW and row.slot is not None:
                return self._swatch(row.slot)
            case Qt.ItemDataRole.FontRole:
                font = self._theme.font("body")
                font.setBold(row.current and column == NAME)
                return font
            case Qt.ItemDataRole.AccessibleTextRole if column == SHOW:
                return self.tr("drawn") if row.slot is not None else self.tr("not drawn")
            case _:
                return _sort_key(row, column) if role == SORT_ROLE else None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """A new name, or drawn or not: said by a signal; the store's answer changes the row."""
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.CheckStateRole:
            self.shown.emit(row.key, Qt.CheckState(value) == Qt.CheckState.Checked)
            return True
        if role == Qt.ItemDataRole.EditRole and (name := str(value).strip()) and name != row.name:
            self.renamed.emit(row.key, name)
            return True
        return False

    def status_words(self, status: RowStatus) -> str:
        """The status with its mark."""
        said: dict[RowStatus, str] = {
            "starting": self.tr("starting"),
            "running": self.tr("training"),
            "paused": self.tr("paused"),
            "stopping": self.tr("stopping"),
            "finished": self.tr("finished"),
            "interrupted": self.tr("interrupted"),
            "failed": self.tr("failed"),
            "lost": self.tr("engine died"),
            "recorded": self.tr("recorded"),
        }
        return f"{_MARKS[status]} {said[status]}"

    def _text(self, row: RunRow, column: int) -> str:
        match column:
            case 1:
                return row.name
            case 2:
                return row.stage
            case 3:
                return self.status_words(row.status)
            case 4:
                return f"{words.count(row.step)} / {words.count(row.steps)}"
            case 5 | 6:
                loss = row.train_loss if column == TRAINING else row.val_loss
                return NOTHING if loss is None else f"{loss:.3f}"
            case 7:
                return self._when(row.created_s)
            case _:
                return ""

    def _when(self, created_s: float) -> str:
        if not isfinite(created_s):
            return self.tr("now")
        return words.when(created_s)

    def _tool_tip(self, row: RunRow) -> str:
        return "\n".join(part for part in (row.name, row.text, row.key) if part)

    def _swatch(self, slot: int) -> QPixmap:
        size = self._theme.px(22), self._theme.px(12)
        pixmap = QPixmap(*size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        paint_swatch(painter, QRectF(0, 0, *size), self._theme, slot, False, slot_colour(self._theme, slot))
        painter.end()
        return pixmap

    def _repaint(self) -> None:
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, WHEN))


class SortedRuns(QSortFilterProxyModel):
    """Sorted by the clicked column; an unmeasured loss stands last."""

    def __init__(self, table: RunTable) -> None:
        super().__init__()
        self.setSourceModel(table)
        self.setSortRole(SORT_ROLE)

    def lessThan(self, left: Index, right: Index) -> bool:  # noqa: N802
        """By Python's own order of the sort keys."""
        return left.data(SORT_ROLE) < right.data(SORT_ROLE)


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in (STEP, TRAINING, HELD_OUT) else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _sort_key(row: RunRow, column: int) -> Any:
    match column:
        case 0:
            return row.slot is None
        case 1:
            return row.name.casefold()
        case 2:
            return row.stage
        case 3:
            return list(_MARKS).index(row.status)
        case 4:
            return row.step
        case 5 | 6:
            loss = row.train_loss if column == TRAINING else row.val_loss
            return float("inf") if loss is None else loss
        case _:
            return row.created_s
