"""Which of two answers the person likes better: the pair that is asked, and the choices that are kept."""

from dataclasses import dataclass
from itertools import count
from typing import Literal

from explorer.protocol import (
    AskPreferences,
    Cancel,
    Event,
    Failed,
    FindPreferences,
    GivePreference,
    PreferenceAsked,
    PreferencesFound,
    UndoPreference,
)
from explorer.ui.stores.base import Store
from explorer.ui.stores.failures import failure_of
from explorer.ui.stores.run_data import Failure

FEWEST = 8
"""Choices that a reward model needs."""
State = Literal["closed", "drawing", "choosing", "failed", "lost"]
Verdict = Literal["a", "b", "skip"]
_COUNT_JOB = "preferences-kept"


@dataclass(frozen=True)
class Kept:
    """The choices that the engine keeps between answers of one model."""

    path: str
    """Of the model."""
    store: str
    """The file of the choices, where the engine is."""
    count: int


class PreferencesStore(Store):
    """One sitting at a time: `begin`, `choose` pair after pair, `end`.

    `command` goes to the worker that holds a model.
    Each choice is on the disk before the next pair comes, so nothing is lost with the window or the engine;
    `unkept` says of one choice that it was.
    """

    def __init__(self) -> None:
        super().__init__()
        self.state: State = "closed"
        self.path = self.name = ""
        """Of the model whose answers they are."""
        self.pair: PreferenceAsked | None = None
        """Shown also while the next one is drawn."""
        self.failure: Failure | None = None
        """Set in state "failed"."""
        self.words = ""
        """The end of a dead engine's log, for the fold."""
        self.unkept = False
        """Whether the engine died, or failed, before the last choice was on the disk."""
        self._kept: dict[str, Kept] = {}
        self._counting = ""
        self._expected: int | None = None
        """How many choices there are once the last one is kept; None: none is under way."""
        self._alive = False
        self._job = ""
        self._numbers = count(1)

    # ------------------------------------------------------------ what is known

    @property
    def open(self) -> bool:
        """Whether somebody sits down to it."""
        return self.state != "closed"

    @property
    def kept(self) -> Kept | None:
        """The choices of this sitting's model."""
        return self.kept_for(self.path)

    def kept_for(self, path: str) -> Kept | None:
        """The choices between answers of the model at `path`; None: not counted yet."""
        return self._kept.get(path)

    @property
    def same(self) -> bool:
        """Whether the two answers are one, so that there is nothing to choose."""
        return self.pair is not None and self.pair.a == self.pair.b

    # ------------------------------------------------------------ intents

    def look(self, path: str) -> None:
        """Count the choices that are kept for the model at `path`, once."""
        if path and path != self._counting:
            self._counting = path
            self._count()

    def begin(self, path: str, name: str) -> None:
        """Let the model at `path` answer, pair after pair."""
        self.end()
        self.path, self.name, self.pair, self.unkept, self._expected = path, name, None, False, None
        self._ask()

    def choose(self, verdict: Verdict) -> None:
        """For the pair that is shown. Two answers that are the same can only be skipped."""
        if self.state != "choosing" or self.pair is None or (self.same and verdict != "skip"):
            return
        kept = self.kept
        self._expected = kept.count + 1 if kept is not None and verdict != "skip" else None
        self._wait(GivePreference(job=self._job, number=self.pair.number, chosen=verdict))

    def undo(self) -> None:
        """Take the last choice back, of this sitting or of another day; its pair is asked again."""
        if self.state == "choosing" and self.kept is not None and self.kept.count:
            self._expected = None
            self._wait(UndoPreference(job=self._job))

    def ask_again(self) -> None:
        """After a failure."""
        if self.state == "failed":
            self._ask()

    def end(self) -> None:
        """Leave it; all choices are kept."""
        if self.state == "closed":
            return
        if self.state == "drawing":
            self.command.emit(Cancel(job=self._job))
        self.state, self.pair, self.failure, self._job = "closed", None, None, ""
        self.changed.emit()

    # ------------------------------------------------------------ what comes back

    def apply(self, event: Event) -> None:
        """Pairs and failures of this sitting, and counts."""
        match event:
            case PreferencesFound():
                self._kept[event.path] = Kept(event.path, event.store, event.kept)
            case PreferenceAsked() if self.open and event.job == self._job:
                self._take(event)
            case Failed() if self.open and event.job == self._job:
                self.state, self.failure = "failed", failure_of(event)
            case _:
                return
        self.changed.emit()

    def engine_ready(self) -> None:
        """It is up (again): what was under way is asked for once more."""
        self._alive = True
        if self._counting:
            self._count()
        if self.open:
            self._ask()

    def engine_lost(self, words: str) -> None:
        """Say so; what was chosen is on the disk."""
        self._alive = False
        if self.open:
            self.state, self.words = "lost", words
            self.changed.emit()

    # ------------------------------------------------------------

    def _take(self, asked: PreferenceAsked) -> None:
        self.unkept = self._expected is not None and asked.kept < self._expected
        self._expected = None
        self.state, self.failure, self.pair = "choosing", None, asked
        self._kept[self.path] = Kept(self.path, asked.store, asked.kept)

    def _ask(self) -> None:
        self._job = f"preferences-{next(self._numbers)}"
        self._wait(AskPreferences(job=self._job, path=self.path))

    def _wait(self, command: AskPreferences | GivePreference | UndoPreference) -> None:
        self.state, self.failure, self.words = "drawing", None, ""
        if self._alive:  # else it is asked for when the engine is up
            self.command.emit(command)
        self.changed.emit()

    def _count(self) -> None:
        if self._alive:
            self.command.emit(FindPreferences(job=_COUNT_JOB, path=self._counting))
