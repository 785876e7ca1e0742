"""What a model calls for: search in a person's documents, and sums; and documents to be read. No torch."""

from collections.abc import Iterator
from pathlib import Path

from explorer.core.tools.calculator import NO_SUM, calculator
from explorer.core.tools.calls import NOTHING_FOUND, search_result
from explorer.core.tools.folder import FolderIndex
from explorer.errors import InputError
from explorer.protocol import (
    Command,
    DocumentPiece,
    DocumentProgress,
    FolderProgress,
    FoundDocument,
    ReadDocument,
    RunTool,
    ToolAnswered,
    UnreadDocument,
)
from explorer.services import Job
from explorer.text.reading import ReadText, clean_text, document_text

_PIECE_CHARACTERS = 250_000
_UNREAD_SHOWN = 20


class ToolService:
    """Keeps the index of the folder that was searched last."""

    commands: tuple[type[Command], ...] = (ReadDocument, RunTool)

    def __init__(self) -> None:
        self._folder: FolderIndex | None = None

    def run(self, command: Command) -> Job:
        """As `Service.run`."""
        match command:
            case ReadDocument():
                return _read(command)
            case RunTool(tool="calculate"):
                return _calculate(command)
            case RunTool():
                return self._search(command)
            case _:
                raise AssertionError(f"not ours: {command}")

    def close(self) -> None:
        """Nothing is held open."""

    def _search(self, command: RunTool) -> Job:
        if not command.folder:
            raise InputError("Choose a folder of documents to search in.")
        folder = Path(command.folder)
        index = self._folder
        if index is None or index.folder != folder:
            index = FolderIndex(folder)
        for fact in index.refreshed():
            yield fact and FolderProgress(
                job=command.job, folder=command.folder, done=fact.done, total=fact.total
            )
        self._folder = index
        hits = index.search(command.asked)
        result = search_result([found.hit for found in hits])
        unread = index.unread
        yield ToolAnswered(
            job=command.job,
            tool="search",
            asked=command.asked,
            result=result,
            found=result != NOTHING_FOUND,
            hits=[
                FoundDocument(file=_told(found.file), excerpt=found.hit.snippet, score=found.hit.score)
                for found in hits
            ],
            documents=index.documents,
            unread=[
                UnreadDocument(
                    file=_told(file),
                    template=error.template,
                    values={name: _told(value) for name, value in error.values.items()},
                )
                for file, error in unread[:_UNREAD_SHOWN]
            ],
            unread_count=len(unread),
        )


def _calculate(command: RunTool) -> Job:
    result = calculator(command.asked)
    yield ToolAnswered(
        job=command.job, tool="calculate", asked=command.asked, result=result, found=result != NO_SUM
    )


def _read(command: ReadDocument) -> Job:
    path = Path(command.path)
    if command.path:
        reading = document_text(path)
        while True:
            try:
                fact = next(reading)
            except StopIteration as end:
                read: ReadText = end.value
                break
            yield fact and DocumentProgress(job=command.job, done=fact.done, total=fact.total)
    else:
        read = ReadText(clean_text(command.text))
    if not read.text.strip():
        raise InputError("There is no text in it. Choose another one.")
    for piece, last in _pieces(read.text):
        yield DocumentPiece(
            job=command.job,
            name=path.name if command.path else "",
            text=piece,
            last=last,
            pages=read.pages,
            pages_without_text=read.pages_without_text,
        )


def _told(name: str) -> str:
    """A file's name may hold bytes that are no text, which JSON cannot carry."""
    return name.encode("utf-8", "replace").decode()


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    for start in range(0, len(text), _PIECE_CHARACTERS):
        end = start + _PIECE_CHARACTERS
        yield text[start:end], end >= len(text)
