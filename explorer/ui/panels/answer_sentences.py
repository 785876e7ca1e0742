"""Sentences about a model that answers: which weights, through which format, how fast, why it ended."""

from PySide6.QtCore import QCoreApplication

from explorer.protocol import ModelLoaded
from explorer.ui import words
from explorer.ui.stores.answering import Answering
from explorer.ui.stores.known_models import KnownModel, KnownModels
from explorer.ui.widgets.model_picker import Choice

_FEWEST_FOR_A_RATE = 4
"""The first token's scores are there with the prompt: a rate of so few says nothing."""


def model_label(model: KnownModel) -> str:
    """A line of the list of models."""
    if model.step is None:
        return model.name
    return QCoreApplication.translate("Answers", "{name} · step {step}").format(
        name=model.name, step=words.count(model.step)
    )


def choices(known: KnownModels) -> list[Choice]:
    """The list of models."""
    return [Choice(model.path, model_label(model)) for model in known.all]


def label_of(path: str, known: KnownModels) -> str:
    """What the list calls the model at `path`."""
    model = known.find(path)
    if model is not None:
        return model_label(model)
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2]


def weights_line(model: ModelLoaded) -> str:
    """Which weights answer, as the engine says."""
    parts = [model.name]
    if model.step is not None:
        parts.append(
            QCoreApplication.translate("Answers", "step {step}").format(step=words.count(model.step))
        )
    parts.append(QCoreApplication.translate("Answers", "weights {hash}").format(hash=model.weights_hash))
    parts.append(
        QCoreApplication.translate("Answers", "{parameters} parameters").format(
            parameters=words.short_number(model.parameters)
        )
    )
    parts += [model.dtype, model.device.upper()]
    return " · ".join(parts)


def weights_words(answering: Answering) -> str:
    """The same, or what is there instead of a model."""
    if answering.model is not None:
        return weights_line(answering.model)
    if answering.phase == "loading":
        return QCoreApplication.translate("Answers", "Loading the model …")
    return QCoreApplication.translate("Answers", "No model is loaded.")


def format_words(answering: Answering) -> str:
    """In which form the model was given the prompt, as the engine's tokens tell."""
    in_chat = answering.in_chat_format
    if in_chat is None or answering.model is None:
        return ""
    if not in_chat:
        return QCoreApplication.translate("Answers", "document: the text as it is")
    name = answering.model.template_name
    if name:
        return QCoreApplication.translate("Answers", "chat: {name}").format(name=name)
    return QCoreApplication.translate("Answers", "chat: its own format")


def speed_words(answering: Answering) -> str:
    """How it goes: tokens, rate, the wait for the first one, why it ended."""
    if answering.phase == "reading":
        return QCoreApplication.translate("Answers", "Reading the prompt …")
    if answering.question is None or not (answering.tokens or answering.stop_reason):
        return ""
    written = len(answering.tokens)
    parts = [
        QCoreApplication.translate("Answers", "1 token")
        if written == 1
        else QCoreApplication.translate("Answers", "{tokens} tokens").format(tokens=words.count(written))
    ]
    if answering.tokens_per_s is not None and written >= _FEWEST_FOR_A_RATE:
        parts.append(
            QCoreApplication.translate("Answers", "{rate} tokens/s").format(
                rate=words.count(round(answering.tokens_per_s))
            )
        )
    if answering.first_token_s is not None:
        parts.append(
            QCoreApplication.translate("Answers", "first after {seconds} s").format(
                seconds=f"{answering.first_token_s:.2f}"
            )
        )
    if answering.stop_reason is not None:
        parts.append(stop_words(answering.stop_reason))
    return " · ".join(parts)


def stop_words(reason: str) -> str:
    """Why it ended, in a few words."""
    sentences = {
        "max_tokens": QCoreApplication.translate("Answers", "length reached"),
        "end_token": QCoreApplication.translate("Answers", "ended by itself"),
        "stopped": QCoreApplication.translate("Answers", "stopped"),
        "context_full": QCoreApplication.translate("Answers", "context full"),
    }
    return sentences.get(reason, reason)
