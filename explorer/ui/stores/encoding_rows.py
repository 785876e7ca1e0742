"""The same text under several encodings: which take part, and what has been counted of each."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QTimer

from explorer.protocol import Cancel, CompareEncodings, Encoding, EncodingCounted, Event, Sentence
from explorer.text.units import from_units
from explorer.ui.settings import Settings
from explorer.ui.stores.base import Store

if TYPE_CHECKING:
    from explorer.ui.stores.tokenizer import TokenizerStore

_JOB = "tokenizer-compare"
_KEY = "tokenizer/compared"
FIRST_CHOICE: tuple[Encoding, ...] = ("gpt2", "cl100k_base", "o200k_base", "qwen")
"""A text in English costs about the same under all four, one in Chinese does not."""
_SHORT_UNITS = 20_000
_AFTER_MS = {True: 60, False: 400}
"""A short text is counted while the keys go on, a long one when they rest."""


@dataclass(frozen=True)
class HeadToken:
    """One token of the text's beginning."""

    id: int
    text: str
    piece: str = ""
    """Bytes in hex, if they are no whole characters."""


@dataclass(frozen=True)
class EncodingRow:
    """How far one encoding is counted; nothing of it is there before `total`."""

    encoding: Encoding
    tokens: int = 0
    characters: int = 0
    done: int = 0
    total: int = -1
    head: tuple[HeadToken, ...] = ()
    problem: Sentence | None = None

    @property
    def complete(self) -> bool:
        """Whether the whole text is counted."""
        return self.done == self.total

    @property
    def known(self) -> bool:
        """Whether there is something to show."""
        return self.total >= 0 and self.problem is None

    @property
    def expected(self) -> float:
        """Tokens of the whole text, as far as can be said by now."""
        return self.tokens * self.total / self.done if self.known and self.done else float(self.tokens)


class EncodingRows(Store):
    """A part of the `TokenizerStore`, whose text is counted while somebody watches."""

    def __init__(self, settings: Settings, tokenizer: "TokenizerStore", name: str) -> None:
        """`name`: the document's, in the engine."""
        super().__init__()
        self._settings, self._tokenizer, self._name = settings, tokenizer, name
        self._chosen = _remembered(settings)
        self._rows: dict[Encoding, EncodingRow] = {}
        self._watched = False
        self._number = 0
        self._counted: tuple[int, tuple[Encoding, ...]] | None = None
        """Version and encodings that were asked for last; None: ask again."""
        self._open: set[Encoding] = set()
        """Those that the engine is counting just now."""
        self._beginning = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._ask)
        tokenizer.changed.connect(self._text_changed)
        tokenizer.document.contentsChange.connect(lambda *_: self._edited())

    # ------------------------------------------------------------ what is there

    @property
    def chosen(self) -> tuple[Encoding, ...]:
        """Those that take part because the person wants them to."""
        return self._chosen

    @property
    def encodings(self) -> tuple[Encoding, ...]:
        """Those that take part: the one that the panel shows is always among them."""
        shown = self._tokenizer.encoding
        return self._chosen if shown in self._chosen else (shown, *self._chosen)

    @property
    def rows(self) -> list[EncodingRow]:
        """One an encoding, in order."""
        return [self._rows.get(encoding, EncodingRow(encoding)) for encoding in self.encodings]

    @property
    def share(self) -> float | None:
        """How much of the counting is done; None if nothing is under way."""
        if not self._open:
            return None
        whole = [row for row in self.rows if row.problem is None]
        done = [row.done / row.total if row.total > 0 else 0.0 for row in whole]
        return sum(done) / max(len(done), 1)

    @property
    def settled(self) -> bool:
        """Whether what is shown is of the newest text."""
        up_to_date = self._counted == (self._tokenizer.version, self.encodings)
        return not self._watched or (up_to_date and not self._timer.isActive() and self.share is None)

    @property
    def counted(self) -> bool:
        """Whether somebody wants to know, and it has not been called off."""
        return not self._watched or self._counted is not None

    # ------------------------------------------------------------ intents

    def watch(self, watched: bool) -> None:
        """Count from now on, or no more."""
        if watched != self._watched:
            self._watched = watched
            if watched:
                self._ask()
            else:
                self.cancel()

    def toggle(self, encoding: Encoding, taking_part: bool) -> None:
        """Have an encoding take part, or not; remembered."""
        left = tuple(one for one in self._chosen if one != encoding)
        self._chosen = (*left, encoding) if taking_part else left
        self._settings.set(_KEY, msgspec.json.encode(self._chosen).decode())
        self._ask()
        self.changed.emit()

    def cancel(self) -> None:
        """Leave the counting where it is."""
        self._timer.stop()
        if self._open:
            self._call_off()
            self._rows = {name: row for name, row in self._rows.items() if row.complete or row.problem}
        self._counted = None
        self.changed.emit()

    def count_again(self) -> None:
        """After it was called off."""
        self._ask()

    # ------------------------------------------------------------ the engine

    @property
    def _job(self) -> str:
        return f"{_JOB}-{self._number}"

    def _text_changed(self) -> None:
        asked = (self._tokenizer.version, self.encodings)
        if asked != self._counted:
            self._edited()

    def _edited(self) -> None:
        """The keys have the engine for themselves; when they rest, all is counted again."""
        if self._watched and self._counted is not None:
            self._call_off()
            self._timer.start(_AFTER_MS[len(self._tokenizer.text) <= _SHORT_UNITS])

    def _ask(self) -> None:
        """Count the text of now; what was being counted is of yesterday."""
        self._timer.stop()
        if not self._watched or self._tokenizer.phase != "ready":
            return
        self._call_off()
        self._number += 1
        version = self._tokenizer.version
        if self._counted is not None and self._counted[0] == version:
            asked = [one for one in self.encodings if one not in self._rows or not self._rows[one].complete]
        else:
            asked = list(self.encodings)
        self._counted = version, self.encodings
        self._beginning = self._tokenizer.text[:8_192]
        self._open = set(asked)
        if asked:
            self.command.emit(CompareEncodings(job=self._job, name=self._name, encodings=asked))
        self.changed.emit()

    def _call_off(self) -> None:
        """What is being counted is not wanted any more."""
        if self._open:
            self._open = set()
            self.command.emit(Cancel(job=self._job))
            self._number += 1

    def apply(self, event: Event) -> None:
        """What was asked for last; older answers are of a text that is no more."""
        if not isinstance(event, EncodingCounted) or event.job != self._job:
            return
        before = self._rows.get(event.encoding)
        head = self._head(event) if event.starts else before.head if before else ()
        self._rows[event.encoding] = EncodingRow(
            event.encoding, event.tokens, event.characters, event.done, event.total, head, event.problem
        )
        if event.problem is not None or event.done == event.total:
            self._open.discard(event.encoding)
        if event.problem is not None:
            self._rows[event.encoding] = replace(self._rows[event.encoding], done=0, total=-1)
        self.changed.emit()

    def engine_ready(self) -> None:
        """The document is opened first; with its tokens the counting begins."""
        self._open = set()
        self._counted = (-1, ()) if self._watched else None

    def _head(self, event: EncodingCounted) -> tuple[HeadToken, ...]:
        units, starts = self._beginning, event.starts
        return tuple(
            HeadToken(token, from_units(units[starts[at] : starts[at + 1]]), event.pieces.get(at, ""))
            for at, token in enumerate(event.ids)
        )


def _remembered(settings: Settings) -> tuple[Encoding, ...]:
    try:
        return msgspec.json.decode(settings.text(_KEY), type=tuple[Encoding, ...])
    except msgspec.DecodeError:
        return FIRST_CHOICE
