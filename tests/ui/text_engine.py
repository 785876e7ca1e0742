"""The text worker's part for one document, in this process: real tokens, messages as on the wire.

Answers wait until `deliver` is called, so that a test can type in between, as a person does.
"""

from collections import deque

from explorer.protocol import (
    ChooseEncoding,
    Command,
    DocumentText,
    EditDocument,
    EncodingsListed,
    Event,
    ListEncodings,
    OpenDocument,
    TokensPatched,
    decode_command,
    decode_event,
    encode,
)
from explorer.text.encodings import PUBLISHED, load_published
from explorer.text.incremental import TokenizedText
from explorer.ui.stores.base import Store

_TOKENIZERS = {}


def tokenizer(name: str):
    """Built once: an encoding's ranks take a while to read."""
    if name not in _TOKENIZERS:
        _TOKENIZERS[name] = load_published(name)
    return _TOKENIZERS[name]


class TextEngine:
    """Holds a draft; `store.command` comes in, `deliver` lets events out."""

    def __init__(self, store: Store, draft: str = "", live: bool = True) -> None:
        """`live`: deliver after every command by itself."""
        self.store, self.live = store, live
        self.commands: list[Command] = []
        self.waiting: deque[Event] = deque()
        self.document = TokenizedText(draft)
        self.version = 0
        self.encoding = ""
        store.command.connect(self._take)

    @property
    def text(self) -> str:
        return self.document.units

    def deliver(self, at_most: int = 1 << 30) -> None:
        """Let so many events go to the store."""
        while self.waiting and at_most:
            at_most -= 1
            self.store.apply(decode_event(encode(self.waiting.popleft())))

    def die(self, draft: str = "") -> None:
        """The process is gone and with it all that was on the way; the next one finds `draft` on disk."""
        self.waiting.clear()
        self.document = TokenizedText(draft)

    def work(self, chunks: int = 1 << 30) -> None:
        """Encode so many chunks of what is pending."""
        while self.document.pending is not None and chunks:
            chunks -= 1
            self.document.advance()
            self._queue_patches()

    def _take(self, command: Command) -> None:
        command = decode_command(encode(command))
        self.commands.append(command)
        if isinstance(command, ListEncodings):
            self.waiting.append(EncodingsListed(encodings=[(name, name) for name in PUBLISHED]))
        elif isinstance(command, OpenDocument):
            self._open(command)
        elif isinstance(command, ChooseEncoding):
            self._choose(command.encoding)
        elif isinstance(command, EditDocument):
            self.version = command.version
            self.document.edit(command.start, command.removed, command.inserted)
            self._queue_patches()
        if self.live:
            self.work()
            self.deliver()

    def _open(self, command: OpenDocument) -> None:
        text = self.document.units.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
        self.document = TokenizedText(text)
        self.version = 0
        half = len(text) // 2
        self.waiting.append(DocumentText(name=command.name, start=0, text=text[:half], last=False))
        self.waiting.append(DocumentText(name=command.name, start=half, text=text[half:], last=True))
        self._choose(command.encoding)

    def _choose(self, encoding: str) -> None:
        self.encoding = encoding
        self.document.choose(tokenizer(encoding))
        self._queue_patches()

    def _queue_patches(self) -> None:
        while self.document.patches:
            patch = self.document.patches.popleft()
            self.waiting.append(
                TokensPatched(
                    name="tokenizer",
                    version=self.version,
                    encoding=self.encoding,
                    first=patch.first,
                    removed=patch.removed,
                    ids=patch.ids.tolist(),
                    starts=patch.starts.tolist(),
                    shift=patch.shift,
                    pieces=patch.pieces,
                    pending=patch.pending,
                    complete=patch.pending is None and not self.document.patches,
                    bytes_total=self.document.bytes_total,
                )
            )
