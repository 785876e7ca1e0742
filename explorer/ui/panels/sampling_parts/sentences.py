"""The sampling panel's sentences: which weights answer, how writing goes, what went wrong."""

from dataclasses import dataclass
from math import exp

from PySide6.QtCore import QCoreApplication

from explorer.protocol import Distribution, ModelLoaded, RunInfo
from explorer.ui import words
from explorer.ui.stores.sampling import SamplingStore
from explorer.ui.stores.sampling_stream import Repeat, Stream
from explorer.ui.widgets.export import Row
from explorer.ui.widgets.probability_bars import percent
from explorer.ui.widgets.token_text import visible


@dataclass(frozen=True)
class Trouble:
    """A notice. `retry`: loading the model again may help."""

    sentence: str
    details: str
    retry: bool


def run_label(run: RunInfo) -> str:
    """A line of the model selector."""
    return QCoreApplication.translate("Sampling", "{name} · step {step}").format(
        name=run.name, step=words.count(run.step)
    )


def weights_line(model: ModelLoaded, run: RunInfo | None) -> str:
    """Which weights answer."""
    parts = [run.name if run else model.name]
    if model.step is not None:
        parts.append(
            QCoreApplication.translate("Sampling", "step {step}").format(step=words.count(model.step))
        )
    parts.append(
        QCoreApplication.translate("Sampling", "{parameters} parameters").format(
            parameters=words.short_number(model.parameters)
        )
    )
    parts.append(QCoreApplication.translate("Sampling", "weights {hash}").format(hash=model.weights_hash))
    parts.append(model.device.upper())
    if model.dtype == "int8":
        parts.append(QCoreApplication.translate("Sampling", "weights in 8 bits"))
    elif model.dtype != "float32":
        parts.append(model.dtype)
    return " · ".join(parts)


def chip_note(stream: Stream, index: int) -> str:
    """What is known of the token that is pointed at; empty for -1."""
    tokens = list(stream.tokens)
    if not 0 <= index < len(tokens):
        return ""
    token = tokens[index]
    said = QCoreApplication.translate("Sampling", "“{text}” · id {id}").format(
        text=visible(token.text), id=token.id
    )
    if token.logprob is None:
        return said
    said += " · " + QCoreApplication.translate(
        "Sampling", "{share} at T = 1, log-probability {logprob}"
    ).format(share=percent(exp(token.logprob)), logprob=f"{token.logprob:.2f}")
    if index >= len(stream.prompt):
        said += " · " + QCoreApplication.translate("Sampling", "click: back to before this token")
    return said


def status_line(store: SamplingStore) -> str:
    """How writing goes, and why it ended."""
    parts: list[str] = []
    if store.running:
        rate = store.tokens_per_s
        parts.append(
            QCoreApplication.translate("Sampling", "Writing: {rate} tokens/s").format(
                rate="…" if rate is None else words.count(round(rate))
            )
        )
    if store.repeat is not None:
        parts.append(_repeat_words(store.repeat, store.stream.generated_ids, store.running))
    if not store.running and store.stop_reason is not None:
        parts.append(_stop_words(store))
    return "  ".join(part for part in parts if part)


def _repeat_words(repeat: Repeat, now: tuple[int, ...], running: bool) -> str:
    same, total = repeat.same(now), len(repeat.before)
    if same < len(now):
        return QCoreApplication.translate("Sampling", "✗ Other than before from token {place} on.").format(
            place=words.count(same + 1)
        )
    if running:
        return QCoreApplication.translate("Sampling", "{same} of {total} tokens as before").format(
            same=words.count(same), total=words.count(total)
        )
    if same == total:
        return QCoreApplication.translate("Sampling", "✓ The same {total} tokens as before.").format(
            total=words.count(total)
        )
    return ""


def _stop_words(store: SamplingStore) -> str:
    context = store.model.context if store.model else 0
    sentences = {
        "max_tokens": QCoreApplication.translate("Sampling", "Done: as many tokens as asked for."),
        "end_token": QCoreApplication.translate("Sampling", "The model ended its text with an end token."),
        "stopped": QCoreApplication.translate("Sampling", "Stopped."),
        "context_full": QCoreApplication.translate(
            "Sampling", "The context window of {context} tokens is full: take some back, or start again."
        ).format(context=words.count(context)),
    }
    return sentences.get(store.stop_reason or "", "")


def trouble(store: SamplingStore) -> Trouble | None:
    """What went wrong, if anything did."""
    if store.lost is not None:
        sentence = QCoreApplication.translate(
            "Sampling", "The engine that runs the model stopped. Your text stays here until it is back."
        )
        return Trouble(sentence, store.lost, retry=False)
    if store.problem is not None:
        problem = store.problem
        return Trouble(words.engine_sentence(problem.template, problem.values), problem.details, retry=True)
    return None


def distribution_table(distribution: Distribution) -> list[Row]:
    """One row a bar, most likely first."""
    rows: list[Row] = [
        {
            "rank": rank,
            "id": candidate.id,
            "token": candidate.text,
            "probability": candidate.probability,
            "model_probability": candidate.model_probability,
        }
        for rank, candidate in enumerate(distribution.candidates, 1)
    ]
    if distribution.rest_count:
        known = sum(candidate.model_probability for candidate in distribution.candidates)
        rows.append(
            {
                "rank": None,
                "id": None,
                "token": f"({distribution.rest_count} others)",
                "probability": distribution.rest_probability,
                "model_probability": max(0.0, 1 - known),
            }
        )
    return rows
