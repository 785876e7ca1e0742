"""A person's own files of every kind, with what is damaged in them."""

import json
from pathlib import Path

import numpy as np
import psutil
import pyarrow
import pyarrow.parquet
import pytest

from explorer.core.data.files import Report, check, file_documents, is_readable
from explorer.core.data.files.records import text_of
from explorer.core.data.texts import TextSource, documents, find_text
from explorer.core.data.tokens import Encoded, TokenData, encode_to_file
from explorer.errors import InputError
from explorer.text.encodings import load_tokenizer
from tests.core.small import small_tokenizer


def read(path: Path) -> tuple[list[str], Report]:
    report = Report()
    return ["".join(document) for document in file_documents(path, report)], report


def written(path: Path, *lines: object) -> Path:
    path.write_text(
        "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8"
    )
    return path


def found(path: Path) -> TextSource:
    looking = find_text(str(path))
    while True:
        try:
            next(looking)
        except StopIteration as end:
            return end.value


@pytest.mark.parametrize(
    ("record", "text"),
    [
        ({"text": "a b"}, "a b"),
        ({"content": "a b", "id": 3}, "a b"),
        ("bare", "bare"),
        (
            {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Ho"}]},
            "user: Hi\nassistant: Ho",
        ),
        (
            {"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Ho"}]},
            "user: Hi\nassistant: Ho",
        ),
        ({"instruction": "Add", "input": "1, 2", "output": "3"}, "user: Add\n\n1, 2\nassistant: 3"),
        ({"instruction": "Sing", "input": "", "output": "La"}, "user: Sing\nassistant: La"),
        (
            {"system": "Be kind.", "prompt": "Hi", "response": "Ho"},
            "system: Be kind.\nuser: Hi\nassistant: Ho",
        ),
        ({"text": ""}, None),
        ({"text": 3}, None),
        ({"other": "a"}, None),
        ({"messages": []}, None),
        ({"messages": "Hi"}, None),
        ({"messages": [{"role": "cat", "content": "Hi"}]}, None),
        ({"messages": ["Hi"]}, None),
        ({"instruction": "Add", "output": None}, None),
        (["a"], None),
        (None, None),
        (7, None),
    ],
)
def test_records(record: object, text: str | None) -> None:
    assert text_of(record) == text


def test_jsonl_with_damaged_lines(tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl"
    lines = [
        b'\xef\xbb\xbf{"text": "one"}',
        b"{broken",
        b"",
        b'{"text": "two"}',
        b'{"text": "\xff"}',
        b"[1]",
        b"3",
        b'{"text": "three"}',
    ]
    path.write_bytes(b"\r\n".join(lines))
    texts, report = read(path)
    assert texts == ["one", "two", "three"] and report.documents == 3 and report.skipped == 4
    assert report.examples == [
        "notes.jsonl, line 2: not JSON",
        "notes.jsonl, line 5: not UTF-8",
        "notes.jsonl, line 6: no text in it",
        "notes.jsonl, line 7: no text in it",
    ]


def test_only_the_first_damaged_lines_are_shown(tmp_path: Path) -> None:
    _, report = read(written(tmp_path / "a.jsonl", *["x"] * 1000, {"text": "good"}))
    assert report.skipped == 1000 and len(report.examples) == 5


def test_deeply_nested_json_is_a_damaged_line(tmp_path: Path) -> None:
    texts, report = read(written(tmp_path / "a.jsonl", "[" * 100_000, {"text": "good"}))
    assert texts == ["good"] and report.skipped == 1


def test_csv_with_a_header(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('id,Text\n1,"two\nlines, one cell"\n2\n3,\n4,more\n', encoding="utf-8")
    texts, report = read(path)
    assert texts == ["two\nlines, one cell", "more"]
    assert report.examples == ["a.csv, line 4: 1 cells and not 2", "a.csv, line 5: no text in it"]


def test_csv_without_a_header_and_tsv_with_questions(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Ann,goat\nTom,dog\n")
    assert read(tmp_path / "a.csv")[0] == ["Ann, goat", "Tom, dog"]
    (tmp_path / "a.tsv").write_text("question\tanswer\nWho?\tAnn, of course\n")
    assert read(tmp_path / "a.tsv")[0] == ["user: Who?\nassistant: Ann, of course"]


def test_a_cell_larger_than_csv_usually_takes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text\n" + "x" * 3_000_000 + "\n")
    assert [len(text) for text in read(tmp_path / "a.csv")[0]] == [3_000_000]


def test_parquet(tmp_path: Path) -> None:
    table = pyarrow.table({"id": [1, 2, 3], "text": ["one", None, "three"]})
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet")
    texts, report = read(tmp_path / "a.parquet")
    assert texts == ["one", "three"] and report.examples == ["a.parquet, line 2: no text in it"]
    said = [[{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Ho"}]]
    pyarrow.parquet.write_table(pyarrow.table({"messages": said}), tmp_path / "b.parquet")
    assert read(tmp_path / "b.parquet")[0] == ["user: Hi\nassistant: Ho"]


def test_parquet_that_is_none_or_has_no_texts(tmp_path: Path) -> None:
    written(tmp_path / "a.parquet", "text")
    with pytest.raises(InputError, match="not a Parquet file"):
        check(tmp_path / "a.parquet")
    pyarrow.parquet.write_table(pyarrow.table({"id": [1]}), tmp_path / "b.parquet")
    with pytest.raises(InputError, match="no column of texts"):
        check(tmp_path / "b.parquet")


def test_nanogpt_s_tokens(tmp_path: Path) -> None:
    gpt2 = load_tokenizer("gpt2")
    first, second = "Hello, 世界! 😀" * 20_000, "The end."
    ids = [*gpt2.encode(first), gpt2.end_of_text, gpt2.end_of_text, *gpt2.encode(second)]
    np.array(ids, "<u2").tofile(tmp_path / "train.bin")
    texts, report = read(tmp_path / "train.bin")
    assert texts == [first, second] and report.documents == 2
    assert found(tmp_path / "train.bin").label == "train.bin"


def test_other_files_that_are_called_bin(tmp_path: Path) -> None:
    (tmp_path / "text.bin").write_bytes(b"plain words, an even number of them" * 2)
    assert read(tmp_path / "text.bin")[0][0].startswith("plain words")
    np.full(1000, 60_000, "<u2").tofile(tmp_path / "weights.bin")
    np.arange(1001, dtype=np.uint8).tofile(tmp_path / "odd.bin")
    for name in ("weights.bin", "odd.bin"):
        with pytest.raises(InputError, match=r"binary data|not encoded"):
            found(tmp_path / name)


def test_a_folder_that_mixes_them(tmp_path: Path) -> None:
    written(tmp_path / "a.txt", "plain")
    written(tmp_path / "b.md", "# Title")
    written(tmp_path / "c.jsonl", {"text": "json"}, "damaged")
    written(tmp_path / "d.csv", "text", "cell")
    written(tmp_path / "e.jsonl", "nothing", "good")
    np.array([0, 1, 2, 13], "<u2").tofile(tmp_path / "f.bin")
    pyarrow.parquet.write_table(pyarrow.table({"text": ["row"]}), tmp_path / "g.parquet")
    written(tmp_path / "h.parquet", "no parquet")
    source, report = found(tmp_path), Report()
    texts = ["".join(document) for document in documents(source, report)]
    assert texts == ["plain", "# Title", "json", "cell", '!"#.', "row"]
    assert source.skipped == 2 and report.skipped == 1 and report.documents == 6


def test_a_data_file_without_any_text(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no line with a text"):
        found(written(tmp_path / "a.jsonl", "x", "[]"))
    with pytest.raises(InputError, match="no line with a text"):
        found(written(tmp_path / "empty.csv"))
    with pytest.raises(InputError, match="There is no file"):
        found(tmp_path / "gone.jsonl")
    assert list(is_readable(tmp_path / "a.jsonl")) == []


def test_what_is_read_is_told_with_the_tokens(tmp_path: Path) -> None:
    source = found(written(tmp_path / "a.jsonl", {"text": "the one"}, "x", {"text": "the other"}))
    facts = list(encode_to_file(source, small_tokenizer(), tmp_path / "tokens.bin"))
    assert isinstance(facts[-1], Encoded)
    assert (facts[-1].report.documents, facts[-1].report.skipped) == (2, 1)


def test_ten_gigabytes_of_tokens_take_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "tokens.bin"
    with path.open("wb") as stream:
        stream.truncate(10_000_000_000)  # a file with a hole: no disk is filled
    before = psutil.Process().memory_info().rss
    data = TokenData(path, 2, 256)
    for step in range(3):
        inputs, targets = data.batch(1, step, 4)
        assert inputs.shape == targets.shape == (4, 256)
    assert data.train_tokens + data.val_tokens == 5_000_000_000
    assert psutil.Process().memory_info().rss - before < 300_000_000


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_stream_larger_than_the_memory_it_takes(tmp_path: Path) -> None:
    """Lines, cells and one endless line: all are read in pieces."""
    sentence = "the cat sat on the mat, and then the dog came to the door. "
    (tmp_path / "line.txt").write_text(sentence * (60_000_000 // len(sentence)))
    with (tmp_path / "many.jsonl").open("w") as stream:
        stream.writelines(json.dumps({"text": sentence * 20}) + "\n" for _ in range(20_000))
    source = found(tmp_path)
    before = psutil.Process().memory_info().rss
    most = 0
    for number, fact in enumerate(encode_to_file(source, small_tokenizer(), tmp_path / ".tokens.bin")):
        if number % 100 == 0:
            most = max(most, psutil.Process().memory_info().rss)
        if isinstance(fact, Encoded):
            assert fact.tokens > 40_000_000 and fact.report.documents == 20_001
    assert most - before < 50_000_000
