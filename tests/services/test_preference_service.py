"""A person chooses between two answers: pair after pair, each choice on disk at once."""

from pathlib import Path
from typing import Literal

import pytest

from explorer.core.training.reinforcement import preferences
from explorer.core.training.reinforcement.preferences import read_preferences
from explorer.errors import InputError, StorageError
from explorer.protocol import (
    AskPreferences,
    Command,
    FindPreferences,
    GivePreference,
    PreferenceAsked,
    PreferencesFound,
    UndoPreference,
)
from explorer.services.preferences import PreferenceService
from explorer.text.templates import ChatMessage
from tests.core.small import save_small_model
from tests.core.training.reinforcement.small_policy import save_chatting_model


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_chatting_model(tmp_path_factory.mktemp("model") / "chat")


def asked(service: PreferenceService, command: Command) -> PreferenceAsked:
    (answer,) = (event for event in service.run(command) if event is not None)
    assert isinstance(answer, PreferenceAsked) and answer.job == command.job
    return answer


def ask(model: Path, store: Path) -> AskPreferences:
    return AskPreferences(job="here", path=str(model), store=str(store), max_tokens=4)


def test_choices_are_kept_and_the_next_pair_comes(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, store = PreferenceService(str(tmp_path)), tmp_path / "mine.jsonl"
    first = asked(service, ask(model, store))
    assert (first.number, first.kept) == (1, 0) and first.a != first.b and first.question
    second = asked(service, GivePreference(job="here", number=1, chosen="b"))
    assert (second.number, second.kept) == (2, 1) and second.question != first.question
    assert list(service.run(GivePreference(job="here", number=1, chosen="a"))) == []  # a second click
    third = asked(service, GivePreference(job="here", number=2, chosen="skip"))
    assert (third.number, third.kept) == (3, 1)
    (kept,) = read_preferences(store)
    assert kept is not None and (kept.a, kept.b, kept.chosen, kept.by) == (first.a, first.b, "b", "person")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(preferences.os, "fsync", full)
        with pytest.raises(StorageError):
            list(service.run(GivePreference(job="here", number=3, chosen="a")))
    fourth = asked(service, GivePreference(job="here", number=3, chosen="a"))
    assert (fourth.number, fourth.kept) == (4, 2) and len(list(read_preferences(store))) == 2
    again = asked(PreferenceService(str(tmp_path)), ask(model, store))
    assert again.kept == 2


def test_a_model_that_cannot_be_asked(tmp_path: Path) -> None:
    base = save_small_model(tmp_path / "base")
    with pytest.raises(InputError, match="has not learned to chat"):
        list(PreferenceService(str(tmp_path)).run(ask(base, tmp_path / "mine.jsonl")))
    assert list(PreferenceService(str(tmp_path)).run(GivePreference(job="other", number=1, chosen="a"))) == []


def choose(service: PreferenceService, number: int, chosen: Literal["a", "b", "skip"]) -> PreferenceAsked:
    return asked(service, GivePreference(job="here", number=number, chosen=chosen))


def test_the_last_choice_is_taken_back_and_asked_again(model: Path, tmp_path: Path) -> None:
    service = PreferenceService(str(tmp_path))
    question = AskPreferences(job="here", path=str(model), max_tokens=4)
    first = asked(service, question)
    second = choose(service, 1, "a")
    store = Path(second.store)
    assert store.parent == tmp_path / "preferences" and second.kept == 1
    choose(service, 2, "b")
    store.write_bytes(store.read_bytes() + b'{"torn')
    again = asked(service, UndoPreference(job="here"))
    assert (again.question, again.a, again.b) == (second.question, second.a, second.b)
    assert again.kept == 1 and len(list(read_preferences(store))) == 1
    third = choose(service, again.number, "b")
    assert third.kept == 2 and (third.a, third.b) != (second.a, second.b)

    sitting = PreferenceService(str(tmp_path))  # another day
    asked(sitting, question)
    back = [asked(sitting, UndoPreference(job="here")) for _ in range(3)]
    assert [(one.kept, one.a) for one in back] == [(1, second.a), (0, first.a), (0, first.a)]
    assert store.read_bytes() == b""


def test_what_cannot_be_read_is_not_taken_back(model: Path, tmp_path: Path) -> None:
    store = tmp_path / "mine.jsonl"
    service = PreferenceService(str(tmp_path))
    asked(service, ask(model, store))
    choose(service, 1, "a")
    store.write_bytes(store.read_bytes() + b"something else\n")
    assert asked(service, UndoPreference(job="here")).kept == 1
    assert store.read_bytes().endswith(b"else\n")


def test_pairs_that_were_chosen_between_do_not_come_again(model: Path, tmp_path: Path) -> None:
    service = PreferenceService(str(tmp_path))
    question = AskPreferences(job="here", path=str(model), max_tokens=4)
    asked(service, question)
    seen = [choose(service, 1, "skip"), choose(service, 2, "skip")]
    chosen = (seen[1].question, seen[1].a, seen[1].b)
    choose(service, 3, "a")
    sitting = PreferenceService(str(tmp_path))  # begins with the second pair, which was skipped
    pairs = [asked(sitting, question), choose(sitting, 1, "skip")]
    assert (pairs[0].question, pairs[0].a, pairs[0].b) == (seen[0].question, seen[0].a, seen[0].b)
    assert (pairs[1].question, pairs[1].a, pairs[1].b) != chosen


def test_kept_choices_are_counted_without_the_model(tmp_path: Path) -> None:
    def found(path: str) -> PreferencesFound:
        (event,) = PreferenceService(str(tmp_path)).run(FindPreferences(job="count", path=path))
        assert isinstance(event, PreferencesFound) and event.path == path
        return event

    here = found("/models/chat")
    assert here.kept == 0
    choice = preferences.Preference(
        messages=[ChatMessage(role="user", content="?")], a="1", b="2", chosen="a"
    )
    preferences.append_preferences(Path(here.store), [choice, choice])
    assert found("/models/chat").kept == 2
    assert found("/other/chat").kept == 0 and found("/other/chat").store != here.store
