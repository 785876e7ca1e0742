"""A person chooses between two answers: pair after pair, each choice on disk at once."""

from pathlib import Path

import pytest

from explorer.core.training.reinforcement import preferences
from explorer.core.training.reinforcement.preferences import read_preferences
from explorer.errors import InputError, StorageError
from explorer.protocol import AskPreferences, Command, GivePreference, PreferenceAsked
from explorer.services.preferences import PreferenceService
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
    service, store = PreferenceService(), tmp_path / "mine.jsonl"
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
    again = asked(PreferenceService(), ask(model, store))
    assert again.kept == 2


def test_a_model_that_cannot_be_asked(tmp_path: Path) -> None:
    base = save_small_model(tmp_path / "base")
    with pytest.raises(InputError, match="has not learned to chat"):
        list(PreferenceService().run(ask(base, tmp_path / "mine.jsonl")))
    assert list(PreferenceService().run(GivePreference(job="other", number=1, chosen="a"))) == []
