"""API keys: in the system's keyring, or in an environment variable; never in a file or log of ours.

A key belongs to a base URL, not to a name: a name that points elsewhere later does not take the key along.
`keyring` is optional. On a machine without it, or without a running keyring, a key can still be given in the
environment each time.
"""

import os
from collections.abc import Generator
from contextlib import contextmanager
from types import ModuleType

from explorer.core.remote.http import check_key
from explorer.errors import InputError, RemoteError

_SERVICE = "llm-explorer"


def key_from_environment(variable: str) -> str:
    """Raises: InputError if it is not set."""
    key = os.environ.get(variable, "")
    if not key.strip():
        raise InputError("The environment variable {name} is not set. Put the key into it.", name=variable)
    return check_key(key)


def kept_key(url: str) -> str | None:
    """The key kept for this base URL; None if there is none or no keyring to ask."""
    try:
        with _keyring() as keyring:
            return keyring.get_password(_SERVICE, url)
    except RemoteError:
        return None


def keep_key(url: str, key: str) -> None:
    """Put the key for this base URL into the keyring. Raises: InputError, RemoteError."""
    key = check_key(key)
    with _keyring() as keyring:
        keyring.set_password(_SERVICE, url, key)


def forget_key(url: str) -> bool:
    """Take the key of this base URL out of the keyring; whether there was one. Raises: RemoteError."""
    with _keyring() as keyring:
        if keyring.get_password(_SERVICE, url) is None:
            return False
        keyring.delete_password(_SERVICE, url)
        return True


@contextmanager
def _keyring() -> Generator[ModuleType]:
    """The keyring of this system. Raises: RemoteError, also for what it raises while it is used."""
    try:
        import keyring
        import keyring.backends.fail
        import keyring.errors
    except ImportError:
        raise RemoteError(
            "Keys are kept in the system's keyring, for which the package keyring is missing. Run "
            "`pip install 'llm-explorer[keyring]'`, or give the key in an environment variable."
        ) from None
    if isinstance(keyring.get_keyring(), keyring.backends.fail.Keyring):
        raise RemoteError(
            "This system has no keyring that runs. Give the key in an environment variable and name it with "
            "--api-key-env, or let --ask-key ask for it each time."
        )
    try:
        yield keyring
    except keyring.errors.KeyringError as error:
        raise RemoteError(
            "The system's keyring refuses ({reason}). Unlock it, or give the key in an environment variable.",
            reason=str(error) or type(error).__name__,
        ) from error
