"""Models in Hugging Face's layout: config.json, and weights as one safetensors file or several."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import msgspec
import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from explorer.core.families.hub_config import read_config
from explorer.core.families.layout import Family, from_file
from explorer.core.families.safetensors_file import FLOATS, read_header
from explorer.core.model import ModelConfig, Transformer
from explorer.errors import DamagedFileError, InputError

CONFIG = "config.json"
WEIGHTS = "model.safetensors"
INDEX = "model.safetensors.index.json"
MAX_INDEX_BYTES = 50_000_000
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle")


class _Index(msgspec.Struct):
    weight_map: dict[str, str]


def is_model_folder(folder: Path) -> bool:
    """Whether `load_transformer` would try."""
    return (folder / CONFIG).is_file() and ((folder / WEIGHTS).is_file() or (folder / INDEX).is_file())


def load_transformer(folder: Path, dtype: torch.dtype = torch.float32) -> Transformer:
    """Read the model in `folder`, on the CPU. Raises: InputError (cannot be opened), DamagedFileError."""
    check_folder(folder)
    family, config = read_config(folder / CONFIG)
    places = _places(folder)
    with ExitStack() as opened:
        state = from_file(family, config, _reader(family, config, folder, places, opened), str(folder), dtype)
    with torch.device("meta"):
        model = Transformer(config)
    model.load_state_dict(state, assign=True)
    model.set_rotary_tables()
    return model.eval().requires_grad_(False)


def check_folder(folder: Path) -> None:
    """Raises: InputError, with what to choose instead, if there is no model that can be read."""
    if not folder.is_dir():
        raise InputError("There is no model at {path}. Choose a folder or a GGUF file.", path=str(folder))
    if is_model_folder(folder):
        return
    if any(file.suffix in PICKLES for file in folder.iterdir()):
        raise InputError(
            "{path} has its weights as a pickle, which could run any program. "
            "Choose a model with safetensors or a GGUF file.",
            path=str(folder),
        )
    raise InputError("{path} does not hold a model. Choose a folder with a config.json.", path=str(folder))


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files of the model, in order of their names. Raises: DamagedFileError."""
    if (folder / WEIGHTS).is_file():
        return [folder / WEIGHTS]
    index = folder / INDEX
    try:
        if index.stat().st_size > MAX_INDEX_BYTES:
            raise DamagedFileError("{path} is damaged. Use another copy of the model.", path=str(index))
        names = set(msgspec.json.decode(index.read_bytes(), type=_Index).weight_map.values())
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise DamagedFileError(
            "{path} is damaged. Use another copy of the model.", path=str(index)
        ) from error
    for name in names:
        # The index is a stranger's: it must not lead out of the folder.
        if Path(name).name != name or "\\" in name or not name.endswith(".safetensors") or "\0" in name:
            raise DamagedFileError("{path} is damaged. Use another copy of the model.", path=str(index))
        if not (folder / name).is_file():
            raise DamagedFileError(
                "{path} is not complete: {file} is missing. Get the whole model.", path=str(folder), file=name
            )
    return [folder / name for name in sorted(names)]


def _places(folder: Path) -> dict[str, tuple[Path, str]]:
    """Each tensor's file and dtype."""
    return {
        name: (file, tensor.dtype)
        for file in weight_files(folder)
        for name, tensor in read_header(file).items()
    }


def _reader(
    family: Family,
    config: ModelConfig,
    folder: Path,
    places: dict[str, tuple[Path, str]],
    opened: ExitStack,
) -> Callable[[str], Tensor]:
    """A function from a tensor's name, as the family has it, to the tensor."""
    if len(places) < config.num_hidden_layers:
        raise DamagedFileError(
            "{path} has fewer tensors than its config.json has layers. Use another copy.", path=str(folder)
        )
    files = {file: opened.enter_context(_mapped(file)) for file in {file for file, _ in places.values()}}
    # Files of a bare model (no head) leave the first word of all names out.
    bare = not any(name.startswith(family.prefix) for name in places)

    def read(name: str) -> Tensor:
        stored = name.removeprefix(family.prefix) if bare else name
        if stored not in places or places[stored][1] not in FLOATS:
            raise DamagedFileError(
                "{path} does not fit its config.json: {tensor} is missing or no matrix of numbers. "
                "Use another copy.",
                path=str(folder),
                tensor=stored,
            )
        return files[places[stored][0]].get_tensor(stored)

    return read


def _mapped(file: Path) -> "safe_open":
    try:
        return safe_open(file, framework="pt")
    except (SafetensorError, OSError) as error:
        raise DamagedFileError("{path} is damaged. Use another copy of the model.", path=str(file)) from error
