"""The models panel's words: groups, rows, facts."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from explorer.protocol import ModelDescribed, ModelInfo, ModelOrigin
from explorer.ui import words
from explorer.ui.model_words import group_name
from explorer.ui.widgets.export import Row
from explorer.ui.widgets.model_list import ModelRow

ORDER: tuple[ModelOrigin, ...] = ("run", "shipped", "package", "opened", "hub", "server")
SEPARATOR = " · "


def model_rows(models: Sequence[ModelInfo]) -> list[ModelRow]:
    """In groups, each under its heading."""
    rows: list[ModelRow] = []
    for origin in ORDER:
        group = [model for model in models if model.origin == origin]
        if group:
            rows.append(ModelRow("", group_name(origin)))
            rows += [_row(model) for model in group]
    return rows


def problem_words(model: ModelInfo) -> str:
    """Why it cannot be used; empty if it can."""
    return (
        "" if model.problem is None else words.engine_sentence(model.problem.template, model.problem.values)
    )


def short_facts(model: ModelInfo) -> str:
    """One line: family, parameters, context, packing, terms."""
    translate = QCoreApplication.translate
    parts = [model.family]
    if model.parameters is not None:
        parts.append(
            translate("Models", "{count} parameters").format(count=words.short_number(model.parameters))
        )
    if model.context is not None:
        parts.append(translate("Models", "{count} tokens").format(count=words.count(model.context)))
    if model.step is not None:
        parts.append(translate("Models", "step {step}").format(step=words.count(model.step)))
    parts.append(model.packing)
    if len(model.terms) < 24:
        parts.append(model.terms)
    return SEPARATOR.join(part for part in parts if part) or model.place


def fact_lines(model: ModelInfo, details: ModelDescribed | None) -> list[tuple[str, str]]:
    """Name and value, for the table of a model's facts."""
    translate = QCoreApplication.translate
    lines = [
        (translate("Models", "Family"), model.family),
        (
            translate("Models", "Parameters"),
            "" if model.parameters is None else words.count(model.parameters),
        ),
        (translate("Models", "Context"), _tokens(model.context)),
        (translate("Models", "Stored as"), model.packing),
        (translate("Models", "On disk"), "" if model.size_bytes is None else words.size(model.size_bytes)),
    ]
    if details is not None:
        lines += _shape_lines(details)
        lines.append((translate("Models", "Tokenizer"), details.tokenizer))
    return [(name, value) for name, value in lines if value]


def memory_lines(details: ModelDescribed | None) -> list[tuple[str, str]]:
    """What it will take, as computed from its sizes."""
    if details is None or details.memory is None:
        return []
    translate, memory = QCoreApplication.translate, details.memory
    return [
        (translate("Models", "Weights in float32"), words.size(memory.float32_bytes)),
        (translate("Models", "Weights in bfloat16"), words.size(memory.bfloat16_bytes)),
        (translate("Models", "Weights in int8"), words.size(memory.int8_bytes)),
        (
            translate("Models", "Keys and values, 1,000 tokens"),
            words.size(1000 * memory.kv_bytes_per_token),
        ),
    ]


def models_table(models: Sequence[ModelInfo]) -> list[Row]:
    """The list as rows to copy."""
    return [
        {
            "name": model.name,
            "origin": model.origin,
            "family": model.family,
            "parameters": model.parameters,
            "context": model.context,
            "stored_as": model.packing,
            "bytes": model.size_bytes,
            "place": model.place,
            "terms": model.terms,
            "problem": problem_words(model),
        }
        for model in models
    ]


def _row(model: ModelInfo) -> ModelRow:
    return ModelRow(
        key=model.key,
        name=model.name,
        facts=model.place if model.origin == "server" else short_facts(model),
        side="" if model.size_bytes is None else words.size(model.size_bytes),
        problem=problem_words(model).replace(model.place, model.place.replace("\\", "/").rpartition("/")[2]),
        hint="\n".join(part for part in (model.name, model.place, model.terms) if part),
    )


def _shape_lines(details: ModelDescribed) -> list[tuple[str, str]]:
    shape = details.shape
    if shape is None:
        return []
    translate = QCoreApplication.translate
    heads = words.count(shape.heads)
    if shape.kv_heads != shape.heads:
        heads = translate("Models", "{heads}, sharing {kv} pairs of keys and values").format(
            heads=heads, kv=words.count(shape.kv_heads)
        )
    own, shared = translate("Models", "a matrix of its own"), translate("Models", "the embedding, once more")
    return [
        (translate("Models", "Layers"), words.count(shape.layers)),
        (translate("Models", "Width"), words.count(shape.width)),
        (translate("Models", "Inner width"), f"{words.count(shape.inner_width)} ({shape.activation})"),
        (translate("Models", "Heads"), heads),
        (translate("Models", "Width of a head"), words.count(shape.head_dim)),
        (translate("Models", "Vocabulary"), _tokens(shape.vocab_size)),
        (translate("Models", "Output layer"), shared if shape.tied else own),
        (translate("Models", "Positions"), _positions(details)),
        (translate("Models", "Window"), _window(details)),
    ]


def _positions(details: ModelDescribed) -> str:
    translate, shape = QCoreApplication.translate, details.shape
    assert shape is not None
    if shape.positions == "learned" or shape.rope_theta is None:
        return translate("Models", "learned, one vector each")
    said = translate("Models", "rotary, base {base}").format(base=words.count(round(shape.rope_theta)))
    return f"{said}, {shape.rope_scaling}" if shape.rope_scaling else said


def _window(details: ModelDescribed) -> str:
    shape = details.shape
    assert shape is not None
    if shape.window is None or not shape.window_layers:
        return ""
    return QCoreApplication.translate("Models", "{layers} layers see the last {tokens} tokens").format(
        layers=words.count(shape.window_layers), tokens=words.count(shape.window)
    )


def _tokens(number: int | None) -> str:
    if number is None:
        return ""
    return QCoreApplication.translate("Models", "{count} tokens").format(count=words.count(number))
