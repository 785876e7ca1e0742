"""What runs tried in their earlier updates: read from their folders, one update at a time."""

from collections.abc import Sequence
from itertools import count

from explorer.protocol import Event, Failed, ReadRollouts, RolloutGroup, RolloutsRead
from explorer.ui.stores.base import Store
from explorer.ui.stores.failures import failure_of
from explorer.ui.stores.run_data import Failure


class RolloutsStore(Store):
    """`command` goes to the worker that knows the runs. While it reads, only the newest wish is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.path = ""
        """The run that `groups` are of."""
        self.step: int | None = None
        """The update that they are of; None if the run has kept none."""
        self.groups: Sequence[RolloutGroup] = ()
        self.failure: Failure | None = None
        self._wanted: tuple[str, int] | None = None
        self._asked: tuple[str, int] | None = None
        self._job = ""
        self._numbers = count(1)

    def look(self, path: str, step: int) -> None:
        """The last update of the run at `path` up to `step`."""
        if self._wanted != (path, step):
            self._wanted = (path, step)
            self._ask()

    def apply(self, event: Event) -> None:
        """Answers to our own questions."""
        if event.job != self._job or not isinstance(event, RolloutsRead | Failed) or self._asked is None:
            return
        self.path, self._job = self._asked[0], ""
        if isinstance(event, Failed):
            self.step, self.groups, self.failure = None, (), failure_of(event)
        else:
            self.step, self.groups, self.failure = event.step, event.groups, None
        if self._asked != self._wanted:
            self._ask()
        self.changed.emit()

    def engine_lost(self, words: str) -> None:
        """Nobody reads any more; the next wish asks again."""
        self._job, self._wanted = "", None

    def _ask(self) -> None:
        if not self._job and self._wanted is not None:
            self._asked = self._wanted
            self._job = f"rollouts-{next(self._numbers)}"
            self.command.emit(ReadRollouts(job=self._job, path=self._asked[0], step=self._asked[1]))
