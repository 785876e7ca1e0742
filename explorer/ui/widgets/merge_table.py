"""The entries that were learned so far, one merge a row: the vocabulary as it grows."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from explorer.ui import words
from explorer.ui.stores.merges import BYTES, MergesStore
from explorer.ui.theme import Theme
from explorer.ui.widgets.token_words import bytes_label

Index = QModelIndex | QPersistentModelIndex
ID, PAIR, TEXT, COUNT = range(4)


class MergeTable(QAbstractTableModel):
    """Columns: id, the pair, what it became, how often it stood. Call `follow` when the store moved."""

    def __init__(self, theme: Theme, store: MergesStore) -> None:
        super().__init__()
        self._theme, self._store = theme, store
        self._rows = 0

    def follow(self) -> None:
        """As many rows as merges are shown."""
        shown = self._store.shown
        if shown > self._rows:
            self.beginInsertRows(QModelIndex(), self._rows, shown - 1)
            self._rows = shown
            self.endInsertRows()
        elif shown < self._rows:
            self.beginRemoveRows(QModelIndex(), shown, self._rows - 1)
            self._rows = shown
            self.endRemoveRows()

    def rowCount(self, parent: Index | None = None) -> int:
        """Merges that are shown."""
        return 0 if parent is not None and parent.isValid() else self._rows

    def columnCount(self, parent: Index | None = None) -> int:
        """Always four."""
        return COUNT + 1

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Names of the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        if role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("Id"), self.tr("Pair"), self.tr("Becomes"), self.tr("Times"))[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, font, side."""
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(index.row(), index.column())
            case Qt.ItemDataRole.FontRole:
                return self._theme.font("mono" if index.column() in (PAIR, TEXT) else "body")
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(index.column())
            case _:
                return None

    def token_bytes(self, token: int) -> bytes:
        """What an id stands for."""
        return bytes([token]) if token < BYTES else bytes.fromhex(self._store.merges[token - BYTES].data)

    def _text(self, row: int, column: int) -> str:
        if row >= len(self._store.merges):  # the learning has begun anew, and `follow` is on its way
            return ""
        merge = self._store.merges[row]
        match column:
            case 0:
                return str(BYTES + row)
            case 1:
                left, right = (bytes_label(self.token_bytes(token)) for token in (merge.left, merge.right))
                return f"{left} + {right}"
            case 2:
                return bytes_label(bytes.fromhex(merge.data))
            case _:
                return words.count(merge.count)


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in (ID, COUNT) else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
