"""The document that stands in front of the next question. Free of Qt."""

from collections.abc import Callable

import msgspec

from explorer.protocol import Cancel, Command, DocumentPiece, DocumentProgress, Event, Failed, ReadDocument


class Attachment(msgspec.Struct, frozen=True):
    """A text and the name of its file; a pasted one has none."""

    text: str = ""
    name: str = ""


def as_note(attached: Attachment | None) -> str:
    """For the disk; empty for none."""
    return msgspec.json.encode(attached).decode() if attached is not None else ""


def from_note(note: str) -> Attachment | None:
    """As it was kept; what cannot be read was never there."""
    try:
        return msgspec.json.decode(note, type=Attachment) if note else None
    except msgspec.DecodeError:
        return None


class ContextDocuments:
    """Reads what is opened, dropped or pasted, one at a time."""

    def __init__(self, job: str, send: Callable[[Command], object]) -> None:
        self.job = job
        self._send = send
        self.attached: Attachment | None = None
        self.reading = False
        self.pages: tuple[int, int] | None = None
        """Read so far, and in all."""
        self._pieces: list[str] = []
        self._path = ""

    def read(self, path: str) -> None:
        """A file."""
        self.cancel()
        self._path = path
        self._ask()

    def again(self) -> None:
        """Whoever read it died: ask the next one."""
        if self.reading:
            self._ask()

    def _ask(self) -> None:
        self.reading, self.pages, self._pieces = True, None, []
        self._send(ReadDocument(job=self.job, path=self._path))

    def cancel(self) -> None:
        """It is not wanted any more."""
        if self.reading:
            self._send(Cancel(job=self.job))
            self.reading = False

    def apply(self, event: Event) -> None:
        """A piece of it, or why there is none."""
        if not self.reading:
            return
        match event:
            case DocumentPiece():
                self._pieces.append(event.text)
                if event.last:
                    self.reading = False
                    self.attached = Attachment("".join(self._pieces), event.name)
                    self._pieces = []
            case DocumentProgress():
                self.pages = (event.done, event.total)
            case Failed():
                self.reading = False
            case _:
                pass
