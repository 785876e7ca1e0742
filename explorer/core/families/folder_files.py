"""Which files of a Hugging Face folder hold the model. No torch: the list of models asks, too."""

from pathlib import Path

import msgspec

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
