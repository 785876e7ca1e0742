"""The composition root: settings, engines, stores, window. All wiring across objects is here."""

import argparse
import signal
import socket
import sys
from importlib import import_module
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QSocketNotifier, QTimer, QTranslator
from PySide6.QtWidgets import QApplication

from explorer import __version__
from explorer.paths import resources_dir
from explorer.protocol import Event
from explorer.ui import engine_place
from explorer.ui.engines import RUNS, Engines
from explorer.ui.icons import app_icon
from explorer.ui.panels.base import Panel, PanelSpec
from explorer.ui.screenshot import Screenshot
from explorer.ui.settings import Settings
from explorer.ui.stores.base import Store
from explorer.ui.stores.compare import CompareStore
from explorer.ui.stores.context import ContextStore
from explorer.ui.stores.conversations import ConversationsStore
from explorer.ui.stores.downloads import DownloadsStore
from explorer.ui.stores.engine import EngineStore
from explorer.ui.stores.known_models import KnownModels
from explorer.ui.stores.model_stores import ModelStores
from explorer.ui.stores.models import ModelsStore
from explorer.ui.stores.preferences import PreferencesStore
from explorer.ui.stores.rollouts import RolloutsStore
from explorer.ui.stores.runs import RunsStore
from explorer.ui.stores.sampling import SamplingStore
from explorer.ui.stores.servers import ServersStore
from explorer.ui.stores.thinking import ThinkingStore
from explorer.ui.stores.tokenizer import TokenizerStore
from explorer.ui.stores.training import TrainingStore
from explorer.ui.theme import MODES, Theme
from explorer.ui.window import LANGUAGES, Frame, MainWindow


class App:
    """Everything of one opened program. `run()` returns when the window is closed."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.arguments = arguments
        self.qt = QApplication.instance() or QApplication(sys.argv[:1])
        assert isinstance(self.qt, QApplication)
        self.qt.setApplicationName("llm-explorer")
        self.qt.setApplicationDisplayName("LLM Explorer")
        self.qt.setApplicationVersion(__version__)
        self.qt.setStyle("Fusion")
        self.qt.setWindowIcon(app_icon())
        data_dir: Path = arguments.data_dir
        self.settings = Settings(data_dir)
        self._translators: list[QTranslator] = []
        self.language = self._first_language()
        self._install_language(self.language)
        self.theme = self._make_theme()
        elsewhere = arguments.engine if arguments.engine is not None else self.settings.text(engine_place.KEY)
        self.engines = Engines(str(data_dir), arguments.device, elsewhere)
        self.engine = EngineStore(self.engines.roles, elsewhere.strip())
        self.tokenizer = TokenizerStore(self.settings)
        self.runs = RunsStore()
        self.rollouts = RolloutsStore()
        self.preferences = PreferencesStore()
        self.training = TrainingStore(str(data_dir / "runs"), arguments.device)
        self.sampling = SamplingStore(arguments.device)
        self.known = KnownModels()
        self.compare = CompareStore(self.known, arguments.device)
        self.context = ContextStore(self.known, arguments.device)
        self.conversations = ConversationsStore()
        self.thinking = ThinkingStore(self.known, arguments.device)
        self.models = ModelStores(ModelsStore(), DownloadsStore(), ServersStore())
        self._training_was_shown = False
        self._curves_loaded = False
        self._connect()
        frame = Frame(self.theme, self.settings, self.engine, self.training, str(data_dir))
        self.window = MainWindow(frame, self._specs(), self.language)
        self.window.language_requested.connect(self.choose_language)
        self.window.closing.connect(self.engines.close)
        if arguments.size:
            self.window.resize(*arguments.size)
        self.window.show_panel(self._first_panel())

    def run(self) -> int:
        """Show the window, start the engines, and stay until it closes. Returns the exit code."""
        self.window.show()
        QTimer.singleShot(0, self.engines.start)
        wake = _close_on_signal(self.window)
        if self.arguments.screenshot:
            Screenshot(self.window, self.engine, self.arguments.screenshot)
        code = QApplication.exec()
        del wake
        return code

    # ------------------------------------------------------------ wiring

    def _specs(self) -> list[PanelSpec]:
        return [
            PanelSpec(
                "tokenizer", lambda: QCoreApplication.translate("Rail", "Tokens"), self._make_tokenizer
            ),
            PanelSpec("context", lambda: QCoreApplication.translate("Rail", "Context"), self._make_context),
            PanelSpec(
                "training", lambda: QCoreApplication.translate("Rail", "Training"), self._make_training
            ),
            PanelSpec(
                "sampling", lambda: QCoreApplication.translate("Rail", "Sampling"), self._make_sampling
            ),
            PanelSpec("compare", lambda: QCoreApplication.translate("Rail", "Compare"), self._make_compare),
            PanelSpec(
                "thinking", lambda: QCoreApplication.translate("Rail", "Thinking"), self._make_thinking
            ),
            PanelSpec("models", lambda: QCoreApplication.translate("Rail", "Models"), self._make_models),
        ]

    def _make_tokenizer(self) -> Panel:
        from explorer.ui.panels.tokenizer import TokenizerPanel

        return TokenizerPanel(self.theme, self.settings, self.tokenizer)

    def _make_context(self) -> Panel:
        from explorer.ui.panels.context import ContextPanel

        panel = ContextPanel(self.theme, self.settings, self.context, self.conversations)
        panel.training_requested.connect(lambda: self.window.show_panel("training"))
        panel.restart_requested.connect(lambda: self.engines.restart("inference"))
        return panel

    def _make_training(self) -> Panel:
        from explorer.ui.panels.training import TrainingPanel

        self._training_was_shown = True
        self._warm_training()
        panel = TrainingPanel(
            self.theme,
            self.settings,
            self.training,
            self.runs,
            self.engine,
            self.known,
            self.rollouts,
            self.preferences,
        )
        panel.sample_requested.connect(self._sample_from)
        return panel

    def _make_sampling(self) -> Panel:
        from explorer.ui.panels.sampling import SamplingPanel

        panel = SamplingPanel(self.theme, self.settings, self.sampling, self.models.models)
        panel.training_requested.connect(lambda: self.window.show_panel("training"))
        panel.models_requested.connect(lambda: self.window.show_panel("models"))
        panel.restart_requested.connect(lambda: self.engines.restart("inference"))
        return panel

    def _make_compare(self) -> Panel:
        from explorer.ui.panels.compare import ComparePanel

        panel = ComparePanel(self.theme, self.compare)
        panel.training_requested.connect(lambda: self.window.show_panel("training"))
        panel.restart_requested.connect(lambda: self.engines.restart("inference"))
        return panel

    def _make_thinking(self) -> Panel:
        from explorer.ui.panels.thinking import ThinkingPanel

        panel = ThinkingPanel(self.theme, self.thinking)
        panel.training_requested.connect(lambda: self.window.show_panel("training"))
        panel.restart_requested.connect(lambda: self.engines.restart("inference"))
        return panel

    def _make_models(self) -> Panel:
        from explorer.ui.panels.models import ModelsPanel

        panel = ModelsPanel(self.theme, self.settings, self.models, self.engine)
        panel.use_requested.connect(self._sample_from)
        panel.training_requested.connect(lambda: self.window.show_panel("training"))
        return panel

    def _warm_curves(self) -> None:
        """What draws curves takes a quarter of a second to load: at rest, not when a panel is first shown."""
        if self.engine.settled and not self._curves_loaded:
            self._curves_loaded = True
            QTimer.singleShot(0, lambda: import_module("explorer.ui.widgets.curves"))

    def _warm_training(self) -> None:
        """A worker in waiting, for whoever has opened the training panel; not before the rest is up."""
        if self._training_was_shown and self.engine.settled:
            self.engines.warm_training()

    def _sample_from(self, checkpoint: str) -> None:
        self.window.show_panel("sampling")
        from explorer.ui.panels.sampling import SamplingPanel

        panel = self.window.panel("sampling")
        assert isinstance(panel, SamplingPanel)
        panel.show_checkpoint(checkpoint)

    def _connect(self) -> None:
        engines = self.engines
        models = [self.models.models, self.models.downloads, self.models.servers]
        stores: list[Store] = [self.engine, self.tokenizer, self.runs, self.training, self.sampling]
        stores += [self.rollouts, self.preferences, self.known, self.compare, self.thinking]
        stores += [self.context, self.conversations, *models]
        for store in stores:
            store.text_command.connect(engines.send_text)
        self.tokenizer.command.connect(engines.send_text)
        self.runs.command.connect(engines.send_text)
        self.conversations.command.connect(engines.send_text)
        self.rollouts.command.connect(engines.send_text)
        self.training.command.connect(engines.send_training)
        self.known.command.connect(engines.send_models)
        engines.models_lost.connect(self.known.engine_lost)
        talking: list[Store] = [self.sampling, self.compare, self.thinking, self.context, self.preferences]
        for asking in talking:
            asking.command.connect(engines.send_inference)
        for store in models:
            store.command.connect(engines.send_models)
            engines.models_lost.connect(store.engine_lost)
        self.models.downloads.list_changed.connect(self.models.models.refresh)

        def apply(event: Event) -> None:
            for store in stores:
                store.apply(event)

        engines.received.connect(apply)
        self.engine.restart_requested.connect(engines.restart_all)
        self.engine.changed.connect(self._warm_training)
        self.engine.changed.connect(self._warm_curves)
        engines.resident_ready.connect(self._resident_ready)
        engines.resident_lost.connect(self._resident_lost)
        engines.training_lost.connect(self.training.worker_lost)
        self.training.worker_released.connect(engines.end_training)

    def _resident_ready(self, role: str) -> None:
        self.engine.role_ready(role)
        if role == "inference":
            self.engine.found_at(self.engines.machine, self.engines.other_version)
        for store in self._stores_of(role):
            store.engine_ready()
        if role == "text":
            self.context.text_ready()

    def _resident_lost(self, role: str, words: str, again: bool) -> None:
        self.engine.role_lost(role, words, again)
        for store in self._stores_of(role):
            store.engine_lost(words)

    def _stores_of(self, role: str) -> list[Store]:
        if role == RUNS:
            return [self.runs, self.rollouts]
        if role == "inference":
            return [self.sampling, self.compare, self.thinking, self.context, self.preferences]
        here: list[Store] = [self.tokenizer, self.conversations]
        return here if RUNS in self.engines.roles else [*here, self.runs, self.rollouts]

    # ------------------------------------------------------------ what the person chose

    def _first_panel(self) -> str:
        remembered = self.arguments.panel or self.settings.text("window/panel")
        names = [spec.name for spec in self._specs()]
        return remembered if remembered in names else names[0]

    def _make_theme(self) -> Theme:
        remembered = self.arguments.look or self.settings.text("window/look", "system")
        theme = Theme()
        for mode in MODES:
            if mode == remembered:
                theme.set_mode(mode)
        theme.set_scale(self.arguments.scale or self.settings.number("window/scale", 1.0))
        return theme

    def _first_language(self) -> str:
        chosen = self.arguments.lang or self.settings.text("window/language")
        if chosen in LANGUAGES:
            return chosen
        return "zh_CN" if QLocale.system().language() == QLocale.Language.Chinese else "en"

    def choose_language(self, language: str) -> None:
        """Show everything in another language from now on."""
        if language != self.language:
            self.language = language
            self.settings.set("window/language", language)
            self._install_language(language)
            self.window.set_language(language)

    def _install_language(self, language: str) -> None:
        for translator in self._translators:
            QCoreApplication.removeTranslator(translator)
        self._translators.clear()
        QLocale.setDefault(QLocale(language))
        if language == "en":
            return
        qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        for name, folder in (
            (f"qtbase_{language}", qt_folder),
            (language, str(resources_dir() / "translations")),
        ):
            translator = QTranslator()
            if translator.load(name, folder):
                QCoreApplication.installTranslator(translator)
                self._translators.append(translator)


def _close_on_signal(window: MainWindow) -> object:
    """Ctrl+C and SIGTERM close the window as its own button does. Returns what must be kept alive.

    Python runs signal handlers only between its own instructions, and Qt's loop has none while it waits:
    the signal's number comes through a socket that wakes the loop.
    """
    reader, writer = socket.socketpair()
    for end in (reader, writer):
        end.setblocking(False)
    signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    notifier = QSocketNotifier(reader.fileno(), QSocketNotifier.Type.Read)

    def woken() -> None:
        reader.recv(64)
        window.close()

    notifier.activated.connect(woken)
    return reader, writer, notifier
