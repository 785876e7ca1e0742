"""What panels in which a model answers have in common: the ways to one where there is none, Esc, trouble."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from explorer.ui import words
from explorer.ui.panels.base import Panel
from explorer.ui.panels.frames import EVERY_MS, Frames
from explorer.ui.panels.no_model import NoModel
from explorer.ui.stores.known_models import KnownModels
from explorer.ui.stores.run_data import Failure
from explorer.ui.theme import Theme


class AnsweringStore(Protocol):
    """What such a panel asks its store, whatever else that does."""

    known: KnownModels

    @property
    def is_idle(self) -> bool:
        """Whether nothing is on its way."""
        ...

    @property
    def busy(self) -> bool:
        """Whether there is something to stop."""
        ...

    def stop(self) -> None:
        """The model breaks off."""
        ...


@dataclass(frozen=True)
class Trouble:
    """A sentence, what is behind its fold, and what can be done about it."""

    said: str
    details: str = ""
    way_out: str = ""
    """One of "", "retry" and "restart"."""


def failed(failure: Failure) -> Trouble:
    """What the engine could not do may work the next time."""
    return Trouble(words.engine_sentence(failure.template, failure.values), failure.details, "retry")


class AnsweringPanel(Panel):
    """Make the work in `_build`, hand it to `_show_work`; show the store in `_render`, ending with trouble.

    Signals: `training_requested`, there is no model yet and the person wants to train one;
    `restart_requested`, the worker that holds the model is dead and shall be started.
    """

    training_requested = Signal()
    restart_requested = Signal()

    def __init__(
        self, theme: Theme, title: str, sentence: str, store: AnsweringStore, every_ms: int = EVERY_MS
    ) -> None:
        super().__init__(theme, title, sentence)
        self._answers = store
        self._trouble: Trouble | None = None
        self._frames = Frames(self, self._render, every_ms)
        self.no_model = NoModel()
        self.no_model.training_requested.connect(self.training_requested)
        store.known.changed.connect(self._frames.ask)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.no_model)
        self.body.addWidget(self._pages, 1)

    def _render(self) -> None:
        """Show the store."""
        raise NotImplementedError

    def _show_work(self, work: QWidget) -> None:
        """What takes the place of `no_model` as soon as there is one."""
        self._pages.addWidget(work)

    def _add_shortcuts(self, shortcuts: Iterable[tuple[str, Callable[[], object]]]) -> None:
        for keys, call in shortcuts:
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(call)

    # ------------------------------------------------------------ what the window asks

    def showEvent(self, event: QShowEvent) -> None:
        """Models may have come since it was last seen."""
        super().showEvent(event)
        self._answers.known.refresh()
        self._render()

    def is_idle(self) -> bool:
        """Whether all answers are there and painted."""
        return self._answers.is_idle and not self._frames.pending

    def escape_is_ours(self) -> bool:
        """Esc stops."""
        return self._answers.busy

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc stops; once more, it leaves what is looked at."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self._answers.busy:
            self._answers.stop()
        elif not self._leave():
            super().keyPressEvent(event)

    def _leave(self) -> bool:
        """Esc with nothing to stop; whether it meant something."""
        return False

    # ------------------------------------------------------------ rendering

    def _render_pages(self, has_model: bool) -> None:
        """The work, or the ways to a model."""
        self._pages.setCurrentIndex(1 if has_model else 0)
        self.no_model.show_known(self._answers.known.known)

    def _render_trouble(self, trouble: Trouble | None, retry: Callable[[], object]) -> None:
        """In the panel's notice; the same one is not shown twice, for its fold may be open."""
        if trouble == self._trouble:
            return
        self._trouble = trouble
        if trouble is None:
            self.show_notice("")
        elif trouble.way_out == "restart":
            action = self.tr("Start it again")
            self.show_notice(trouble.said, "error", action, self.restart_requested.emit, trouble.details)
        elif trouble.way_out == "retry":
            self.show_notice(trouble.said, "error", self.tr("Try again"), retry, trouble.details)
        else:
            self.show_notice(trouble.said)
