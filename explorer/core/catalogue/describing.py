"""One model in detail: sizes, memory, tokenizer, chat template and its makers' text."""

import re
from pathlib import Path
from typing import Any

import msgspec

from explorer.core.catalogue.listing import Candidate
from explorer.core.catalogue.reading import (
    Facts,
    card_text,
    gguf_header,
    one_line,
    parameters_of,
    small_json,
)
from explorer.core.catalogue.shapes import estimate
from explorer.errors import ExplorerError
from explorer.protocol import ModelDescribed

_MOST_CARD, _MOST_TEMPLATE = 40_000, 20_000
_MAX_TOKENIZER_BYTES = 64_000_000
_NOT_PRINTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class _Inner(msgspec.Struct):
    type: str = ""
    byte_fallback: bool = False


class _Pre(msgspec.Struct):
    type: str = ""
    pretokenizers: list[Any] = []


class _TokenizerFile(msgspec.Struct):
    """The parts of tokenizer.json that tell its kind."""

    model: _Inner
    pre_tokenizer: _Pre | None = None


def describe(job: str, candidate: Candidate, facts: Facts) -> ModelDescribed:
    """Raises nothing of ours: what cannot be read is left empty."""
    path = candidate.path
    if path.is_dir():
        template, tokenizer, card = _template(path), _tokenizer(path), card_text(path)
    else:
        template, tokenizer, card = _of_gguf(path, candidate.size_bytes)
    parameters = parameters_of(facts)
    return ModelDescribed(
        job=job,
        key=candidate.key,
        shape=facts.shape,
        memory=None if facts.shape is None or parameters is None else estimate(facts.shape, parameters),
        tokenizer=tokenizer,
        template=_tame(template, _MOST_TEMPLATE),
        card=_tame(_without_head(card), _MOST_CARD),
        terms=candidate.terms or facts.terms,
    )


def _of_gguf(path: Path, whole_bytes: int | None) -> tuple[str, str, str]:
    """Template, tokenizer and what stands for a card."""
    try:
        metadata = gguf_header(path, whole_bytes).metadata
    except (ExplorerError, OSError):
        return "", "", ""
    kind, pre = metadata.get("tokenizer.ggml.model"), metadata.get("tokenizer.ggml.pre")
    names = {"gpt2": "BPE", "llama": "SentencePiece", "bert": "WordPiece", "t5": "Unigram"}
    tokenizer = names.get(kind, one_line(kind, 40)) if isinstance(kind, str) else ""
    if isinstance(pre, str):
        tokenizer += f" ({one_line(pre, 40)})"
    said = [
        f"{key.removeprefix('general.')}: {one_line(str(value), 300)}"
        for key, value in metadata.items()
        if key.startswith("general.") and isinstance(value, str)
    ]
    template = metadata.get("tokenizer.chat_template")
    return template if isinstance(template, str) else "", tokenizer, "\n".join(said)


def _template(folder: Path) -> str:
    file = folder / "chat_template.jinja"
    try:
        if file.is_file():
            with file.open("rb") as stream:
                return stream.read(8 * _MOST_TEMPLATE).decode("utf-8", "replace")
        found = small_json(folder / "tokenizer_config.json").get("chat_template")
    except (ExplorerError, OSError):
        return ""
    if isinstance(found, list):  # several, each with a name
        texts = [one["template"] for one in found if isinstance(one, dict) and "template" in one]
        found = texts[0] if texts else ""
    return found if isinstance(found, str) else ""


def _tokenizer(folder: Path) -> str:
    file = folder / "tokenizer.json"
    if not file.is_file():
        others = ("tokenizer.model", "vocab.json", "vocab.txt")
        return next((name for name in others if (folder / name).is_file()), "")
    try:
        if file.stat().st_size > _MAX_TOKENIZER_BYTES:
            return file.name
        said = msgspec.json.decode(file.read_bytes(), type=_TokenizerFile)
    except (OSError, ValueError, RecursionError):
        return ""
    return f"{_by_bytes(said)}{one_line(said.model.type, 40)}"


def _by_bytes(said: _TokenizerFile) -> str:
    pre = said.pre_tokenizer
    steps = [] if pre is None else [pre.type, *(one.get("type") for one in pre.pretokenizers)]
    return "byte-level " if "ByteLevel" in steps or said.model.byte_fallback else ""


def _without_head(card: str) -> str:
    """Without the lines for machines between the first two `---`."""
    if not card.startswith("---"):
        return card
    return card.split("\n---", 1)[-1].lstrip("- \n")


def _tame(text: str, length: int) -> str:
    """A stranger's text: cut, and without what could disturb a screen."""
    return _NOT_PRINTED.sub("", text[:length].replace("\r\n", "\n")).strip()
