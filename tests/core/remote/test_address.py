"""`http://host:port/v1#name`, and what is none."""

import pytest

from explorer.core.remote.address import base_url, is_loopback, is_remote, split_model
from explorer.errors import InputError


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("http://localhost:8080", "http://localhost:8080/v1"),
        ("http://localhost:8080/", "http://localhost:8080/v1"),
        ("HTTPS://Example.org/api/v1/", "https://Example.org/api/v1"),
        (" http://localhost:11434/v1/chat/completions\n", "http://localhost:11434/v1"),
        ("http://[::1]:8080/v1?x=1", "http://[::1]:8080/v1"),
    ],
)
def test_an_address_as_people_copy_it(text: str, url: str) -> None:
    assert base_url(text) == url
    assert base_url(url) == url


@pytest.mark.parametrize(
    "text",
    [
        "",
        "localhost:8080",
        "ftp://x/v1",
        "http://",
        "http://x:port/v1",
        "http://x:99999",
        "http://[1",
        "http://a b",
        "http://x/\x00",
        "/a/path",
    ],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(InputError, match="is not a server's address"):
        base_url(text)


def test_a_password_does_not_belong_into_an_address() -> None:
    with pytest.raises(InputError) as refused:
        base_url("http://me:hush@example.org/v1")
    assert "hush" not in str(refused.value)


def test_a_model_at_a_server_is_one_string() -> None:
    assert split_model("http://localhost:1/v1#Qwen/Qwen3-4B:free") == (
        "http://localhost:1/v1",
        "Qwen/Qwen3-4B:free",
    )
    assert split_model("http://localhost:1#a%20b#c") == ("http://localhost:1/v1", "a b#c")
    assert split_model("http://localhost:1/v1") == ("http://localhost:1/v1", "")
    assert is_remote("HTTP://x#y") and not is_remote("runs/http") and not is_remote("C:\\models")


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://localhost:1/v1", True),
        ("http://127.0.0.3/v1", True),
        ("http://[::1]/v1", True),
        ("http://10.0.0.1/v1", False),
        ("http://localhost.example.org/v1", False),
    ],
)
def test_this_machine(url: str, loopback: bool) -> None:
    assert is_loopback(url) is loopback
