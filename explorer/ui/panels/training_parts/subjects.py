"""What the curves of a stage can show."""

from typing import Literal

from PySide6.QtCore import QCoreApplication

from explorer.ui import words

Subject = Literal[
    "loss",
    "bits",
    "right",
    "reward",
    "length",
    "entropy",
    "distance",
    "liking",
    "rule",
    "accuracy",
    "truth",
    "pair_loss",
    "margin",
    "rate",
    "gradient",
    "speed",
]
MEASURES: dict[Subject, tuple[str, ...]] = {
    "loss": ("train_loss", "val_loss"),
    "bits": ("val_bpb",),
    "right": ("share_right", "pass_at_1"),
    "reward": ("reward", "held_out_reward"),
    "length": ("response_length", "held_out_length"),
    "entropy": ("entropy",),
    "distance": ("kl", "held_out_kl"),
    "liking": ("reward", "held_out_reward"),
    "rule": ("true_score", "held_out_true_score"),
    "accuracy": ("accuracy", "held_out_accuracy"),
    "truth": ("true_accuracy",),
    "pair_loss": ("preference_loss", "held_out_loss"),
    "margin": ("margin",),
    "rate": ("learning_rate",),
    "gradient": ("grad_norm",),
    "speed": ("tokens_per_s",),
}
"""For each subject the measures that are drawn; the second of two is on held-out data."""
HELD_OUT = frozenset(measures[1] for measures in MEASURES.values() if len(measures) > 1) | {
    "val_bpb",
    "true_accuracy",
}
SMOOTH = frozenset({"learning_rate"}) | HELD_OUT
"""Never averaged: planned, or measured now and then only."""
_READING: tuple[Subject, ...] = ("loss", "bits", "rate", "gradient", "speed")
_PRACTICE: tuple[Subject, ...] = (
    "right",
    "reward",
    "length",
    "entropy",
    "distance",
    "gradient",
    "speed",
)
BESIDE: dict[Subject, Subject] = {"liking": "rule", "accuracy": "truth"}
"""What stands under a subject, on a scale of its own, where it is known: what the labeller's rule says."""
BY_THE_RULE = {"true_score": 2, "held_out_true_score": 3, "true_accuracy": 2}
"""Measures by the labeller's rule, each with how far its colour is from the run's own."""
_JUDGING: tuple[Subject, ...] = ("accuracy", "pair_loss", "margin", "gradient", "speed", "rate")
_PLEASING: tuple[Subject, ...] = ("liking", "distance", "length", "entropy", "gradient", "speed")
PRACTICE_STAGES = ("rejection", "grpo", "rlhf")
"""Those that try, and are rewarded."""


def subjects_of(stage: str) -> tuple[Subject, ...]:
    """In the order in which they are offered."""
    if stage == "reward":
        return _JUDGING
    if stage == "rlhf":
        return _PLEASING
    return _PRACTICE if stage in PRACTICE_STAGES else _READING


def subject_name(subject: Subject) -> str:
    """What is on the vertical axis, with its unit."""
    names: dict[Subject, str] = {
        "loss": QCoreApplication.translate("CurveArea", "Loss (nats per token)"),
        "bits": QCoreApplication.translate("CurveArea", "Bits per byte, held-out"),
        "right": QCoreApplication.translate("CurveArea", "Share of answers that are right"),
        "reward": QCoreApplication.translate("CurveArea", "Mean reward of an answer"),
        "length": QCoreApplication.translate("CurveArea", "Mean length of an answer (tokens)"),
        "entropy": QCoreApplication.translate("CurveArea", "Entropy (nats per token)"),
        "distance": QCoreApplication.translate("CurveArea", "Distance from its beginning (KL, nats)"),
        "liking": QCoreApplication.translate("CurveArea", "Mean reward, by the reward model"),
        "rule": QCoreApplication.translate("CurveArea", "Mean score by the labeller's own rule (0 to 1)"),
        "accuracy": QCoreApplication.translate("CurveArea", "Share of pairs put in the right order"),
        "truth": QCoreApplication.translate(
            "CurveArea", "Share of held-out pairs in the rule's order, the labeller's errors put right"
        ),
        "pair_loss": QCoreApplication.translate("CurveArea", "Loss (nats per pair)"),
        "margin": QCoreApplication.translate("CurveArea", "Score of the preferred answer less the other's"),
        "rate": QCoreApplication.translate("CurveArea", "Learning rate"),
        "gradient": QCoreApplication.translate("CurveArea", "Gradient norm"),
        "speed": QCoreApplication.translate("CurveArea", "Tokens per second"),
    }
    return names[subject]


def tab_name(subject: Subject) -> str:
    """In a word, for a tab."""
    names: dict[Subject, str] = {
        "right": QCoreApplication.translate("CurveArea", "Right"),
        "reward": QCoreApplication.translate("CurveArea", "Reward"),
        "length": QCoreApplication.translate("CurveArea", "Length"),
        "entropy": QCoreApplication.translate("CurveArea", "Entropy"),
        "distance": QCoreApplication.translate("CurveArea", "KL"),
        "liking": QCoreApplication.translate("CurveArea", "Reward"),
        "accuracy": QCoreApplication.translate("CurveArea", "Accuracy"),
        "pair_loss": QCoreApplication.translate("CurveArea", "Loss"),
        "margin": QCoreApplication.translate("CurveArea", "Margin"),
        "rate": QCoreApplication.translate("CurveArea", "Rate"),
        "gradient": QCoreApplication.translate("CurveArea", "Gradient"),
        "speed": QCoreApplication.translate("CurveArea", "Speed"),
    }
    return names.get(subject, subject_name(subject))


def measure_name(measure: str) -> str:
    """Of one line."""
    if measure == "pass_at_1":
        return QCoreApplication.translate("CurveArea", "held-out, pass@1")
    by_the_rule = {
        "true_score": QCoreApplication.translate("CurveArea", "by the rule"),
        "held_out_true_score": QCoreApplication.translate("CurveArea", "by the rule, held-out"),
        "true_accuracy": QCoreApplication.translate("CurveArea", "by the rule, held-out"),
    }
    if measure in by_the_rule:
        return by_the_rule[measure]
    if measure in HELD_OUT and measure != "val_bpb":
        return QCoreApplication.translate("CurveArea", "held-out")
    names = {
        "train_loss": QCoreApplication.translate("CurveArea", "training"),
        "val_bpb": QCoreApplication.translate("CurveArea", "bits per byte"),
        "learning_rate": QCoreApplication.translate("CurveArea", "learning rate"),
        "grad_norm": QCoreApplication.translate("CurveArea", "gradient norm"),
        "tokens_per_s": QCoreApplication.translate("CurveArea", "tokens/s"),
        "entropy": QCoreApplication.translate("CurveArea", "entropy"),
    }
    return names.get(measure, QCoreApplication.translate("CurveArea", "in the update"))


def format_value(subject: Subject, value: float) -> str:
    """A number with as many digits as its measure is worth."""
    match subject:
        case "right" | "accuracy" | "truth":
            return f"{100 * value:.1f} %"
        case "length":
            return f"{value:.1f}"
        case "rate":
            return f"{value:.2e}"
        case "gradient":
            return f"{value:.2f}"
        case "speed":
            return words.count(round(value))
        case _:
            return f"{value:.3f}"
