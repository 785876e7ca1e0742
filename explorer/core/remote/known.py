"""Servers that the person has named, in servers.json of the data folder: no key is ever in it."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from explorer.core.remote.address import base_url
from explorer.core.storage import storage_errors, write_atomically
from explorer.errors import DamagedFileError, InputError

FILE = "servers.json"
_MOST_MODELS = 500


class KnownServer(msgspec.Struct, frozen=True, kw_only=True):
    """One entry."""

    name: str
    url: str
    """As `base_url` gives it."""
    model: str = ""
    """The model to use there if none is named."""
    models: list[str] = []
    """Those that it told of last."""

    @property
    def all_models(self) -> list[str]:
        """The one to use first, then the others."""
        return list(dict.fromkeys([*([self.model] if self.model else []), *self.models]))


def read_servers(data_dir: Path) -> list[KnownServer]:
    """In the order in which they were added; empty if there is no file. Raises: DamagedFileError."""
    path = data_dir / FILE
    try:
        with storage_errors(path):
            content = path.read_bytes() if path.exists() else b"[]"
        servers = msgspec.json.decode(content, type=list[KnownServer])
        return [msgspec.structs.replace(one, url=base_url(one.url)) for one in servers]
    except (msgspec.DecodeError, UnicodeDecodeError, InputError) as error:
        raise DamagedFileError(
            "The list of servers {path} cannot be read ({reason}). Mend it or delete it.",
            path=str(path),
            reason=str(error),
        ) from None


def find_server(data_dir: Path, name: str) -> KnownServer:
    """Raises: InputError if there is none of that name."""
    servers = read_servers(data_dir)
    for server in servers:
        if server.name == name:
            return server
    if not servers:
        raise InputError(
            "There is no server called {name}: none is known yet. Add one: llm-explorer server add NAME URL.",
            name=name,
        )
    raise InputError(
        "There is no server called {name}. Known are: {names}.",
        name=name,
        names=", ".join(server.name for server in servers),
    )


def add_server(data_dir: Path, name: str, url: str, model: str = "") -> KnownServer:
    """Keep a server under a name; one of the same name is replaced. Raises: InputError, StorageError."""
    if not name or not all(c.isalnum() or c in "-_." for c in name):
        raise InputError(
            "{name} cannot be a server's name. Use letters, digits, dots and dashes.", name=repr(name)
        )
    server = KnownServer(name=name, url=base_url(url), model=model)
    others = [one for one in read_servers(data_dir) if one.name != name]
    _write(data_dir, [*others, server])
    return server


def remember_models(data_dir: Path, name: str, models: Sequence[str]) -> None:
    """Keep what a server told. Raises: InputError, StorageError."""
    find_server(data_dir, name)
    servers = [
        msgspec.structs.replace(one, models=list(models[:_MOST_MODELS])) if one.name == name else one
        for one in read_servers(data_dir)
    ]
    _write(data_dir, servers)


def remove_server(data_dir: Path, name: str) -> KnownServer:
    """Forget a server; gives what was forgotten. Raises: InputError, StorageError."""
    server = find_server(data_dir, name)
    _write(data_dir, [one for one in read_servers(data_dir) if one.name != name])
    return server


def _write(data_dir: Path, servers: list[KnownServer]) -> None:
    with storage_errors(data_dir):
        data_dir.mkdir(parents=True, exist_ok=True)
    content = msgspec.json.format(msgspec.json.encode(servers), indent=2)
    write_atomically(data_dir / FILE, content + b"\n")
