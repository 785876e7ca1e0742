"""Finetuning: "[Finetune] [a model] on [built-in conversations] for [2] rounds ..."."""

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from explorer.protocol import BUILT_IN_TEXT
from explorer.ui.panels.training_parts.choice import Choice, StageName
from explorer.ui.panels.training_parts.sentences.stage_sentence import StageSentence, choose, number_box
from explorer.ui.widgets.pick_button import Elsewhere, Pick, PickButton


class FinetuningSentence(StageSentence):
    """Conversations, and how often it goes through them."""

    def __init__(self) -> None:
        super().__init__()
        self._chats = BUILT_IN_TEXT
        file = Elsewhere(self.tr("a .jsonl file…"), self.tr("Choose conversations"))
        self.chats = PickButton(self.tr("Which conversations it learns: {name}"), (file,))
        self.epochs = number_box((1, 2, 3, 5, 10), self.tr("How often it goes through them"))
        self.chats.picked.connect(self.set_chats)
        self.epochs.currentIndexChanged.connect(self.changed)

    def sentence(self, stage: StageName) -> str:
        """As the base says."""
        return self.tr("{stage} {parent} on {chats} for {epochs} rounds, seed {seed}")

    def blanks(self) -> Mapping[str, QWidget]:
        """As the base says."""
        return {"chats": self.chats, "epochs": self.epochs}

    def show_choice(self, choice: Choice) -> None:
        """As the base says."""
        choose(self.epochs, choice.epochs, Choice().epochs)
        self._chats = choice.chats
        self._show_chats()

    def filled(self, choice: Choice) -> Choice:
        """As the base says."""
        return replace(choice, chats=self._chats, epochs=self.epochs.currentData())

    def set_chats(self, chats: str) -> None:
        """Choose conversations: `BUILT_IN_TEXT` for those that come with the program, or a path."""
        self._chats = chats
        self._show_chats()
        self.changed.emit()

    def _show_chats(self) -> None:
        self.chats.show_picks((Pick(BUILT_IN_TEXT, self.tr("built-in conversations")),), self._chats)
