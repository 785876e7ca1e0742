"""A row that wraps: widgets side by side, and on a next line where the width ends."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


@dataclass
class _Row:
    """Items of one line with the widths that they get."""

    items: list[tuple[QLayoutItem, int]] = field(default_factory=lambda: [])
    height: int = 0
    width: int = 0


class FlowLayout(QLayout):
    """Items keep their preferred width (or the whole line, if that is less) and stand centred in their line.

    The height follows from the width, so the layout asks for more room instead of cutting anything off.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)  # type: ignore[call-overload]  # None is allowed
        self._items: list[QLayoutItem] = []

    def addItem(self, item: QLayoutItem) -> None:  # noqa: N802
        """Append; called by `addWidget`."""
        self._items.append(item)
        self.invalidate()

    def count(self) -> int:
        """Number of items, hidden ones included."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]  # noqa: N802
        """The item, or None outside of the list, as Qt asks for."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]  # noqa: N802
        """Remove an item and give it away."""
        if not 0 <= index < len(self._items):
            return None
        item = self._items.pop(index)
        self.invalidate()
        return item

    def expandingDirections(self) -> Qt.Orientation:  # noqa: N802
        """It fills the width that there is; the height follows."""
        return Qt.Orientation.Horizontal

    def hasHeightForWidth(self) -> bool:
        """Always."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Pixels of all lines at `width`, margins included."""
        margins = self.contentsMargins()
        inner = width - margins.left() - margins.right()
        rows = list(self._rows(inner))
        lines = sum(row.height for row in rows) + self._gap() * max(0, len(rows) - 1)
        return lines + margins.top() + margins.bottom()

    def sizeHint(self) -> QSize:
        """Everything in one line."""
        rows = list(self._rows(1 << 20))
        margins = self.contentsMargins()
        size = QSize(rows[0].width, rows[0].height) if rows else QSize(0, 0)
        return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())

    def minimumSize(self) -> QSize:  # noqa: N802
        """Room for the widest item's minimum; the height comes from `heightForWidth`."""
        size = QSize(0, 0)
        for item in self._visible():
            size = size.expandedTo(item.minimumSize())
        margins = self.contentsMargins()
        return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())

    def setGeometry(self, rect: QRect) -> None:  # noqa: N802
        """Place the items."""
        super().setGeometry(rect)
        margins = self.contentsMargins()
        inner = rect.adjusted(margins.left(), margins.top(), -margins.right(), -margins.bottom())
        top = inner.top()
        for row in self._rows(inner.width()):
            left = inner.left()
            for item, width in row.items:
                height = min(item.sizeHint().height(), row.height)
                item.setGeometry(QRect(QPoint(left, top + (row.height - height) // 2), QSize(width, height)))
                left += width + self._gap()
            top += row.height + self._gap()

    def _gap(self) -> int:
        return max(0, self.spacing())

    def _visible(self) -> Iterator[QLayoutItem]:
        return (item for item in self._items if not item.isEmpty())

    def _rows(self, width: int) -> Iterator[_Row]:
        row = _Row()
        for item in self._visible():
            hint = item.sizeHint()
            item_width = max(0, min(hint.width(), width))
            needed = row.width + self._gap() + item_width if row.items else item_width
            if row.items and needed > width:
                yield row
                row, needed = _Row(), item_width
            row.items.append((item, item_width))
            row.width = needed
            row.height = max(row.height, hint.height())
        if row.items:
            yield row
