import socket
from collections.abc import Callable
from pathlib import Path

import pytest
import tiktoken
from hypothesis import given

from explorer.errors import DamagedFileError, InputError
from explorer.paths import resources_dir
from explorer.text.encodings import PUBLISHED, load_published, load_tokenizer
from explorer.text.tokenizer import Tokenizer
from explorer.text.tokenizer_files import save_tokenizer
from explorer.text.units import from_units, to_units
from tests.text.text_strategies import pasted, texts

Named = Callable[[str], Tokenizer]


@pytest.mark.parametrize(
    "name, text, ids",
    [
        ("gpt2", "hello world", [31373, 995]),
        ("r50k_base", "hello world", [31373, 995]),
        ("cl100k_base", "hello world", [15339, 1917]),
        ("o200k_base", "hello world", [24912, 2375]),
        # The example of Qwen's own tokenization note.
        ("qwen", " 根", [51461, 117]),
    ],
)
def test_published_examples(tokenizer_named: Named, name: str, text: str, ids: list[int]) -> None:
    assert tokenizer_named(name).encode(text) == ids


@pytest.mark.parametrize("name", PUBLISHED)
@given(text=texts)
def test_tokens_are_tiktokens_own(
    tokenizer_named: Named, tiktoken_named: Callable[[str], tiktoken.Encoding], name: str, text: str
) -> None:
    tokenizer, oracle = tokenizer_named(name), tiktoken_named(name)
    ids = oracle.encode(text, disallowed_special=())
    assert tokenizer.encode(text) == ids
    encoded = tokenizer.encode_with_starts(text)
    assert encoded.ids.tolist() == ids
    assert tokenizer.decode(ids) == text
    # tiktoken counts characters, we count UTF-16 units.
    _, offsets = oracle.decode_with_offsets(ids)
    units_before = [0]
    for character in text:
        units_before.append(units_before[-1] + len(to_units(character)))
    assert encoded.starts.tolist() == [units_before[offset] for offset in offsets]


@pytest.mark.parametrize("name", [*PUBLISHED, "bpe", "characters"])
@given(text=pasted)
def test_bytes_put_together_give_the_text(tokenizer_named: Named, name: str, text: str) -> None:
    tokenizer = tokenizer_named(name)
    ids, starts, partial = tokenizer.encode_with_starts(text)
    assert ids.tolist() == tokenizer.encode(text)
    pieces = [tokenizer.token_bytes(token) for token in ids.tolist()]
    readable = from_units(to_units(text))
    if name == "characters":
        known = set(tokenizer.characters)
        readable = "".join(character if character in known else "\ufffd" for character in readable)
    assert b"".join(pieces) == readable.encode()
    broken = [index for index, piece in enumerate(pieces) if "\ufffd" in piece.decode("utf-8", "replace")]
    whole_replacement = "\ufffd".encode()
    assert partial.tolist() == [index for index in broken if whole_replacement not in pieces[index]]
    assert (starts[1:] >= starts[:-1]).all()


@pytest.mark.parametrize("name, size", [("gpt2", 50257), ("p50k_base", 50281), ("cl100k_base", 100277)])
def test_vocabularies_have_their_published_sizes(tokenizer_named: Named, name: str, size: int) -> None:
    assert tokenizer_named(name).n_vocab == size


@pytest.mark.parametrize("name", [*PUBLISHED, "bpe", "characters"])
def test_a_special_tokens_name_in_a_text_is_text(tokenizer_named: Named, name: str) -> None:
    tokenizer = tokenizer_named(name)
    for special, token in tokenizer.special_tokens.items():
        assert token not in tokenizer.encode(f"a{special}b") or special == "<unk>"
        assert tokenizer.token_bytes(token) in (special.encode(), "\ufffd".encode())
    assert tokenizer.end_of_text == tokenizer.special_tokens["<|endoftext|>"]


@pytest.mark.parametrize("token", [-1, 100_265, 100_277])
def test_a_number_that_is_no_token_is_refused(tokenizer_named: Named, token: int) -> None:
    with pytest.raises(InputError, match="has no token number"):
        tokenizer_named("cl100k_base").decode([token])


@pytest.mark.parametrize("run", ["a", " ", "\n", "1", "!", "😀", "字"])
@pytest.mark.parametrize("name", ["o200k_base", "r50k_base"])
def test_very_long_runs_are_encoded_in_parts(tokenizer_named: Named, name: str, run: str) -> None:
    """Alone, a million blanks end tiktoken with a panic."""
    tokenizer = tokenizer_named(name)
    part = run * 50_000 if len(to_units(run)) == 2 else run * 100_000
    assert tokenizer.encode(part * 2 + run * 7) == tokenizer.encode(part) * 2 + tokenizer.encode(run * 7)


@pytest.mark.parametrize("damage", ["cut short", "changed", "missing"])
def test_a_damaged_rank_file_is_refused(tmp_path: Path, damage: str) -> None:
    good = (resources_dir() / "encodings" / "p50k_base.tiktoken").read_bytes()
    contents = {"cut short": good[:-20], "changed": good[:5000] + b"A" + good[5001:]}
    if damage in contents:
        (tmp_path / "p50k_base.tiktoken").write_bytes(contents[damage])
    with pytest.raises(DamagedFileError, match="p50k_base"):
        load_published("p50k_base", tmp_path)
    (tmp_path / "p50k_base.tiktoken").write_bytes(good)
    assert load_published("p50k_base", tmp_path).n_vocab == 50281


def test_nothing_is_fetched_from_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(AssertionError):
        socket.create_connection(("example.org", 80))
    for name in PUBLISHED:
        assert load_tokenizer(name).encode("offline")


def test_an_unknown_name_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    for name in ("cl200k", str(tmp_path), str(tmp_path / "nothing"), ""):
        with pytest.raises(InputError, match=r"There is no encoding .*gpt2.*o200k_base.*qwen"):
            load_tokenizer(name)


def test_a_runs_folder_means_its_newest_checkpoint(tokenizer_named: Named, tmp_path: Path) -> None:
    checkpoints = tmp_path / "checkpoints"
    for step, name in ((900, "characters"), (1_000_000, "bpe")):
        (checkpoints / f"step-{step:06d}").mkdir(parents=True)
        save_tokenizer(tokenizer_named(name), checkpoints / f"step-{step:06d}")
    (checkpoints / "step-2000000").mkdir()
    (checkpoints / ".partial-step-3000000").mkdir()
    save_tokenizer(tokenizer_named("characters"), checkpoints / ".partial-step-3000000")
    assert load_tokenizer(str(tmp_path)).name == "bpe"
    assert load_tokenizer(str(checkpoints / "step-000900")).name == "characters"
    assert load_tokenizer(str(checkpoints / "step-000900" / "tokenizer.json")).name == "characters"
