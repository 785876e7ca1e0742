"""A corpus of the world as files: clean as it is told, raw as the web has it, or cleaned again."""

import json
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Literal

from explorer.core.data.cleaning.page import Page, Report
from explorer.core.data.cleaning.pipeline import Pipeline
from explorer.core.data.cleaning.raw_web import raw_pages
from explorer.core.data.world.corpus import Record, documents
from explorer.core.data.world.documents import Document
from explorer.core.data.world.entities import build_world, facts_of
from explorer.core.storage import atomic_folder
from explorer.errors import InputError

Format = Literal["jsonl", "txt"]
_BETWEEN = "\n\n\n"
"""Between two documents of a .txt file."""


@dataclass(frozen=True)
class CorpusPlan:
    """What is to be written. `raw`: the pages of the web, too; `clean`: what cleaning leaves of them."""

    seed: int
    characters: int
    raw: bool = False
    clean: bool = False
    format: Format = "jsonl"


@dataclass(frozen=True)
class Written:
    """How far it is: documents of the world, and their characters."""

    documents: int
    characters: int


def write_corpus(plan: CorpusPlan, folder: Path) -> Generator[Written | tuple[Report, ...]]:
    """Write the files, all or none; yields after each document, at last the steps' reports.

    corpus.jsonl (or .txt) is the world as it is told. With `raw`, raw.jsonl has the pages with their truth;
    with `clean`, clean.jsonl (or .txt) has what is left. record.json has the counts. Closing the iterator
    leaves nothing behind. Raises: InputError (the folder is not empty), StorageError.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError("{folder} is not empty. Choose a new folder.", folder=str(folder))
    record = Record()
    pipeline = Pipeline()
    with atomic_folder(folder) as partial:
        with ExitStack() as files:

            def opened(name: str) -> IO[str]:
                return files.enter_context((partial / name).open("w", encoding="utf-8", newline="\n"))

            told = _kept(
                record.count(documents(plan.seed, plan.characters)), plan, opened(f"corpus.{plan.format}")
            )
            if plan.raw or plan.clean:
                yield from _web(told, plan, pipeline, opened)
            else:
                yield from _counted(told)
        reports = pipeline.reports if plan.clean else ()
        (partial / "record.json").write_text(_record(plan, record, reports), encoding="utf-8")
    yield reports


def _counted(told: Iterable[Document]) -> Iterator[Written]:
    characters = 0
    for number, document in enumerate(told, 1):
        characters += len(document.text)
        yield Written(number, characters)


def _kept(told: Iterable[Document], plan: CorpusPlan, stream: IO[str]) -> Iterator[Document]:
    for document in told:
        if plan.format == "txt":
            stream.write(document.text + _BETWEEN)
        else:
            row = {"text": document.text, "kind": document.kind, "language": document.language}
            about = {"subjects": document.subjects, "facts": document.facts} if document.subjects else {}
            stream.write(json.dumps(row | about, ensure_ascii=False) + "\n")
        yield document


def _web(
    told: Iterator[Document], plan: CorpusPlan, pipeline: Pipeline, opened: Callable[[str], IO[str]]
) -> Iterator[Written]:
    """Pull pages through the steps, one at a time."""
    progress: list[Written] = []
    characters = 0

    def watched() -> Iterator[Document]:
        nonlocal characters
        for number, document in enumerate(told, 1):
            characters += len(document.text)
            progress[:] = [Written(number, characters)]
            yield document

    pages = raw_pages(watched(), plan.seed)
    if plan.raw:
        pages = _raw_kept(pages, opened("raw.jsonl"))
    if not plan.clean:
        for _ in pages:
            yield progress[0]
        return
    stream = opened(f"clean.{plan.format}")
    for page in pipeline.clean(pages):
        row = {"text": page.text, "language": page.language, "page": page.number}
        stream.write(
            page.text + _BETWEEN if plan.format == "txt" else json.dumps(row, ensure_ascii=False) + "\n"
        )
        yield progress[0]


def _raw_kept(pages: Iterator[Page], stream: IO[str]) -> Iterator[Page]:
    for page in pages:
        truth = page.truth
        assert truth is not None
        row = {
            "page": page.number,
            "html": page.text,
            "label": truth.label,
            "language": truth.language,
            "personal": truth.secrets,
        }
        stream.write(json.dumps(row, ensure_ascii=False) + "\n")
        yield page


def _record(plan: CorpusPlan, record: Record, reports: tuple[Report, ...]) -> str:
    entities = [
        {
            "name": entity.name,
            "kind": entity.kind,
            "class": entity.frequency,
            "documents": record.of(entity),
            "statements": {fact.attribute.name: record.statements[fact.key] for fact in facts_of(entity)},
            "facts": dict(entity.facts),
        }
        for entity in build_world().entities
    ]
    return json.dumps(
        {"plan": asdict(plan), "entities": entities, "steps": [step_row(report) for report in reports]},
        ensure_ascii=False,
        indent=1,
    )


def step_row(report: Report) -> dict[str, object]:
    """A step's counts, with precision and recall as shares (null where there is no such thing)."""
    row: dict[str, object] = asdict(report)
    return row | {"precision": report.precision, "recall": report.recall}
