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
_SIZES_PX: dict[FontRole, int] = {"body": 13, "caption": 11, "title": 20, "mono": 15, "large": 17, "number": 18}


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
)


class Theme(QObject):
    """The look in force. Signals: `changed` (mode, scale or the system's own look)."""

    changed = Signal()

    def __init__(self, mode: Mode = "system", scale: float = 1.0) -> None:
        super().__init__()
        self._mode: Mode = mode
        self._scale = scale
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

    def font(self, role: FontRole) -> QFont:
        """The font of a role, at the scale in force."""
        if role == "mono":
            font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
            font.setStyleHint(QFont.StyleHint.Monospace)
        else:
            font = QFont(QGuiApplication.font())
        font.setPixelSize(self.px(_SIZES_PX[role]))
        font.setBold(role == "title")
        if role in ("number", "caption", "body"):
            # Tabular figures: nothing jumps when a number changes.
            font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def _system_changed(self) -> None:
        if self._mode == "system":
            self.changed.emit()

    def stylesheet(self) -> str:
        """Qt's style sheet for the whole application."""
        c, px = self.colours, self.px
        body, caption, title = px(_SIZES_PX["body"]), px(_SIZES_PX["caption"]), px(_SIZES_PX["title"])
        large, number = px(_SIZES_PX["large"]), px(_SIZES_PX["number"])
        pad, gap, radius = px(4), px(8), px(6)
        return f"""
        * {{ font-size: {body}px; color: {c.text}; }}
        QMainWindow, QWidget#ground, QDialog {{ background: {c.window}; }}
        QWidget#surface, QFrame#surface {{ background: {c.surface}; border: 1px solid {c.border}; border-radius: {radius}px; }}
        QLabel {{ background: transparent; }}
        QLabel[role="title"] {{ font-size: {title}px; font-weight: 600; }}
        QLabel[role="muted"] {{ color: {c.muted}; }}
        QLabel[role="caption"] {{ color: {c.muted}; font-size: {caption}px; }}
        QLabel[role="large"] {{ font-size: {large}px; }}
        QLabel[role="number"] {{ font-size: {number}px; font-weight: 600; }}
        QFrame#notice {{ background: {c.warning_fill}; border: 1px solid {c.border}; border-radius: {radius}px; }}
        QFrame#notice[kind="error"] {{ background: {c.error_fill}; }}
        QFrame#notice[kind="error"] QLabel {{ color: {c.error}; }}
        QFrame#rail {{ background: {c.raised}; border: none; border-right: 1px solid {c.border}; }}
        QFrame#rail QToolButton {{ background: transparent; border: none; border-radius: {radius}px;
            padding: {pad}px 0px; margin: {pad}px; font-size: {caption}px; color: {c.muted}; }}
        QFrame#rail QToolButton:hover {{ background: {c.border}; }}
        QFrame#rail QToolButton:checked {{ background: {c.surface}; color: {c.accent}; font-weight: 600; }}
        QFrame#rail QToolButton:focus {{ border: 1px solid {c.accent}; }}
        QPushButton, QToolButton {{ background: {c.raised}; border: 1px solid {c.border}; border-radius: {radius}px;
            padding: {pad}px {px(12)}px; }}
        QToolButton {{ padding: {pad}px {gap}px; }}
        QPushButton:hover, QToolButton:hover {{ border-color: {c.accent}; }}
        QPushButton:focus, QToolButton:focus {{ border-color: {c.accent}; }}
        QPushButton:pressed, QPushButton:checked, QToolButton:checked, QToolButton:pressed {{ background: {c.selection}; }}
        QPushButton:disabled, QToolButton:disabled {{ color: {c.muted}; background: {c.window}; }}
        QPushButton[kind="primary"] {{ background: {c.accent}; color: {c.on_accent}; border-color: {c.accent}; font-weight: 600; }}
        QPushButton[kind="primary"]:disabled {{ background: {c.raised}; color: {c.muted}; border-color: {c.border}; }}
        QPushButton[kind="primary"]:focus {{ border-color: {c.text}; }}
        QPushButton[kind="starter"] {{ border-radius: {px(12)}px; background: {c.surface}; }}
        QPushButton[kind="link"] {{ background: transparent; border: none; color: {c.accent}; padding: 0; }}
        QToolButton::menu-indicator {{ image: none; }}
        QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QComboBox {{ background: {c.surface};
            border: 1px solid {c.border}; border-radius: {radius}px; padding: {pad}px {gap}px;
            selection-background-color: {c.selection}; selection-color: {c.text}; }}
        QPlainTextEdit, QTextEdit {{ padding: {pad}px; }}
        QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus
            {{ border: 1px solid {c.accent}; }}
        QLineEdit:disabled, QSpinBox:disabled, QComboBox:disabled {{ color: {c.muted}; background: {c.window}; }}
        QComboBox QAbstractItemView, QMenu, QListView, QTableView, QTreeView {{ background: {c.surface};
            border: 1px solid {c.border}; selection-background-color: {c.selection}; selection-color: {c.text};
            outline: none; }}
        QListView, QTableView, QTreeView {{ border-radius: {radius}px; alternate-background-color: {c.window}; gridline-color: {c.grid}; }}
        QHeaderView::section {{ background: {c.window}; color: {c.muted}; border: none; border-bottom: 1px solid {c.border};
            padding: {pad}px {gap}px; font-size: {caption}px; }}
        QMenu::item {{ padding: {pad}px {px(20)}px; }}
        QMenu::item:selected, QMenuBar::item:selected {{ background: {c.selection}; }}
        QMenu::item:disabled {{ color: {c.muted}; }}
        QMenu::separator {{ height: 1px; background: {c.border}; margin: {pad}px 0; }}
        QMenuBar {{ background: {c.window}; }}
        QMenuBar::item {{ padding: {pad}px {gap}px; background: transparent; }}
        QStatusBar {{ background: {c.raised}; border-top: 1px solid {c.border}; }}
        QStatusBar::item {{ border: none; }}
        QStatusBar QLabel {{ padding: 0 {gap}px; }}
        QToolTip {{ background: {c.raised}; color: {c.text}; border: 1px solid {c.border}; padding: {pad}px; }}
        QProgressBar {{ background: {c.raised}; border: 1px solid {c.border}; border-radius: {pad}px; height: {gap}px; text-align: center; }}
        QProgressBar::chunk {{ background: {c.accent}; border-radius: {pad}px; }}
        QSlider {{ background: transparent; }}
        QSlider::groove:horizontal {{ height: {pad}px; background: {c.border}; border-radius: {px(2)}px; }}
        QSlider::sub-page:horizontal {{ background: {c.accent}; border-radius: {px(2)}px; }}
        QSlider::handle:horizontal {{ background: {c.surface}; border: 2px solid {c.accent}; width: {px(14)}px; height: {px(14)}px;
            margin: -{px(7)}px 0; border-radius: {px(9)}px; }}
        QSlider::handle:horizontal:focus {{ background: {c.accent}; }}
        QSplitter::handle {{ background: transparent; }}
        QSplitter::handle:hover {{ background: {c.selection}; }}
        QScrollArea {{ background: transparent; border: none; }}
        QScrollArea > QWidget > QWidget {{ background: transparent; }}
        QScrollBar:vertical {{ background: transparent; width: {px(12)}px; margin: 0; }}
        QScrollBar:horizontal {{ background: transparent; height: {px(12)}px; margin: 0; }}
        QScrollBar::handle {{ background: {c.border}; border-radius: {px(4)}px; margin: {px(2)}px; min-height: {px(24)}px; min-width: {px(24)}px; }}
        QScrollBar::handle:hover {{ background: {c.muted}; }}
        QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{ background: none; border: none; width: 0; height: 0; }}
        QCheckBox, QRadioButton {{ background: transparent; spacing: {gap}px; }}
        """
