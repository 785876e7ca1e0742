"""What stands beside the text: one of several pages, chosen by a row of buttons above them."""

from collections.abc import Callable

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
        self._pages: list[QWidget | None] = []
        self._makers: dict[int, Callable[[], QWidget]] = {}
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

    def add_page(self, name: str, label: str, page: QWidget | Callable[[], QWidget]) -> None:
        """`name` is what `show_page` takes and what is remembered. A function is called when first shown."""
        button = QToolButton()
        button.setText(label)
        button.setCheckable(True)
        self._buttons.addButton(button, len(self._names))
        number = len(self._names)
        self._names.append(name)
        self._row.addWidget(button)
        if isinstance(page, QWidget):
            self._pages.append(page)
            self._place(number, page)
        else:
            self._pages.append(None)
            self._makers[number] = page

    def made(self, name: str) -> QWidget | None:
        """The page, if it was shown already."""
        return self._pages[self._names.index(name)]

    def make(self, name: str) -> QWidget:
        """The page, made now if it never was shown."""
        number = self._names.index(name)
        page = self._pages[number]
        if page is None:
            page = self._pages[number] = self._makers.pop(number)()
            self._place(number, page)
        return page

    def _place(self, number: int, page: QWidget) -> None:
        page.setVisible(number == self._shown)
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
        before = self._pages[self._shown]
        if before is not None:
            before.hide()
        self._shown = number
        self.make(name).show()
        self.page_changed.emit(name)

    def _space(self) -> None:
        self._row.setSpacing(self._theme.px(4))
