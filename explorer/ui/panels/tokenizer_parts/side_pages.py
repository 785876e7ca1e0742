"""What stands beside the text: one of several pages, chosen by a row of buttons above them."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from explorer.ui.settings import Settings
from explorer.ui.theme import Theme
from explorer.ui.widgets.flow_layout import FlowLayout

_KEY = "tokenizer/page"


class SidePages(QWidget):
    """Add pages with `add_page`, in the order of their buttons; then `restore`.

    Signals: `page_changed(name)`.
    """

    page_changed = Signal(str)

    def __init__(self, theme: Theme, settings: Settings) -> None:
        super().__init__()
        self._theme, self._settings = theme, settings
        self._names: list[str] = []
        self._buttons = QButtonGroup(self)
        self._row = FlowLayout()
        self._stack = QStackedWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._row)
        column.addWidget(self._stack, 1)
        self._buttons.idClicked.connect(lambda number: self.show_page(self._names[number]))
        theme.changed.connect(self._space)
        self._space()

    @property
    def page(self) -> str:
        """The name of the page that is shown."""
        return self._names[self._stack.currentIndex()]

    def add_page(self, name: str, label: str, page: QWidget) -> None:
        """`name` is what `show_page` takes and what is remembered."""
        button = QToolButton()
        button.setText(label)
        button.setCheckable(True)
        self._buttons.addButton(button, len(self._names))
        self._names.append(name)
        self._row.addWidget(button)
        self._stack.addWidget(page)

    def restore(self) -> None:
        """Show the page of last time."""
        remembered = self._settings.text(_KEY)
        self._show(remembered if remembered in self._names else self._names[0])

    def show_page(self, name: str) -> None:
        """Show a page, now and next time."""
        if name != self.page:
            self._settings.set(_KEY, name)
            self._show(name)

    def _show(self, name: str) -> None:
        number = self._names.index(name)
        self._buttons.button(number).setChecked(True)
        self._stack.setCurrentIndex(number)
        self.page_changed.emit(name)

    def _space(self) -> None:
        self._row.setSpacing(self._theme.px(4))
