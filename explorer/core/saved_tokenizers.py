"""Tokenizers that a person has learned and kept, each in a folder with its name. No torch."""

import re
from pathlib import Path

from explorer.core.runs import clear_abandoned
from explorer.core.storage import PARTIAL_PREFIX, atomic_folder
from explorer.errors import InputError
from explorer.text.tokenizer import Tokenizer
from explorer.text.tokenizer_files import TOKENIZER_FILE, save_tokenizer

FOLDER = "tokenizers"
"""In the data folder."""
_LONGEST_NAME = 60
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\ud800-\udfff]')
_OF_WINDOWS = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def save_under_name(tokenizer: Tokenizer, folder: Path, name: str) -> Path:
    """Keep `tokenizer` in `folder`/`name`; gives that path.

    Raises: InputError if the name cannot be used or is taken, StorageError.
    """
    name = name.strip()
    if not name:
        raise InputError("A tokenizer needs a name. Write one.")
    if len(name) > _LONGEST_NAME:
        raise InputError(
            "A name may have {most} characters at most. Write a shorter one.", most=_LONGEST_NAME
        )
    if _FORBIDDEN.search(name) or name.startswith(".") or name.endswith(".") or _OF_WINDOWS.fullmatch(name):
        raise InputError("A folder cannot be called {name}. Use letters, digits and blanks.", name=name)
    final = folder / name
    if final.exists():
        raise InputError("There is a tokenizer {name} already. Choose another name.", name=name)
    clear_abandoned(folder)
    with atomic_folder(final) as partial:
        save_tokenizer(tokenizer, partial)
    return final


def saved_tokenizers(folder: Path) -> list[Path]:
    """Those that are kept in `folder`, by name."""
    files = folder.glob(f"*/{TOKENIZER_FILE}")
    return sorted(file.parent for file in files if not file.parent.name.startswith(PARTIAL_PREFIX))
