"""A small table of prices: a name, and what a million tokens cost; one row is in force."""

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QDoubleSpinBox,
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.ui.prices import EXAMPLE, LARGEST, Price, chosen_price, read_prices, write_prices
from explorer.ui.settings import Settings
from explorer.ui.theme import Theme
from explorer.ui.widgets.flow_layout import FlowLayout

_MOST_ROWS = 12


@dataclass(frozen=True)
class _Row:
    chosen: QRadioButton
    name: QLineEdit
    input: QDoubleSpinBox
    output: QDoubleSpinBox
    remove: QToolButton

    @property
    def widgets(self) -> tuple[QWidget, ...]:
        return self.chosen, self.name, self.input, self.output, self.remove

    @property
    def price(self) -> Price:
        return Price(self.name.text().strip(), self.input.value(), self.output.value())


class _PriceBox(QDoubleSpinBox):
    """Says 2.50 and 0.0375, not 2.5000."""

    def textFromValue(self, value: float) -> str:  # noqa: N802
        """As few places as are needed, two at least."""
        whole, places = f"{value:.4f}".split(".")
        return f"{whole}.{places.rstrip('0'):0<2}"


class PriceEditor(QFrame):
    """Edits the table in `settings`; whoever shows costs reads `prices.chosen_price` again.

    Signals: `prices_changed`, after every change.
    """

    prices_changed = Signal()

    def __init__(self, theme: Theme, settings: Settings) -> None:
        super().__init__()
        self._theme, self._settings = theme, settings
        self._rows: list[_Row] = []
        self.setObjectName("surface")
        self.setAccessibleName(self.tr("Prices"))
        self._group = QButtonGroup(self)
        self._grid = QGridLayout()
        self._grid.setColumnStretch(1, 1)
        heads = (self.tr("Name"), self.tr("Input, per million tokens"), self.tr("Output, per million tokens"))
        for column, head in enumerate(heads, 1):
            label = QLabel(head)
            label.setProperty("role", "caption")
            label.setWordWrap(True)
            self._grid.addWidget(label, 0, column)
        about = QLabel(
            self.tr("Put in what you pay. The row with the dot is in force; no vendor's price is known here.")
        )
        about.setProperty("role", "muted")
        about.setWordWrap(True)
        self._add = QPushButton(self.tr("Add a price"))
        self._reset = QPushButton(self.tr("Reset"))
        buttons = FlowLayout()
        buttons.setSpacing(theme.px(8))
        buttons.addWidget(self._add)
        buttons.addWidget(self._reset)
        self._column = QVBoxLayout(self)
        self._column.addWidget(about)
        self._column.addLayout(self._grid)
        self._column.addLayout(buttons)
        self._group.idClicked.connect(self._write)
        self._add.clicked.connect(self.add_row)
        self._reset.clicked.connect(self.reset)
        theme.changed.connect(self._space)
        self._space()
        self.reload()

    @property
    def prices(self) -> list[Price]:
        """As they stand in the fields."""
        return [row.price for row in self._rows]

    def reload(self) -> None:
        """Show what is remembered: another panel may have changed it."""
        rows, chosen = read_prices(self._settings), chosen_price(self._settings)
        if rows != self.prices or not self._rows or self._rows[self._chosen].price != chosen:
            self._show(rows, rows.index(chosen) if chosen in rows else 0)

    def add_row(self) -> None:
        """One more, with the numbers of the one in force."""
        rows = self.prices
        if len(rows) < _MOST_ROWS:
            base = rows[self._chosen]
            fresh = Price("", base.input_per_million, base.output_per_million)
            self._show([*rows, fresh], len(rows))
            self._rows[-1].name.setFocus()
            self._write()

    def remove_row(self, place: int) -> None:
        """Take a row out; the last one stays."""
        rows, chosen = self.prices, self._chosen
        if len(rows) > 1:
            del rows[place]
            self._show(rows, min(chosen - (place < chosen), len(rows) - 1))
            self._write()

    def reset(self) -> None:
        """As on the first day."""
        self._show([EXAMPLE], 0)
        self._write()

    @property
    def _chosen(self) -> int:
        return max(self._group.checkedId(), 0)

    def _show(self, prices: list[Price], chosen: int) -> None:
        self._group.blockSignals(True)
        for row in self._rows:
            self._group.removeButton(row.chosen)
            for widget in row.widgets:
                self._grid.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self._rows = [self._make_row(price, place) for place, price in enumerate(prices)]
        self._rows[chosen].chosen.setChecked(True)
        self._group.blockSignals(False)
        self._add.setEnabled(len(prices) < _MOST_ROWS)
        for row in self._rows:
            row.remove.setEnabled(len(prices) > 1)

    def _make_row(self, price: Price, place: int) -> _Row:
        name = QLineEdit(price.name)
        name.setPlaceholderText(self.tr("a name"))
        name.setAccessibleName(self.tr("Name of the price"))
        name.setMinimumWidth(self._theme.px(80))
        row = _Row(QRadioButton(), name, _PriceBox(), _PriceBox(), QToolButton())
        row.chosen.setAccessibleName(self.tr("Count with this price"))
        row.chosen.setToolTip(row.chosen.accessibleName())
        self._group.addButton(row.chosen, place)
        values = ((row.input, price.input_per_million), (row.output, price.output_per_million))
        for (box, value), about in zip(
            values, (self.tr("Input price"), self.tr("Output price")), strict=True
        ):
            box.setAccessibleName(about)
            box.setDecimals(4)
            box.setRange(0, LARGEST)
            box.setPrefix("$")
            box.setValue(value)
            box.valueChanged.connect(self._write)
        row.remove.setText("✕")
        row.remove.setAccessibleName(self.tr("Remove this price"))
        row.remove.setToolTip(row.remove.accessibleName())
        row.remove.clicked.connect(lambda: self.remove_row(place))
        name.textChanged.connect(self._write)
        for column, widget in enumerate(row.widgets):
            self._grid.addWidget(widget, place + 1, column)
        return row

    def _write(self) -> None:
        write_prices(self._settings, self.prices, self._chosen)
        self.prices_changed.emit()

    def _space(self) -> None:
        px = self._theme.px
        self._column.setContentsMargins(px(12), px(8), px(12), px(8))
        self._column.setSpacing(px(8))
        self._grid.setHorizontalSpacing(px(8))
        self._grid.setVerticalSpacing(px(4))
