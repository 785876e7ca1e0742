from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.protocol.conversations import ConversationBegun, ConversationEntry, TurnSaid
from explorer.text.conversations import Conversation, message_of

_Act = Callable[[Conversation, Any], object]


def _any_turn(conversation: Conversation, draw: Any) -> int | None:
    turns = [turn.id for turn in conversation.turns()]
    return draw(st.sampled_from(turns)) if turns else None


def _say(conversation: Conversation, draw: Any) -> None:
    after = draw(st.sampled_from([None, 0, *(turn.id for turn in conversation.turns())]))
    ids = tuple(draw(st.lists(st.integers(0, 9), max_size=3)))
    conversation.say(draw(st.sampled_from(["user", "assistant"])), draw(_text), after=after, ids=ids)


def _on_a_turn(act: Callable[[Conversation, int, Any], object]) -> _Act:
    def acted(conversation: Conversation, draw: Any) -> None:
        turn = _any_turn(conversation, draw)
        if turn is not None:
            act(conversation, turn, draw)

    return acted


_text = st.text(max_size=5)
_CHANGES: list[_Act] = [
    _say,
    _on_a_turn(lambda conversation, turn, draw: conversation.edit(turn, draw(_text))),
    _on_a_turn(lambda conversation, turn, draw: conversation.delete(turn)),
    _on_a_turn(lambda conversation, turn, draw: conversation.choose(turn)),
    lambda conversation, draw: conversation.rename(draw(_text)),
]
_GROW = _on_a_turn(
    lambda conversation, turn, draw: conversation.grow(
        turn, draw(_text), tuple(draw(st.lists(st.integers(0, 9), max_size=3))), draw(st.booleans())
    )
)
_ACTS = [
    *_CHANGES,
    _GROW,
    lambda conversation, draw: conversation.undo(),
    lambda conversation, draw: conversation.redo(),
]


def _lived(data: st.DataObject) -> Conversation:
    conversation = Conversation(1.5, "a title")
    for act in data.draw(st.lists(st.sampled_from(_ACTS), max_size=15)):
        act(conversation, data.draw)
    return conversation


@given(st.data())
def test_a_path_is_a_chain_from_the_beginning_to_the_tip(data: st.DataObject) -> None:
    conversation = _lived(data)
    path = conversation.path()
    assert [turn.parent for turn in path] == [0, *(turn.id for turn in path)][:-1] if path else True
    assert (path[-1].id if path else 0) == conversation.tip
    for turn in conversation.turns():
        assert turn in conversation.siblings(turn.id)
        assert conversation.path_to(turn.id)[-1] == turn


@given(st.data())
def test_the_journal_played_again_is_the_same_conversation(data: st.DataObject) -> None:
    conversation = _lived(data)
    lines = [msgspec.json.encode(entry) for entry in conversation.take_entries()]
    decoder = msgspec.json.Decoder(ConversationEntry)
    again = Conversation.replayed(decoder.decode(line) for line in lines)
    assert again.whole() == conversation.whole()
    assert again.undo() == conversation.undo()
    assert again.whole() == conversation.whole()
    assert Conversation.replayed([conversation.whole()]).whole() == conversation.whole()


@given(st.data())
def test_undo_restores_what_was_there_and_redo_what_came(data: st.DataObject) -> None:
    conversation = Conversation(1.5)
    conversation.take_entries()
    seen = [conversation.whole()]
    for act in data.draw(st.lists(st.sampled_from(_CHANGES), max_size=12)):
        act(conversation, data.draw)
        if conversation.take_entries():
            seen.append(conversation.whole())
    for former in reversed(seen[:-1]):
        assert conversation.undo() is not None
        assert _tree(conversation.whole()) == _tree(former)
    assert conversation.undo() is None
    for later in seen[1:]:
        assert conversation.redo() is not None
        assert _tree(conversation.whole()) == _tree(later)
    assert conversation.redo() is None


def _tree(whole: ConversationBegun) -> ConversationBegun:
    """Numbers that were given out are not given back by an undo."""
    return msgspec.structs.replace(whole, next_id=0)


def test_edit_begins_a_branch_and_the_later_turns_stay_on_the_old_one() -> None:
    conversation = Conversation(0.0)
    asked = conversation.say("user", "2 + 2?", document="sums", document_name="sums.txt")
    answered = conversation.say("assistant", "4", ids=(7, 8), model="tiny 1a2b")
    edited = conversation.edit(asked.id, "2 + 3?")
    assert conversation.path() == [edited]
    assert (edited.document, edited.ids) == ("sums", ())
    assert conversation.siblings(asked.id) == [asked, edited]
    conversation.choose(asked.id)
    assert conversation.path() == [asked, answered]


def test_an_answer_given_again_is_a_sibling_of_the_first() -> None:
    conversation = Conversation(0.0)
    asked = conversation.say("user", "a haiku?")
    first = conversation.say("assistant", "one")
    second = conversation.say("assistant", "two", after=asked.id)
    assert conversation.siblings(first.id) == [first, second]
    assert conversation.path() == [asked, second]


def test_what_followed_a_deleted_turn_follows_its_parent_until_undo() -> None:
    conversation = Conversation(0.0)
    for role, content in (("system", "s"), ("user", "u"), ("assistant", "a"), ("user", "v")):
        conversation.say(role, content)
    conversation.delete(2)
    assert [turn.content for turn in conversation.path()] == ["s", "a", "v"]
    conversation.undo()
    assert [turn.content for turn in conversation.path()] == ["s", "u", "a", "v"]
    with pytest.raises(KeyError):
        conversation.delete(9)


def test_a_growing_answer_keeps_only_what_is_new_and_outlives_the_undo_of_something_else() -> None:
    conversation = Conversation(0.0)
    answer = conversation.say("assistant", "", finished=False)
    conversation.grow(answer.id, "An old p", (1, 2, 3), finished=False)
    conversation.rename("frog")
    conversation.take_entries()
    conversation.grow(answer.id, "An old pond", (1, 2, 4), finished=True)
    (entry,) = conversation.take_entries()
    assert b"An old" not in msgspec.json.encode(entry)
    conversation.undo()
    assert conversation.title == ""
    turn = conversation.turn(answer.id)
    assert (turn.content, turn.ids, turn.finished) == ("An old pond", (1, 2, 4), True)


def test_lone_surrogates_can_be_kept() -> None:
    conversation = Conversation(0.0)
    conversation.say("user", "a\ud800b \ud83d\ude00")
    msgspec.json.encode(conversation.take_entries())
    assert conversation.path()[0].content == "a\ufffdb 😀"


def test_entries_that_do_not_follow_are_refused() -> None:
    conversation = Conversation(0.0)
    turn = conversation.say("user", "x")
    begun, said = conversation.take_entries()
    for entries in ([], [said], [begun, said, said], [begun, TurnSaid(turn=turn), said]):
        with pytest.raises(ValueError):
            Conversation.replayed(entries)


def test_first_words_are_a_short_line_of_what_was_asked() -> None:
    conversation = Conversation(0.0)
    conversation.say("system", "Be kind.")
    assert conversation.first_words() == ""
    conversation.say("user", "What\nis " + "very " * 40 + "long?")
    assert conversation.first_words().startswith("What is very very")
    assert len(conversation.first_words()) <= 60


def test_a_document_stands_in_front_of_the_question() -> None:
    turn = Conversation(0.0).say("user", "How old?", document="The oak is 300.", document_name="oak.txt")
    assert message_of(turn).content == "The oak is 300.\n\nHow old?"


def test_what_was_undone_cannot_be_redone_after_something_else() -> None:
    conversation = Conversation(0.0)
    conversation.say("user", "first")
    assert conversation.undo() is not None
    conversation.say("user", "second")
    assert conversation.redo() is None
    assert [turn.content for turn in conversation.turns()] == ["second"]
