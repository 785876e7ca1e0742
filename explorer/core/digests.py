"""SHA-256 of large files, remembered by path, size and time of change: reading 5 GB again takes seconds."""

import hashlib
from contextlib import suppress
from pathlib import Path

import msgspec

from explorer.core.storage import write_atomically

_MEMORY = "hashes.json"


class _Known(msgspec.Struct):
    size_bytes: int
    modified_ns: int
    sha256: str


def remembered_sha256(path: Path, memory_dir: Path) -> str:
    """Hex digits. `memory_dir` keeps what was found. Raises: OSError, StorageError."""
    status = path.stat()
    memory, key = memory_dir / _MEMORY, str(path.resolve())
    known: dict[str, _Known] = {}
    with suppress(OSError, msgspec.DecodeError):
        known = msgspec.json.decode(memory.read_bytes(), type=dict[str, _Known])
    found = known.get(key)
    if found and (found.size_bytes, found.modified_ns) == (status.st_size, status.st_mtime_ns):
        return found.sha256
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    known[key] = _Known(status.st_size, status.st_mtime_ns, digest)
    memory_dir.mkdir(parents=True, exist_ok=True)
    write_atomically(memory, msgspec.json.encode(known))
    return digest
