"""Pretraining: "[Pretrain] a [nano] model on [the Python manual] with [byte pairs, 1,024] ..."."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QWidget

from explorer.protocol import BUILT_IN_TEXT, WORLD_TEXT
from explorer.ui import words
from explorer.ui.panels.training_parts.choice import PRESETS, Choice, StageName
from explorer.ui.panels.training_parts.sentences.stage_sentence import (
    MOST_STEPS,
    StageSentence,
    fit_spin,
    spin_box,
)
from explorer.ui.panels.training_parts.stage_words import size_hint
from explorer.ui.theme import Theme
from explorer.ui.widgets.pick_button import Elsewhere, Pick, PickButton

VOCABULARIES = (512, 1024, 1536, 2048, 4096, 8192)


class ReadingSentence(StageSentence):
    """A size, a text, its pieces, steps."""

    def __init__(self) -> None:
        super().__init__()
        self._text = BUILT_IN_TEXT
        self._device = ""
        self.preset = QComboBox()
        self.preset.addItems(list(PRESETS))
        self.preset.setAccessibleName(self.tr("Size of the model"))
        self._file = Elsewhere(self.tr("a file…"), self.tr("Choose a text"))
        folder = Elsewhere(self.tr("a folder…"), self.tr("Choose a folder of texts"), folder=True)
        self.text = PickButton(self.tr("Which text it learns: {name}"), (self._file, folder))
        self.pieces = QComboBox()
        self.pieces.setAccessibleName(self.tr("Pieces that the text is cut into"))
        for size in VOCABULARIES:
            self.pieces.addItem(self.tr("byte pairs, {count}").format(count=words.count(size)), size)
        self.pieces.addItem(self.tr("characters"), "characters")
        self._learned_here = self.pieces.count()
        self._tokenizers: Sequence[tuple[str, str]] = ()
        self._wanted = ""
        """A kept tokenizer that was chosen last and may not be known yet."""
        self.steps = spin_box(1, MOST_STEPS, self.tr("Steps"))
        self.steps.setSingleStep(100)
        self.preset.currentTextChanged.connect(self._preset_changed)
        self.pieces.currentIndexChanged.connect(self.changed)
        self.pieces.activated.connect(self._chosen_by_hand)
        self.steps.valueChanged.connect(self.changed)
        self.text.picked.connect(self.set_text)

    def sentence(self, stage: StageName) -> str:
        """As the base says."""
        return self.tr("{stage} a {preset} model on {text} with {pieces} for {steps} steps, seed {seed}")

    def blanks(self) -> Mapping[str, QWidget]:
        """As the base says."""
        return {"preset": self.preset, "text": self.text, "pieces": self.pieces, "steps": self.steps}

    def show_choice(self, choice: Choice) -> None:
        """As the base says."""
        self.preset.setCurrentText(choice.preset)
        learned = choice.tokenizer == "bpe"
        self._wanted = "" if learned else choice.tokenizer
        index = self.pieces.findData(choice.vocab_size if learned else choice.tokenizer)
        self.pieces.setCurrentIndex(index if index >= 0 else self.pieces.findData(Choice().vocab_size))
        self.steps.setValue(choice.steps)
        self._text = choice.text
        self._show_text()

    def filled(self, choice: Choice) -> Choice:
        """As the base says."""
        pieces: int | str = self.pieces.currentData()
        return replace(
            choice,
            text=self._text,
            preset=self.preset.currentText(),
            tokenizer=pieces if isinstance(pieces, str) else "bpe",
            vocab_size=None if isinstance(pieces, str) else pieces,
            steps=self.steps.value(),
        )

    def hint(self, stage: StageName) -> str:
        """What the size asks for."""
        return size_hint(self.preset.currentText(), self._device)

    def apply_theme(self, theme: Theme) -> None:
        """As the base says."""
        fit_spin(self.steps, theme, 78)

    def set_text(self, text: str) -> None:
        """Choose a text: `BUILT_IN_TEXT`, `WORLD_TEXT` or a path."""
        self._text = text
        self._show_text()
        self.changed.emit()

    def set_device(self, kind: str) -> None:
        """What the engine computes on: "cpu", "cuda", "mps", or empty while unknown."""
        self._device = kind

    def show_tokenizers(self, tokenizers: Sequence[tuple[str, str]]) -> None:
        """Path and name of tokenizers that were kept: what the text can be cut with, too."""
        if tokenizers == self._tokenizers:
            return
        self._tokenizers = tokenizers
        chosen = self._wanted or self.pieces.currentData()
        with QSignalBlocker(self.pieces):
            while self.pieces.count() > self._learned_here:
                self.pieces.removeItem(self._learned_here)
            for path, name in tokenizers:
                self.pieces.addItem(self.tr("tokenizer {name}").format(name=name), path)
            index = self.pieces.findData(chosen)
            self.pieces.setCurrentIndex(index if index >= 0 else self.pieces.findData(Choice().vocab_size))
        self.changed.emit()

    def ask_for_file(self) -> None:
        """Let the person choose a text file; not blocking."""
        self.text.ask(self._file)

    def run_name(self) -> str:
        """What a run on this text is called."""
        names = {BUILT_IN_TEXT: self.tr("Python manual"), WORLD_TEXT: self.tr("Small world")}
        return names.get(self._text, Path(self._text).stem)

    def _show_text(self) -> None:
        texts = (
            Pick(BUILT_IN_TEXT, self.tr("the Python manual")),
            Pick(WORLD_TEXT, self.tr("the small world")),
        )
        self.text.show_picks(texts, self._text)

    def _chosen_by_hand(self) -> None:
        self._wanted = ""

    def _preset_changed(self, preset: str) -> None:
        # What was not chosen by hand follows the size.
        steps, vocab_size = PRESETS[preset]
        if self.steps.value() in (usual for usual, _ in PRESETS.values()):
            self.steps.setValue(steps)
        if self.pieces.currentData() in (usual for _, usual in PRESETS.values()):
            self.pieces.setCurrentIndex(self.pieces.findData(vocab_size))
        self.changed.emit()
