"""Choices between two answers in the window: what is asked of the engine, and what becomes of a death."""

from collections.abc import Iterator

import pytest

from explorer.core.training.reinforcement.labelling import FEWEST as ENGINE_FEWEST
from explorer.protocol import (
    AskPreferences,
    Cancel,
    Command,
    Failed,
    FindPreferences,
    GivePreference,
    PreferenceAsked,
    PreferencesFound,
    UndoPreference,
)
from explorer.ui.stores.preferences import FEWEST, PreferencesStore

MODEL, FILE = "/data/runs/talker", "/data/preferences/talker.jsonl"


class Sitting:
    """A store and what it sent; the engine answers by `pair`."""

    def __init__(self) -> None:
        self.store = PreferencesStore()
        self.sent: list[Command] = []
        self.store.command.connect(self.sent.append)
        self.store.engine_ready()

    def begin(self, kept: int = 0) -> None:
        self.store.begin(MODEL, "talker")
        self.pair(1, kept)

    def pair(self, number: int, kept: int, a: str = "yes", b: str = "no") -> None:
        job = self.sent[-1].job
        self.store.apply(
            PreferenceAsked(job=job, number=number, question="Well?", a=a, b=b, kept=kept, store=FILE)
        )

    def kinds(self) -> list[str]:
        return [type(command).__name__ for command in self.sent]


@pytest.fixture
def sitting(qapp: object) -> Iterator[Sitting]:
    yield Sitting()


def test_as_many_are_needed_as_the_engine_wants() -> None:
    assert FEWEST == ENGINE_FEWEST


def test_pair_after_pair(sitting: Sitting) -> None:
    store = sitting.store
    store.begin(MODEL, "talker")
    assert store.open and store.state == "drawing" and store.pair is None
    assert sitting.sent == [AskPreferences(job="preferences-1", path=MODEL)]
    store.choose("a")  # of nothing
    sitting.pair(1, kept=3)
    assert store.state == "choosing" and store.kept is not None and store.kept.count == 3
    store.choose("b")
    store.choose("b")  # the second of a double click
    assert sitting.sent[1:] == [GivePreference(job="preferences-1", number=1, chosen="b")]
    assert store.state == "drawing" and store.pair is not None  # it stays to be read
    sitting.pair(2, kept=4)
    assert store.pair.number == 2 and not store.unkept
    store.choose("skip")
    sitting.pair(3, kept=4)
    assert not store.unkept
    store.undo()
    assert sitting.sent[-1] == UndoPreference(job="preferences-1")
    sitting.pair(4, kept=3)
    assert store.kept is not None and (store.kept.count, store.kept.store) == (3, FILE)
    assert not store.unkept


def test_there_is_nothing_to_undo_or_to_choose(sitting: Sitting) -> None:
    sitting.begin()
    sitting.store.undo()
    sitting.pair(1, kept=0, a="same", b="same")
    sitting.store.choose("a")
    assert sitting.kinds() == ["AskPreferences"]
    sitting.store.choose("skip")
    assert sitting.kinds() == ["AskPreferences", "GivePreference"]


def test_leaving_stops_the_drawing_and_what_comes_late_is_dropped(sitting: Sitting) -> None:
    store = sitting.store
    store.begin(MODEL, "talker")
    store.end()
    assert sitting.sent[-1] == Cancel(job="preferences-1")
    late = PreferenceAsked(job="preferences-1", number=1, question="", a="", b="", kept=0, store=FILE)
    store.apply(late)
    assert not store.open and store.pair is None
    store.begin(MODEL, "talker")
    store.apply(late)
    assert store.state == "drawing"


@pytest.mark.parametrize(("kept_after", "unkept"), [(4, False), (3, True)])
def test_an_engine_that_dies_at_a_choice(sitting: Sitting, kept_after: int, unkept: bool) -> None:
    store = sitting.store
    sitting.begin(kept=3)
    store.choose("a")
    store.engine_lost("killed")
    assert (store.state, store.words) == ("lost", "killed")
    store.choose("a")
    store.undo()
    assert sitting.kinds() == ["AskPreferences", "GivePreference"]
    store.engine_ready()
    assert sitting.sent[-1] == AskPreferences(job="preferences-2", path=MODEL)
    sitting.pair(1, kept=kept_after)
    assert store.state == "choosing" and store.unkept == unkept
    store.choose("a")
    sitting.pair(2, kept=kept_after + 1)
    assert not store.unkept


def test_an_engine_that_is_not_up_yet_is_asked_when_it_is(qapp: object) -> None:
    store, sent = PreferencesStore(), list[Command]()
    store.command.connect(sent.append)
    store.look(MODEL)
    store.begin(MODEL, "talker")
    assert sent == []
    store.engine_ready()
    assert [type(command) for command in sent] == [FindPreferences, AskPreferences]


def test_a_failure_is_kept_until_it_is_asked_again(sitting: Sitting) -> None:
    store = sitting.store
    sitting.begin()
    store.choose("a")
    store.apply(Failed(job="preferences-1", template="The disk is full: {path}.", values={"path": FILE}))
    assert store.state == "failed" and store.failure is not None
    store.ask_again()
    assert sitting.sent[-1] == AskPreferences(job="preferences-2", path=MODEL)
    sitting.pair(1, kept=0)
    assert store.unkept and store.failure is None


def test_choices_are_counted_once_a_model(sitting: Sitting) -> None:
    store = sitting.store
    store.look(MODEL)
    store.look(MODEL)
    store.look("")
    (asked,) = sitting.sent
    assert isinstance(asked, FindPreferences) and asked.path == MODEL
    assert store.kept_for(MODEL) is None
    store.apply(PreferencesFound(job=asked.job, path=MODEL, store=FILE, kept=5))
    kept = store.kept_for(MODEL)
    assert kept is not None and (kept.count, kept.store) == (5, FILE)
    store.engine_ready()  # after a death
    assert len(sitting.sent) == 2
