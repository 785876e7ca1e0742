"""The sentence that says what to train: its blanks are the choices."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from explorer.ui import words
from explorer.ui.panels.training_parts.beginnings import Beginning, fitting, usual
from explorer.ui.panels.training_parts.choice import Choice, StageName, remember, remembered
from explorer.ui.panels.training_parts.sentences.finetuning import FinetuningSentence
from explorer.ui.panels.training_parts.sentences.pleasing import PleasingSentence
from explorer.ui.panels.training_parts.sentences.practice import PracticeSentence
from explorer.ui.panels.training_parts.sentences.reading import ReadingSentence
from explorer.ui.panels.training_parts.sentences.reward import RewardSentence
from explorer.ui.panels.training_parts.sentences.stage_sentence import (
    MOST_SEED,
    StageSentence,
    fit_spin,
    spin_box,
)
from explorer.ui.panels.training_parts.stage_words import missing_words, stage_name
from explorer.ui.settings import Settings
from explorer.ui.stores.preferences import Kept
from explorer.ui.theme import Theme
from explorer.ui.widgets.flow_layout import FlowLayout
from explorer.ui.widgets.pick_button import Elsewhere, Pick, PickButton


class SetupSentence(QWidget):
    """The sentence "[Pretrain] a [nano] model on [the Python manual] ..." and Start; kept from day to day.

    What only one stage asks for is in its own sentence; stage, model to begin from and seed are here.
    Signals: `start_requested`, by the button or Ctrl+Return; `choice_changed`; `beginnings_requested`: the
    models that a stage can begin from are wanted, or may have changed; `choosing_requested`: the person
    wants to say which answers are better.
    """

    start_requested = Signal()
    choice_changed = Signal()
    beginnings_requested = Signal()
    choosing_requested = Signal()

    def __init__(self, theme: Theme, settings: Settings) -> None:
        super().__init__()
        self._theme, self._settings = theme, settings
        self._parent = self._wanted_parent = ""
        self._by_hand: set[str] = set()
        """Folders that were chosen to begin from, and may be another computer's."""
        self._beginnings: Sequence[Beginning] = ()
        self._judges: Sequence[Beginning] = ()
        self._beginnings_known = False
        self._in_the_row = ""
        self.reading, self.finetuning = ReadingSentence(), FinetuningSentence()
        self.practice, self.reward = PracticeSentence(), RewardSentence()
        self.pleasing = PleasingSentence(self.practice)
        self._sentences: dict[StageName, StageSentence] = {
            "pretrain": self.reading,
            "sft": self.finetuning,
            "rejection": self.practice,
            "grpo": self.practice,
            "reward": self.reward,
            "rlhf": self.pleasing,
        }
        self._parts = tuple(dict.fromkeys(self._sentences.values()))
        self._build()
        self.set_choice(remembered(settings))
        self._connect()
        self._apply_theme()

    # ------------------------------------------------------------ widgets

    def _build(self) -> None:
        self._stage = QComboBox()
        self._stage.setAccessibleName(self.tr("Stage of training"))
        stages: tuple[tuple[StageName, str], ...] = (
            ("pretrain", self.tr("Pretrain")),
            ("sft", self.tr("Finetune")),
            ("rejection", self.tr("Rejection sampling")),
            ("grpo", self.tr("GRPO")),
            ("reward", self.tr("Reward model")),
            ("rlhf", self.tr("RLHF")),
        )
        for stage, name in stages:
            self._stage.addItem(name, stage)
        folder = Elsewhere(
            self.tr("a folder with a model…"), self.tr("Choose a folder with a model"), folder=True
        )
        self._parent_button = PickButton(self.tr("Which model it begins from: {name}"), (folder,))
        self._seed = spin_box(0, MOST_SEED, self.tr("Seed"))
        self._seed.setToolTip(self.tr("The same seed gives the same run"))
        self.start_button = QPushButton(self.tr("Start"))
        self.start_button.setProperty("kind", "primary")
        self.start_button.setToolTip(self.tr("Start training (Ctrl+Return)"))
        self.offer_button = QPushButton()
        """Brings what is missing; hidden while nothing is."""
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

    @property
    def _sentence(self) -> StageSentence:
        return self._sentences[self.stage]

    def _blanks(self) -> dict[str, QWidget]:
        blanks: dict[str, QWidget] = {
            "stage": self._stage,
            "parent": self._parent_button,
            "seed": self._seed,
        }
        for part in self._parts:
            blanks |= part.blanks()
        return blanks

    def _fill_row(self) -> None:
        """Words and blanks in the order in which the language has them; blanks of other stages hide."""
        self._in_the_row = self._sentence.sentence(self.stage)
        blanks = self._blanks()
        keep = {*blanks.values(), self.start_button, self.offer_button}
        while (item := self._row.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None and widget not in keep:
                widget.hide()
                widget.deleteLater()
        before: QWidget | None = None
        for part in re.split(r"(\{\w+\})", self._in_the_row):
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
        for button in (self.start_button, self.offer_button):
            self._row.addWidget(button)
            if before is not None:
                QWidget.setTabOrder(before, button)
            before = button

    def _connect(self) -> None:
        self._stage.currentIndexChanged.connect(self._stage_changed)
        self._seed.valueChanged.connect(self._render)
        for part in self._parts:
            part.changed.connect(self._render)
        self._parent_button.picked.connect(self.set_parent)
        self.reward.offer_taken.connect(self.choosing_requested)
        self.pleasing.offer_taken.connect(lambda: self.set_stage("reward"))
        self.offer_button.clicked.connect(self._take_offer)
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

    @property
    def parent_path(self) -> str:
        """The model to begin from; empty if there is none."""
        return self._parent

    def choice(self) -> Choice:
        """What the sentence says now."""
        choice = Choice(stage=self.stage, parent=self._parent, seed=self._seed.value())
        for part in self._parts:
            choice = part.filled(choice)
        return choice

    def set_choice(self, choice: Choice) -> None:
        """Fill in the blanks."""
        blanks = list(self._blanks().values())
        for blank in blanks:
            blank.blockSignals(True)
        self._stage.setCurrentIndex(self._stage.findData(choice.stage))
        self._seed.setValue(choice.seed)
        for part in self._parts:
            part.show_choice(choice)
        for blank in blanks:
            blank.blockSignals(False)
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
        self.reading.set_text(text)

    def set_parent(self, path: str) -> None:
        """Choose the model to begin from: a run's folder, or a checkpoint."""
        self._wanted_parent = path
        self._by_hand.add(path)
        self._render()

    def show_beginnings(
        self, beginnings: Sequence[Beginning], judges: Sequence[Beginning], known: bool
    ) -> None:
        """The models and the reward models that there are. `known`: no more are to come."""
        if (beginnings, judges, known) != (self._beginnings, self._judges, self._beginnings_known):
            self._beginnings, self._judges, self._beginnings_known = beginnings, judges, known
            self.pleasing.show_judges(judges, known)
            self._render()

    def show_kept(self, kept: Kept | None) -> None:
        """The person's choices between answers of `parent_path`; None: not counted yet."""
        self.reward.show_kept(kept)
        self._render_what_is_missing()

    def parent_name(self) -> str:
        """The model to begin from in words."""
        return self._parent_button.name()

    def run_name(self) -> str:
        """What a run on this text, or from this model, is called."""
        if self.stage == "pretrain":
            return self.reading.run_name()
        return self.child_name(self.parent_name(), self.stage)

    def child_name(self, parent_name: str, stage: StageName) -> str:
        """What a run of `stage` from a model is called."""
        return self.tr("{model}, {stage}").format(model=parent_name.split(", ")[0], stage=stage_name(stage))

    def set_device(self, kind: str) -> None:
        """What the engine computes on: "cpu", "cuda", "mps", or empty while unknown."""
        self.reading.set_device(kind)
        self._render_hint()

    def hint(self) -> str:
        """What is said about the choice."""
        return self._hint.text()

    def ask_for_file(self) -> None:
        """Let the person choose a text file; not blocking."""
        self.set_stage("pretrain")
        self.reading.ask_for_file()

    # ------------------------------------------------------------ what follows from it

    def _stage_changed(self) -> None:
        self.practice.follow(self.stage)
        self._fill_row()
        self._render()
        if self.stage != "pretrain":
            self.beginnings_requested.emit()

    def _render(self) -> None:
        if self._sentence.sentence(self.stage) != self._in_the_row:
            self._fill_row()
        self._render_parent()
        self._render_what_is_missing()
        wanted = replace(self.choice(), parent=self._wanted_parent, judge=self.pleasing.wanted)
        remember(self._settings, wanted)
        self.choice_changed.emit()

    def _render_parent(self) -> None:
        fit = fitting(self.stage, self._beginnings)
        unfit = {one.path for one in self._beginnings} - {one.path for one in fit}
        wanted = self._wanted_parent
        # A folder from elsewhere is taken at its word; the engine says if it cannot be used.
        elsewhere = bool(wanted) and (wanted in self._by_hand or Path(wanted).is_dir())
        there = wanted in (one.path for one in fit) or (elsewhere and wanted not in unfit)
        began = self.pleasing.began if self.stage == "rlhf" else ""
        self._parent = wanted if there else usual(self.stage, fit, began)
        picks = [Pick(one.path, one.name, self._detail(one)) for one in fit]
        first_shipped = next((at for at, one in enumerate(fit) if not one.stage), 0)
        if first_shipped:
            picks.insert(first_shipped, Pick("", ""))
        nothing = self.tr("no model yet") if self._beginnings_known else self.tr("looking for models …")
        self._parent_button.show_picks(picks, self._parent, nothing)

    def _render_what_is_missing(self) -> None:
        no_parent = self._lacks_parent
        self.start_button.setEnabled(not no_parent and self._sentence.ready())
        offer = self._sentence.offer()
        if no_parent:
            more = self.tr("Finetune one") if self._any_model else self.tr("Pretrain one")
            offer = more if self._beginnings_known else ""
        self.offer_button.setVisible(bool(offer))
        self.offer_button.setText(offer)
        self._render_hint()

    def _take_offer(self) -> None:
        if self._lacks_parent:
            self.set_stage("sft" if self._any_model else "pretrain")
        else:
            self._sentence.offer_taken.emit()

    @property
    def _lacks_parent(self) -> bool:
        return self.stage != "pretrain" and not self._parent

    @property
    def _any_model(self) -> bool:
        """Whether there is one that could be finetuned."""
        return bool(self._beginnings) and self.stage != "sft"

    def _detail(self, one: Beginning) -> str:
        if not one.stage:
            return self.tr("shipped")
        return self.tr("{stage}, step {step}").format(
            stage=stage_name(one.stage), step=words.count(one.step or 0)
        )

    def _render_hint(self) -> None:
        missing = self._lacks_parent and self._beginnings_known
        self._hint.setText(missing_words(self.stage) if missing else self._sentence.hint(self.stage))

    def _apply_theme(self) -> None:
        px = self._theme.px
        self._row.setSpacing(px(4))
        layout = self.layout()
        if layout is not None:
            layout.setSpacing(px(4))
        fit_spin(self._seed, self._theme, 54)
        for part in self._parts:
            part.apply_theme(self._theme)
