"""The problem: typed, or drawn from the graded sets, and how the model is to go at it."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from explorer.ui.stores.thinking import MOST_ATTEMPTS, ThinkingStore
from explorer.ui.theme import Theme
from explorer.ui.widgets.flow_layout import FlowLayout
from explorer.ui.widgets.labelled import labelled

_LARGEST = 999_999


class ProblemBox(QWidget):
    """Signals: `edited(dict)`, new values by the names of what the store keeps; the rest are the buttons'."""

    edited = Signal(dict)
    think_requested = Signal()
    many_requested = Signal()
    stop_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._build()
        self._lay_out()
        self._connect()
        theme.changed.connect(self._space)
        self._space()

    def _build(self) -> None:
        self.question = QPlainTextEdit()
        self.question.setAccessibleName(self.tr("Problem"))
        self.question.setPlaceholderText(self.tr("Type a problem whose answer is one number, or draw one."))
        self.question.setTabChangesFocus(True)
        self.answer = QLineEdit()
        self.answer.setAccessibleName(self.tr("Right answer"))
        self.answer.setPlaceholderText(self.tr("if you know it"))
        self.kind = QComboBox()
        for kind, name in (
            ("words", self.tr("Word problems")),
            ("arithmetic", self.tr("Sums")),
            ("letters", self.tr("Letters")),
            ("countdown", self.tr("Countdown")),
        ):
            self.kind.addItem(name, kind)
        self.steps = _spin(1, 5)
        self.number = _spin(1, _LARGEST)
        self.previous = QPushButton(self.tr("Previous"))
        self.next = QPushButton(self.tr("Next"))
        self.previous.setToolTip(self.tr("The problem before (Alt+Left)"))
        self.next.setToolTip(self.tr("The next problem (Alt+Right)"))
        self.temperature = QDoubleSpinBox()
        self.temperature.setRange(0, 2)
        self.temperature.setSingleStep(0.05)
        self.tokens = _spin(1, 4096)
        self.seed = _spin(0, _LARGEST)
        self.attempts = _spin(1, MOST_ATTEMPTS)
        self.think = QPushButton(self.tr("Think"))
        self.think.setProperty("kind", "primary")
        self.think.setToolTip(self.tr("One trace, and one answer at once (Ctrl+Return)"))
        self.many = QPushButton()
        self.many.setToolTip(self.tr("The same problem with as many seeds (Ctrl+Shift+Return)"))
        self.stop = QPushButton(self.tr("Stop"))
        self.stop.setToolTip(self.tr("Stop where it is (Esc)"))
        self.note = QLabel()
        self.note.setProperty("role", "caption")
        self.note.setWordWrap(True)

    def _lay_out(self) -> None:
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._draw, self._knobs, self._buttons = FlowLayout(), FlowLayout(), FlowLayout()
        for widget in (
            labelled(self.tr("Set"), self.tr("Which kind of problem is drawn"), self.kind),
            labelled(self.tr("Steps"), self.tr("How many sums a word problem takes"), self.steps),
            labelled(self.tr("No."), self.tr("The same number gives the same problem"), self.number),
            self.previous,
            self.next,
        ):
            self._draw.addWidget(widget)
        for widget in (
            labelled(self.tr("Temperature"), self.tr("0 takes the most likely token"), self.temperature),
            labelled(self.tr("Length"), self.tr("An attempt ends after so many tokens"), self.tokens),
            labelled(self.tr("Seed"), self.tr("The same seed gives the same random numbers"), self.seed),
            labelled(self.tr("Attempts"), self.tr("How often it is tried"), self.attempts),
        ):
            self._knobs.addWidget(widget)
        for button in (self.think, self.many, self.stop):
            self._buttons.addWidget(button)
        self._column.addLayout(self._draw)
        self._column.addWidget(self.question, 1)
        known = QHBoxLayout()
        name = QLabel(self.tr("Right answer"))
        name.setBuddy(self.answer)
        known.addWidget(name)
        known.addWidget(self.answer, 1)
        self._column.addLayout(known)
        self._column.addLayout(self._knobs)
        self._column.addLayout(self._buttons)
        self._column.addWidget(self.note)

    def _connect(self) -> None:
        edited = self.edited.emit
        self.question.textChanged.connect(
            lambda: edited({"question": _readable(self.question.toPlainText()), "drawn": False})
        )
        self.answer.textEdited.connect(lambda text: edited({"answer": _readable(text), "drawn": False}))
        self.kind.activated.connect(lambda index: edited({"kind": self.kind.itemData(index)}))
        for box, name in (
            (self.steps, "steps"),
            (self.number, "number"),
            (self.tokens, "max_tokens"),
            (self.seed, "seed"),
            (self.attempts, "attempts"),
        ):
            box.valueChanged.connect(lambda value, name=name: edited({name: value}))
        self.temperature.valueChanged.connect(lambda value: edited({"temperature": value}))
        self.previous.clicked.connect(lambda: self.walk(-1))
        self.next.clicked.connect(lambda: self.walk(1))
        self.think.clicked.connect(self.think_requested)
        self.many.clicked.connect(self.many_requested)
        self.stop.clicked.connect(self.stop_requested)

    def walk(self, step: int) -> None:
        """To another problem of the set."""
        self.edited.emit({"number": max(1, self.number.value() + step)})

    def show_store(self, store: ThinkingStore, note: str) -> None:
        """Render without saying so; what is being typed keeps its cursor."""
        kept = store.kept
        if _readable(self.question.toPlainText()) != kept.question:
            with QSignalBlocker(self.question):
                self.question.setPlainText(kept.question)
        if self.answer.text() != kept.answer:
            self.answer.setText(kept.answer)
        self.kind.setCurrentIndex(self.kind.findData(kept.kind))
        for box, value in (
            (self.steps, kept.steps),
            (self.number, kept.number),
            (self.tokens, kept.max_tokens),
            (self.seed, kept.seed),
            (self.attempts, kept.attempts),
            (self.temperature, kept.temperature),
        ):
            if box.value() != value:
                with QSignalBlocker(box):
                    box.setValue(value)  # type: ignore[arg-type]  # whole for whole boxes
        self.steps.setEnabled(kept.kind == "words")
        self.previous.setEnabled(kept.number > 1)
        self.think.setEnabled(store.can_think)
        self.many.setEnabled(store.can_think)
        times = self.tr("Try {count} times").format(count=kept.attempts)
        self.many.setText(self.tr("Try once") if kept.attempts == 1 else times)
        self.stop.setEnabled(store.busy)
        self.note.setText(note)
        self.note.setVisible(bool(note))

    def _space(self) -> None:
        px = self._theme.px
        for layout in (self._column, self._draw, self._knobs, self._buttons):
            layout.setSpacing(px(8))
        self.question.setMinimumHeight(px(96))
        for box, width in (
            (self.steps, 44),
            (self.number, 62),
            (self.temperature, 58),
            (self.tokens, 58),
            (self.seed, 62),
            (self.attempts, 48),
        ):
            box.setFixedWidth(px(width))
            box.lineEdit().setTextMargins(px(4), 0, 0, 0)


def _spin(low: int, high: int) -> QSpinBox:
    box = QSpinBox()
    box.setRange(low, high)
    return box


def _readable(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
