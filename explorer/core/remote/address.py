"""Where a remote model is: `http://host:port/v1#name`, one string that names a model anywhere."""

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit, urlunsplit

from explorer.errors import InputError

_ENDPOINTS = ("/chat/completions", "/completions", "/models")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds of patience. A large model on a slow machine reads its prompt for minutes."""

    connect_s: float = 10.0
    first_s: float = 600.0
    """Until the first token."""
    between_s: float = 60.0
    """Between two tokens."""
    list_s: float = 20.0
    """For the list of models."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server to talk to. The key is in no repr, file or log."""

    url: str
    """As `base_url` gives it."""
    key: str | None = field(default=None, repr=False)
    timeouts: Timeouts = field(default_factory=Timeouts)


def is_remote(model: str) -> bool:
    """Whether a model's name is an address rather than a path."""
    return model.lower().startswith(("http://", "https://"))


def split_model(model: str) -> tuple[str, str]:
    """`http://host:port/v1#name` as (base URL, name); the name is empty if none is given.

    Raises: InputError, see `base_url`.
    """
    address, _, name = model.partition("#")
    return base_url(address), unquote(name)


def base_url(text: str) -> str:
    """The address up to `/v1`, as servers document it; a bare `http://host:port` gets the usual `/v1`.

    Raises: InputError for what is no address, or for one with a password in it.
    """
    text = text.strip()
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        parts, host = urlsplit(""), None
    if parts.scheme.lower() not in ("http", "https") or not host or any(map(_odd, text)):
        raise InputError(
            "{address} is not a server's address. Write it as http://localhost:8080/v1.", address=text
        )
    if parts.username is not None or parts.password is not None:
        raise InputError(
            "The address of {host} has a name or password in it. Leave them out, and keep a key with "
            "`llm-explorer server set-key`.",
            host=host,
        )
    path = parts.path.rstrip("/")
    for endpoint in _ENDPOINTS:
        path = path.removesuffix(endpoint)
    return urlunsplit((parts.scheme.lower(), parts.netloc, path or "/v1", "", ""))


def host_of(url: str) -> str:
    """The machine's name in a base URL."""
    return urlsplit(url).hostname or ""


def is_loopback(url: str) -> bool:
    """Whether the server is this very machine: then no proxy is asked, and nothing leaves it."""
    host = host_of(url)
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _odd(character: str) -> bool:
    return character.isspace() or not character.isprintable()
