"""The sentence that says what to train: its blanks are the choices."""

import re
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.protocol import BUILT_IN_TEXT, WORLD_TEXT, TokenizerKind
from explorer.ui import words
from explorer.ui.settings import Settings
from explorer.ui.theme import Theme
from explorer.ui.widgets.flow_layout import FlowLayout

PRESETS = {"nano": (1500, 1024), "small": (4000, 4096), "medium": (10_000, 8192)}
"""Presets, smallest first, with the steps and the vocabulary that are offered for each."""
VOCABULARIES = (512, 1024, 2048, 4096, 8192)
_BUILT_IN = (BUILT_IN_TEXT, WORLD_TEXT)
_MOST_STEPS, _MOST_SEED = 10_000_000, 2**31 - 1
_LONGEST_NAME = 28


@dataclass(frozen=True)
class Choice:
    """What the sentence says."""

    text: str = BUILT_IN_TEXT
    preset: str = "nano"
    tokenizer: TokenizerKind = "bpe"
    vocab_size: int | None = 1024
    """None for characters: the text decides."""
    steps: int = PRESETS["nano"][0]
    seed: int = 1


class SetupSentence(QWidget):
    """The sentence "Pretrain a [nano] model on [the Python manual] ..." and Start; kept from day to day.

    Signals: `start_requested`, by the button or Ctrl+Return; `choice_changed`.
    """

    start_requested = Signal()
    choice_changed = Signal()

    def __init__(self, theme: Theme, settings: Settings) -> None:
        super().__init__()
        self._theme, self._settings = theme, settings
        self._text = BUILT_IN_TEXT
        self._device = ""
        self._build()
        self.set_choice(_remembered(settings))
        self._connect()
        self._apply_theme()

    def _build(self) -> None:
        self._preset = QComboBox()
        self._preset.addItems(list(PRESETS))
        self._preset.setAccessibleName(self.tr("Size of the model"))
        self._text_button = QToolButton()
        self._text_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._text_button.setMenu(QMenu(self._text_button))
        self._tokenizer = QComboBox()
        self._tokenizer.setAccessibleName(self.tr("Pieces that the text is cut into"))
        for size in VOCABULARIES:
            self._tokenizer.addItem(self.tr("byte pairs, {count}").format(count=words.count(size)), size)
        self._tokenizer.addItem(self.tr("characters"), None)
        self._steps = self._spin(1, _MOST_STEPS, self.tr("Steps"))
        self._steps.setSingleStep(100)
        self._steps.setGroupSeparatorShown(True)
        self._seed = self._spin(0, _MOST_SEED, self.tr("Seed"))
        self._seed.setToolTip(self.tr("The same seed gives the same run"))
        self.start_button = QPushButton(self.tr("Start"))
        self.start_button.setProperty("kind", "primary")
        self.start_button.setToolTip(self.tr("Start training (Ctrl+Return)"))
        self._hint = QLabel()
        self._hint.setProperty("role", "caption")
        self._hint.setWordWrap(True)
        self._row = FlowLayout()
        self._fill_row()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._row)
        column.addWidget(self._hint)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def _fill_row(self) -> None:
        """Words and blanks in the order in which the language has them."""
        sentence = self.tr("Pretrain a {preset} model on {text} with {pieces} for {steps} steps, seed {seed}")
        blanks: dict[str, QWidget] = {
            "preset": self._preset,
            "text": self._text_button,
            "pieces": self._tokenizer,
            "steps": self._steps,
            "seed": self._seed,
        }
        for part in re.split(r"(\{\w+\})", sentence):
            blank = blanks.pop(part.strip("{}"), None) if part.startswith("{") else None
            if blank is not None:
                self._row.addWidget(blank)
            elif part.strip():
                self._row.addWidget(QLabel(part.strip()))
        for forgotten in blanks.values():
            self._row.addWidget(forgotten)
        self._row.addWidget(self.start_button)

    def _spin(self, least: int, most: int, name: str) -> QSpinBox:
        spin = QSpinBox()
        spin.setRange(least, most)
        spin.setAccessibleName(name)
        return spin

    def _connect(self) -> None:
        self._preset.currentTextChanged.connect(self._preset_changed)
        self._tokenizer.currentIndexChanged.connect(self._changed)
        self._steps.valueChanged.connect(self._changed)
        self._seed.valueChanged.connect(self._changed)
        self._text_button.menu().aboutToShow.connect(self._fill_text_menu)
        self.start_button.clicked.connect(self.start_requested)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.start_requested)
        self._theme.changed.connect(self._apply_theme)

    # ------------------------------------------------------------ what is chosen

    def choice(self) -> Choice:
        """What the sentence says now."""
        vocab_size: int | None = self._tokenizer.currentData()
        return Choice(
            text=self._text,
            preset=self._preset.currentText(),
            tokenizer="characters" if vocab_size is None else "bpe",
            vocab_size=vocab_size,
            steps=self._steps.value(),
            seed=self._seed.value(),
        )

    def set_choice(self, choice: Choice) -> None:
        """Fill in the blanks."""
        for blank in (self._preset, self._tokenizer, self._steps, self._seed):
            blank.blockSignals(True)
        self._preset.setCurrentText(choice.preset)
        index = self._tokenizer.findData(None if choice.tokenizer == "characters" else choice.vocab_size)
        self._tokenizer.setCurrentIndex(max(index, 0))
        self._steps.setValue(choice.steps)
        self._seed.setValue(choice.seed)
        for blank in (self._preset, self._tokenizer, self._steps, self._seed):
            blank.blockSignals(False)
        self.set_text(choice.text)

    def set_text(self, text: str) -> None:
        """Choose a text: `BUILT_IN_TEXT`, `WORLD_TEXT` or a path."""
        self._text = text
        name = self.text_name()
        short = name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"
        self._text_button.setText(f"{short} ▾")
        self._text_button.setToolTip(
            self.tr("Which text it learns: {name}").format(name=name if text in _BUILT_IN else text)
        )
        self._text_button.setAccessibleName(self.tr("Text: {name}").format(name=name))
        self._changed()

    def text_name(self) -> str:
        """The chosen text in words."""
        names = {BUILT_IN_TEXT: self.tr("the Python manual"), WORLD_TEXT: self.tr("the small world")}
        return names.get(self._text, Path(self._text).name)

    def run_name(self) -> str:
        """What a run on this text is called."""
        names = {BUILT_IN_TEXT: self.tr("Python manual"), WORLD_TEXT: self.tr("Small world")}
        return names.get(self._text, Path(self._text).stem)

    def set_device(self, kind: str) -> None:
        """What the engine computes on: "cpu", "cuda", "mps", or empty while unknown."""
        if kind != self._device:
            self._device = kind
            self._render_hint()

    def hint(self) -> str:
        """What is said about the chosen size."""
        return self._hint.text()

    def _preset_changed(self, preset: str) -> None:
        # What was not chosen by hand follows the size.
        steps, vocab_size = PRESETS[preset]
        if self._steps.value() in (usual for usual, _ in PRESETS.values()):
            self._steps.setValue(steps)
        if self._tokenizer.currentData() in (usual for _, usual in PRESETS.values()):
            self._tokenizer.setCurrentIndex(self._tokenizer.findData(vocab_size))
        self._changed()

    def _changed(self) -> None:
        choice = self.choice()
        for name in ("text", "preset", "tokenizer", "steps", "seed"):
            self._settings.set(f"training/{name}", getattr(choice, name))
        if choice.vocab_size is not None:
            self._settings.set("training/vocab_size", choice.vocab_size)
        self._render_hint()
        self.choice_changed.emit()

    def _render_hint(self) -> None:
        preset = self._preset.currentText()
        said = {
            "nano": self.tr("nano: 0.9 million weights; two CPU cores teach it in a few minutes."),
            "small": self.tr("small: 12 million weights; wants a laptop's GPU."),
            "medium": self.tr("medium: 82 million weights; wants a large GPU."),
        }[preset]
        if self._device == "cpu" and preset == "medium":
            said = self.tr(
                "medium wants a large GPU. The engine has only a CPU here: one step may take minutes."
            )
        elif self._device == "cpu" and preset == "small":
            said = self.tr("small wants a laptop's GPU. The engine has only a CPU here: it will take hours.")
        self._hint.setText(said)

    # ------------------------------------------------------------ choosing a text

    def _fill_text_menu(self) -> None:
        menu = self._text_button.menu()
        menu.clear()
        menu.addAction(self.tr("the Python manual")).triggered.connect(lambda: self.set_text(BUILT_IN_TEXT))
        menu.addAction(self.tr("the small world")).triggered.connect(lambda: self.set_text(WORLD_TEXT))
        if self._text not in _BUILT_IN:
            menu.addAction(self.text_name()).setEnabled(False)
        menu.addSeparator()
        menu.addAction(self.tr("a file…")).triggered.connect(self.ask_for_file)
        menu.addAction(self.tr("a folder…")).triggered.connect(self.ask_for_folder)

    def ask_for_file(self) -> None:
        """Let the person choose a text file; not blocking."""
        self._ask(self.tr("Choose a text"), QFileDialog.FileMode.ExistingFile)

    def ask_for_folder(self) -> None:
        """Let the person choose a folder of text files; not blocking."""
        self._ask(self.tr("Choose a folder of texts"), QFileDialog.FileMode.Directory)

    def _ask(self, title: str, mode: QFileDialog.FileMode) -> None:
        dialog = QFileDialog(self, title)
        dialog.setFileMode(mode)
        if self._text not in _BUILT_IN:
            dialog.setDirectory(str(Path(self._text).parent))
        dialog.fileSelected.connect(self.set_text)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _apply_theme(self) -> None:
        px = self._theme.px
        self._row.setSpacing(px(4))
        layout = self.layout()
        if layout is not None:
            layout.setSpacing(px(4))
        for spin, width in ((self._steps, 78), (self._seed, 54)):
            spin.setFixedWidth(px(width))
            # WORKAROUND Qt's style sheets leave a spin box's padding out once it has a border.
            spin.lineEdit().setTextMargins(px(8), 0, 0, 0)


def _remembered(settings: Settings) -> Choice:
    """The last choice; what cannot be read counts as never chosen."""
    usual = Choice()
    preset = settings.text("training/preset", usual.preset)
    characters = settings.text("training/tokenizer", usual.tokenizer) == "characters"
    return Choice(
        text=settings.text("training/text", usual.text),
        preset=preset if preset in PRESETS else usual.preset,
        tokenizer="characters" if characters else "bpe",
        vocab_size=None if characters else int(settings.number("training/vocab_size", 1024)),
        steps=int(settings.number("training/steps", usual.steps)),
        seed=int(settings.number("training/seed", usual.seed)),
    )
