"""What a person can choose before a run begins, and what was chosen last."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Literal, cast

from explorer.protocol import BUILT_IN_TEXT
from explorer.ui.settings import Settings

StageName = Literal["pretrain", "sft", "rejection", "grpo", "reward", "rlhf"]
STAGES: tuple[StageName, ...] = ("pretrain", "sft", "rejection", "grpo", "reward", "rlhf")
FROM_CHAT: tuple[StageName, ...] = ("rejection", "grpo", "reward", "rlhf")
"""Stages that learn from a model's own answers; they begin from one that chats."""
Labeller = Literal["rich", "polite", "brief", "person"]
LABELLERS: tuple[Labeller, ...] = ("rich", "polite", "brief", "person")
"""Who prefers: the engine's rules by name, or the person."""
PRESETS = {
    "nano": (1500, 1024),
    "micro": (5600, 1536),
    "small": (4000, 4096),
    "medium": (10_000, 8192),
}
"""Presets, smallest first, with the steps and the vocabulary that are offered for each."""
USUAL: dict[StageName, tuple[int, int]] = {"rejection": (60, 15), "grpo": (200, 8), "rlhf": (100, 8)}
"""Updates, and answers to each problem, that are offered for each stage of practice."""


@dataclass(frozen=True)
class Choice:
    """What the sentence says."""

    text: str = BUILT_IN_TEXT
    preset: str = "nano"
    tokenizer: str = "bpe"
    """As `StartTraining.tokenizer`."""
    vocab_size: int | None = 1024
    """Of byte pairs that are learned; None for characters, and for a tokenizer that is there already."""
    steps: int = PRESETS["nano"][0]
    """Of pretraining."""
    seed: int = 1
    stage: StageName = "pretrain"
    parent: str = ""
    """The run or the checkpoint that every stage but pretraining begins from."""
    chats: str = BUILT_IN_TEXT
    """Conversations to finetune on: those that come with the program, or a path."""
    epochs: int = 2
    """How often finetuning goes through them."""
    problems: int = 16
    """Of an update of practice."""
    group: int = USUAL["grpo"][1]
    updates: int = USUAL["grpo"][0]
    labeller: Labeller = "rich"
    pairs: int = 400
    """Of answers, where a rule prefers."""
    noise: int = 10
    """Percent of the pairs in which a rule's labeller errs."""
    labels: str = ""
    """The file of the person's own choices, if it is known; not remembered."""
    judge: str = ""
    """The run of the reward model that RLHF pleases."""
    leash: float = 0.1
    """What each nat of distance from its beginning costs; 0: no leash."""

    @property
    def planned(self) -> int | None:
        """Steps that the engine is asked for; None: it finds out itself."""
        match self.stage:
            case "pretrain":
                return self.steps
            case "sft" | "reward":
                return None
            case _:
                return self.updates

    @property
    def learned_text(self) -> str:
        """What `StartTraining.text` says."""
        match self.stage:
            case "pretrain":
                return self.text
            case "sft":
                return self.chats
            case _:
                return BUILT_IN_TEXT

    @property
    def options(self) -> dict[str, str]:
        """What only the stage knows."""
        drawing = {"problems": str(self.problems), "group": str(self.group)}
        match self.stage:
            case "pretrain":
                return {}
            case "sft":
                return {"epochs": str(self.epochs)}
            case "rejection" | "grpo":
                return drawing
            case "reward" if self.labeller == "person":
                return {"labels": self.labels}
            case "reward":
                return {"rule": self.labeller, "pairs": str(self.pairs), "noise": f"{self.noise / 100:g}"}
            case "rlhf":
                return {"reward_model": self.judge, "kl_weight": f"{self.leash:g}", **drawing}


def remember(settings: Settings, choice: Choice) -> None:
    """Keep it for the next day."""
    for field in fields(choice):
        value = getattr(choice, field.name)
        if value is not None and field.name != "labels":
            settings.set(f"training/{field.name}", value)


def remembered(settings: Settings) -> Choice:
    """The last choice; what cannot be read counts as never chosen."""
    usual = Choice()
    tokenizer = settings.text("training/tokenizer", usual.tokenizer)
    return Choice(
        text=settings.text("training/text", usual.text),
        preset=_one_of(settings, "preset", tuple(PRESETS), usual.preset),
        tokenizer=tokenizer,
        vocab_size=_number(settings, "vocab_size", 1024) if tokenizer == "bpe" else None,
        steps=_number(settings, "steps", usual.steps),
        seed=_number(settings, "seed", usual.seed),
        stage=cast(StageName, _one_of(settings, "stage", STAGES, usual.stage)),
        parent=settings.text("training/parent", usual.parent),
        chats=settings.text("training/chats", usual.chats),
        epochs=_number(settings, "epochs", usual.epochs),
        problems=_number(settings, "problems", usual.problems),
        group=_number(settings, "group", usual.group),
        updates=_number(settings, "updates", usual.updates),
        labeller=cast(Labeller, _one_of(settings, "labeller", LABELLERS, usual.labeller)),
        pairs=_number(settings, "pairs", usual.pairs),
        noise=_number(settings, "noise", usual.noise),
        judge=settings.text("training/judge", usual.judge),
        leash=settings.number("training/leash", usual.leash),
    )


def _number(settings: Settings, name: str, usual: int) -> int:
    return int(settings.number(f"training/{name}", usual))


def _one_of(settings: Settings, name: str, known: Sequence[str], usual: str) -> str:
    found = settings.text(f"training/{name}", usual)
    return found if found in known else usual
