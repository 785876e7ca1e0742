"""Keys in a keyring of the system."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.core.remote.keys import forget_key, keep_key, kept_key
from explorer.core.remote.known import FILE, add_server, find_server
from explorer.errors import RemoteError

URL = "http://localhost:8080/v1"
KEY = "sk-very-secret"

keyring = pytest.importorskip("keyring", reason="the extra `keyring` is not installed")


@pytest.fixture
def ring() -> Iterator[dict[str, str]]:
    """A keyring in memory, through the package's own door for other keyrings."""
    from keyring.backend import KeyringBackend
    from keyring.errors import KeyringLocked

    kept: dict[str, str] = {}

    class Memory(KeyringBackend):
        priority = 1  # type: ignore[assignment]

        def get_password(self, service: str, username: str) -> str | None:
            if "locked" in kept:
                raise KeyringLocked("it is locked")
            return kept.get(username)

        def set_password(self, service: str, username: str, password: str) -> None:
            if "locked" in kept:
                raise KeyringLocked("it is locked")
            kept[username] = password

        def delete_password(self, service: str, username: str) -> None:
            del kept[username]

    before = keyring.get_keyring()
    keyring.set_keyring(Memory())
    yield kept
    keyring.set_keyring(before)


def test_a_key_is_kept_for_an_address_and_forgotten(ring: dict[str, str]) -> None:
    assert kept_key(URL) is None and not forget_key(URL)
    keep_key(URL, KEY + "\n")
    assert ring == {URL: KEY}
    assert kept_key(URL) == KEY
    assert kept_key("http://elsewhere/v1") is None
    assert forget_key(URL) and ring == {}


def test_a_locked_keyring_is_said(ring: dict[str, str]) -> None:
    ring["locked"] = "yes"
    with pytest.raises(RemoteError, match=r"refuses \(it is locked\)"):
        keep_key(URL, KEY)
    assert kept_key(URL) is None


def test_the_key_never_comes_into_our_files(ring: dict[str, str], tmp_path: Path) -> None:
    add_server(tmp_path, "lab", URL)
    keep_key(find_server(tmp_path, "lab").url, KEY)
    assert json.loads((tmp_path / FILE).read_text()) == [
        {"name": "lab", "url": URL, "model": "", "models": []}
    ]
    assert not any(KEY in path.read_text() for path in tmp_path.rglob("*"))


def test_a_system_without_a_keyring_is_said() -> None:
    from keyring.backends.fail import Keyring

    before = keyring.get_keyring()
    keyring.set_keyring(Keyring())
    try:
        assert kept_key(URL) is None
        with pytest.raises(RemoteError, match="no keyring that runs"):
            keep_key(URL, KEY)
    finally:
        keyring.set_keyring(before)
