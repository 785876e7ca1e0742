"""Back, play, forward, and the merge that is shown, in large type."""

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QSlider, QToolButton, QVBoxLayout

from explorer.ui import words
from explorer.ui.settings import Settings
from explorer.ui.stores.merges import BYTES, MergesStore
from explorer.ui.theme import Theme
from explorer.ui.widgets.flow_layout import FlowLayout
from explorer.ui.widgets.quiet_text import QuietText
from explorer.ui.widgets.tall_enough import TallEnough
from explorer.ui.widgets.token_words import bytes_label

_SPEEDS = (1, 3, 10, 30, 100, 1000)
"""Merges a second."""


class MergePlayer(TallEnough):
    """The controls and the words; call `render_state` and `render_place` when the store changed or moved."""

    def __init__(self, theme: Theme, settings: Settings, store: MergesStore) -> None:
        super().__init__()
        self._theme, self._settings, self._store = theme, settings, store
        self._build()
        self._connect()
        theme.changed.connect(self._space)
        self._space()

    def _build(self) -> None:
        self.first = _tool("|◀", self.tr("To the beginning"))
        self.back = _tool("◀", self.tr("One merge back"))
        self.play = _tool("▶", self.tr("Play"))
        self.forward = _tool("▶|", self.tr("One merge on"))
        self.last = _tool("▶▶|", self.tr("To the last merge"))
        self.speed = QComboBox()
        self.speed.setAccessibleName(self.tr("Speed"))
        for speed in _SPEEDS:
            self.speed.addItem(self.tr("{count} a second").format(count=words.count(speed)), speed)
        remembered = self._settings.number("merges/speed", 10)
        self.speed.setCurrentIndex(max(self.speed.findData(round(remembered)), 0))
        self._store.set_speed(self.speed.currentData())
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(self.tr("Merges that are done"))
        self._pair = QuietText(self._theme, "title", lines=1, most=2)
        self._said = QuietText(self._theme, "body", "muted", lines=1, most=3)
        self._row = FlowLayout()
        for widget in (self.first, self.back, self.play, self.forward, self.last, self.speed):
            self._row.addWidget(widget)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(self._row)
        self._column.addWidget(self.slider)
        self._column.addWidget(self._pair)
        self._column.addWidget(self._said)

    def _connect(self) -> None:
        store = self._store
        self.first.clicked.connect(lambda: store.step(-store.shown))
        self.back.clicked.connect(lambda: store.step(-1))
        self.forward.clicked.connect(lambda: store.step(1))
        self.last.clicked.connect(lambda: store.step(len(store.merges)))
        self.play.clicked.connect(self.play_or_pause)
        self.slider.valueChanged.connect(self._slid)
        self.speed.activated.connect(self._choose_speed)

    def text(self) -> str:
        """What it says."""
        return f"{self._pair.text()}\n{self._said.text()}"

    def play_or_pause(self) -> None:
        """As the button does."""
        if self._store.playing:
            self._store.pause()
        else:
            self._store.play()

    def render_state(self) -> None:
        """What can be done."""
        store = self._store
        there = bool(store.merges) or store.active
        self.play.setText("‖" if store.playing else "▶")
        self.play.setAccessibleName(self.tr("Pause") if store.playing else self.tr("Play"))
        self.play.setToolTip(self.play.accessibleName())
        for widget in (self.first, self.back, self.play, self.forward, self.last, self.slider):
            widget.setEnabled(there)
        self.render_place()

    def render_place(self) -> None:
        """The merge that is shown."""
        store = self._store
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, max(len(store.merges), 1))
            self.slider.setPageStep(max(len(store.merges) // 20, 1))
            self.slider.setValue(store.shown)
        self._pair.set_text(self._pair_words())
        self._said.set_text(self._numbers())

    def _pair_words(self) -> str:
        store = self._store
        if not store.shown:
            return self.tr("256 bytes") if store.begun is not None else ""
        merge = store.merges[store.shown - 1]
        left, right = (bytes_label(self._bytes(token)) for token in (merge.left, merge.right))
        return f"{left} + {right}  →  {bytes_label(bytes.fromhex(merge.data))}"

    def _numbers(self) -> str:
        store = self._store
        if store.begun is None:
            return ""
        length, first = store.lengths[store.shown], store.lengths[0]
        text = self.tr("the text: {count} tokens").format(count=words.count(length))
        if not store.shown:
            return f"{self.tr('nothing is merged yet')} · {text}"
        merge = store.merges[store.shown - 1]
        times = self.tr("stood {count} times").format(count=words.count(merge.count))
        token = self.tr("token {id}").format(id=BYTES + store.shown - 1)
        of_first = self.tr("from {count} bytes").format(count=words.count(first))
        return f"{times} · {token} · {text} {of_first}"

    def _bytes(self, token: int) -> bytes:
        return bytes([token]) if token < BYTES else bytes.fromhex(self._store.merges[token - BYTES].data)

    def _slid(self, shown: int) -> None:
        self._store.pause()
        self._store.seek(shown)

    def _choose_speed(self) -> None:
        speed = self.speed.currentData()
        self._settings.set("merges/speed", speed)
        self._store.set_speed(speed)

    def _space(self) -> None:
        self._row.setSpacing(self._theme.px(4))
        self.slider.setMinimumHeight(self._theme.px(20))
        self._column.setSpacing(self._theme.px(4))


def _tool(sign: str, name: str) -> QToolButton:
    button = QToolButton()
    button.setText(sign)
    button.setAccessibleName(name)
    button.setToolTip(name)
    button.setAutoRepeat(sign in ("◀", "▶|"))
    return button
