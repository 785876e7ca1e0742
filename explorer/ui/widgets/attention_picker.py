"""Which attention is shown: the average of all, or one head of one layer."""

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QSpinBox, QToolTip, QVBoxLayout, QWidget

from explorer.ui.theme import Theme
from explorer.ui.widgets.calm_wheel import CalmWheel
from explorer.ui.widgets.flow_layout import FlowLayout
from explorer.ui.widgets.labelled import labelled

_CELL_PX, _LEAST_PX = 12, 3
_HEIGHT_PX = 110
"""Of the grid, where its squares need not be smaller than `_LEAST_PX` for it."""
_SOFT = 140
_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class AttentionPicker(QWidget):
    """Two numbers, and the same as a grid: a column for each layer, a row for each head.

    Layers and heads count from 0 for the program and from 1 for people.
    Signals: `picked(layer, head)`; None stands for the average over all.
    """

    picked = Signal(object, object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._layers = self._heads = 0
        self._layer: int | None = None
        self._head: int | None = None
        self._layer_box, self._head_box = QSpinBox(), QSpinBox()
        self.average = QPushButton(self.tr("Average of all"))
        self.average.setCheckable(True)
        self.average.setToolTip(self.tr("What all heads of all layers looked at together"))
        self._grid = _Grid(theme)
        self._build()
        self._layer_box.valueChanged.connect(self._boxes_changed)
        self._head_box.valueChanged.connect(self._boxes_changed)
        self.average.clicked.connect(lambda: self._pick(None, None))
        self._grid.picked.connect(self._pick)
        theme.changed.connect(self._space)
        self._space()
        self.show_model(0, 0)

    def _build(self) -> None:
        for box in (self._layer_box, self._head_box):
            box.setSpecialValueText(self.tr("all"))
            box.setRange(0, 1)
        self._choices = FlowLayout()
        self._choices.addWidget(self.average)
        tip = self.tr("Each layer looks at the stream anew; “all” is the average")
        self._choices.addWidget(labelled(self.tr("Layer"), tip, self._layer_box))
        tip = self.tr("In each layer several heads look for different things; “all” is the average")
        self._choices.addWidget(labelled(self.tr("Head"), tip, self._head_box))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(self._choices)
        self._column.addWidget(self._grid)
        self._calm = CalmWheel(self)

    @property
    def choice(self) -> tuple[int | None, int | None]:
        """Layer and head, from 0; None for all."""
        return self._layer, self._head

    def show_model(self, layers: int, heads: int) -> None:
        """How many layers there are, and heads in each; 0 while that is not known."""
        self._layers, self._heads = layers, heads
        self.setEnabled(layers > 0)
        self._grid.setVisible(layers > 0)
        layer = self._layer if self._layer is not None and self._layer < layers else None
        head = self._head if self._head is not None and self._head < heads else None
        self.show_choice(layer, head)

    def show_choice(self, layer: int | None, head: int | None) -> None:
        """What is shown now."""
        self._layer, self._head = layer, head
        for box, count, value in (
            (self._layer_box, self._layers, layer),
            (self._head_box, self._heads, head),
        ):
            box.blockSignals(True)
            box.setRange(0, count)
            box.setValue(0 if value is None else value + 1)
            box.blockSignals(False)
        self.average.setChecked(layer is None and head is None)
        self._grid.show_choice(self._layers, self._heads, layer, head)

    def _boxes_changed(self) -> None:
        layer, head = self._layer_box.value(), self._head_box.value()
        self._pick(layer - 1 if layer else None, head - 1 if head else None)

    def _pick(self, layer: int | None, head: int | None) -> None:
        changed = (layer, head) != (self._layer, self._head)
        self.show_choice(layer, head)
        if changed:
            self.picked.emit(layer, head)

    def _space(self) -> None:
        self._column.setSpacing(self._theme.px(4))
        self._choices.setSpacing(self._theme.px(8))


class _Grid(QWidget):
    """All heads as small squares; what is chosen is filled. Arrow keys walk from head to head."""

    picked = Signal(object, object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._layers = self._heads = 0
        self._layer: int | None = None
        self._head: int | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Heads: a column for each layer"))
        theme.changed.connect(self.updateGeometry)

    def show_choice(self, layers: int, heads: int, layer: int | None, head: int | None) -> None:
        if (layers, heads) != (self._layers, self._heads):
            self._layers, self._heads = layers, heads
            self.updateGeometry()
        self._layer, self._head = layer, head
        self.setAccessibleDescription(self._words(layer, head))
        self.update()

    def sizeHint(self) -> QSize:
        width = self._layers * self._theme.px(_CELL_PX)
        return QSize(width, self.heightForWidth(max(width, 1)))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._heads * self._theme.px(_LEAST_PX))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._heads * self._cell(width)

    def cell_rect(self, layer: int, head: int) -> QRect:
        """Where a head's square is."""
        side = self._cell(self.width())
        return QRect(layer * side, head * side, side, side)

    def _cell(self, width: int) -> int:
        px = self._theme.px
        fits = min(width // max(self._layers, 1), px(_HEIGHT_PX) // max(self._heads, 1))
        return max(px(_LEAST_PX), min(px(_CELL_PX), fits))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        plain, chosen = theme.colour("border"), theme.colour("accent")
        if None in (self._layer, self._head):
            chosen.setAlpha(_SOFT)  # many at once: an average
        for layer in range(self._layers):
            for head in range(self._heads):
                taken = self._layer in (None, layer) and self._head in (None, head)
                rect = self.cell_rect(layer, head).adjusted(1, 1, -1, -1)
                painter.fillRect(rect, chosen if taken else plain)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("text"), 1))
            last = self.cell_rect(self._layers - 1, self._heads - 1)
            painter.drawRect(QRectF(0, 0, last.right() + 1, last.bottom() + 1).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        layer, head = self._at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and layer >= 0:
            self.picked.emit(layer, head)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            layer, head = self._at(event.pos())
            QToolTip.showText(event.globalPos(), self._words(layer, head) if layer >= 0 else "", self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape and (self._layer, self._head) != (None, None):
            self.picked.emit(None, None)
        elif key in _STEPS and self._layers:
            right, down = _STEPS[key]
            layer = 0 if self._layer is None else min(max(self._layer + right, 0), self._layers - 1)
            head = 0 if self._head is None else min(max(self._head + down, 0), self._heads - 1)
            self.picked.emit(layer, head)
        else:
            event.ignore()

    def _at(self, point: QPoint) -> tuple[int, int]:
        """Layer and head; -1 and -1 beside them."""
        side = self._cell(self.width())
        layer, head = point.x() // side, point.y() // side
        inside = 0 <= layer < self._layers and 0 <= head < self._heads
        return (layer, head) if inside else (-1, -1)

    def _words(self, layer: int | None, head: int | None) -> str:
        if layer is None and head is None:
            return self.tr("The average of all heads of all layers")
        every = self.tr("all")
        return self.tr("Layer {layer}, head {head}").format(
            layer=every if layer is None else layer + 1, head=every if head is None else head + 1
        )
