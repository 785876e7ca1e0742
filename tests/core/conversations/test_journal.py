"""A conversation's file: what was kept is there after any kill."""

import os
from pathlib import Path

import pytest

from explorer.core.conversations.journal import FOLD_ENTRIES, Journal
from explorer.errors import DamagedFileError, InputError
from explorer.protocol import ConversationEntry, ConversationRenamed
from explorer.text.conversations import Conversation


def haiku() -> tuple[Conversation, list[ConversationEntry]]:
    conversation = Conversation(1.0)
    asked = conversation.say("user", "A haiku, please.")
    conversation.say("assistant", "An old silent pond", ids=(1, 2, 3), model="tiny")
    conversation.edit(asked.id, "A haiku about a frog, please.")
    return conversation, conversation.take_entries()


def test_what_was_kept_is_read_again(tmp_path: Path) -> None:
    conversation, entries = haiku()
    path = tmp_path / "new" / "a.jsonl"
    journal = Journal.begin(path, entries[:2])
    journal.keep(2, entries[2:])
    again = Journal(path)
    assert again.entries == entries and again.conversation.whole() == conversation.whole()
    assert journal.conversation.whole() == conversation.whole() and not again.damaged


def test_a_kill_at_any_byte_loses_only_what_was_being_written(tmp_path: Path) -> None:
    conversation, entries = haiku()
    path = tmp_path / "a.jsonl"
    content = Journal.begin(path, entries).path.read_bytes()
    ends = [at + 1 for at, byte in enumerate(content) if byte == ord("\n")]
    for cut in range(ends[0], len(content)):
        path.write_bytes(content[:cut])
        journal = Journal(path)
        whole = sum(end <= cut for end in ends)
        assert journal.entries == entries[:whole] and not journal.damaged
        journal.keep(0, entries)  # sent again from the beginning: nothing comes twice
        assert path.read_bytes() == content
    assert Journal(path).conversation.whole() == conversation.whole()


def test_entries_that_do_not_follow_are_refused(tmp_path: Path) -> None:
    _, entries = haiku()
    for wrong in ([], entries[1:], [entries[0], entries[2]]):
        with pytest.raises(InputError, match="could not be kept"):
            Journal.begin(tmp_path / "wrong.jsonl", wrong)
    assert not list(tmp_path.iterdir())
    journal = Journal.begin(tmp_path / "a.jsonl", entries[:1])
    for first, wrong in ((2, entries[2:]), (1, entries[2:3]), (1, entries[:1])):
        with pytest.raises(InputError, match="could not be kept"):
            Journal(journal.path).keep(first, wrong)
    assert Journal(journal.path).entries == entries[:1]


def test_two_windows_do_not_write_over_each_other(tmp_path: Path) -> None:
    _, entries = haiku()
    here = Journal.begin(tmp_path / "a.jsonl", entries[:2])
    there = Journal(here.path)
    there.keep(2, entries[2:3])
    with pytest.raises(InputError, match="another window"):
        here.keep(2, [ConversationRenamed(title="mine")])
    assert Journal(here.path).entries == entries[:3]


def test_a_damaged_line_costs_what_follows_it_and_the_file_is_kept(tmp_path: Path) -> None:
    _, entries = haiku()
    path = Journal.begin(tmp_path / "a.jsonl", entries).path
    lines = path.read_bytes().split(b"\n")
    spoilt = b"\n".join([*lines[:2], b'{"type":"sa\xff', *lines[3:]])
    path.write_bytes(spoilt)
    journal = Journal(path)
    assert journal.damaged and journal.entries == entries[:2]
    journal.fold()
    assert path.with_suffix(".damaged").read_bytes() == spoilt
    assert not Journal(path).damaged
    path.write_bytes(b"\n".join(lines[1:]))
    with pytest.raises(DamagedFileError, match="damaged"):
        Journal(path)


def test_a_long_journal_is_folded_without_another_date(tmp_path: Path) -> None:
    conversation = Conversation(1.0)
    for number in range(FOLD_ENTRIES):
        conversation.rename(f"title {number}")
    asked = conversation.say("user", "still here?")
    conversation.delete(asked.id)
    path = Journal.begin(tmp_path / "a.jsonl", conversation.take_entries()).path
    os.utime(path, (1_000_000, 1_000_000))
    journal = Journal(path)
    journal.fold()
    assert journal.entries == Journal(path).entries == [conversation.whole()]
    assert path.stat().st_mtime == 1_000_000
    assert journal.conversation.say("user", "new").id != asked.id
