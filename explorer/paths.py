"""Where things are: what travels with the program, and where a person's data is kept."""

from importlib.resources import files
from pathlib import Path

import platformdirs

OWN_DATA_DIR = "-"
"""In place of a data folder on an engine's command line: that of the machine where the engine runs."""


def _travelling(name: str) -> Path:
    """A folder inside the installed package, or beside it in the source tree (editable install)."""
    package = Path(str(files("explorer")))
    inside = package / name
    return inside if inside.is_dir() else package.parent / name


def resources_dir() -> Path:
    """Encodings, translations, icons, lessons."""
    return _travelling("resources")


def models_dir() -> Path:
    """The shipped checkpoints."""
    return _travelling("models")


def default_data_dir() -> Path:
    """Runs, drafts and settings of this person, unless `--data-dir` says otherwise."""
    return Path(platformdirs.user_data_dir("llm-explorer", appauthor=False))
