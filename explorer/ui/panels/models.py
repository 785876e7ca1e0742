"""Models: every one that the program can reach, what it is, and how more of them come.

Wiring: `ModelsPanel(theme, settings, stores, engine)`; `use_requested(path)` wants the model at `path` in the
Sampling panel.
"""

from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent, QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.ui import words
from explorer.ui.panels.base import Panel
from explorer.ui.panels.models_parts.copies import CopiesPage
from explorer.ui.panels.models_parts.details import Details
from explorer.ui.panels.models_parts.download import DownloadPage
from explorer.ui.panels.models_parts.sentences import model_rows, models_table
from explorer.ui.panels.models_parts.servers import ServersPage
from explorer.ui.settings import Settings
from explorer.ui.stores.engine import EngineStore
from explorer.ui.stores.model_stores import ModelStores
from explorer.ui.stores.run_data import Failure
from explorer.ui.theme import Theme
from explorer.ui.widgets.export import ask_and_save_picture, copy_rows
from explorer.ui.widgets.flow_layout import FlowLayout
from explorer.ui.widgets.model_list import ModelList
from explorer.ui.widgets.thin_bar import ThinBar
from explorer.ui.widgets.two_columns import TwoColumns

DETAILS, DOWNLOAD, SERVERS, COPIES = range(4)
_SELECTED = "models/selected"


class ModelsPanel(Panel):
    """Signals: `use_requested(path)`: let the sampling panel use this model; `training_requested`."""

    use_requested = Signal(str)
    training_requested = Signal()

    def __init__(self, theme: Theme, settings: Settings, stores: ModelStores, engine: EngineStore) -> None:
        super().__init__(
            theme,
            self.tr("Models"),
            self.tr("Every model within reach: trained here, found, opened, downloaded, or at a server."),
        )
        self._settings, self._engine = settings, engine
        self._models, self._downloads, self._servers = stores.models, stores.downloads, stores.servers
        self._build()
        self._connect()
        self._render()

    # ------------------------------------------------------------ building

    def _build(self) -> None:
        self.list = ModelList(self.theme)
        self.list.setMinimumHeight(self.theme.px(160))
        self.bar = ThinBar(self.theme)
        self.empty = QLabel()
        self.empty.setProperty("role", "muted")
        self.empty.setWordWrap(True)
        self.train = QPushButton(self.tr("Train one in 60 seconds"))
        self.train.setProperty("kind", "primary")
        self.train.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        left = QWidget()
        self._left = QVBoxLayout(left)
        self._left.setContentsMargins(0, 0, 0, 0)
        self._left.addLayout(self._make_openers())
        self._left.addWidget(self.bar)
        self._left.addWidget(self.empty)
        self._left.addWidget(self.train)
        self._left.addWidget(self.list, 1)
        self._columns = TwoColumns(self.theme, left, self._make_right())
        self.body.addWidget(self._columns, 1)
        self.setAcceptDrops(True)
        self.setFocusProxy(self.list)
        self.add_menu_action(self.tr("Read the list again"), self._models.refresh, "Ctrl+R")
        self.add_menu_action(self.tr("Copy the list (CSV)"), lambda: self._copy_list("csv"))
        self.add_menu_action(self.tr("Copy the list (JSON)"), lambda: self._copy_list("json"))
        self.add_menu_action(self.tr("Save the picture…"), self._save_picture, "Ctrl+Shift+S")

    def _make_openers(self) -> FlowLayout:
        self.open_folder = QPushButton(self.tr("Open a folder…"))
        self.open_file = QPushButton(self.tr("Open a GGUF file…"))
        self.path = QLineEdit()
        self.path.setAccessibleName(self.tr("Path on the other machine"))
        self.open_path = QPushButton(self.tr("Open"))
        row = self._openers = FlowLayout()
        for widget in (self.open_folder, self.open_file, self.path, self.open_path):
            row.addWidget(widget)
        return row

    def _make_right(self) -> QWidget:
        self.details = Details(self.theme, self._models, self._servers)
        self.download = DownloadPage(self.theme, self._downloads, self._models)
        self.servers = ServersPage(self.theme, self._servers, self._models)
        self.copies = CopiesPage(self.theme, self._models)
        self.pages = QStackedWidget()
        self.tabs = QButtonGroup(self)
        self._tabs_row = FlowLayout()
        titles = (self.tr("Model"), self.tr("Download"), self.tr("Servers"), self.tr("Unpacked copies"))
        pages = (self.details, self.download, self.servers, self.copies)
        for number, (title, page) in enumerate(zip(titles, pages, strict=True)):
            tab = QToolButton()
            tab.setText(title)
            tab.setCheckable(True)
            self.tabs.addButton(tab, number)
            self._tabs_row.addWidget(tab)
            self.pages.addWidget(page)
        right = QWidget()
        self._right = QVBoxLayout(right)
        self._right.setContentsMargins(0, 0, 0, 0)
        self._right.addLayout(self._tabs_row)
        self._right.addWidget(self.pages, 1)
        self.show_page(DETAILS)
        return right

    def _connect(self) -> None:
        self._models.changed.connect(self._render)
        self._models.failed.connect(self._show_failure)
        self._models.opened.connect(self._opened)
        self._downloads.finished.connect(self._finished)
        self._engine.changed.connect(self._render)
        self.theme.changed.connect(self._render)
        self.theme.changed.connect(self._space_parts)
        self._space_parts()
        self.tabs.idClicked.connect(self.show_page)
        self.list.chosen.connect(self._choose)
        self.list.activated_by_hand.connect(self._use)
        self.list.delete_pressed.connect(self._take_off)
        self.open_folder.clicked.connect(lambda: self._ask(QFileDialog.FileMode.Directory))
        self.open_file.clicked.connect(lambda: self._ask(QFileDialog.FileMode.ExistingFile))
        self.open_path.clicked.connect(self._open_path)
        self.path.returnPressed.connect(self._open_path)
        self.train.clicked.connect(self.training_requested)
        details = self.details
        details.use_requested.connect(lambda: self._use(self._models.selected))
        details.reveal_requested.connect(self._reveal)
        details.copy_requested.connect(self._copy_path)
        details.forget_requested.connect(lambda: self._take_off(self._models.selected))
        details.delete_requested.connect(lambda: self._take_off(self._models.selected))

    # ------------------------------------------------------------ rendering

    def showEvent(self, event: QShowEvent) -> None:
        """The disk may have changed since it was last seen."""
        super().showEvent(event)
        self._models.refresh()

    def is_idle(self) -> bool:
        """Whether the list and the details of the selected model are on the screen."""
        current = self._models.current
        known = current is None or current.origin == "server" or self._models.details is not None
        return not self._models.reading and (known or self._models.details_failure is not None)

    def picture_widget(self) -> QWidget:
        """Both columns, without the frame."""
        return self._columns.content

    def show_page(self, page: int) -> None:
        """The selected model, or one of the ways in which models come."""
        self.pages.setCurrentIndex(page)
        self.tabs.button(page).setChecked(True)
        # Only the page in front asks for height.
        for place, widget in enumerate((self.details, self.download, self.servers, self.copies)):
            policy = QSizePolicy.Policy.Preferred if place == page else QSizePolicy.Policy.Ignored
            widget.setSizePolicy(QSizePolicy.Policy.Preferred, policy)

    def _render(self) -> None:
        models, done = self._models.models, self._models.listed
        self.list.set_rows(model_rows(models))
        self._choose_first()
        self.list.choose(self._models.selected)
        self._show_list(bool(models))
        self.empty.setVisible(not models)
        self.train.setVisible(done and not models)
        self.empty.setText(
            self.tr("No model yet. Let one learn, download one, or drop a folder or a GGUF file here.")
            if done
            else self.tr("Looking for models …")
        )
        read, total = self._models.progress
        self.bar.show_share(self._models.reading, read / total if total else None)
        elsewhere = bool(self._engine.place)
        machine = self._engine.machine or self._engine.place
        for widget in (self.open_folder, self.open_file):
            widget.setVisible(not elsewhere)
        for widget in (self.path, self.open_path):
            widget.setVisible(elsewhere)
        self.path.setPlaceholderText(self.tr("Folder or GGUF file on {machine}").format(machine=machine))
        self.servers.show_place(machine if elsewhere else "")
        self.details.show_store(machine, elsewhere)

    def _show_list(self, shown: bool) -> None:
        """The keys go to it when it comes: before, nothing here could have them."""
        comes = shown and self.list.isHidden()
        self.list.setVisible(shown)
        focus = QApplication.focusWidget()
        if comes and self.isVisible() and (focus is None or not self.isAncestorOf(focus)):
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose_first(self) -> None:
        """What was looked at yesterday, or whatever comes first."""
        keys = self.list.keys()
        if self._models.listed and keys and self._models.selected not in keys:
            remembered = self._settings.text(_SELECTED)
            self._models.select(remembered if remembered in keys else keys[0])

    def _show_failure(self, failure: Failure) -> None:
        self.show_notice(
            words.engine_sentence(failure.template, failure.values), "error", details=failure.details
        )

    # ------------------------------------------------------------ intents

    def _choose(self, key: str) -> None:
        self._settings.set(_SELECTED, key)
        self._models.select(key)
        self.show_page(DETAILS)

    def _use(self, key: str) -> None:
        model = self._models.find(key)
        if model is None or model.problem is not None:
            return
        if model.origin == "server":
            self.show_page(DETAILS)
            self.details.try_it.message.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.use_requested.emit(model.path)

    def _take_off(self, key: str) -> None:
        """An opened one goes from the list, with an undo; a downloaded one is deleted, after a question."""
        model = self._models.find(key)
        if model is None:
            return
        if model.origin == "opened":
            self._models.forget(key)
            self.show_notice(
                self.tr("“{name}” is off the list; its files are where they were.").format(name=model.name),
                action=self.tr("Undo"),
                call=lambda: self._models.add(key),
            )
        elif model.origin == "hub":
            size = words.size(model.size_bytes or 0)
            self.show_notice(
                self.tr("Delete “{name}” from the disk? {size} will be free; it cannot be undone.").format(
                    name=model.name, size=size
                ),
                action=self.tr("Delete {size}").format(size=size),
                call=lambda: self._models.delete(key),
            )

    def _reveal(self) -> None:
        model = self._models.current
        if model is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(_folder_of(model.place)))

    def _copy_path(self) -> None:
        model = self._models.current
        if model is not None:
            QGuiApplication.clipboard().setText(model.path if model.origin == "server" else model.place)
            self.message.emit(self.tr("It is on the clipboard."))

    def _opened(self, path: str) -> None:
        """Look at what was opened: a model, the first of a folder of them, or the folder of a weight file."""
        opened = [one for one in self._models.models if one.origin == "opened"]
        first = next((one for one in opened if one.place.startswith(path)), None)
        first = first or next((one for one in opened if path.startswith(one.place)), None)
        if first is not None:
            self._choose(first.key)

    def _finished(self, repo: str, folder: str) -> None:
        model = next((one for one in self._models.models if one.place.startswith(folder)), None)
        if model is not None:
            self._choose(model.key)
        self.message.emit(self.tr("{repo} is here.").format(repo=repo))

    # ------------------------------------------------------------ files

    def _ask(self, mode: QFileDialog.FileMode) -> None:
        folder = mode == QFileDialog.FileMode.Directory
        title = self.tr("Open a folder with a model") if folder else self.tr("Open a GGUF file")
        dialog = QFileDialog(self, title)
        dialog.setFileMode(mode)
        if not folder:
            dialog.setNameFilter("GGUF (*.gguf)")
        dialog.fileSelected.connect(self._models.add)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _open_path(self) -> None:
        if self.path.text().strip():
            self._models.add(self.path.text().strip())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A folder or a file may be dropped anywhere, where the engine can see it."""
        if not self._engine.place and any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """It stands on the list then."""
        for url in event.mimeData().urls():
            if url.isLocalFile():
                self._models.add(url.toLocalFile())
        event.acceptProposedAction()

    def _copy_list(self, form: str) -> None:
        copy_rows(models_table(self._models.models), "csv" if form == "csv" else "json")
        self.message.emit(self.tr("The list is on the clipboard."))

    def _save_picture(self) -> None:
        ask_and_save_picture(self, self.picture_widget(), "models", self.message.emit)

    def _space_parts(self) -> None:
        px = self.theme.px
        for layout in (self._left, self._right):
            layout.setSpacing(px(8))
        for row in (self._openers, self._tabs_row):
            row.setSpacing(px(6))
        self.path.setMinimumWidth(px(220))
        self.list.setMinimumHeight(px(160))


def _folder_of(place: str) -> str:
    """A file's folder; a folder itself."""
    return str(Path(place).parent) if place.lower().endswith(".gguf") else place
