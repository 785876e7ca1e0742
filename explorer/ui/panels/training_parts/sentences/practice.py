"""Practice on problems: "[GRPO] from [a model] with [16] problems and [8] answers to each ..."."""

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from explorer.ui.panels.training_parts.choice import USUAL, Choice, StageName
from explorer.ui.panels.training_parts.sentences.stage_sentence import (
    MOST_STEPS,
    StageSentence,
    choose,
    fit_spin,
    number_box,
    spin_box,
)
from explorer.ui.theme import Theme

_QUESTIONS, _GROUPS = (2, 4, 8, 16, 32), (4, 8, 15, 16, 32)


class PracticeSentence(StageSentence):
    """Rejection sampling and GRPO: questions an update, answers to each, updates."""

    def __init__(self) -> None:
        super().__init__()
        self.problems = number_box(_QUESTIONS, self.tr("Questions an update"))
        self.group = number_box(_GROUPS, self.tr("Answers to each question"))
        self.updates = spin_box(1, MOST_STEPS, self.tr("Updates"))
        self.updates.setSingleStep(10)
        for box in (self.problems, self.group):
            box.currentIndexChanged.connect(self.changed)
        self.updates.valueChanged.connect(self.changed)

    def sentence(self, stage: StageName) -> str:
        """As the base says."""
        return self.tr(
            "{stage} from {parent} with {problems} problems and {group} answers to each for {updates} "
            "updates, seed {seed}"
        )

    def blanks(self) -> Mapping[str, QWidget]:
        """As the base says."""
        return {"problems": self.problems, "group": self.group, "updates": self.updates}

    def show_choice(self, choice: Choice) -> None:
        """As the base says."""
        usual = Choice()
        choose(self.problems, choice.problems, usual.problems)
        choose(self.group, choice.group, usual.group)
        self.updates.setValue(choice.updates)

    def filled(self, choice: Choice) -> Choice:
        """As the base says."""
        return replace(
            choice,
            problems=self.problems.currentData(),
            group=self.group.currentData(),
            updates=self.updates.value(),
        )

    def apply_theme(self, theme: Theme) -> None:
        """As the base says."""
        fit_spin(self.updates, theme, 70)

    def follow(self, stage: StageName) -> None:
        """What was not chosen by hand follows the stage."""
        if stage not in USUAL:
            return
        updates, group = USUAL[stage]
        if self.updates.value() in (usual for usual, _ in USUAL.values()):
            self.updates.setValue(updates)
        if self.group.currentData() in (usual for _, usual in USUAL.values()):
            self.group.setCurrentIndex(self.group.findData(group))
