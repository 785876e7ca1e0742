"""A person's own conversations: the ways to write them, and what is none."""

import json
from pathlib import Path
from typing import Any

import pytest

from explorer.core.data.conversations import (
    BUILT_IN_CHATS,
    conversation_of,
    find_conversations,
    read_conversations,
)
from explorer.core.data.files.report import Report
from explorer.errors import InputError
from explorer.text.templates import ChatMessage

ASKED = [ChatMessage("user", "Hi 😀"), ChatMessage("assistant", "Hello.")]


@pytest.mark.parametrize(
    "line",
    [
        {"messages": [{"role": "user", "content": "Hi 😀"}, {"role": "assistant", "content": "Hello."}]},
        {"id": 7, "conversations": [{"from": "human", "value": "Hi 😀"}, {"from": "gpt", "value": "Hello."}]},
        {"instruction": "Hi 😀", "input": "", "output": "Hello."},
        {"prompt": "Hi 😀", "response": "Hello."},
        {"question": "Hi 😀", "answer": "Hello.", "messages": None},
    ],
)
def test_these_ways_say_the_same(line: dict[str, Any]) -> None:
    assert conversation_of(json.dumps(line)) == ASKED


def test_what_alpaca_says_besides() -> None:
    found = conversation_of('{"instruction": "Add.", "input": "1 2", "output": "3", "system": "Be brief."}')
    assert found == [
        ChatMessage("system", "Be brief."),
        ChatMessage("user", "Add.\n\n1 2"),
        ChatMessage("assistant", "3"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "rubbish",
        "[]",
        "{}",
        "null",
        "[" * 100_000,
        '{"messages": []}',
        '{"messages": [{"role": "ghost", "content": "x"}]}',
        '{"messages": [{"role": "user"}]}',
        '{"messages": "hello"}',
        '{"messages": [{"role": "user", "content": 5}]}',
        '{"instruction": "x"}',
    ],
)
def test_what_is_no_conversation(line: str) -> None:
    assert conversation_of(line) is None


def test_files_and_folders(tmp_path: Path) -> None:
    good = json.dumps({"instruction": "Hi 😀", "output": "Hello."})
    (tmp_path / "a.jsonl").write_text(f"{good}\n\nrubbish\n{good}", encoding="utf-8")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.jsonl").write_text(good + "\r\n", encoding="utf-8")
    found = find_conversations(str(tmp_path / "a.jsonl"))
    assert found.label == "a.jsonl"
    report = Report()
    assert list(read_conversations(found, 1, 1, report=report)) == [ASKED, None, ASKED]
    assert (report.skipped, report.examples) == (1, ["a.jsonl, line 3: no conversation"])
    assert list(read_conversations(find_conversations(str(tmp_path)), 1, 1)) == [ASKED, None, ASKED, ASKED]
    (tmp_path / "deep" / "b.jsonl").unlink()
    with pytest.raises(InputError, match="holds no"):
        find_conversations(str(tmp_path / "deep"))
    with pytest.raises(InputError, match="There is no file"):
        find_conversations(str(tmp_path / "gone.jsonl"))


def test_the_built_in_ones_are_drawn_by_a_seed() -> None:
    found = find_conversations(BUILT_IN_CHATS)
    ten = list(read_conversations(found, 1, 10))
    assert len(ten) == 10 and all(chat and chat[-1].role == "assistant" for chat in ten)
    assert ten == list(read_conversations(found, 1, 10)) != list(read_conversations(found, 2, 10))
