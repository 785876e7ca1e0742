"""The text worker's real service in this process: messages as on the wire, answers when the test wants them.

Answers wait until `deliver` is called, so that a test can type in between, as a person does.
"""

from collections import deque
from pathlib import Path

from explorer.errors import ExplorerError
from explorer.protocol import (
    Cancel,
    Command,
    EditDocument,
    Event,
    Failed,
    JobCancelled,
    OpenDocument,
    decode_command,
    decode_event,
    encode,
)
from explorer.services import Job, Service, Wait
from explorer.services.chat_view import ChatViewService
from explorer.services.comparing import ComparingService
from explorer.services.documents import DocumentService
from explorer.services.merges import MergeService
from explorer.services.vocabularies import VocabularyService
from explorer.text.encodings import load_published
from explorer.text.tokenizer import BytePairTokenizer
from explorer.ui.stores.base import Store

_TOKENIZERS: dict[str, BytePairTokenizer] = {}


def tokenizer(name: str) -> BytePairTokenizer:
    """Built once: an encoding's ranks take a while to read."""
    if name not in _TOKENIZERS:
        _TOKENIZERS[name] = load_published(name)
    return _TOKENIZERS[name]


def write_draft(data_dir: Path, text: str) -> None:
    """Make `text` what was there yesterday."""
    service = DocumentService(str(data_dir))
    list(service.run(OpenDocument(name="tokenizer", encoding="gpt2")))
    held = str(service._documents["tokenizer"].text.units)
    edit = EditDocument(name="tokenizer", version=1, start=0, removed=len(held), inserted=text)
    list(service.run(edit))
    service.close()


class TextEngine:
    """`store.command` comes in, `deliver` lets events out; jobs are advanced in turn, as the worker does."""

    def __init__(self, store: Store, data_dir: Path, live: bool = True) -> None:
        """`live`: work and deliver after every command by itself."""
        self.store, self.data_dir, self.live = store, data_dir, live
        self.commands: list[Command] = []
        self.waiting: deque[Event] = deque()
        self._jobs: deque[tuple[str, Job]] = deque()
        self.service = self._new_service()
        store.command.connect(self._take)

    @property
    def text(self) -> str:
        """What the worker holds, as a unit text."""
        return str(self.service._documents["tokenizer"].text.units)

    def deliver(self, at_most: int = 1 << 30) -> None:
        """Let so many events go to the store."""
        while self.waiting and at_most:
            at_most -= 1
            self.store.apply(decode_event(encode(self.waiting.popleft())))

    def work(self, steps: int = 1 << 30) -> None:
        """Advance the jobs by so many steps."""
        while self._jobs and steps:
            steps -= 1
            name, job = self._jobs.popleft()
            if self._step(name, job):
                self._jobs.append((name, job))

    def finish(self) -> None:
        """All that is to be done and said, and what comes of it."""
        while self._jobs or self.waiting:
            self.work()
            self.deliver()

    def die(self, draft: str | None = None) -> None:
        """The process is gone with all that was on the way; the next one finds `draft` on the disk."""
        self.close()
        if draft is not None:
            write_draft(self.data_dir, draft)
        self.service = self._new_service()

    def close(self) -> None:
        self._jobs.clear()
        self.waiting.clear()
        for service in {id(one): one for one in (self.service, *self._others.values())}.values():
            service.close()

    def _new_service(self) -> DocumentService:
        service = DocumentService(str(self.data_dir), pause_s=0)
        for name in ("gpt2", "cl100k_base", "o200k_base"):
            service.shelf.put_published(name, tokenizer(name))
        beside = [
            VocabularyService(service.tokenizer_of),
            ComparingService(service.text_of, service.tokenizer_of),
            ChatViewService(service.shelf.opened),
            MergeService(str(self.data_dir), service.text_of),
        ]
        self._others: dict[type[Command], Service] = {
            kind: other for other in beside for kind in other.commands
        }
        return service

    def _take(self, command: Command) -> None:
        command = decode_command(encode(command))
        self.commands.append(command)
        if isinstance(command, Cancel):
            self._jobs = deque((name, job) for name, job in self._jobs if name != command.job)
            self.waiting.append(JobCancelled(job=command.job))
            return
        job = self._others.get(type(command), self.service).run(command)
        if self._step(command.job, job):
            self._jobs.append((command.job, job))
        if self.live:
            self.finish()

    def _step(self, name: str, job: Job) -> bool:
        try:
            event = next(job)
        except StopIteration:
            return False
        except ExplorerError as error:
            self.waiting.append(Failed(job=name, template=error.template, values=error.values))
            return False
        if event is not None and not isinstance(event, Wait):
            self.waiting.append(event)
        return True
