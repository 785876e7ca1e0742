"""The Tokens panel's text and its tokens: one document that the person edits and the text worker tokenises.

The window's text is the truth. It lives in a `QTextDocument` (no widget), so that it and its undo history
outlast the panel; every change of it leaves as one `EditDocument`, and `TokensPatched` events come back.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QFileInfo, Signal

from explorer.protocol import (
    Cancel,
    ChooseEncoding,
    DocumentText,
    EditDocument,
    Encoding,
    EncodingChosen,
    EncodingsListed,
    Event,
    Failed,
    FileText,
    ForgetTokenizer,
    ListEncodings,
    OpenDocument,
    OpenTokenizer,
    ReadFile,
    TokenizerOpened,
    TokensPatched,
)
from explorer.text.units import from_units, to_units
from explorer.ui.settings import Settings
from explorer.ui.stores.base import Store
from explorer.ui.stores.chat_rows import ChatRows
from explorer.ui.stores.encoding_rows import EncodingRows
from explorer.ui.stores.merges import MergesStore
from explorer.ui.stores.stepper import Stepper, Steps, replace_range
from explorer.ui.stores.text_mirror import (
    Change,
    Edit,
    TextMirror,
    count_pairs,
    difference,
    make_document,
    normalised,
    utf8_length,
)
from explorer.ui.stores.token_details import TokenDetailsStore
from explorer.ui.stores.token_spans import TokenSpans
from explorer.ui.stores.vocabulary import VocabularyStore

NAME = "tokenizer"
FILE_JOB = "tokenizer-file"
OPEN_JOB = "tokenizer-open"
DEFAULT_ENCODING = "o200k_base"
LARGEST_UNITS = 16_000_000
"""More than this is refused in words: the editor would take gigabytes."""

EXAMPLE = """\
Language models do not read letters. They read tokens.
strawberry, Strawberry, STRAWBERRY
我们今天学习大语言模型。
127 + 677 = 804, and 3.14159265 is not pi.
for i in range(3):
    print("token", i)
Unbelievable! 👩‍👩‍👧‍👦 café naïve
"""

_TOLD_AT_ONCE = 131_072
"""Units of a text that comes in piece by piece: so many are one edit for the engine."""

Phase = Literal["starting", "loading", "ready", "lost"]
Activity = Literal["", "reading", "inserting", "collecting"]


@dataclass(frozen=True)
class Counts:
    """Of a text or a part of it. `characters` are Unicode code points, `size_bytes` is in UTF-8."""

    tokens: int = 0
    characters: int = 0
    size_bytes: int = 0


@dataclass(frozen=True)
class FileOpened:
    """What is to be said about a file that has come in."""

    path: str
    line_ends_changed: bool


class TokenizerStore(Store):
    """Document, tokens, encoding, and how far the engine is with them. `command` goes to the text worker.

    Edits are told by the document; `changed` comes when their tokens do.
    Signals: `tokens_changed(start, stop)`, units that look different now; `tokens_spliced(first, removed,
    added)`; `loaded`, the draft is there; `failed(Failed)`; `file_opened(FileOpened)`;
    `too_large(size)`, units that were refused.
    """

    tokens_changed = Signal(int, int)
    tokens_spliced = Signal(int, int, int)
    loaded = Signal()
    failed = Signal(object)
    file_opened = Signal(object)
    too_large = Signal(int)

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self.document = make_document(self)
        """Whoever edits it needs to tell nobody. An editor gives it a layout for its own width."""
        self._mirror = TextMirror(self.document)
        self.spans = TokenSpans(lambda: self._mirror.units)
        self.details = TokenDetailsStore(self.spans, "token-details")
        """The token whose card is open."""
        self.merges = MergesStore()
        """A vocabulary that is learned to be watched."""
        self.vocabulary = VocabularyStore(self.spans)
        """A search through all entries."""
        self.rows = EncodingRows(settings, self, NAME)
        """The text under several encodings."""
        self.chat = ChatRows(self)
        """A conversation as a stream, in the place of a text."""
        self._parts: tuple[Store, ...] = (
            self.details,
            self.vocabulary,
            self.merges,
            self.rows,
            self.chat,
            self.chat.details,
        )
        for part in self._parts:
            part.command.connect(self.command)
        self.encodings: list[tuple[Encoding, str]] = []
        self.encoding: Encoding = settings.text("tokenizer/encoding", DEFAULT_ENCODING)
        """The chosen one; `spans.encoding` is what the present tokens are of."""
        self.by_hand: list[Encoding] = []
        """Those of `encodings` that the person opened, and may want to forget."""
        self.opening = ""
        """The path of a tokenizer that is being read."""
        self.follows_edits = True
        """Whether tokens come with every key; else after a pause."""
        self.phase: Phase = "starting"
        self.counts = Counts()
        self._asked: Encoding = ""
        self._version = 0
        self._answered = False
        self._loaded = False
        self._gathered: list[str] = []
        self._file: list[str] = []
        self._adopting = False
        self._untold: Change | None = None
        self._activity: Activity = ""
        self._stepper = Stepper(self)
        self._stepper.changed.connect(self.changed)
        self.document.contentsChange.connect(self._document_changed)

    # ------------------------------------------------------------ what is there

    @property
    def version(self) -> int:
        """The person's edits since the engine opened the document."""
        return self._version

    @property
    def text(self) -> str:
        """The whole text as a unit text."""
        return str(self._mirror.units)

    @property
    def complete(self) -> bool:
        """Whether every unit's token is there, of the newest version and the chosen encoding."""
        return self.phase == "ready" and self._answered and self.spans.encoding == self.encoding

    @property
    def activity(self) -> Activity:
        """What takes longer just now."""
        return self._activity

    @property
    def share(self) -> float | None:
        """How much of it is done; None if that cannot be said."""
        return self._stepper.share if self._stepper.busy else None

    @property
    def locked(self) -> bool:
        """Whether the text must not be edited now: the draft, a file or a paste is coming in."""
        waits = not self._loaded and self.phase in ("starting", "loading")
        return waits or self._activity in ("reading", "inserting")

    def counts_of(self, start: int, stop: int) -> Counts:
        """Of the units `start : stop`: every token that has a part in them counts."""
        units = self._mirror.units[start:stop]
        first, after = self.spans.overlapping(start, stop) if units else (0, 0)
        return Counts(after - first, len(units) - count_pairs(units), utf8_length(units))

    # ------------------------------------------------------------ intents

    def choose_encoding(self, encoding: Encoding) -> None:
        """Tokenise with another encoding, now and next time."""
        if encoding == self.encoding:
            return
        self.encoding = encoding
        self._settings.set("tokenizer/encoding", encoding)
        self._answered = False
        self._ask_for_encoding()
        self.changed.emit()

    def refresh_encodings(self) -> None:
        """Ask which encodings there are: runs come and go."""
        self.command.emit(ListEncodings(job=NAME))

    def open_tokenizer(self, path: str) -> None:
        """Choose what is at `path`, and keep it on the list; `failed` tells if it cannot be read.

        Needs the engine: does nothing when it is not there.
        """
        if self.phase == "ready":
            self.opening = path
            self.command.emit(OpenTokenizer(job=OPEN_JOB, path=path))
            self.changed.emit()

    def forget_tokenizer(self) -> None:
        """Take the chosen one off the list, if it was opened by hand."""
        if self.encoding in self.by_hand:
            self.command.emit(ForgetTokenizer(job=OPEN_JOB, encoding=self.encoding))
            self.choose_encoding(DEFAULT_ENCODING)

    def label(self, encoding: Encoding) -> str:
        """What to call an encoding."""
        return dict(self.encodings).get(encoding) or QFileInfo(encoding).fileName()

    def learn_merges(self, text: str, vocab_size: int) -> None:
        """Learn a vocabulary from this text, or from another one (see `MergesStore.learn`)."""
        self.merges.learn(text, NAME, vocab_size)

    def replace(self, start: int, stop: int, text: str) -> None:
        """Put `text` in place of the units `start : stop`, as one step of undo; large texts bit by bit."""
        if self.locked:
            return
        if len(text) > LARGEST_UNITS:
            self.too_large.emit(len(text))
            return
        self._work("inserting", replace_range(self.document, start, stop, text))

    def replace_all(self, text: str) -> None:
        """Put `text` in place of the whole text, as one step of undo."""
        self.replace(0, len(self._mirror.units), text)

    def open_file(self, path: str) -> None:
        """Put a file's text in place of the whole text; `file_opened` or `failed` tells how it went.

        Needs the engine: does nothing when it is not there.
        """
        if self.locked or self.phase != "ready":
            return
        size = QFileInfo(path).size()
        if size > 4 * LARGEST_UNITS:
            self.too_large.emit(size)
            return
        self._file = []
        self._activity = "reading"
        self.command.emit(ReadFile(job=FILE_JOB, path=path))
        self.changed.emit()

    def cancel_reading(self) -> None:
        """Leave the text as it is after all."""
        if self._activity == "reading":
            self._activity = ""
            self.command.emit(Cancel(job=FILE_JOB))
            self.changed.emit()

    def collect(self, steps: Steps, then: Callable[[], object]) -> None:
        """Do some long reading bit by bit (a copy for the clipboard); a text that comes in ends it."""
        if not self._activity:
            self._work("collecting", steps, then)

    # ------------------------------------------------------------ the engine

    def engine_ready(self) -> None:
        """Open the draft; what the window holds by now wins over it."""
        self.phase = "loading"
        self._gathered = []
        self._version = 0
        self._answered = False
        self.spans.clear()
        self.command.emit(ListEncodings(job=NAME))
        self._asked = self.encoding
        self.command.emit(OpenDocument(job=NAME, name=NAME, encoding=self.encoding))
        for part in self._parts:
            part.engine_ready()
        self.changed.emit()

    def engine_lost(self, words: str) -> None:
        """Go on editing without tokens for what is new."""
        self.phase = "lost"
        self._answered = False
        self.opening = ""
        if self._activity == "reading":
            self._activity = ""
        for part in self._parts:
            part.engine_lost(words)
        self.changed.emit()

    def apply(self, event: Event) -> None:
        """Take what is ours."""
        for part in self._parts:
            part.apply(event)
        if isinstance(event, TokensPatched) and event.name == NAME:
            self._patch(event)
        elif isinstance(event, DocumentText) and event.name == NAME:
            self._gather(event)
        elif isinstance(event, FileText) and event.job == FILE_JOB:
            self._gather_file(event)
        elif isinstance(event, EncodingsListed):
            self.encodings, self.by_hand = event.encodings, event.by_hand
            self.changed.emit()
        elif isinstance(event, EncodingChosen) and event.name == NAME:
            self.follows_edits = event.follows_edits
            self.changed.emit()
        elif isinstance(event, TokenizerOpened) and event.job == OPEN_JOB:
            self.opening = ""
            self.choose_encoding(event.encoding)
            self.changed.emit()
        elif isinstance(event, Failed) and event.job in (NAME, FILE_JOB, OPEN_JOB):
            self._fail(event)

    def _patch(self, event: TokensPatched) -> None:
        try:
            start, stop = self.spans.patch(event)
        except ValueError:
            # The two sides count differently (an engine of another make, a lost line): begin again.
            self.engine_ready()
            return
        self._answered = event.complete and event.version == self._version
        self._ask_for_encoding()
        self.counts = Counts(len(self.spans), self._mirror.characters, event.bytes_total)
        self.tokens_spliced.emit(event.first, event.removed, len(event.ids))
        self.changed.emit()
        self.tokens_changed.emit(start, stop)
        self.details.tokens_changed()
        self.vocabulary.tokens_changed()

    def _ask_for_encoding(self) -> None:
        """One question at a time: while a document is opened, another encoding would be overtaken by it."""
        if self.phase == "ready" and self.spans.encoding == self._asked != self.encoding:
            self._asked = self.encoding
            self.command.emit(ChooseEncoding(job=NAME, name=NAME, encoding=self.encoding))

    def _gather(self, event: DocumentText) -> None:
        if self.phase != "loading":
            return
        self._gathered.append(event.text)
        if event.last:
            theirs = to_units("".join(self._gathered))
            self._gathered = []
            self._reconcile(theirs)

    def _reconcile(self, theirs: str) -> None:
        """The engine has opened the draft with the text `theirs`: make both sides hold the same."""
        self.phase = "ready"
        self.spans.clear()  # what was typed since is in the difference
        first_time, self._loaded = not self._loaded, True
        if first_time and not len(self._mirror.units):
            self._adopt(theirs)
            self._ask_for_encoding()
            return
        self._send(difference(theirs, self.text))
        self._ask_for_encoding()
        self.changed.emit()
        if first_time and theirs.strip():
            # Typed before the draft could come: keep both.
            self._work("inserting", replace_range(self.document, 0, 0, from_units(theirs) + "\n"))

    def _adopt(self, theirs: str) -> None:
        """Fill the empty editor with the draft, or with an example on the first day."""
        ours = normalised(theirs)
        if not ours and not self._settings.flag("tokenizer/started", False):
            ours = EXAMPLE
        self._settings.set("tokenizer/started", True)
        self._mirror.adopt(to_units(ours))
        self._send(difference(theirs, self.text))
        self._adopting = True
        self.document.setUndoRedoEnabled(False)
        self._work("inserting", replace_range(self.document, 0, 0, from_units(ours)), self._adopted)

    def _adopted(self) -> None:
        self.document.setUndoRedoEnabled(True)
        self._adopting = False
        # Nothing to do as a rule; the engine learns of it if Qt made something else of the text.
        self._document_changed(0, len(self._mirror.units), self.document.characterCount() - 1)
        self.loaded.emit()

    def _document_changed(self, position: int, removed: int, added: int) -> None:
        if self._adopting:
            return
        change = Change(position, removed, added)
        self._untold = change if self._untold is None else self._untold.then(change)
        if self._activity != "inserting" or self._untold.added >= _TOLD_AT_ONCE:
            self._tell()

    def _tell(self) -> None:
        """Let the mirror and the engine follow the document: each time, work for the whole text."""
        if self._untold is None:
            return
        change, self._untold = self._untold, None
        edit = self._mirror.follow(*change)
        if edit is None:
            return
        if self.phase == "ready":
            self._send(edit)
        else:
            # No engine to tell: spans move all the same, and reconciling sends the sum of it.
            self.spans.edit(self._version, edit.start, edit.removed, len(edit.inserted))

    def _send(self, edit: Edit | None) -> None:
        if edit is None:
            return
        self._version += 1
        self._answered = False
        self.spans.edit(self._version, edit.start, edit.removed, len(edit.inserted))
        self.command.emit(
            EditDocument(
                job=NAME,
                name=NAME,
                version=self._version,
                start=edit.start,
                removed=edit.removed,
                inserted=edit.text,
            )
        )

    def _fail(self, event: Failed) -> None:
        if event.job == FILE_JOB:
            self._activity = ""
        elif event.job == OPEN_JOB:
            self.opening = ""
        elif self.encoding != DEFAULT_ENCODING and any(
            self.encoding in value for value in event.values.values()
        ):
            # The chosen encoding cannot be had (its run was deleted): back to one that can.
            self.encoding = self.spans.encoding or DEFAULT_ENCODING
            self._settings.set("tokenizer/encoding", self.encoding)
            self._asked = self.spans.encoding
            self._answered = bool(self.spans.encoding)
            self._ask_for_encoding()
        self.failed.emit(event)
        self.changed.emit()

    def _gather_file(self, event: FileText) -> None:
        if self._activity != "reading":
            return
        self._file.append(event.text)
        if not event.last:
            return
        text = "".join(self._file)
        self._file = []
        self._activity = ""
        if len(text) > LARGEST_UNITS:
            self.too_large.emit(len(text))
            self.changed.emit()
            return
        said = FileOpened(event.path, event.line_ends_changed)
        steps = replace_range(self.document, 0, len(self._mirror.units), text)
        self._work("inserting", steps, lambda: self.file_opened.emit(said))

    def _work(
        self, activity: Activity, steps: Iterator[float], then: Callable[[], object] | None = None
    ) -> None:
        def done() -> None:
            self._tell()
            self._activity = ""
            if then is not None:
                then()

        self._stepper.drop()
        self._tell()
        self._activity = activity
        self._stepper.start(steps, done)
