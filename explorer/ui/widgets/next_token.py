"""What may come next: bars, how unsure the model is, and where the random number fell. Knows no store."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from explorer.protocol import Distribution
from explorer.ui import words
from explorer.ui.theme import Theme
from explorer.ui.widgets.draw_line import DrawLine, Fallen
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.probability_bars import Bar, ProbabilityBars, percent


@dataclass(frozen=True)
class DrawState:
    """What the line under the bars shows."""

    title: str
    sentence: str
    segments: Sequence[tuple[str, float]] = ()
    fallen: Fallen | None = None


class NextToken(QWidget):
    """Bars with a heading and a line for the row pointed at; under them the draw."""

    pointed = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._distribution: Distribution | None = None
        self._others = 0
        """Tokens that have no bar of their own."""
        self._heading = QLabel(self.tr("What comes next"))
        self._heading.setProperty("role", "large")
        self._entropy = ElidedLabel()
        self._entropy.setProperty("role", "caption")
        self._entropy.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._entropy.setToolTip(
            self.tr("Entropy: how unsure the model is. 1 bit is a coin, each further bit doubles the choice.")
        )
        self.bars = ProbabilityBars(theme)
        self._note = ElidedLabel()
        self._note.setProperty("role", "caption")
        self._title = QLabel()
        self._sentence = ElidedLabel()
        self._sentence.setProperty("role", "caption")
        self.line = DrawLine(theme)
        self._lay_out()
        self.bars.pointed.connect(self._show_note)
        theme.changed.connect(self._space)
        self._space()

    def _lay_out(self) -> None:
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        top = QHBoxLayout()
        top.addWidget(self._heading)
        top.addWidget(self._entropy, 1)
        self._column.addLayout(top)
        self._column.addWidget(self.bars, 1)
        self._column.addWidget(self._note)
        self._column.addWidget(self.line)
        below = QHBoxLayout()
        below.addWidget(self._title)
        below.addWidget(self._sentence, 1)
        self._column.addLayout(below)

    # ------------------------------------------------------------ what is shown

    @property
    def entropy(self) -> str:
        """What the heading says of it."""
        return self._entropy.text()

    @property
    def note(self) -> str:
        """What is said under the bars."""
        return self._note.text()

    @property
    def draw_title(self) -> str:
        """Which draw the line shows."""
        return self._title.text().removesuffix(":")

    @property
    def draw_sentence(self) -> str:
        """What is said of it."""
        return self._sentence.text()

    def show_distribution(
        self, distribution: Distribution | None, vocabulary: int, marked: int = -1, faded: bool = False
    ) -> None:
        """The bars of a model with `vocabulary` tokens; `marked` is the row that was drawn, -1 for none."""
        self._distribution, self._others = distribution, 0
        if distribution is not None:
            self._others = max(vocabulary - len(distribution.candidates), distribution.rest_count)
        self.bars.show_bars(self._bars_of(distribution) if distribution else (), marked, faded)
        if distribution is None:
            self._entropy.clear()
        else:
            self._entropy.setText(
                self.tr("Entropy {before} bits at T = 1, {after} bits now").format(
                    before=f"{distribution.model_entropy_bits:.2f}", after=f"{distribution.entropy_bits:.2f}"
                )
            )
        self._show_note()

    def show_draw(self, state: DrawState, faded: bool) -> None:
        """The line under the bars."""
        self._title.setText(state.title + ":" if state.sentence else state.title)
        self._sentence.setText(state.sentence)
        self.line.show_draw(state.segments, state.fallen, faded)

    def _bars_of(self, distribution: Distribution) -> list[Bar]:
        bars = [Bar(c.text, c.probability, c.model_probability) for c in distribution.candidates]
        if self._others:
            known = sum(candidate.model_probability for candidate in distribution.candidates)
            label = self.tr("the other {tokens}").format(tokens=words.count(self._others))
            bars.append(Bar(label, distribution.rest_probability, max(0.0, 1 - known), is_rest=True))
        return bars

    def _show_note(self) -> None:
        row, distribution = self.bars.pointed_row, self._distribution
        if distribution is None:
            self._note.clear()
        elif 0 <= row < len(distribution.candidates):
            candidate = distribution.candidates[row]
            own = candidate.model_probability
            self._note.setText(
                self.tr("id {id} · {now} now · {own} at T = 1, log-probability {logprob}").format(
                    id=candidate.id,
                    now=percent(candidate.probability),
                    own=percent(own),
                    logprob=f"{log(own):.2f}" if own > 0 else "−∞",
                )
            )
        elif row == len(distribution.candidates):
            self._note.setText(
                self.tr("All {tokens} other tokens together; {left} of them can still be drawn").format(
                    tokens=words.count(self._others), left=words.count(distribution.rest_count)
                )
            )
        else:
            self._note.setText(self.tr("Filled: after the settings. Outline: the model's own, at T = 1."))

    def _space(self) -> None:
        self._column.setSpacing(self._theme.px(6))
