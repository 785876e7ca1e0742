"""The list of conversations, and what becomes of what was said when an engine or a disk fails."""

from pathlib import Path

import pytest

from explorer.protocol import Command, ConversationOpened, ConversationsImported, Event, Failed
from explorer.services.conversations import ConversationService
from explorer.ui.stores.conversations import ConversationsStore
from explorer.ui.stores.run_data import Failure
from explorer.worker import _failure  # pyright: ignore[reportPrivateUsage]


class Desk:
    """A store and the real service, without a pipe between them."""

    def __init__(self, data_dir: Path) -> None:
        self.store = ConversationsStore()
        self.service = ConversationService(str(data_dir))
        self.alive = True
        self.deaf = False
        """The engine does what it is asked to, and dies before it can say so."""
        self.sent: list[Command] = []
        self.failures: list[str] = []
        self.opened: list[str] = []
        self.imported: list[ConversationsImported] = []
        self.store.command.connect(self._ask)
        self.store.failed.connect(self._take_failure)
        self.store.opened.connect(self.opened.append)
        self.store.imported.connect(self.imported.append)

    def _take_failure(self, failure: Failure) -> None:
        self.failures.append(failure.template)

    def _ask(self, command: Command) -> None:
        self.sent.append(command)
        if not self.alive or type(command) not in self.service.commands:
            return
        try:
            events = list(self.service.run(command))
        except Exception as error:
            events = [_failure(command.job, error)]
        for event in events:
            if event is not None and not self.deaf:
                self.store.apply(event)  # type: ignore[arg-type]

    def engine_dies_and_returns(self, data_dir: Path) -> None:
        self.store.engine_lost("killed")
        self.service, self.alive, self.deaf = ConversationService(str(data_dir)), True, False
        self.store.engine_ready()

    def begun(self, *said: str) -> str:
        name = self.store.begin(1.0)
        conversation = self.store.conversation(name)
        assert conversation is not None
        for content in said:
            conversation.say("user", content)
        self.store.keep(name)
        return name


@pytest.fixture
def desk(qapp: object, tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def on_disk(data_dir: Path, name: str) -> list[str]:
    other = Desk(data_dir)
    other.store.open(name)
    conversation = other.store.conversation(name)
    return [turn.content for turn in conversation.path()] if conversation else []


def say(desk: Desk, name: str, content: str) -> None:
    conversation = desk.store.conversation(name)
    assert conversation is not None
    conversation.say("user", content)
    desk.store.keep(name)


def test_a_conversation_is_listed_with_its_first_words(desk: Desk, tmp_path: Path) -> None:
    name = desk.begun("A haiku?")
    assert [row.first_words for row in desk.store.rows] == ["A haiku?"]
    other = desk.begun("Another.")
    assert [row.conversation for row in desk.store.rows] == [other, name]
    assert not desk.store.unsure and on_disk(tmp_path, name) == ["A haiku?"]


@pytest.mark.parametrize("did_it", [False, True])
def test_what_a_dying_engine_did_not_acknowledge_is_sent_again_once(
    desk: Desk, tmp_path: Path, did_it: bool
) -> None:
    name = desk.begun("one")
    desk.alive, desk.deaf = did_it, True
    say(desk, name, "two")
    say(desk, name, "three")
    assert desk.store.unsure
    desk.engine_dies_and_returns(tmp_path)
    assert not desk.store.unsure
    assert on_disk(tmp_path, name) == ["one", "two", "three"]


def test_what_the_disk_refused_goes_with_what_comes_next(desk: Desk, tmp_path: Path) -> None:
    name = desk.begun("one")
    folder = tmp_path / "conversations"
    folder.rename(tmp_path / "away")
    say(desk, name, "two")
    assert len(desk.failures) == 1 and desk.store.unsure
    (tmp_path / "away").rename(folder)
    say(desk, name, "three")
    assert on_disk(tmp_path, name) == ["one", "two", "three"] and not desk.store.unsure


def test_rename_bin_and_restore(desk: Desk, tmp_path: Path) -> None:
    name = desk.begun("one")
    desk.store.close(name)
    assert desk.store.conversation(name) is None
    desk.store.rename(name, "  Frogs ")
    assert [row.title for row in desk.store.rows] == ["Frogs"]
    assert desk.store.conversation(name) is None and desk.opened == []
    desk.store.move_to_bin(name)
    assert (desk.store.rows, [row.conversation for row in desk.store.binned]) == ([], [name])
    desk.store.open(name)
    assert desk.failures and not desk.opened
    desk.store.restore(name)
    desk.store.open(name)
    assert desk.opened == [name] and not desk.store.binned
    desk.store.move_to_bin(name)
    desk.store.empty_bin()
    assert desk.store.binned == []


def test_search_shows_what_matches_and_an_older_answer_is_dropped(desk: Desk) -> None:
    desk.begun("a frog in a pond")
    name = desk.begun("an oak")
    desk.store.search(" oak ")
    assert [row.conversation for row in desk.store.shown] == [name]
    assert "oak" in desk.store.shown[0].excerpt
    desk.alive = False
    desk.store.search("pond")
    desk.store.search("frog")
    assert desk.store.shown == [] and desk.store.found is None
    desk.store.search("")
    assert len(desk.store.shown) == 2


def test_files_go_out_and_come_in(desk: Desk, tmp_path: Path) -> None:
    name = desk.begun("one")
    say(desk, name, "two")
    desk.store.export(name, str(tmp_path / "a.json"), "ids_json", [1, 2], "tiny")
    desk.store.import_file(str(tmp_path / "a.json"))
    assert len(desk.imported[0].conversations) == 1 and not desk.store.importing
    assert on_disk(tmp_path, desk.imported[0].conversations[0]) == ["one", "two"]
    desk.store.import_file(str(tmp_path / "none.json"))
    assert desk.failures == ["There is no file {path}. Choose another one."] and not desk.store.importing


def test_events_of_others_are_dropped(desk: Desk) -> None:
    before = list(desk.sent)
    events: list[Event] = [
        Failed(job="elsewhere", template="x"),
        ConversationOpened(job="elsewhere", conversation="x", entries=[], last=True),
    ]
    for event in events:
        desk.store.apply(event)
    assert desk.failures == desk.opened == [] and desk.sent == before
