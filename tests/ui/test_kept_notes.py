"""Notes that outlive a restart: read before they are written, each in its own words."""

from pytestqt.qtbot import QtBot

from explorer.protocol import Command, DraftLoaded, LoadDraft, SaveDraft
from explorer.ui.stores.base import Store
from explorer.ui.stores.kept_notes import KeptNotes, Note


class Rig:
    def __init__(self) -> None:
        self.store, self.sent, self.read = Store(), list[Command](), list[str]()
        self.store.text_command.connect(self.sent.append)
        self.present: str | None = "typed"
        first = Note("first", lambda text: self.read.append(text), lambda: self.present)
        last = Note("last", lambda text: self.read.append(text), lambda: "always")
        self.notes = KeptNotes(self.store, "job", first, last)

    def answer(self, name: str, text: str = "") -> bool:
        return self.notes.take(DraftLoaded(job="job", name=name, text=text))

    @property
    def saved(self) -> list[tuple[str, str]]:
        return [(one.name, one.text) for one in self.sent if isinstance(one, SaveDraft)]


def test_nothing_is_written_over_a_note_that_was_not_read(qtbot: QtBot) -> None:
    rig = Rig()
    rig.notes.read()
    assert [one.name for one in rig.sent if isinstance(one, LoadDraft)] == ["first", "last"]
    rig.notes.save_soon()
    qtbot.waitUntil(lambda: not rig.notes._saving.isActive())
    assert rig.answer("first", "old") and not rig.notes.known
    assert rig.answer("last") and rig.notes.known
    assert rig.saved == [] and rig.read == ["old", ""]
    rig.notes.save_soon()
    qtbot.waitUntil(lambda: bool(rig.saved))
    assert rig.saved == [("first", "typed"), ("last", "always")]


def test_a_note_that_is_as_it_was_is_not_written_and_a_second_answer_not_taken(qtbot: QtBot) -> None:
    rig = Rig()
    assert not rig.answer("somebody else's")
    rig.answer("last", "kept")
    assert rig.answer("first", "late") and rig.read == ["kept"]
    rig.present = None
    rig.notes.save_soon()
    qtbot.waitUntil(lambda: bool(rig.saved))
    assert rig.saved == [("last", "always")]
    rig.notes.read()
    assert not any(isinstance(one, LoadDraft) for one in rig.sent)
