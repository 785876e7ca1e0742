"""What the sentences of all stages have in common: words with blanks, and what is said about the choice."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QComboBox, QSpinBox, QWidget

from explorer.ui import words
from explorer.ui.panels.training_parts.choice import Choice, StageName
from explorer.ui.panels.training_parts.stage_words import stage_hint
from explorer.ui.theme import Theme

MOST_STEPS, MOST_SEED = 10_000_000, 2**31 - 1


class StageSentence(QObject):
    """The blanks that only this stage has. {stage}, {parent} and {seed} are filled in by whoever shows it.

    Signals: `changed`, a blank was filled in otherwise; `offer_taken`, the button of `offer` was pressed.
    """

    changed = Signal()
    offer_taken = Signal()

    def sentence(self, stage: StageName) -> str:
        """With a {name} for each blank."""
        raise NotImplementedError

    def blanks(self) -> Mapping[str, QWidget]:
        """By name."""
        raise NotImplementedError

    def show_choice(self, choice: Choice) -> None:
        """Fill in the blanks; their signals are blocked."""
        raise NotImplementedError

    def filled(self, choice: Choice) -> Choice:
        """The choice with what these blanks say."""
        raise NotImplementedError

    def hint(self, stage: StageName) -> str:
        """What is said of the choice."""
        return stage_hint(stage)

    def ready(self) -> bool:
        """Whether all is there that the stage needs beside the model to begin from."""
        return True

    def offer(self) -> str:
        """The words of a button that brings what is needed; empty: there is none."""
        return ""

    def apply_theme(self, theme: Theme) -> None:
        """Sizes."""


def number_box(numbers: Sequence[int], name: str) -> QComboBox:
    """A choice of some numbers."""
    box = QComboBox()
    for number in numbers:
        box.addItem(words.count(number), number)
    return named(box, name)


def named(box: QComboBox, name: str) -> QComboBox:
    """For screen readers and as a tool tip."""
    box.setAccessibleName(name)
    box.setToolTip(name)
    return box


def choose(box: QComboBox, value: object, otherwise: object) -> None:
    """Put the box on the entry of `value`, or on that of `otherwise` if there is no such entry."""
    found = box.findData(value)
    box.setCurrentIndex(found if found >= 0 else box.findData(otherwise))


def spin_box(least: int, most: int, name: str) -> QSpinBox:
    """Any number."""
    spin = QSpinBox()
    spin.setRange(least, most)
    spin.setGroupSeparatorShown(True)
    spin.setAccessibleName(name)
    return spin


def fit_spin(spin: QSpinBox, theme: Theme, width: int) -> None:
    """As wide as `width` pixels at 100 %."""
    spin.setFixedWidth(theme.px(width))
    # WORKAROUND Qt's style sheets leave a spin box's padding out once it has a border.
    spin.lineEdit().setTextMargins(theme.px(8), 0, 0, 0)
