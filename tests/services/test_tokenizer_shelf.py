"""Tokenizers of other people's in the text worker: remembered, edited with, forgotten."""

from pathlib import Path

import pytest

from explorer.errors import ExplorerError
from explorer.protocol import (
    ChooseEncoding,
    EditDocument,
    EncodingChosen,
    EncodingsListed,
    Event,
    ForgetTokenizer,
    OpenDocument,
    OpenTokenizer,
    TokenizerOpened,
    TokensPatched,
)
from explorer.services import Job, Wait
from explorer.services.documents import DocumentService
from explorer.services.tokenizer_shelf import TokenizerShelf
from explorer.text.token_array import TokenArray
from tests.text.foreign_kinds import foreign


def file_of(folder: Path, kind: str) -> Path:
    (folder / kind).mkdir()
    foreign(kind).save(str(folder / kind / "tokenizer.json"))
    return folder / kind / "tokenizer.json"


def events(job: Job) -> list[Event]:
    return [event for event in job if event is not None and not isinstance(event, Wait)]


def test_what_was_opened_is_on_the_list_from_then_on_until_it_is_forgotten(tmp_path: Path) -> None:
    file = file_of(tmp_path, "qwen")
    service = DocumentService(str(tmp_path))
    listed, opened = events(service.run(OpenTokenizer(path=str(file))))
    assert isinstance(opened, TokenizerOpened) and opened.encoding == str(file)
    assert isinstance(listed, EncodingsListed)
    assert (str(file), "qwen") in listed.encodings and listed.by_hand == [str(file)]
    assert (str(file), "qwen") in TokenizerShelf(str(tmp_path)).listed(), "and after a restart"
    (listed,) = events(service.run(ForgetTokenizer(encoding=str(file))))
    assert isinstance(listed, EncodingsListed) and listed.by_hand == []
    assert file.exists()


def test_one_that_cannot_be_read_is_not_remembered(tmp_path: Path) -> None:
    file = tmp_path / "tokenizer.json"
    file.write_text("{")
    service = DocumentService(str(tmp_path))
    with pytest.raises(ExplorerError):
        list(service.run(OpenTokenizer(path=str(file))))
    assert service.shelf.by_hand() == []


def test_a_file_that_has_gone_or_changed_is_noticed(tmp_path: Path) -> None:
    file = file_of(tmp_path, "qwen")
    shelf = TokenizerShelf(str(tmp_path))
    shelf.remember(str(file))
    first = shelf.tokenizer(str(file))
    assert shelf.tokenizer(str(file)) is first
    foreign("llama3").save(str(file))
    assert shelf.tokenizer(str(file)) is not first
    file.unlink()
    assert shelf.by_hand() == []


def test_a_list_that_cannot_be_read_counts_as_empty(tmp_path: Path) -> None:
    (tmp_path / "tokenizers.json").write_text("[1")
    shelf = TokenizerShelf(str(tmp_path))
    assert shelf.by_hand() == []
    shelf.remember(str(file_of(tmp_path, "llama3")))
    assert len(shelf.by_hand()) == 1


def test_only_the_last_few_are_kept_in_memory(tmp_path: Path) -> None:
    shelf = TokenizerShelf(str(tmp_path))
    files = [str(file_of(tmp_path, kind)) for kind in ("qwen", "llama3", "smollm", "gemma", "tekken")]
    first = shelf.tokenizer(files[0])
    for file in files:
        shelf.tokenizer(file)
    assert shelf.tokenizer(files[0]) is not first


@pytest.mark.parametrize(("kind", "follows"), [("qwen", True), ("gemma", True), ("llama2", False)])
def test_edits_end_with_the_tokens_of_the_whole_text(tmp_path: Path, kind: str, follows: bool) -> None:
    file = str(file_of(tmp_path, kind))
    service = DocumentService(str(tmp_path), pause_s=0)
    tokens = TokenArray()
    seen: list[Event] = []

    def take(job: Job) -> None:
        for event in events(job):
            seen.append(event)
            if isinstance(event, TokensPatched):
                tokens.splice(event.first, event.removed, event.ids, event.starts, event.shift)

    take(service.run(OpenDocument(name="d", encoding="gpt2")))
    take(service.run(EditDocument(name="d", version=1, start=0, removed=0, inserted="the cat sat")))
    take(service.run(ChooseEncoding(name="d", encoding=file)))
    chosen = next(event for event in seen if isinstance(event, EncodingChosen) and event.encoding == file)
    assert chosen.follows_edits == follows
    take(service.run(EditDocument(name="d", version=2, start=3, removed=0, inserted=" hat 中 on")))
    expected = foreign(kind).encode("the hat 中 on cat sat", add_special_tokens=False).ids
    assert tokens.ids.tolist() == expected
    service.close()


def test_while_the_keys_do_not_rest_the_text_is_not_encoded_again(tmp_path: Path) -> None:
    file = str(file_of(tmp_path, "llama2"))
    service = DocumentService(str(tmp_path), pause_s=1000)
    list(service.run(OpenDocument(name="d", encoding=file)))
    first = service.run(EditDocument(name="d", version=1, start=0, removed=0, inserted="a"))
    assert isinstance(next(first), Wait)
    second = service.run(EditDocument(name="d", version=2, start=1, removed=0, inserted="b"))
    assert isinstance(next(second), Wait)
    assert list(first) == [], "the second one has taken over"
    service.close()
