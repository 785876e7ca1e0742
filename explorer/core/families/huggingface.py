"""Models in Hugging Face's layout: config.json, and weights as one safetensors file or several."""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from explorer.core.families.folder_files import CONFIG, check_folder, weight_files
from explorer.core.families.hub_config import read_config
from explorer.core.families.layout import Family, Part, check_numbers, from_file, in_pieces
from explorer.core.families.safetensors_file import FLOATS, read_header
from explorer.core.int8_model import Int8Transformer, int8_from
from explorer.core.model import ModelConfig, Transformer
from explorer.errors import DamagedFileError


def load_transformer(folder: Path, dtype: torch.dtype = torch.float32) -> Transformer:
    """Read the model in `folder`, on the CPU. Raises: InputError (cannot be opened), DamagedFileError."""
    with _opened(folder) as (family, config, read):
        state = from_file(family, config, read, str(folder), dtype)
    with torch.device("meta"):
        model = Transformer(config)
    model.load_state_dict(state, assign=True)
    model.set_rotary_tables()
    return model.eval().requires_grad_(False)


def load_int8(folder: Path) -> Int8Transformer:
    """The same in 8 bits: no more of the file is in memory than one matrix. Raises: as `load_transformer`."""
    with _opened(folder) as (family, config, read):
        model = int8_from(config, _with_offsets(in_pieces(family, config, read, str(folder))))
    for name, tensor in model.state_dict().items():
        if tensor.dtype != torch.int8:  # of the others the scales tell
            check_numbers(tensor, str(folder), name)
    return model


def _with_offsets(parts: Iterable[tuple[Part, list[Tensor]]]) -> Iterator[tuple[str, list[Tensor]]]:
    for part, pieces in parts:
        yield part.ours, [piece.float() + part.offset for piece in pieces] if part.offset else pieces


def config_in(folder: Path) -> ModelConfig:
    """The sizes of the model in `folder`. Raises: InputError, DamagedFileError."""
    check_folder(folder)
    return read_config(folder / CONFIG)[1]


@contextmanager
def _opened(folder: Path) -> Generator[tuple[Family, ModelConfig, Callable[[str], Tensor]]]:
    """What model it is, and a function from a tensor's name, as the family has it, to the tensor."""
    check_folder(folder)
    family, config = read_config(folder / CONFIG)
    places = _places(folder)
    with ExitStack() as opened:
        yield family, config, _reader(family, config, folder, places, opened)


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
