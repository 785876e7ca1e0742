"""A search through the vocabulary: what was asked, how many fit, and those of them that were looked at."""

import csv
import io
from collections import OrderedDict

from PySide6.QtCore import Signal

from explorer.protocol import (
    Cancel,
    Encoding,
    Event,
    Failed,
    ReadVocabulary,
    SearchOrder,
    SearchVocabulary,
    SearchWay,
    TokenEntry,
    VocabularyFound,
    VocabularyRows,
)
from explorer.ui.stores.base import Store
from explorer.ui.stores.token_spans import TokenSpans

PAGE = 256
"""Rows that are asked for together."""
_PAGES_KEPT = 40
_COPY = "copy"


class VocabularyStore(Store):
    """Searches the present encoding while somebody looks (`open`, `close`), again when the encoding changes.

    Signals: `rows_came(first, count)`; `copied(text, count)`, a table for the clipboard.
    """

    rows_came = Signal(int, int)
    copied = Signal(str, int)

    def __init__(self, spans: TokenSpans) -> None:
        super().__init__()
        self._spans = spans
        self._encoding: Encoding = ""
        self._looked_at = False
        self._number = 0
        self._pages: OrderedDict[int, list[TokenEntry] | None] = OrderedDict()
        self._copying: io.StringIO | None = None
        self.query = ""
        self.way: SearchWay = "contains"
        self.order: SearchOrder = "id"
        self.count = self.entries = 0
        """Entries that fit, of all."""
        self.done = False
        self.failure: Failed | None = None

    @property
    def busy(self) -> bool:
        """Whether a search or a copy is under way."""
        return self._looked_at and bool(self._encoding) and (self.copying or not (self.done or self.failure))

    @property
    def copying(self) -> bool:
        """Whether all rows are on their way to the clipboard."""
        return self._copying is not None

    def open(self) -> None:
        """Somebody looks: search, if that was not done yet."""
        self._looked_at = True
        self.tokens_changed()

    def close(self) -> None:
        """Nobody looks: another encoding is not searched before somebody does."""
        self._looked_at = False

    def tokens_changed(self) -> None:
        """The text's tokens are others: of another encoding, perhaps."""
        if self._looked_at and self._spans.encoding and self._spans.encoding != self._encoding:
            self._encoding = self._spans.encoding
            self._ask()

    def search(self, query: str, way: SearchWay, order: SearchOrder) -> None:
        """Look for something else; the search before is given up."""
        if (query, way, order) != (self.query, self.way, self.order):
            self.query, self.way, self.order = query, way, order
            if self._encoding:
                self._ask()

    def row(self, number: int) -> TokenEntry | None:
        """A result, or None for now: then it is asked for, and `rows_came` tells when it is there."""
        first = number - number % PAGE
        if first not in self._pages:
            self._pages[first] = None
            self.command.emit(ReadVocabulary(job=self._job, first=first, count=PAGE))
            while len(self._pages) > _PAGES_KEPT:
                self._pages.popitem(last=False)
        page = self._pages.get(first)
        return page[number - first] if page is not None and number - first < len(page) else None

    def copy(self) -> None:
        """Collect all results as CSV; `copied` tells when they are there."""
        if self.done and self.count and not self.copying:
            self._copying = io.StringIO()
            csv.writer(self._copying, lineterminator="\n").writerow(["id", "text", "bytes", "special"])
            self.command.emit(ReadVocabulary(job=self._job, first=0, count=self.count, purpose=_COPY))
            self.changed.emit()

    def apply(self, event: Event) -> None:
        """Take what belongs to the newest search."""
        if not isinstance(event, VocabularyFound | VocabularyRows | Failed) or event.job != self._job:
            return
        if isinstance(event, VocabularyFound):
            self.count, self.entries, self.done = event.count, event.entries, event.done
            self.changed.emit()
        elif isinstance(event, Failed):
            self.failure = event
            self.count = 0
            self._copying = None
            self.changed.emit()
        elif event.purpose == _COPY:
            self._take_copied(event)
        else:
            # A page arrives in one piece, for it is smaller than what the engine sends at once.
            self._pages[event.first] = event.rows
            self.rows_came.emit(event.first, len(event.rows))

    def engine_ready(self) -> None:
        """The results went with the engine: search again."""
        self._copying = None
        if self._encoding and self._looked_at:
            self._ask()
        else:
            self._encoding = ""

    def engine_lost(self, words: str) -> None:
        """What is shown stays."""
        self._copying = None

    @property
    def _job(self) -> str:
        return f"vocabulary-{self._number}"

    def _ask(self) -> None:
        if self._number:
            self.command.emit(Cancel(job=self._job))
        self._number += 1
        self.count, self.done, self.failure = 0, False, None
        self._copying = None
        self._pages.clear()
        self.command.emit(
            SearchVocabulary(
                job=self._job, encoding=self._encoding, query=self.query, way=self.way, order=self.order
            )
        )
        self.changed.emit()

    def _take_copied(self, event: VocabularyRows) -> None:
        if self._copying is None:
            return
        writer = csv.writer(self._copying, lineterminator="\n")
        for row in event.rows:
            data = bytes.fromhex(row.data)
            writer.writerow([row.id, data.decode("utf-8", "replace"), data.hex(" "), int(row.special)])
        if event.first + len(event.rows) >= self.count:
            text, self._copying = self._copying.getvalue(), None
            self.copied.emit(text, self.count)
            self.changed.emit()
