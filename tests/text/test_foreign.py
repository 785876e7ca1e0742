"""Other people's tokenizers behind our interface; the `tokenizers` library and naive ways as oracles."""

import json
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tokenizers
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import AddedToken, decoders, models, normalizers, pre_tokenizers, trainers

from explorer.errors import DamagedFileError, InputError
from explorer.paths import resources_dir
from explorer.text.encodings import load_published
from explorer.text.foreign import (
    ForeignTokenizer,
    IdsOnly,
    document_start,
    read_foreign_tokenizer,
    read_speech,
)
from explorer.text.gguf_vocabulary import SPACE, vocabulary_files

SAMPLE = "the cat sat on the mat, and the hat. 12 34 für die Katze; 中文 😀 don't\n\n\tx = 1  # y\n" * 3
TEXTS = [
    SAMPLE,
    "",
    " ",
    "the",
    "😀😀",
    "a\u0301e\u0301",
    "<|end|>the<|end|>",
    "\n\n\n",
    "日本語 テキスト",
    "\ud800x",
]


def byte_level(normalizer: Any = None) -> tokenizers.Tokenizer:
    inner = tokenizers.Tokenizer(models.BPE())
    inner.normalizer = normalizer
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    inner.train_from_iterator(
        [SAMPLE], trainers.BpeTrainer(vocab_size=330, initial_alphabet=alphabet, show_progress=False)
    )
    inner.add_special_tokens([AddedToken("<|end|>", special=True)])
    return inner


def pieces_metadata(**changed: Any) -> dict[str, Any]:
    """A SentencePiece vocabulary: single characters, some words, all bytes."""
    words = [
        f"{SPACE}the",
        "the",
        "th",
        f"{SPACE}t",
        "he",
        "cat",
        "at",
        f"{SPACE}c",
        "hat",
        f"{SPACE}{SPACE}",
        "an",
    ]
    letters = [SPACE, *"abcdefghijklmnopqrstuvwxyz.,\n12"]
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), *words, *letters, "<made>"]
    types = [2, 3, 3, *[6] * 256, *[1] * (len(words) + len(letters)), 4]
    scores = [0.0] * 259 + [-float(rank) for rank in range(len(words) + len(letters))] + [0.0]
    return {
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.scores": np.array(scores, np.float32),
        "tokenizer.ggml.token_type": np.array(types, np.int32),
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
        "tokenizer.ggml.unknown_token_id": 0,
    } | {f"tokenizer.ggml.{key}": value for key, value in changed.items()}


def built(metadata: dict[str, Any]) -> ForeignTokenizer:
    files = vocabulary_files(metadata, "model.gguf")
    assert files is not None
    return ForeignTokenizer("m", tokenizers.Tokenizer.from_str(json.dumps(files.tokenizer)))


def joined_by_score(text: str, metadata: dict[str, Any]) -> list[int]:
    """SentencePiece's way, as plainly as can be: join the best-scored neighbours until none join."""
    tokens = metadata["tokenizer.ggml.tokens"]
    ids = {token: number for number, token in enumerate(tokens)}
    scores = metadata["tokenizer.ggml.scores"]
    pieces = list(text.replace(" ", SPACE))
    while True:
        pairs = [(scores[ids[a + b]], -i) for i, (a, b) in enumerate(pairwise(pieces)) if a + b in ids]
        if not pairs:
            break
        place = -max(pairs)[1]
        pieces[place : place + 2] = [pieces[place] + pieces[place + 1]]
    found: list[int] = []
    for piece in pieces:
        found += [ids[piece]] if piece in ids else [ids[f"<0x{byte:02X}>"] for byte in piece.encode()]
    return found


def test_a_gguf_file_may_suggest_how_to_sample() -> None:
    suggested = {"temp": float(np.float32(0.6)), "top_k": 20, "penalty_repeat": "no", "top_p": True}
    metadata = pieces_metadata() | {f"general.sampling.{name}": value for name, value in suggested.items()}
    files = vocabulary_files(metadata, "model.gguf")
    assert files is not None
    assert files.generation == {
        "bos_token_id": 1,
        "eos_token_id": [2],
        "temperature": 0.6,
        "top_k": 20,
    }
    plain = vocabulary_files(pieces_metadata(), "model.gguf")
    assert plain is not None
    assert plain.generation == {"bos_token_id": 1, "eos_token_id": [2]}


# ---------------------------------------------------------------- bytes and places


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_comes_back_and_is_never_searched_for_special_tokens(text: str) -> None:
    ours = ForeignTokenizer("m", byte_level())
    ids = ours.encode(text)
    assert ours.decode(ids) == text.replace("\ud800", "?")
    assert not set(ids) & set(ours.special_tokens.values())


def test_special_tokens_are_found_where_a_template_wrote_them() -> None:
    inner = byte_level()
    ours = ForeignTokenizer("m", inner)
    assert ours.encode_marked("a<|end|>b") == inner.encode("a<|end|>b").ids
    assert ours.special_tokens["<|end|>"] in ours.encode_marked("a<|end|>b")


@given(st.text(alphabet="the cat中😀é\u0301\n", max_size=30))
def test_places_are_those_of_the_tokens_bytes(text: str) -> None:
    ours = TOKENIZER
    encoded = ours.encode_with_starts(text)
    at = 0
    partial = set(encoded.partial.tolist())
    data = text.encode()
    for index, (token, start) in enumerate(zip(encoded.ids.tolist(), encoded.starts.tolist(), strict=True)):
        before = data[:at].decode("utf-8", "ignore")
        assert start == len(before.encode("utf-16-le")) // 2
        piece = ours.token_bytes(token)
        whole = "\ufffd" not in piece.decode("utf-8", "replace")
        assert (index in partial) == (not whole)
        at += len(piece)
    assert at == len(data)


TOKENIZER = ForeignTokenizer("m", byte_level())


def test_places_in_a_text_that_the_tokenizer_changes_first() -> None:
    ours = ForeignTokenizer("m", byte_level(normalizers.NFC()))
    encoded = ours.encode_with_starts("a\u0301 the 😀 cat")
    assert ours.decode(encoded.ids.tolist()) == "\u00e1 the 😀 cat"
    starts = encoded.starts.tolist()
    assert starts == sorted(starts)
    assert starts[0] == 0
    last = ours.token_bytes(int(encoded.ids[-1]))
    assert starts[-1] == len("a\u0301 the 😀 cat".encode("utf-16-le")) // 2 - len(last)


def test_an_id_between_others_has_no_bytes_and_one_outside_is_refused() -> None:
    inner = byte_level()
    ours = ForeignTokenizer("m", inner)
    assert ours.n_vocab == inner.get_vocab_size()
    with pytest.raises(InputError, match="token number"):
        ours.token_bytes(ours.n_vocab)


def test_a_model_without_tokenizer_takes_ids_only() -> None:
    none = IdsOnly(50)
    assert (none.n_vocab, none.encode(""), none.decode([1, 2]), none.token_bytes(3)) == (50, [], "", b"")
    with pytest.raises(InputError, match="--prompt-ids"):
        none.encode("words")
    assert document_start(none) == ()


# ---------------------------------------------------------------- SentencePiece vocabularies


@given(st.text(alphabet="the catn.\n12é中", max_size=40))
def test_scores_join_as_sentencepiece_does(text: str) -> None:
    assert UNSPACED.encode(text) == joined_by_score(text, UNSPACED_METADATA)


UNSPACED_METADATA = pieces_metadata(add_space_prefix=False)
UNSPACED = built(UNSPACED_METADATA)


def test_a_space_stands_before_the_text_if_the_vocabulary_wants_it() -> None:
    metadata = pieces_metadata()
    spaced = built(metadata)
    assert spaced.encode("the cat") == joined_by_score(" the cat", metadata)
    assert spaced.decode(spaced.encode("the cat")) == " the cat"
    assert spaced.encode_with_starts("the cat").starts.tolist()[0] == 0


def test_characters_without_a_token_become_bytes_and_come_back() -> None:
    ids = UNSPACED.encode("中a")
    assert [UNSPACED.token_bytes(token) for token in ids] == [b"\xe4", b"\xb8", b"\xad", b"a"]
    assert UNSPACED.decode(ids) == "中a"
    assert UNSPACED.encode_with_starts("中a").partial.tolist() == [0, 1, 2]


def test_makers_own_tokens_are_found_and_control_tokens_are_not() -> None:
    made = len(UNSPACED_METADATA["tokenizer.ggml.tokens"]) - 1
    assert made in UNSPACED.encode("a<made>b")
    assert 1 not in UNSPACED.encode("<s>")
    assert 1 in UNSPACED.encode_marked("<s>")


def test_documents_begin_as_the_file_says() -> None:
    assert document_start(built(pieces_metadata())) == (1,)
    assert document_start(built(pieces_metadata(add_bos_token=False))) == ()


# ---------------------------------------------------------------- rank files


def test_a_rank_file_gives_tiktokens_tokens(tmp_path: Path) -> None:
    shutil.copy(resources_dir() / "encodings" / "qwen.tiktoken", tmp_path)
    added = {"151645": {"content": "<|im_end|>", "special": True}}
    config = {"eos_token": "<|im_end|>", "added_tokens_decoder": added}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(config))
    tokenizer = read_foreign_tokenizer(tmp_path, "m", 151_936)
    assert tokenizer is not None
    assert tokenizer.end_of_text == 151_645
    published = load_published("qwen")
    for text in (SAMPLE, "  indented\n\n\tcode = 12345\r\n", "Ünïcödé 한국어 🏳️‍🌈", "a" * 100):
        assert tokenizer.encode(text) == published.encode(text)


@pytest.mark.parametrize("content", ["not base64 at all\n", "YQ== 0\nYg== 5\n", "YQ== 0\n"])
def test_a_damaged_rank_file_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "qwen.tiktoken").write_text(content)
    with pytest.raises(DamagedFileError):
        read_foreign_tokenizer(tmp_path, "m", 151_936)


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"model": "bert"}, InputError),
        ({"model": "gpt2", "pre": "nobody", "merges": []}, InputError),
        ({"model": "gpt2", "pre": "qwen2"}, DamagedFileError),
        ({"tokens": []}, DamagedFileError),
        ({"tokens": "abc"}, DamagedFileError),
        ({"token_type": np.array([1, 1], np.int32)}, DamagedFileError),
        ({"scores": None}, DamagedFileError),
    ],
    ids=str,
)
def test_vocabularies_that_cannot_be_used(changed: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        vocabulary_files(pieces_metadata(**changed), "model.gguf")


def test_a_file_without_tokenizer_has_none() -> None:
    assert vocabulary_files({}, "model.gguf") is None
    assert vocabulary_files({"tokenizer.ggml.model": "none"}, "model.gguf") is None


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"model": {"type": "BPE", "vocab": {}, "merges": [["a", "b"]]}}']
)
def test_a_damaged_tokenizer_file_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text(content)
    with pytest.raises(DamagedFileError):
        read_foreign_tokenizer(tmp_path, "m", 1000)


def test_more_tokens_than_the_model_has_are_refused(tmp_path: Path) -> None:
    byte_level().save(str(tmp_path / "tokenizer.json"))
    with pytest.raises(DamagedFileError, match="more tokens"):
        read_foreign_tokenizer(tmp_path, "m", 300)


# ---------------------------------------------------------------- what a folder says of speech


def folder_with(tmp_path: Path, **config: Any) -> Path:
    byte_level().save(str(tmp_path / "tokenizer.json"))
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(config))
    return tmp_path


def test_names_stops_and_template(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, eos_token={"content": "<|end|>", "lstrip": False}, chat_template="{{ 1 }}")
    (folder / "generation_config.json").write_text('{"eos_token_id": [3, 7, 99999]}')
    tokenizer = read_foreign_tokenizer(folder, "m", 1000)
    assert tokenizer is not None
    end = tokenizer.special_tokens["<|end|>"]
    speech = read_speech(folder, tokenizer)
    assert tokenizer.end_of_text == end
    assert speech.stop_ids == (3, 7, end)
    assert speech.named_tokens == {"eos_token": "<|end|>"}
    assert speech.template == "{{ 1 }}"


def test_templates_in_a_file_or_by_name(tmp_path: Path) -> None:
    named = [{"name": "tools", "template": "T"}, {"name": "default", "template": "D"}]
    folder = folder_with(tmp_path, chat_template=named)
    tokenizer = read_foreign_tokenizer(folder, "m", 1000)
    assert tokenizer is not None
    assert read_speech(folder, tokenizer).template == "D"
    (folder / "chat_template.jinja").write_text("J")
    assert read_speech(folder, tokenizer).template == "J"
