"""Ids on disk, what is held out, and batches."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.data.texts import TextSource
from explorer.core.data.tokens import Encoded, TokenData, encode_to_file
from explorer.core.training.evaluate import HeldOut
from explorer.errors import InputError
from explorer.text.characters import build_characters
from tests.core.small import small_model, small_tokenizer


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tokens")


def data_of(shelf: Path, length: int, context: int) -> TokenData:
    """Ids that tell their place."""
    path = shelf / f"{length}.bin"
    if not path.exists():
        np.arange(length, dtype="<u4").tofile(path)
    return TokenData(path, 4, context)


def source_of(folder: Path, *texts: str) -> TextSource:
    files = tuple(folder / f"{number}.txt" for number in range(len(texts)))
    for file, text in zip(files, texts, strict=True):
        file.write_text(text, encoding="utf-8")
    return TextSource("texts", str(folder), files)


def encoded(source: TextSource, path: Path) -> Encoded:
    *shares, last = encode_to_file(source, small_tokenizer(), path)
    assert all(isinstance(share, float) and 0 <= share <= 1 for share in shares)
    assert isinstance(last, Encoded)
    return last


# ---------------------------------------------------------------- the file


def test_documents_end_with_their_mark(tmp_path: Path) -> None:
    tokenizer = small_tokenizer()
    source = source_of(tmp_path, "the cat", "", "中文 😀")
    result = encoded(source, tmp_path / "tokens.bin")
    end = [tokenizer.end_of_text]
    expected = tokenizer.encode("the cat") + end + tokenizer.encode("中文 😀") + end
    assert np.fromfile(tmp_path / "tokens.bin", "<u2").tolist() == expected
    assert (result.tokens, result.token_bytes) == (len(expected), 2)


def test_a_fingerprint_is_of_the_text(tmp_path: Path) -> None:
    prints = set[str]()
    for number, text in enumerate(("one", "two", "one")):
        (tmp_path / str(number)).mkdir()
        prints.add(encoded(source_of(tmp_path / str(number), text), tmp_path / "t.bin").fingerprint)
    assert len(prints) == 2


def test_one_line_of_a_megabyte(tmp_path: Path) -> None:
    text = "abc" * 350_000
    result = encoded(source_of(tmp_path, text), tmp_path / "tokens.bin")
    ids = np.fromfile(tmp_path / "tokens.bin", "<u2")
    assert len(ids) == result.tokens
    assert small_tokenizer().decode(ids[:-1].tolist()) == text


# ---------------------------------------------------------------- windows


@given(length=st.integers(18, 200_000), context=st.integers(8, 600), seed=st.integers(0, 2**63 - 1))
def test_nothing_that_is_held_out_is_learned_from(shelf: Path, length: int, context: int, seed: int) -> None:
    if length < 2 * (context + 1):
        with pytest.raises(InputError, match=f"at least {2 * (context + 1)}"):
            data_of(shelf, length, context)
        return
    data = data_of(shelf, length, context)
    held_inputs, held_targets = data.held_out_windows(10**9)
    held = set(held_inputs.ravel().tolist()) | set(held_targets.ravel().tolist())
    assert held and len(held) <= data.val_tokens
    for step in (1, 2):
        inputs, targets = data.batch(seed, step, 16)
        assert inputs.shape == targets.shape == (16, context)
        assert np.array_equal(inputs[:, 1:], targets[:, :-1]) and np.array_equal(inputs + 1, targets)
        assert held.isdisjoint(inputs.ravel().tolist()) and held.isdisjoint(targets.ravel().tolist())
    assert data.train_tokens + data.val_tokens <= length
    assert 0.02 < data.val_tokens / length <= 0.51


def test_everything_else_is_learned_from(shelf: Path) -> None:
    data = data_of(shelf, 3_000, 8)
    seen = np.zeros(3_000, bool)
    for step in range(1, 400):
        inputs, targets = data.batch(1, step, 64)
        seen[inputs] = seen[targets] = True
    held = np.unique(np.concatenate([part.ravel() for part in data.held_out_windows(10**9)]))
    assert not seen[held].any()
    assert seen.sum() == data.train_tokens == 3_000 - data.val_tokens


def test_a_batch_is_a_function_of_seed_and_step(shelf: Path) -> None:
    one, two = data_of(shelf, 5_000, 16), data_of(shelf, 5_000, 16)
    one.batch(7, 1, 4)
    assert np.array_equal(one.batch(7, 9, 4)[0], two.batch(7, 9, 4)[0])
    different = [two.batch(*key, 4)[0].tobytes() for key in ((7, 9), (7, 10), (8, 9), (9, 7), (2**64 - 1, 9))]
    assert len(set(different)) == 5


def test_few_held_out_windows_come_from_all_over(shelf: Path) -> None:
    data = data_of(shelf, 1_000_000, 16)
    inputs, _ = data.held_out_windows(160)
    assert inputs.shape == (10, 16)
    assert inputs[0, 0] < 100_000 and inputs[-1, 0] > 900_000 and len(np.unique(inputs)) == inputs.size
    assert np.array_equal(inputs, data.held_out_windows(160)[0])


# ---------------------------------------------------------------- the score


def test_bits_per_byte_count_the_texts_bytes(tmp_path: Path) -> None:
    """A model that knows nothing needs log2 V bits a token; characters of three bytes need a third a byte."""
    text = "中文" * 200
    tokenizer = build_characters(text)
    path = tmp_path / "tokens.bin"
    np.array(tokenizer.encode(text), "<u2").tofile(path)
    held_out = HeldOut(TokenData(path, 2, 16), tokenizer, 10_000)
    model = small_model(tokenizer.n_vocab)
    for parameter in model.parameters():
        parameter.detach().zero_()
    score = held_out.score(model)
    assert score.loss == pytest.approx(np.log(4))
    assert score.bits_per_byte == pytest.approx(2 / 3)


def test_the_mark_between_documents_is_no_byte(tmp_path: Path) -> None:
    tokenizer = build_characters("ab")
    path = tmp_path / "tokens.bin"
    np.array([0, tokenizer.end_of_text] * 100, "<u2").tofile(path)
    held_out = HeldOut(TokenData(path, 2, 16), tokenizer, 10_000)
    model = small_model(tokenizer.n_vocab)
    for parameter in model.parameters():
        parameter.detach().zero_()
    score = held_out.score(model)
    assert score.bits_per_byte == pytest.approx(2 * score.loss / np.log(2))
