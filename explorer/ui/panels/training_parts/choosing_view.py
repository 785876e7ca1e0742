"""Which answer is better? A question, two answers of one model, and a person who says so."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from explorer.ui import words
from explorer.ui.panels.base import Notice
from explorer.ui.stores.preferences import FEWEST, PreferencesStore
from explorer.ui.theme import Theme
from explorer.ui.widgets.answer_card import AnswerCard
from explorer.ui.widgets.flow_layout import FlowLayout
from explorer.ui.widgets.tall_enough import TallEnough
from explorer.ui.widgets.thin_bar import ThinBar

_NARROW_PX = 460
"""Under this width (at 100 %) the answers stand one above the other."""


class ChoosingView(TallEnough):
    """Renders a `PreferencesStore`. Keys: A, B, S(kip), U(ndo), Esc.

    Signals: `verdict_given("a" | "b" | "skip")`; `undo_requested`; `again_requested`, after a failure;
    `train_requested`, a reward model on the choices; `closed`.
    """

    verdict_given = Signal(str)
    undo_requested = Signal()
    again_requested = Signal()
    train_requested = Signal()
    closed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._trouble = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._build()
        self._connect()
        self._apply_theme()

    def _build(self) -> None:
        title = QLabel(self.tr("Which answer is better?"))
        title.setProperty("role", "large")
        self._of = QLabel()
        self._of.setProperty("role", "muted")
        self._of.setTextFormat(Qt.TextFormat.PlainText)
        self._of.setWordWrap(True)
        self._done = QPushButton(self.tr("Done"))
        self._done.setToolTip(self.tr("Back to the runs; your choices are kept (Esc)"))
        self._asked = QFrame()
        self._asked.setObjectName("surface")
        self._question = QLabel()
        self._question.setProperty("role", "large")
        self._question.setTextFormat(Qt.TextFormat.PlainText)
        self._question.setWordWrap(True)
        self._question.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._bar = ThinBar(self._theme)
        self._notice = Notice()
        self.card_a, self.card_b = AnswerCard(self._theme, "A"), AnswerCard(self._theme, "B")
        self._skip = QPushButton(self.tr("Skip"))
        self._skip.setToolTip(self.tr("Neither is better: the next pair (key S)"))
        self._undo = QPushButton(self.tr("Undo"))
        self._undo.setToolTip(self.tr("Take the last choice back (key U)"))
        self._count = QLabel()
        self._keys = QLabel(self.tr("Keys: A, B, S to skip, U to undo"))
        self._keys.setProperty("role", "caption")
        self._train = QPushButton()
        self._train.setProperty("kind", "primary")
        self._lay_out(title)

    def _lay_out(self, title: QLabel) -> None:
        self._top, self._cards = QHBoxLayout(), QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._top.addWidget(title)
        self._top.addWidget(self._of, 1)
        self._top.addWidget(self._done, 0, Qt.AlignmentFlag.AlignTop)
        self._cards.addWidget(self.card_a, 1)
        self._cards.addWidget(self.card_b, 1)
        self._row = FlowLayout()
        for widget in (self._skip, self._undo, self._count, self._train, self._keys):
            self._row.addWidget(widget)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._top)
        self._column.addWidget(self._notice)
        self._inside = QVBoxLayout(self._asked)
        self._inside.addWidget(self._question)
        self._column.addWidget(self._asked)
        self._column.addWidget(self._bar)
        self._column.addLayout(self._cards, 1)
        self._column.addLayout(self._row)

    def _connect(self) -> None:
        self.card_a.chosen.connect(lambda: self.verdict_given.emit("a"))
        self.card_b.chosen.connect(lambda: self.verdict_given.emit("b"))
        self._skip.clicked.connect(lambda: self.verdict_given.emit("skip"))
        self._undo.clicked.connect(self.undo_requested)
        self._train.clicked.connect(self.train_requested)
        self._done.clicked.connect(self.closed)
        for key, button in (
            ("A", self.card_a.button),
            ("B", self.card_b.button),
            ("S", self._skip),
            ("U", self._undo),
        ):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(button.click)
        self._theme.changed.connect(self._apply_theme)

    def show_sitting(self, store: PreferencesStore) -> None:
        """Render what the store knows."""
        pair, drawing = store.pair, store.state == "drawing"
        said = self.tr("Both are by {name}. It drew the words twice: only luck differs.")
        self._of.setText(said.format(name=store.name))
        waiting = self.tr("It thinks of answers …") if drawing else ""
        self._question.setText(pair.question if pair is not None else waiting)
        self._bar.show_share(drawing, None)
        for card, answer in (
            (self.card_a, pair.a if pair is not None else None),
            (self.card_b, pair.b if pair is not None else None),
        ):
            card.show_answer(answer, waiting=store.state != "choosing")
        # While a pair is drawn a click does nothing, but a button that is off would lose the focus.
        asks = pair is not None and store.state in ("choosing", "drawing")
        buttons = (self.card_a.button, self.card_b.button, self._skip, self._undo)
        focused = next((button for button in buttons if button.hasFocus()), None)
        for button in (self.card_a.button, self.card_b.button):
            button.setEnabled(asks and not store.same)
        self._skip.setEnabled(asks)
        kept = store.kept.count if store.kept is not None else 0
        self._undo.setEnabled(asks and kept > 0)
        self._show_count(kept)
        self._show_trouble(store)
        if focused is not None and not focused.isEnabled():
            self.setFocus()

    def notice(self) -> str:
        """What is said of trouble; empty if there is none."""
        return self._notice.text()

    def count(self) -> str:
        """What is said of the choices."""
        return self._count.text()

    def _show_count(self, kept: int) -> None:
        enough = kept >= FEWEST
        counts = {"kept": words.count(kept), "least": words.count(FEWEST)}
        said = self.tr("{kept} choices kept")
        if not enough:
            said = self.tr("{kept} choices kept; {least} at least are needed, and more teach more.")
        self._count.setText(said.format(**counts))
        self._train.setVisible(enough)
        self._train.setText(self.tr("Train a reward model on my {kept} choices").format(**counts))

    def _show_trouble(self, store: PreferencesStore) -> None:
        """Say what is wrong, once: closed by hand, it stays closed."""
        said, kind, action, details = self._trouble_words(store)
        if said != self._trouble:
            self._trouble = said
            self._notice.say(said, kind, action, self.again_requested.emit, details)

    def _trouble_words(self, store: PreferencesStore) -> tuple[str, str, str, str]:
        if store.state == "lost":
            said = self.tr(
                "The engine has died. Your choices are kept, and it goes on when the engine is up again."
            )
            return said, "error", "", store.words
        if store.failure is not None:
            failure = store.failure
            return (
                words.engine_sentence(failure.template, failure.values),
                "error",
                self.tr("Try again"),
                failure.details,
            )
        if store.unkept:
            return self.tr("Your last choice could not be kept: choose once more."), "info", "", ""
        if store.same and store.state == "choosing":
            return self.tr("It says the same twice: there is nothing to choose. Skip it."), "info", "", ""
        return "", "info", "", ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The answers side by side, or, where that is too narrow, one above the other."""
        narrow = self.width() < self._theme.px(_NARROW_PX)
        direction = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        self._cards.setDirection(direction)
        super().resizeEvent(event)

    def _apply_theme(self) -> None:
        px = self._theme.px
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(px(8))
        for layout in (self._top, self._cards):
            layout.setSpacing(px(12))
        self._row.setSpacing(px(8))
        self._inside.setContentsMargins(px(12), px(8), px(12), px(8))
