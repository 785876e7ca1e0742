"""Conversations as the window keeps them: by messages, over kills of the engine."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.errors import InputError
from explorer.protocol import (
    BinConversation,
    Command,
    ConversationEntry,
    ConversationExported,
    ConversationOpened,
    ConversationsImported,
    ConversationsListed,
    EmptyConversationBin,
    EntriesKept,
    Event,
    ExportConversation,
    Failed,
    ImportConversations,
    KeepEntries,
    ListConversations,
    OpenConversation,
    Ready,
    RestoreConversation,
    SearchConversations,
    decode_event,
    encode,
)
from explorer.services.conversations import MOST_IMPORTED, ConversationService
from explorer.text.conversations import Conversation

JOB = "context"


def ask(service: ConversationService, command: Command) -> list[Event]:
    events = [event for event in service.run(command) if event is not None]
    assert all(event.job == command.job for event in events)  # type: ignore[union-attr]
    return events  # type: ignore[return-value]


def listed(service: ConversationService, command: Command | None = None) -> ConversationsListed:
    answer = ask(service, command or ListConversations(job=JOB))[-1]
    assert isinstance(answer, ConversationsListed)
    return answer


def kept(service: ConversationService, name: str, first: int, entries: list[ConversationEntry]) -> int:
    (answer,) = ask(service, KeepEntries(job=JOB, conversation=name, first=first, entries=entries))
    assert isinstance(answer, EntriesKept)
    return answer.entries


def have(service: ConversationService, name: str, *said: str, title: str = "") -> Conversation:
    conversation = Conversation(1.0, title)
    for number, content in enumerate(said):
        conversation.say("assistant" if number % 2 else "user", content)
    kept(service, name, 0, conversation.take_entries())
    return conversation


@pytest.fixture
def service(tmp_path: Path) -> ConversationService:
    return ConversationService(str(tmp_path))


def test_what_was_acknowledged_is_there_after_a_kill_and_nothing_comes_twice(tmp_path: Path) -> None:
    conversation = have(ConversationService(str(tmp_path)), "frog", "A haiku?")
    answer = conversation.say("assistant", "", finished=False)
    conversation.grow(answer.id, "An old pond", (1, 2), finished=True)
    unsure = conversation.take_entries()
    assert kept(ConversationService(str(tmp_path)), "frog", 2, unsure) == 4
    assert kept(ConversationService(str(tmp_path)), "frog", 2, unsure) == 4  # its answer had not come
    (opened,) = ask(ConversationService(str(tmp_path)), OpenConversation(job=JOB, conversation="frog"))
    assert isinstance(opened, ConversationOpened) and opened.last
    assert Conversation.replayed(opened.entries).whole() == conversation.whole()


def test_a_long_conversation_opens_in_pieces(service: ConversationService) -> None:
    conversation = have(service, "long", *(letter * 300_000 for letter in "abc"))
    opened = ask(service, OpenConversation(job=JOB, conversation="long"))
    assert len(opened) == 3
    entries = [entry for event in opened if isinstance(event, ConversationOpened) for entry in event.entries]
    assert Conversation.replayed(entries).whole() == conversation.whole()


def test_the_list_has_the_newest_first_and_words_for_each(tmp_path: Path) -> None:
    service = ConversationService(str(tmp_path))
    have(service, "one", "What is\na frog?", "A frog.")
    have(service, "two", "x", title="Ponds")
    os.utime(tmp_path / "conversations" / "one.jsonl", (1, 1))
    (tmp_path / "conversations" / "three.jsonl").write_text("{}\n")
    os.utime(tmp_path / "conversations" / "three.jsonl", (0, 0))
    rows = listed(service).rows
    assert [(row.conversation, row.turns, row.damaged) for row in rows] == [
        ("two", 1, False),
        ("one", 2, False),
        ("three", 0, True),
    ]
    assert (rows[0].title, rows[1].first_words) == ("Ponds", "What is a frog?")


def test_search_finds_all_words_on_every_branch_with_an_excerpt(service: ConversationService) -> None:
    conversation = have(service, "oak", "Tell me of oaks.", "An OAK may stand for nine hundred years.")
    conversation.edit(1, "Tell me of elms.")
    kept(service, "oak", 3, conversation.take_entries())
    have(service, "elm", "oak")
    found = listed(service, SearchConversations(job=JOB, words=" nine oak"))
    assert found.words == " nine oak"
    assert [(row.conversation, "nine hundred" in row.excerpt) for row in found.rows] == [("oak", True)]
    assert not listed(service, SearchConversations(job=JOB, words="birch")).rows


def test_bin_restore_and_empty(service: ConversationService, tmp_path: Path) -> None:
    have(service, "frog", "x")
    binned = listed(service, BinConversation(job=JOB, conversation="frog"))
    assert ([*binned.rows], [row.conversation for row in binned.binned]) == ([], ["frog"])
    with pytest.raises(InputError, match="not there any more"):
        ask(service, OpenConversation(job=JOB, conversation="frog"))
    back = listed(service, RestoreConversation(job=JOB, conversation="frog"))
    assert [row.conversation for row in back.rows] == ["frog"] and not back.binned
    listed(service, BinConversation(job=JOB, conversation="frog"))
    assert not listed(service, EmptyConversationBin(job=JOB)).binned
    assert not list(tmp_path.rglob("frog*"))


@pytest.mark.parametrize("name", ["", "../frog", "a/b", "A", "x" * 65])
def test_a_name_cannot_lead_out_of_the_folder(service: ConversationService, name: str) -> None:
    with pytest.raises(InputError, match="no conversation's name"):
        ask(service, OpenConversation(job=JOB, conversation=name))


def test_a_damaged_conversation_opens_as_far_as_it_goes_and_says_so(tmp_path: Path) -> None:
    service = ConversationService(str(tmp_path))
    have(service, "frog", "x", "y")
    path = tmp_path / "conversations" / "frog.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"y"', b'"y'))
    opened, problem = ask(service, OpenConversation(job=JOB, conversation="frog"))
    assert isinstance(opened, ConversationOpened) and len(opened.entries) == 2
    assert isinstance(problem, Failed) and "damaged" in problem.template
    assert kept(service, "frog", 2, []) == 2


def test_export_and_import(service: ConversationService, tmp_path: Path) -> None:
    conversation = have(service, "frog", "x", "y")
    path = tmp_path / "frog.json"
    command = ExportConversation(
        job=JOB, conversation="frog", path=str(path), form="ids_json", ids=[1, 2], model="tiny"
    )
    assert ask(service, command) == [ConversationExported(job=JOB, path=str(path))]
    imported, after = ask(service, ImportConversations(job=JOB, path=str(path)))
    assert isinstance(imported, ConversationsImported) and isinstance(after, ConversationsListed)
    (new,) = imported.conversations
    (opened,) = ask(service, OpenConversation(job=JOB, conversation=new))
    assert isinstance(opened, ConversationOpened)
    assert Conversation.replayed(opened.entries).whole() == conversation.whole()
    assert len(after.rows) == 2


def test_an_import_counts_what_it_leaves_out(service: ConversationService, tmp_path: Path) -> None:
    good = '{"prompt": "a", "response": "b"}\n'
    path = tmp_path / "many.jsonl"
    path.write_text(good + "bad\n" + good + "\n" + "worse\n")
    (imported, _) = ask(service, ImportConversations(job=JOB, path=str(path)))
    assert isinstance(imported, ConversationsImported)
    assert (len(imported.conversations), imported.skipped, imported.first_skipped, imported.more) == (
        2,
        2,
        [2, 4],
        False,
    )


def test_an_import_has_an_end(
    service: ConversationService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_IMPORTED >= 100
    monkeypatch.setattr("explorer.services.conversations.MOST_IMPORTED", 2)
    path = tmp_path / "many.jsonl"
    path.write_text('{"prompt": "a", "response": "b"}\n' * 3)
    (imported, _) = ask(service, ImportConversations(job=JOB, path=str(path)))
    assert isinstance(imported, ConversationsImported)
    assert len(imported.conversations) == 2 and imported.more


def test_a_killed_engine_has_on_disk_what_it_acknowledged(tmp_path: Path) -> None:
    conversation = Conversation(1.0)
    with subprocess.Popen(
        [sys.executable, "-m", "explorer", "worker", "text", str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as engine:
        assert engine.stdin is not None and engine.stdout is not None
        assert isinstance(decode_event(engine.stdout.readline()), Ready)
        acknowledged = 0
        while acknowledged < 50:
            conversation.say("user", "x" * 500)
            entries = conversation.take_entries()
            command = KeepEntries(conversation="frog", first=acknowledged, entries=entries)
            engine.stdin.write(encode(command))
            engine.stdin.flush()
            event = decode_event(engine.stdout.readline())
            assert isinstance(event, EntriesKept)
            acknowledged = event.entries
        engine.kill()
    (opened,) = ask(ConversationService(str(tmp_path)), OpenConversation(job=JOB, conversation="frog"))
    assert isinstance(opened, ConversationOpened)
    assert Conversation.replayed(opened.entries).whole() == conversation.whole()
