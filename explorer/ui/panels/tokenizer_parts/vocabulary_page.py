"""The page beside the text that searches the vocabulary."""

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
)

from explorer.protocol import SearchOrder, SearchWay
from explorer.ui import words
from explorer.ui.panels.frames import Frames
from explorer.ui.settings import Settings
from explorer.ui.stores.vocabulary import VocabularyStore
from explorer.ui.theme import Theme
from explorer.ui.widgets.flow_layout import FlowLayout
from explorer.ui.widgets.quiet_text import QuietText
from explorer.ui.widgets.tall_enough import TallEnough
from explorer.ui.widgets.vocabulary_table import BYTES, ID, TEXT, VocabularyTable


class VocabularyPage(TallEnough):
    """A field that searches while one types, and the table of what fits.

    Signals: `token_chosen(id)`, by a click or Return; `message(str)`, a word for the status bar.
    """

    token_chosen = Signal(int)
    message = Signal(str)

    def __init__(self, theme: Theme, settings: Settings, store: VocabularyStore) -> None:
        super().__init__()
        self._theme, self._settings, self._store = theme, settings, store
        self._frames = Frames(self, self._render)
        self._build()
        self._connect()
        self._restyle()
        self._render()

    def _build(self) -> None:
        self.field = _Field()
        self.field.setAccessibleName(self.tr("Search the vocabulary"))
        self.field.setPlaceholderText(self.tr("Search the vocabulary"))
        self.field.setClearButtonEnabled(True)
        ways: tuple[tuple[SearchWay, str], ...] = (
            ("contains", self.tr("contains")),
            ("begins", self.tr("begins with")),
            ("ends", self.tr("ends with")),
            ("id", self.tr("id")),
            ("bytes", self.tr("bytes in hex")),
            ("regex", self.tr("regular expression")),
        )
        orders: tuple[tuple[SearchOrder, str], ...] = (
            ("id", self.tr("by id")),
            ("longest", self.tr("longest first")),
            ("shortest", self.tr("shortest first")),
        )
        self.way = _combo(ways, self.tr("How the search is meant"), self._settings.text("vocabulary/way"))
        self.order = _combo(orders, self.tr("Order of the results"), self._settings.text("vocabulary/order"))
        self.copy = QPushButton(self.tr("Copy as CSV"))
        self._said = QuietText(self._theme, "body", "muted", lines=1, most=3)
        self._trouble = QLabel()
        self._trouble.setWordWrap(True)
        self.model = VocabularyTable(self._theme, self._store)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName(self.tr("Entries of the vocabulary"))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.table.horizontalHeader().setSectionResizeMode(BYTES, QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setHighlightSections(False)
        self._bar = FlowLayout()
        for widget in (self.way, self.order, self.copy):
            self._bar.addWidget(widget)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.field)
        self._column.addLayout(self._bar)
        self._column.addWidget(self._said)
        self._column.addWidget(self._trouble)
        self._column.addWidget(self.table, 1)
        self.setFocusProxy(self.field)

    def _connect(self) -> None:
        store = self._store
        store.changed.connect(self._frames.ask)
        store.copied.connect(self._copied)
        self.field.textChanged.connect(self._search)
        self.field.down_pressed.connect(self._to_table)
        self.way.activated.connect(self._search)
        self.order.activated.connect(self._search)
        self.copy.clicked.connect(store.copy)
        self.table.clicked.connect(self._choose)
        self.table.activated.connect(self._choose)
        self._theme.changed.connect(self._restyle)
        with QSignalBlocker(self.field):
            self.field.setText(store.query)
        self._search()

    @property
    def settled(self) -> bool:
        """Whether what was asked for is shown."""
        return self.isHidden() or (not self._store.busy and not self._frames.pending)

    def _search(self) -> None:
        way, order = self.way.currentData(), self.order.currentData()
        self._settings.set("vocabulary/way", way)
        self._settings.set("vocabulary/order", order)
        self._store.search(self.field.text(), way, order)

    def _to_table(self) -> None:
        if self.model.rowCount():
            self.table.setFocus()
            self.table.selectRow(max(self.table.currentIndex().row(), 0))

    def _choose(self, index: QModelIndex) -> None:
        token = self.model.token(index.row())
        if token >= 0:
            self.token_chosen.emit(token)

    def _copied(self, text: str, count: int) -> None:
        QGuiApplication.clipboard().setText(text)
        self.message.emit(self.tr("Copied {count} entries").format(count=words.count(count)))

    def _render(self) -> None:
        store = self._store
        failure = store.failure
        self._trouble.setText(
            "" if failure is None else words.engine_sentence(failure.template, failure.values)
        )
        self._trouble.setVisible(failure is not None)
        self.copy.setEnabled(store.done and store.count > 0 and not store.copying)
        self._said.set_text(self._words())

    def _words(self) -> str:
        store = self._store
        if store.failure is not None:
            return ""
        if store.copying:
            return self.tr("Copying …")
        count, entries = words.count(store.count), words.count(store.entries)
        if not store.done:
            return self.tr("Looking … {count} so far").format(count=count)
        if not store.count:
            return self.tr("No entry of {entries} fits.").format(entries=entries)
        return self.tr("{count} of {entries} entries").format(count=count, entries=entries)

    def _restyle(self) -> None:
        px = self._theme.px
        self._column.setSpacing(px(6))
        self._bar.setSpacing(px(4))
        self._trouble.setStyleSheet(f"color: {self._theme.colours.error};")
        self.table.verticalHeader().setDefaultSectionSize(px(26))
        self.table.verticalHeader().setMinimumSectionSize(px(20))
        self.table.setMinimumHeight(px(140))
        self._share_width()

    def _share_width(self) -> None:
        """The text gets half of what the id leaves."""
        whole, number = self.width() - self._theme.px(16), self._theme.px(72)
        self.table.setColumnWidth(ID, number)
        self.table.setColumnWidth(TEXT, max((whole - number) // 2, self._theme.px(60)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width for the columns."""
        super().resizeEvent(event)
        self._share_width()

    def showEvent(self, event: QShowEvent) -> None:
        """Now somebody looks."""
        super().showEvent(event)
        self._store.open()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks any more."""
        super().hideEvent(event)
        self._store.close()


class _Field(QLineEdit):
    """Signals: `down_pressed`, by the arrow key or Return: to the results."""

    down_pressed = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """One line has nothing below it."""
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.down_pressed.emit()
        else:
            super().keyPressEvent(event)


def _combo(choices: tuple[tuple[str, str], ...], name: str, chosen: str) -> QComboBox:
    combo = QComboBox()
    combo.setAccessibleName(name)
    combo.setToolTip(name)
    for value, label in choices:
        combo.addItem(label, value)
    combo.setCurrentIndex(max(combo.findData(chosen), 0))
    return combo
