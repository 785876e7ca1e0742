"""Colours, type scale and spacing: the only place where a look is decided.

Everything is multiplied by the scale (Ctrl+= and Ctrl+-), plots included. Widgets that paint themselves
take the `Theme`, read it when they paint, and repaint on `changed`.
"""

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication

Mode = Literal["system", "light", "dark"]
FontRole = Literal["body", "caption", "title", "mono", "large", "number"]

MODES: tuple[Mode, ...] = ("system", "light", "dark")
SCALES = (0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5)
SIZES_PX: dict[FontRole, int] = {
    "body": 13,
    "caption": 11,
    "title": 20,
    "mono": 15,
    "large": 17,
    "number": 18,
}


@dataclass(frozen=True)
class Colours:
    """One look. Names say the use, not the hue."""

    window: str
    surface: str
    raised: str
    border: str
    text: str
    muted: str
    accent: str
    on_accent: str
    selection: str
    error: str
    error_fill: str
    warning_fill: str
    grid: str
    tokens: tuple[str, str, str, str, str, str]
    """Six soft fills in turn, so that neighbours differ."""
    token_hover: str
    series: tuple[str, ...]
    """Lines in a plot, in order (Okabe and Ito, adjusted to the ground)."""
    person: str
    """What a person wrote; also marked with a square."""
    model: str
    """What the model wrote; also marked with a triangle."""
    special: str
    """A template's or the tokenizer's special token; outlined, never filled."""
    system: str
    """The system's message; also marked with a diamond."""
    tool: str
    """What a tool was asked and said; also marked with a disc."""
    document: str
    """A document's text; also marked with a bar."""
    thinking: str
    """What a model writes before it answers; also underlined with dashes."""
    probability: tuple[str, ...]
    """From 0 to 1: one ramp after viridis, away from the ground."""


LIGHT = Colours(
    window="#F6F7F9",
    surface="#FFFFFF",
    raised="#EEF0F3",
    border="#D5D9E0",
    text="#1B1F27",
    muted="#5B6472",
    accent="#1F66CC",
    on_accent="#FFFFFF",
    selection="#BBD6FB",
    error="#A3261B",
    error_fill="#FBEAE8",
    warning_fill="#FFF4DA",
    grid="#E3E6EB",
    tokens=("#D3E5FA", "#FBE3C8", "#D6EFD9", "#F6D9EA", "#E5DDF7", "#F3EEBF"),
    token_hover="#7FB2F0",
    series=("#0072B2", "#D55E00", "#009E73", "#B25A92", "#B07A00", "#3E8FBF"),
    person="#0072B2",
    model="#D55E00",
    special="#7F7F7F",
    system="#B0568C",
    tool="#009E73",
    document="#B07A00",
    thinking="#2E86C1",
    probability=("#C9DE5C", "#5FC069", "#27928C", "#35628D", "#46246E"),
)

DARK = Colours(
    window="#14171C",
    surface="#1B1F26",
    raised="#262B34",
    border="#363D49",
    text="#E8EBF0",
    muted="#9BA5B4",
    accent="#5FA3F5",
    on_accent="#0B1220",
    selection="#2C4E7C",
    error="#FF9C91",
    error_fill="#3A2220",
    warning_fill="#3A311B",
    grid="#2A303A",
    tokens=("#243F5F", "#57401F", "#24492D", "#542D45", "#41356A", "#4C481E"),
    token_hover="#3F7FCB",
    series=("#56B4E9", "#F08A3C", "#2FC596", "#DB8FBC", "#E6B450", "#8CC8F0"),
    person="#56B4E9",
    model="#F08A3C",
    special="#A0A0A0",
    system="#DB8FBC",
    tool="#2FC596",
    document="#E69F00",
    thinking="#56B4E9",
    probability=("#5B3F88", "#3F6E9E", "#2B9C92", "#74CC68", "#F0E54B"),
)


class Theme(QObject):
    """The look in force. Signals: `changed` (mode, scale or the system's own look)."""

    changed = Signal()

    def __init__(self, mode: Mode = "system", scale: float = 1.0) -> None:
        super().__init__()
        self._mode: Mode = mode
        self._scale = scale
        self._family = QGuiApplication.font().family()
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_changed)

    @property
    def mode(self) -> Mode:
        """What the person chose."""
        return self._mode

    @property
    def scale(self) -> float:
        """1.0 is 100 %."""
        return self._scale

    @property
    def dark(self) -> bool:
        """Whether the dark colours are in force now."""
        if self._mode == "system":
            return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return self._mode == "dark"

    @property
    def colours(self) -> Colours:
        """The colours in force now."""
        return DARK if self.dark else LIGHT

    def set_mode(self, mode: Mode) -> None:
        """Choose light, dark, or the system's."""
        if mode != self._mode:
            self._mode = mode
            self.changed.emit()

    def set_scale(self, scale: float) -> None:
        """Set the scale; outside of the list's ends it is clamped."""
        scale = min(max(scale, SCALES[0]), SCALES[-1])
        if scale != self._scale:
            self._scale = scale
            self.changed.emit()

    def step_scale(self, direction: int) -> None:
        """To the next larger (+1) or smaller (-1) scale of the list."""
        nearest = min(range(len(SCALES)), key=lambda i: abs(SCALES[i] - self._scale))
        self.set_scale(SCALES[min(max(nearest + direction, 0), len(SCALES) - 1)])

    def px(self, size: float) -> int:
        """A length at 100 % in pixels, at the scale in force; never 0."""
        return max(1, round(size * self._scale))

    def colour(self, name: str) -> QColor:
        """A colour of `Colours` by name."""
        return QColor(getattr(self.colours, name))

    def token_fill(self, index: int) -> QColor:
        """The fill of the token at `index` of a stream."""
        fills = self.colours.tokens
        return QColor(fills[index % len(fills)])

    def probability(self, share: float) -> QColor:
        """A probability's colour. The ramp runs over its root, for most probabilities are small."""
        ramp = [QColor(name) for name in self.colours.probability]
        place = min(max(share, 0.0), 1.0) ** 0.5 * (len(ramp) - 1)
        left = min(int(place), len(ramp) - 2)
        low, high, part = ramp[left], ramp[left + 1], place - left

        def between(a: int, b: int) -> int:
            return round(a + (b - a) * part)

        return QColor(
            between(low.red(), high.red()),
            between(low.green(), high.green()),
            between(low.blue(), high.blue()),
        )

    def font(self, role: FontRole) -> QFont:
        """The font of a role, at the scale in force."""
        if role == "mono":
            font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
            font.setStyleHint(QFont.StyleHint.Monospace)
        else:
            font = QFont(self._family)
        font.setPixelSize(self.px(SIZES_PX[role]))
        font.setBold(role == "title")
        if role in ("number", "caption", "body"):
            # Tabular figures: nothing jumps when a number changes.
            font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def _system_changed(self) -> None:
        if self._mode == "system":
            self.changed.emit()
