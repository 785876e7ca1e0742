"""The page beside the text that counts it under several encodings."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QMenu, QPushButton, QScrollArea, QToolButton, QVBoxLayout, QWidget

from explorer.ui.stores.encoding_rows import EncodingRow
from explorer.ui.stores.tokenizer import TokenizerStore
from explorer.ui.theme import Theme
from explorer.ui.widgets.encoding_row import EncodingRowView
from explorer.ui.widgets.flow_layout import FlowLayout
from explorer.ui.widgets.thin_bar import ThinBar

_FRAME_MS = 40


class ComparePage(QWidget):
    """A row an encoding; a click on one makes it the panel's."""

    def __init__(self, theme: Theme, store: TokenizerStore) -> None:
        super().__init__()
        rows = store.rows
        self._theme, self._store, self._rows = theme, store, rows
        self._views: list[EncodingRowView] = []
        self._which = QToolButton()
        self._which.setText(self.tr("Encodings") + " ▾")
        self._which.setToolTip(self.tr("Which encodings take part"))
        self._which.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._which.setMenu(QMenu(self))
        self._cancel = QPushButton(self.tr("Stop counting"))
        bar = FlowLayout()
        bar.setSpacing(theme.px(4))
        bar.addWidget(self._which)
        bar.addWidget(self._cancel)
        self._progress = ThinBar(theme)
        self._list = QVBoxLayout()
        content = QWidget()
        self._inner = QVBoxLayout(content)
        self._inner.setContentsMargins(0, 0, 0, 0)
        self._inner.addLayout(self._list)
        self._inner.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(content)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(bar)
        column.addWidget(self._progress)
        column.addWidget(area, 1)
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.setInterval(_FRAME_MS)
        self._frame.timeout.connect(self._render)
        self._which.menu().aboutToShow.connect(self._fill_menu)
        self._cancel.clicked.connect(self._stop_or_go)
        rows.changed.connect(self._changed)
        store.changed.connect(self._changed)
        theme.changed.connect(self._space)
        self._space()
        self._render()

    @property
    def settled(self) -> bool:
        """Whether the newest counts are on the screen."""
        return not self.isVisible() or (self._rows.settled and not self._frame.isActive())

    @property
    def said(self) -> list[str]:
        """The rows in words."""
        return [view.said for view in self._views if not view.isHidden()]

    def showEvent(self, event: QShowEvent) -> None:
        """Count, now that somebody looks."""
        super().showEvent(event)
        self._rows.watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: count no more."""
        super().hideEvent(event)
        self._rows.watch(False)

    def _changed(self) -> None:
        if self.isVisible() and not self._frame.isActive():
            self._frame.start()

    def _render(self) -> None:
        rows = self._rows.rows
        while len(self._views) < len(rows):
            self._add_view()
        known = [row for row in rows if row.known and row.tokens]
        longest = max((row.expected for row in known), default=0.0)
        shortest = min((row.expected for row in known), default=0.0)
        for place, view in enumerate(self._views):
            view.setVisible(place < len(rows))
            if place < len(rows):
                row = rows[place]
                chosen = row.encoding == self._store.encoding
                share = row.expected / longest if longest and row.known else 0.0
                mark = self._mark(row, shortest, longest) if row.complete and row in known else ""
                view.show_row(row, self._store.label(row.encoding), chosen, share, mark)
        share = self._rows.share
        self._progress.show_share(share is not None, share)
        self._cancel.setVisible(share is not None or not self._rows.counted)
        self._cancel.setText(self.tr("Stop counting") if share is not None else self.tr("Count"))

    def _mark(self, row: EncodingRow, shortest: float, longest: float) -> str:
        if shortest == longest:
            return ""
        if row.expected == shortest:
            return self.tr("▾ shortest")
        return self.tr("▴ longest") if row.expected == longest else ""

    def _add_view(self) -> None:
        view, place = EncodingRowView(self._theme), len(self._views)
        view.clicked.connect(lambda: self._choose(place))
        self._views.append(view)
        self._list.addWidget(view)

    def _choose(self, place: int) -> None:
        rows = self._rows.rows
        if place < len(rows):
            self._store.choose_encoding(rows[place].encoding)

    def _fill_menu(self) -> None:
        menu = self._which.menu()
        menu.clear()
        for encoding, label in self._store.encodings:
            action = menu.addAction(label)
            action.setCheckable(True)
            action.setChecked(encoding in self._rows.chosen)
            action.toggled.connect(lambda on, name=encoding: self._rows.toggle(name, on))

    def _stop_or_go(self) -> None:
        if self._rows.share is not None:
            self._rows.cancel()
        else:
            self._rows.count_again()

    def _space(self) -> None:
        self._list.setSpacing(self._theme.px(6))
