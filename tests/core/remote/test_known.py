"""Named servers, and keys without a keyring."""

import sys
from pathlib import Path

import pytest

from explorer.core.remote.keys import keep_key, kept_key, key_from_environment
from explorer.core.remote.known import FILE, add_server, find_server, read_servers, remove_server
from explorer.errors import DamagedFileError, InputError, RemoteError, StorageError

URL = "http://localhost:8080/v1"
KEY = "sk-very-secret"


def test_servers_are_kept_in_order_and_replaced_by_name(tmp_path: Path) -> None:
    assert read_servers(tmp_path) == []
    add_server(tmp_path / "new", "lab", "http://localhost:8080", "m")
    add_server(tmp_path / "new", "home", "http://localhost:11434/v1")
    add_server(tmp_path / "new", "lab", "http://localhost:9090")
    kept = [(one.name, one.url, one.model) for one in read_servers(tmp_path / "new")]
    assert kept == [("home", "http://localhost:11434/v1", ""), ("lab", "http://localhost:9090/v1", "")]
    remove_server(tmp_path / "new", "home")
    assert [one.name for one in read_servers(tmp_path / "new")] == ["lab"]
    assert [path.name for path in (tmp_path / "new").iterdir()] == [FILE]


def test_names_and_addresses_are_checked(tmp_path: Path) -> None:
    for name in ("", "a b", "a#b", "a/b"):
        with pytest.raises(InputError, match="cannot be a server's name"):
            add_server(tmp_path, name, URL)
    with pytest.raises(InputError, match="is not a server's address"):
        add_server(tmp_path, "lab", "localhost")
    add_server(tmp_path, "lab", URL)
    with pytest.raises(InputError, match=r"no server called la. Known are: lab\."):
        find_server(tmp_path, "la")
    with pytest.raises(InputError, match="no server called la"):
        remove_server(tmp_path, "la")


@pytest.mark.parametrize("content", [b"{", b"[{}]", b'[{"name": "a", "url": "ftp://x"}]', b"\xff", b""])
def test_a_damaged_list_is_not_overwritten(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(DamagedFileError, match="Mend it or delete it"):
        add_server(tmp_path, "lab", URL)
    assert (tmp_path / FILE).read_bytes() == content


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        add_server(tmp_path / "file" / "below", "lab", URL)


def test_a_key_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUR_KEY", f" {KEY}\n")
    assert key_from_environment("OUR_KEY") == KEY
    monkeypatch.delenv("OUR_KEY")
    with pytest.raises(InputError, match="OUR_KEY is not set"):
        key_from_environment("OUR_KEY")


def test_without_the_package_a_key_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert kept_key(URL) is None
    with pytest.raises(RemoteError, match=r"pip install 'llm-explorer\[keyring\]'"):
        keep_key(URL, KEY)
