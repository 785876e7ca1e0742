"""Models in groups, two lines each: what it is called, and what is known of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from explorer.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class ModelRow:
    """One line of the list; `key` is empty for a group's heading."""

    key: str
    name: str
    facts: str = ""
    side: str = ""
    """At the right end of the first line."""
    problem: str = ""
    """In place of the facts."""
    hint: str = ""


class ModelList(QListView):
    """A list of models.

    Signals, with the model's key: `chosen`, by a click or the arrow keys; `activated_by_hand`, by Enter or a
    double click; `delete_pressed`.
    """

    chosen = Signal(str)
    activated_by_hand = Signal(str)
    delete_pressed = Signal(str)

    def __init__(self, theme: Theme, cut: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle) -> None:
        """`cut`: where a name is cut that is too long; of models, the end tells them apart."""
        super().__init__()
        self._theme = theme
        self._rows = _Rows()
        self.setModel(self._rows)
        self.setItemDelegate(_Painter(theme, self, cut))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName(self.tr("Models"))
        self.selectionModel().currentChanged.connect(self._current_changed)
        self.doubleClicked.connect(lambda index: self._activate())
        theme.changed.connect(self.doItemsLayout)

    def set_rows(self, rows: Sequence[ModelRow]) -> None:
        """Show these; the chosen one stays chosen, silently."""
        if rows == self._rows.rows:
            return
        key, bar = self.current_key, self.verticalScrollBar().value()
        self.selectionModel().blockSignals(True)
        self._rows.show_rows(rows)
        self.selectionModel().blockSignals(False)
        self.choose(key)
        self.verticalScrollBar().setValue(bar)

    @property
    def current_key(self) -> str:
        """Of the model that is chosen; empty if none is."""
        return self._key(self.currentIndex())

    def keys(self) -> list[str]:
        """Of the models, in the order shown."""
        return [row.key for row in self._rows.rows if row.key]

    def row_of(self, key: str) -> ModelRow | None:
        """What is shown of a model."""
        return next((row for row in self._rows.rows if row.key == key), None)

    def choose(self, key: str) -> None:
        """Put the selection on a model, silently; on none, if it is not there."""
        if key and key == self.current_key:
            return
        place = next((place for place, row in enumerate(self._rows.rows) if row.key and row.key == key), -1)
        self.selectionModel().blockSignals(True)
        if place < 0:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
        else:
            self.setCurrentIndex(self._rows.index(place))
        self.selectionModel().blockSignals(False)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter uses the model, Del takes it off."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current_key:
            self._activate()
        elif event.key() == Qt.Key.Key_Delete and self.current_key:
            self.delete_pressed.emit(self.current_key)
        else:
            super().keyPressEvent(event)

    def _activate(self) -> None:
        if self.current_key:
            self.activated_by_hand.emit(self.current_key)

    def _current_changed(self, current: QModelIndex) -> None:
        key = self._key(current)
        if key:
            self.chosen.emit(key)

    def _key(self, index: QModelIndex) -> str:
        return self._rows.rows[index.row()].key if index.isValid() else ""


class _Rows(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.rows: Sequence[ModelRow] = ()

    def show_rows(self, rows: Sequence[ModelRow]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        # A heading is passed over by the keys.
        return super().flags(index) if self.rows[index.row()].key else Qt.ItemFlag.NoItemFlags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.name
            case Qt.ItemDataRole.AccessibleTextRole:
                return ", ".join(part for part in (row.name, row.problem or row.facts, row.side) if part)
            case Qt.ItemDataRole.ToolTipRole:
                return row.hint or None
            case _:
                return row if role == ROW_ROLE else None


class _Painter(QStyledItemDelegate):
    """Paints a row; a heading is small and grey."""

    def __init__(self, theme: Theme, parent: QListView, cut: Qt.TextElideMode) -> None:
        super().__init__(parent)
        self._theme = theme
        self._cut = cut

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        px, row = self._theme.px, index.data(ROW_ROLE)
        caption = QFontMetrics(self._theme.font("caption")).height()
        if not row.key:
            return QSize(0, caption + px(14))
        return QSize(0, QFontMetrics(self._theme.font("body")).height() + caption + px(14))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: ModelRow = index.data(ROW_ROLE)
        px, area = self._theme.px, option.rect  # type: ignore[attr-defined]
        painter.save()
        inner: QRect = area.adjusted(px(10), px(5), -px(10), -px(5))
        if not row.key:
            painter.setFont(self._theme.font("caption"))
            painter.setPen(self._theme.colour("muted"))
            painter.drawText(inner, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, row.name)
        else:
            state = option.state  # type: ignore[attr-defined]
            if state & QStyle.StateFlag.State_Selected:
                painter.fillRect(area, self._theme.colour("selection"))
                painter.fillRect(
                    QRect(area.left(), area.top(), px(3), area.height()), self._theme.colour("accent")
                )
            self._paint_model(painter, row, inner)
        painter.restore()

    def _paint_model(self, painter: QPainter, row: ModelRow, area: QRect) -> None:
        body, caption = self._theme.font("body"), self._theme.font("caption")
        side_width = QFontMetrics(caption).horizontalAdvance(row.side)
        first = QRect(area.left(), area.top(), area.width(), QFontMetrics(body).height())
        painter.setFont(caption)
        painter.setPen(self._theme.colour("muted"))
        painter.drawText(first, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, row.side)
        painter.setFont(body)
        painter.setPen(self._theme.colour("text"))
        room = first.width() - side_width - self._theme.px(12)
        name = QFontMetrics(body).elidedText(row.name, self._cut, room)
        painter.drawText(first, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        painter.setFont(caption)
        painter.setPen(self._theme.colour("error" if row.problem else "muted"))
        second = area.adjusted(0, first.height() + self._theme.px(2), 0, 0)
        said = f"✕ {row.problem}" if row.problem else row.facts
        said = QFontMetrics(caption).elidedText(said, Qt.TextElideMode.ElideRight, second.width())
        painter.drawText(second, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, said)
