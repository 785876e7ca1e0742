"""What a folder or a GGUF file says of the model in it, from its small files and headers."""

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType, LlamaFileType

from explorer.core.catalogue.shapes import (
    KNOWN_FAMILIES,
    count_parameters,
    family_of_gguf,
    shape_of_config,
    shape_of_gguf,
)
from explorer.core.families.folder_files import CONFIG, check_folder, weight_files
from explorer.core.families.gguf_file import GgufFile, QuantKind, read_gguf
from explorer.core.families.safetensors_file import read_header
from explorer.errors import DamagedFileError, ExplorerError, InputError
from explorer.protocol import ModelShape, Sentence

CARD = "README.md"
MAX_SMALL_BYTES = 4_000_000
_SHARD = re.compile(r"-\d{5}-of-(\d{5})\.gguf$", re.IGNORECASE)
_KINDS = {
    int(kind): QuantKind(kind.name, block, size_bytes)
    for kind, (block, size_bytes) in GGML_QUANT_SIZES.items()
}
_NOT_PRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Facts:
    """Of one model; what is not told is empty or None."""

    name: str = ""
    family: str = ""
    parameters: int | None = None
    packing: str = ""
    size_bytes: int | None = None
    step: int | None = None
    chat: bool = False
    terms: str = ""
    shape: ModelShape | None = None
    problem: Sentence | None = None


class _Manifest(msgspec.Struct):
    name: str = ""
    step: int | None = None


def read_facts(path: Path, whole_bytes: int | None = None) -> Facts:
    """Of the model at `path`. What is missing or damaged is said in `problem`; raises nothing of ours.

    `whole_bytes`: of a GGUF file of which `path` is only the first part.
    """
    if not path.exists():
        return Facts(problem=_said(InputError("There is nothing at {path} any more.", path=str(path))))
    try:
        return _folder(path) if path.is_dir() else _gguf(path, whole_bytes)
    except ExplorerError as error:
        return Facts(size_bytes=_size_or_none(path), problem=_said(error))
    except OSError as error:
        reason = error.strerror or str(error)
        sentence = InputError(
            "{path} cannot be read ({reason}). Check its permissions.", path=str(path), reason=reason
        )
        return Facts(problem=_said(sentence))


def small_json(file: Path) -> dict[str, Any]:
    """A settings file; empty if there is none. Raises: DamagedFileError."""
    if not file.is_file():
        return {}
    try:
        if file.stat().st_size > MAX_SMALL_BYTES:
            raise ValueError("too long")
        return msgspec.json.decode(file.read_bytes(), type=dict[str, Any])
    except (ValueError, RecursionError) as error:
        raise DamagedFileError("{path} is damaged. Use another copy of the model.", path=str(file)) from error


def card_text(folder: Path) -> str:
    """README.md, as far as it is text; empty if there is none."""
    file = folder / CARD
    if not file.is_file():
        return ""
    with file.open("rb") as stream:
        return stream.read(MAX_SMALL_BYTES).decode("utf-8", "replace")


def terms_of_card(card: str) -> str:
    """The licence that the lines between its first two `---` name; empty if they name none."""
    head = card.split("\n---", 1)[0] if card.startswith("---") else ""
    said = dict(re.findall(r"(?m)^(license(?:_name)?):[ \t]*[\"']?([^\"'\n]+)", head))
    return one_line(said.get("license_name") or said.get("license") or "", 80)


def one_line(text: Any, length: int = 200) -> str:
    """A stranger's words as one line of at most `length` characters, without what could disturb a screen."""
    if not isinstance(text, str):
        return ""
    return " ".join(_NOT_PRINTED.sub(" ", text[: 4 * length]).split())[:length]


def gguf_header(path: Path, whole_bytes: int | None = None) -> GgufFile:
    """Raises: InputError, DamagedFileError."""
    return read_gguf(path, _KINDS, whole_bytes)


def folder_size(folder: Path) -> int:
    """All files in it."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _folder(path: Path) -> Facts:
    config = small_json(path / CONFIG)
    family = one_line(config.get("model_type"), 40)
    shape = shape_of_config(config)
    manifest = small_json(path / "manifest.json")
    known = msgspec.convert(manifest, _Manifest, strict=False) if manifest else _Manifest()
    facts = Facts(
        name=one_line(known.name),
        family=family,
        size_bytes=folder_size(path),
        step=known.step,
        chat=_has_template(path),
        terms=terms_of_card(card_text(path)) or _licence_file(path),
        shape=shape,
    )
    try:
        check_folder(path)
        _check_family(path, family)
        parameters, packing = _weights(weight_files(path), shape)
    except ExplorerError as error:
        return replace(facts, problem=_said(error))
    return replace(facts, parameters=parameters, packing=packing)


def _weights(files: Iterable[Path], shape: ModelShape | None) -> tuple[int, str]:
    """How many numbers, and how most of them are stored."""
    kinds: Counter[str] = Counter()
    for file in files:
        for name, tensor in read_header(file).items():
            # Some makers store the one table twice.
            if not (shape is not None and shape.tied and name == "lm_head.weight"):
                kinds[tensor.dtype] += math.prod(tensor.shape)
    return kinds.total(), kinds.most_common(1)[0][0] if kinds else ""


def _gguf(path: Path, whole_bytes: int | None) -> Facts:
    shard = _SHARD.search(path.name)
    if shard and int(shard[1]) > 1:
        raise InputError(
            "{path} is one of {count} pieces of a model, which cannot be opened here. "
            "Put them together with `llama-gguf-split --merge`.",
            path=str(path),
            count=int(shard[1]),
        )
    file = gguf_header(path, whole_bytes)
    metadata, family = file.metadata, family_of_gguf(file.metadata)
    parameters = sum(math.prod(tensor.shape) for tensor in file.tensors.values())
    facts = Facts(
        name=one_line(metadata.get("general.name")),
        family=family,
        parameters=parameters or None,
        packing=_packing(file),
        size_bytes=whole_bytes or path.stat().st_size,
        chat=isinstance(metadata.get("tokenizer.chat_template"), str),
        terms=one_line(metadata.get("general.license"), 80),
        shape=gguf_shape(file),
    )
    try:
        _check_family(path, family)
    except InputError as error:
        return replace(facts, problem=_said(error))
    return facts


def gguf_shape(file: GgufFile) -> ModelShape | None:
    """The sizes that a GGUF file says."""
    table = file.tensors.get("token_embd.weight")
    return shape_of_gguf(
        file.metadata, table.shape[0] if table is not None else 0, "output.weight" not in file.tensors
    )


def _packing(file: GgufFile) -> str:
    """The file's own word for it, or how most of its bytes are packed."""
    said = file.metadata.get("general.file_type")
    if isinstance(said, int) and said in set(LlamaFileType) and said != LlamaFileType.GUESSED:
        return LlamaFileType(said).name.removeprefix("MOSTLY_").removeprefix("ALL_")
    kinds: Counter[int] = Counter()
    for tensor in file.tensors.values():
        kinds[tensor.kind] += tensor.size_bytes
    return GGMLQuantizationType(kinds.most_common(1)[0][0]).name if kinds else ""


def _check_family(path: Path, family: str) -> None:
    if family not in KNOWN_FAMILIES:
        raise InputError(
            "{path} is a model of the kind {kind}. Choose one of these: {known}.",
            path=str(path),
            kind=family or "?",
            known=", ".join(KNOWN_FAMILIES),
        )


def _has_template(folder: Path) -> bool:
    if (folder / "chat_template.jinja").is_file():
        return True
    try:
        return bool(small_json(folder / "tokenizer_config.json").get("chat_template"))
    except DamagedFileError:
        return False


def _licence_file(folder: Path) -> str:
    """The name of a file that holds the terms."""
    names = (file.name for file in folder.iterdir() if file.name.lower().startswith(("license", "licence")))
    return next(names, "")


def _size_or_none(path: Path) -> int | None:
    try:
        return folder_size(path) if path.is_dir() else path.stat().st_size
    except OSError:
        return None


def _said(error: ExplorerError) -> Sentence:
    return Sentence(template=error.template, values=error.values)


def parameters_of(facts: Facts) -> int | None:
    """As the headers count them, or as the sizes say."""
    if facts.parameters is not None:
        return facts.parameters
    return None if facts.shape is None else count_parameters(facts.shape)
