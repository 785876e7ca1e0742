"""The page beside the text on which a byte-pair vocabulary is learned, watched and kept."""

import numpy as np
from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
)

from explorer.protocol import TokenizerSaved
from explorer.ui import words
from explorer.ui.panels.base import Notice
from explorer.ui.panels.frames import Frames
from explorer.ui.panels.tokenizer_parts.merge_player import MergePlayer
from explorer.ui.panels.tokenizer_parts.merge_setup import MergeSetup
from explorer.ui.settings import Settings
from explorer.ui.stores.merges import BYTES, MergesStore
from explorer.ui.theme import Theme
from explorer.ui.widgets.curve_lines import Line
from explorer.ui.widgets.curves import CurvePlot
from explorer.ui.widgets.flow_layout import FlowLayout
from explorer.ui.widgets.merge_table import COUNT, ID, PAIR, TEXT, MergeTable
from explorer.ui.widgets.merge_text import MergeText
from explorer.ui.widgets.tall_enough import TallEnough


class MergePage(TallEnough):
    """Everything shown is the store's.

    Signals: `learn_requested(text, entries)`; `use_requested(path)`, a kept tokenizer is to cut the text;
    `kept`, there is one more; `message(str)`, a word for the status bar.
    """

    learn_requested = Signal(str, int)
    use_requested = Signal(str)
    kept = Signal()
    message = Signal(str)

    def __init__(self, theme: Theme, settings: Settings, store: MergesStore) -> None:
        super().__init__()
        self._theme, self._store = theme, store
        self._states = Frames(self, self._render_state)
        self._places = Frames(self, self._render_place)
        self.setup = MergeSetup(theme, settings, store)
        self.player = MergePlayer(theme, settings, store)
        self.text = MergeText(theme, store)
        self._build()
        self._connect()
        self._restyle()
        self._render_state()
        self._render_place()

    def _build(self) -> None:
        self.curve = CurvePlot(self._theme, least_height=110, first=BYTES)
        self.curve.setAccessibleName(self.tr("Tokens of the text by size of the vocabulary"))
        self.curve.setToolTip(self.curve.accessibleName())
        self.model = MergeTable(self._theme, self._store)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName(self.tr("Entries learned so far"))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.horizontalHeader().setSectionResizeMode(TEXT, QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setHighlightSections(False)
        self._below = QHBoxLayout()
        self._below.addWidget(self.curve, 1)
        self._below.addWidget(self.table, 1)
        self._learned = TallEnough()
        """What is there once something is learned."""
        self.name = QLineEdit()
        self.name.setAccessibleName(self.tr("Name of the tokenizer"))
        self.name.setPlaceholderText(self.tr("Name of the tokenizer"))
        self.keep = QPushButton()
        self.keep.setToolTip(self.tr("Keep the vocabulary that is shown, for the text here and for Training"))
        self.copy = QPushButton(self.tr("Copy as CSV"))
        self.notice = Notice()
        self._keeping = FlowLayout()
        for widget in (self.name, self.keep, self.copy):
            self._keeping.addWidget(widget)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._inside = QVBoxLayout(self._learned)
        self._inside.setContentsMargins(0, 0, 0, 0)
        self._inside.addWidget(self.player)
        self._inside.addWidget(self.text, 1)
        self._inside.addLayout(self._below, 1)
        self._inside.addLayout(self._keeping)
        self._inside.addWidget(self.notice)
        self._column.addWidget(self.setup)
        self._column.addWidget(self._learned, 1)
        self._column.addStretch(0)

    def _connect(self) -> None:
        store = self._store
        store.changed.connect(self._states.ask)
        store.grew.connect(self._places.ask)
        store.moved.connect(self._places.ask)
        store.saved.connect(self._saved)
        store.copied.connect(self._copied)
        self.setup.learn_requested.connect(self.learn_requested)
        self.curve.cursor_moved.connect(self._seek_size)
        self.curve.walked.connect(self._walk)
        self.table.clicked.connect(self._seek_row)
        self.table.activated.connect(self._seek_row)
        self.keep.clicked.connect(self._keep)
        self.name.returnPressed.connect(self._keep)
        self.name.textChanged.connect(self._states.ask)
        self.copy.clicked.connect(store.copy)
        self._theme.changed.connect(self._restyle)

    @property
    def settled(self) -> bool:
        """Whether everything is shown, and nothing moves by itself."""
        return self.isHidden() or (
            self._store.settled and not self._states.pending and not self._places.pending
        )

    # ------------------------------------------------------------ what the store says

    def _render_state(self) -> None:
        store = self._store
        self.setup.show_state()
        self._learned.setVisible(store.begun is not None)
        self.player.render_state()
        entries = words.count(store.entries)
        self.keep.setText(self.tr("Keep these {count} entries").format(count=entries))
        self.keep.setEnabled(store.shown > 0 and bool(self.name.text().strip()))
        self.copy.setEnabled(store.shown > 0)
        failure = store.save_failure
        if failure is not None:
            said = words.engine_sentence(failure.template, failure.values)
            if said != self.notice.text():
                self.notice.say(said, "error", "", None, failure.details)

    def _render_place(self) -> None:
        store = self._store
        self.player.render_place()
        self.text.refresh()
        self.model.follow()
        if store.shown:
            self.table.scrollToBottom()
        self._draw_curve()
        self._states.ask()

    def _draw_curve(self) -> None:
        store = self._store
        lengths = np.array(store.lengths, np.float64)
        sizes = np.arange(BYTES, BYTES + len(lengths), dtype=np.float64)

        def read(size: float) -> float | None:
            at = round(size) - BYTES
            return float(lengths[at]) if 0 <= at < len(lengths) else None

        line = Line("tokens", self.tr("tokens"), (id(store.begun), len(lengths)), sizes, lengths, read)
        self.curve.show_lines([line] if len(lengths) else [], float(store.wanted) if store.active else None)
        self.curve.set_cursor(float(BYTES + store.shown) if len(lengths) else None)

    def _saved(self, saved: TokenizerSaved) -> None:
        self.kept.emit()
        said = self.tr("Kept as {name}. It is among the encodings now, and Training can begin with it.")
        use = self.tr("Cut the text with it")
        said = said.format(name=saved.name)
        self.notice.say(said, "info", use, lambda: self.use_requested.emit(saved.path), "")
        self.name.clear()

    def _copied(self, text: str, count: int) -> None:
        QGuiApplication.clipboard().setText(text)
        self.message.emit(self.tr("Copied {count} entries").format(count=words.count(count)))

    # ------------------------------------------------------------ hands

    def _keep(self) -> None:
        if self.keep.isEnabled():
            self.notice.say("", "info", "", None, "")
            self._store.save(self.name.text())

    def _seek_size(self, size: float) -> None:
        self._store.pause()
        self._store.seek(round(size) - BYTES)

    def _walk(self, direction: int) -> None:
        ends = {-2: -self._store.shown, 2: len(self._store.merges)}
        self._store.step(ends.get(direction, direction))

    def _seek_row(self, index: QModelIndex) -> None:
        self._store.pause()
        self._store.seek(index.row() + 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space plays and pauses, where no button has the focus."""
        if event.key() == Qt.Key.Key_Space:
            self.player.play_or_pause()
        else:
            super().keyPressEvent(event)

    def _restyle(self) -> None:
        px = self._theme.px
        self._column.setSpacing(px(6))
        self._inside.setSpacing(px(6))
        self._below.setSpacing(px(8))
        self._keeping.setSpacing(px(6))
        self.table.verticalHeader().setDefaultSectionSize(px(24))
        self.table.verticalHeader().setMinimumSectionSize(px(20))
        self.table.setMinimumHeight(px(110))
        self.name.setMinimumWidth(px(150))
        self._share_width()

    def _share_width(self) -> None:
        """The pair and what it becomes get what the numbers leave."""
        px = self._theme.px
        self.table.setColumnWidth(ID, px(44))
        self.table.setColumnWidth(COUNT, px(52))
        self.table.setColumnWidth(PAIR, max((self.width() - px(8)) // 2 - px(44 + 52 + 16), px(80)) // 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width for the columns."""
        super().resizeEvent(event)
        self._share_width()
