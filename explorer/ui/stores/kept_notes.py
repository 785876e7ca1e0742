"""What of a store outlives a restart: notes under names, read once and written a moment after each change."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QTimer

from explorer.protocol import DraftLoaded, LoadDraft, SaveDraft
from explorer.ui.stores.base import Store

_SAVE_AFTER_MS = 300


@dataclass(frozen=True)
class Note:
    """`take` gets its text, empty if there was none; `tell` says the present one, None: as it was."""

    name: str
    take: Callable[[str], object]
    tell: Callable[[], str | None]


class KeptNotes:
    """They leave as `text_command`s of `store`. Nothing is written before all are read."""

    def __init__(self, store: Store, job: str, *notes: Note) -> None:
        self._store, self._job = store, job
        self._notes = {note.name: note for note in notes}
        self.known = False
        """Whether all are read: answers come in the order of the questions."""
        self._saving = QTimer(store)
        self._saving.setSingleShot(True)
        self._saving.setInterval(_SAVE_AFTER_MS)
        self._saving.timeout.connect(self._save)

    def read(self) -> None:
        """Ask for those that are not known; after a death of the worker once more."""
        if not self.known:
            for name in self._notes:
                self._store.text_command.emit(LoadDraft(job=self._job, name=name))

    def take(self, event: DraftLoaded) -> bool:
        """Take an answer; whether it was for one of these."""
        note = self._notes.get(event.name)
        if note is None:
            return False
        if not self.known:
            self.known = event.name == next(reversed(self._notes))
            note.take(event.text)
        return True

    def save_soon(self) -> None:
        """Something changed."""
        self._saving.start()

    def _save(self) -> None:
        if self.known:
            for note in self._notes.values():
                text = note.tell()
                if text is not None:
                    self._store.text_command.emit(SaveDraft(job=self._job, name=note.name, text=text))
