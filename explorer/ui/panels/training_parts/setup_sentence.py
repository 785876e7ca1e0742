"""The sentence that says what to train: its blanks are the choices."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QSizePolicy, QSpinBox, QVBoxLayout, QWidget

from explorer.protocol import BUILT_IN_TEXT, WORLD_TEXT
from explorer.ui import words
from explorer.ui.panels.training_parts.beginnings import Beginning, fitting, usual
from explorer.ui.panels.training_parts.choice import (
    PRACTICE,
    PRESETS,
    USUAL,
    Choice,
    StageName,
    remember,
    remembered,
)
from explorer.ui.panels.training_parts.stage_words import missing_words, size_hint, stage_hint, stage_name
from explorer.ui.settings import Settings
from explorer.ui.theme import Theme
from explorer.ui.widgets.flow_layout import FlowLayout
from explorer.ui.widgets.pick_button import Elsewhere, Pick, PickButton

VOCABULARIES = (512, 1024, 1536, 2048, 4096, 8192)
_PROBLEMS, _GROUPS = (2, 4, 8, 16, 32), (4, 8, 15, 16, 32)
_MOST_STEPS, _MOST_SEED = 10_000_000, 2**31 - 1


class SetupSentence(QWidget):
    """The sentence "[Pretrain] a [nano] model on [the Python manual] ..." and Start; kept from day to day.

    Signals: `start_requested`, by the button or Ctrl+Return; `choice_changed`; `beginnings_requested`: the
    models that a stage can begin from are wanted, or may have changed.
    """

    start_requested = Signal()
    choice_changed = Signal()
    beginnings_requested = Signal()

    def __init__(self, theme: Theme, settings: Settings) -> None:
        super().__init__()
        self._theme, self._settings = theme, settings
        self._text = self._chats = BUILT_IN_TEXT
        self._parent = self._wanted_parent = ""
        self._by_hand: set[str] = set()
        """Folders that were chosen to begin from, and may be another computer's."""
        self._beginnings: Sequence[Beginning] = ()
        self._beginnings_known = False
        self._device = ""
        self._build()
        self.set_choice(remembered(settings))
        self._connect()
        self._apply_theme()

    # ------------------------------------------------------------ widgets

    def _build(self) -> None:
        self._build_stage()
        self._preset = QComboBox()
        self._preset.addItems(list(PRESETS))
        self._preset.setAccessibleName(self.tr("Size of the model"))
        self._build_sources()
        self._tokenizer = QComboBox()
        self._tokenizer.setAccessibleName(self.tr("Pieces that the text is cut into"))
        for size in VOCABULARIES:
            self._tokenizer.addItem(self.tr("byte pairs, {count}").format(count=words.count(size)), size)
        self._tokenizer.addItem(self.tr("characters"), None)
        self._steps = self._spin(1, _MOST_STEPS, self.tr("Steps"))
        self._steps.setSingleStep(100)
        self._build_practice()
        self._seed = self._spin(0, _MOST_SEED, self.tr("Seed"))
        self._seed.setToolTip(self.tr("The same seed gives the same run"))
        self.start_button = QPushButton(self.tr("Start"))
        self.start_button.setProperty("kind", "primary")
        self.start_button.setToolTip(self.tr("Start training (Ctrl+Return)"))
        self._hint = QLabel()
        self._hint.setProperty("role", "caption")
        self._hint.setWordWrap(True)
        self._row = FlowLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._row)
        column.addWidget(self._hint)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def _build_stage(self) -> None:
        self._stage = QComboBox()
        self._stage.setAccessibleName(self.tr("Stage of training"))
        stages: tuple[tuple[StageName, str], ...] = (
            ("pretrain", self.tr("Pretrain")),
            ("sft", self.tr("Finetune")),
            ("rejection", self.tr("Rejection sampling")),
            ("grpo", self.tr("GRPO")),
        )
        for stage, name in stages:
            self._stage.addItem(name, stage)

    def _build_sources(self) -> None:
        self._file = Elsewhere(self.tr("a file…"), self.tr("Choose a text"))
        self._folder = Elsewhere(self.tr("a folder…"), self.tr("Choose a folder of texts"), folder=True)
        self._text_button = PickButton(self.tr("Which text it learns: {name}"), (self._file, self._folder))
        file = Elsewhere(self.tr("a .jsonl file…"), self.tr("Choose conversations"))
        self._chats_button = PickButton(self.tr("Which conversations it learns: {name}"), (file,))
        folder = Elsewhere(
            self.tr("a folder with a model…"), self.tr("Choose a folder with a model"), folder=True
        )
        self._parent_button = PickButton(self.tr("Which model it begins from: {name}"), (folder,))
        self._instead = QPushButton()

    def _build_practice(self) -> None:
        self._epochs = self._numbers((1, 2, 3, 5, 10), self.tr("How often it goes through them"))
        self._problems = self._numbers(_PROBLEMS, self.tr("Problems an update"))
        self._group = self._numbers(_GROUPS, self.tr("Answers to each problem"))
        self._updates = self._spin(1, _MOST_STEPS, self.tr("Updates"))
        self._updates.setSingleStep(10)

    def _numbers(self, numbers: Sequence[int], name: str) -> QComboBox:
        box = QComboBox()
        for number in numbers:
            box.addItem(words.count(number), number)
        box.setAccessibleName(name)
        box.setToolTip(name)
        return box

    def _spin(self, least: int, most: int, name: str) -> QSpinBox:
        spin = QSpinBox()
        spin.setRange(least, most)
        spin.setGroupSeparatorShown(True)
        spin.setAccessibleName(name)
        return spin

    def _sentence(self) -> str:
        match self.stage:
            case "pretrain":
                return self.tr(
                    "{stage} a {preset} model on {text} with {pieces} for {steps} steps, seed {seed}"
                )
            case "sft":
                return self.tr("{stage} {parent} on {chats} for {epochs} rounds, seed {seed}")
            case _:
                return self.tr(
                    "{stage} from {parent} with {problems} problems and {group} answers to each for "
                    "{updates} updates, seed {seed}"
                )

    def _blanks(self) -> dict[str, QWidget]:
        return {
            "stage": self._stage,
            "preset": self._preset,
            "parent": self._parent_button,
            "text": self._text_button,
            "chats": self._chats_button,
            "pieces": self._tokenizer,
            "steps": self._steps,
            "epochs": self._epochs,
            "problems": self._problems,
            "group": self._group,
            "updates": self._updates,
            "seed": self._seed,
        }

    def _fill_row(self) -> None:
        """Words and blanks in the order in which the language has them; blanks of other stages hide."""
        blanks = self._blanks()
        keep = {*blanks.values(), self.start_button, self._instead}
        while (item := self._row.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None and widget not in keep:
                widget.hide()
                widget.deleteLater()
        before: QWidget | None = None
        for part in re.split(r"(\{\w+\})", self._sentence()):
            blank = blanks.pop(part.strip("{}"), None) if part.startswith("{") else None
            if blank is not None:
                self._row.addWidget(blank)
                blank.show()
                if before is not None:
                    QWidget.setTabOrder(before, blank)
                before = blank
            elif part.strip():
                self._row.addWidget(QLabel(part.strip()))
        for other in blanks.values():
            other.setParent(self)
            other.hide()
        for button in (self.start_button, self._instead):
            self._row.addWidget(button)
            if before is not None:
                QWidget.setTabOrder(before, button)
            before = button

    def _connect(self) -> None:
        self._stage.currentIndexChanged.connect(self._stage_changed)
        self._preset.currentTextChanged.connect(self._preset_changed)
        for box in (self._tokenizer, self._epochs, self._problems, self._group):
            box.currentIndexChanged.connect(self._render)
        for spin in (self._steps, self._updates, self._seed):
            spin.valueChanged.connect(self._render)
        self._text_button.picked.connect(self.set_text)
        self._chats_button.picked.connect(self.set_chats)
        self._parent_button.picked.connect(self.set_parent)
        self._instead.clicked.connect(lambda: self.set_stage("sft" if self._any_model else "pretrain"))
        self.start_button.clicked.connect(self.start_requested)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self._start_by_key)
        self._theme.changed.connect(self._apply_theme)

    def _start_by_key(self) -> None:
        if self.start_button.isEnabled():
            self.start_requested.emit()

    # ------------------------------------------------------------ what is chosen

    @property
    def stage(self) -> StageName:
        """Which kind of training."""
        return self._stage.currentData()

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
            stage=self.stage,
            parent=self._parent,
            chats=self._chats,
            epochs=self._epochs.currentData(),
            problems=self._problems.currentData(),
            group=self._group.currentData(),
            updates=self._updates.value(),
        )

    def set_choice(self, choice: Choice) -> None:
        """Fill in the blanks."""
        blanks = list(self._blanks().values())
        for blank in blanks:
            blank.blockSignals(True)
        self._stage.setCurrentIndex(self._stage.findData(choice.stage))
        self._preset.setCurrentText(choice.preset)
        index = self._tokenizer.findData(None if choice.tokenizer == "characters" else choice.vocab_size)
        self._tokenizer.setCurrentIndex(max(index, 0))
        self._steps.setValue(choice.steps)
        self._seed.setValue(choice.seed)
        self._updates.setValue(choice.updates)
        usual = Choice()
        for box, number, otherwise in (
            (self._epochs, choice.epochs, usual.epochs),
            (self._problems, choice.problems, usual.problems),
            (self._group, choice.group, usual.group),
        ):
            found = box.findData(number)
            box.setCurrentIndex(found if found >= 0 else box.findData(otherwise))
        for blank in blanks:
            blank.blockSignals(False)
        self._text, self._chats = choice.text, choice.chats
        self._wanted_parent = choice.parent
        self._fill_row()
        self._render()
        if self.stage != "pretrain":
            self.beginnings_requested.emit()

    def set_stage(self, stage: StageName) -> None:
        """Choose a stage; what it begins from is found by itself."""
        self._stage.setCurrentIndex(self._stage.findData(stage))

    def set_text(self, text: str) -> None:
        """Choose a text: `BUILT_IN_TEXT`, `WORLD_TEXT` or a path."""
        self._text = text
        self._render()

    def set_chats(self, chats: str) -> None:
        """Choose conversations: `BUILT_IN_TEXT` for those that come with the program, or a path."""
        self._chats = chats
        self._render()

    def set_parent(self, path: str) -> None:
        """Choose the model to begin from: a run's folder, or a checkpoint."""
        self._wanted_parent = path
        self._by_hand.add(path)
        self._render()

    def show_beginnings(self, beginnings: Sequence[Beginning], known: bool) -> None:
        """The models that there are. `known`: no more are to come."""
        if (beginnings, known) != (self._beginnings, self._beginnings_known):
            self._beginnings, self._beginnings_known = beginnings, known
            self._render()

    def text_name(self) -> str:
        """The chosen text in words."""
        return self._text_button.name()

    def parent_name(self) -> str:
        """The model to begin from in words."""
        return self._parent_button.name()

    def run_name(self) -> str:
        """What a run on this text, or from this model, is called."""
        match self.stage:
            case "pretrain":
                names = {BUILT_IN_TEXT: self.tr("Python manual"), WORLD_TEXT: self.tr("Small world")}
                return names.get(self._text, Path(self._text).stem)
            case stage:
                return self.tr("{model}, {stage}").format(
                    model=self.parent_name().split(", ")[0], stage=stage_name(stage)
                )

    def set_device(self, kind: str) -> None:
        """What the engine computes on: "cpu", "cuda", "mps", or empty while unknown."""
        if kind != self._device:
            self._device = kind
            self._render_hint()

    def hint(self) -> str:
        """What is said about the choice."""
        return self._hint.text()

    def ask_for_file(self) -> None:
        """Let the person choose a text file; not blocking."""
        self.set_stage("pretrain")
        self._text_button.ask(self._file)

    # ------------------------------------------------------------ what follows from it

    def _stage_changed(self) -> None:
        # What was not chosen by hand follows the stage.
        if self.stage in USUAL:
            updates, group = USUAL[self.stage]
            if self._updates.value() in (usual for usual, _ in USUAL.values()):
                self._updates.setValue(updates)
            if self._group.currentData() in (usual for _, usual in USUAL.values()):
                self._group.setCurrentIndex(self._group.findData(group))
        self._fill_row()
        self._render()
        if self.stage != "pretrain":
            self.beginnings_requested.emit()

    def _preset_changed(self, preset: str) -> None:
        # What was not chosen by hand follows the size.
        steps, vocab_size = PRESETS[preset]
        if self._steps.value() in (usual for usual, _ in PRESETS.values()):
            self._steps.setValue(steps)
        if self._tokenizer.currentData() in (usual for _, usual in PRESETS.values()):
            self._tokenizer.setCurrentIndex(self._tokenizer.findData(vocab_size))
        self._render()

    def _render(self) -> None:
        texts = (
            Pick(BUILT_IN_TEXT, self.tr("the Python manual")),
            Pick(WORLD_TEXT, self.tr("the small world")),
        )
        self._text_button.show_picks(texts, self._text)
        chats = (Pick(BUILT_IN_TEXT, self.tr("built-in conversations")),)
        self._chats_button.show_picks(chats, self._chats)
        self._render_parent()
        self._render_hint()
        remember(self._settings, replace(self.choice(), parent=self._wanted_parent))
        self.choice_changed.emit()

    def _render_parent(self) -> None:
        fit = fitting(self.stage, self._beginnings)
        unfit = {one.path for one in self._beginnings} - {one.path for one in fit}
        wanted = self._wanted_parent
        # A folder from elsewhere is taken at its word; the engine says if it cannot be used.
        elsewhere = bool(wanted) and (wanted in self._by_hand or Path(wanted).is_dir())
        there = wanted in (one.path for one in fit) or (elsewhere and wanted not in unfit)
        self._parent = wanted if there else usual(self.stage, fit)
        picks = [Pick(one.path, one.name, self._detail(one)) for one in fit]
        first_shipped = next((at for at, one in enumerate(fit) if not one.stage), 0)
        if first_shipped:
            picks.insert(first_shipped, Pick("", ""))
        nothing = self.tr("no model yet") if self._beginnings_known else self.tr("looking for models …")
        self._parent_button.show_picks(picks, self._parent, nothing)
        missing = self.stage != "pretrain" and not self._parent
        self.start_button.setEnabled(not missing)
        self._instead.setVisible(missing and self._beginnings_known)
        self._instead.setText(self.tr("Finetune one") if self._any_model else self.tr("Pretrain one"))

    @property
    def _any_model(self) -> bool:
        """Whether there is one that could be finetuned."""
        return bool(self._beginnings) and self.stage in PRACTICE

    def _detail(self, one: Beginning) -> str:
        if not one.stage:
            return self.tr("shipped")
        return self.tr("{stage}, step {step}").format(
            stage=stage_name(one.stage), step=words.count(one.step or 0)
        )

    def _render_hint(self) -> None:
        if self.stage == "pretrain":
            self._hint.setText(size_hint(self._preset.currentText(), self._device))
        elif not self._parent and self._beginnings_known:
            self._hint.setText(missing_words(self.stage))
        else:
            self._hint.setText(stage_hint(self.stage))

    def _apply_theme(self) -> None:
        px = self._theme.px
        self._row.setSpacing(px(4))
        layout = self.layout()
        if layout is not None:
            layout.setSpacing(px(4))
        for spin, width in ((self._steps, 78), (self._updates, 70), (self._seed, 54)):
            spin.setFixedWidth(px(width))
            # WORKAROUND Qt's style sheets leave a spin box's padding out once it has a border.
            spin.lineEdit().setTextMargins(px(8), 0, 0, 0)
