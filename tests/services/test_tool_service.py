"""What a model calls for: search in a person's folder, and sums; documents read for a conversation."""

from pathlib import Path

import pytest

from explorer.core.tools import folder as folders
from explorer.core.tools.folder import FolderIndex, passages
from explorer.errors import InputError
from explorer.protocol import (
    Command,
    DocumentPiece,
    DocumentProgress,
    Event,
    FolderProgress,
    ReadDocument,
    RunTool,
    ToolAnswered,
)
from explorer.services.tools import ToolService
from tests.text.pdf_files import pdf

JOB = "context"


def ask(service: ToolService, command: Command) -> list[Event]:
    return [event for event in service.run(command) if event is not None]  # type: ignore[misc]


def search(service: ToolService, folder: Path, words: str) -> tuple[ToolAnswered, list[FolderProgress]]:
    *progress, answer = ask(service, RunTool(job=JOB, tool="search", asked=words, folder=str(folder)))
    assert isinstance(answer, ToolAnswered)
    return answer, [event for event in progress if isinstance(event, FolderProgress)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "trees").mkdir()
    (tmp_path / "trees" / "oak.md").write_text(
        "# Oaks\n\nThe old oak of Mellin is 312 years old. It is tall."
    )
    (tmp_path / "elm.txt").write_text("Elms grow by the river. " * 200 + "One elm of Mellin is 90 years old.")
    (tmp_path / "paper.pdf").write_bytes(pdf(["The beech of Mellin is young."]))
    (tmp_path / "picture.pdf").write_bytes(pdf([None]))
    (tmp_path / "notes.docx").write_bytes(b"\0")
    (tmp_path / ".hidden.txt").write_text("oak oak oak")
    return tmp_path


def test_a_search_answers_with_the_best_file_and_tells_what_it_could_not_read(folder: Path) -> None:
    answer, progress = search(ToolService(), folder, "How old is the oak of Mellin?")
    assert answer.found and answer.result.startswith("The old oak of Mellin is 312 years old.")
    assert answer.hits[0].file == str(Path("trees") / "oak.md")
    assert {hit.file for hit in answer.hits} == {answer.hits[0].file, "elm.txt", "paper.pdf"}
    assert answer.hits[1].excerpt != "" and answer.documents == 3
    assert [(unread.file, "pictures" in unread.template) for unread in answer.unread] == [
        ("picture.pdf", True)
    ]
    assert (progress[-1].done, progress[-1].total, answer.unread_count) == (4, 4, 1)


def test_a_folder_is_read_again_only_where_it_changed(folder: Path) -> None:
    service = ToolService()
    search(service, folder, "oak")
    assert search(service, folder, "oak")[1] == []
    (folder / "new.txt").write_text("A birch.")
    (folder / "trees" / "oak.md").unlink()
    answer, progress = search(service, folder, "birch")
    assert (answer.result, [event.total for event in progress]) == ("A birch.", [1])
    assert not search(service, folder, "oak")[0].found
    (folder / "new.txt").write_text("A willow, changed.")
    assert search(service, folder, "willow")[0].found and not search(service, folder, "birch")[0].found


def test_nothing_found_is_told_to_the_model_too(folder: Path) -> None:
    answer, _ = search(ToolService(), folder, "zebra")
    assert (answer.found, answer.result, answer.hits) == (False, "Nothing was found.", [])


def test_a_folder_that_cannot_be_searched_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service = ToolService()
    (tmp_path / "empty").mkdir()
    for folder, words in (
        (tmp_path / "empty", "has no .txt"),
        (tmp_path / "gone", "There is no folder"),
    ):
        with pytest.raises(InputError, match=words):
            search(service, folder, "x")
    with pytest.raises(InputError, match="Choose a folder"):
        ask(service, RunTool(job=JOB, tool="search", asked="x"))
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("text " * 10)
    monkeypatch.setattr(folders, "MOST_CHARACTERS", 60)
    with pytest.raises(InputError, match="million characters"):
        search(service, tmp_path, "x")
    monkeypatch.setattr(folders, "MOST_FILES", 1)
    with pytest.raises(InputError, match="more than 1 documents"):
        search(service, tmp_path, "x")


@pytest.mark.parametrize(
    "text", ["word " * 2000, "没有空格的长句子。" * 600, "x" * 5000, "One.\n\n" * 800, ""]
)
def test_passages_hold_all_of_a_text_and_are_short(text: str) -> None:
    parts = list(passages(text))
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(len(part) <= 1500 for part in parts)


def test_one_long_file_does_not_hide_the_others(tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_text("The oak grows. " * 2000)
    (tmp_path / "short.txt").write_text("An oak is a tree.")
    index = FolderIndex(tmp_path)
    for _ in index.refreshed():
        pass
    assert {hit.file for hit in index.search("oak")} == {"long.txt", "short.txt"}


def test_a_sum_is_done_and_what_is_none_is_said() -> None:
    (answer,) = ask(ToolService(), RunTool(job=JOB, tool="calculate", asked="123456789 * 987654321"))
    assert isinstance(answer, ToolAnswered)
    assert (answer.result, answer.found) == ("121932631112635269", True)
    (answer,) = ask(ToolService(), RunTool(job=JOB, tool="calculate", asked="__import__('os').system('x')"))
    assert isinstance(answer, ToolAnswered)
    assert (answer.result, answer.found) == ("no sum", False)


def test_a_document_comes_in_pieces(tmp_path: Path) -> None:
    text = "0123456789" * 60_000
    (tmp_path / "long.txt").write_text(text)
    pieces = ask(ToolService(), ReadDocument(job=JOB, path=str(tmp_path / "long.txt")))
    assert [piece.last for piece in pieces if isinstance(piece, DocumentPiece)] == [False, False, True]
    assert "".join(piece.text for piece in pieces if isinstance(piece, DocumentPiece)) == text


def test_a_pdf_tells_how_far_it_is_and_a_pasted_text_has_no_name(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(["one", None]))
    *progress, piece = ask(ToolService(), ReadDocument(job=JOB, path=str(tmp_path / "a.pdf")))
    assert [(fact.done, fact.total) for fact in progress if isinstance(fact, DocumentProgress)] == [
        (1, 2),
        (2, 2),
    ]
    assert piece == DocumentPiece(job=JOB, name="a.pdf", text="one", last=True, pages=2, pages_without_text=1)
    (pasted,) = ask(ToolService(), ReadDocument(job=JOB, text="a\r\nb"))
    assert pasted == DocumentPiece(job=JOB, name="", text="a\nb", last=True)
    with pytest.raises(InputError, match="no text in it"):
        ask(ToolService(), ReadDocument(job=JOB, text=" \n"))
