"""The list of conversations: what is asked of the disk, and what comes back."""

from pathlib import Path

import pytest

from explorer.protocol import Command, ConversationsImported, Failed, KeepEntries, SearchConversations
from explorer.services.conversations import ConversationService
from explorer.text.conversations import Conversation
from explorer.ui.stores.conversations import ConversationsStore
from explorer.ui.stores.run_data import Failure
from explorer.worker import _failure  # pyright: ignore[reportPrivateUsage]


class Desk:
    """A store and the real service, without a pipe between them."""

    def __init__(self, data_dir: Path) -> None:
        self.store = ConversationsStore()
        self.service = ConversationService(str(data_dir))
        self.alive = True
        self.sent: list[Command] = []
        self.failures: list[str] = []
        self.imported: list[ConversationsImported] = []
        self.store.command.connect(self.ask)
        self.store.failed.connect(self._take_failure)
        self.store.imported.connect(self.imported.append)

    def _take_failure(self, failure: Failure) -> None:
        self.failures.append(failure.template)

    def ask(self, command: Command) -> None:
        self.sent.append(command)
        if not self.alive or type(command) not in self.service.commands:
            return
        try:
            events = list(self.service.run(command))
        except Exception as error:
            events = [_failure(command.job, error)]
        for event in events:
            if event is not None:
                self.store.apply(event)  # type: ignore[arg-type]

    def keep(self, name: str, *said: str) -> None:
        """As the open conversation does it."""
        conversation = Conversation(1.0)
        for content in said:
            conversation.say("user", content)
        entries = conversation.take_entries()
        self.ask(KeepEntries(job="context", conversation=name, first=0, entries=entries))


@pytest.fixture
def desk(qapp: object, tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def names(desk: Desk) -> list[str]:
    return [row.conversation for row in desk.store.shown]


def test_what_is_kept_comes_to_the_top_of_the_list(desk: Desk, tmp_path: Path) -> None:
    desk.keep("one", "A haiku?")
    desk.keep("two", "Another.")
    assert names(desk) == ["two", "one"] and desk.store.shown[1].first_words == "A haiku?"
    other = Desk(tmp_path)
    other.store.engine_ready()
    assert set(names(other)) == {"one", "two"} and other.store.listed


def test_rename_bin_restore_and_empty(desk: Desk) -> None:
    desk.keep("one", "x")
    desk.store.rename("one", "  Frogs  & ponds ")
    row = desk.store.row("one")
    assert row is not None and row.title == "Frogs & ponds"
    desk.store.move_to_bin("one")
    assert (names(desk), [row.conversation for row in desk.store.binned]) == ([], ["one"])
    desk.store.rename("one", "in vain")
    assert len(desk.failures) == 1
    desk.store.restore("one")
    assert names(desk) == ["one"] and desk.store.shown[0].title == "Frogs & ponds"
    desk.store.move_to_bin("one")
    desk.store.empty_bin()
    assert desk.store.binned == []


def test_search_shows_what_matches_and_an_older_answer_is_dropped(desk: Desk) -> None:
    desk.keep("frog", "a frog in a pond")
    desk.keep("oak", "an oak")
    desk.store.search(" oak ")
    assert names(desk) == ["oak"] and "oak" in desk.store.shown[0].excerpt
    desk.store.rename("oak", "Trees")
    assert desk.store.shown[0].title == "Trees"
    desk.alive = False
    desk.store.search("pond")
    late = desk.sent[-1]
    desk.store.search("oak")
    desk.alive = True
    desk.ask(late)
    assert isinstance(late, SearchConversations) and desk.store.found is None and desk.store.searching
    desk.store.engine_ready()
    assert names(desk) == ["oak"] and not desk.store.searching
    desk.store.search("")
    assert len(names(desk)) == 2


def test_files_go_out_and_come_in(desk: Desk, tmp_path: Path) -> None:
    desk.keep("one", "first", "second")
    desk.store.export("one", str(tmp_path / "a.json"), "ids_json", [1, 2], "tiny")
    desk.store.import_file(str(tmp_path / "a.json"))
    assert len(desk.imported[0].conversations) == 1 and not desk.store.importing
    assert len(names(desk)) == 2
    desk.store.import_file(str(tmp_path / "none.json"))
    assert desk.failures == ["There is no file {path}. Choose another one."] and not desk.store.importing
    desk.alive = False
    desk.store.import_file(str(tmp_path / "a.json"))
    assert desk.store.importing
    desk.store.engine_lost("killed")
    assert not desk.store.importing


def test_failures_of_others_are_theirs(desk: Desk) -> None:
    for job in ("", "elsewhere"):
        desk.store.apply(Failed(job=job, template="x"))
    assert desk.failures == [] and desk.sent == []
