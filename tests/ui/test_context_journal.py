"""The open conversation and the disk: nothing that was said is lost while the window lives."""

from datetime import datetime
from pathlib import Path

import pytest

from explorer.errors import ExplorerError
from explorer.protocol import Command
from explorer.services.conversations import ConversationService
from explorer.ui.stores.context_journal import ContextJournal


class Desk:
    """The journal and the real service, without a pipe between them."""

    def __init__(self, data_dir: Path) -> None:
        self.service = ConversationService(str(data_dir))
        self.failures: list[ExplorerError] = []
        self.sent = 0
        self.journal = ContextJournal("context", self._send, lambda: datetime(2026, 1, 2))

    def _send(self, command: Command) -> None:
        self.sent += 1
        try:
            for event in self.service.run(command):
                self.journal.apply(event)  # type: ignore[arg-type]
        except ExplorerError as error:
            self.failures.append(error)
            self.journal.give_up()

    def say(self, content: str) -> None:
        self.journal.conversation.say("user", content)
        self.journal.keep()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def on_disk(data_dir: Path, name: str) -> list[str]:
    other = Desk(data_dir)
    other.journal.open(name)
    return [turn.content for turn in other.journal.conversation.path()]


def test_what_is_said_is_on_disk(desk: Desk, tmp_path: Path) -> None:
    desk.say("one")
    desk.say("two")
    assert on_disk(tmp_path, desk.journal.id) == ["one", "two"]
    desk.journal.keep()
    assert desk.sent == 2


def test_what_the_disk_refused_goes_with_what_comes_next(desk: Desk, tmp_path: Path) -> None:
    desk.say("one")
    (tmp_path / "conversations").rename(tmp_path / "away")
    desk.say("two")
    desk.say("three")
    assert len(desk.failures) == 2
    (tmp_path / "away").rename(tmp_path / "conversations")
    desk.say("four")
    desk.say("five")
    assert on_disk(tmp_path, desk.journal.id) == ["one", "two", "three", "four", "five"]
    assert len(desk.failures) == 2
