"""Entries of a vocabulary as a table; only rows that are seen are asked for."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from explorer.ui.stores.vocabulary import VocabularyStore
from explorer.ui.theme import Theme
from explorer.ui.widgets.token_words import bytes_label, hex_bytes

Index = QModelIndex | QPersistentModelIndex
ID, TEXT, BYTES = range(3)


class VocabularyTable(QAbstractTableModel):
    """Columns: id, text, bytes."""

    def __init__(self, theme: Theme, store: VocabularyStore) -> None:
        super().__init__()
        self._theme, self._store = theme, store
        self._rows = 0
        store.changed.connect(self._follow)
        store.rows_came.connect(self._rows_came)

    def rowCount(self, parent: Index | None = None) -> int:
        """Results."""
        return 0 if parent is not None and parent.isValid() else self._rows

    def columnCount(self, parent: Index | None = None) -> int:
        """Always three."""
        return BYTES + 1

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Names of the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        if role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("Id"), self.tr("Text"), self.tr("Bytes"))[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, font, side."""
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(index.row(), index.column())
            case Qt.ItemDataRole.FontRole:
                return self._theme.font("mono" if index.column() == TEXT else "body")
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(index.column())
            case _:
                return None

    def token(self, row: int) -> int:
        """The id in a row; -1 while it is not known."""
        entry = self._store.row(row) if 0 <= row < self._rows else None
        return -1 if entry is None else entry.id

    def _text(self, row: int, column: int) -> str:
        entry = self._store.row(row)
        if entry is None:
            return "…" if column == TEXT else ""
        if column == ID:
            return str(entry.id)
        data = bytes.fromhex(entry.data)
        if column == BYTES:
            return hex_bytes(data)
        if entry.special:
            return self.tr("{name} (special)").format(name=data.decode("utf-8", "replace"))
        return bytes_label(data)

    def _follow(self) -> None:
        """Rows are shown when the search is over: until then they have no order."""
        rows = self._store.count if self._store.done else 0
        if rows != self._rows or not rows:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
        elif not self._store.copying:
            self.dataChanged.emit(self.index(0, 0), self.index(rows - 1, BYTES))

    def _rows_came(self, first: int, count: int) -> None:
        last = min(first + count, self._rows) - 1
        if first <= last:
            self.dataChanged.emit(self.index(first, 0), self.index(last, BYTES))


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column == ID else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
