"""How merges built a token, drawn as a tree: its bytes in the bottom row, the whole on top."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.protocol import TreeNode
from explorer.ui.theme import Theme
from explorer.ui.widgets.token_words import bytes_label


@dataclass
class _Box:
    """A node on the drawing; `centre` and `width` in pixels."""

    label: str
    node: TreeNode
    width: float
    level: int
    """Rows above the bottom."""
    centre: float = 0.0


class MergeTreeView(QWidget):
    """Shows nodes and the roots among them. As large as the tree: put it where it can be scrolled.

    Left and right go from node to node in the order of the merges, Return chooses. Signals:
    `token_chosen(id)`.
    """

    token_chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._nodes: Sequence[TreeNode] = ()
        self._roots: Sequence[int] = ()
        self._boxes: list[_Box] = []
        self._current = -1
        self._size = QSize(1, 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._lay_out)

    @property
    def labels(self) -> list[str]:
        """What the nodes say, in the order of the merges."""
        return [box.label for box in self._boxes]

    def show_tree(self, nodes: Sequence[TreeNode], roots: Sequence[int]) -> None:
        """`nodes` hold children before their parents; `roots` stand side by side."""
        if (nodes, roots) != (self._nodes, self._roots):
            self._nodes, self._roots = nodes, roots
            self._current = -1
            self._lay_out()
            self.setAccessibleName(self.tr("How the merges built it: {parts}").format(parts=self._in_words()))

    def box_area(self, index: int) -> QRectF:
        """Where a node is drawn."""
        box, px = self._boxes[index], self._theme.px
        rows = max((one.level for one in self._boxes), default=0)
        top = px(4) + (rows - box.level) * (self._row + px(14))
        return QRectF(box.centre - box.width / 2, top, box.width, self._row)

    def sizeHint(self) -> QSize:
        """Of the whole tree."""
        return self._size

    def minimumSizeHint(self) -> QSize:
        """The same: it is never squeezed."""
        return self._size

    # ------------------------------------------------------------ layout

    def _lay_out(self) -> None:
        px = self._theme.px
        label, number = QFontMetricsF(self._theme.font("mono")), QFontMetricsF(self._theme.font("caption"))
        self._row = round(label.height() + number.height()) + px(4)
        self._boxes = []
        for node in self._nodes:
            words = bytes_label(bytes.fromhex(node.data))
            width = max(label.horizontalAdvance(words), number.horizontalAdvance(_id_of(node))) + px(10)
            below = [self._boxes[at].level for at in (node.left, node.right) if at >= 0]
            self._boxes.append(_Box(words, node, width, 1 + max(below) if below else 0))
        right = float(px(4))
        for root in self._roots:
            right += self._place(root, right) + px(12)
        rows = 1 + max((box.level for box in self._boxes), default=0)
        height = px(8) + rows * self._row + (rows - 1) * px(14)
        self._size = QSize(round(right) + px(4), height if self._boxes else 1)
        self.setFixedHeight(self._size.height())
        self.setMinimumWidth(self._size.width())
        self.update()

    def _place(self, index: int, left: float) -> float:
        """Put a node and all below it to the right of `left`; the width that they take."""
        box = self._boxes[index]
        if box.node.left < 0:
            box.centre = left + box.width / 2
            return box.width
        gap = self._theme.px(6)
        first = self._place(box.node.left, left)
        second = self._place(box.node.right, left + first + gap)
        whole = first + gap + second
        if box.width > whole:
            self._shift(index, (box.width - whole) / 2)
            whole = box.width
        box.centre = (self._boxes[box.node.left].centre + self._boxes[box.node.right].centre) / 2
        box.centre = min(max(box.centre, left + box.width / 2), left + whole - box.width / 2)
        return whole

    def _shift(self, index: int, by: float) -> None:
        """Move all that is below a node."""
        node = self._boxes[index].node
        for at in (node.left, node.right):
            if at >= 0:
                self._boxes[at].centre += by
                self._shift(at, by)

    # ------------------------------------------------------------ painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Lines first, then boxes."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colour("muted"), self._theme.px(1)))
        for index, box in enumerate(self._boxes):
            area = self.box_area(index)
            for at in (box.node.left, box.node.right):
                if at >= 0:
                    below = self.box_area(at)
                    painter.drawLine(
                        QPointF(area.center().x(), area.bottom()), QPointF(below.center().x(), below.top())
                    )
        for index in range(len(self._boxes)):
            if self.box_area(index).intersects(QRectF(event.rect())):
                self._paint_box(painter, index)

    def _paint_box(self, painter: QPainter, index: int) -> None:
        theme, box, area = self._theme, self._boxes[index], self.box_area(index)
        chosen = self.hasFocus() and index == self._current
        painter.setPen(
            QPen(theme.colour("accent" if chosen else "border"), theme.px(2) if chosen else theme.px(1))
        )
        painter.setBrush(theme.colour("raised") if box.level == 0 else theme.token_fill(index))
        painter.drawRoundedRect(area, theme.px(4), theme.px(4))
        label_height = QFontMetricsF(theme.font("mono")).height() + theme.px(2)
        painter.setFont(theme.font("mono"))
        painter.setPen(theme.colour("text"))
        upper = QRectF(area.left(), area.top(), area.width(), label_height)
        painter.drawText(upper, Qt.AlignmentFlag.AlignCenter, box.label)
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.colour("muted"))
        painter.drawText(area.adjusted(0, label_height, 0, 0), Qt.AlignmentFlag.AlignCenter, _id_of(box.node))

    # ------------------------------------------------------------ mouse, keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click chooses a node's token."""
        for index in range(len(self._boxes)):
            if self.box_area(index).contains(event.position()):
                self._choose(index)
                return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk and choose."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is not None and self._boxes:
            self._current = min(max(self._current + step, 0), len(self._boxes) - 1)
            self.setAccessibleDescription(self._boxes[self._current].label)
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and 0 <= self._current < len(self._boxes):
            self._choose(self._current)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin with the last merge."""
        super().focusInEvent(event)
        if self._current < 0:
            self._current = len(self._boxes) - 1
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """No node is chosen any more."""
        super().focusOutEvent(event)
        self.update()

    def _choose(self, index: int) -> None:
        token = self._boxes[index].node.token
        if token >= 0:
            self.token_chosen.emit(token)

    def _in_words(self) -> str:
        joined = [
            f"{self._boxes[box.node.left].label} + {self._boxes[box.node.right].label}"
            for box in self._boxes
            if box.node.left >= 0
        ]
        return ", ".join(joined)


def _id_of(node: TreeNode) -> str:
    return str(node.token) if node.token >= 0 else "–"
