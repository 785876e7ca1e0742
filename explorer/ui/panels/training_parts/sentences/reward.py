"""A reward model: "[Reward model] from [a model] that likes [rich answers], learned from [400] pairs ..."."""

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtWidgets import QComboBox, QWidget

from explorer.ui import words
from explorer.ui.panels.training_parts.choice import LABELLERS, Choice, Labeller, StageName
from explorer.ui.panels.training_parts.sentences.stage_sentence import (
    StageSentence,
    choose,
    named,
    number_box,
)
from explorer.ui.stores.preferences import FEWEST, Kept

_PAIRS, _NOISES = (50, 100, 200, 400, 800, 1600), (0, 5, 10, 20, 30)


class RewardSentence(StageSentence):
    """Who prefers: a labeller with a rule and errors, or the person. The offer is to choose, by hand."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: Kept | None = None
        self.labeller = named(QComboBox(), self.tr("What is liked"))
        for labeller in LABELLERS:
            self.labeller.addItem(self._liked(labeller), labeller)
        self.pairs = number_box(_PAIRS, self.tr("Pairs of answers"))
        self.noise = named(QComboBox(), self.tr("How often the labeller errs"))
        for percent in _NOISES:
            self.noise.addItem(f"{percent} %", percent)
        for box in (self.labeller, self.pairs, self.noise):
            box.currentIndexChanged.connect(self.changed)

    def _liked(self, labeller: Labeller) -> str:
        return {
            "rich": self.tr("answers rich in words"),
            "polite": self.tr("polite answers"),
            "brief": self.tr("brief answers"),
            "person": self.tr("what I choose"),
        }[labeller]

    @property
    def by_hand(self) -> bool:
        """Whether the person prefers, and not a rule."""
        return self.labeller.currentData() == "person"

    def sentence(self, stage: StageName) -> str:
        """As the base says."""
        if self.by_hand:
            return self.tr("{stage} from {parent} that likes {labeller}, seed {seed}")
        return self.tr(
            "{stage} from {parent} that likes {labeller}, learned from {pairs} pairs with {noise} wrong, "
            "seed {seed}"
        )

    def blanks(self) -> Mapping[str, QWidget]:
        """As the base says."""
        return {"labeller": self.labeller, "pairs": self.pairs, "noise": self.noise}

    def show_choice(self, choice: Choice) -> None:
        """As the base says."""
        usual = Choice()
        choose(self.labeller, choice.labeller, usual.labeller)
        choose(self.pairs, choice.pairs, usual.pairs)
        choose(self.noise, choice.noise, usual.noise)

    def filled(self, choice: Choice) -> Choice:
        """As the base says."""
        return replace(
            choice,
            labeller=self.labeller.currentData(),
            pairs=self.pairs.currentData(),
            noise=self.noise.currentData(),
            labels=self._kept.store if self._kept is not None else "",
        )

    def show_kept(self, kept: Kept | None) -> None:
        """The person's choices between answers of the model to begin from; None: not counted yet."""
        self._kept = kept

    def ready(self) -> bool:
        """Whether there are choices enough, if it is the person who prefers."""
        return not self.by_hand or (self._kept is not None and self._kept.count >= FEWEST)

    def offer(self) -> str:
        """As the base says."""
        return self.tr("Choose between answers…") if self.by_hand else ""

    def hint(self, stage: StageName) -> str:
        """The rule, or how many choices there are."""
        if not self.by_hand:
            rule = self.rule_words(self.labeller.currentData())
            return self.tr("It learns to tell by choices alone what is liked. The rule: {rule}").format(
                rule=rule
            )
        if self._kept is None:
            return self.tr("Counting your choices between this model's answers …")
        counts = {"kept": words.count(self._kept.count), "least": words.count(FEWEST)}
        if not self.ready():
            return self.tr(
                "You have chosen {kept} times between this model's answers; {least} are needed."
            ).format(**counts)
        return self.tr("It learns from your {kept} choices between this model's answers.").format(**counts)

    def rule_words(self, labeller: Labeller) -> str:
        """What the simulated labeller goes by; the engine's own words."""
        return {
            "rich": self.tr(
                "The answer with more different words is preferred; words said again count against it."
            ),
            "polite": self.tr("A polite answer is preferred; one phrase is enough, more of them annoy."),
            "brief": self.tr("The shorter answer is preferred, as long as it has three words."),
            "person": "",
        }[labeller]
