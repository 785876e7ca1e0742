"""Conversations to files and back, and out of other people's files."""

import json
from pathlib import Path

import msgspec
import pytest

from explorer.core.conversations.exporting import Stream, export, export_with_stream
from explorer.core.conversations.importing import read_file
from explorer.errors import InputError
from explorer.text.conversations import Conversation


def conversation() -> Conversation:
    made = Conversation(1.0, "Frogs & ponds")
    made.say("system", "Be brief.")
    asked = made.say("user", "## user\n\nis a heading: 青蛙 🐸")
    made.say("assistant", "first", ids=(4, 5), model="tiny")
    made.say("assistant", "\n<|search_start|>frog", after=asked.id, ids=(7, 8, 9), model="tiny")
    made.say("tool", "A frog is green.")
    return made


def said(found: Conversation) -> list[tuple[str, str]]:
    return [(turn.role, turn.content) for turn in found.path()]


def read(path: Path) -> list[Conversation | None]:
    return list(read_file(path, 2.0))


def only(path: Path) -> Conversation:
    (found,) = read(path)
    assert found is not None
    return found


def test_messages_come_back_a_line_each(tmp_path: Path) -> None:
    path = tmp_path / "both.jsonl"
    export([conversation(), conversation()], path, "messages_jsonl")
    first, second = read(path)
    assert first is not None and second is not None
    assert said(first) == said(second) == said(conversation())
    record = json.loads(path.read_text().splitlines()[0])
    assert record["messages"][0] == {"role": "system", "content": "Be brief."}


def test_markdown_comes_back_with_headings_that_are_none(tmp_path: Path) -> None:
    path = tmp_path / "frogs.md"
    export([conversation()], path, "markdown")
    assert path.read_text().startswith("# Frogs & ponds\n")
    found = only(path)
    assert found.title == "Frogs & ponds"
    assert said(found) == [(role, content.strip("\n")) for role, content in said(conversation())]


def test_a_document_is_fenced_in_markdown_and_in_front_in_messages(tmp_path: Path) -> None:
    made = Conversation(1.0)
    made.say("user", "How old?", document="```\nold\n```", document_name="oak.txt")
    export([made], tmp_path / "a.md", "markdown")
    assert "oak.txt\n\n````\n```\nold\n```\n````\n\nHow old?" in (tmp_path / "a.md").read_text()
    export([made], tmp_path / "a.jsonl", "messages_jsonl")
    assert said(only(tmp_path / "a.jsonl")) == [("user", "```\nold\n```\n\nHow old?")]


def test_ids_json_is_the_whole_conversation(tmp_path: Path) -> None:
    path = tmp_path / "all.json"
    export([conversation()], path, "ids_json")
    assert only(path).whole() == conversation().whole()
    export_with_stream(conversation(), Stream("tiny", [1, 2, 3]), path)
    record = json.loads(path.read_text())
    assert record["stream"] == {"model": "tiny", "ids": [1, 2, 3]}
    path.write_text(json.dumps(record, indent=2))
    assert only(path).whole() == conversation().whole()


@pytest.mark.parametrize("as_list", [False, True])
def test_other_peoples_shapes_open_as_lines_and_as_a_list(tmp_path: Path, as_list: bool) -> None:
    records: list[object] = [
        {"conversations": [{"from": "human", "value": "hi"}, {"from": "gpt", "value": "hello"}]},
        {"instruction": "Add.", "input": "1 2", "output": "3"},
        {"messages": "none"},
        ["no", "conversation"],
        {"messages": [{"role": "user", "content": "x"}]},
    ]
    path = tmp_path / "theirs.json"
    lines = "\n\n".join(json.dumps(record) for record in records) + "\n{half"
    path.write_text(json.dumps(records, indent=1) if as_list else lines)
    found = read(path)
    assert [each is None for each in found] == [False, False, True, True, False, *([] if as_list else [True])]
    assert [said(each) for each in found[:2] if each is not None] == [
        [("user", "hi"), ("assistant", "hello")],
        [("user", "Add.\n\n1 2"), ("assistant", "3")],
    ]


def test_what_cannot_be_read_or_written_is_said(tmp_path: Path) -> None:
    for name, content in (("a.json", b"[{]"), ("a.md", b"no turns"), ("b.jsonl", b"\0"), ("c.json", b"\xff")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError):
            read(tmp_path / name)
    with pytest.raises(InputError, match="There is no file"):
        read(tmp_path / "nowhere.jsonl")
    with pytest.raises(InputError, match="cannot be written"):
        export([conversation()], tmp_path / "no" / "a.md", "markdown")


def test_a_forged_export_is_no_conversation(tmp_path: Path) -> None:
    whole = msgspec.to_builtins(conversation().whole())
    whole["turns"][1]["parent"] = 99
    (tmp_path / "forged.json").write_text(json.dumps({"conversation": whole}))
    assert read(tmp_path / "forged.json") == [None]
