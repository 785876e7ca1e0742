"""A byte-pair vocabulary that is being learned, and the merge of it that a person looks at.

Learning runs ahead in the engine; looking goes on at its own pace, forward and back, over what has come.
"""

import csv
import io
from time import monotonic
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QTimer, Signal

from explorer.protocol import (
    Cancel,
    Event,
    Failed,
    LearnedMerge,
    LearnMerges,
    MergesBegun,
    MergesEnded,
    MergesLearned,
    SaveTokenizer,
    SteerMerges,
    TokenizerSaved,
)
from explorer.ui.stores.base import Store
from explorer.ui.stores.stepper import Stepper, Steps

State = Literal["empty", "reading", "learning", "held", "done", "full", "lost"]
"""`full`: learned to the end, for no pair stood twice any more; `lost`: the engine died on the way."""
OWN_TEXT = "document"
"""Learn from the text in the panel."""
BYTES = 256
SPECIALS = 1
_SAVE_JOB = "merges-save"
_FRAME_MS = 33
_NEVER = np.iinfo(np.int32).max
_COPIED_AT_ONCE = 500


class MergesStore(Store):
    """`learn`, `hold`, `go_on`, `stop` steer the engine; `play`, `pause`, `seek` what is shown.

    Signals: `grew`, merges came; `moved`, another merge is shown; `saved(TokenizerSaved)`;
    `copied(text, count)`, a table for the clipboard.
    """

    grew = Signal()
    moved = Signal()
    saved = Signal(object)
    copied = Signal(str, int)

    def __init__(self) -> None:
        super().__init__()
        self._number = 0
        self.state: State = "empty"
        self.share = 0.0
        self.wanted = 0
        """Entries that were asked for."""
        self.begun: MergesBegun | None = None
        self.failure: Failed | None = None
        self.save_failure: Failed | None = None
        self.merges: list[LearnedMerge] = []
        self.lengths: list[int] = []
        """Tokens of the text before any merge, after the first, after the second ..."""
        self.watched = b""
        self.falls: NDArray[np.int32] = np.empty(0, np.int32)
        """(len(watched),) The number of the merge, from 1, with which the boundary before each byte fell."""
        self.shown = 0
        """So many merges are done in what is shown."""
        self.playing = False
        self.speed = 10.0
        """Merges a second."""
        self._due = 0.0
        self._shown_at = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self._play_on)
        self._stepper = Stepper(self)

    @property
    def active(self) -> bool:
        """Whether the engine is at it."""
        return self.state in ("reading", "learning", "held")

    @property
    def settled(self) -> bool:
        """Whether nothing moves by itself."""
        return not self.playing and self.state not in ("reading", "learning") and not self._stepper.busy

    @property
    def entries(self) -> int:
        """Of the vocabulary that is shown."""
        return BYTES + self.shown + SPECIALS

    # ------------------------------------------------------------ learning

    def learn(self, text: str, document: str, vocab_size: int) -> None:
        """Begin anew, from the open document if `text` is `OWN_TEXT`, and play."""
        self.stop()
        self._number += 1
        self.state, self.share, self.wanted = "reading", 0.0, vocab_size
        self.begun = self.failure = self.save_failure = None
        self.merges, self.lengths, self.shown = [], [], 0
        self.watched, self.falls = b"", np.empty(0, np.int32)
        own = text == OWN_TEXT
        self.command.emit(
            LearnMerges(
                job=self._job,
                vocab_size=vocab_size,
                document=document if own else "",
                text="" if own else text,
            )
        )
        self.play()
        self.moved.emit()
        self.changed.emit()

    def hold(self) -> None:
        """The engine rests until `go_on`."""
        if self.state == "learning":
            self._steer("held", "pause")

    def go_on(self) -> None:
        """Let the engine learn on."""
        if self.state == "held":
            self._steer("learning", "continue")

    def stop(self) -> None:
        """It is enough: what was learned stays."""
        if self.state == "reading":
            self.command.emit(Cancel(job=self._job))
            self.state = "empty"
            self.pause()
            self.changed.emit()
        elif self.state in ("learning", "held"):
            self.command.emit(SteerMerges(job=self._job, action="finish"))

    def _steer(self, state: State, action: Literal["pause", "continue"]) -> None:
        self.state = state
        self.command.emit(SteerMerges(job=self._job, action=action))
        self.changed.emit()

    # ------------------------------------------------------------ looking

    def play(self) -> None:
        """Show merge after merge; from the beginning if the last one is shown."""
        if not self.active and self.shown == len(self.merges):
            self.seek(0)
        if not self.playing and (self.active or self.merges):
            self.playing = True
            self._due, self._shown_at = 0.0, monotonic()
            self._timer.start()
            self.changed.emit()

    def pause(self) -> None:
        """Stay at this merge."""
        if self.playing:
            self.playing = False
            self._timer.stop()
            self.changed.emit()

    def set_speed(self, merges_per_s: float) -> None:
        """How fast to play."""
        self.speed = merges_per_s

    def seek(self, shown: int) -> None:
        """Show the text after so many merges."""
        shown = min(max(shown, 0), len(self.merges))
        if shown != self.shown:
            self.shown = shown
            self.moved.emit()

    def step(self, by: int) -> None:
        """So many merges on, or back, by hand."""
        self.pause()
        self.seek(self.shown + by)

    def _play_on(self) -> None:
        now = monotonic()
        self._due += (now - self._shown_at) * self.speed
        self._shown_at = now
        steps = int(self._due)
        self._due -= steps
        if self.shown + steps >= len(self.merges):
            self._due = 0.0
        self.seek(self.shown + steps)
        if not self.active and self.shown == len(self.merges):
            self.pause()

    # ------------------------------------------------------------ what comes of it

    def save(self, name: str) -> None:
        """Keep the vocabulary that is shown as a tokenizer; `saved`, or `save_failure`."""
        pairs = [(merge.left, merge.right) for merge in self.merges[: self.shown]]
        self.save_failure = None
        self.command.emit(SaveTokenizer(job=_SAVE_JOB, name=name, merges=pairs))
        self.changed.emit()

    def copy(self) -> None:
        """Collect the merges that are shown as CSV, bit by bit; `copied` tells when they are there."""
        if self._stepper.busy:
            return
        out, merges, lengths = io.StringIO(), self.merges[: self.shown], self.lengths

        def steps() -> Steps:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(["id", "left", "right", "text", "bytes", "count", "tokens_after"])
            for number, merge in enumerate(merges):
                data = bytes.fromhex(merge.data)
                text = data.decode("utf-8", "replace")
                row = [BYTES + number, merge.left, merge.right, text, data.hex(" "), merge.count]
                writer.writerow([*row, lengths[number + 1]])
                if number % _COPIED_AT_ONCE == 0:
                    yield number / len(merges)

        self._stepper.start(steps(), lambda: self.copied.emit(out.getvalue(), len(merges)))

    # ------------------------------------------------------------ the engine

    def apply(self, event: Event) -> None:
        """Take what belongs to the present learning."""
        if event.job == _SAVE_JOB:
            self._take_saved(event)
        elif event.job != self._job or not self.active:
            return
        elif isinstance(event, MergesBegun):
            self.begun = event
            self.watched = event.watched.encode()
            self.falls = np.full(len(self.watched), _NEVER, np.int32)
            self.lengths = [event.size_bytes]
            self.state = "learning" if self.state == "reading" else self.state
            self.moved.emit()
            self.changed.emit()
        elif isinstance(event, MergesLearned):
            self._take_merges(event)
        elif isinstance(event, MergesEnded):
            self.state = "full" if event.full else "done"
            self.changed.emit()
        elif isinstance(event, Failed):
            self.failure = event
            self.state = "empty"
            self.pause()
            self.changed.emit()

    def engine_lost(self, words: str) -> None:
        """What was learned stays, and can be kept."""
        if self.active:
            self.state = "lost" if self.merges else "empty"
            self.changed.emit()

    @property
    def _job(self) -> str:
        return f"merges-{self._number}"

    def _take_merges(self, event: MergesLearned) -> None:
        for merge in event.merges:
            self.merges.append(merge)
            self.lengths.append(merge.length)
            self.falls[merge.fallen] = len(self.merges)
        self.share = event.share
        if event.merges:
            self.grew.emit()
        self.changed.emit()

    def _take_saved(self, event: Event) -> None:
        if isinstance(event, TokenizerSaved):
            self.saved.emit(event)
        elif isinstance(event, Failed):
            self.save_failure = event
        self.changed.emit()
