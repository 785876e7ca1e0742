"""From which text a vocabulary is learned, and how large; how far the learning is."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QPushButton, QSpinBox, QVBoxLayout

from explorer.protocol import BUILT_IN_TEXT, WORLD_TEXT
from explorer.ui import words
from explorer.ui.settings import Settings
from explorer.ui.stores.merges import BYTES, OWN_TEXT, SPECIALS, MergesStore
from explorer.ui.theme import Theme
from explorer.ui.widgets.flow_layout import FlowLayout
from explorer.ui.widgets.pick_button import Elsewhere, Pick, PickButton
from explorer.ui.widgets.quiet_text import QuietText
from explorer.ui.widgets.tall_enough import TallEnough
from explorer.ui.widgets.thin_bar import ThinBar

_LEAST, _MOST, _USUAL = BYTES + SPECIALS, 65_536, 512


class MergeSetup(TallEnough):
    """The sentence "From [your text], [512] entries [Learn]". Signals: `learn_requested(text, entries)`."""

    learn_requested = Signal(str, int)

    def __init__(self, theme: Theme, settings: Settings, store: MergesStore) -> None:
        super().__init__()
        self._theme, self._settings, self._store = theme, settings, store
        self._build()
        self.text.picked.connect(self._pick)
        self.entries.valueChanged.connect(lambda size: settings.set("merges/size", size))
        self.learn.clicked.connect(self._learn)
        self.hold.clicked.connect(self._hold_or_go_on)
        self.stop.clicked.connect(store.stop)
        theme.changed.connect(self._space)
        self._space()

    def _build(self) -> None:
        file = Elsewhere(self.tr("a file…"), self.tr("Choose a text"))
        self.text = PickButton(self.tr("Which text the vocabulary is learned from: {name}"), (file,))
        self._show_picks(self._settings.text("merges/text", OWN_TEXT) or OWN_TEXT)
        self.entries = QSpinBox()
        self.entries.setRange(_LEAST, _MOST)
        self.entries.setSingleStep(64)
        self.entries.setGroupSeparatorShown(True)
        self.entries.setValue(round(self._settings.number("merges/size", _USUAL)))
        self.entries.setSuffix(self.tr(" entries"))
        self.entries.setAccessibleName(self.tr("Size of the vocabulary"))
        self.entries.setToolTip(self.tr("256 bytes, the merges, and one special token"))
        self.learn = QPushButton(self.tr("Learn"))
        self.learn.setProperty("kind", "primary")
        self.hold = QPushButton()
        self.stop = QPushButton(self.tr("Stop"))
        self.stop.setToolTip(self.tr("It is enough: what was learned stays"))
        self._from = QLabel(self.tr("Learn from"))
        self._row = FlowLayout()
        for widget in (self._from, self.text, self.entries, self.learn, self.hold, self.stop):
            self._row.addWidget(widget)
        self._said = QuietText(self._theme, "body", "muted", lines=1, most=4)
        self._bar = ThinBar(self._theme)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(self._row)
        self._column.addWidget(self._said)
        self._column.addWidget(self._bar)

    def said(self) -> str:
        """What is said of the learning."""
        return self._said.text()

    def show_state(self) -> None:
        """Show the store."""
        store = self._store
        self.learn.setVisible(not store.active)
        self.stop.setVisible(store.active)
        self.hold.setVisible(store.state in ("learning", "held"))
        self.hold.setText(self.tr("Go on") if store.state == "held" else self.tr("Hold"))
        self._bar.show_share(store.active, store.share if store.merges or store.share else None)
        self._said.set_text(self._words())

    def _words(self) -> str:
        store, learned = self._store, BYTES + len(self._store.merges) + SPECIALS
        if store.failure is not None:
            return words.engine_sentence(store.failure.template, store.failure.values)
        match store.state:
            case "empty":
                return self.tr(
                    "Byte pairs: the two neighbours that stand side by side most often become one new token; "
                    "again and again."
                )
            case "reading":
                return self.tr("Reading the text …")
            case "learning" | "held":
                if not store.merges:
                    return self.tr("Counting the pairs …")
                said = self.tr("Learned {count} of {wanted} entries").format(
                    count=words.count(learned), wanted=words.count(store.wanted)
                )
                return f"{said} · {self.tr('held')}" if store.state == "held" else said
            case "full":
                return self.tr(
                    "The text is used up at {count} entries: no pair stands twice any more. "
                    "A larger vocabulary needs more text."
                ).format(count=words.count(learned))
            case "lost":
                return self.tr(
                    "The engine stopped at {count} entries. They can be kept; to go further, learn again."
                ).format(count=words.count(learned))
            case _:
                return self._source_words(learned)

    def _source_words(self, learned: int) -> str:
        begun = self._store.begun
        said = self.tr("Learned {count} entries from {characters} characters.").format(
            count=words.count(learned), characters=words.count(begun.characters if begun else 0)
        )
        if begun is not None and begun.cut:
            said = f"{said} {self.tr('The text is longer: its beginning is enough for a vocabulary.')}"
        return said

    def _pick(self, text: str) -> None:
        self._settings.set("merges/text", text)
        self._show_picks(text)

    def _show_picks(self, text: str) -> None:
        picks = (
            Pick(OWN_TEXT, self.tr("your text")),
            Pick(WORLD_TEXT, self.tr("the small world")),
            Pick(BUILT_IN_TEXT, self.tr("the Python manual")),
        )
        self.text.show_picks(picks, text)

    def _learn(self) -> None:
        self.entries.interpretText()
        self.learn_requested.emit(self.text.value, self.entries.value())

    def _hold_or_go_on(self) -> None:
        if self._store.state == "held":
            self._store.go_on()
        else:
            self._store.hold()

    def _space(self) -> None:
        self._row.setSpacing(self._theme.px(6))
        self._column.setSpacing(self._theme.px(4))
