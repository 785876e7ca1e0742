"""What every store is: intents come in as method calls and leave as commands, events come back."""

from PySide6.QtCore import QObject, Signal

from explorer.protocol import Event


class Store(QObject):
    """State of one concern.

    Signals: `changed` after any change (many events may share one); `command(Command)`, an intent for
    the engine that the app has wired this store to; `text_command(Command)`, one for the worker that
    keeps drafts, documents and runs.
    """

    changed = Signal()
    command = Signal(object)
    text_command = Signal(object)

    def apply(self, event: Event) -> None:
        """Take an event of any job; those that this store does not follow are dropped."""

    def engine_ready(self) -> None:
        """The engine is up (again): ask it for what is shown."""

    def engine_lost(self, words: str) -> None:
        """The engine died: say so and keep everything."""
