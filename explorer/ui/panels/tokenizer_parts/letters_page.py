"""The page beside the text that counts letters against tokens: why a model cannot see how to spell."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.ui import words
from explorer.ui.settings import Settings
from explorer.ui.stores.letter_count import LetterCount, letter_steps, wanted_letters
from explorer.ui.stores.stepper import Stepper
from explorer.ui.stores.tokenizer import TokenizerStore
from explorer.ui.theme import Theme
from explorer.ui.widgets.letter_view import LetterView
from explorer.ui.widgets.quiet_text import QuietText

_AFTER_MS = 60
MOST_SHOWN = 250
"""Tokens; of a longer text or selection the first ones."""


class LettersPage(QWidget):
    """Counts in the whole text; shows the tokens of the selection, or those that the text begins with."""

    def __init__(self, theme: Theme, settings: Settings, store: TokenizerStore) -> None:
        super().__init__()
        self._theme, self._settings, self._store = theme, settings, store
        self._selection = (0, 0)
        self._count = LetterCount()
        self._stepper = Stepper(self)
        self.letter = QLineEdit(settings.text("tokenizer/letter", "r"))
        self.letter.setMaxLength(2)
        self.letter.setAccessibleName(self.tr("Letter to count"))
        self._alike = QToolButton()
        self._alike.setCheckable(True)
        self._alike.setChecked(settings.flag("tokenizer/letters_alike", True))
        self._alike.setText("Aa")
        self._alike.setToolTip(self.tr("Count small and large letters alike"))
        self._alike.setAccessibleName(self._alike.toolTip())
        label = QLabel(self.tr("Count the letter"))
        label.setBuddy(self.letter)
        row = QHBoxLayout()
        row.addWidget(label)
        row.addWidget(self.letter)
        row.addWidget(self._alike)
        row.addStretch(1)
        self._said = QuietText(theme, "large", most=6)
        self._why = QuietText(theme, "body", "muted", most=6)
        self._why.set_text(
            self.tr(
                "Above: the letters that you read. Below: the numbers that the model gets in their stead."
            )
        )
        self._view = LetterView(theme)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self._view)
        inner.addStretch(1)
        area.setWidget(content)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        column.addWidget(self._said)
        column.addWidget(self._why)
        column.addWidget(area, 1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_AFTER_MS)
        self._timer.timeout.connect(self._begin)
        self._stepper.changed.connect(self._render)
        self.letter.textEdited.connect(self._letter_edited)
        self._alike.toggled.connect(self._alike_toggled)
        store.tokens_changed.connect(self._changed)
        theme.changed.connect(self._space)
        self._space()

    @property
    def settled(self) -> bool:
        """Whether the newest text is counted."""
        return not self.isVisible() or not (self._timer.isActive() or self._stepper.busy)

    @property
    def said(self) -> str:
        """The sentence with the counts."""
        return self._said.text()

    @property
    def shown(self) -> list[tuple[str, str, int]]:
        """Letters, number and hits of the tokens that are shown."""
        return self._view.said

    def set_letter(self, letter: str) -> None:
        """Count another one."""
        self.letter.setText(letter)
        self._letter_edited(letter)

    def set_selection(self, start: int, stop: int) -> None:
        """Show the tokens of these units; of the beginning if they are none."""
        if (start, stop) != self._selection:
            self._selection = start, stop
            self._show_tokens()

    def showEvent(self, event: QShowEvent) -> None:
        """Count, now that somebody looks."""
        super().showEvent(event)
        self._begin()

    # ------------------------------------------------------------ counting

    def _wanted(self) -> str:
        letter = self.letter.text()[:1]
        return wanted_letters(letter, self._alike.isChecked()) if letter else ""

    def _changed(self) -> None:
        if self.isVisible():
            self._stepper.drop()
            self._timer.start()

    def _begin(self) -> None:
        self._timer.stop()
        self._stepper.drop()
        spans = self._store.spans
        self._count = LetterCount()
        self._stepper.start(letter_steps(str(spans.units), spans.starts.copy(), self._wanted(), self._count))
        self._show_tokens()

    def _render(self) -> None:
        letter, count = self.letter.text()[:1], self._count
        if not letter:
            self._said.set_text(self.tr("Write a letter above."))
        elif self._stepper.busy:
            self._said.set_text(self.tr("Counting …"))
        else:
            said = self.tr("{count} × “{letter}” in the text; {holding} of its {tokens} tokens hold one.")
            self._said.set_text(
                said.format(
                    count=words.count(count.letters),
                    letter=letter,
                    holding=words.count(count.tokens),
                    tokens=words.count(len(self._store.spans)),
                )
            )

    def _show_tokens(self) -> None:
        if not self.isVisible():
            return
        spans, (start, stop) = self._store.spans, self._selection
        first, after = spans.overlapping(start, stop) if start < stop else (0, len(spans))
        facts = list(spans.facts(first, min(after, first + MOST_SHOWN))) if first < after else []
        self._view.show_tokens(facts, [bool(spans.piece(fact.id)) for fact in facts], self._wanted())

    def _letter_edited(self, text: str) -> None:
        if len(text) > 1:
            self.letter.setText(text[-1])
        self._settings.set("tokenizer/letter", self.letter.text())
        self._begin()

    def _alike_toggled(self, on: bool) -> None:
        self._settings.set("tokenizer/letters_alike", on)
        self._begin()

    def _space(self) -> None:
        self.letter.setFixedWidth(self._theme.px(48))
