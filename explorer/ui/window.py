"""The frame: navigation rail, menus, status bar. It knows PanelSpecs, not the panels' insides."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QByteArray, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QDesktopServices, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QMenuBar,
    QStackedWidget,
    QToolButton,
    QWidget,
)

from explorer.ui.about import AboutDialog
from explorer.ui.engine_place import EnginePlaceDialog
from explorer.ui.icons import rail_icon
from explorer.ui.panels.base import Panel, PanelSpec
from explorer.ui.settings import Settings
from explorer.ui.status import StatusBar
from explorer.ui.stores.engine import EngineStore
from explorer.ui.stores.training import TrainingStore
from explorer.ui.style_sheet import style_sheet
from explorer.ui.theme import MODES, Mode, Theme
from explorer.ui.widgets.rail import Rail

LANGUAGES = {"en": "English", "zh_CN": "简体中文"}
_PRESENTER_SCALE = 1.5


@dataclass(frozen=True)
class Frame:
    """What the window itself shows: all of it made by the app."""

    theme: Theme
    settings: Settings
    engine: EngineStore
    training: TrainingStore
    data_dir: str


class MainWindow(QMainWindow):
    """Signals: `language_requested(code)`; `closing`, before the engines are told to end."""

    language_requested = Signal(str)
    closing = Signal()

    def __init__(self, frame: Frame, specs: Sequence[PanelSpec], language: str) -> None:
        super().__init__()
        self._frame = frame
        self._theme, self._settings = frame.theme, frame.settings
        self._specs = {spec.name: spec for spec in specs}
        self._panels: dict[str, Panel] = {}
        self._buttons: dict[str, QToolButton] = {}
        self._language = language
        self._current = ""
        self._before_presenting: float | None = None
        self.setWindowTitle("LLM Explorer")
        self._restore_size()
        self._build()
        self._theme.changed.connect(self._theme_changed)
        self._theme.changed.connect(self._remember_look)

    # ------------------------------------------------------------ panels

    @property
    def current(self) -> str:
        """Name of the panel shown."""
        return self._current

    def panel(self, name: str) -> Panel:
        """The panel called `name`, built when first asked for."""
        if name not in self._panels:
            panel = self._specs[name].make()
            panel.message.connect(self._say)
            panel.model_changed.connect(self._show_model)
            self._panels[name] = panel
            self._stack.addWidget(panel)
        return self._panels[name]

    def _say(self, text: str) -> None:
        self.statusBar().showMessage(text, 4000)

    def _show_model(self) -> None:
        if self._current in self._panels:
            self._frame.engine.show_model(self._panels[self._current].model_name())

    def show_panel(self, name: str) -> None:
        """Bring a panel to the front and remember it."""
        panel = self.panel(name)
        self._current = name
        self._stack.setCurrentWidget(panel)
        self._buttons[name].setChecked(True)
        self._settings.set("window/panel", name)
        panel.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_model()

    def set_language(self, language: str) -> None:
        """Build everything again in the language that the app has installed."""
        self._language = language
        current = self._current
        for panel in self._panels.values():
            self._stack.removeWidget(panel)
            panel.deleteLater()
        self._panels.clear()
        self._buttons.clear()
        self._build()
        self.show_panel(current)

    # ------------------------------------------------------------ the frame

    def _build(self) -> None:
        self._stack = QStackedWidget()
        ground = QWidget()
        ground.setObjectName("ground")
        row = QHBoxLayout(ground)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._make_rail())
        row.addWidget(self._stack, 1)
        self.setCentralWidget(ground)
        self.setStatusBar(StatusBar(self._theme, self._frame.engine, self._frame.training))
        self.setMenuBar(QMenuBar())
        self._fill_menus()
        self._theme_changed()

    def _make_rail(self) -> Rail:
        rail = Rail()
        rail.setAccessibleName(self.tr("Panels"))
        for number, spec in enumerate(self._specs.values(), 1):
            button = QToolButton()
            button.setText(spec.label())
            button.setToolTip(f"{spec.label()} (Ctrl+{number})")
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.clicked.connect(partial(self._rail_clicked, spec.name))
            self._buttons[spec.name] = button
            rail.add(button)
        self._rail = rail
        return rail

    def _rail_clicked(self, name: str, _checked: bool = False) -> None:
        self.show_panel(name)

    def _fill_menus(self) -> None:
        bar = self.menuBar()
        file = bar.addMenu(self.tr("&File"))
        file.addAction(self._action(self.tr("Open the data folder"), "", self._open_data_folder))
        file.addAction(self._action(self.tr("Compute on another machine…"), "", self._choose_engine_place))
        file.addSeparator()
        file.addAction(self._action(self.tr("&Quit"), "Ctrl+Q", self.close))
        view = bar.addMenu(self.tr("&View"))
        for number, spec in enumerate(self._specs.values(), 1):
            view.addAction(self._action(spec.label(), f"Ctrl+{number}", partial(self.show_panel, spec.name)))
        view.addSeparator()
        self._fill_look_menu(view)
        help_menu = bar.addMenu(self.tr("&Help"))
        help_menu.addAction(self._action(self.tr("&About LLM Explorer"), "F1", self._about))

    def _fill_look_menu(self, view: QMenu) -> None:
        looks: dict[Mode, str] = {
            "system": self.tr("As the system"),
            "light": self.tr("Light"),
            "dark": self.tr("Dark"),
        }
        self._mode_actions = self._choices(
            view.addMenu(self.tr("Look")),
            [(looks[mode], mode == self._theme.mode, partial(self._theme.set_mode, mode)) for mode in MODES],
        )
        self._choices(
            view.addMenu(
                self.tr("Language") if self._language == "en" else self.tr("Language") + " / Language"
            ),
            [
                (name, code == self._language, partial(self.language_requested.emit, code))
                for code, name in LANGUAGES.items()
            ],
        )
        view.addSeparator()
        larger = self._action(self.tr("Larger"), "Ctrl+=", lambda: self._theme.step_scale(1))
        larger.setShortcuts([QKeySequence("Ctrl+="), QKeySequence("Ctrl++")])
        view.addAction(larger)
        view.addAction(self._action(self.tr("Smaller"), "Ctrl+-", lambda: self._theme.step_scale(-1)))
        view.addAction(self._action(self.tr("Normal size"), "Ctrl+0", lambda: self._theme.set_scale(1.0)))
        view.addSeparator()
        presenter = self._action(self.tr("Presenter mode"), "F5", self._toggle_presenter)
        view.addAction(presenter)

    def _choices(self, menu: QMenu, rows: list[tuple[str, bool, Callable[[], object]]]) -> list[QAction]:
        group = QActionGroup(menu)
        actions: list[QAction] = []
        for text, checked, call in rows:
            action = self._action(text, "", call)
            action.setCheckable(True)
            action.setChecked(checked)
            group.addAction(action)
            menu.addAction(action)
            actions.append(action)
        return actions

    def _action(self, text: str, shortcut: str, call: Callable[[], object]) -> QAction:
        action = QAction(text, self.menuBar())
        if shortcut:
            action.setShortcut(QKeySequence(shortcut))
        action.triggered.connect(lambda: call())
        return action

    # ------------------------------------------------------------ the look

    def _theme_changed(self) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.setFont(self._theme.font("body"))
        app.setStyleSheet(style_sheet(self._theme))
        for name, button in self._buttons.items():
            button.setIcon(rail_icon(name, self._theme))
            button.setIconSize(QSize(self._theme.px(24), self._theme.px(24)))
            button.setFixedWidth(self._theme.px(72))
        self._rail.measure()

    def _remember_look(self) -> None:
        """What was chosen in the window; a size for a talk or from the command line is for that time only."""
        if self._before_presenting is None:
            self._settings.set("window/scale", self._theme.scale)
        self._settings.set("window/look", self._theme.mode)

    def _toggle_presenter(self) -> None:
        """Full screen, larger, and back to what it was."""
        if self._before_presenting is None:
            self._before_presenting = self._theme.scale
            self._theme.set_scale(max(self._theme.scale, _PRESENTER_SCALE))
            self.showFullScreen()
        else:
            before, self._before_presenting = self._before_presenting, None
            self._theme.set_scale(before)
            self.showNormal()

    # ------------------------------------------------------------ the rest

    def _open_data_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self._frame.data_dir))

    def _choose_engine_place(self) -> None:
        EnginePlaceDialog(self._theme, self._settings, self).open()

    def _about(self) -> None:
        AboutDialog(self._frame.engine, self._frame.data_dir, self).open()

    def _restore_size(self) -> None:
        saved = self._settings.blob("window/geometry")
        if saved.isEmpty() or not self.restoreGeometry(saved):
            screen = QGuiApplication.primaryScreen().availableGeometry()
            self.resize(min(1440, screen.width() - 40), min(900, screen.height() - 60))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the place, hide at once, and let the engines save."""
        geometry: QByteArray = self.saveGeometry()
        self._settings.set("window/geometry", geometry)
        self.hide()
        self.closing.emit()
        event.accept()
