"""Models on disk: Hugging Face folders, written whole or not at all, verified when read.

A checkpoint is a folder with config.json (Qwen3ForCausalLM), model.safetensors, tokenizer.json,
tokenizer_config.json, generation_config.json and README.md, so that other programs open it, and with two
things of ours: manifest.json (name, step, and every file's size and SHA-256) and, while the run can go on,
trainer/ (the optimizer as safetensors; counters and random state as JSON). A folder without a manifest, of
somebody else's making, is read too, and checked by names, shapes and numbers alone.
"""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor

from explorer.core.families import qwen3
from explorer.core.model import ModelConfig, Transformer
from explorer.core.storage import atomic_folder
from explorer.errors import DamagedFileError, InputError
from explorer.text import chatml
from explorer.text.tokenizer_files import speech_config

MANIFEST = "manifest.json"
WEIGHTS = "model.safetensors"
CONFIG = "config.json"
OPTIMIZER = "trainer/optimizer.safetensors"
COUNTERS = "trainer/state.json"
END_OF_TEXT = "<|endoftext|>"
_SYSTEM_ERROR = re.compile(r"\(os error (\d+)\)")


@dataclass(frozen=True)
class CheckpointInfo:
    """What a checkpoint says of itself."""

    path: Path
    name: str
    step: int | None
    """None for a model of other people's making."""
    parameters: int
    weights_hash: str
    """First 12 hex digits of the weight file's SHA-256."""


@dataclass(frozen=True)
class TrainerState:
    """What a run needs, besides the weights, to go on as if it had never stopped."""

    optimizer: dict[str, Tensor]
    counters: dict[str, Any]
    """JSON: steps, seconds, the state of random generators."""


class FileRecord(msgspec.Struct, frozen=True):
    """One file of a checkpoint as it must be."""

    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """manifest.json."""

    name: str
    step: int | None
    files: dict[str, FileRecord]


def save(
    folder: Path,
    model: Transformer,
    tokenizer: Tokenizer,
    *,
    name: str,
    step: int,
    card: str,
    trainer: TrainerState | None = None,
    half: bool = False,
) -> CheckpointInfo:
    """Write a checkpoint; `card` is its README.md. `half`: weights rounded to bfloat16, in half the room.

    Raises: StorageError, with nothing left behind.
    """
    dtype = torch.bfloat16 if half else torch.float32
    with atomic_folder(folder) as partial:
        tensors = {tensor: values.to(dtype) for tensor, values in qwen3.to_file(model).items()}
        _write_tensors(tensors, partial / WEIGHTS)
        for file, content in _described(model.config, tokenizer, dtype).items():
            _write_json(partial / file, content)
        (partial / "tokenizer.json").write_text(tokenizer.to_str(pretty=True), encoding="utf-8")
        (partial / "README.md").write_text(card, encoding="utf-8")
        if trainer is not None:
            (partial / OPTIMIZER).parent.mkdir()
            _write_tensors(trainer.optimizer, partial / OPTIMIZER)
            _write_json(partial / COUNTERS, trainer.counters)
        files = {
            file.relative_to(partial).as_posix(): FileRecord(file.stat().st_size, sha256_of(file))
            for file in sorted(partial.rglob("*"))
            if file.is_file()
        }
        manifest = Manifest(name, step, files)
        _write_json(partial / MANIFEST, manifest)
    return CheckpointInfo(folder, name, step, model.parameter_count(), files[WEIGHTS].sha256[:12])


def load(
    path: Path | str, device: torch.device | str = "cpu"
) -> tuple[Transformer, Tokenizer, CheckpointInfo]:
    """Read a model and its tokenizer. Raises: InputError (no model there), DamagedFileError (not whole)."""
    folder = Path(path)
    manifest = verify(folder)
    config = read_config(folder / CONFIG)
    with torch.device("meta"):
        model = Transformer(config)
    model.load_state_dict(qwen3.from_file(config, _read_weights(folder / WEIGHTS, config)), assign=True)
    model.set_rotary_tables()
    tokenizer = _read_tokenizer(folder / "tokenizer.json", config)
    info = CheckpointInfo(
        path=folder,
        name=manifest.name,
        step=manifest.step,
        parameters=model.parameter_count(),
        weights_hash=manifest.files[WEIGHTS].sha256[:12],
    )
    return model.to(device), tokenizer, info


def load_trainer(path: Path | str) -> TrainerState:
    """Read what `save` was given as `trainer`. Raises: DamagedFileError; InputError if there is none."""
    folder = Path(path)
    verify(folder)
    if not (folder / COUNTERS).is_file():
        raise InputError(
            "{path} is a finished model without a trainer's state: it cannot be trained on.", path=str(path)
        )
    counters = msgspec.json.decode((folder / COUNTERS).read_bytes())
    return TrainerState(_read_tensors(folder / OPTIMIZER), counters)


def verify(folder: Path) -> Manifest:
    """Check every file against the manifest. Raises: InputError, DamagedFileError."""
    if not folder.is_dir():
        raise InputError("There is no model at {path}. Choose a checkpoint's folder.", path=str(folder))
    if not (folder / CONFIG).is_file() or not (folder / WEIGHTS).is_file():
        raise InputError("{path} does not hold a model. Choose a checkpoint's folder.", path=str(folder))
    if not (folder / MANIFEST).is_file():
        return _foreign_manifest(folder)
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except msgspec.DecodeError as error:
        raise _damaged(folder / MANIFEST) from error
    for name, record in manifest.files.items():
        file = folder / name
        if not file.is_file() or file.stat().st_size != record.size or sha256_of(file) != record.sha256:
            raise _damaged(file)
    return manifest


def _foreign_manifest(folder: Path) -> Manifest:
    """What a manifest would say, for a folder of other people's making."""
    record = FileRecord((folder / WEIGHTS).stat().st_size, sha256_of(folder / WEIGHTS))
    return Manifest(folder.name, None, {WEIGHTS: record})


def sha256_of(file: Path) -> str:
    """Hex digits."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _damaged(file: Path) -> DamagedFileError:
    return DamagedFileError("{path} is damaged. Use another checkpoint.", path=str(file))


def read_config(file: Path) -> ModelConfig:
    """Read the sizes. Raises: InputError (another architecture), DamagedFileError."""
    try:
        architecture = msgspec.json.decode(file.read_bytes(), type=_Architecture)
        if architecture.model_type != "qwen3":
            raise InputError(
                "{path} is a model of the kind {kind}, which cannot be opened yet. Choose a qwen3 model.",
                path=str(file.parent),
                kind=architecture.model_type or "unknown",
            )
        return qwen3.config_from_json(file.read_bytes())
    except msgspec.DecodeError as error:
        raise _damaged(file) from error


class _Architecture(msgspec.Struct):
    model_type: str = ""


def _read_weights(file: Path, config: ModelConfig) -> dict[str, Tensor]:
    """All tensors as fp32. Raises: DamagedFileError if one is missing, misshapen or not a number."""
    tensors = _read_tensors(file)
    for name, shape in qwen3.expected_shapes(config).items():
        if name not in tensors or tuple(tensors[name].shape) != shape:
            raise DamagedFileError(
                "{path} does not fit its config.json: {tensor} is not as it must be. Use another checkpoint.",
                path=str(file),
                tensor=name,
            )
        tensors[name] = tensors[name].float()
        if not bool(torch.isfinite(tensors[name]).all()):
            raise DamagedFileError(
                "{path} has numbers in {tensor} that are not finite. Use another checkpoint.",
                path=str(file),
                tensor=name,
            )
    return tensors


def _read_tensors(file: Path) -> dict[str, Tensor]:
    try:
        return load_file(file)
    except (SafetensorError, OSError) as error:
        raise _damaged(file) from error


def _read_tokenizer(file: Path, config: ModelConfig) -> Tokenizer:
    try:
        tokenizer = Tokenizer.from_str(file.read_text(encoding="utf-8"))
    except Exception as error:  # the library raises bare Exception for bad JSON and for a missing part alike
        raise _damaged(file) from error
    if tokenizer.get_vocab_size() > config.vocab_size:
        raise DamagedFileError(
            "{path} has more tokens than its model. Use another checkpoint.", path=str(file)
        )
    return tokenizer


def _described(config: ModelConfig, tokenizer: Tokenizer, dtype: torch.dtype) -> dict[str, Any]:
    """The JSON files that tell other programs how to use the model."""
    begin_id: int | None = tokenizer.token_to_id(END_OF_TEXT)
    special = [token.content for token in tokenizer.get_added_tokens_decoder().values()]
    turn_end: int | None = tokenizer.token_to_id(chatml.TURN_CLOSE)
    speech = {"eos_token": None} if begin_id is None and turn_end is None else speech_config(special)
    end_id = begin_id if turn_end is None else turn_end
    ends = end_id if turn_end is None or begin_id is None else [turn_end, begin_id]
    return {
        CONFIG: qwen3.config_to_json(config)
        | {
            "torch_dtype": str(dtype).removeprefix("torch."),
            "bos_token_id": begin_id,
            "eos_token_id": end_id,
        },
        "generation_config.json": {"do_sample": True, "bos_token_id": begin_id, "eos_token_id": ends},
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": config.max_position_embeddings,
            "bos_token": END_OF_TEXT if begin_id is not None else None,
            **speech,
            "clean_up_tokenization_spaces": False,
        },
    }


def _write_tensors(tensors: dict[str, Tensor], file: Path) -> None:
    """Raises: OSError. The library says what the system refuses in an error of its own."""
    try:
        save_file(tensors, file, metadata={"format": "pt"})
    except SafetensorError as error:
        code = _SYSTEM_ERROR.search(str(error))
        if code is None:
            raise
        number = int(code[1])
        # On Windows the number is one of Windows' own, which OSError knows to translate.
        words = os.strerror(number)
        raise (OSError(0, words, None, number) if os.name == "nt" else OSError(number, words)) from error


def _write_json(file: Path, content: Any) -> None:
    file.write_bytes(msgspec.json.format(msgspec.json.encode(content), indent=2))
