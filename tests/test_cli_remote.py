"""`llm-explorer server` and `generate` with a model at a server."""

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from explorer.cli import main

PROGRAM = str(Path(__file__).parent / "core" / "remote" / "hostile_server.py")
KEY = "sk-secret"
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with subprocess.Popen(
        [sys.executable, PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        process.communicate(timeout=10)


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUR_KEY", KEY)


def write(address: str, fault: str, *options: str) -> list[str]:
    given = ["generate", "--model", f"{address}/{fault}/v1#m", "--api-key-env", "OUR_KEY"]
    return [*given, *(options or ("--chat", "Hi"))]


def test_the_answer_on_stdout_and_the_reasoning_beside_it(address: str, capsys: Capture) -> None:
    assert main(write(address, "reasoning-content")) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("Hello\n", "Hm. \n\n")


def test_json_has_everything(address: str, capsys: Capture) -> None:
    assert main(write(address, "reasoning", "--chat", "Hi", "--json")) == 0
    assert json.loads(capsys.readouterr().out) == {
        "model": "m",
        "text": "Hello",
        "reasoning": "Hm. ",
        "stop_reason": "end_token",
        "usage": {"prompt_tokens": 7, "completion_tokens": 2, "reasoning_tokens": 1},
    }


def test_log_probabilities_in_json(address: str, capsys: Capture) -> None:
    assert main(write(address, "logprobs", "--prompt", "Hi", "--json", "--top-logprobs", "2")) == 0
    (entry,) = json.loads(capsys.readouterr().out)["logprobs"]
    top = [{"token": "Hello", "logprob": -0.5}, {"token": "x", "logprob": -1.5}]
    assert entry == {"id": None, "token": "Hello", "logprob": -0.5, "top": top, "channel": "answer"}


def test_what_had_come_is_said_before_the_sentence(address: str, capsys: Capture) -> None:
    assert main(write(address, "break")) == 1
    said = capsys.readouterr()
    assert said.out == "Hel\n" and "broke off in the middle" in said.err
    assert main(write(address, "break", "--chat", "Hi", "--json")) == 1
    said = capsys.readouterr()
    result = json.loads(said.out)
    assert (result["text"], result["stop_reason"]) == ("Hel", "failed")
    assert result["error"] in said.err and said.err.count("\n") == 1


def test_what_does_not_answer_leaves_stdout_empty(capsys: Capture) -> None:
    assert main(["generate", "--model", "http://127.0.0.1:1/v1#m", "--chat", "Hi"]) == 1
    said = capsys.readouterr()
    assert said.out == "" and "Nothing answers at" in said.err


def test_a_silent_server_with_less_patience(address: str, capsys: Capture) -> None:
    assert main(write(address, "stall", "--chat", "Hi", "--timeout", "0.3")) == 1
    assert "has said nothing" in capsys.readouterr().err
    assert main(write(address, "stall", "--chat", "Hi", "--timeout", "-1")) == 1
    assert "cannot be waited" in capsys.readouterr().err


def test_without_a_name_the_choice_is_listed(address: str, capsys: Capture) -> None:
    assert main(["generate", "--model", f"{address}/models/v1", "--chat", "Hi"]) == 1
    assert "has these models: a, b/c:7b. Name one" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--device", "cuda"], "--device is for models on this machine"),
        (["--dtype", "int8"], "--dtype and --compile are for models on this machine"),
        (["--compile"], "--dtype and --compile are for models on this machine"),
        (["--prompt-ids", "1,x"], "are no token ids"),
        (["--top-k", "-1"], "Top-k is -1"),
        (["--api-key-env", "NOT_SET"], "NOT_SET is not set"),
        (["--max-tokens", "0"], "0 tokens"),
    ],
)
def test_what_makes_no_sense_is_refused(
    address: str, capsys: Capture, options: list[str], words: str
) -> None:
    assert main(write(address, "fine", *options)) == 1
    assert words in capsys.readouterr().err


def test_a_local_model_without_a_template_says_so(tmp_path: Path, capsys: Capture) -> None:
    assert main(["generate", "--model", str(tmp_path), "--chat", "Hi"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_named_servers(address: str, tmp_path: Path, capsys: Capture) -> None:
    data = ["--data-dir", str(tmp_path)]
    assert main(["generate", *data, "--model", "server:lab", "--chat", "Hi"]) == 1
    assert "none is known yet. Add one: llm-explorer server add" in capsys.readouterr().err
    assert main(["server", *data, "add", "lab", f"{address}/fine/v1", "--model", "m"]) == 0
    assert main(["server", *data, "list", "--json"]) == 0
    listed = capsys.readouterr().out.splitlines()[-1]
    assert json.loads(listed) == [{"name": "lab", "url": f"{address}/fine/v1", "model": "m"}]
    assert main(["server", "list", *data]) == 0
    assert capsys.readouterr().out == f"lab  {address}/fine/v1  m\n"
    assert main(["generate", *data, "--model", "server:lab", "--chat", "Hi"]) == 0
    assert capsys.readouterr().out == "Hello\n"
    assert main(["generate", *data, "--model", "server:other", "--chat", "Hi"]) == 1
    assert "no server called other. Known are: lab" in capsys.readouterr().err
    assert main(["server", *data, "remove", "lab"]) == 0
    assert main(["server", *data, "list"]) == 0
    assert capsys.readouterr().out == ""
    assert main(["server", "models", f"{address}/models/v1"]) == 0
    assert capsys.readouterr().out == "a\nb/c:7b\n"


def test_a_key_is_read_from_standard_input_and_shown_nowhere(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = ["--data-dir", str(tmp_path)]
    assert main(["server", *data, "add", "lab", "http://example.org"]) == 0
    kept: list[tuple[str, str]] = []
    monkeypatch.setattr("explorer.core.remote.keys.keep_key", lambda url, key: kept.append((url, key)))
    monkeypatch.setattr(sys, "stdin", io.StringIO(KEY + "\n"))
    assert main(["server", *data, "set-key", "lab"]) == 0
    assert kept == [("http://example.org/v1", KEY + "\n")]
    said = capsys.readouterr()
    assert KEY not in said.out + said.err and "is not encrypted" in said.err


def test_a_key_can_be_asked_for_each_time(
    address: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(KEY + "\n"))
    assert main(["generate", "--model", f"{address}/fine/v1#m", "--ask-key", "--chat", "Hi"]) == 0
    assert capsys.readouterr().out == "Hello\n"
    seen = json.loads(httpx2.get(f"{address}/seen", trust_env=False).content)
    assert [entry for entry in seen if "headers" in entry][-1]["headers"]["authorization"] == f"Bearer {KEY}"


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C is a signal to a group there")
def test_ctrl_c_ends_it_and_keeps_what_came(address: str) -> None:
    command = [sys.executable, "-m", "explorer", *write(address, "slow")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ) as process:
        assert process.stdout is not None and process.stdout.read(6) == b"la la "
        process.send_signal(signal.SIGINT)
        said, words = process.communicate(timeout=30)
    assert (process.returncode, words) == (130, b"") and said.endswith(b"\n")
