"""RLHF: "[RLHF] from [a model] to please [a reward model] with [a leash], [16] questions ..."."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QComboBox, QWidget

from explorer.ui import words
from explorer.ui.panels.training_parts.beginnings import Beginning
from explorer.ui.panels.training_parts.choice import Choice, StageName
from explorer.ui.panels.training_parts.sentences.practice import PracticeSentence
from explorer.ui.panels.training_parts.sentences.stage_sentence import StageSentence, choose, named
from explorer.ui.widgets.pick_button import Elsewhere, Pick, PickButton


class PleasingSentence(StageSentence):
    """A reward model and a leash, and the blanks of practice. The offer is to make a reward model."""

    def __init__(self, practice: PracticeSentence) -> None:
        super().__init__()
        self._practice = practice
        self._judges: Sequence[Beginning] = ()
        self._judges_known = False
        self._judge = self._wanted = ""
        self._by_hand: set[str] = set()
        folder = Elsewhere(self.tr("a run's folder…"), self.tr("Choose a run of a reward model"), folder=True)
        self.judge = PickButton(self.tr("Which reward model judges: {name}"), (folder,))
        self.leash = named(QComboBox(), self.tr("What holds it near its beginning"))
        for weight, name in (
            (0.0, self.tr("no leash")),
            (0.02, self.tr("a long leash")),
            (0.1, self.tr("a leash")),
            (0.5, self.tr("a short leash")),
        ):
            self.leash.addItem(name, weight)
        self.judge.picked.connect(self.set_judge)
        self.leash.currentIndexChanged.connect(self.changed)

    def sentence(self, stage: StageName) -> str:
        """As the base says."""
        return self.tr(
            "{stage} from {parent} to please {judge} with {leash}, {problems} questions and {group} answers "
            "to each for {updates} updates, seed {seed}"
        )

    def blanks(self) -> Mapping[str, QWidget]:
        """As the base says."""
        return {"judge": self.judge, "leash": self.leash, **self._practice.blanks()}

    def show_choice(self, choice: Choice) -> None:
        """As the base says."""
        choose(self.leash, choice.leash, Choice().leash)
        self._wanted = choice.judge
        self._show_judge()

    def filled(self, choice: Choice) -> Choice:
        """As the base says."""
        return replace(choice, judge=self._judge, leash=self.leash.currentData())

    @property
    def wanted(self) -> str:
        """The reward model that was chosen, be it there or not."""
        return self._wanted

    @property
    def began(self) -> str:
        """The model that the reward model began from; empty if nobody knows."""
        return next((one.began for one in self._judges if one.path == self._judge), "")

    def set_judge(self, path: str) -> None:
        """Choose the reward model: a run's folder."""
        self._wanted = path
        self._by_hand.add(path)
        self._show_judge()
        self.changed.emit()

    def show_judges(self, judges: Sequence[Beginning], known: bool) -> None:
        """The reward models that there are. `known`: no more are to come."""
        self._judges, self._judges_known = judges, known
        self._show_judge()

    def ready(self) -> bool:
        """Whether there is a reward model."""
        return bool(self._judge)

    def offer(self) -> str:
        """As the base says."""
        return "" if self._judge or not self._judges_known else self.tr("Make a reward model")

    def hint(self, stage: StageName) -> str:
        """What the leash does."""
        if not self._judge and self._judges_known:
            return self.tr("RLHF wants a judge: train a reward model first.")
        weight: float = self.leash.currentData()
        if not weight:
            return self.tr(
                "What pleases the reward model becomes likelier, and nothing holds the model near its "
                "beginning: watch what it finds."
            )
        return self.tr(
            "What pleases the reward model becomes likelier. The leash: each nat of distance from its "
            "beginning costs {weight}."
        ).format(weight=f"{weight:g}")

    def _show_judge(self) -> None:
        wanted = self._wanted
        # A folder from elsewhere is taken at its word; the engine says if it cannot be used.
        there = wanted in (one.path for one in self._judges)
        there = there or (bool(wanted) and (wanted in self._by_hand or Path(wanted).is_dir()))
        first = self._judges[0].path if self._judges else ""
        self._judge = wanted if there else first
        picks = [
            Pick(one.path, one.name, self.tr("step {step}").format(step=words.count(one.step or 0)))
            for one in self._judges
        ]
        nothing = (
            self.tr("no reward model yet") if self._judges_known else self.tr("looking for reward models …")
        )
        self.judge.show_picks(picks, self._judge, nothing)
