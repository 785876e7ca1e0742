"""A person's documents as text, and what is said of those that are none."""

import zlib
from pathlib import Path

import pytest

from explorer.errors import InputError
from explorer.text import reading
from explorer.text.reading import PagesRead, ReadText, document_text
from explorer.text.templates import finished
from tests.text.pdf_files import pdf, pdf_of_streams, protected


def read(path: Path, content: bytes) -> ReadText:
    path.write_bytes(content)
    return finished(document_text(path))  # type: ignore[arg-type]


def test_a_text_comes_with_plain_line_ends(tmp_path: Path) -> None:
    text = "\ufeff# Frogs\r\nare green\r青蛙 🐸 \u202bשלום\u202c\n"
    found = read(tmp_path / "a.md", text.encode())
    assert found == ReadText("# Frogs\nare green\n青蛙 🐸 \u202bשלום\u202c\n")


def test_a_pdf_is_read_page_by_page_and_pictures_are_counted(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(pdf(["The oak is (very) old.\nIt is 300.", None, "The elm is not."]))
    steps = document_text(tmp_path / "a.bin")
    facts: list[PagesRead] = []
    while True:
        try:
            fact = next(steps)
        except StopIteration as end:
            found = end.value
            break
        if fact is not None:
            facts.append(fact)
    assert found == ReadText("The oak is (very) old.\nIt is 300.\n\nThe elm is not.", 3, 1)
    assert facts == [PagesRead(1, 3), PagesRead(2, 3), PagesRead(3, 3)]


def test_a_pdf_that_is_protected_against_copying_only_is_read(tmp_path: Path) -> None:
    assert read(tmp_path / "a.pdf", protected(pdf(["open"]), "")).text == "open"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (protected(pdf(["secret"]), "password"), "is protected"),
        (pdf([None, None]), "only pictures of pages"),
        (pdf([]), "only pictures of pages"),
        (pdf(["x"])[:-300].replace(b"%PDF", b"%XXX"), "cannot be read as a PDF"),
        (b"%PDF-1.4\nnothing more", "cannot be read as a PDF"),
        (b"", "cannot be read as a PDF"),
    ],
)
def test_what_is_no_readable_pdf_is_said(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read(tmp_path / "a.pdf", content)


def test_a_page_that_unpacks_to_gigabytes_is_refused(tmp_path: Path) -> None:
    bomb = zlib.compress(zlib.compress(bytes(120_000_000), 9), 9)
    with pytest.raises(InputError, match=r"cannot be read|too long|only pictures"):
        read(tmp_path / "a.pdf", pdf_of_streams([bomb], "[/FlateDecode /FlateDecode /FlateDecode]"))


def test_a_page_that_never_ends_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_PAGE_LIMIT_S", 0.3)
    endless = b"BT /F1 12 Tf " + b"1 0 0 1 0 0 Tm (x) Tj " * 500_000 + b"ET"
    with pytest.raises(InputError, match="too long"):
        read(tmp_path / "a.pdf", pdf_of_streams([endless]))


def test_reading_can_be_cancelled(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(["x"] * 5))
    steps = document_text(tmp_path / "a.pdf")
    next(steps)
    steps.close()  # and the process is gone: see conftest


def test_what_is_too_large_is_said_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_CHARACTERS", 100)
    monkeypatch.setattr(reading, "PDF_LIMIT_BYTES", 100)
    with pytest.raises(InputError, match="no conversation can hold more than 100"):
        read(tmp_path / "a.txt", b"x" * 101)
    with pytest.raises(InputError, match="at most 0 MB"):
        read(tmp_path / "a.pdf", pdf(["x"]))
    monkeypatch.setattr(reading, "PDF_LIMIT_BYTES", 10_000)
    with pytest.raises(InputError, match="no conversation can hold more than 100"):
        read(tmp_path / "b.pdf", pdf(["x" * 90] * 3))


def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        finished(document_text(tmp_path))  # type: ignore[arg-type]
    with pytest.raises(InputError, match="There is no file"):
        finished(document_text(tmp_path / "no.pdf"))  # type: ignore[arg-type]
    with pytest.raises(InputError, match="binary"):
        read(tmp_path / "a.txt", b"a\0b")
