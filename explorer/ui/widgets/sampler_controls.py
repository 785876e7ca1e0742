"""Temperature, cuts, seed and length: how the next token is drawn. Knows no store."""

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QSlider,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.protocol import SamplerSettings
from explorer.ui.theme import Theme
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.flow_layout import FlowLayout
from explorer.ui.widgets.labelled import labelled

_STEPS_PER_UNIT = 20
"""The slider moves in steps of 0.05."""
_HOTTEST = 2
_LARGEST_SEED = 999_999


class SamplerControls(QWidget):
    """A slider for the temperature, and boxes for the rest.

    Signals: `sampler_changed(dict)`, new values by their names in `SamplerSettings`;
    `max_tokens_changed(int)`.
    """

    sampler_changed = Signal(dict)
    max_tokens_changed = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._build()
        self._lay_out()
        self._connect()
        theme.changed.connect(self._space)
        self._space()

    def _build(self) -> None:
        self.temperature = QSlider(Qt.Orientation.Horizontal)
        self.temperature.setRange(0, _HOTTEST * _STEPS_PER_UNIT)
        self.temperature.setPageStep(_STEPS_PER_UNIT // 4)
        self.temperature.setAccessibleName(self.tr("Temperature"))
        self._value = QLabel()
        self._value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._words = ElidedLabel()
        self._words.setProperty("role", "caption")
        self.top_k = QSpinBox()
        self.top_k.setRange(0, 999_999)
        self.top_k.setSpecialValueText(self.tr("off"))
        self.top_p = _OffAtOne(self.tr("off"))
        self.min_p = QDoubleSpinBox()
        self.min_p.setSpecialValueText(self.tr("off"))
        for share in (self.top_p, self.min_p):
            share.setRange(0, 1)
            share.setDecimals(2)
            share.setSingleStep(0.05)
        self.seed = QSpinBox()
        self.seed.setRange(0, _LARGEST_SEED)
        self.max_tokens = QSpinBox()
        self.max_tokens.setRange(1, 99_999)
        self.other_seed = QToolButton()
        self.other_seed.setText("⚄")
        self.other_seed.setToolTip(self.tr("Another seed"))
        self.other_seed.setAccessibleName(self.tr("Another seed"))
        self.other_seed.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._widths = (
            (self.top_k, 70),
            (self.top_p, 58),
            (self.min_p, 58),
            (self.seed, 70),
            (self.max_tokens, 62),
        )
        for widget in (self.temperature, self.top_k, self.top_p, self.min_p, self.seed, self.max_tokens):
            widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            widget.installEventFilter(self)

    def _lay_out(self) -> None:
        self._row = QHBoxLayout()
        self._row.addWidget(QLabel(self.tr("Temperature")))
        self._row.addWidget(self.temperature, 1)
        self._row.addWidget(self._value)
        self._flow = FlowLayout()
        self._flow.addWidget(
            labelled(self.tr("Top-k"), self.tr("Keep so many of the most likely tokens"), self.top_k)
        )
        self._flow.addWidget(
            labelled(
                self.tr("Top-p"),
                self.tr("Keep the most likely tokens that reach this probability together"),
                self.top_p,
            )
        )
        self._flow.addWidget(
            labelled(
                self.tr("Min-p"),
                self.tr("Keep tokens at least this share as likely as the most likely one"),
                self.min_p,
            )
        )
        self._flow.addWidget(
            labelled(
                self.tr("Seed"),
                self.tr("The same seed gives the same random numbers"),
                self.seed,
                self.other_seed,
            )
        )
        self._flow.addWidget(
            labelled(self.tr("Tokens"), self.tr("A run ends after so many tokens"), self.max_tokens)
        )
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(self._row)
        self._column.addWidget(self._words)
        self._column.addLayout(self._flow)

    def _connect(self) -> None:
        self.temperature.valueChanged.connect(self._temperature_moved)
        self.top_k.valueChanged.connect(lambda value: self.sampler_changed.emit({"top_k": value}))
        self.top_p.valueChanged.connect(lambda value: self.sampler_changed.emit({"top_p": value}))
        self.min_p.valueChanged.connect(lambda value: self.sampler_changed.emit({"min_p": value}))
        self.seed.valueChanged.connect(lambda value: self.sampler_changed.emit({"seed": value}))
        self.max_tokens.valueChanged.connect(self.max_tokens_changed)
        self.other_seed.clicked.connect(lambda: self.seed.setValue(self.seed.value() % _LARGEST_SEED + 1))

    def show_settings(self, sampler: SamplerSettings, max_tokens: int) -> None:
        """Show without saying so; boxes that are being typed in keep their text if the value is the same."""
        shown: tuple[tuple[QSlider | QSpinBox | QDoubleSpinBox, float], ...] = (
            (self.temperature, round(sampler.temperature * _STEPS_PER_UNIT)),
            (self.top_k, sampler.top_k),
            (self.top_p, sampler.top_p),
            (self.min_p, sampler.min_p),
            (self.seed, sampler.seed),
            (self.max_tokens, max_tokens),
        )
        for widget, value in shown:
            if widget.value() != value:
                with QSignalBlocker(widget):
                    widget.setValue(value)  # type: ignore[arg-type]  # whole for whole boxes
        self._value.setText(f"T = {sampler.temperature:.2f}")
        self._words.setText(self._in_words(sampler.temperature))
        self.temperature.setAccessibleDescription(self._words.text())

    def _temperature_moved(self, steps: int) -> None:
        self.sampler_changed.emit({"temperature": steps / _STEPS_PER_UNIT})

    def _in_words(self, temperature: float) -> str:
        if temperature == 0:
            return self.tr("Always the most likely token: nothing is left to chance.")
        if temperature < 0.6:
            return self.tr("Cold: likely tokens get likelier; safe, and soon repeating itself.")
        if temperature < 0.98:
            return self.tr("Cool: a little surer than the model learned.")
        if temperature < 1.03:
            return self.tr("As the model learned it.")
        if temperature < 1.5:
            return self.tr("Warm: rare tokens get their chance.")
        return self.tr("Hot: nearly anything can come; sense gets lost.")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Scrolling the page must not turn a knob that happens to lie under the mouse."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _space(self) -> None:
        gap = self._theme.px(8)
        for layout in (self._row, self._flow, self._column):
            layout.setSpacing(gap)
        for box, width in self._widths:
            box.setFixedWidth(self._theme.px(width))
            # The style sheet's padding does not reach into a box whose arrows it hides.
            box.lineEdit().setTextMargins(self._theme.px(6), 0, 0, 0)
        self.temperature.setMinimumHeight(self._theme.px(22))
        # The number's width is fixed: the slider must not move while it is dragged.
        self._value.setFixedWidth(QFontMetrics(self._theme.font("body")).horizontalAdvance("T = 0.00") + gap)


class _OffAtOne(QDoubleSpinBox):
    """A share that does nothing at 1, and says so."""

    def __init__(self, off: str) -> None:
        super().__init__()
        self._off = off

    def textFromValue(self, value: float) -> str:  # noqa: N802
        return self._off if value >= 1 else super().textFromValue(value)

    def valueFromText(self, text: str) -> float:  # noqa: N802
        return 1.0 if text == self._off else super().valueFromText(text)
