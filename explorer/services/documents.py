"""The open documents: their text, their tokens, their drafts on disk.

Edits are tokenised at once and exactly; long work (a document opened, a megabyte pasted, another encoding)
goes on chunk by chunk between commands, so that a key press never waits for it.
"""

import io
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

from explorer.errors import ExplorerError, InputError
from explorer.heap import give_back_what_is_free
from explorer.protocol import (
    ChooseEncoding,
    Command,
    DocumentText,
    DraftLoaded,
    EditDocument,
    Encoding,
    EncodingChosen,
    EncodingsListed,
    Failed,
    FileText,
    ForgetTokenizer,
    ListEncodings,
    LoadDraft,
    OpenDocument,
    OpenTokenizer,
    ReadFile,
    SaveDraft,
    TokenizerOpened,
    TokensPatched,
)
from explorer.services import Job, Wait
from explorer.services.drafts import Draft, load_note, save_note
from explorer.services.tokenizer_shelf import TokenizerShelf
from explorer.text.files import text_blocks
from explorer.text.incremental import TokenizedText, cuts_of
from explorer.text.tokenizer import Tokenizer
from explorer.text.units import from_units, splits_pair, to_units

PIECE_UNITS = 256_000
PAUSE_S = 0.25
"""Of a tokenizer of which nothing is proven the text is encoded anew after the keys have rested so long."""
FILE_LIMIT_BYTES = 64_000_000
_MANY_PATCHES = 20
"""Of a text of about a hundred thousand tokens: worth tidying up after."""
_QT_LINE_ENDS = dict.fromkeys(map(ord, "\u2029\ufdd0\ufdd1"), "\n")
"""What Qt's editors take for the end of a block, besides carriage returns and line feeds."""


class _Document:
    """An open text. `outbox` holds patches, in order, that the window has not been sent."""

    def __init__(self, name: str, draft: Draft, units: str) -> None:
        self.name = name
        self.draft = draft
        self.text = TokenizedText(units)
        self.encoding: Encoding = ""
        self.version = 0
        self.outbox: deque[TokensPatched] = deque()

    def post(self, job: str) -> None:
        """Put what the text has to tell into the outbox, in the name of the present version."""
        patches = self.text.patches
        while patches:
            patch = patches.popleft()
            self.outbox.append(
                TokensPatched(
                    job=job,
                    name=self.name,
                    version=self.version,
                    encoding=self.encoding,
                    first=patch.first,
                    removed=patch.removed,
                    ids=patch.ids.tolist(),
                    starts=patch.starts.tolist(),
                    shift=patch.shift,
                    pieces=patch.pieces,
                    complete=patch.pending is None,
                    bytes_total=self.text.bytes_total,
                    pending=patch.pending,
                )
            )


class DocumentService:
    """Documents and drafts under `data_dir`/drafts; trained tokenizers from `data_dir`/runs."""

    commands: tuple[type[Command], ...] = (
        ListEncodings,
        OpenDocument,
        EditDocument,
        ReadFile,
        ChooseEncoding,
        OpenTokenizer,
        ForgetTokenizer,
        SaveDraft,
        LoadDraft,
    )

    def __init__(self, data_dir: str, shelf: TokenizerShelf | None = None, pause_s: float = PAUSE_S) -> None:
        self.shelf = shelf or TokenizerShelf(data_dir)
        self._pause_s = pause_s
        self._drafts = Path(data_dir) / "drafts"
        self._documents: dict[str, _Document] = {}

    def run(self, command: Command) -> Job:
        """As `Service.run`."""
        match command:
            case ListEncodings():
                return self._list_encodings(command)
            case OpenDocument():
                return self._open(command)
            case EditDocument():
                return self._edit(command)
            case ReadFile():
                return _read_file(command)
            case ChooseEncoding():
                return self._choose(command)
            case OpenTokenizer():
                return self._open_tokenizer(command)
            case ForgetTokenizer():
                return self._forget_tokenizer(command)
            case SaveDraft():
                return self._save_draft(command)
            case LoadDraft():
                return self._load_draft(command)
            case _:
                raise AssertionError(f"not ours: {command}")

    def close(self) -> None:
        """Fold every journal into its snapshot."""
        for document in self._documents.values():
            document.draft.close(document.text.units)
        self._documents.clear()

    # ------------------------------------------------------------ documents

    def _open(self, command: OpenDocument) -> Job:
        former = self._documents.get(command.name)
        if former is None:
            draft = Draft(self._drafts, command.name)
            units, problem = draft.open()
        else:
            draft, problem = former.draft, None
            units = to_units(from_units(str(former.text.units)))
        document = self._documents[command.name] = _Document(command.name, draft, units)
        for start, text, last in _pieces(units):
            yield DocumentText(job=command.job, name=command.name, start=start, text=text, last=last)
        if problem is not None:
            yield _failed(command.job, problem)
        yield from self._tokenize(document, command.encoding, command.job)

    def _choose(self, command: ChooseEncoding) -> Job:
        yield from self._tokenize(self._document(command.name), command.encoding, command.job)

    def _edit(self, command: EditDocument) -> Job:
        document = self._document(command.name)
        document.text.edit(command.start, command.removed, command.inserted)
        document.version = command.version
        document.post(command.job)
        try:
            document.draft.record(command.start, command.removed, command.inserted, document.text.units)
        except ExplorerError as error:
            yield _failed(command.job, error)
        if document.text.stale:
            yield from self._pause(document)
            if document.text.stale and document.version == command.version:
                document.text.renew()
                document.post(command.job)
        yield from self._tell(document, command.job)

    def _pause(self, document: _Document) -> Job:
        """Until the person has not typed for a while: encoding a whole text is not for every key."""
        version, due = document.version, monotonic() + self._pause_s
        while document.version == version and (left_s := due - monotonic()) > 0:
            yield Wait(left_s)

    def _document(self, name: str) -> _Document:
        try:
            return self._documents[name]
        except KeyError:
            raise InputError("The text {name} is not open. Open it first.", name=name) from None

    def _tokenize(self, document: _Document, encoding: Encoding, job: str) -> Job:
        """Begin anew with another encoding."""
        tokenizer = self.shelf.tokenizer(encoding)
        document.encoding = encoding
        document.text.choose(tokenizer)
        document.post(job)
        exact = cuts_of(tokenizer).proven
        yield EncodingChosen(job=job, name=document.name, encoding=encoding, follows_edits=exact)
        yield from self._tell(document, job)

    def _tell(self, document: _Document, job: str) -> Job:
        """Send what there is to tell, and encode what is pending, a chunk between two looks for commands.

        Several jobs may do this for one document at a time: the outbox keeps the order.
        """
        told = 0
        while self._documents.get(document.name) is document:
            if document.outbox:
                yield document.outbox.popleft()
                told += 1
            elif document.text.pending is not None:
                document.text.advance()
                document.post(job)
            else:
                break
        if told >= _MANY_PATCHES:
            give_back_what_is_free()

    # ------------------------------------------------------------ encodings

    def tokenizer_of(self, encoding: Encoding) -> Tokenizer:
        """An open document's if it has this encoding, else as it is loaded. Raises: as `open_tokenizer`."""
        for document in self._documents.values():
            if document.encoding == encoding and document.text.tokenizer is not None:
                return document.text.tokenizer
        return self.shelf.tokenizer(encoding)

    def text_of(self, name: str) -> str:
        """The unit text of an open document. Raises: InputError."""
        return str(self._document(name).text.units)

    def _list_encodings(self, command: ListEncodings) -> Job:
        yield self._listed(command.job)

    def _listed(self, job: str) -> EncodingsListed:
        return EncodingsListed(job=job, encodings=self.shelf.listed(), by_hand=self.shelf.by_hand())

    def _open_tokenizer(self, command: OpenTokenizer) -> Job:
        encoding = self.shelf.remember(command.path)
        yield self._listed(command.job)
        yield TokenizerOpened(job=command.job, encoding=encoding)

    def _forget_tokenizer(self, command: ForgetTokenizer) -> Job:
        self.shelf.forget(command.encoding)
        yield self._listed(command.job)

    # ------------------------------------------------------------ small drafts

    def _save_draft(self, command: SaveDraft) -> Job:
        save_note(self._drafts, command.name, command.text)
        yield None

    def _load_draft(self, command: LoadDraft) -> Job:
        text = load_note(self._drafts, command.name)
        yield DraftLoaded(job=command.job, name=command.name, text=text)


def _read_file(command: ReadFile) -> Job:
    """Read all of it first: a file that turns out to be binary at its end must not have come in half."""
    newlines = io.IncrementalNewlineDecoder(None, translate=True)
    blocks: list[str] = []
    others = False
    for block in text_blocks(Path(command.path), FILE_LIMIT_BYTES):
        blocks.append(newlines.decode(block).translate(_QT_LINE_ENDS))
        others = others or "\u2029" in block
        yield None
    blocks.append(newlines.decode("", final=True))
    seen = newlines.newlines or ()
    changed = others or any("\r" in newline for newline in ([seen] if isinstance(seen, str) else seen))
    for start, text, last in _pieces(to_units("".join(blocks))):
        yield FileText(
            job=command.job,
            path=command.path,
            start=start,
            text=text,
            last=last,
            line_ends_changed=changed and last,
        )


def _pieces(units: str) -> Iterator[tuple[int, str, bool]]:
    """The text in pieces that part no surrogate pair: start in units, ordinary string, whether the last."""
    start = 0
    while True:
        end = min(start + PIECE_UNITS, len(units))
        end -= splits_pair(units, end)
        yield start, from_units(units[start:end]), end == len(units)
        if end == len(units):
            return
        start = end


def _failed(job: str, error: ExplorerError) -> Failed:
    return Failed(job=job, template=error.template, values=error.values)
