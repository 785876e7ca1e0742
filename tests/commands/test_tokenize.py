"""`llm-explorer tokenize`, in this process where that is enough, as a real command where it is not."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.cli import main
from explorer.text.bpe import trained_bpe
from explorer.text.encodings import PUBLISHED
from explorer.text.tokenizer_files import save_tokenizer


def command(
    *arguments: str | bytes, text: bytes = b"", **environment: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "explorer", "tokenize", *arguments],
        capture_output=True,
        timeout=60,
        env={"PATH": "", **environment} if environment else None,
        check=False,
    )


def tokens(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert main(["tokenize", "--json", *arguments]) == 0
    return json.loads(capsys.readouterr().out)


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line on stderr."""
    assert main(["tokenize", *arguments]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    return said.err


def test_json_has_encoding_ids_and_tokens(capsys: pytest.CaptureFixture[str]) -> None:
    assert tokens(capsys, "--encoding", "gpt2", "hello world") == {
        "encoding": "gpt2",
        "ids": [31373, 995],
        "tokens": ["hello", " world"],
    }


def test_parts_of_characters_are_shown_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    assert tokens(capsys, "--encoding", "gpt2", "😀")["tokens"] == ["\ufffd", "\ufffd"]
    assert main(["tokenize", "--encoding", "gpt2", "😀"]) == 0
    out = capsys.readouterr().out
    assert "bytes f0 9f 98" in out
    assert "2 tokens, 1 characters, 4 bytes, 0.50 characters per token" in out


def test_the_table_has_a_line_a_token(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tokenize", "--encoding", "gpt2", "hello\n world"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["0", "31373", '"hello"']
    assert lines[1].split() == ["1", "198", r'"\n"']
    assert lines[-1].startswith("3 tokens, 12 characters, 12 bytes")


def test_an_empty_text_has_no_tokens(capsys: pytest.CaptureFixture[str]) -> None:
    assert tokens(capsys, "")["ids"] == []
    assert main(["tokenize", ""]) == 0
    assert capsys.readouterr().out == "0 tokens, 0 characters, 0 bytes\n"


@pytest.mark.parametrize("arguments", [[], ["-"]])
def test_the_text_may_come_from_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("中文\r\n".encode())))
    assert tokens(capsys, *arguments)["tokens"] == ["中文", "\r\n"]


def test_the_text_may_come_from_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_bytes(b"\xef\xbb\xbfhello world")
    assert tokens(capsys, "--file", str(file), "--encoding", "gpt2")["ids"] == [31373, 995]


def test_a_run_that_was_trained_is_an_encoding(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    checkpoint = tmp_path / "run" / "checkpoints" / "step-000010"
    checkpoint.mkdir(parents=True)
    save_tokenizer(trained_bpe("aaabdaaabac", 300), checkpoint)
    for path in (tmp_path / "run", checkpoint):
        assert tokens(capsys, "--encoding", str(path), "aaab<|endoftext|>")["tokens"][0] == "aaab"  # type: ignore[index]


def test_an_unknown_encoding_is_answered_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    said = refusal(capsys, "--encoding", "cl200k", "x")
    assert all(name in said for name in PUBLISHED)


def test_files_that_are_no_texts_are_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"ab\0c")
    (tmp_path / "latin").write_bytes("café".encode("latin-1"))
    (tmp_path / "wide").write_text("text", encoding="utf-16")
    assert "binary" in refusal(capsys, "--file", str(tmp_path / "binary"))
    assert "not encoded in UTF-8" in refusal(capsys, "--file", str(tmp_path / "latin"))
    assert "not encoded in UTF-8" in refusal(capsys, "--file", str(tmp_path / "wide"))
    assert "is a folder" in refusal(capsys, "--file", str(tmp_path))
    assert "no file" in refusal(capsys, "--file", str(tmp_path / "nothing"))


def test_a_command_line_that_is_not_understood_is_said_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tokenize", "--colour"]) == 2
    assert main(["tokenize", "text", "--file", "text"]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert all("--help" in line for line in said)


def test_bytes_that_are_no_utf8_on_the_command_line_become_replacement_characters() -> None:
    result = command(b"a\xffb", "--json")
    assert result.returncode == 0, result.stderr
    assert "".join(json.loads(result.stdout)["tokens"]) == "a\ufffdb"


def test_a_locale_without_unicode_loses_nothing() -> None:
    result = command("wörld 中", "--json", LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0")
    assert result.returncode == 0, result.stderr
    assert "".join(json.loads(result.stdout)["tokens"]) == "wörld 中"
    result = command("wörld 中", LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0")
    assert result.returncode == 0, result.stderr
    assert b"4 tokens, 7 characters, 10 bytes" in result.stdout


def test_encodings_are_compared(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tokenize", "中文 text", "--compare", "gpt2", "o200k_base"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:2] == ["gpt2", "4"] and "#" * 32 in lines[0]
    assert lines[1].split()[:2] == ["o200k_base", "2"]
    assert lines[2] == "7 characters, 11 bytes"
    assert main(["tokenize", "x", "--compare", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["encodings"]
    assert [row["encoding"] for row in rows] == list(PUBLISHED)
    assert "no encoding" in refusal(capsys, "x", "--compare", "none")


def test_a_conversation_is_shown_as_a_stream(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "chat.jsonl"
    file.write_text('{"role": "user", "content": "Hello"}\n{"role": "assistant", "content": "Hi"}\n')
    assert main(["tokenize", "--chat", str(file)]) == 0
    out = capsys.readouterr().out
    assert '200264  template   "<|im_start|>"  special' in out
    assert "special; template gpt-4o" in out
    file.write_text('{"messages": [{"role": "user", "content": "Hello"}]}\n')
    assert (
        main(["tokenize", "--chat", str(file), "--template", "llama3", "--json", "--no-generation-prompt"])
        == 0
    )
    said = json.loads(capsys.readouterr().out)
    assert said["text"].endswith("Hello<|eot_id|>") and "<|eot_id|>" in said["missing"]
    jinja = tmp_path / "mine.jinja"
    jinja.write_text("{{ messages[0].content }}!")
    assert main(["tokenize", "--chat", str(file), "--template", str(jinja), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["text"] == "Hello!"
    file.write_text("no\n")
    assert "holds no conversation" in refusal(capsys, "--chat", str(file))
    assert "no file" in refusal(capsys, "--chat", str(tmp_path / "none.jsonl"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_is_said_in_a_sentence() -> None:
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run(
            [sys.executable, "-m", "explorer", "tokenize", "word " * 5000],
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    assert result.returncode == 1
    assert result.stderr.count(b"\n") == 1
    assert b"No space left" in result.stderr


def test_neither_torch_nor_qt_is_loaded() -> None:
    """So that a shell script may call it a thousand times."""
    code = (
        "import sys; from explorer.cli import main; code = main(['tokenize', 'x']);"
        "assert not {'torch', 'PySide6', 'transformers'} & set(sys.modules); sys.exit(code)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0


def test_the_vocabulary_is_searched(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tokenize", "--search", "tokeniz", "--encoding", "cl100k_base"]) == 0
    *rows, total = capsys.readouterr().out.splitlines()
    assert all("tokeniz" in row.lower() for row in rows) and rows
    assert total == f"{len(rows)} of 100,261 entries"
    found = tokens(capsys, "--search", "E4 BD A0", "--by", "bytes", "--order", "longest")
    assert found["tokens"][-1] == "你"  # type: ignore[index]
    assert "not bytes" in refusal(capsys, "--search", "xyz", "--by", "bytes")
