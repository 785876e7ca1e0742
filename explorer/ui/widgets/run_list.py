"""The list of runs and the bin: open, draw, rename, resume, try, bin and bring back."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QMenu,
    QPushButton,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
)

from explorer.ui.theme import Theme
from explorer.ui.widgets.flow_layout import FlowLayout
from explorer.ui.widgets.run_table import NAME, SHOW, WHEN, RunRow, RunTable, SortedRuns
from explorer.ui.widgets.tall_enough import TallEnough


class RunList(TallEnough):
    """Runs as a table that can be sorted, with what can be done to the selected one above it.

    Signals, each with the run's key unless said otherwise: `opened`, `shown(key, on)`, `renamed(key, name)`,
    `resume_requested`, `sample_requested`, `reveal_requested`, `bin_requested`; of the bin:
    `restore_requested(run)`, `empty_requested()`.
    """

    opened = Signal(str)
    shown = Signal(str, bool)
    renamed = Signal(str, str)
    resume_requested = Signal(str)
    sample_requested = Signal(str)
    reveal_requested = Signal(str)
    bin_requested = Signal(str)
    restore_requested = Signal(str)
    empty_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._runs: Sequence[RunRow] = ()
        self._binned: Sequence[RunRow] = ()
        self._model = RunTable(theme)
        self._sorted = SortedRuns(self._model)
        self._table = _Table(theme, self._sorted)
        self._empty = QLabel()
        self._empty.setProperty("role", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._build()
        self._connect()
        self._render_buttons()

    def _build(self) -> None:
        self._buttons = FlowLayout()
        self._title = QLabel(self.tr("Runs"))
        self._title.setProperty("role", "muted")
        self._buttons.addWidget(self._title)
        self._open = self._button(self.tr("Open"), self.tr("Show its curves and sayings (Enter)"))
        self._resume = self._button(self.tr("Resume"), self.tr("Go on from its last checkpoint"))
        self._try = self._button(self.tr("Try it in Sampling"), self.tr("Let its model write"))
        self._rename = self._button(self.tr("Rename"), self.tr("Give it another name (F2)"))
        self._delete = self._button(self.tr("Delete"), self.tr("Move it to the bin (Del)"))
        self._restore = self._button(self.tr("Restore"), self.tr("Take it out of the bin"))
        self._purge = self._button(self.tr("Empty the bin"), self.tr("Delete these for good"))
        self._bin = self._button("", self.tr("What was deleted, to bring back"))
        self._bin.setCheckable(True)
        self._stack = QStackedLayout()
        self._stack.addWidget(self._table)
        self._stack.addWidget(self._empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._buttons)
        column.addLayout(self._stack, 1)

    def _button(self, text: str, hint: str) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(hint)
        self._buttons.addWidget(button)
        return button

    def _connect(self) -> None:
        self._model.renamed.connect(self.renamed)
        self._model.shown.connect(self.shown)
        self._table.activated_by_hand.connect(lambda: self._tell(self.opened))
        self._table.delete_pressed.connect(self._delete_selected)
        self._table.customContextMenuRequested.connect(self._show_menu)
        self._table.selectionModel().selectionChanged.connect(self._render_buttons)
        self._open.clicked.connect(lambda: self._tell(self.opened))
        self._resume.clicked.connect(lambda: self._tell(self.resume_requested))
        self._try.clicked.connect(lambda: self._tell(self.sample_requested))
        self._rename.clicked.connect(self._edit_name)
        self._delete.clicked.connect(self._delete_selected)
        self._restore.clicked.connect(self._restore_selected)
        self._purge.clicked.connect(self.empty_requested)
        self._bin.toggled.connect(self._show_bin)

    # ------------------------------------------------------------ what is shown

    def set_rows(self, runs: Sequence[RunRow], binned: Sequence[RunRow]) -> None:
        """Show these; the selected line stays selected."""
        if (runs, binned) == (self._runs, self._binned):
            return
        self._runs, self._binned = runs, binned
        self._render()

    def selected(self) -> RunRow | None:
        """The run that the buttons act on."""
        index = self._table.currentIndex()
        if not index.isValid() or not self._table.selectionModel().isSelected(index):
            return None
        return self._model.row(self._sorted.mapToSource(index).row())

    def select(self, key: str) -> bool:
        """Put the selection on a run. False if it is not in the list."""
        for line in range(self._sorted.rowCount()):
            index = self._sorted.index(line, NAME)
            if self._model.row(self._sorted.mapToSource(index).row()).key == key:
                flags = QItemSelectionModel.SelectionFlag
                self._table.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
                return True
        return False

    @property
    def table(self) -> QTableView:
        """The table itself."""
        return self._table

    def _in_bin(self) -> bool:
        return self._bin.isChecked()

    def _render(self) -> None:
        selected = self.selected()
        rows = self._binned if self._in_bin() else self._runs
        self._model.set_rows(rows)
        if selected is not None and self.selected() is None:
            self.select(selected.key)
        self._empty.setText(
            self.tr("The bin is empty.")
            if self._in_bin()
            else self.tr("No runs yet: press Start, and the first one stands here.")
        )
        self._stack.setCurrentIndex(0 if rows else 1)
        self._render_buttons()

    def _render_buttons(self) -> None:
        row, in_bin = self.selected(), self._in_bin()
        self._title.setText(self.tr("In the bin") if in_bin else self.tr("Runs"))
        self._bin.setText(self.tr("Bin ({count})").format(count=len(self._binned)))
        for button in (self._open, self._resume, self._try, self._rename, self._delete):
            button.setVisible(not in_bin)
        for button in (self._restore, self._purge):
            button.setVisible(in_bin)
        ours = row is not None and row.run != ""
        self._open.setEnabled(row is not None)
        self._resume.setEnabled(row is not None and _may_resume(row))
        self._try.setEnabled(row is not None and row.checkpoint != "")
        self._rename.setEnabled(ours)
        self._delete.setEnabled(ours and row is not None and not row.held)
        self._restore.setEnabled(row is not None)
        self._purge.setEnabled(bool(self._binned))

    # ------------------------------------------------------------ what is done

    def _tell(self, signal: object) -> None:
        row = self.selected()
        if row is not None and not self._in_bin():
            signal.emit(row.key)  # type: ignore[attr-defined]  # a bound signal

    def _edit_name(self) -> None:
        index = self._table.currentIndex()
        if index.isValid():
            self._table.edit(index.siblingAtColumn(NAME))

    def _delete_selected(self) -> None:
        row = self.selected()
        if row is not None and row.run and not row.held:
            self._tell(self.bin_requested)

    def _restore_selected(self) -> None:
        row = self.selected()
        if row is not None and self._in_bin():
            self.restore_requested.emit(row.run)

    def _show_bin(self, on: bool) -> None:
        self._table.setColumnHidden(SHOW, on)
        self._table.clearSelection()
        self._render()

    def _show_menu(self, place: QPoint) -> None:
        self.make_menu().popup(self._table.viewport().mapToGlobal(place))

    def make_menu(self) -> QMenu:
        """What can be done to the selected run."""
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        row = self.selected()
        if row is None:
            return menu

        def add(text: str, call: Callable[[], object], on: bool = True) -> None:
            action = menu.addAction(text)
            action.setEnabled(on)
            action.triggered.connect(lambda: call())

        if self._in_bin():
            add(self.tr("Restore"), self._restore_selected)
            return menu
        add(self.tr("Open"), lambda: self.opened.emit(row.key))
        drawn = row.slot is not None
        text = self.tr("Take out of the plot") if drawn else self.tr("Draw in the plot")
        add(text, lambda: self.shown.emit(row.key, not drawn))
        add(self.tr("Resume"), lambda: self.resume_requested.emit(row.key), _may_resume(row))
        add(self.tr("Try it in Sampling"), lambda: self.sample_requested.emit(row.key), row.checkpoint != "")
        menu.addSeparator()
        add(self.tr("Rename"), self._edit_name, row.run != "")
        add(self.tr("Show its folder"), lambda: self.reveal_requested.emit(row.key))
        add(self.tr("Delete"), self._delete_selected, row.run != "" and not row.held)
        return menu


def _may_resume(row: RunRow) -> bool:
    """What stopped before its first checkpoint begins again; what cannot be read (no steps) cannot."""
    return not row.held and row.status not in ("finished", "recorded") and row.steps > 0


class _Table(QTableView):
    """Signals: `activated_by_hand` (double click or Enter), `delete_pressed`."""

    activated_by_hand = Signal()
    delete_pressed = Signal()

    def __init__(self, theme: Theme, model: SortedRuns) -> None:
        super().__init__()
        self._theme = theme
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(self.tr("Runs"))
        self.setSortingEnabled(True)
        self.sortByColumn(WHEN, Qt.SortOrder.DescendingOrder)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        self.doubleClicked.connect(self._double_clicked)
        theme.changed.connect(self._space)
        self._space()

    def _double_clicked(self, index: QModelIndex) -> None:
        if index.column() != SHOW:
            self.activated_by_hand.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Del bins, Space draws or not; F2 renames (in any column)."""
        index = self.currentIndex()
        editing = self.state() == QAbstractItemView.State.EditingState
        if editing or not index.isValid():
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.activated_by_hand.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.delete_pressed.emit()
        elif event.key() == Qt.Key.Key_F2:
            self.edit(index.siblingAtColumn(NAME))
        elif event.key() == Qt.Key.Key_Space and not self.isColumnHidden(SHOW):
            first = index.siblingAtColumn(SHOW)
            checked = first.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
            other = Qt.CheckState.Unchecked if checked else Qt.CheckState.Checked
            self.model().setData(first, other, Qt.ItemDataRole.CheckStateRole)
        else:
            super().keyPressEvent(event)

    def _space(self) -> None:
        px = self._theme.px
        self.verticalHeader().setDefaultSectionSize(px(26))
        self.verticalHeader().setMinimumSectionSize(px(20))
        for column, width in zip(range(WHEN + 1), (58, 0, 124, 108, 104, 92, 96, 128), strict=True):
            if column != NAME:
                self.setColumnWidth(column, px(width))
        self.setMinimumHeight(px(90))
