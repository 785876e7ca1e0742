"""Keeps the sentence, the view of two answers and the store of choices together."""

from dataclasses import replace

from PySide6.QtCore import QObject, Qt, Signal

from explorer.ui.panels.training_parts.choice import Choice
from explorer.ui.panels.training_parts.work_area import WorkArea
from explorer.ui.stores.preferences import PreferencesStore


class Choosing(QObject):
    """A sitting takes the place of the run on the screen.

    Signals: `train_requested`, on what was chosen; `turned(on)`, a sitting began or ended.
    """

    train_requested = Signal()
    turned = Signal(bool)

    def __init__(self, parent: QObject, work: WorkArea, store: PreferencesStore) -> None:
        super().__init__(parent)
        self._work, self._store = work, store
        setup, view = work.setup, work.choosing
        store.changed.connect(self._render)
        setup.choice_changed.connect(self._count)
        setup.choosing_requested.connect(self._begin)
        view.verdict_given.connect(store.choose)
        view.undo_requested.connect(store.undo)
        view.again_requested.connect(store.ask_again)
        view.train_requested.connect(self.train_requested)
        view.closed.connect(store.end)
        self._count()
        self._render()

    def learned(self) -> Choice:
        """A reward model on the choices of this sitting; else as the sentence says."""
        kept = self._store.kept
        return replace(
            self._work.setup.choice(),
            stage="reward",
            labeller="person",
            parent=self._store.path,
            labels=kept.store if kept is not None else "",
        )

    def _begin(self) -> None:
        setup = self._work.setup
        self._store.begin(setup.parent_path, setup.parent_name())

    def _count(self) -> None:
        """The sentence says how many choices there are between answers of the model that it begins from."""
        setup = self._work.setup
        if setup.stage == "reward" and setup.reward.by_hand:
            self._store.look(setup.parent_path)
            setup.show_kept(self._store.kept_for(setup.parent_path))

    def _render(self) -> None:
        self._count()
        on = self._store.open
        if on:
            self._work.choosing.show_sitting(self._store)
        if on != self._work.shows_choosing:
            self._work.show_choosing(on)
            self._turned(on)

    def _turned(self, on: bool) -> None:
        if on:
            self._work.choosing.setFocus(Qt.FocusReason.OtherFocusReason)
        self.turned.emit(on)
