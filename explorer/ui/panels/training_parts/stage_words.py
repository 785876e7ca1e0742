"""The stages of training by name, and what is said of a choice."""

from PySide6.QtCore import QCoreApplication


def stage_name(stage: str) -> str:
    """As the list of runs has it; what nobody knows keeps its own name."""
    return {
        "pretrain": QCoreApplication.translate("Stages", "pretraining"),
        "sft": QCoreApplication.translate("Stages", "finetuning"),
        "rejection": QCoreApplication.translate("Stages", "rejection sampling"),
        "grpo": QCoreApplication.translate("Stages", "GRPO"),
        "reward": QCoreApplication.translate("Stages", "reward model"),
        "rlhf": QCoreApplication.translate("Stages", "RLHF"),
    }.get(stage, stage)


def stage_hint(stage: str) -> str:
    """What a stage after pretraining does."""
    return {
        "sft": QCoreApplication.translate(
            "Stages", "It reads conversations, and learns only what the assistant says in them."
        ),
        "rejection": QCoreApplication.translate(
            "Stages",
            "It answers word problems many times; the right answers are what it learns, and again.",
        ),
        "grpo": QCoreApplication.translate(
            "Stages",
            "It answers word problems many times; answers better than their group become likelier.",
        ),
    }.get(stage, "")


def missing_words(stage: str) -> str:
    """What a stage needs, where there is no model that it could begin from."""
    return {
        "sft": QCoreApplication.translate(
            "Stages", "Finetuning begins from a model that has read something: pretrain one first."
        ),
        "rejection": QCoreApplication.translate(
            "Stages", "Rejection sampling begins from a model that chats: finetune one first."
        ),
        "grpo": QCoreApplication.translate(
            "Stages", "GRPO begins from a model that chats: finetune one first."
        ),
        "reward": QCoreApplication.translate(
            "Stages", "A reward model judges the answers of a model that chats: finetune one first."
        ),
        "rlhf": QCoreApplication.translate(
            "Stages", "RLHF begins from a model that chats: finetune one first."
        ),
    }[stage]


def size_hint(preset: str, device: str) -> str:
    """What a size of model asks for; `device`: "cpu", "cuda", "mps", or empty while unknown."""
    if device == "cpu" and preset == "medium":
        return QCoreApplication.translate(
            "SetupSentence",
            "medium wants a large GPU. The engine has only a CPU here: one step may take minutes.",
        )
    if device == "cpu" and preset == "small":
        return QCoreApplication.translate(
            "SetupSentence", "small wants a laptop's GPU. The engine has only a CPU here: it will take hours."
        )
    return {
        "nano": QCoreApplication.translate(
            "SetupSentence", "nano: 0.9 million weights; two CPU cores teach it in a few minutes."
        ),
        "micro": QCoreApplication.translate(
            "SetupSentence", "micro: 1.3 million weights, and room for 512 tokens: for long answers."
        ),
        "small": QCoreApplication.translate(
            "SetupSentence", "small: 12 million weights; wants a laptop's GPU."
        ),
        "medium": QCoreApplication.translate(
            "SetupSentence", "medium: 82 million weights; wants a large GPU."
        ),
    }[preset]
