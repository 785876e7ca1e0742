"""A model on this machine, for sub-commands that look into it: exact numbers, so float32."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.commands import generate_remote
from explorer.core.threads import wait_without_spinning
from explorer.errors import InputError
from explorer.paths import default_data_dir

if TYPE_CHECKING:
    from explorer.core.loading import LoadedModel


def add_options(parser: argparse.ArgumentParser) -> None:
    """Which model, on what."""
    parser.add_argument(
        "--model",
        required=True,
        metavar="WHERE",
        help="a checkpoint's or a run's folder, a Hugging Face folder, a GGUF file, or a model by its "
        "name (explorer-chat, smollm2)",
    )
    parser.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto")
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=default_data_dir(),
        metavar="DIR",
        help="where unpacked GGUF files are kept",
    )


def opened(arguments: argparse.Namespace) -> "LoadedModel":
    """Load it; its makers' terms go to stderr. Raises: InputError, DamagedFileError, StorageError."""
    if generate_remote.is_remote(arguments.model):
        raise InputError("A model at a server cannot be looked into. Choose one on this machine.")
    wait_without_spinning()
    from explorer.core import devices
    from explorer.core.loading import load_model, opened_dir

    loaded = load_model(
        arguments.model, devices.choose(arguments.device), cache_dir=opened_dir(arguments.data_dir)
    )
    if loaded.terms:
        print(loaded.terms, file=sys.stderr)
    return loaded
