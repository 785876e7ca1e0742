"""The frame that all panels share: name, one sentence, the work, a row of "Try this" starters."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.ui.theme import Theme
from explorer.ui.widgets.flow_layout import FlowLayout


@dataclass(frozen=True)
class PanelSpec:
    """A row of the window's table of panels. `make` builds the panel when it is first shown."""

    name: str
    """As in `--panel NAME`; also the icon's file name in resources/icons."""
    label: Callable[[], str]
    """Short, under the icon; a call, because it depends on the language in force."""
    make: Callable[[], "Panel"]


class Panel(QWidget):
    """Base of all panels: header (name, selector slot, help, menu), sentence, body, starters.

    A panel is a function of its stores: it can be thrown away and built again (that is how the language
    changes). `_build()` makes widgets, `_connect()` makes every connection, `_render()` shows the stores.
    Signals: `message(str)`, a short word for the status bar; `model_changed`, when `model_name` says another.
    """

    message = Signal(str)
    model_changed = Signal()

    def __init__(self, theme: Theme, title: str, sentence: str) -> None:
        super().__init__()
        self.theme = theme
        self.setObjectName("ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._outer = QVBoxLayout(self)
        name = QLabel(title)
        name.setProperty("role", "title")
        self._sentence = QLabel(sentence)
        self._sentence.setProperty("role", "muted")
        self._sentence.setWordWrap(True)
        self.header = QHBoxLayout()
        """For the panel's own selector: widgets between the name and the menu."""
        self._menu = QMenu(self)
        self._menu_button = QToolButton()
        self._menu_button.setText("⋯")
        self._menu_button.setAccessibleName(self.tr("More"))
        self._menu_button.setToolTip(self.tr("Save the picture, copy the data"))
        self._menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu_button.setMenu(self._menu)
        top = QHBoxLayout()
        top.addWidget(name)
        top.addStretch(1)
        top.addLayout(self.header)
        top.addWidget(self._menu_button)
        self._notice = Notice()
        self.body = QVBoxLayout()
        """The work: one thing, big."""
        self._starters = FlowLayout()
        self._outer.addLayout(top)
        self._outer.addWidget(self._sentence)
        self._outer.addWidget(self._notice)
        self._outer.addLayout(self.body, 1)
        self._outer.addLayout(self._starters)
        theme.changed.connect(self._space)
        self._space()

    def is_idle(self) -> bool:
        """Whether everything asked for is on the screen (a screenshot waits for it)."""
        return True

    def escape_is_ours(self) -> bool:
        """Whether Esc has something to end here just now; else whoever made a shortcut of it gets it."""
        return False

    def event(self, event: QEvent) -> bool:
        """Claim Esc where it is ours."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and self.escape_is_ours()
        ):
            event.accept()
            return True
        return super().event(event)

    def model_name(self) -> str:
        """The model that answers in this panel, for the status bar; empty if none of its own does."""
        return ""

    def picture_widget(self) -> QWidget:
        """What "Save picture" saves."""
        return self

    def add_menu_action(self, text: str, call: Callable[[], object], shortcut: str = "") -> QAction:
        """An entry of the panel's own menu, reachable by its shortcut too."""
        action = self._menu.addAction(text)
        if shortcut:
            action.setShortcut(shortcut)
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self.addAction(action)
        action.triggered.connect(lambda: call())
        return action

    def set_starters(self, starters: list[tuple[str, Callable[[], object]]]) -> None:
        """The row "Try this": each sets the panel up in one click."""
        label = QLabel(self.tr("Try this:"))
        label.setProperty("role", "muted")
        self._starters.addWidget(label)
        for text, call in starters:
            self._add_starter(text, call)

    def show_starters(self, shown: bool) -> None:
        """Hide the row while there is nothing that a starter could set up."""
        for place in range(self._starters.count()):
            item = self._starters.itemAt(place)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.setVisible(shown)

    def _add_starter(self, text: str, call: Callable[[], object]) -> None:
        button = QPushButton(text)
        button.setProperty("kind", "starter")
        button.clicked.connect(lambda: call())
        self._starters.addWidget(button)

    def show_notice(
        self,
        text: str,
        kind: str = "info",
        action: str = "",
        call: Callable[[], object] | None = None,
        details: str = "",
    ) -> None:
        """A sentence where it belongs, with what to do, `details` behind a fold. Empty text hides it."""
        self._notice.say(text, kind, action, call, details)

    def _space(self) -> None:
        gap = self.theme.px(12)
        self._outer.setContentsMargins(self.theme.px(16), gap, self.theme.px(16), gap)
        self._outer.setSpacing(self.theme.px(8))
        self.header.setSpacing(self.theme.px(8))
        self.body.setSpacing(self.theme.px(12))
        self._starters.setSpacing(self.theme.px(8))


class Notice(QFrame):
    """One sentence in a quiet band: an error or a hint, what to do about it, and details behind a fold."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notice")
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._action = QPushButton()
        self._fold = QToolButton()
        self._fold.setText(self.tr("Details"))
        self._fold.setCheckable(True)
        self._close = QToolButton()
        self._close.setText("✕")
        self._close.setAccessibleName(self.tr("Close"))
        self._details = QLabel()
        self._details.setProperty("role", "caption")
        self._details.setWordWrap(True)
        self._details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout()
        row.addWidget(self._text, 1)
        for widget in (self._action, self._fold, self._close):
            row.addWidget(widget)
        column = QVBoxLayout(self)
        column.addLayout(row)
        column.addWidget(self._details)
        self._call: Callable[[], object] | None = None
        self._action.clicked.connect(self._act)
        self._fold.toggled.connect(self._details.setVisible)
        self._close.clicked.connect(self.hide)
        self.hide()

    def text(self) -> str:
        """What is said now; empty when hidden."""
        return "" if self.isHidden() else self._text.text()

    def say(self, text: str, kind: str, action: str, call: Callable[[], object] | None, details: str) -> None:
        """Show a sentence, or hide when it is empty."""
        self._text.setText(text)
        self._call = call
        self._action.setText(action)
        self._action.setVisible(bool(action))
        self._details.setText(details)
        self._fold.setChecked(False)
        self._fold.setVisible(bool(details))
        self._details.setVisible(False)
        if self.property("kind") != kind:
            self.setProperty("kind", kind)
            self.style().unpolish(self)
            self.style().polish(self)
        self.setVisible(bool(text))

    def _act(self) -> None:
        self.hide()
        if self._call is not None:
            self._call()
