"""What stands beside the text: one of several pages, chosen by a row of buttons above them."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QToolButton, QVBoxLayout, QWidget

from explorer.ui.settings import Settings
from explorer.ui.theme import Theme
from explorer.ui.widgets.flow_layout import FlowLayout
from explorer.ui.widgets.tall_enough import TallEnough

_KEY = "tokenizer/page"


class SidePages(TallEnough):
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
        self._pages: list[QWidget] = []
        self._shown = 0
        # No stack: it is as tall as the tallest of its pages, whichever is shown.
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(self._row)
        self._buttons.idClicked.connect(lambda number: self.show_page(self._names[number]))
        theme.changed.connect(self._space)
        self._space()

    @property
    def page(self) -> str:
        """The name of the page that is shown."""
        return self._names[self._shown]

    def add_page(self, name: str, label: str, page: QWidget) -> None:
        """`name` is what `show_page` takes and what is remembered."""
        button = QToolButton()
        button.setText(label)
        button.setCheckable(True)
        self._buttons.addButton(button, len(self._names))
        self._names.append(name)
        self._row.addWidget(button)
        page.setVisible(not self._pages)
        self._pages.append(page)
        self._column.addWidget(page, 1)

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
        self._pages[self._shown].hide()
        self._shown = number
        self._pages[number].show()
        self.page_changed.emit(name)

    def _space(self) -> None:
        self._row.setSpacing(self._theme.px(4))
