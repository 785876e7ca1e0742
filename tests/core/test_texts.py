"""A person's own files, and all that they may be instead."""

import os
from pathlib import Path

import pytest

from explorer.core.data.texts import TextSource, beginning, characters_of, documents, find_text, size_bytes
from explorer.errors import InputError
from explorer.protocol import BUILT_IN_TEXT


def found(text: str | Path) -> TextSource:
    looking = find_text(str(text))
    while True:
        try:
            next(looking)
        except StopIteration as end:
            return end.value


def whole(source: TextSource) -> list[str]:
    return ["".join(document) for document in documents(source)]


def test_the_text_on_every_machine() -> None:
    source = found(BUILT_IN_TEXT)
    text = "".join(whole(source))
    assert source.label == "Python manual" and size_bytes(source) == len(text) > 300_000


def test_a_file(tmp_path: Path) -> None:
    (tmp_path / "my text.txt").write_text("Grüße, 中文", encoding="utf-8")
    source = found(tmp_path / "my text.txt")
    assert source.label == "my text.txt" and whole(source) == ["Grüße, 中文"]


def test_a_folder_with_other_things_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    (folder / "deep").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    (folder / "b.txt").write_text("second")
    (folder / "a.md").write_text("first")
    (folder / "deep" / "c").write_text("third")
    (folder / "empty.txt").write_text("")
    (folder / "picture.png").write_text("text by its bytes, not by its name")
    (folder / "data").write_bytes(b"\0\1\2")
    (folder / "latin.txt").write_bytes("Grüße".encode("latin-1"))
    (folder / "torn.txt").write_bytes(b"x" * 2_000_000 + b"\xff")  # found out in its last block
    (folder / ".hidden" / "d.txt").write_text("not for others")
    (folder / "nowhere").symlink_to(tmp_path / "gone")
    source = found(folder)
    assert whole(source) == ["first", "second", "third", ""]
    assert source.skipped == 4 and source.label == "notes/"


def test_the_folder_that_one_is_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("here")
    monkeypatch.chdir(tmp_path)
    source = found(".")
    assert source.label == f"{tmp_path.name}/" and whole(source) == ["here"]
    monkeypatch.setenv("HOME", str(tmp_path))
    assert whole(found("~/a.txt")) == ["here"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("gone.txt", "There is no file"),
        ("gone/there.txt", "There is no file"),
        ("zero\0name", "could not be read|no file"),
        ("n" * 300, "could not be read"),
        ("circle", "could not be read"),
        ("binary", "not a text but binary data"),
        ("latin", "not encoded in UTF-8"),
        ("utf16", "not encoded in UTF-8"),
        ("nothing", "holds no files with text"),
        ("pictures", "holds no files with text"),
        ("pipe", "not a file that can be read"),
        ("~nobody-of-this-name/x", "There is no file"),
        ("", "No text was chosen"),
    ],
)
def test_what_is_no_text_is_refused_in_words(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "binary").write_bytes(b"ab\0cd")
    (tmp_path / "latin").write_bytes("Grüße".encode("latin-1"))
    (tmp_path / "utf16").write_bytes("text".encode("utf-16"))
    (tmp_path / "nothing").mkdir()
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.png").write_bytes(b"\x89PNG")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match=words):
        found(name if name.startswith("~") or not name else tmp_path / name)


def test_the_beginning_is_no_longer_than_asked(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / name).write_text(name * 10)
    source = found(tmp_path)
    assert beginning(source, 15) == "a" * 10 + "b" * 5
    assert beginning(source, 1000) == "a" * 10 + "b" * 10 + "c" * 10


def test_all_characters_are_found(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("banana" * 300_000 + "中", encoding="utf-8")
    (tmp_path / "b").write_text("😀", encoding="utf-8")
    looking = characters_of(found(tmp_path))
    with pytest.raises(StopIteration) as end:
        while True:
            next(looking)
    assert end.value.value == "abn中😀"


def test_practice_is_the_same_world_with_more_problems() -> None:
    practice, world = found("practice:500k"), found("world:500k")
    assert practice.label == "World, for practice (500,000 characters)"
    shares = [sum(" = " in text for text in map("".join, documents(source))) for source in (practice, world)]
    assert shares[0] > 1.2 * shares[1]
    with pytest.raises(InputError, match="There is no file"):
        found("practise:120k")


def test_a_world_of_any_size_is_a_text() -> None:
    source = found("world:120k")
    assert source.label == "World (120,000 characters)" and size_bytes(source) == 120_000
    told = sum(len(block) for document in documents(source) for block in document)
    assert 110_000 < told < 150_000
    with pytest.raises(InputError, match="cannot be told"):
        found("world:5")
