import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer as HuggingFace

from explorer.errors import DamagedFileError, InputError
from explorer.text.bpe import trained_bpe
from explorer.text.tokenizer import END_OF_TEXT, Tokenizer
from explorer.text.tokenizer_files import huggingface_tokenizer, read_tokenizer, save_tokenizer
from tests.text.text_strategies import texts

Named = Callable[[str], Tokenizer]
KINDS = ["bpe", "characters"]


@pytest.fixture(scope="module")
def saved(tokenizer_named: Named, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    folders: dict[str, Path] = {}

    def folder(name: str) -> Path:
        if name not in folders:
            folders[name] = tmp_path_factory.mktemp(name)
            save_tokenizer(tokenizer_named(name), folders[name])
        return folders[name]

    return folder


@pytest.mark.parametrize("kind", KINDS)
@given(text=texts)
def test_the_tokenizers_library_gives_the_same_ids(tokenizer_named: Named, kind: str, text: str) -> None:
    text = text.replace(END_OF_TEXT, "")  # that library takes it for the token, we never do
    ours = tokenizer_named(kind)
    theirs = _huggingface(tokenizer_named, kind)
    assert theirs.encode(text).ids == ours.encode(text)


@settings(max_examples=300)
@given(learned_from=st.text("ab", min_size=1, max_size=80), text=st.text("ab", max_size=80))
def test_ranks_and_pairs_merge_alike_in_runs_and_overlaps(learned_from: str, text: str) -> None:
    """Two letters only: pairs overlap everywhere, which is where ranks could differ from pairs."""
    ours = trained_bpe(learned_from, 300)
    assert huggingface_tokenizer(ours).encode(text).ids == ours.encode(text)


_built: dict[str, HuggingFace] = {}


def _huggingface(tokenizer_named: Named, kind: str) -> HuggingFace:
    if kind not in _built:
        _built[kind] = huggingface_tokenizer(tokenizer_named(kind))
    return _built[kind]


@pytest.mark.parametrize("with_model", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_transformers_opens_the_folder_to_the_same_ids(
    tokenizer_named: Named, kind: str, with_model: bool, tmp_path: Path
) -> None:
    from transformers import AutoTokenizer

    ours = tokenizer_named(kind)
    save_tokenizer(ours, tmp_path)
    if with_model:  # transformers looks for the model's usual tokenizer class then
        (tmp_path / "config.json").write_text(
            '{"model_type": "qwen3", "architectures": ["Qwen3ForCausalLM"]}'
        )
    theirs = AutoTokenizer.from_pretrained(tmp_path)
    text = "The cat's  hat;\r\n\n\tмама 中文模型。 नमस्ते 😀 123 e\u0301 DON'T\u00a0x   "
    ids = ours.encode(text)
    assert theirs(text)["input_ids"] == ids
    assert len(theirs) == ours.n_vocab
    assert theirs.eos_token_id == ours.end_of_text
    known = [token for token in ids if token not in ours.special_tokens.values()]
    assert theirs.decode(known) == ours.decode(known)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rewritten", [False, True])
def test_what_was_saved_is_read_back(
    tokenizer_named: Named, saved: Callable[[str], Path], tmp_path: Path, kind: str, rewritten: bool
) -> None:
    file = saved(kind) / "tokenizer.json"
    if rewritten:  # as the tokenizers library writes it
        HuggingFace.from_file(str(file)).save(str(tmp_path / "tokenizer.json"))
        file = tmp_path / "tokenizer.json"
    ours, again = tokenizer_named(kind), read_tokenizer(file)
    text = "The cat's hat: мама 中文 😀 \x00 ☃"
    assert again.encode(text) == ours.encode(text)
    assert again.special_tokens == ours.special_tokens
    assert (again.name, again.n_vocab) == (ours.name, ours.n_vocab)


def changed(file: Path, change: Callable[[dict[str, Any]], object]) -> bytes:
    content = json.loads(file.read_text(encoding="utf-8"))
    change(content)
    return json.dumps(content).encode()


@pytest.mark.parametrize(
    "damage",
    [
        lambda file: file.read_bytes()[:-100],
        lambda file: b"",
        lambda file: b"\xff\xfe\x00",
        lambda file: changed(file, lambda content: content["model"]["merges"].pop()),
        lambda file: changed(file, lambda content: content["model"]["merges"].reverse()),
        lambda file: changed(file, lambda content: content["model"]["merges"][3].reverse()),
    ],
)
def test_a_damaged_file_is_refused(
    saved: Callable[[str], Path], tmp_path: Path, damage: Callable[[Path], bytes]
) -> None:
    file = tmp_path / "tokenizer.json"
    file.write_bytes(damage(saved("bpe") / "tokenizer.json"))
    with pytest.raises(DamagedFileError, match=r"tokenizer\.json"):
        read_tokenizer(file)


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content["model"].update(type="Unigram"),
        lambda content: content.update(pre_tokenizer={"type": "Metaspace"}),
        lambda content: content.update(normalizer={"type": "NFC"}),
        lambda content: content["pre_tokenizer"]["pretokenizers"][0]["pattern"].update(Regex="x"),
        lambda content: content.update(added_tokens=[]),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_a_foreign_tokenizer_is_refused_in_words(
    saved: Callable[[str], Path], tmp_path: Path, kind: str, change: Callable[[dict[str, Any]], object]
) -> None:
    file = tmp_path / "tokenizer.json"
    file.write_bytes(changed(saved(kind) / "tokenizer.json", change))
    with pytest.raises(InputError, match="not a tokenizer of a kind"):
        read_tokenizer(file)


def test_only_tokenizers_of_ours_are_written(tmp_path: Path) -> None:
    class Foreign:
        pass

    with pytest.raises(TypeError, match="Foreign"):
        save_tokenizer(Foreign(), tmp_path)  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())
