"""What a person chose (a run, a checkpoint, somebody else's model), to a model that can speak."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec
import torch

from explorer.core import checkpoints, precision
from explorer.core.checkpoints import CheckpointInfo
from explorer.core.digests import remembered_sha256
from explorer.core.families import folder_files, gguf, huggingface
from explorer.core.installed import InstalledModel, find_installed, find_shipped, gguf_file
from explorer.core.int8_model import int8_of
from explorer.core.model import Transformer, parameters_of
from explorer.core.runs import RunFolder
from explorer.core.sampling import chain_of
from explorer.errors import DamagedFileError, InputError
from explorer.paths import default_data_dir
from explorer.protocol import Precision, SamplerSettings, WantedPrecision
from explorer.text.encodings import load_tokenizer
from explorer.text.foreign import IdsOnly, Speech, read_foreign_tokenizer, read_speech
from explorer.text.tokenizer import Tokenizer


@dataclass(frozen=True)
class LoadedModel:
    """Weights, their tokenizer, and what the model's folder says of itself."""

    model: Transformer
    tokenizer: Tokenizer
    info: CheckpointInfo
    speech: Speech
    terms: str = ""
    """The conditions under which its makers give it, if they ask that they be shown."""
    dtype: Precision = "float32"
    """What the weights are kept in."""

    @property
    def end_tokens(self) -> frozenset[int]:
        """At which it has said what it has to say."""
        return frozenset(self.speech.stop_ids) or frozenset({self.tokenizer.end_of_text})

    @property
    def suggested_sampler(self) -> SamplerSettings | None:
        """How its makers suggest to sample from it, if they do and it makes sense."""
        if self.speech.sampler is not None:
            with suppress(InputError):
                chain_of(self.speech.sampler)
                return self.speech.sampler
        return None


def opened_dir(data_dir: Path | str | None = None) -> Path:
    """Where unpacked GGUF files are kept."""
    return Path(data_dir or default_data_dir()) / "opened"


def checkpoint_of(path: Path) -> Path:
    """The checkpoint that `path` means: itself, the newest one of the run in that folder, or a shipped model.

    Raises: InputError if it is a run without any.
    """
    path = find_shipped(path) or path
    run = RunFolder(path)
    newest = run.newest_checkpoint()
    if newest is not None:
        return newest
    if run.exists:
        raise InputError(
            "The run {path} has not saved a checkpoint yet. Wait for its first one, or choose another run.",
            path=str(path),
        )
    return path


def model_folder(where: Path | str, cache_dir: Path | None = None) -> Path:
    """The folder to read: itself, a run's newest checkpoint, an unpacked GGUF file's, a named model's.

    A GGUF file that is opened for the first time is unpacked here: seconds to minutes.
    Raises: InputError, DamagedFileError, StorageError.
    """
    path, cache_dir = find_shipped(where) or Path(where), cache_dir or opened_dir()
    if path.is_dir():
        return checkpoint_of(path)
    if path.is_file():
        if path.suffix in folder_files.PICKLES:
            raise InputError(
                "{path} is a pickle, which could run any program. "
                "Choose a model with safetensors or a GGUF file.",
                path=str(path),
            )
        if path.suffix == ".safetensors":
            return path.parent
        return gguf.convert(path, cache_dir)
    installed = find_installed(str(where))
    return path if installed is None else gguf.convert(gguf_file(installed, cache_dir), cache_dir)


def load_model(
    where: Path | str,
    device: torch.device | str,
    *,
    dtype: WantedPrecision = "float32",
    cache_dir: Path | None = None,
) -> LoadedModel:
    """Load what `model_folder` finds. Raises: InputError, DamagedFileError, StorageError."""
    cache_dir = cache_dir or opened_dir()
    folder = model_folder(where, cache_dir)
    installed = None if Path(where).exists() else find_installed(str(where))
    if (folder / checkpoints.MANIFEST).is_file():
        model, _, info = checkpoints.load(folder, device)
        chosen = precision.choose(dtype, device, info.parameters)
        if chosen == "int8":
            model = int8_of(model)
        elif chosen != "float32":
            model.to(dtype=precision.TORCH[chosen]).set_rotary_tables()  # angles stay exact
        tokenizer = load_tokenizer(str(info.path))
        return LoadedModel(model, tokenizer, info, read_speech(folder, tokenizer), dtype=chosen)
    try:
        return _load_foreign(folder, device, dtype, cache_dir, installed)
    except DamagedFileError:
        if folder.parent != cache_dir:
            raise
        # What we unpacked ourselves can be unpacked again.
        (folder / folder_files.CONFIG).unlink(missing_ok=True)
        folder = model_folder(where, cache_dir)
        return _load_foreign(folder, device, dtype, cache_dir, installed)


class _Source(msgspec.Struct):
    """What a GGUF file says of itself."""

    name: str = ""
    file: str = ""
    license: str = ""


def _load_foreign(
    folder: Path,
    device: torch.device | str,
    dtype: WantedPrecision,
    cache_dir: Path,
    installed: InstalledModel | None,
) -> LoadedModel:
    parameters = parameters_of(huggingface.config_in(folder))
    chosen = precision.choose(dtype, device, parameters)
    if chosen == "int8":
        model = huggingface.load_int8(folder)
    else:
        model = huggingface.load_transformer(folder, precision.TORCH[chosen])
    unpacked = folder.parent == cache_dir
    source = _Source(name=folder.name)
    if unpacked and (folder / gguf.SOURCE).is_file():
        source = msgspec.json.decode((folder / gguf.SOURCE).read_bytes(), type=_Source)
    name = installed.package.title if installed else source.name or source.file
    tokenizer = read_foreign_tokenizer(folder, name, model.config.vocab_size)
    if tokenizer is None:
        tokenizer = IdsOnly(model.config.vocab_size)
    first = folder_files.weight_files(folder)[0]
    info = CheckpointInfo(
        path=folder,
        name=name,
        step=None,
        parameters=parameters,
        weights_hash=folder.name[:12] if unpacked else remembered_sha256(first, cache_dir)[:12],
    )
    terms = installed.package.terms if installed and not installed.package.free else ""
    return LoadedModel(model.to(device), tokenizer, info, read_speech(folder, tokenizer), terms, chosen)
