"""What the person said about models, in models.json of the data folder: what was opened, how much is kept."""

from pathlib import Path

import msgspec

from explorer.core.storage import storage_errors, write_atomically
from explorer.errors import DamagedFileError, InputError

FILE = "models.json"
USUAL_LIMIT_BYTES = 10_000_000_000


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """The file's content."""

    opened: list[str] = msgspec.field(default_factory=list[str])
    """Folders and files, in the order in which they were opened."""
    copies_limit_bytes: int = USUAL_LIMIT_BYTES
    """For unpacked GGUF files together; 0: no limit."""


def read_memory(data_dir: Path) -> Memory:
    """As it was left; the usual, if there is no file. Raises: DamagedFileError, StorageError."""
    path = data_dir / FILE
    try:
        with storage_errors(path):
            content = path.read_bytes() if path.exists() else b"{}"
        return msgspec.json.decode(content, type=Memory)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DamagedFileError(
            "The list of opened models {path} cannot be read ({reason}). Mend it or delete it.",
            path=str(path),
            reason=str(error),
        ) from None


def remember_opened(data_dir: Path, path: Path) -> None:
    """Put a folder or file on the list. Raises: DamagedFileError, StorageError."""
    memory = read_memory(data_dir)
    if str(path) not in memory.opened:
        _write(data_dir, msgspec.structs.replace(memory, opened=[*memory.opened, str(path)]))


def forget_opened(data_dir: Path, path: str) -> None:
    """Take it off the list; the files stay. Raises: InputError if it is not there."""
    memory = read_memory(data_dir)
    if path not in memory.opened:
        raise InputError("{path} is not on the list of opened models. Look at the list again.", path=path)
    left = [one for one in memory.opened if one != path]
    _write(data_dir, msgspec.structs.replace(memory, opened=left))


def limit_copies(data_dir: Path, limit_bytes: int) -> None:
    """How much unpacked GGUF files may take together. Raises: InputError, StorageError."""
    if limit_bytes < 0:
        raise InputError("{size} bytes is no limit. Give 0 for none, or more.", size=limit_bytes)
    _write(data_dir, msgspec.structs.replace(read_memory(data_dir), copies_limit_bytes=limit_bytes))


def _write(data_dir: Path, memory: Memory) -> None:
    with storage_errors(data_dir):
        data_dir.mkdir(parents=True, exist_ok=True)
    write_atomically(data_dir / FILE, msgspec.json.format(msgspec.json.encode(memory), indent=2) + b"\n")
